"""What calls of a tiny rulebook cost: for every length, from every start that can matter."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from tariffs.rulebook.charges import Step, Tariff
from tests.checks.brute.tiny_world import Pays, Span, View
from tests.oracle.charges import billed_amount, bounded, charge_component, measure, rounded, stretches, unit_length
from tests.oracle.periods import CalendarEndedError, rate_period

SECOND = 1_000_000
DAY = 86_400
MESSAGES = 20
"""So many messages are tried at most: behind the steps each one more costs the same."""
SEVEN = 7 * 3600
"""Besides midnight, the one second of the day at which rate periods of tiny rulebooks begin."""

Ladder = tuple[int | None, ...]
"""Micro-yuan for 0, 1, 2 … seconds or messages; None where the calendar ends before."""


class Start(NamedTuple):
    day: dt.date
    second: int

    def later(self, seconds: int) -> Start:
        days, second = divmod(self.second + seconds, DAY)
        return Start(self.day + dt.timedelta(days=days), second)

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.combine(self.day, dt.time()) + dt.timedelta(seconds=self.second)


def reaches(tariff: Tariff, longest: int) -> list[bool]:
    """For each step whether some use of up to `longest` seconds or messages is charged by it."""
    uses = [billed_amount(tariff, Fraction(used * tick(tariff))) for used in range(1, longest + 1)]
    begins = [0]
    for step in tariff.charge.all_steps[:-1]:
        assert step.for_ is not None
        begins.append(begins[-1] + step.for_.amount)
    if tariff.charge.steps_apply == "each-part":
        return [any(billed > first for billed in uses) for first in begins]
    return [any(first < billed <= until for billed in uses) for first, until in pairwise([*begins, 1 << 60])]


def tick(tariff: Tariff) -> int:
    """Microseconds in a second, or one message."""
    return SECOND if measure(tariff) == "time" else 1


def resolution(tariff: Tariff) -> int:
    """In seconds, or messages."""
    declared = tariff.charge.billed.resolution
    return 1 if declared is None else declared.amount // tick(tariff)


def is_timed(tariff: Tariff) -> bool:
    return measure(tariff) == "time"


@dataclass
class Prices:
    """The prices under one scenario. `longest`: seconds of the longest call."""

    view: View
    longest: int
    _ladders: dict[object, Ladder] = field(default_factory=dict)
    _sums: dict[tuple[Pays, Start], Ladder] = field(default_factory=dict)
    _periods: dict[tuple[str, Start], str | None] = field(default_factory=dict)
    _met: dict[object, set[str]] = field(default_factory=dict)
    _rounded: dict[object, bool] = field(default_factory=dict)
    _alike: dict[dt.date, dt.date] = field(default_factory=dict)
    _kinds: dict[object, dt.date] = field(default_factory=dict)

    @cached_property
    def _resolutions(self) -> dict[str, int]:
        return {name: resolution(tariff) for name, tariff in self.view.tariffs.items()}

    @cached_property
    def _timed(self) -> dict[str, bool]:
        return {name: is_timed(tariff) for name, tariff in self.view.tariffs.items()}

    def grid(self, *bundles: Pays) -> int:
        """The step in which uses are counted: what all resolutions, and the longest call, are multiples of."""
        names = {name for pays in bundles for name in pays}
        longest = [self.longest for name in names if self._timed[name]]
        return math.gcd(*longest, *(self._resolutions[name] for name in names))

    def timed(self, pays: Pays) -> bool:
        return all(self._timed[name] for name in pays)

    def of(self, pays: Pays, start: Start) -> Ladder:
        """What calls cost that pay these tariffs."""
        key = (pays, self.alike(start))
        if key not in self._sums:
            ladders = [self._of_tariff(name, key[1]) for name in pays]
            self._sums[key] = tuple(
                None if None in rung else sum(rung) for rung in zip(*ladders, strict=True)
            )
        return self._sums[key]

    def alike(self, start: Start) -> Start:
        """The same clock on the first day asked about that has the rate periods of this day and of the next."""
        if start.day not in self._alike:
            days = (start.day, start.day + dt.timedelta(days=1))
            hours = [Start(on, second) for on in days for second in (0, SEVEN)]
            schemes = self.view.world.book.periods
            kind = tuple(self._period(scheme, hour) for scheme in schemes for hour in hours)
            self._alike[start.day] = self._kinds.setdefault(kind, start.day)
        return Start(self._alike[start.day], start.second)

    def _of_tariff(self, name: str, start: Start) -> Ladder:
        tariff = self.view.tariffs[name]
        pattern = self._pattern(tariff, start)
        if (name, pattern) not in self._ladders:
            most = self.longest if is_timed(tariff) else MESSAGES
            self._ladders[name, pattern] = tuple(self._price(tariff, used, pattern) for used in range(most + 1))
        return self._ladders[name, pattern]

    def _pattern(self, tariff: Tariff, start: Start) -> tuple[str | None, ...]:
        """The rate period of each second of the longest call, or of its start; nothing for tariffs without."""
        scheme = tariff.charge.periods
        if scheme is None:
            return ()
        if self.view.world.crossing(tariff) == "call-start":
            return (self._period(scheme, start),)
        return tuple(self._period(scheme, start.later(n)) for n in range(self.longest + 2))

    def _period(self, scheme: str, start: Start) -> str | None:
        key = (scheme, start)
        if key not in self._periods:
            book = self.view.world.book
            try:
                self._periods[key] = rate_period(book.periods[scheme], book.calendar, start.moment)
            except CalendarEndedError:
                self._periods[key] = None
        return self._periods[key]

    def _price(self, tariff: Tariff, used: int, pattern: tuple[str | None, ...]) -> int | None:
        exact = self._exact(tariff, used, pattern)
        if exact is None:
            return None
        micro = rounded(exact, tariff.charge.rounding) * 1_000_000
        assert micro.denominator == 1
        return micro.numerator

    def _exact(self, tariff: Tariff, used: int, pattern: tuple[str | None, ...]) -> Fraction | None:
        """The price before rounding; None where the calendar ends before."""
        charge = tariff.charge
        billed = billed_amount(tariff, Fraction(used * tick(tariff)))
        if pattern[:1] == (None,):
            return None  # a call of no length has a price even there; that such days come is for `clock` to tell
        if billed == 0 and charge.zero == "not-chargeable":
            return Fraction(0)
        units = Fraction(0)
        for step, first, until in stretches(tariff, billed):
            for position in range(first, int(min(until, billed)), unit_length(step)):
                period = pattern[position // SECOND if len(pattern) > 1 else 0] if pattern else ""
                if period is None:
                    return None
                units += self._unit(step, period)
        return bounded(self.view.world, charge, units)

    def is_rounded(self, name: str, start: Start) -> bool:
        """Whether rounding changes what some call costs from one start."""
        tariff = self.view.tariffs[name]
        if tariff.charge.rounding is None:
            return False
        key = (name, self._pattern(tariff, self.alike(start)))
        if key not in self._rounded:
            uses = range((self.longest if is_timed(tariff) else MESSAGES) + 1)
            sums = [exact for used in uses if (exact := self._exact(tariff, used, key[1])) is not None]
            self._rounded[key] = any(exact != rounded(exact, tariff.charge.rounding) for exact in sums)
        return self._rounded[key]

    def periods_met(self, name: str, start: Start) -> set[str]:
        """The rate periods of the units of all calls from one start that the calendar lets be priced."""
        tariff = self.view.tariffs[name]
        key = (name, self._pattern(tariff, self.alike(start)))
        if key not in self._met:
            found: set[str] = set()
            for used in range(1, self.longest + 1):
                billed = billed_amount(tariff, Fraction(used * SECOND))
                units = [
                    key[1][position // SECOND if len(key[1]) > 1 else 0]
                    for step, first, until in stretches(tariff, billed)
                    for position in range(first, int(min(until, billed)), unit_length(step))
                ]
                found |= {unit for unit in units if unit is not None} if None not in units else set()
            self._met[key] = found
        return self._met[key]

    def _unit(self, step: Step, period: str) -> Fraction:
        quoted_for = step.per or step.for_
        assert quoted_for is not None
        price = step.price[period] if isinstance(step.price, dict) else step.price
        return self.view.world.price(price) * unit_length(step) / quoted_for.amount

    def exactly(self, pays: Sequence[str], start: dt.datetime, seconds: Decimal) -> Fraction:
        """What a call costs that lasts so long, in yuan, by the oracle itself."""
        used = Fraction(seconds) * SECOND
        parts = [charge_component(self.view.world, self.view.tariffs[name], start, used) for name in pays]
        return sum((part.amount for part in parts if part is not None), Fraction(0))

    def starts(self, bundles: Sequence[Pays], span: Span) -> list[Start]:
        """Starts on days of a span of which each other start has the rate periods of one."""
        if not any(self.view.tariffs[name].charge.periods for pays in bundles for name in pays):
            return [Start(span[0], 0)]
        near = range(1, self.longest + 2)
        seconds = sorted({0, SEVEN, *(SEVEN - n for n in near), *(DAY - n for n in near)})
        return [Start(day, second) for day in self._days(span) for second in seconds]

    def _days(self, span: Span) -> list[dt.date]:
        """Days of every kind: a week from each end of the span has them all."""
        week = [dt.timedelta(days=n) for n in range(8)]
        days = sorted({span[0] + n for n in week} | {span[1] - n for n in week[1:]})
        kinds: dict[dt.date, dt.date] = {}
        for day in days:
            if span[0] <= day < span[1]:
                kinds.setdefault(self.alike(Start(day, 0)).day, day)
        return list(kinds.values())


def rises(ladder: Ladder, over: Ladder, step: int) -> set[int]:
    """The uses at which the first price is higher than the second."""
    both = enumerate(zip(ladder, over, strict=True))
    return {n for n, (a, b) in both if n % step == 0 and a is not None and b is not None and a > b}
