"""The two calls that save the most against the one they add up to, over every start, length and moment of hanging up.

A split is a start `s`, a moment `t` of hanging up and calling again, and an end. What it saves depends on `s` and on
`t` only by the classes of starts that they lie in (`starts`), and on the length of the first call. In each pair of
classes, and for each length at which hanging up can be best, the best end is found at once by comparing two staircases:
the whole call behind `t`, and the second call.

* While no longer call costs less, it is best to hang up at the end of what is paid for, or as late as the class of `t`
  lasts. Where longer calls may cost less, all lengths at which anything changes are tried.
* Where prices are exact in money, a whole unit of the last step can be moved from one of the two calls to the other,
  or out of both, without any gain or loss, as long as no boundary of rate periods lies between. So only calls shortly
  before a boundary need be looked at, and one that is far from any.
* Where sums are rounded, of hanging up at different units only those matter of which none has both more of its sum
  rounded away and less time gone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from tariffs.checks.comparing import Profile, best_rest
from tariffs.checks.staircases import Staircase
from tariffs.checks.starts import Prices
from tariffs.checks.timelines import Event, Timeline
from tariffs.rating import kernel as k
from tariffs.rating.pricing import HALF_EVEN, UP

MOST_CLASSES: Final = 3_000
"""More classes of starts than these are not looked at one by one."""
MOST_TRIED: Final = 200_000
"""More pairs of classes, each with a length of the first call, are not."""
_SECOND = 1_000_000
Bundle = tuple[int, ...]
Span = tuple[int, int]


class Split(NamedTuple):
    """A call of `whole` microseconds from `at`, a microsecond of a day, that is cheaper by `gain` micro-yuan as a call
    of `first` and the rest.
    """

    gain: int
    first: int
    whole: int
    day: int
    at: int


class TooMany(Exception):
    """There are more ways to split calls than can be looked at."""


@dataclass
class Splitting:
    """Calls that start on a day under one bundle and are called again under another, before or behind midnight.

    `again_from`: the first moment of calling again, in microseconds since the day began; `again_until`: the last one
    is before it.
    """

    prices: Prices
    first: Bundle
    second: Bundle
    day: int
    timeline: Timeline
    again_from: int = 0
    again_until: int = 1 << 62
    best: Split | None = None
    _profiles: dict[tuple[Bundle, int], Profile] = field(default_factory=dict)

    def run(self) -> Split | None:
        """The best split, or None where none saves anything. Raises TooMany."""
        tried: dict[Span, list[Try]] = {}
        for count, item in enumerate(self._tries()):
            if count > MOST_TRIED:
                raise TooMany
            tried.setdefault(item.again, []).append(item)
        for again, items in tried.items():
            second = self._from(self.second, again[0])
            for item in self._worth_trying(items):
                found = best_rest(item.whole, item.cut, second, rising=self._rising)
                if found is not None and found[0] > item.paid:
                    self._keep(found[0] - item.paid, item, second, found[1])
        return self.best

    # --- pairs of classes ---

    def _tries(self) -> Iterator[Try]:
        if not any(self._moves(tariff) for tariff in self._every):
            yield from self._between_stretches()
        elif self._movable():
            yield from self._around_boundaries()
        else:
            again = self._classes(self.second, 0, k.DAY + self.prices.longest)
            yield from self._each(self._classes(self.first, 0, k.DAY), again, self.prices.longest)

    @cached_property
    def _every(self) -> Bundle:
        return (*self.first, *self.second)

    @property
    def _ends(self) -> list[int]:
        """Where the prices of each event end."""
        events = self.timeline.events
        return [*(event.at for event in events[1:]), max(k.DAY + self.prices.longest, events[-1].at + 1)]

    def _between_stretches(self) -> Iterator[Try]:
        """Where no boundary within a call matters, each two stretches of equal prices."""
        parts = list(zip(self.timeline.events, self._ends, strict=True))
        for one, end in parts:
            for two, last in parts:
                if one.at < k.DAY and self._priced(self.first, one) and self._priced(self.second, two):
                    yield from self._pair((one.at, min(end, k.DAY)), (two.at, last), self.prices.longest)

    def _around_boundaries(self) -> Iterator[Try]:
        """Where whole units can be moved about without gain or loss: calling again near a boundary, or far from any."""
        longest = self.prices.longest
        width = min(max(self._settles(tariff) for tariff in self._every) + self._pattern(), longest)
        if self.first != self.second:
            starts = self._classes(self.first, max(k.DAY - width, 0), k.DAY)
            for event, end in zip(self.timeline.events, self._ends, strict=True):
                spans = [(event.at, end)]
                if end - event.at > 2 * width:
                    spans = [(event.at, event.at + width), (end - width, end)]
                for low, high in spans:
                    yield from self._each(starts, self._classes(self.second, low, high), longest)
            return
        for event, end in zip(self.timeline.events, self._ends, strict=True):
            low = max(event.at, end - width)
            if low > event.at and event.at < k.DAY and self._priced(self.first, event):
                whole = self._from(self.first, event.at)
                for cut in self._cuts(whole, whole, 1, width):
                    at = event.at + cut
                    yield from self._pair((event.at, event.at + 1), (at, at + 1), width)
            spans = [(low, end)]
            if low > event.at and any(self._hides(tariff) for tariff in self.first):
                spans.append((event.at, min(event.at + width, low)))
            for since, until in spans:
                for again in self._classes(self.second, since, until) if since < k.DAY + width else ():
                    starts = self._classes(self.first, max(again[0] - width, 0), min(again[1], k.DAY))
                    yield from self._each(starts, [again], width)

    def _each(self, starts: Sequence[Span], again: Sequence[Span], most: int) -> Iterator[Try]:
        for two in again:
            for one in starts:
                if one[0] < two[1] and two[0] - one[1] < most:
                    yield from self._pair(one, two, most)

    def _priced(self, bundle: Bundle, event: Event) -> bool:
        """Whether a call that starts behind an event has a price: the calendar does not end before."""
        tariffs = self.prices.timelines.tariffs(self._every)
        return all(
            price is not None for tariff, price in zip(tariffs, event.prices, strict=True) if tariff in bundle
        )

    def _classes(self, bundle: Bundle, low: int, high: int) -> list[Span]:
        """The classes of starts in `[low, high)` from which a bundle has a price."""
        found: list[Span] = []
        events = self.timeline.events
        for number, (event, end) in enumerate(zip(events, self._ends, strict=True)):
            first, last = max(event.at, low), min(end, high)
            if first < last and self._priced(bundle, event):
                breaks = self.prices.timelines.breaks(self._every, event, events[number + 1 :], first, last, bundle)
                if len(breaks) > MOST_CLASSES:
                    raise TooMany
                found += pairwise([first, *breaks, last])
        return found

    def _moves(self, tariff: int) -> bool:
        """Whether a boundary in the middle of a call changes what it costs."""
        return self.prices.timelines.each_unit(tariff) and len(self.timeline.events) > 1

    def _movable(self) -> bool:
        """Whether whole units can be moved about without loss; one of several tariffs that is capped forbids it."""
        t = self.prices.table
        capped = any(t[tariff + k.T_MAXIMUM] >= 0 for tariff in self._every)
        alone = len(self.first) == len(self.second) == 1
        exact = all(self._exact(tariff) and not self._by_start(tariff) for tariff in self._every)
        return exact and (alone or not capped)

    def _by_start(self, tariff: int) -> bool:
        t = self.prices.table
        return bool(t[tariff + k.T_SCHEME] > 0 and t[tariff + k.T_CROSSING] == 0)

    def _exact(self, tariff: int) -> bool:
        """Whether rounding never changes a sum, and a longer call never costs less."""
        t = self.prices.table
        sums = [p for step in self.prices.bounds.steps(tariff) for p in step.prices]
        return not t[tariff + k.T_WHOLE] and not any(
            money % t[tariff + k.T_QUANTUM] for money in (*sums, t[tariff + k.T_CONNECTION])
        )

    def _hides(self, tariff: int) -> bool:
        """Whether a unit may have begun that a short first call does not pay, or pays by its minimum alone."""
        t = self.prices.table
        rounds_down = t[tariff + k.T_FRACTION] != UP
        return rounds_down or bool(t[tariff + k.T_MINIMUM] > t[tariff + k.T_CONNECTION])

    def _settles(self, tariff: int) -> int:
        """The usage from which each further unit costs its price: behind the first steps, and above the minimum."""
        t, steps = self.prices.table, self.prices.bounds.steps(tariff)
        last, spare = steps[-1], t[tariff + k.T_MINIMUM] - t[tariff + k.T_CONNECTION]
        usage: int = last.begins + 2 * t[tariff + k.T_RESOLUTION]
        if spare > 0:
            usage += -(-spare // min(last.prices)) * last.unit if min(last.prices) > 0 else self.prices.longest
        return usage

    def _pattern(self) -> int:
        """The length by which units and ticks of all tariffs repeat, once their last steps have begun."""
        t = self.prices.table
        return math.lcm(
            *(
                math.lcm(self.prices.bounds.steps(tariff)[-1].unit, t[tariff + k.T_RESOLUTION])
                for tariff in (*self.first, *self.second)
            )
        )

    # --- one pair ---

    def _pair(self, start: Span, again: Span, most: int) -> Iterator[Try]:
        """The lengths of a first call, from one class to another, one of which is best."""
        whole, second = self._from(self.first, start[0]), self._from(self.second, again[0])
        first, last = max(again[0], self.again_from), min(again[1], self.again_until) - 1
        low = max(first - start[1] + 1, 1)
        high = min(last - start[0], most, whole.last - 1)
        if first <= last and low <= high:
            for cut in self._cuts(whole, second, low, high):
                yield Try(start, again, whole, cut, whole.at(cut))

    def _keep(self, gain: int, item: Try, second: Profile, more: int) -> None:
        """Remembers a split if it is better than the best. `more`: the second call."""
        if self.best is not None and gain < self.best.gain:
            return
        low = max(item.start[0], max(item.again[0], self.again_from) - item.cut)
        high = min(item.start[1], min(item.again[1], self.again_until) - item.cut)
        at = -(-low // _SECOND) * _SECOND
        # The longest call that saves as much: it ends with a unit that is paid for.
        last = min(second.last, item.whole.last - item.cut)
        turn = min(second.next_edge(more, last), item.whole.next_edge(item.cut + more, item.cut + last) - item.cut)
        split = Split(gain, item.cut, item.cut + turn - 1, self.day, at if at < high else low)
        if self.best is None or _rank(split) > _rank(self.best):
            self.best = split

    def _from(self, bundle: Bundle, at: int) -> Profile:
        key = (bundle, at)
        if key not in self._profiles:
            self._profiles[key] = Profile.of(self.prices.stairs(bundle, self.day + at // k.DAY, at % k.DAY))
        return self._profiles[key]

    @cached_property
    def _rising(self) -> bool:
        return not any(self.prices.table[tariff + k.T_WHOLE] for tariff in self._every)

    def _cuts(self, whole: Profile, second: Profile, low: int, high: int) -> list[int]:
        """Lengths of the first call, in `[low, high]`, one of which is best."""
        if not self._rising:
            return self._all_cuts(whole, second, low, high)
        reach = high
        if all(self._exact(tariff) for tariff in self.first):
            reach = min(high, max([low, *map(self._settles, self.first)]) + self._pattern())
        cuts = {edge - 1 for edge in whole.edges(low, reach + 1)}
        # As late as it may be, and the whole second before, which is easier to read.
        return sorted({*cuts, high, max(high // _SECOND * _SECOND, low)})

    def _all_cuts(self, whole: Profile, second: Profile, low: int, high: int) -> list[int]:
        longest = self.prices.longest
        mine, its = set(whole.edges(0, longest)), set(second.edges(0, longest - low))
        if len(mine) * len(its) > MOST_TRIED:
            raise TooMany
        # From `a - b` on, the whole call has reached `a` when the second reaches `b`; a tick later just before that.
        turns = {low, *mine, *(a - b + tick for a in (*mine, longest) for b in its for tick in (0, 1))}
        return sorted(cut for cut in turns if low <= cut <= high)

    def _worth_trying(self, items: Sequence[Try]) -> Iterator[Try]:
        """Of the ways to call again in one class, those of which no shorter first call leaves as much, with the same
        units to come.
        """
        if not self._rising or len(items) < 4:
            yield from items
            return
        capped = any(self.prices.table[tariff + k.T_MAXIMUM] >= 0 for tariff in self.first)
        kept: dict[object, list[tuple[int, ...]]] = {}
        for item in sorted(items, key=lambda each: each.cut):
            ahead = [_ahead(s, item.cut) for s in item.whole.stairs]
            worth = (*(part.lost for part in ahead), *([-item.paid] if capped else []))
            front = kept.setdefault(tuple(part.units for part in ahead), [])
            if not any(all(a >= b for a, b in zip(other, worth, strict=True)) for other in front):
                front.append(worth)
                yield item


class Try(NamedTuple):
    """A first call of `cut` microseconds, from one class of starts to calling again in another; what it costs."""

    start: Span
    again: Span
    whole: Profile
    cut: int
    paid: int


class Ahead(NamedTuple):
    """What a whole call has ahead of a moment: its units; and how much of its sum is rounded away so far."""

    units: object
    lost: int


def _ahead(stairs: Staircase, cut: int) -> Ahead:
    """The end of a paid unit as the rest of the call sees it."""
    billed = k.rounded(cut, stairs.resolution, stairs.fraction) * stairs.resolution
    number = next(n for n, piece in enumerate(stairs.pieces) if billed <= piece.until or n == len(stairs.pieces) - 1)
    piece = stairs.pieces[number]
    started = -((piece.after - billed) // piece.unit) if billed > piece.after else 0
    money = piece.base + started * piece.price
    rounded = k.rounded(money, stairs.quantum, stairs.rounding)
    units: tuple[object, ...] = (
        billed - cut, piece.after + started * piece.unit - billed, piece.unit, piece.price,
        min(money - stairs.minimum, 0),
        rounded % 2 if stairs.rounding == HALF_EVEN else 0,
        tuple((p.after - billed, p.unit, p.price) for p in stairs.pieces[number + 1 :]),
    )  # fmt: skip
    return Ahead(units, money - rounded * stairs.quantum)


def _rank(split: Split) -> tuple[int, bool, int, int]:
    """More gain first, then rounder moments, then shorter calls."""
    whole_seconds = not (split.at % _SECOND or split.first % _SECOND)
    return split.gain, whole_seconds, -split.whole, -split.first
