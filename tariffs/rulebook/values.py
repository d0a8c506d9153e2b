"""The small values of the rule language: names, texts, prices, quantities, intervals, provenance.

Every scalar of a rule file arrives as text (YAML's own types corrupt tariffs: 0757 becomes 495,
21:00 becomes 1260); the types here turn text into exact values.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from tariffs.rulebook.problems import NOWHERE, Position

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=20)]
Language = Literal["zh", "en"]


def _kebab(field: str) -> str:
    return field.rstrip("_").replace("_", "-")


class Item(BaseModel):
    """Anything written in a rule file: frozen, closed to unknown keys, and knowing where it stands."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=_kebab, populate_by_name=True, str_strip_whitespace=True
    )
    at: SkipJsonSchema[Position] = Field(default=NOWHERE, alias="__at__", exclude=True, repr=False)


def one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, (str, int, Decimal)) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(one_or_many, json_schema_input_type=Name | list[Name])]
"""One name or a list of names, read as a tuple."""


class Text(Item):
    """A text in Chinese and English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def _in_both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


AnyText = Annotated[Text, BeforeValidator(_in_both, json_schema_input_type=str | Text)]
"""A text in both languages, or one that stands for both."""


_MONEY_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,9})?$"
_MoneyText = Annotated[str, StringConstraints(pattern=_MONEY_PATTERN)]
_PriceText = Annotated[str, StringConstraints(pattern=_MONEY_PATTERN[:-1] + "$|^[a-z][a-z0-9-]*$")]
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_QUANTITY = re.compile(r"^\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*(s|min|h|messages?|bytes?|KB|MB|GB)\s*$")
Measure = Literal["time", "message", "volume"]

_SCALE: dict[str, tuple[Measure, int]] = {
    "s": ("time", 1_000_000),
    "min": ("time", 60_000_000),
    "h": ("time", 3_600_000_000),
    "message": ("message", 1),
    "messages": ("message", 1),
    "byte": ("volume", 1),
    "bytes": ("volume", 1),
    "KB": ("volume", 1024),
    "MB": ("volume", 1024**2),
    "GB": ("volume", 1024**3),
}


class Quantity(BaseModel):
    """An amount of usage, whole: microseconds of a call, messages, or bytes; `6 s`, `1 min`, `1 message`, `1 KB`."""

    model_config = ConfigDict(frozen=True)
    measure: Measure
    amount: int = Field(gt=0)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": _QUANTITY.pattern, "description": (cls.__doc__ or "").strip()}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _QUANTITY.match(value)
        if not found:
            raise ValueError("write a number and a unit: s, min, h, message, byte, KB, MB or GB (for example `6 s`)")
        measure, scale = _SCALE[found[2]]
        amount = Decimal(found[1]) * scale
        if amount != amount.to_integral_value() or amount <= 0:
            raise ValueError("an amount must be more than zero and a whole number of microseconds, messages or bytes")
        return {"measure": measure, "amount": int(amount)}

    def __str__(self) -> str:
        if self.measure == "time":
            seconds = Decimal(self.amount) / 1_000_000
            return f"{seconds.normalize():f} s"
        return f"{self.amount} {'message' if self.measure == 'message' else 'byte'}"


def _money(value: Any) -> Any:
    if isinstance(value, str) and not re.match(_MONEY_PATTERN, value.strip()):
        raise ValueError("write a price in yuan as plain decimal text, for example `0.07`")
    return value


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("money is never a float")
    return value


Money = Annotated[
    Decimal, BeforeValidator(_no_float), BeforeValidator(_money, json_schema_input_type=_MoneyText), Field(ge=0)
]
"""Yuan, exact, not negative."""


def _price(value: Any) -> Any:
    """A price is a number of yuan or the name of a price parameter; `5` is the number, although it could be a name."""
    if isinstance(value, str):
        value = value.strip()
        return value if re.match(r"^[a-z]", value) else Decimal(_money(value))
    return _no_float(value)


Price = Annotated[Money | Name, BeforeValidator(_price, json_schema_input_type=_PriceText)]
"""Yuan, or the name of a parameter of kind `price`."""


def _date(value: Any) -> Any:
    """A date as text is `2012-01-01` and nothing else: a bare number is no day."""
    if isinstance(value, str):
        try:
            if not _DATE.match(value.strip()):
                raise ValueError
            return dt.date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("write a date as 2012-01-01") from None
    return value


def _date_or_name(value: Any) -> Any:
    return value if isinstance(value, str) and re.match(r"^[a-z]", value.strip()) else _date(value)


Date = Annotated[dt.date, BeforeValidator(_date)]
"""A day, written 2012-01-01."""

DateOrName = Annotated[
    Annotated[dt.date | Name, Field(union_mode="left_to_right")],
    BeforeValidator(_date_or_name, json_schema_input_type=dt.date | Name),
]
"""A date, or the name of a parameter of kind `date`."""


HALF_OPEN: Final = "an interval holds its first day and not its last"


def _ordered(value: Any) -> Any:
    start, end = value.from_, value.until
    if isinstance(start, dt.date) and isinstance(end, dt.date) and end <= start:
        raise PydanticCustomError(
            "bad-interval",
            "until {end} is not after from {start}",
            {"start": str(start), "end": str(end), "key": "until", "hint": HALF_OPEN},
        )
    return value


class Dated(Item):
    """In force on `[from, until)`; an absent bound is open. `known`: the day on which it became known."""

    from_: DateOrName | None = None
    until: DateOrName | None = None
    known: Date | None = None

    @model_validator(mode="after")
    def _bounds(self) -> Any:
        return _ordered(self)


Mark = Literal["published", "inference", "unverified", "assumption", "illustrative"]
"""How far to trust it: read in a published source; reasoned from such; commonly said; chosen by us; made up to show."""


class Provenance(Item):
    """Where a price or rule comes from. `checked`: the day someone last compared it with the source."""

    source: Names = ()
    mark: Mark = "published"
    note: str = ""
    checked: Date | None = None


class Source(Item):
    """A source that rules cite by its name (the key under `sources`)."""

    title: str
    issuer: str
    date: str = Field(description="as exactly as known: 2010-08-16, 2010-08 or 2010")
    read: Literal["original", "reprint", "quoted", "seed", "page"] = Field(description="how it was read")
    says: str = Field(default="", description="the fact taken from it, in our own words")
    checked: Date | None = None


Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-4]):[0-5]\d(:[0-5]\d)?$"),
    AfterValidator(lambda text: text if len(text) == 8 else text + ":00"),
]
"""A time of day, 00:00 to 24:00, read as HH:MM:SS."""
