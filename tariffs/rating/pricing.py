"""Tariffs as integers: prices over one denominator, steps in microseconds, messages or bytes, one rounding."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tariffs.rating.kernel import MOST_BYTES, MOST_MESSAGES
from tariffs.rating.periods import PeriodTables
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Charge, Step, Tariff
from tariffs.rulebook.problems import Problem
from tariffs.rulebook.values import Quantity

MICRO = 1_000_000
ENDLESS = 1 << 60
LARGEST = 1 << 58
LONGEST_TIME = 366 * 86_400 * MICRO  # the tables of rate periods reach so far behind the last day of calls
CONVERSATION, SEIZURE, QUANTITY = 0, 1, 2
UP, DOWN, HALF_UP, HALF_EVEN = 0, 1, 2, 3
ROUNDINGS = {"up": UP, "down": DOWN, "half-up": HALF_UP, "half-even": HALF_EVEN}


@dataclass
class Priced:
    """A tariff in integers.

    Money counts in `1 / denominator` yuan; `quantum` of these make what the amount is rounded to, `rounded_to`
    micro-yuan. `steps`: (until, unit, price in each period). `maximum` -1: none; `scheme` "": no rate periods;
    `whole` 1: the step in which the length falls prices the whole call.
    """

    name: str
    tariff: Tariff
    denominator: int
    quantum: int
    rounded_to: int
    rounding: int
    connection: int
    minimum: int
    maximum: int
    scheme: str
    crossing: int
    measure: int
    resolution: int
    fraction: int
    charges_zero: int
    whole: int
    steps: tuple[tuple[int, int, tuple[int, ...]], ...]
    parameters: frozenset[str]


@dataclass
class Pricing:
    """Compiles tariffs; `items[number(name, tariff)]` is a tariff in integers."""

    book: Rulebook
    values: Values
    periods: PeriodTables
    items: list[Priced] = field(default_factory=list)
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def number(self, name: str, tariff: Tariff) -> int:
        """The number of a tariff; scenarios may have different tariffs of one name."""
        key = (name, id(tariff))
        if key not in self._numbers:
            self._numbers[key] = len(self.items)
            self.items.append(self._compile(name, tariff))
        return self._numbers[key]

    def again(self, values: Values) -> Pricing:
        """The same tariffs under the same numbers, with other values of price parameters."""
        made = Pricing(self.book, values, self.periods, _numbers=dict(self._numbers))
        made.items += [made._compile(item.name, item.tariff) for item in self.items]
        return made

    def _compile(self, name: str, tariff: Tariff) -> Priced:
        charge = tariff.charge
        prices = [self._unit_prices(step, charge) for step in charge.all_steps]
        extras = [self._extra(text, charge) for text in (charge.connection, charge.minimum, charge.maximum)]
        to = charge.rounding.to if charge.rounding else self.book.rulebook.minor_unit
        if to <= 0 or Fraction(to) * MICRO % 1:
            self._complain("bad-value", tariff, f"{name}: money is rounded to a whole number of millionths of a yuan")
            to = Decimal(1)
        every = [p for step in prices for p in step] + [e for e in extras if e is not None] + [Fraction(to)]
        denominator = math.lcm(*(p.denominator for p in every))
        if charge.rounding is None and any(p % Fraction(to) for p in every):
            self._complain(
                "not-exact", tariff,
                f"{name}: a unit costs a fraction of {to} yuan, and nothing says how the sum is rounded",
                f"add `rounding: {{to: {to}, mode: half-up}}` to the charge, or state the price of a whole unit",
            )  # fmt: skip
        connection, minimum, maximum = (None if e is None else int(e * denominator) for e in extras)
        crossing = self.values.name(charge.crossing, charge.at) if charge.crossing else "call-start"
        measure, resolution = billed_as(charge)
        by_unit = crossing == "each-unit" and measure != QUANTITY  # messages and volume have no moments of their own
        steps = _steps(charge, prices, denominator)
        longest = self._longest(charge, measure, resolution)
        whole = charge.steps_apply == "whole-call"
        largest = _largest(steps, longest, whole=whole) + (connection or 0)
        quantum = int(Fraction(to) * denominator)
        held = max(largest, minimum or 0, maximum or 0, denominator, quantum, longest)
        if held > LARGEST or largest * MICRO // denominator > LARGEST or (charge.periods and longest > LONGEST_TIME):
            self._complain("overflow", tariff, f"{name}: the longest call could cost more than the engine can hold")
        if 0 < (maximum or 0) < (minimum or 0):
            self._complain("bad-value", tariff, f"{name}: the minimum is more than the maximum", "exchange the two")
        return Priced(
            name, tariff, denominator, quantum, int(Fraction(to) * MICRO),
            ROUNDINGS[charge.rounding.mode] if charge.rounding else HALF_EVEN, connection or 0, minimum or 0,
            -1 if maximum is None else maximum, charge.periods or "", int(by_unit),
            measure, resolution, ROUNDINGS[charge.billed.fraction], int(charge.zero == "charge"),
            int(whole), steps, self._parameters(charge),
        )  # fmt: skip

    def _longest(self, charge: Charge, measure: int, resolution: int) -> int:
        """The most usage of one record, in whole ticks of the resolution."""
        longest = self.book.rulebook.longest_call.amount
        if measure == QUANTITY:
            longest = MOST_MESSAGES if unit_of(charge.all_steps[-1]).measure == "message" else MOST_BYTES
        return -(-longest // resolution) * resolution

    def _unit_prices(self, step: Step, charge: Charge) -> list[Fraction]:
        """The price of one unit in each rate period, exact."""
        names = self.periods.names[charge.periods] if charge.periods else ("",)
        if isinstance(step.price, dict):
            quoted = [Fraction(self.values.price(step.price[name], charge.at)) for name in names]
        else:
            quoted = [Fraction(self.values.price(step.price, charge.at))] * len(names)
        unit, per = unit_of(step).amount, quoted_for(step).amount
        return [price * unit / per for price in quoted]

    def _extra(self, text: Decimal | str | None, charge: Charge) -> Fraction | None:
        return None if text is None else Fraction(self.values.price(text, charge.at))

    def _parameters(self, charge: Charge) -> frozenset[str]:
        texts: list[object] = [charge.connection, charge.minimum, charge.maximum, charge.crossing]
        for step in charge.all_steps:
            texts += step.price.values() if isinstance(step.price, dict) else [step.price]
        return frozenset(text for text in texts if isinstance(text, str) and text in self.values.parameters)

    def _complain(self, code: str, tariff: Tariff, message: str, hint: str = "") -> None:
        self.values.problems.append(Problem(code, tariff.at, message, hint))


def _largest(steps: tuple[tuple[int, int, tuple[int, ...]], ...], longest: int, *, whole: bool) -> int:
    """The most that the units of a call can cost, over the denominator."""
    if whole:
        return max(-(-min(until, longest) // unit) * max(prices) for until, unit, prices in steps)
    start, largest = 0, 0
    for until, unit, prices in steps:
        largest += -(-max(min(until, longest) - start, 0) // unit) * max(prices)
        start = until
    return largest


def billed_as(charge: Charge) -> tuple[int, int]:
    """What is measured, and the resolution of it: microseconds, messages or bytes."""
    resolution = charge.billed.resolution
    if unit_of(charge.all_steps[-1]).measure == "time":
        measure = SEIZURE if charge.billed.duration == "seizure" else CONVERSATION
        return measure, resolution.amount if resolution else MICRO
    return QUANTITY, resolution.amount if resolution else 1


def _steps(
    charge: Charge, prices: list[list[Fraction]], denominator: int
) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    """Each step as (until, unit, price in each rate period over the denominator)."""
    steps, start = [], 0
    last = len(prices) - 1
    for number, (step, by_period) in enumerate(zip(charge.all_steps, prices, strict=True)):
        start = ENDLESS if number == last or step.for_ is None else start + step.for_.amount
        start = min(start, ENDLESS)
        steps.append(
            (start, min(unit_of(step).amount, ENDLESS), tuple(int(price * denominator) for price in by_period))
        )
    return tuple(steps)


def quoted_for(step: Step) -> Quantity:
    """What the price of a step is quoted for."""
    found = step.per or step.for_
    assert found is not None  # the model demands one of the two
    return found


def unit_of(step: Step) -> Quantity:
    """The charging unit of a step."""
    return step.billed_by or quoted_for(step)
