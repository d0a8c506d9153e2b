"""Which lengths and starts of calls no tariff of a rulebook tells apart, whatever its prices.

A tariff sees a length only through its units and the ends of its steps, all of them multiples of one length, the
*grain*: lengths between the same two multiples cost the same. It sees a start only through the rate period of each
unit. Of a call that lies between two changes of period the start does not matter; of another one only the grain that
it falls into does, if units and clock changes are multiples of it. Every tariff of every scenario counts, under either
rule for crossing calls, so that no choice of prices, tariffs or crossing needs other classes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tariffs.rating import kernel as k
from tariffs.rating import rows
from tariffs.rating.periods import PeriodTables
from tariffs.rating.pricing import CONVERSATION, ENDLESS, QUANTITY, ROUNDINGS, billed_as, unit_of
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Charge, Tariff

Int64s = NDArray[np.int64]
DAY = k.DAY
FIRST = (k.FIRST_DAY - k.EPOCH) * DAY
"""Microseconds since 1970 at which the tables of rate periods begin."""


@dataclass(frozen=True, order=True)
class Mode:
    """A way in which some tariffs measure calls, and the grain of all of them. `timed`: some have rate periods."""

    measure: int
    resolution: int
    fraction: int
    grain: int
    timed: bool

    def billed(self, raw: Int64s) -> Int64s:
        """The amounts that are billed; those that a record lacks stay below 0."""
        whole, rest = np.divmod(raw, self.resolution)
        if self.fraction == ROUNDINGS["up"]:
            more = rest > 0
        elif self.fraction == ROUNDINGS["down"]:
            more = np.zeros(len(raw), np.bool_)
        else:
            up_at_half = (self.fraction == ROUNDINGS["half-up"]) | (whole % 2 == 1)
            more = (2 * rest > self.resolution) | ((2 * rest == self.resolution) & up_at_half)
        return np.where(raw < 0, -1, (whole + more) * self.resolution)

    def classes(self, raw: Int64s) -> Int64s:
        """Into how many grains each amount reaches; -1 where a record lacks it."""
        billed = self.billed(raw)
        return np.where(billed < 0, -1, -(-billed // self.grain))


MINUTES = Mode(CONVERSATION, 1, ROUNDINGS["up"], 60_000_000, timed=False)
"""No tariff's way: it keeps the started minutes of all calls of a class equal, for deciles and minutes of groups."""


def tariffs_of(book: Rulebook) -> Iterator[Tariff]:
    """Every tariff of the rulebook and of its scenarios."""
    yield from book.tariffs.values()
    for scenario in book.scenarios.values():
        yield from scenario.tariffs.values()


def modes_of(book: Rulebook) -> tuple[Mode, ...]:
    """The ways of measuring that the tariffs of a rulebook have."""
    grains: dict[tuple[int, int, int], tuple[int, bool]] = {}
    for tariff in tariffs_of(book):
        charge = tariff.charge
        measure, resolution = billed_as(charge)
        key = measure, resolution, ROUNDINGS[charge.billed.fraction]
        grain, timed = grains.get(key, (0, False))
        grains[key] = math.gcd(grain, _grain(charge)), timed or (charge.periods is not None and measure != QUANTITY)
    modes = [Mode(*key, *found) for key, found in grains.items()]
    if any(mode.measure == CONVERSATION for mode in modes):
        modes.append(MINUTES)
    return tuple(sorted(modes))


def _grain(charge: Charge) -> int:
    """The length of which all units and ends of steps are multiples."""
    ends, start = [], 0
    for step in charge.all_steps[:-1]:
        assert step.for_ is not None  # the model demands it of every step but the last
        start = min(start + step.for_.amount, ENDLESS)
        ends.append(start)
    units = (min(unit_of(step).amount, ENDLESS) for step in charge.all_steps)
    return math.gcd(*(end for end in ends if end < ENDLESS), *units)


@dataclass(frozen=True, eq=False)
class Clock:
    """The changes of rate period on every day, of all schemes together.

    `rows`: the number of the pattern of each day since `kernel.FIRST_DAY`; `turns`: of each pattern the microseconds of
    the day at which some scheme may change, 0 among them; `first`: the first day (from FIRST_DAY) of each pattern,
    `pairs`: the first day with a pattern and the one that follows it, by `pattern * patterns + next`. `grain`: of the
    starts of calls that cross a change.
    """

    rows: NDArray[np.int32]
    turns: tuple[Int64s, ...]
    first: Int64s
    pairs: NDArray[np.int32]
    grain: int

    @classmethod
    def of(cls, periods: PeriodTables, modes: tuple[Mode, ...]) -> Clock:
        """The clock of all schemes of a rulebook."""
        days = k.DAYS
        table = np.zeros((max(1, len(periods.day_rows)), days), np.int64)
        for number, by_day in enumerate(periods.day_rows.values()):
            table[number] = by_day[:days]
        patterns, where = np.unique(table, axis=1, return_inverse=True)
        numbers = where.reshape(-1).astype(np.int32)
        turns, starts = [], {0}
        for pattern in patterns.T.tolist():
            found = {0} | {start for row in pattern if periods.day_rows and row >= 0 for start, _ in periods.rows[row]}
            starts |= found
            turns.append(np.array(sorted(found), np.int64))
        count = len(turns)
        firsts = np.full(count, days, np.int64)
        np.minimum.at(firsts, numbers, np.arange(days))
        pairs = np.full(count * count, -1, np.int32)
        followed = numbers[:-1].astype(np.int64) * count + numbers[1:]
        pairs[followed[::-1]] = np.arange(days - 1, dtype=np.int32)[::-1]
        grain = math.gcd(DAY, *starts, *(mode.grain for mode in modes if mode.timed))
        return cls(numbers, tuple(turns), firsts, pairs, grain)

    def starts(self, start: Int64s, longest: Int64s) -> Int64s:
        """The start that stands for each start of a call of at most `longest` microseconds."""
        if len(self.turns) == 1 and len(self.turns[0]) == 1:
            return np.full(len(start), FIRST, np.int64)  # no rate period ever changes
        day, moment = np.divmod(start - FIRST, DAY)
        pattern = self.rows[day].astype(np.int64)
        since, until = np.zeros(len(start), np.int64), np.full(len(start), DAY, np.int64)
        for number, turns in enumerate(self.turns):
            mine = pattern == number
            if mine.any():
                at = np.searchsorted(turns, moment[mine], side="right")
                since[mine], until[mine] = turns[at - 1], np.append(turns, DAY)[at]
        inside = moment + longest <= until
        over = np.minimum((moment + longest - 1) // DAY, 2)
        pair = self.pairs[pattern * len(self.turns) + self.rows[np.minimum(day + 1, k.DAYS - 1)]]
        stands = np.where(inside | (over < 1), self.first[pattern], np.where(over == 1, pair, day))
        return FIRST + stands * DAY + np.where(inside, since, moment // self.grain * self.grain)


@dataclass(frozen=True, eq=False)
class Shapes:
    """The classes of lengths and starts of a rulebook."""

    modes: tuple[Mode, ...]
    clock: Clock

    @classmethod
    def of(cls, book: Rulebook, periods: PeriodTables) -> Shapes:
        modes = modes_of(book)
        return cls(modes, Clock.of(periods, modes))

    def classes(self, shapes: Int64s) -> Int64s:
        """What tells shapes (rows of `rating.rows.SHAPE`) apart: a row each; equal rows cost the same everywhere."""
        longest = np.zeros(len(shapes), np.int64)
        columns = []
        for mode in self.modes:
            raw = shapes[:, rows.W_DURATION + mode.measure]
            columns.append(mode.classes(raw))
            if mode.timed:
                longest = np.maximum(longest, mode.billed(raw))
        start = self.clock.starts(shapes[:, rows.W_START], longest)
        return np.stack([start, *columns], axis=1)

    def standing(self, shapes: Int64s, classes: Int64s) -> Int64s:
        """For shapes and their classes the shapes that stand for them, which tell nothing more than the class does.

        What no tariff measures is left out; an amount is the end of its grain wherever that is of the same class.
        """
        plain = shapes.copy()
        plain[:, rows.W_START] = classes[:, 0]
        for measure in range(3):
            column = rows.W_DURATION + measure
            mine = [(mode.grain, at + 1) for at, mode in enumerate(self.modes) if mode.measure == measure]
            if not mine:
                plain[:, column] = k.MISSING
                continue
            grain, at = min(mine)
            plain[:, column] = np.where(classes[:, at] < 0, k.MISSING, classes[:, at] * grain)
            same = np.ones(len(plain), np.bool_)
            for mode, number in zip(self.modes, range(1, len(self.modes) + 1), strict=True):
                if mode.measure == measure:
                    same &= mode.classes(plain[:, column]) == classes[:, number]
            plain[~same, column] = shapes[~same, column]
        return plain
