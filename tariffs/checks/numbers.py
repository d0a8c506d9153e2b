"""Telephone numbers that the numbering plan reads as we want: one for each entry that any number can reach."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tariffs.rating import digits
from tariffs.rating.numbering import MOBILE, Automaton

_FIRST = "6821345790"
_FILL = "12345678901234567890123456789012"
_LONGEST = digits.LONGEST_NUMBER


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
        for length in _lengths(a.lengths[entry]):
            if self._is_taken(entry, length, day):
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
        found: dict[int, str] = {}
        for start, stop, before, behind in self.segments_of(entry, day):
            for place in sorted(self._places(start, stop).difference(found, known)):
                found[place] = f"{before}{start + self._block(start, stop).index(place)}{behind}"
        return found

    def segments_of(self, entry: int, day: int) -> Iterator[tuple[int, int, str, str]]:
        """The ranges `[start, stop)` of segments in which some numbers are of this mobile range on the day, each with
        the digits that may stand before and behind its segments.
        """
        number = self.number(entry, day)
        if number is None:
            return
        node = self._node_of[entry]
        way = self._ways[node]
        before, prefix, width = way.digits[: way.base], way.digits[way.base :], digits.SEGMENT_DIGITS
        own = number[way.base :]
        if len(own) < width or not own.startswith("1"):
            return
        if len(prefix) >= width:
            yield int(own[:width]), int(own[:width]) + 1, before, own[width:]
            return
        for start, stop, behind in self._own(node, prefix, len(own)):
            yield start, stop, before, behind

    def _block(self, start: int, stop: int) -> Any:
        return self.segments[start - digits.FIRST_SEGMENT : stop - digits.FIRST_SEGMENT]

    def _places(self, start: int, stop: int) -> frozenset[int]:
        """The homes of the segments `[start, stop)`."""
        if (start, stop) not in self._homes:
            self._homes[start, stop] = frozenset(self._block(start, stop)) - {-1}
        return self._homes[start, stop]

    def _own(self, node: int, prefix: str, length: int) -> Iterator[tuple[int, int, str]]:
        """Ranges `[start, stop)` of segments in which no deeper entry takes all numbers of so many digits, each with
        digits that may stand behind it.
        """
        a, width = self.automaton, digits.SEGMENT_DIGITS
        if len(prefix) == width:
            rest = self._rest(node, length - width)
            if rest is not None:
                yield int(prefix), int(prefix) + 1, rest
            return
        for digit in range(10):
            child = a.next[node * 10 + digit]
            longer = f"{prefix}{digit}"
            if child < 0:
                scale = 10 ** (width - len(longer))
                yield int(longer) * scale, (int(longer) + 1) * scale, _FILL[: length - width]
            elif a.chain[child] < 0 and not a.reset[child]:
                yield from self._own(child, longer, length)

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


    # --- what can be dialled behind an access code ---

    def openings(self, entry: int) -> Iterator[str]:
        """The digits with which what is dialled behind an access code leaves the way of longer prefixes, without
        having met one.
        """
        a = self.automaton
        waiting = [(self._node_of[entry], "")]
        for node, opening in waiting:
            for digit in _FIRST:
                child = a.next[node * 10 + int(digit)]
                if child < 0:
                    yield opening + digit
                elif a.chain[child] < 0:
                    waiting.append((child, opening + digit))

    def begins(self, root: int, opening: str, day: int) -> bool:
        """Whether some number of the plan, dialled from a node, begins with these digits."""
        return self.beginning(root, opening, day) is not None

    def beginning(self, root: int, opening: str, day: int) -> str | None:
        """A number that, dialled from a node, begins with these digits and is read on the day; no access code."""
        a = self.automaton
        node, base, best = root, 0, (root, 0) if a.chain[root] >= 0 else None
        for count, digit in enumerate(opening, 1):
            node = a.next[node * 10 + int(digit)]
            if node < 0:
                rest = self._completed(best, -1, len(opening), day)
                return None if rest is None else opening + rest
            if a.reset[node]:
                base, best = count, None
            if a.chain[node] >= 0:
                best = (node, base)
        return self._continued(node, opening, base, best, day)

    def _continued(
        self, node: int, text: str, base: int, best: tuple[int, int] | None, day: int
    ) -> str | None:
        """The same, from a node that `text` led to."""
        rest = self._completed(best, node, len(text), day)
        if rest is not None:
            return text + rest
        a = self.automaton
        for digit in _FIRST:
            child = a.next[node * 10 + int(digit)]
            if child < 0 or len(text) >= _LONGEST:
                continue
            start, found = (len(text) + 1, None) if a.reset[child] else (base, best)
            if a.chain[child] >= 0:
                found = (child, start)
            number = self._continued(child, text + digit, start, found, day)
            if number is not None:
                return number
        return None

    def _completed(self, best: tuple[int, int] | None, node: int, count: int, day: int) -> str | None:
        """Digits that make a number of the deepest entry met, `count` digits having been dialled up to a node."""
        if best is None:
            return None
        a, (holder, base) = self.automaton, best
        for entry in self.chain(holder):
            if a.strip[entry] or not a.since[entry] <= day < a.until[entry]:
                continue
            for length in _lengths(a.lengths[entry]):
                need = base + length - count
                if need >= 0 and not self._is_taken(entry, length, day):
                    rest = _FILL[:need] if node < 0 else self._rest(node, need)
                    if rest is not None:
                        return rest
        return None

    def _is_taken(self, entry: int, length: int, day: int) -> bool:
        """Whether numbers of a length come to an earlier entry of the same node."""
        a = self.automaton
        return any(a.lengths[e] >> length & 1 and a.since[e] <= day < a.until[e] for e in self._earlier[entry])


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
