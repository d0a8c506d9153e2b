"""Starts of calls in classes: seconds of the day from which two prices compare alike, for every length of call.

Only starts shortly before a rate-period boundary differ from one another, and only while the dearer of two prices
can still change sides behind it: once one price is ahead by more than it can ever lose again, the boundary no longer
matters. Starts between two whole seconds compare like the later one, as long as units are whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from tariffs.checks.domain import Days
from tariffs.checks.staircases import Comparison, Staircase, compare, staircase, tick_of
from tariffs.rating import kernel as k

DAY_SECONDS = 86_400
_MOST_EDGES = 20_000


class Starts(NamedTuple):
    """Calls that start in seconds `[first, until)` of days like `day`; `days`: how many such days there are."""

    day: int
    days: int
    first: int
    until: int


@dataclass
class Prices:
    """The prices of bundles of tariffs, by their places in the kernel's table, from any start.

    `longest`: the longest call, in microseconds; `most_counted`: for tariffs of messages or data, the most of a record.
    """

    table: Any
    longest: int
    most_counted: Mapping[int, int] = field(default_factory=dict)
    _compared: dict[object, Comparison] = field(default_factory=dict)
    _kinds: dict[object, list[tuple[object, int, int]]] = field(default_factory=dict)
    _classes: dict[object, list[tuple[int, int, Comparison]]] = field(default_factory=dict)

    def stairs(self, bundle: Sequence[int], day: int, second: int) -> tuple[Staircase, ...]:
        """Every component's staircase for calls from that second of a day (an ordinal)."""
        start = ((day - k.EPOCH) * DAY_SECONDS + second) * 1_000_000
        return tuple(staircase(self.table, tariff, start, self.most(tariff)) for tariff in bundle)

    def most(self, tariff: int) -> int:
        """The most usage of one record: the longest call, or what a record may count."""
        return self.most_counted.get(tariff, self.longest)

    def compared(self, old: Sequence[int], new: Sequence[int], day: int, second: int) -> Comparison:
        """How two bundles compare from one start."""
        stairs = self.stairs(old, day, second), self.stairs(new, day, second)
        found = self._compared.get(stairs)
        if found is None:
            found = self._compared[stairs] = compare(*stairs)
        return found

    def comparisons(self, old: Sequence[int], new: Sequence[int], days: Days) -> Iterator[tuple[Starts, Comparison]]:
        """Every class of starts on some days, with how the bundles compare from it; equal neighbours are one class."""
        for kind, day, count in self._kinds_of_day((*old, *new), days):
            key = (tuple(old), tuple(new), kind)
            if key not in self._classes:
                self._classes[key] = self._classes_of(old, new, day)
            for first, until, comparison in self._classes[key]:
                yield Starts(day, count, first, until), comparison

    def _classes_of(self, old: Sequence[int], new: Sequence[int], day: int) -> list[tuple[int, int, Comparison]]:
        """Asks about every start that may differ, and puts neighbours with the same answer together."""
        found: list[tuple[int, int, Comparison]] = []
        for first, until in self._seconds(old, new, day):
            answer = self.compared(old, new, day, first)
            if found and found[-1][2] == answer:
                first = found.pop()[0]
            found.append((first, until, answer))
        return found

    def _schemes(self, bundle: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted({s for tariff in bundle if (s := self.table[tariff + k.T_SCHEME]) > 0}))

    def _kinds_of_day(self, bundle: Sequence[int], days: Days) -> list[tuple[object, int, int]]:
        """Days that differ in their rate periods or in those of the next day: each kind, its first day, how many."""
        schemes = self._schemes(bundle)
        if not schemes:
            return [((), days.first, days.until - days.first)]
        if (schemes, days) not in self._kinds:
            self._kinds[schemes, days] = self._kinds_of(schemes, days)
        return self._kinds[schemes, days]

    def _kinds_of(self, schemes: tuple[int, ...], days: Days) -> list[tuple[object, int, int]]:
        known: dict[object, list[int]] = {}
        for day in range(days.first, days.until):
            at = day - k.FIRST_DAY
            kind = tuple((self.table[s + at], self.table[s + at + 1]) for s in schemes)
            if all(today for today, _ in kind):
                known.setdefault(kind, []).append(day)
        return [(kind, found[0], len(found)) for kind, found in known.items()]

    def _boundaries(self, bundle: Sequence[int], day: int) -> list[int]:
        """The seconds at which some rate period of the day begins."""
        found = {0, DAY_SECONDS}
        for scheme in self._schemes(bundle):
            row = self.table[scheme + day - k.FIRST_DAY]
            found |= {self.table[row + 1 + 2 * n] // 1_000_000 for n in range(self.table[row])}
        return sorted(found)

    def _seconds(self, old: Sequence[int], new: Sequence[int], day: int) -> Iterator[tuple[int, int]]:
        """Ranges of seconds of a day that are alike for sure."""
        bundle = (*old, *new)
        each_unit = any(self.table[t + k.T_SCHEME] > 0 and self.table[t + k.T_CROSSING] == 1 for t in bundle)
        boundaries = self._boundaries(bundle, day)
        for first, until in pairwise(boundaries):
            near = min(self.settled(old, new, day, first), until - first) if each_unit else 0
            if first < until - near:
                # A start just so far from the boundary as it takes to be settled is the last of the plain ones.
                yield first, until - near + (1 if 0 < near < until - first else 0)
            begins = until - near + (1 if 0 < near < until - first else 0) if first < until - near else first
            yield from ((second, second + 1) for second in range(begins, until))

    def moments(self, bundle: Sequence[int], days: Days) -> Iterator[tuple[int, int]]:
        """(day, second) of starts that stand for all: in each rate period, and shortly before the next begins."""
        for _, day, _ in self._kinds_of_day(bundle, days):
            for first, until in pairwise(self._boundaries(bundle, day)):
                yield day, first
                if self._schemes(bundle):
                    stairs = self.stairs(bundle, day, first)
                    units = {piece.unit // 1_000_000 for s in stairs for piece in s.pieces if piece.unit < self.longest}
                    for before in sorted({1, *units, *(unit + 1 for unit in units), *(unit - 1 for unit in units)}):
                        if 0 < before < until - first:
                            yield day, until - before

    def boundaries_behind(self, bundle: Sequence[int], day: int, second: int) -> list[int]:
        """Seconds from a start to each boundary of rate periods in the day that follows."""
        if not self._schemes(bundle):
            return []
        today = [b - second for b in self._boundaries(bundle, day)]
        tomorrow = [b + DAY_SECONDS - second for b in self._boundaries(bundle, day)]
        return sorted({b for b in (*today, *tomorrow) if 0 < b < DAY_SECONDS})

    def settled(self, old: Sequence[int], new: Sequence[int], day: int, second: int) -> int:
        """Seconds after which the prices of calls from here compare the same whatever rate periods follow."""
        stairs = self.stairs(old, day, second), self.stairs(new, day, second)
        never = min(DAY_SECONDS, (self.longest + max(s.resolution for part in stairs for s in part)) // 1_000_000 + 1)
        ahead, behind = (self.can_lose(tuple(a), tuple(b)) for a, b in ((old, new), (new, old)))
        if ahead is None and behind is None:
            return never
        tick = tick_of((*stairs[0], *stairs[1]))
        limit = min(DAY_SECONDS * 1_000_000, *(s.last for part in stairs for s in part))
        edges = sorted({e for part in stairs for s in part for e in s.edges(0, limit // 16, tick)})
        for edge in edges[:_MOST_EDGES]:
            gain = sum(s.at(edge) for s in stairs[0]) - sum(s.at(edge) for s in stairs[1])
            if (ahead is not None and gain >= ahead) or (behind is not None and -gain > behind):
                return min(-(-edge // 1_000_000), never)
        return never

    @lru_cache(maxsize=1024)  # noqa: B019 - as long-lived as one examination
    def can_lose(self, one: Sequence[int], other: Sequence[int]) -> int | None:
        """How much of its lead the price of `one` can lose to `other` at most, in micro-yuan; None: without limit."""
        t = self.table
        if any(t[tariff + k.T_MAXIMUM] >= 0 or t[tariff + k.T_MINIMUM] > 0 for tariff in one):
            return None
        if any(t[tariff + k.T_WHOLE] for tariff in (*one, *other)):
            return None  # the next step may price the whole call otherwise
        least = sum((min(self._rates(tariff)) for tariff in one), Fraction(0))
        most = sum((max(self._rates(tariff)) for tariff in other), Fraction(0))
        if least < most:
            return None
        paid = sum((self._unit_cost(tariff, least) for tariff in one), Fraction(0))
        jump = sum((self._jump(tariff) for tariff in other), Fraction(0))
        return int(paid + jump) + 1

    def _steps(self, tariff: int) -> list[tuple[int, int, list[int]]]:
        """(until, unit, price in each period) of each step that a call can reach."""
        t = self.table
        found, begins = [], 0
        for step in range(tariff + k.T_STEP, tariff + k.T_STEP + k.STEP * t[tariff + k.T_STEPS], k.STEP):
            count = 1 + max((p for row in self._rows(t[tariff + k.T_SCHEME]) for p in row), default=0)
            prices = [t[t[step + k.S_PRICE] + n] for n in range(count)]
            if begins < self.longest:
                found.append((t[step + k.S_UNTIL], t[step + k.S_UNIT], prices))
            begins = t[step + k.S_UNTIL]
        return found

    @lru_cache(maxsize=64)  # noqa: B019
    def _rows(self, scheme: int) -> list[list[int]]:
        t = self.table
        rows = {t[scheme + n] for n in range(k.DAYS)} - {0} if scheme > 0 else set()
        return [[t[row + 2 + 2 * n] for n in range(t[row])] for row in rows]

    def _micro(self, tariff: int) -> Fraction:
        """Micro-yuan in one unit of the tariff's own money."""
        return Fraction(self.table[tariff + k.T_ROUNDED_TO], self.table[tariff + k.T_QUANTUM])

    def _rates(self, tariff: int) -> list[Fraction]:
        """Micro-yuan for each microsecond, in each step and rate period."""
        found = [Fraction(p, unit) * self._micro(tariff) for _, unit, prices in self._steps(tariff) for p in prices]
        endless = self._steps(tariff)[-1][0] >= self.longest
        return found if endless else [*found, Fraction(0)]

    def _unit_cost(self, tariff: int, rate: Fraction) -> Fraction:
        """What may already be paid for when a lead is measured: a unit, a tick, the rounding."""
        t = self.table
        unit = max(unit for _, unit, _ in self._steps(tariff))
        return Fraction(rate * (unit + 2 * t[tariff + k.T_RESOLUTION]) + 2 * t[tariff + k.T_ROUNDED_TO])

    def _jump(self, tariff: int) -> Fraction:
        """What may fall due at once: a unit begun, in each step that is begun, and the rounding."""
        steps = self._steps(tariff)
        dearest = max(p for _, _, prices in steps for p in prices) * self._micro(tariff)
        rate = max(self._rates(tariff))
        t = self.table
        rounding = rate * 2 * t[tariff + k.T_RESOLUTION] + 2 * t[tariff + k.T_ROUNDED_TO]
        return Fraction(dearest * (1 + len(steps)) + rounding)

    def __hash__(self) -> int:
        return id(self)
