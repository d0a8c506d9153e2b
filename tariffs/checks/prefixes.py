"""Prefixes that no number reaches on any day: entries of the numbering plan, and rows of its tables.

Which entry a number comes to is read off the digit automaton that the kernel walks.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tariffs.checks.numbers import Numbers, is_mobile
from tariffs.checks.study import Study
from tariffs.rating import digits
from tariffs.rating.conditions import FOREVER
from tariffs.rating.numbering import SEGMENT_DIGITS
from tariffs.rulebook.numbers import AccessCode, AreaCode, CountryCode, Exchange, MobileRange, SpecialService
from tariffs.rulebook.values import Dated

Item = AreaCode | Exchange | MobileRange | SpecialService | AccessCode | CountryCode


class Rows(NamedTuple):
    """Rows of one table, by their numbers, that no number reaches for a reason: `repeated`, `covered`, `no-number`."""

    path: str
    reason: str
    rows: tuple[int, ...]


@dataclass
class Prefixes:
    """What numbers reach in the numbering plan of a rulebook, on the days on which calls can be rated."""

    study: Study

    @cached_property
    def numbers(self) -> Numbers:
        return self.study.numbers

    def unreached(self) -> Iterator[tuple[Item, str]]:
        """The entries of the plan that no number reaches, as written, each with its digits."""
        plan = self.study.book.numbering
        exchanges = {id(item): entries for item, entries in self._exchanges}
        for section in (plan.areas, plan.exchanges, plan.mobile, plan.special, plan.access, plan.countries):
            for item in section:
                shown, entries = self._entries(item)
                if not any(map(self._reached, exchanges.get(id(item), entries))):
                    yield item, shown

    def rows(self) -> Iterator[Rows]:
        """The rows of tables that no number reaches."""
        yield from self._exchange_rows()
        yield from self._segment_rows()

    # --- the plan ---

    def _entries(self, item: Item) -> tuple[str, list[int]]:
        """The digits of an entry of the plan, and the entries of the automaton that were made of it."""
        a, plan = self.numbers.automaton, self.study.book.numbering
        vocabulary = self.study.compiled.vocabulary
        match item:
            case AreaCode():
                return item.code, self._at([a.area_roots[a.area_codes.index(item.code)]], item)
            case MobileRange():
                ways = [plan.trunk, plan.international + plan.country_code]
                nodes = [a.find(a.start, way + item.prefix) for way in ("", *ways)]
                return item.prefix, [e for e in self._at(nodes, item) if is_mobile(a, e)]
            case SpecialService():
                kind = vocabulary.index("called", item.service)
                found = self._at([a.find(a.start, item.prefix)], item)
                return item.prefix, [e for e in found if a.kind[e] == kind and not a.strip[e]]
            case AccessCode():
                strip = vocabulary.index("access", item.code)
                return item.code, [e for e in self._at([a.find(a.start, item.code)], item) if a.strip[e] == strip]
            case CountryCode():
                found = self._at([a.find(a.abroad, item.code)], item)
                return plan.international + item.code, [e for e in found if not a.strip[e] and not is_mobile(a, e)]
            case Exchange():
                return item.area + item.prefix, []

    def _at(self, nodes: list[int], item: Dated) -> list[int]:
        """The entries of some nodes that hold on exactly the days of an item."""
        a, days = self.numbers.automaton, self._days(item)
        return [e for node in nodes for e in self.numbers.chain(node) if (a.since[e], a.until[e]) == days]

    def _days(self, item: Dated) -> tuple[int, int]:
        since, until = (self.study.compiled.values.date(day, item.at) for day in (item.from_, item.until))
        return (since.toordinal() if since else -FOREVER, until.toordinal() if until else FOREVER)

    def _reached(self, entry: int) -> bool:
        """Whether some number comes to an entry of the automaton on some day."""
        a = self.numbers.automaton
        days = [d.first for d in self.study.days if a.since[entry] <= d.first < a.until[entry]]
        if a.strip[entry]:
            return any(self._dialled_behind(entry, day) for day in days)
        return any(self.numbers.number(entry, day) is not None for day in days)

    def _dialled_behind(self, entry: int, day: int) -> bool:
        """Whether some number can be dialled behind an access code so that no longer prefix takes its digits."""
        a = self.numbers.automaton
        for opening in self.numbers.openings(entry):
            if self.numbers.begins(a.start, opening, day):
                return True
            if any(self._is_local(root, opening, day) for root in a.area_roots):
                return True
        return False

    def _is_local(self, root: int, opening: str, day: int) -> bool:
        """Whether a subscriber number of the caller's own area begins like that and is read as one."""
        number = self.numbers.beginning(root, opening, day)
        if number is None:
            return False
        t, segments = self.study.compiled.tables
        area = self.numbers.automaton.area_roots.index(root)
        data = number.encode()
        found = digits.read_number(t, segments, data, digits.measure_number(data, 0, len(data)), area, day)
        return found[0] > 0

    # --- tables ---

    @cached_property
    def _exchanges(self) -> list[tuple[Exchange | int, list[int]]]:
        """Exchanges of the plan, then the numbers of the rows of the table in use, each with the entries made of it.

        The entries of one node stand in the order in which the automaton was built: areas within exchanges, rows last.
        """
        plan, taken = self.study.book.numbering, dict[int, int]()
        areas: dict[str, list[tuple[int, int]]] = {}
        for area in plan.areas:
            areas.setdefault(area.code, []).append(self._days(area))
        found: list[tuple[Exchange | int, list[int]]] = []
        always = (-FOREVER, FOREVER)
        written: list[tuple[Exchange | int, str, str, tuple[int, int]]]
        written = [(item, item.area, item.prefix, self._days(item)) for item in plan.exchanges]
        written += ((row, code, prefix, always) for row, (code, prefix, _) in enumerate(self._table or ()))
        for item, code, prefix, (since, until) in written:
            a = self.numbers.automaton
            node = a.find(a.area_roots[a.area_codes.index(code)], prefix)
            made = sum(max(since, first) < min(until, end) for first, end in areas[code])
            entries = [e for e in self.numbers.chain(node) if a.lengths[e]]
            start = taken.get(node, 0)
            taken[node] = start + made
            found.append((item, entries[start : start + made]))
        return found

    @property
    def _table(self) -> tuple[tuple[str, ...], ...] | None:
        path = self.study.compiled.geography.zoning.exchanges
        return self.study.book.tables[path] if path else None

    def _exchange_rows(self) -> Iterator[Rows]:
        path = self.study.compiled.geography.zoning.exchanges
        if not path or self._table is None:
            return
        a, first = self.numbers.automaton, self.study.days[0].first
        last = self.study.days[-1].until
        found: dict[str, list[int]] = {}
        seen: set[tuple[str, ...]] = set()
        for item, entries in self._exchanges:
            if not isinstance(item, int):
                continue
            digits_ = self._table[item][:-1]
            if digits_ in seen:
                found.setdefault("repeated", []).append(item)
            elif not any(a.since[e] < last and first < a.until[e] for e in entries):
                found.setdefault("no-number", []).append(item)
            elif not any(map(self._reached, entries)):
                found.setdefault("covered", []).append(item)
            seen.add(digits_)
        yield from _told(path, found)

    def _segment_rows(self) -> Iterator[Rows]:
        """Rows of the table of mobile segments that no mobile number finds its home in."""
        named = self.study.book.numbering.segments
        if named is None:
            return
        table = self.study.book.tables[named.file]
        first: dict[str, int] = {}
        for row, (prefix, _) in enumerate(table):
            first.setdefault(prefix, row)
        owner = _owners(first)
        used = {row for start, stop in self._mobile for row in set(owner[start:stop])}
        kept: set[int] = set()
        found: dict[str, list[int]] = {}
        for row, (prefix, _) in enumerate(table):
            if first[prefix] != row:
                found.setdefault("repeated", []).append(row)
            elif row not in used:
                kept = kept or set(owner)
                inside = prefix.startswith("1") and len(prefix) <= SEGMENT_DIGITS
                found.setdefault("covered" if inside and row not in kept else "no-number", []).append(row)
        yield from _told(named.file, found)

    @cached_property
    def _mobile(self) -> frozenset[tuple[int, int]]:
        """The ranges of segments, from 0, in which there are mobile numbers on some day."""
        a, found = self.numbers.automaton, set[tuple[int, int]]()
        for entry in (e for e in range(len(a.kind)) if is_mobile(a, e)):
            for days in self.study.days:
                ranges = self.numbers.segments_of(entry, days.first)
                found.update((s - digits.FIRST_SEGMENT, e - digits.FIRST_SEGMENT) for s, e, _, _ in ranges)
        return frozenset(found)


def _told(path: str, found: dict[str, list[int]]) -> Iterator[Rows]:
    return (Rows(path, reason, tuple(rows)) for reason, rows in found.items())


def _owners(rows: dict[str, int]) -> array[int]:
    """Of each mobile segment, from 1000000 to 1999999, the row that says its home, or -1; the longest prefix does."""
    owner = array("i", [-1]) * digits.FIRST_SEGMENT
    for prefix, row in sorted(rows.items(), key=lambda item: len(item[0])):
        if prefix.startswith("1") and len(prefix) <= SEGMENT_DIGITS:
            width = 10 ** (SEGMENT_DIGITS - len(prefix))
            start = int(prefix) * width - digits.FIRST_SEGMENT
            owner[start : start + width] = array("i", [row]) * width
    return owner
