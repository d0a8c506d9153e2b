"""Tariffs: what a component of a call costs. Rate periods, steps, rounding, price regimes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tariffs.rulebook.values import (
    Clock,
    Date,
    Dated,
    DateOrName,
    Item,
    Money,
    Name,
    Names,
    Price,
    Provenance,
    Quantity,
    Text,
    one_or_many,
)

DayType = Literal["working-day", "rest-day", "holiday"]
"""A public holiday; a rest day (Saturday or Sunday that is neither holiday nor made a working day); a working day."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

DayTypes = Annotated[tuple[DayType, ...], BeforeValidator(one_or_many, json_schema_input_type=DayType | list[DayType])]
Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(one_or_many, json_schema_input_type=Weekday | list[Weekday])]

Crossing = Literal["call-start", "each-unit"]
"""What a call crossing a rate-period boundary pays: the price of the call's start, or of each unit's own start."""

StepsApply = Literal["each-part", "whole-call"]
"""What the prices of steps are for: each for its own part of a call, or the one that the length of the call falls in
for all of it.
"""

Regime = Literal["government-set", "government-guided", "ceiling", "market"]


class Recurrence(Item):
    """Days that recur, as an RFC 5545 rule (`FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1`)."""

    rule: str
    name: Text | None = None


class Period(Item):
    """A rate period. Without `clock` all day; without days of any kind every day; `otherwise: true` takes the rest.

    `dates` and `recurring` name days of their own (either will do); `days` and `weekdays` narrow them down.
    `clock` is a list of half-open spans `HH:MM-HH:MM`; a span whose end is before its start goes over midnight,
    and the day that counts is the day of the clock second itself.
    """

    name: Text
    clock: Annotated[tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])] = ()
    days: Annotated[
        tuple[DayType, ...], BeforeValidator(one_or_many, json_schema_input_type=DayType | list[DayType])
    ] = ()
    weekdays: Annotated[
        tuple[Weekday, ...], BeforeValidator(one_or_many, json_schema_input_type=Weekday | list[Weekday])
    ] = ()
    dates: Annotated[tuple[Date, ...], BeforeValidator(one_or_many, json_schema_input_type=Date | list[Date])] = ()
    recurring: tuple[Recurrence, ...] = ()
    otherwise: bool = False

    @model_validator(mode="after")
    def _spans(self) -> Period:
        if self.otherwise and (self.clock or self.days or self.weekdays or self.dated):
            raise ValueError("`otherwise` takes what the other periods leave: it has no clock and no days")
        for text in self.clock:
            clock_span(text)
        return self

    @property
    def dated(self) -> bool:
        """Whether it holds on named days only."""
        return bool(self.dates or self.recurring)


def clock_span(text: str) -> tuple[int, int]:
    """`22:00-07:00` as seconds of the day `(79200, 25200)`. Raises ValueError with a remedy."""
    ends = [_seconds(part) for part in text.split("-")]
    if len(ends) != 2 or None in ends or ends[0] == ends[1]:
        raise ValueError(f"{text!r}: write a span of the clock as `22:00-07:00`")
    start, end = ends
    assert start is not None and end is not None
    return start, end


def _seconds(text: str) -> int | None:
    parts = text.strip().split(":")
    if len(parts) not in (2, 3) or not all(p.isascii() and p.isdigit() and len(p) == 2 for p in parts):
        return None
    h, m, s = (*map(int, parts), 0)[:3]
    total = h * 3600 + m * 60 + s
    return total if m < 60 and s < 60 and total <= 86400 else None


class PeriodScheme(Provenance):
    """A set of rate periods that together cover every second of every day exactly once."""

    name: Text | None = None
    periods: dict[Name, Period]


class Calendar(Provenance):
    """Public holidays and weekends made working days, complete on `[from, until)` and silent outside."""

    from_: Date
    until: Date
    holidays: tuple[Date, ...] = ()
    recurring: tuple[Recurrence, ...] = ()
    working_weekends: tuple[Date, ...] = ()


class Step(Item):
    """A step within a call. `for`: how long it lasts; the last step goes on to the end. `per`: what its price is for.

    `{for: 180 s, price: 0.22}` is one block (as the last step: blocks, one after another). `{per: 60 s, price: 0.11}`
    is 0.11 for each started 60 s.
    `{per: 60 s, billed-by: 1 s, price: 0.11}` quotes by the minute and charges each started second its exact share.
    """

    for_: Quantity | None = None
    per: Quantity | None = None
    billed_by: Quantity | None = None
    price: Price | dict[Name, Price] = Field(description="yuan, a price parameter, or one of them for each rate period")

    @model_validator(mode="after")
    def _lengths(self) -> Step:
        if self.per is None and self.for_ is None:
            raise ValueError("a step needs `per` (what the price is quoted for) or `for` (how long it lasts)")
        measures = {q.measure for q in (self.for_, self.per, self.billed_by) if q is not None}
        if len(measures) > 1:
            raise ValueError("a step counts time, messages or volume: its amounts cannot be mixed")
        return self


class Rounding(Item):
    """The one rounding of a component: to a multiple of `to` yuan."""

    to: Money
    mode: Literal["up", "down", "half-up", "half-even"]


class Billed(Item):
    """Which duration is billed, at which resolution, and what happens to a fraction of it."""

    duration: Literal["conversation", "seizure"] = "conversation"
    resolution: Quantity | None = None
    fraction: Literal["up", "down", "half-up"] = "up"


class Charge(Item):
    """How a tariff computes its amount. One step may be written without `steps`.

    `rounding` absent: the prices must be exact in the minor unit, whatever the duration.
    """

    for_: Quantity | None = None
    per: Quantity | None = None
    billed_by: Quantity | None = None
    price: Price | dict[Name, Price] | None = None
    steps: tuple[Step, ...] = ()
    steps_apply: StepsApply = Field(
        default="each-part",
        description="`each-part`: each step prices its part of a call; `whole-call`: the step that the length of the "
        "call falls in prices all of it",
    )
    periods: Name | None = Field(default=None, description="the rate-period scheme that period prices refer to")
    crossing: Crossing | Name | None = Field(default=None, description="required with period prices")
    connection: Price | None = None
    minimum: Price | None = None
    maximum: Price | None = None
    free: Quantity | None = Field(default=None, description="the first part of a call that costs nothing")
    zero: Literal["not-chargeable", "charge"] = Field(
        default="not-chargeable", description="what an answered call of no duration is"
    )
    billed: Billed = Billed()
    rounding: Rounding | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        lone = {k: value[k] for k in ("for", "per", "billed-by", "price") if k in value}
        if lone and "steps" in value:
            raise ValueError(
                f"write the steps under `steps`, or one step without it: {', '.join(lone)} stands beside it"
            )
        return value

    @model_validator(mode="after")
    def _whole(self) -> Charge:
        steps = self.all_steps
        if not steps:
            raise ValueError("a charge needs a price: `{per: 60 s, price: 0.30}` or a list of `steps`")
        if any(step.for_ is None for step in steps[:-1]):
            raise ValueError("every step but the last says how long it lasts with `for`")
        amounts = (*(unit for step in steps for unit in (step.for_, step.per)), self.billed.resolution)
        if len({amount.measure for amount in amounts if amount is not None}) > 1:
            raise ValueError("a charge counts time, messages or volume: its amounts cannot be mixed")
        if self.steps_apply == "whole-call":
            self._one_step_prices_all()
        by_period = any(isinstance(step.price, dict) for step in steps)
        if by_period and self.periods is None:
            raise ValueError("prices by rate period need `periods`: the scheme that defines them")
        if by_period and self.crossing is None:
            raise ValueError("prices by rate period need `crossing`: call-start or each-unit; it is never implied")
        return self

    def _one_step_prices_all(self) -> None:
        """Raises ValueError where steps that price whole calls leave open what a call of some length costs."""
        if len(self.steps) < 2:
            raise ValueError("`steps-apply: whole-call` chooses a step by the length of a call: list two or more")
        if any(step.per is None for step in self.steps[1:]):
            raise ValueError("a step that prices whole calls says with `per` what its price is for, unless it is first")
        if self.free is not None:
            raise ValueError("`free` is a part of a call, and here no part has a price: write a first step at price 0")

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, the shorthand expanded; `free` is a first step at price 0."""
        steps = self.steps
        if self.price is not None:
            steps = (Step(at=self.at, for_=self.for_, per=self.per, billed_by=self.billed_by, price=self.price),)
        if self.free is not None:
            steps = (Step(at=self.at, for_=self.free, price="0"), *steps)
        return steps


class DatedRegime(Item):
    """A price regime from a date on."""

    is_: Regime
    from_: Date | None = None


class Tariff(Provenance):
    """A named price. `component`: what this part of a charge is called in an explanation (default: its name)."""

    name: Text
    component: Text | None = None
    charge: Charge
    regime: Annotated[
        tuple[DatedRegime, ...],
        BeforeValidator(
            lambda v: ({"is": v},) if isinstance(v, str) else v, json_schema_input_type=Regime | list[DatedRegime]
        ),
    ] = ()
    filing: str | None = Field(default=None, description="filing number, such as [C2008]007号")
    plan_code: str | None = None


class Allowance(Item):
    """Usage included in a fee. `shared`: one pool for all lines of an account."""

    amount: Quantity
    of: Names = Field(description="the tariffs whose usage it covers")
    shared: bool = False
    carried_over: int = Field(default=0, ge=0, description="months that unused allowance is kept")


class Subscription(Provenance):
    """What plans and add-ons have in common. A fee never enters a call's charge."""

    name: Text
    fee: Price | None = Field(default=None, description="yuan a month; absent: not known")
    eligible: Item | None = None
    allowances: tuple[Allowance, ...] = ()
    proration: Literal["full-month", "by-day", "half-month"] | None = None
    discount: Annotated[Money | None, Field(le=100, description="percent off usage charges")] = None
    cap: Price | None = Field(default=None, description="most yuan a month for the usage it covers")
    tax: Annotated[Money | None, Field(le=100, description="percent included in prices")] = None
    from_: DateOrName | None = None
    until: DateOrName | None = None


__all__ = [
    "Allowance", "Billed", "Calendar", "Charge", "Clock", "Crossing", "Dated", "DatedRegime", "DayType", "Period",
    "PeriodScheme", "Recurrence", "Regime", "Rounding", "Step", "StepsApply", "Subscription", "Tariff", "Weekday",
    "clock_span",
]  # fmt: skip
