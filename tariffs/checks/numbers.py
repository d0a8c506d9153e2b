"""Telephone numbers that the numbering plan reads as we want: one for each entry that any number can reach."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tariffs.rating import digits
from tariffs.rating.numbering import MOBILE, Automaton

_FIRST = "6821345790"
_FILL = "12345678901234567890"


class _Way(NamedTuple):
    """How a node is reached: the digits, how many of them stand before the number that lengths count."""

    digits: str
    base: int


@dataclass(eq=False, repr=False)
class Numbers:
    """Finds numbers by walking the digit automaton that the kernel walks. `segments`: homes of mobile numbers."""

    automaton: Automaton
    segments: Any
    _ways: dict[int, _Way] = field(init=False)
    _node_of: dict[int, int] = field(init=False)
    _earlier: dict[int, list[int]] = field(init=False)
    _homes: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        a = self.automaton
        self._ways = _shortest(a)
        self._node_of, self._earlier = {}, {}
        for node, entry in enumerate(a.chain):
            before: list[int] = []
            while entry >= 0:
                self._node_of[entry], self._earlier[entry] = node, before.copy()
                before.append(entry)
                entry = a.following[entry]

    def bounds(self) -> set[int]:
        """The days on which some entry begins or ends."""
        return {*self.automaton.since, *self.automaton.until}

    def entries(self, day: int) -> Iterator[int]:
        """The entries in force on a day."""
        a = self.automaton
        return (e for e in range(len(a.kind)) if a.since[e] <= day < a.until[e])

    def number(self, entry: int, day: int) -> str | None:
        """Digits that the plan reads as this entry on the day, as dialled from anywhere; None where there are none."""
        a = self.automaton
        node = self._node_of[entry]
        way = self._ways.get(node)
        if way is None or not a.since[entry] <= day < a.until[entry]:
            return None
        if a.strip[entry]:
            return way.digits
        earlier = [e for e in self._earlier[entry] if a.since[e] <= day < a.until[e]]
        for length in _lengths(a.lengths[entry]):
            if any(a.lengths[e] >> length & 1 for e in earlier):
                continue
            rest = self._rest(node, length - (len(way.digits) - way.base))
            if rest is not None:
                return way.digits + rest
        return None

    def chain(self, node: int) -> list[int]:
        """The entries of a node, in order; of no node (-1), none."""
        found = []
        entry = self.automaton.chain[node] if node >= 0 else -1
        while entry >= 0:
            found.append(entry)
            entry = self.automaton.following[entry]
        return found

    def homes(self, entry: int, day: int, known: Collection[int] = ()) -> dict[int, str]:
        """Of a mobile range: each place that some of its numbers are at home in and that is not `known` yet, with such
        a number.
        """
        if self.number(entry, day) is None:
            return {}
        a = self.automaton
        node = self._node_of[entry]
        way = self._ways[node]
        prefix = way.digits[way.base :]
        length = max(_lengths(a.lengths[entry]))
        if len(prefix) > digits.SEGMENT_DIGITS or length < digits.SEGMENT_DIGITS or not prefix.startswith("1"):
            return {}
        found: dict[int, str] = {}
        for start, stop in self._own(node, prefix, digits.SEGMENT_DIGITS):
            for place in sorted(self._places(start, stop).difference(found, known)):
                segment = start + self._block(start, stop).index(place)
                rest = _FILL[: length - digits.SEGMENT_DIGITS]
                found[place] = f"{way.digits[: way.base]}{segment}{rest}"
        return found

    def _block(self, start: int, stop: int) -> Any:
        return self.segments[start - digits.FIRST_SEGMENT : stop - digits.FIRST_SEGMENT]

    def _places(self, start: int, stop: int) -> frozenset[int]:
        """The homes of the segments `[start, stop)`."""
        if (start, stop) not in self._homes:
            self._homes[start, stop] = frozenset(self._block(start, stop)) - {-1}
        return self._homes[start, stop]

    def _own(self, node: int, prefix: str, width: int) -> Iterator[tuple[int, int]]:
        """Ranges `[start, stop)` of the first `width` digits of numbers that no deeper entry takes."""
        a = self.automaton
        if len(prefix) == width:
            yield int(prefix), int(prefix) + 1
            return
        for digit in range(10):
            child = a.next[node * 10 + digit] if node >= 0 else -1
            longer = f"{prefix}{digit}"
            if child < 0:
                scale = 10 ** (width - len(longer))
                yield int(longer) * scale, (int(longer) + 1) * scale
            elif a.chain[child] < 0:
                yield from self._own(child, longer, width)

    def _rest(self, node: int, need: int) -> str | None:
        """Digits that lead from the node to no deeper entry."""
        if need <= 0:
            return "" if need == 0 else None
        a = self.automaton
        deeper = []
        for digit in _FIRST:
            child = a.next[node * 10 + int(digit)]
            if child < 0:
                return digit + _FILL[: need - 1]
            if a.chain[child] < 0 and not a.reset[child]:
                deeper.append((digit, child))
        for digit, child in deeper:
            rest = self._rest(child, need - 1)
            if rest is not None:
                return digit + rest
        return None


def is_mobile(automaton: Automaton, entry: int) -> bool:
    return automaton.kind[entry] == MOBILE and automaton.segmented[entry] == 1


def _lengths(mask: int) -> list[int]:
    """The lengths of a mask, those that look like a number's first."""
    return sorted((n for n in range(33) if mask >> n & 1), key=lambda n: (abs(n - 8) if n < 16 else n, n))


def _shortest(a: Automaton) -> dict[int, _Way]:
    """The shortest digits to each node, with and without trunk prefix as the plan has it."""
    ways = {a.start: _Way("", 0)}
    waiting = [a.start]
    for node in waiting:
        way = ways[node]
        for digit in range(10):
            child = a.next[node * 10 + digit]
            if child >= 0 and child not in ways:
                digits = f"{way.digits}{digit}"
                ways[child] = _Way(digits, len(digits) if a.reset[child] else way.base)
                waiting.append(child)
    return ways
