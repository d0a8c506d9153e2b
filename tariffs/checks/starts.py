"""Starts of calls in classes: stretches of the day from which two prices compare alike, for every length of call.

Where a unit takes the price of its own start, the price of a call of any length depends on its start only by which of
its units lie behind a boundary of rate periods. It changes, to the microsecond, where the start of some unit passes a
boundary, and nowhere else: starts in between are one class. Shortly before a boundary every class is looked at; farther
off, one price is ahead by more than it can ever lose again, and the boundary no longer matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, NamedTuple

from tariffs.checks.bounds import Bounds
from tariffs.checks.comparing import Comparison, Ranges, compare, highest
from tariffs.checks.domain import Days
from tariffs.checks.staircases import Staircase, staircase, tick_of
from tariffs.checks.timelines import Event, Kind, OnDays, Timelines
from tariffs.rating import kernel as k

DAY_SECONDS = 86_400
Bundle = Sequence[int]


class Starts(NamedTuple):
    """Calls that start in `[first, until)` microseconds of some days."""

    days: OnDays
    first: int
    until: int


class Worst(NamedTuple):
    """A call that is dearer by the most: by how many micro-yuan, for how much usage, from which moment of the day."""

    more: int
    amount: int
    at: int


class Dearer(NamedTuple):
    """Starts from which the same amounts of usage cost more, and the worst of these calls."""

    starts: Starts
    ranges: Ranges
    worst: Worst


class Class(NamedTuple):
    """Starts in `[first, until)`, and what is dearer from them."""

    first: int
    until: int
    ranges: Ranges
    worst: Worst | None

    def like(self, other: Class) -> bool:
        """Whether the same usage is dearer, and by as much."""
        mine, its = ((c.worst.more, c.worst.amount) if c.worst else None for c in (self, other))
        return self.ranges == other.ranges and mine == its

    def moved(self, by: int) -> Class:
        worst = self.worst and self.worst._replace(at=self.worst.at + by)
        return Class(self.first + by, self.until + by, self.ranges, worst)


@dataclass
class Prices:
    """The prices of bundles of tariffs, by their places in the kernel's table, from any start.

    `longest`: the longest call, in microseconds; `most_counted`: for tariffs of messages or data, the most of a record.
    """

    table: Any = field(repr=False)
    longest: int
    most_counted: Mapping[int, int] = field(default_factory=dict)
    _classes: dict[object, list[Class]] = field(default_factory=dict)

    @cached_property
    def timelines(self) -> Timelines:
        return Timelines(self.table, self.longest)

    @cached_property
    def bounds(self) -> Bounds:
        return Bounds(self.table, max(self.longest, *self.most_counted.values(), 0))

    def stairs(self, bundle: Bundle, day: int, at: int) -> tuple[Staircase, ...]:
        """Every component's staircase for calls from that microsecond of a day (an ordinal)."""
        start = (day - k.EPOCH) * k.DAY + at
        return tuple(staircase(self.table, tariff, start, self.most(tariff)) for tariff in bundle)

    def most(self, tariff: int) -> int:
        """The most usage of one record: the longest call, or what a record may count."""
        return self.most_counted.get(tariff, self.longest)

    def compared(self, old: Bundle, new: Bundle, day: int, at: int) -> Comparison:
        """How two bundles compare from one start."""
        return compare(self.stairs(old, day, at), self.stairs(new, day, at))

    def dearer(self, old: Bundle, new: Bundle, days: Days) -> list[Dearer]:
        """Every class of starts on some days from which some usage costs more, neighbours with one answer together."""
        found: dict[Class, list[OnDays]] = {}
        for kind, item in self._dearer(old, new, days):
            found.setdefault(item, []).append(kind.days)
        together: dict[tuple[int, ...], OnDays] = {}
        for kinds in found.values():
            key = tuple(map(id, kinds))
            if key not in together:
                every = chain.from_iterable(on.days for on in kinds)
                together[key] = kinds[0] if len(kinds) == 1 else OnDays(every, days)
        return [
            Dearer(Starts(together[tuple(map(id, kinds))], item.first, item.until), item.ranges, item.worst)
            for item, kinds in found.items()
            if item.worst is not None
        ]

    def _dearer(self, old: Bundle, new: Bundle, days: Days) -> Iterator[tuple[Kind, Class]]:
        for kind in self.timelines.kinds((*old, *new), days):
            found: list[Class] = []
            for event, until, following in kind.timeline.stretches:
                for item in self._stretch(old, new, kind.days.first, event, until, following):
                    if found and found[-1].until == item.first and found[-1].like(item):
                        item = item._replace(first=found.pop().first)
                    found.append(item)
            for item in found:
                if item.worst is not None:
                    yield kind, item

    def is_dearer(self, old: Bundle, new: Bundle, days: Days) -> bool:
        """Whether some usage from some start on some day costs more by `new`."""
        return next(self._dearer(old, new, days), None) is not None

    def _stretch(
        self, old: Bundle, new: Bundle, day: int, event: Event, until: int, following: Sequence[Event]
    ) -> list[Class]:
        """The classes of starts in `[event.at, until)`, between which no price changes."""
        # What comes after is seen from the end of the stretch, so that stretches of other days give the same answer.
        reach = self.timelines.reach(*old, *new)
        near = [(e.at - until, e.prices) for e in following if e.at - until < reach]
        key = (tuple(old), tuple(new), event.prices, until - event.at, *near)
        if key not in self._classes:
            classes: list[Class] = []
            for item in self._compared(old, new, day, event, until, following):
                if classes and classes[-1].ranges == item.ranges:
                    before = classes.pop()
                    item = Class(before.first, item.until, item.ranges, max(before.worst, item.worst, key=_more))
                classes.append(item)
            self._classes[key] = [item.moved(-until) for item in classes]
        return [item.moved(until) for item in self._classes[key]]

    def _compared(
        self, old: Bundle, new: Bundle, day: int, event: Event, until: int, following: Sequence[Event]
    ) -> Iterator[Class]:
        for first, last, plain in self.classes(old, new, day, event, until, following):
            comparison = self.compared(old, new, day, first)
            worst = None if comparison.worst is None else Worst(*comparison.worst, first)
            if worst is not None and not plain and comparison.dearer[-1][1] == self.longest:
                worst = self._worst(old, new, day, worst, (event, following, first, last))
            yield Class(first, last, comparison.dearer, worst)

    def _worst(
        self, old: Bundle, new: Bundle, day: int, worst: Worst, among: tuple[Event, Sequence[Event], int, int]
    ) -> Worst:
        """The worst call from any of the starts of one class, which agree in what is dearer but not in by how much."""
        event, following, first, last = among
        for at in self.timelines.breaks((*old, *new), event, following, first, last):
            found = highest(self.stairs(old, day, at), self.stairs(new, day, at))
            if found is not None and found[0] > worst.more:
                worst = Worst(*found, at)
        return worst

    def classes(
        self, old: Bundle, new: Bundle, day: int, event: Event, until: int, following: Sequence[Event]
    ) -> Iterator[tuple[int, int, bool]]:
        """Starts in `[event.at, until)` that compare alike, as (first, until, whether the worst call is alike too)."""
        near = self._near(old, new, day, event, until, following)
        begins = max(event.at, until - near) if near else until
        if begins > event.at:
            yield event.at, begins, not following
        if begins < until:
            breaks = self.timelines.breaks((*old, *new), event, following, begins, until)
            yield from ((first, last, True) for first, last in pairwise([begins, *breaks, until]))

    def _near(
        self, old: Bundle, new: Bundle, day: int, event: Event, until: int, following: Sequence[Event]
    ) -> int:
        """How long before the end of a stretch what follows begins to matter to starts in it, in microseconds."""
        reach = self.timelines.reach(*old, *new)
        if not following or following[0].at - until >= reach:
            return 0
        whole = until - event.at
        if any(None in e.prices for e in following if e.at - until < reach):
            return whole
        # A stretch may end with the day, before anything changes.
        settled = self._settled(old, new, day, event.at, following[0].at - event.at)
        return whole if settled is None else max(settled - (following[0].at - until), 0)

    def _settled(self, old: Bundle, new: Bundle, day: int, at: int, most: int) -> int | None:
        """Usage, up to `most`, behind which it is settled which price is higher, whatever follows; None: never."""
        stairs = self.stairs(old, day, at), self.stairs(new, day, at)
        every = (*stairs[0], *stairs[1])
        ahead, behind = self.bounds.can_lose(old, new), self.bounds.can_lose(new, old)
        tops = self.bounds.highest(old), self.bounds.highest(new)
        slack, least = max(s.resolution for s in every), self.bounds.holds_from((*old, *new))
        tick, last = tick_of(every), min(most, *(s.last for s in every))
        low = 0
        while low < last:
            high = min(max(2 * low, 64 * slack), last)
            for edge in sorted({e for s in every for e in s.edges(low, high, tick)}):
                paid, asked = sum(s.at(edge) for s in stairs[0]), sum(s.at(edge) for s in stairs[1])
                never = paid >= tops[1] or (ahead is not None and paid - asked >= ahead)
                always = asked > tops[0] or (behind is not None and asked - paid > behind)
                if edge > least and (never or always):
                    return edge + slack if edge + slack < most else None
            low = high
        return self.longest + slack if self.longest + slack < most else None


def _more(worst: Worst | None) -> int:
    return 0 if worst is None else worst.more
