"""What a call of each length costs: staircases over the tables that the kernel reads.

From one start, a tariff is a run of *pieces* (the spans of `kernel.next_span` for the longest call, or those of each
step for the lengths that it prices), in each of which every started unit costs the same.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from tariffs.rating import kernel as k
from tariffs.rating.pricing import DOWN, UP


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
        return self.settled(self._money(billed))

    def _money(self, billed: int) -> int:
        """What so much billed usage comes to, in the tariff's own unit."""
        piece = self.pieces[bisect_left(self._untils, billed)]
        return piece.base - (piece.after - billed) // piece.unit * piece.price

    @cached_property
    def _untils(self) -> list[int]:
        return [piece.until for piece in self.pieces]

    def settled(self, money: int) -> int:
        return k.rounded(self._bounded(money), self.quantum, self.rounding) * self.rounded_to

    def _bounded(self, money: int) -> int:
        money = max(money, self.minimum)
        return min(money, self.maximum) if self.maximum >= 0 else money

    def rounds(self) -> bool:
        """Whether rounding changes what some usage costs."""
        if self.zero and self._bounded(self.connection) % self.quantum:
            return True
        most = k.rounded(self.longest, self.resolution, self.fraction)
        return any(
            self._bounded(self._money(tick * self.resolution)) % self.quantum
            for low, high in self.breaks()
            for tick in range(
                low // self.resolution + 1,
                min(most, high // self.resolution, (low + self.period(low, high)) // self.resolution) + 1,
            )
        )

    @property
    def last(self) -> int:
        """The longest usage that has a price: shorter than the longest call where the calendar ends in it."""
        if not self.pieces:
            return 0
        until = self.pieces[-1].until
        if until >= self.longest:
            return self.longest
        return min(self.first_billed_as((until // self.resolution + 1) * self.resolution, 1) - 1, self.longest)

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

    @property
    def count(self) -> int:
        """About how many steps there are."""
        return sum((piece.until - piece.after) // piece.unit + 1 if piece.price else 1 for piece in self.pieces)

    def steps(self, tick: int) -> Iterator[tuple[int, int]]:
        """The first usage that costs something else, and what it costs in micro-yuan, up to the last."""
        last, resolution = self.last, self.resolution
        for after, until, base, unit, price in self.pieces:
            for step in range(after, until, unit) if price else (after,):
                billed = (step // resolution + 1) * resolution
                begin = self.first_billed_as(billed, tick)
                if begin > last:
                    return
                yield begin, self.settled(base - (after - billed) // unit * price)

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
        # Usage that is rounded down may reach beyond the last piece.
        piece = self.pieces[min(bisect_left(self._untils, high), len(self.pieces) - 1)]
        if piece.price == 0 or self._flat(piece, low, high):
            return self.resolution
        quantum = self.quantum * (2 if self.rounding == 3 else 1)
        return math.lcm(self.resolution, piece.unit * (quantum // math.gcd(quantum, piece.price)))

    def _flat(self, piece: Piece, low: int, high: int) -> bool:
        lowest = piece.base - (piece.after - low - 1) // piece.unit * piece.price
        highest = piece.base - (piece.after - high) // piece.unit * piece.price
        return highest <= self.minimum or (0 <= self.maximum <= lowest)


@dataclass(frozen=True, slots=True)
class Tail:
    """What a call costs in all, counted by its usage behind the first `cut` of it."""

    whole: Staircase
    cut: int

    @property
    def resolution(self) -> int:
        return self.whole.resolution

    @property
    def fraction(self) -> int:
        return self.whole.fraction

    @property
    def last(self) -> int:
        return self.whole.last - self.cut

    @property
    def longest(self) -> int:
        return self.whole.longest - self.cut

    def at(self, amount: int) -> int:
        return self.whole.at(self.cut + amount)

    def edges(self, low: int, high: int, tick: int) -> Iterator[int]:
        return (edge - self.cut for edge in self.whole.edges(self.cut + low, self.cut + high, tick))

    def breaks(self) -> Iterator[tuple[int, int]]:
        for low, high in self.whole.breaks():
            if high > self.cut:
                yield max(low - self.cut, 0), high - self.cut

    def period(self, low: int, high: int) -> int:
        return self.whole.period(self.cut + low, self.cut + high)


def last_of(stairs: Sequence[Staircase | Tail], tick: int) -> int:
    """The longest usage that has a price by all of them, in whole ticks."""
    return min((s.last for s in stairs), default=0) // tick * tick


def tick_of(stairs: Sequence[Staircase | Tail]) -> int:
    """The unit in which usage is counted here: fine enough for every way in which it can be billed.

    Where all round up, or all down, whole resolutions are; where one rounds to the nearest and another does not, or not
    to the same resolution, usage between two ticks is billed like neither. The longest call is one of whole ticks.
    """
    coarse = [s for s in stairs if s.resolution > 1]
    tick = math.gcd(*(n for s in stairs for n in (s.resolution, s.longest))) or 1
    ways = {s.fraction for s in coarse}
    if ways <= {UP} or ways <= {DOWN} or len({(s.resolution, s.fraction) for s in coarse}) == 1:
        return tick
    return tick // 4 if tick % 4 == 0 else 1


def most_billed(t: Any, tariff: int, longest: int) -> int:
    """As how much usage up to the longest may be billed: what is rounded up may have a unit behind its end."""
    resolution: int = t[tariff + k.T_RESOLUTION]
    return -(-longest // resolution) * resolution


def staircase(t: Any, tariff: int, start: int, longest: int) -> Staircase:
    """The prices of a tariff (by its place in the kernel's table) for calls from a start."""
    total = most_billed(t, tariff, longest)
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
