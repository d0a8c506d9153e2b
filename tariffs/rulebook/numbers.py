"""The numbering plan: which digits mean which place, line, operator, service or access code, and when."""

from __future__ import annotations

from pydantic import Field, model_validator

from tariffs.rulebook.values import Dated, Digits, Name, Provenance, Text

Lengths = tuple[int, ...]


class AreaCode(Dated, Provenance):
    """A long-distance area code, written without the trunk prefix (`20`, `757`).

    `digits`: lengths of subscriber numbers. `place`: the city. The same code may be listed again with other dates.
    `operator`: the operator of its numbers where the plan tells.
    """

    code: Digits
    place: Name
    digits: Lengths
    operator: Name | None = None
    leading: Digits | None = Field(default=None, description="digits its numbers may begin with, if not the plan's")


class Exchange(Dated, Provenance):
    """Leading digits of a subscriber number inside an area code, which tell a place or operator more exactly."""

    area: Digits
    prefix: Digits
    place: Name | None = None
    operator: Name | None = None


class MobileRange(Dated, Provenance):
    """Leading digits of mobile numbers (`138`). The home city comes from the table of segments."""

    prefix: Digits
    digits: int = 11
    operator: Name | None = None


class Segments(Provenance):
    """The table of mobile number segments, a CSV file `prefix,place`; the longest prefix wins.

    A mobile number that the table does not hold has an unknown home: its calls are suspended.
    `vintage` says of when the table is; it is shown with results.
    """

    file: str
    vintage: str


class SpecialService(Dated, Provenance):
    """Numbers that are no subscriber: emergency, 400, 800, hotlines. `service` is what rules call them.

    Such a number is at the caller's own place unless `place` says otherwise.
    """

    service: Name
    prefix: Digits
    digits: Lengths
    place: Name | None = None


class AccessCode(Dated, Provenance):
    """A code dialled before the number (17909), stripped and remembered: rules see it as `access`."""

    code: Digits
    name: Text | None = None
    operator: Name | None = None


class CountryCode(Dated, Provenance):
    """What follows the international prefix, as far as it matters (`852`); an empty code is every other country."""

    code: str = Field(pattern=r"^[0-9]*$", max_length=8)
    place: Name
    digits: Lengths = tuple(range(3, 16))


class Numbering(Provenance):
    """The whole plan. The longest prefix decides; on another day, or with another length, the number is unknown.

    What starts with no prefix of the plan, or with that of a service but has another length, is looked up in the
    caller's area (of callers: the home area of the mapping). Where a special service and a subscriber number could both
    be meant, the special service wins.
    """

    country_code: Digits = "86"
    trunk: Digits = "0"
    leading: Digits = Field(default="23456789", description="digits that subscriber numbers may begin with")
    international: Digits = "00"
    areas: tuple[AreaCode, ...]
    exchanges: tuple[Exchange, ...] = ()
    mobile: tuple[MobileRange, ...] = ()
    segments: Segments | None = None
    special: tuple[SpecialService, ...] = ()
    access: tuple[AccessCode, ...] = ()
    countries: tuple[CountryCode, ...] = ()

    @model_validator(mode="after")
    def _segments(self) -> Numbering:
        if self.mobile and self.segments is None:
            raise ValueError("mobile ranges need a table of `segments` to find the home city")
        return self
