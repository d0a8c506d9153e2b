"""Scenarios: a base and a short list of dated changes; and the parameters that nobody knows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.decisions import Option, Rule, When
from tariffs.rulebook.places import Circle, Region, Unite
from tariffs.rulebook.values import AnyText, Date, DateOrName, Item, Name, Names, Provenance, Text, one_or_many


class Parameter(Item):
    """A value that the sources do not give. The core has no default for it.

    `price`: yuan; `date`: a day; `choice`: one of `choices`, each of which is a name that stands where the
    parameter stands (a tariff, a zoning, a crossing).
    """

    name: Text
    kind: Literal["price", "date", "choice"]
    unit: str = ""
    choices: dict[Name, Name] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _choices(self) -> Parameter:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("`choices` belongs to parameters of kind `choice`, and they need it")
        return self

    def read(self, text: str) -> str:
        """`text` as a value of this parameter, in its canonical spelling. Raises ValueError with a remedy."""
        text = str(text).strip()
        if self.kind == "date":
            try:
                return dt.date.fromisoformat(text).isoformat()
            except ValueError:
                raise ValueError(f"{text!r} is not a date: write it as 2012-01-01") from None
        if self.kind == "choice":
            if text not in self.choices:
                raise ValueError(f"{text!r} is not one of {', '.join(self.choices)}")
            return text
        try:
            value = Decimal(text)
        except ArithmeticError:
            raise ValueError(f"{text!r} is not a price: write plain decimal text, for example 0.30") from None
        exponent = value.as_tuple().exponent
        if not value.is_finite() or value < 0 or value >= 10**9 or not isinstance(exponent, int) or exponent < -9:
            raise ValueError(f"{text!r} is not a price from 0 to 999,999,999 with at most nine decimals")
        return f"{value:f}"


class Assumption(Provenance):
    """An assumed value (假设值) of a parameter, printed with every result that used it.

    `also`: other values that sources give; a comparison is made at each of them while nobody has chosen one.
    """

    mark: Literal["assumption", "inference", "illustrative"] = "assumption"
    value: str
    also: Annotated[tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])] = ()
    reason: AnyText


class Phase(Provenance):
    """A named phase of a scenario and the day it starts. A phase may change no price."""

    name: Text
    from_: DateOrName
    known: Date | None = None


class Change(Provenance):
    """One change of a scenario. Either

    * `instead-of` X, `pay` Y: calls that match `when` and would pay tariff X pay Y in its place
      (other components stay; calls that pay something else are not touched), or
    * `pay` Y with `overrides`: a rule of its own, an exception to the rules named, or
    * `unite`: places become one zone or one local network, and every relation follows.

    In force from the start of `phase` (or `from`) until `until`. A change that changes no call is an error.
    """

    phase: Name | None = None
    from_: DateOrName | None = None
    until: DateOrName | None = None
    when: When | None = None
    instead_of: Names = ()
    pay: Names = ()
    overrides: Names = ()
    unite: Unite | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Change:
        if self.unite is not None:
            if self.pay or self.instead_of or self.when is not None or self.overrides:
                raise ValueError("`unite` stands alone: every price follows from the relations it changes")
        elif not self.pay:
            raise ValueError("a change says what calls `pay`, or which places to `unite`")
        elif self.instead_of and self.overrides:
            raise ValueError("`overrides` is for a rule of its own; `instead-of` goes before what it replaces anyway")
        elif not self.instead_of and self.when is None:
            raise ValueError("say which calls: `when`, `instead-of`, or both")
        if (self.phase is None) == (self.from_ is None):
            raise ValueError("a change starts with a `phase` or on a day, `from`: give one of the two")
        return self


class Scenario(Provenance):
    """A base and what changes. `base` absent: the rulebook as it stands. `illustrative` is shown with every result."""

    name: Text
    base: Name | None = None
    illustrative: bool = False
    phases: dict[Name, Phase] = Field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    circles: dict[Name, Circle] = Field(default_factory=dict)
    regions: dict[Name, Region] = Field(default_factory=dict)
    tariffs: dict[Name, Tariff] = Field(default_factory=dict)
    options: dict[Name, Option] = Field(default_factory=dict)
    rules: dict[Name, Rule] = Field(default_factory=dict)
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
