"""The numbering plan as a digit automaton: flat arrays that the kernel walks a digit at a time.

Nodes form a trie whose shared parts hang under several ways of dialling: an area code is reached through the
trunk prefix, the country code, or, for the caller's own area, directly. A node may start counting the digits
of a number anew (`reset`), because lengths are those of a subscriber number or of a mobile number, not of
what was dialled. Entries of one node form a chain over dates and lengths.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tariffs.rating.conditions import FOREVER, Vocabulary
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Dated
from tariffs.rulebook.numbers import Numbering
from tariffs.rulebook.places import Zoning
from tariffs.rulebook.problems import Problem

FIXED, MOBILE = 0, 1  # lines, as in the vocabulary; a special service has the numbers from 2
ORIGIN_PLACE = -1  # the number is at the place of whoever calls it
SEGMENT_DIGITS = 7


@dataclass
class Automaton:
    """Flat arrays. `next[node * 10 + digit]`: the next node or -1; `chain[node]`: the first entry or -1.

    Entry e: `kind` (line or special service), `place` (or ORIGIN_PLACE), `operator` (0: not told), `area` (or -1),
    `lengths` (bit n: n digits are right), days `[since, until)`, `following` entry of the chain, `strip` (access
    code number + 1, or 0), `segmented` (1: the place comes from `segments`, by seven digits from 1000000).
    """

    next: list[int] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)
    reset: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    operator: list[int] = field(default_factory=list)
    area: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    until: list[int] = field(default_factory=list)
    following: list[int] = field(default_factory=list)
    strip: list[int] = field(default_factory=list)
    segmented: list[int] = field(default_factory=list)
    segments: Sequence[int] = field(default_factory=lambda: array("h"))
    area_roots: list[int] = field(default_factory=list)
    area_codes: list[str] = field(default_factory=list)
    start: int = 0
    abroad: int = 0

    def node(self, *, reset: bool = False) -> int:
        self.next += [-1] * 10
        self.chain.append(-1)
        self.reset.append(int(reset))
        return len(self.chain) - 1

    def step(self, node: int, digits: str) -> int:
        """The node reached by `digits`, made where it is absent."""
        for digit in digits:
            at = node * 10 + int(digit)
            if self.next[at] < 0:
                self.next[at] = self.node()
            node = self.next[at]
        return node

    def find(self, node: int, digits: str) -> int:
        """The node reached by `digits`, or -1."""
        for digit in digits:
            node = self.next[node * 10 + int(digit)] if node >= 0 else -1
        return node

    def link(self, node: int, digits: str, target: int) -> bool:
        """Hangs `target` under `digits`; False where something else already starts like that."""
        at = self.step(node, digits[:-1]) * 10 + int(digits[-1])
        if self.next[at] < 0:
            self.next[at] = target
        return self.next[at] == target

    def enter(
        self, node: int, kind: int, place: int, lengths: Iterable[int], days: tuple[int, int], *,
        operator: int = 0, area: int = -1, strip: int = 0, segmented: bool = False,
    ) -> None:  # fmt: skip
        """Adds an entry to a node, behind those it has."""
        self.kind.append(kind)
        self.place.append(place)
        self.operator.append(operator)
        self.area.append(area)
        self.lengths.append(sum(1 << n for n in set(lengths)))
        self.since.append(days[0])
        self.until.append(days[1])
        self.following.append(-1)
        self.strip.append(strip)
        self.segmented.append(int(segmented))
        entry = len(self.kind) - 1
        if self.chain[node] < 0:
            self.chain[node] = entry
            return
        last = self.chain[node]
        while self.following[last] >= 0:
            last = self.following[last]
        self.following[last] = entry


ANY_LENGTH = range(1, 33)


def build_automaton(
    book: Rulebook, zoning: Zoning, vocabulary: Vocabulary, places: Mapping[str, int], values: Values
) -> Automaton:
    """The automaton of a rulebook's numbering plan under one zoning."""
    return _Build(book, zoning, vocabulary, places, values).run()


class _Build:
    def __init__(
        self, book: Rulebook, zoning: Zoning, vocabulary: Vocabulary, places: Mapping[str, int], values: Values
    ) -> None:
        self.plan: Numbering = book.numbering
        self.tables = book.tables
        self.zoning, self.vocabulary, self.places, self.values = zoning, vocabulary, places, values
        self.automaton = Automaton()
        self.areas: dict[str, int] = {}

    def run(self) -> Automaton:
        plan, a = self.plan, self.automaton
        a.start = a.node()
        trunk, national, a.abroad = a.node(reset=True), a.node(reset=True), a.node(reset=True)
        a.link(a.start, plan.trunk, trunk)
        self._special_and_access()
        self._areas((trunk, national))
        self._mobile((a.start, trunk, national))
        self._countries()
        self._hang(a.start, plan.international, a.abroad)
        self._hang(a.abroad, plan.country_code, national)
        if a.find(a.start, plan.country_code) < 0:  # else a special service starts like it, and it needs its prefix
            a.link(a.start, plan.country_code, national)
        return a

    def _days(self, item: Dated) -> tuple[int, int]:
        since, until = (self.values.date(bound, item.at) for bound in (item.from_, item.until))
        return (since.toordinal() if since else -FOREVER, until.toordinal() if until else FOREVER)

    def _operator(self, name: str | None) -> int:
        return self.vocabulary.index("operator", name) if name else 0

    def _special_and_access(self) -> None:
        a = self.automaton
        for item in self.plan.special:
            place = self.places[item.place] if item.place else ORIGIN_PLACE
            kind = self.vocabulary.index("called", item.service)
            a.enter(a.step(a.start, item.prefix), kind, place, item.digits, self._days(item))
        for code in self.plan.access:
            strip = self.vocabulary.index("access", code.code)
            a.enter(a.step(a.start, code.code), FIXED, ORIGIN_PLACE, ANY_LENGTH, self._days(code), strip=strip)

    def _areas(self, ways: tuple[int, ...]) -> None:
        a = self.automaton
        for code in dict.fromkeys(area.code for area in self.plan.areas):
            self.areas[code] = len(a.area_roots)
            a.area_codes.append(code)
            a.area_roots.append(a.node(reset=True))
        for area in self.plan.areas:
            number = self.areas[area.code]
            a.enter(
                a.area_roots[number], FIXED, self.places[area.place], area.digits, self._days(area),
                operator=self._operator(area.operator), area=number,
            )  # fmt: skip
        self._leading()
        for exchange in self.plan.exchanges:
            place = self.places[exchange.place] if exchange.place else None
            self._exchange(exchange.area, exchange.prefix, place, self._days(exchange), exchange.operator)
        if self.zoning.exchanges:
            for code, prefix, name in self.tables[self.zoning.exchanges]:
                self._exchange(code, prefix, self.places[name], (-FOREVER, FOREVER), None)
        for code in sorted(self.areas, key=len):
            for way in ways:
                self._hang(way, code, a.area_roots[self.areas[code]])

    def _leading(self) -> None:
        """Subscriber numbers may not begin with every digit: with the others stand entries that hold for no length."""
        a = self.automaton
        for code, number in self.areas.items():
            areas = [area for area in self.plan.areas if area.code == code]
            allowed = {digit for area in areas for digit in area.leading or self.plan.leading}
            for digit in set("0123456789") - allowed:
                node = a.step(a.area_roots[number], digit)
                a.enter(node, FIXED, ORIGIN_PLACE, (), (-FOREVER, FOREVER), area=number)

    def _exchange(self, code: str, prefix: str, place: int | None, days: tuple[int, int], operator: str | None) -> None:
        """Numbers of an area that start with `prefix`: as the area says, but at `place`, on the days that both hold."""
        a, number = self.automaton, self.areas[code]
        node = a.step(a.area_roots[number], prefix)
        for area in self.plan.areas:
            since, until = self._days(area)
            since, until = max(since, days[0]), min(until, days[1])
            if area.code == code and since < until:
                a.enter(
                    node, FIXED, self.places[area.place] if place is None else place, area.digits, (since, until),
                    operator=self._operator(operator or area.operator), area=number,
                )  # fmt: skip

    def _hang(self, way: int, code: str, target: int) -> None:
        """Hangs a part of the plan under a code; a longer code that starts like a shorter one goes below it."""
        if not self.automaton.link(way, code, target):
            message = f"numbers dialled with {code} mean two things: another code or service starts like that"
            problem = Problem("bad-value", self.plan.at, message, "make the longer of the two explicit")
            self.values.problems.append(problem)

    def _mobile(self, ways: tuple[int, ...]) -> None:
        a = self.automaton
        for way in ways:
            for item in self.plan.mobile:
                a.enter(
                    a.step(way, item.prefix), MOBILE, ORIGIN_PLACE, (item.digits,), self._days(item),
                    operator=self._operator(item.operator), segmented=True,
                )  # fmt: skip
        if self.plan.segments:
            a.segments = _segments(self.tables[self.plan.segments.file], self.places)

    def _countries(self) -> None:
        a = self.automaton
        for item in self.plan.countries:
            place = self.places[item.place]
            a.enter(a.step(a.abroad, item.code), FIXED, place, item.digits, self._days(item))


def _segments(rows: Iterable[tuple[str, ...]], places: Mapping[str, int]) -> array[int]:
    """The home of each mobile segment 1000000 to 1999999 as an index of place, -1 unknown; longer prefixes win."""
    table = array("h", [-1]) * 1_000_000
    for prefix, name in sorted(rows, key=lambda row: len(row[0])):
        if prefix[0] == "1" and len(prefix) <= SEGMENT_DIGITS:
            width = 10 ** (SEGMENT_DIGITS - len(prefix))
            first = int(prefix) * width - 1_000_000
            if width == 1:
                table[first] = places[name]
            else:
                table[first : first + width] = array("h", [places[name]]) * width
    return table
