"""What a call of each length costs: staircases over the tables that the kernel reads, compared exactly.

From one start, a tariff is a run of *pieces* (the spans of `kernel.next_span` for the longest call, or those of each
step for the lengths that it prices), in each of which every started unit costs the same. Two prices can change sides
only at the edge of a unit; over a long piece the pattern of edges repeats, so that a whole day is compared in a few
steps.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from tariffs.rating import kernel as k

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of durations, in microseconds (or messages, or bytes)."""


class Piece(NamedTuple):
    """Billed usage in `(after, until]` costs `base` and `price` for each started `unit` behind `after`."""

    after: int
    until: int
    base: int
    unit: int
    price: int


@dataclass(frozen=True)
class Staircase:
    """One tariff from one start. Money in the tariff's own unit: `quantum` of them make `rounded_to` micro-yuan."""

    pieces: tuple[Piece, ...]
    resolution: int
    fraction: int
    zero: bool
    connection: int
    minimum: int
    maximum: int
    quantum: int
    rounded_to: int
    rounding: int
    longest: int

    def at(self, amount: int) -> int:
        """Micro-yuan for so much usage."""
        billed = k.rounded(amount, self.resolution, self.fraction) * self.resolution
        if billed == 0:
            return self.settled(self.connection) if self.zero else 0
        piece = self.pieces[bisect_left(self.pieces, billed, key=lambda p: p.until)]
        return self.settled(piece.base - (piece.after - billed) // piece.unit * piece.price)

    def settled(self, money: int) -> int:
        money = max(money, self.minimum)
        if self.maximum >= 0:
            money = min(money, self.maximum)
        return k.rounded(money, self.quantum, self.rounding) * self.rounded_to

    @property
    def last(self) -> int:
        """The longest usage that has a price: shorter than the longest call where the calendar ends in it."""
        if not self.pieces:
            return 0
        whole = self.pieces[-1].until >= self.longest
        return self.longest if whole else max(self.pieces[-1].until - self.resolution, 0)

    def first_billed_as(self, billed: int, tick: int) -> int:
        """The least usage that is billed as this much (a multiple of the resolution)."""
        if self.fraction == 0:
            return max(billed - self.resolution + tick, tick)
        if self.fraction == 1:
            return billed
        return -(-(2 * billed - self.resolution) // (2 * tick)) * tick

    def edges(self, low: int, high: int, tick: int) -> Iterator[int]:
        """Usage in `(low, high]` at which the price may change."""
        for piece in self.pieces:
            if piece.until < low - self.resolution:
                continue
            if piece.after > high + self.resolution:
                return
            yield from self._edges(piece, low, high, tick)

    def _edges(self, piece: Piece, low: int, high: int, tick: int) -> Iterator[int]:
        if piece.price == 0:
            steps = [piece.after]
        else:
            first = max((low - self.resolution - piece.after) // piece.unit - 1, 0)
            last = (min(piece.until, high + self.resolution) - piece.after) // piece.unit
            steps = [piece.after + n * piece.unit for n in range(first, last + 1)]
        for step in steps:
            at = self.first_billed_as((step // self.resolution + 1) * self.resolution, tick)
            if low < at <= high:
                yield at

    def breaks(self) -> Iterator[tuple[int, int]]:
        """Stretches `(low, high]` of usage over which the price grows by one pattern."""
        for piece in self.pieces:
            cuts = sorted({piece.after, *self._clamps(piece), piece.until})
            yield from pairwise(cuts)

    def _clamps(self, piece: Piece) -> Iterator[int]:
        """Where inside a piece the minimum is passed, or the maximum reached."""
        for limit in (self.minimum, self.maximum):
            if limit > piece.base and piece.price > 0:
                at = piece.after + (limit - piece.base) // piece.price * piece.unit
                for cut in (at - piece.unit, at, at + piece.unit):
                    if piece.after < cut < piece.until:
                        yield cut

    def period(self, low: int, high: int) -> int:
        """A length by which the pattern of prices inside `(low, high]` repeats."""
        piece = self.pieces[bisect_left(self.pieces, high, key=lambda p: p.until)]
        if piece.price == 0 or self._flat(piece, low, high):
            return self.resolution
        quantum = self.quantum * (2 if self.rounding == 3 else 1)
        return math.lcm(self.resolution, piece.unit * (quantum // math.gcd(quantum, piece.price)))

    def _flat(self, piece: Piece, low: int, high: int) -> bool:
        lowest = piece.base - (piece.after - low - 1) // piece.unit * piece.price
        highest = piece.base - (piece.after - high) // piece.unit * piece.price
        return highest <= self.minimum or (0 <= self.maximum <= lowest)


def staircase(t: Any, tariff: int, start: int, longest: int) -> Staircase:
    """The prices of a tariff (by its place in the kernel's table) for calls from a start."""
    total = -(-longest // t[tariff + k.T_RESOLUTION]) * t[tariff + k.T_RESOLUTION]
    pieces = _whole(t, tariff, start, total) if t[tariff + k.T_WHOLE] else _pieces(t, tariff, start, total)
    return Staircase(
        tuple(pieces), t[tariff + k.T_RESOLUTION], t[tariff + k.T_FRACTION], t[tariff + k.T_ZERO] == 1,
        t[tariff + k.T_CONNECTION], t[tariff + k.T_MINIMUM], t[tariff + k.T_MAXIMUM], t[tariff + k.T_QUANTUM],
        t[tariff + k.T_ROUNDED_TO], t[tariff + k.T_ROUNDING], longest,
    )  # fmt: skip


def _pieces(t: Any, tariff: int, start: int, total: int) -> list[Piece]:
    """The spans of the longest call, one after the other."""
    pieces: list[Piece] = []
    money, offset, step = t[tariff + k.T_CONNECTION], 0, tariff + k.T_STEP
    last = step + k.STEP * t[tariff + k.T_STEPS]
    while offset < total and step < last:
        unit = t[step + k.S_UNIT]
        count, after, price, period, step = k.next_span(t, tariff, step, offset, total, start)
        if period < 0:
            return pieces
        pieces.append(Piece(offset, after, money, unit, price))
        money, offset = money + count * price, after
    if offset < total:
        pieces.append(Piece(offset, total, money, total, 0))
    return pieces


def _whole(t: Any, tariff: int, start: int, total: int) -> list[Piece]:
    """Of each step that prices whole calls, the part of its spans with the lengths that fall in it."""
    pieces: list[Piece] = []
    begins, first = 0, tariff + k.T_STEP
    for step in range(first, first + k.STEP * t[tariff + k.T_STEPS], k.STEP):
        ends, unit = min(t[step + k.S_UNTIL], total), t[step + k.S_UNIT]
        money, offset = t[tariff + k.T_CONNECTION], 0
        while begins < ends and offset < ends:
            count, after, price, period, _ = k.next_span(t, tariff, step, offset, ends, start)
            if period < 0:
                return pieces
            pieces += _behind(Piece(offset, after, money, unit, price), begins)
            money, offset = money + count * price, after
        begins = max(begins, ends)
    return pieces


def _behind(piece: Piece, begins: int) -> Iterator[Piece]:
    """What a piece says of lengths behind `begins`: a unit that has started there is paid for at once."""
    if piece.after >= begins:
        yield piece
    elif piece.until > begins:
        started = -(-(begins - piece.after) // piece.unit)
        money, edge = piece.base + started * piece.price, piece.after + started * piece.unit
        if edge > begins:
            yield Piece(begins, min(edge, piece.until), money, edge - begins, 0)
        if edge < piece.until:
            yield Piece(edge, piece.until, money, piece.unit, piece.price)


class Comparison(NamedTuple):
    """Where the second price is higher than the first. `worst`: (by how many micro-yuan, at which usage) or None."""

    dearer: Ranges
    worst: tuple[int, int] | None


def tick_of(stairs: Sequence[Staircase]) -> int:
    """The unit in which usage is counted here: the finest resolution that divides all."""
    return math.gcd(*(s.resolution for s in stairs)) or 1


def compare(old: Sequence[Staircase], new: Sequence[Staircase]) -> Comparison:
    """Every amount of usage for which the sum of `new` is higher than that of `old`, in whole ticks."""
    return _Comparing(tuple(old), tuple(new)).run()


@dataclass
class _Comparing:
    old: tuple[Staircase, ...]
    new: tuple[Staircase, ...]

    def __post_init__(self) -> None:
        self.every = (*self.old, *self.new)
        self.tick = tick_of(self.every)
        self.found: list[tuple[int, int]] = []
        self.worst: tuple[int, int] | None = None

    def run(self) -> Comparison:
        last = min((s.last for s in self.every), default=0)
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
