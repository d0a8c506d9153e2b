"""Tariffs as integers: prices over one denominator, steps in microseconds, messages or bytes, one rounding."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tariffs.rating.periods import PeriodTables
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Charge, Step, Tariff
from tariffs.rulebook.problems import Problem
from tariffs.rulebook.values import Quantity

MICRO = 1_000_000
ENDLESS = 1 << 60
LARGEST = 1 << 58
LARGEST_QUANTITY = 1 << 40
CONVERSATION, SEIZURE, QUANTITY = 0, 1, 2
CALL_START, EACH_UNIT = 0, 1
UP, DOWN, HALF_UP, HALF_EVEN = 0, 1, 2, 3
ROUNDINGS = {"up": UP, "down": DOWN, "half-up": HALF_UP, "half-even": HALF_EVEN}


@dataclass
class PriceTables:
    """Flat arrays over tariffs and steps.

    Money of tariff t counts in `1 / denominator[t]` yuan; `quantum[t]` of these make the amount rounded to, which is
    `rounded_to[t]` micro-yuan. Step s lasts `[step_from, step_until)`, has units of `unit`, and costs
    `prices[step_price[s] + period]`. `scheme` -1: no rate periods. `maximum` -1: none.
    """

    denominator: list[int] = field(default_factory=list)
    quantum: list[int] = field(default_factory=list)
    rounded_to: list[int] = field(default_factory=list)
    rounding: list[int] = field(default_factory=list)
    connection: list[int] = field(default_factory=list)
    minimum: list[int] = field(default_factory=list)
    maximum: list[int] = field(default_factory=list)
    scheme: list[int] = field(default_factory=list)
    crossing: list[int] = field(default_factory=list)
    measure: list[int] = field(default_factory=list)
    resolution: list[int] = field(default_factory=list)
    fraction: list[int] = field(default_factory=list)
    charges_zero: list[int] = field(default_factory=list)
    step_begin: list[int] = field(default_factory=lambda: [0])
    step_from: list[int] = field(default_factory=list)
    step_until: list[int] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    step_price: list[int] = field(default_factory=list)
    prices: list[int] = field(default_factory=list)


@dataclass
class Pricing:
    """Compiles tariffs into `tables`; `numbers` finds a tariff's row, `used` the parameters its prices rest on."""

    book: Rulebook
    values: Values
    periods: PeriodTables
    tables: PriceTables = field(default_factory=PriceTables)
    names: list[str] = field(default_factory=list)
    items: list[Tariff] = field(default_factory=list)
    parameters: list[frozenset[str]] = field(default_factory=list)
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def number(self, name: str, tariff: Tariff) -> int:
        """The row of a tariff; scenarios may have different tariffs of one name."""
        key = (name, id(tariff))
        if key not in self._numbers:
            self._numbers[key] = len(self.names)
            self.names.append(name)
            self.items.append(tariff)
            self._compile(name, tariff)
        return self._numbers[key]

    def _compile(self, name: str, tariff: Tariff) -> None:
        charge, t = tariff.charge, self.tables
        scheme = self.periods.scheme_number[charge.periods] if charge.periods else -1
        count = len(self.periods.names[charge.periods]) if charge.periods else 1
        prices = [self._unit_prices(step, charge, count) for step in charge.all_steps]
        extras = [self._extra(text, charge) for text in (charge.connection, charge.minimum, charge.maximum)]
        to = charge.rounding.to if charge.rounding else self.book.rulebook.minor_unit
        if to <= 0 or Fraction(to) * MICRO % 1:
            self._complain("bad-value", tariff, f"{name}: money is rounded to a whole number of millionths of a yuan")
            to = Decimal(1)
        every = [p for step in prices for p in step] + [e for e in extras if e is not None] + [Fraction(to)]
        denominator = math.lcm(*(p.denominator for p in every))
        quantum = Fraction(to) * denominator
        if charge.rounding is None and any(p % Fraction(to) for p in every):
            self._complain(
                "not-exact", tariff,
                f"{name}: a unit costs a fraction of {to} yuan, and nothing says how the sum is rounded",
                f"add `rounding: {{to: {to}, mode: half-up}}` to the charge, or state the price of a whole unit",
            )  # fmt: skip
        t.denominator.append(denominator)
        t.quantum.append(int(quantum))
        t.rounded_to.append(int(Fraction(to) * MICRO))
        t.rounding.append(ROUNDINGS[charge.rounding.mode] if charge.rounding else HALF_EVEN)
        connection, minimum, maximum = (None if e is None else int(e * denominator) for e in extras)
        t.connection.append(connection or 0)
        t.minimum.append(minimum or 0)
        t.maximum.append(-1 if maximum is None else maximum)
        t.scheme.append(scheme)
        crossing = self.values.name(charge.crossing, charge.at) if charge.crossing else "call-start"
        t.crossing.append(EACH_UNIT if crossing == "each-unit" else CALL_START)
        self._billed(charge)
        largest = self._steps(charge, prices, denominator)
        most = max(largest + (connection or 0), minimum or 0, denominator)
        if most > LARGEST or most * MICRO // denominator > LARGEST:
            self._complain("overflow", tariff, f"{name}: the longest call could cost more than the engine can hold")
        self.parameters.append(self._parameters(charge))

    def _steps(self, charge: Charge, prices: list[list[Fraction]], denominator: int) -> int:
        """Appends the steps; returns the most that the longest call can cost, over the denominator."""
        t, start, largest = self.tables, 0, 0
        longest = self.book.rulebook.longest_call.amount if t.measure[-1] != QUANTITY else LARGEST_QUANTITY
        for step, by_period in zip(charge.all_steps, prices, strict=True):
            unit = _unit(step).amount
            until = start + step.for_.amount if step.for_ is not None else ENDLESS
            t.step_from.append(start)
            t.step_until.append(until)
            t.unit.append(unit)
            t.step_price.append(len(t.prices))
            t.prices += [int(price * denominator) for price in by_period]
            largest += -(-max(min(until, longest) - start, 0) // unit) * max(t.prices[-len(by_period) :])
            start = until
        t.step_begin.append(len(t.unit))
        return largest

    def _unit_prices(self, step: Step, charge: Charge, count: int) -> list[Fraction]:
        """The price of one unit in each rate period, exact."""
        names = self.periods.names[charge.periods] if charge.periods else ()
        if isinstance(step.price, dict):
            quoted = [Fraction(self.values.price(step.price[name], charge.at)) for name in names]
        else:
            quoted = [Fraction(self.values.price(step.price, charge.at))] * count
        unit, per = _unit(step).amount, _per(step).amount
        return [price * unit / per for price in quoted]

    def _extra(self, text: Decimal | str | None, charge: Charge) -> Fraction | None:
        return None if text is None else Fraction(self.values.price(text, charge.at))

    def _billed(self, charge: Charge) -> None:
        t, billed = self.tables, charge.billed
        measure = _unit(charge.all_steps[-1]).measure
        if measure == "time":
            t.measure.append(SEIZURE if billed.duration == "seizure" else CONVERSATION)
            t.resolution.append(billed.resolution.amount if billed.resolution else MICRO)
        else:
            t.measure.append(QUANTITY)
            t.resolution.append(billed.resolution.amount if billed.resolution else 1)
        t.fraction.append(ROUNDINGS[billed.fraction])
        t.charges_zero.append(int(charge.zero == "charge"))

    def _parameters(self, charge: Charge) -> frozenset[str]:
        texts: list[object] = [charge.connection, charge.minimum, charge.maximum, charge.crossing]
        for step in charge.all_steps:
            texts += step.price.values() if isinstance(step.price, dict) else [step.price]
        return frozenset(text for text in texts if isinstance(text, str) and text in self.values.parameters)

    def _complain(self, code: str, tariff: Tariff, message: str, hint: str = "") -> None:
        self.values.problems.append(Problem(code, tariff.at, message, hint))


def _per(step: Step) -> Quantity:
    found = step.per or step.for_
    assert found is not None  # the model demands one of the two
    return found


def _unit(step: Step) -> Quantity:
    return step.billed_by or _per(step)
