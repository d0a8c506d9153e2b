"""Two sums of prices side by side: for which usage one is higher, and by how much at most.

They can change sides only at the edge of a unit. Over a long piece the pattern of edges repeats, so that a whole day is
compared in a few steps; where there are not many edges, all are looked at.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from tariffs.checks.staircases import Staircase, Tail, last_of, tick_of

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of durations, in microseconds (or messages, or bytes)."""

MOST_STEPS: Final = 2_000
"""Up to so many steps are looked at one by one."""


class Profile(NamedTuple):
    """A bundle from one start: `costs[n]` micro-yuan for usage in `[begins[n], begins[n + 1])`, up to `last`.

    Without `begins` there are too many steps to list. Usage is counted in ticks.
    """

    stairs: tuple[Staircase, ...]
    begins: tuple[int, ...]
    costs: tuple[int, ...]
    last: int

    @classmethod
    @lru_cache(maxsize=64)  # most tariffs cost the same from most starts
    def of(cls, stairs: tuple[Staircase, ...], tick: int = 1) -> Profile:
        last = last_of(stairs, tick)
        if last <= 0 or sum(s.count for s in stairs) > MOST_STEPS:
            return cls(stairs, (), (), last)
        # The calendar may end for one of the tariffs before it does for another.
        steps = [{begin: cost for begin, cost in s.steps(tick) if begin <= last} for s in stairs]
        if len(steps) == 1 and tick in steps[0]:
            return cls(stairs, tuple(steps[0]), tuple(steps[0].values()), last)
        begins = sorted({tick, *(begin for mine in steps for begin in mine)})
        costs = [0] * len(begins)
        for s, mine in zip(stairs, steps, strict=True):
            cost = s.at(tick)
            for n, begin in enumerate(begins):
                cost = mine.get(begin, cost)
                costs[n] += cost
        return cls(stairs, tuple(begins), tuple(costs), last)

    def at(self, amount: int) -> int:
        if not self.begins or amount < self.begins[0]:
            return sum(s.at(amount) for s in self.stairs)
        return self.costs[bisect_right(self.begins, amount) - 1]

    def edges(self, low: int, high: int) -> Iterator[int]:
        """Usage in `(low, high]`, in microseconds, at which the price may change."""
        if not self.begins:
            return (edge for s in self.stairs for edge in s.edges(low, high, 1))
        return iter(self.begins[bisect_right(self.begins, low) : bisect_right(self.begins, high)])

    def next_edge(self, low: int, high: int) -> int:
        """The first of these edges, or `high + 1`."""
        if not self.begins:
            return min((next(s.edges(low, high, 1), high + 1) for s in self.stairs), default=high + 1)
        return next(self.edges(low, high), high + 1)


class Comparison(NamedTuple):
    """Where the second price is higher than the first. `worst`: (by how many micro-yuan, at which usage) or None."""

    dearer: Ranges
    worst: tuple[int, int] | None


def compare(old: Sequence[Staircase], new: Sequence[Staircase]) -> Comparison:
    """Every amount of usage for which the sum of `new` is higher than that of `old`, in whole ticks."""
    tick = tick_of([*old, *new])
    one, two = Profile.of(tuple(old), tick), Profile.of(tuple(new), tick)
    if one.begins and two.begins:
        return _listed(one, two, tick)
    return _Comparing(tuple(old), tuple(new), tick).run()


def _listed(old: Profile, new: Profile, tick: int) -> Comparison:
    """The comparison step by step."""
    found: list[tuple[int, int]] = []
    worst: tuple[int, int] | None = None
    last = min(old.last, new.last)
    begins = sorted(begin for begin in {*old.begins, *new.begins} if begin <= last)
    for begin, following in pairwise((*begins, last + tick)):
        margin = new.at(begin) - old.at(begin)
        if margin > 0:
            found.append((begin, following - tick))
            if worst is None or margin > worst[0]:
                worst = margin, begin
    nothing = new.at(0) - old.at(0)
    if nothing > 0:
        found.append((0, 0))
        worst = max(worst or (0, 0), (nothing, 0), key=lambda item: item[0])
    return Comparison(joined(found, tick), worst)


def highest(
    old: Sequence[Staircase], new: Sequence[Staircase | Tail], tick: int | None = None
) -> tuple[int, int] | None:
    """By how many micro-yuan the sum of `new` is above that of `old` at most, and at which usage; None: nowhere."""
    return _Comparing(tuple(old), tuple(new), tick or tick_of([*old, *new]), ranges=False).run().worst


@dataclass
class _Comparing:
    old: tuple[Staircase, ...]
    new: tuple[Staircase | Tail, ...]
    tick: int
    ranges: bool = True

    def __post_init__(self) -> None:
        self.every = (*self.old, *self.new)
        self.found: list[tuple[int, int]] = []
        self.worst: tuple[int, int] | None = None

    def run(self) -> Comparison:
        last = last_of(self.every, self.tick)
        slack = max((s.resolution for s in self.every), default=1)
        # A stretch of billed usage reaches up to one resolution beyond itself in usage, either way.
        cuts = {0, last}
        for stairs in self.every:
            for low, high in stairs.breaks():
                near = [low, high]
                if slack > self.tick:
                    near += [low - slack, low + slack, high - slack, high + slack]
                cuts |= {cut // self.tick * self.tick for cut in near if 0 < cut < last}
        edges = sorted(cuts)
        for low, high in pairwise(edges):
            self._stretch(low, high)
        if self._margin(0) > 0:
            self._add(0, 0, self._margin(0))
        return Comparison(joined(self.found, self.tick), self.worst)

    def _margin(self, amount: int) -> int:
        return sum(s.at(amount) for s in self.new) - sum(s.at(amount) for s in self.old)

    def _edges(self, low: int, high: int) -> list[int]:
        return sorted({low + self.tick, *(e for s in self.every for e in s.edges(low, high, self.tick))})

    def _add(self, first: int, last: int, margin: int) -> None:
        if self.ranges:
            self.found.append((first, last))
        if self.worst is None or margin > self.worst[0]:
            self.worst = (margin, first)

    def _stretch(self, low: int, high: int) -> None:
        """Compares over `(low, high]`, where every price grows by one pattern."""
        period = math.lcm(*(s.period(low, high) for s in self.every))
        if high - low <= 3 * period:
            self._each(low, high)
            return
        # The first period is looked at edge by edge; from the second on the pattern repeats.
        self._each(low, low + period)
        low += period
        edges = self._edges(low, low + period)
        whole = (high - low) // period
        ends = [*(e - self.tick for e in edges[1:]), low + period]
        margins = [self._margin(e) for e in edges]
        growth = self._margin(edges[0] + period) - margins[0]
        if not self.ranges:
            for n in {0, whole - 1}:
                for edge, margin in zip(edges, margins, strict=True):
                    if margin + n * growth > 0:
                        self._add(edge + n * period, edge + n * period, margin + n * growth)
            self._each(low + whole * period, high)
            return
        if growth == 0 and (min(margins) > 0 or max(margins) <= 0):
            if max(margins) > 0:
                self._add(low + self.tick, low + whole * period, max(margins))
                for margin, edge in zip(margins, edges, strict=True):
                    self.worst = max(self.worst or (0, 0), (margin, edge), key=lambda worst: worst[0])
            self._each(low + whole * period, high)
            return
        turns = [_turn(margin, growth) for margin in margins]
        for first, last in self._periods(growth, turns, whole):
            for edge, end, margin in zip(edges, ends, margins, strict=True):
                for n in range(first, last):
                    if margin + n * growth > 0:
                        self._add(edge + n * period, end + n * period, margin + n * growth)
        everywhere = self._everywhere(growth, turns, whole)
        if everywhere is not None:
            first, last = everywhere
            for n in (first, last - 1):
                best = max(zip(margins, edges, strict=True))
                self._add(edges[0] + first * period, low + last * period, best[0] + n * growth)
                if self.worst is not None and self.worst[0] == best[0] + n * growth:
                    self.worst = (self.worst[0], best[1] + n * period)
        self._each(low + whole * period, high)

    @staticmethod
    def _periods(growth: int, turns: Sequence[int], whole: int) -> Iterator[tuple[int, int]]:
        """The periods that must be looked at edge by edge, `[first, last)`."""
        if growth == 0:
            yield 0, whole
        else:
            first, last = min(turns), max(turns)
            yield max(min(first, whole), 0), max(min(last, whole), 0)

    @staticmethod
    def _everywhere(growth: int, turns: Sequence[int], whole: int) -> tuple[int, int] | None:
        """The periods in which every amount is dearer, `[first, last)`."""
        first, last = min(turns), max(turns)
        if growth > 0 and last < whole:
            return max(last, 0), whole
        if growth < 0 and first > 0:
            return 0, min(first, whole)
        return None

    def _each(self, low: int, high: int) -> None:
        if low >= high:
            return
        edges = self._edges(low, high)
        for edge, following in zip(edges, [*edges[1:], high + self.tick], strict=True):
            margin = self._margin(edge)
            if margin > 0:
                self._add(edge, following - self.tick, margin)


def _turn(margin: int, growth: int) -> int:
    """The first period in which a margin that grows (or shrinks) by `growth` a period is above 0 (or no more)."""
    if growth > 0:
        return -margin // growth + 1
    if growth < 0:
        return -(-margin // -growth) if margin > 0 else 0
    return 0


def joined(found: Sequence[tuple[int, int]], tick: int) -> Ranges:
    """Ranges in order, those that touch or overlap put together."""
    together: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if together and first <= together[-1][1] + tick:
            together[-1] = (together[-1][0], max(together[-1][1], last))
        else:
            together.append((first, last))
    return tuple(together)


def best_rest(whole: Profile, cut: int, second: Profile, *, rising: bool) -> tuple[int, int] | None:
    """The most by which the whole of a call costs more than a second call behind `cut`, and that call; None: never.

    `rising`: no longer call costs less, so that the second is best when the whole has just gone up.
    """
    last = min(whole.last - cut, second.last)
    if last < 1:
        return None
    if not (whole.begins and second.begins):
        return highest(second.stairs, [Tail(s, cut) for s in whole.stairs], tick=1)
    tries = [1, *(edge - cut for edge in whole.edges(cut + 1, cut + last))]
    begins, costs = second.begins, second.costs
    first = bisect_right(whole.begins, cut + 1) - 1
    if rising:
        # The costs of the whole are those of its steps, in order.
        paid = whole.costs[first : first + len(tries)]
        gains = [mine - costs[bisect_right(begins, more) - 1] for mine, more in zip(paid, tries, strict=True)]
    else:
        tries = sorted({*tries, *second.edges(1, last)})
        gains = [whole.at(cut + more) - costs[bisect_right(begins, more) - 1] for more in tries]
    best = max(gains)
    return (best, tries[gains.index(best)]) if best > 0 else None
