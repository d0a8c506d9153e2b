"""Mapping files: how the records of some system are to be read as calls.

A mapping says everything; nothing about a file is guessed. Canonical columns need none.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from tariffs.cdr.moments import check_format
from tariffs.rulebook.values import Item, Text

CANONICAL: Final = (
    "caller", "called", "start", "duration", "answered", "service", "direction", "served_place", "operator",
    "called_operator", "group", "plan", "options", "quantity", "seizure", "home_area",
)  # fmt: skip
"""What rating reads. `id` (or `call_id`) and `weight` are passed through."""

CanonicalName = Literal[
    "id", "caller", "called", "start", "duration", "answered", "service", "direction", "served_place", "operator",
    "called_operator", "group", "plan", "options", "quantity", "seizure", "home_area", "weight", "own", "other",
]  # fmt: skip
"""`own` and `other`: the subscriber's number and the other party's, whichever of the two called."""

ConstantName = Literal[
    "direction", "service", "served_place", "operator", "called_operator", "group", "plan", "options", "home_area",
    "own", "answered",
]  # fmt: skip

Unit = Literal["s", "0.1 s", "0.01 s", "ms", "us", "min", "mm:ss", "hh:mm:ss", "1分30秒"]
"""How durations are written: a decimal number of a unit, or a clock, or in words."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


Expression = Annotated[str, AfterValidator(_expression)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one as Asia/Shanghai") from error
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
_SIGNS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "\\t": "\t"}


def _sign(value: Any) -> Any:
    return _SIGNS.get(value, value) if isinstance(value, str) else value


Sign = Annotated[
    str,
    BeforeValidator(_sign),
    StringConstraints(min_length=1, max_length=1, strip_whitespace=False, pattern=r"^[\x01-\x7f]$"),
]
"""One ASCII character, or `comma`, `semicolon`, `tab`, `pipe`."""


def check_encoding(name: str) -> str:
    """The name of an encoding of text as given. Raises ValueError where there is none such."""
    try:
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is no encoding; use utf-8, gbk, gb18030, latin-1 …") from error
    return name


class Column(Item):
    """Where a canonical column comes from.

    `from`: a column by its name, or by its number counted from 1; of several, in each record the first that is there
    and not blank. `blank`: values that mean nothing is there (an empty text always does). `values`: how the system
    writes what we call otherwise. `unit`: of durations. `is`, `is-not`: the values that mean answered.
    `plus`, `minus`: columns of durations to be added to a start or taken from it, in `unit`.
    """

    from_: Texts
    blank: Texts = ()
    values: dict[str, str] = Field(default_factory=dict)
    unit: Unit = "s"
    is_: Texts = ()
    is_not: Texts = ()
    plus: str | None = None
    minus: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, (str, list)) else value

    @model_validator(mode="after")
    def _one_way(self) -> Column:
        if self.is_ and self.is_not:
            raise ValueError("write `is` or `is-not`, not both")
        if not self.from_:
            raise ValueError("`from` names no column")
        return self


class Last(Item):
    """Which value of a column marks the last piece of a call."""

    column: str
    is_: Texts


class Partial(Item):
    """How the pieces of one long call (切割话单) are recognised.

    `key`: columns that the pieces of one call have in common; `piece`: the number of the piece, counted from `first`;
    `last`: what marks the last one; `whole`: values of `piece` that mean that the record is a whole call.
    """

    key: Texts
    piece: str
    first: int = 1
    last: Last
    whole: Texts = ()


class SecondLeg(Item):
    """Columns by which a record is the second leg of a call: `own` is its id, `other` the id of the leg it goes with.

    A record whose own id another record names as its other leg is that call again, and counted as a duplicate.
    """

    own: str
    other: str


class Recognise(Item):
    """By what a file of this kind is recognised: names in its header, or what its columns look like."""

    header: Texts = ()
    columns: dict[str, Expression] = Field(default_factory=dict)


class Mapping(Item):
    """How to read the files of one system.

    `names`: the columns of a file without header, in order; rows have `least-columns` of them at least.
    `skip-lines`: lines before the header; `skip-after-header`: lines after it that are no records.
    `dates`: `iso`, `epoch`, `epoch-ms`, or patterns such as `%d/%m/%Y %H:%M:%S`, tried in order; `year`: of dates
    that say none. `timezone`: of times that say none. `constants`: values of columns that the file does not have.
    `not-a-call`: records to set aside as not chargeable, where a column matches a regular expression as a whole.
    """

    name: Text | None = None
    header: bool = True
    names: tuple[str, ...] = ()
    least_columns: int | None = None
    skip_lines: int = Field(default=0, ge=0)
    skip_after_header: int = Field(default=0, ge=0)
    delimiter: Sign | None = None
    quote: Sign = '"'
    encoding: Annotated[str, AfterValidator(check_encoding)] = "utf-8"
    timezone: ZoneName | None = None
    dates: Annotated[Texts, AfterValidator(lambda formats: tuple(map(check_format, formats)))] = ("iso",)
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    columns: dict[CanonicalName, Column] = Field(default_factory=dict)
    constants: dict[ConstantName, str] = Field(default_factory=dict)
    not_a_call: dict[str, Annotated[tuple[Expression, ...], BeforeValidator(_listed)]] = Field(default_factory=dict)
    partial: Partial | None = None
    second_leg: SecondLeg | None = None
    duplicate_key: Texts = ()
    recognise: Recognise | None = None

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        if not self.header and not self.names:
            raise ValueError("a file without header needs `names`: what its columns are, in order")
        if self.header and self.names:
            raise ValueError("`names` are for files without header: write `header: false`")
        if self.least_columns is not None and not 0 < self.least_columns <= len(self.names):
            raise ValueError("`least-columns` lies between 1 and the number of `names`")
        if len(set(self.names)) < len(self.names):
            raise ValueError("two of the `names` are equal")
        if self.quote == self.delimiter:
            raise ValueError("the quote and the delimiter cannot be the same character")
        if ("own" in self.columns or "own" in self.constants) != ("other" in self.columns):
            raise ValueError("`own` and `other` go together")
        return self

    @property
    def year_needed(self) -> bool:
        return self.year is None and any("%" in f and "%Y" not in f and "%y" not in f for f in self.dates)


CANONICAL_MAPPING: Final = Mapping()
"""Files with canonical columns: every column is what its name says."""
