"""How long generated calls last and when they start: whole numbers only, the same on every machine.

The durations follow quantiles measured at a real exchange (3,789 calls of 2011-06-15, from 07:00); everything
else here is an assumption and docs/sample.md says so.
"""

from __future__ import annotations

import calendar
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from hashlib import blake2b
from itertools import accumulate
from typing import Final, Generic, TypeVar

from tariffs.rulebook.charges import Calendar

QUANTILES: Final[tuple[tuple[int, str], ...]] = (
    (0, "0.30"),
    (5, "3.2"),
    (10, "7.3"),
    (25, "25.9"),
    (50, "64.0"),
    (75, "141.4"),
    (90, "311"),
    (95, "506"),
    (99, "1154"),
    (100, "2971"),
)
"""Percent of answered calls, and the seconds that they do not exceed. The 0 % value is assumed, the rest measured."""

WORKING_DAY: Final = (4, 3, 2, 2, 2, 4, 12, 30, 62, 82, 86, 78, 60, 58, 70, 76, 78, 76, 70, 72, 70, 52, 28, 12)
OFF_DAY: Final = (6, 4, 3, 2, 2, 4, 9, 20, 40, 58, 66, 66, 60, 54, 56, 58, 60, 62, 66, 72, 70, 56, 34, 16)
"""Assumed weight of each hour of the day, on working days and on weekends and holidays; equal weights, equal calls."""

_STEPS: Final = 1000
_FINE: Final = 1000

T = TypeVar("T")


class Draw:
    """Whole random numbers of one call, from a hash of the seed and the call's number.

    No generator of a library is involved, so a seed gives the same calls under every version of Python.
    """

    __slots__ = ("_bits", "_index", "_key", "_round")

    def __init__(self, key: bytes, index: int) -> None:
        self._key, self._index, self._round, self._bits = key, index, 0, 0

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` − 1; `bound` at most 2**40, so that the remainder favours nobody noticeably."""
        if self._bits < 1 << 80:
            text = self._index.to_bytes(8, "big") + self._round.to_bytes(2, "big")
            self._bits = int.from_bytes(blake2b(text, digest_size=64, key=self._key).digest(), "big")
            self._round += 1
        self._bits, value = divmod(self._bits, bound)
        return value

    def chance(self, per_mille: int) -> bool:
        """True in `per_mille` of 1,000 draws."""
        if self._bits < 1 << 80:
            return self.below(1000) < per_mille
        self._bits, value = divmod(self._bits, 1000)
        return value < per_mille


class Choice(Generic[T]):
    """Items drawn in proportion to whole weights; items without weight are left out."""

    __slots__ = ("_ends", "_total", "items")

    def __init__(self, weighted: Sequence[tuple[T, int]]) -> None:
        kept = [(item, weight) for item, weight in weighted if weight > 0]
        self.items: tuple[T, ...] = tuple(item for item, _ in kept)
        self._ends = list(accumulate(weight for _, weight in kept))
        self._total = self._ends[-1] if kept else 0

    def __bool__(self) -> bool:
        return bool(self.items)

    def draw(self, draw: Draw) -> T:
        return self.items[bisect_right(self._ends, draw.below(self._total))]


def _hundredths() -> tuple[int, ...]:
    """Duration in 0.01 s at each 0.1 % from 0 to 100 %, straight lines between the logarithms of the quantiles.

    Decimal, because its logarithm is correctly rounded everywhere and that of the C library is not.
    """
    with localcontext() as context:
        context.prec = 28
        points = [(percent, Decimal(seconds).ln()) for percent, seconds in QUANTILES]
        table = []
        for step in range(_STEPS + 1):
            percent = Decimal(step) * 100 / _STEPS
            at = next(i for i in range(1, len(points)) if percent <= points[i][0])
            (left, low), (right, high) = points[at - 1], points[at]
            table.append(round((low + (high - low) * (percent - left) / (right - left)).exp() * 100))
    return tuple(table)


class Durations:
    """Conversation times of answered calls, in hundredths of a second."""

    __slots__ = ("_table",)

    def __init__(self) -> None:
        self._table = _hundredths()

    def draw(self, draw: Draw) -> int:
        step, fine = divmod(draw.below(_STEPS * _FINE), _FINE)
        low, high = self._table[step], self._table[step + 1]
        return low + (high - low) * fine // _FINE


@dataclass(frozen=True, slots=True)
class Hour:
    """One clock hour of the month and the numbers `[first, last)` of the calls that start in it."""

    day: dt.date
    hour: int
    first: int
    last: int


def is_off_day(day: dt.date, holidays: Calendar | None) -> bool:
    """Whether `day` is a weekend or holiday. A calendar that holds the day may know working weekends and holidays."""
    if holidays is not None and holidays.from_ <= day < holidays.until:
        if day in holidays.working_weekends:
            return False
        if day in holidays.holidays:
            return True
    return day.weekday() >= 5


def hours(first_day: dt.date, calls: int, holidays: Calendar | None) -> Iterator[Hour]:
    """The hours of the month of `first_day` in order, with `calls` shared out by the profiles; hours may be empty."""
    length = calendar.monthrange(first_day.year, first_day.month)[1]
    days = [first_day.replace(day=number) for number in range(1, length + 1)]
    profiles = [(day, OFF_DAY if is_off_day(day, holidays) else WORKING_DAY) for day in days]
    total = sum(sum(profile) for _, profile in profiles)
    weight = 0
    first = 0
    for day, profile in profiles:
        for hour in range(24):
            weight += profile[hour]
            last = calls * weight // total
            yield Hour(day, hour, first, last)
            first = last
