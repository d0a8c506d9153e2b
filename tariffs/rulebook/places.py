"""Places, circles, regions and business zones: where calls come from and go to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tariffs.rulebook.values import Dated, DateOrName, Digits, Item, Name, Names, Provenance, Text

Relation = Literal[
    "same-zone",
    "same-city",
    "same-circle",
    "same-province",
    "mainland",
    "hong-kong-macao-taiwan",
    "international",
]
"""How near two places are: the nearest region that holds both. `same-city` means: same local network, another zone."""

RELATIONS: tuple[Relation, ...] = (
    "same-zone",
    "same-city",
    "same-circle",
    "same-province",
    "mainland",
    "hong-kong-macao-taiwan",
    "international",
)

Level = Literal["county", "district", "city", "province", "mainland", "hong-kong-macao-taiwan", "international"]


class Place(Provenance):
    """A place that calls can come from or go to. `in` names the place that holds it.

    A city is one local network (one long-distance area code). `people`: residents, for baskets and samples.
    """

    name: Text
    level: Level
    in_: Name | None = None
    kind: Literal["urban", "rural"] | None = None
    people: int | None = Field(default=None, ge=0)


class Members(Dated):
    """The members of a circle in an interval of dates."""

    members: Names


class Circle(Provenance):
    """A named economic circle: cities whose mutual calls have the relation `same-circle`.

    Either `members`, or `versions` when membership changes with time. Circles belong to scenarios:
    a scenario may define its own or replace one of the rulebook by using the same name.
    """

    name: Text
    members: Names = ()
    versions: tuple[Members, ...] = ()

    @model_validator(mode="after")
    def _one_of(self) -> Circle:
        if bool(self.members) == bool(self.versions):
            raise ValueError("give either `members` or `versions`, not both and not neither")
        return self


class Region(Provenance):
    """A named set of places, used in conditions (`from`, `to`, `within`); it is no relation of its own."""

    name: Text
    members: Names


class Zone(Item):
    """A business zone: calls inside it are in-zone calls."""

    name: Text
    members: Names


class Zoning(Provenance):
    """How cities are cut into business zones.

    `each: city` makes every city one zone. Otherwise `zones` lists them by name, a city that no
    zone touches is one zone, and `exchanges` names the CSV file `area,prefix,place`
    (area code, leading digits of the subscriber number, place) that finds the place of a number.
    """

    name: Text
    each: Literal["city"] | None = None
    zones: dict[Name, Zone] = Field(default_factory=dict)
    exchanges: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Zoning:
        if (self.each is None) == (not self.zones):
            raise ValueError("give either `each: city` or `zones`, not both and not neither")
        return self


class Unite(Item):
    """Treats the places of a region or circle as one zone and one local network, or as one local network only."""

    places: Names = Field(description="places, or the name of a region or circle")
    as_: Literal["zone", "city"] = "zone"
    code: Digits | None = Field(
        default=None, description="the area code that all their numbers then have: the others are withdrawn into it"
    )


class DatedZoning(Item):
    """The zoning in use: its name or a parameter of kind `choice`."""

    use: Name
    from_: DateOrName | None = None
