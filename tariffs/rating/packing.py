"""Lays everything the kernel reads into one table of integers; `kernel` says where each thing stands in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.conditions import Vocabulary
from tariffs.rating.diagram import Diagram
from tariffs.rating.numbering import Automaton
from tariffs.rating.periods import PeriodTables
from tariffs.rating.pricing import Priced, Pricing
from tariffs.rating.views import View
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Tariff


class RatingTables(NamedTuple):
    """What the kernel reads. `heap`: records by their places in it; `segments`: homes of mobile numbers."""

    heap: Any
    segments: Any


class Packer:
    """Appends records to the heap and fills in its head."""

    def __init__(
        self, pricing: Pricing, periods: PeriodTables, diagram: Diagram, tariffs: Sequence[Mapping[str, Tariff]]
    ) -> None:
        self.heap: list[int] = [0] * k.HEAD
        self.diagram = diagram
        self.schemes = self._schemes(periods)
        self.tariff_at = tuple(self._tariff(priced) for priced in pricing.items)
        self.leaf_at: dict[int, int] = {}
        for number, leaf in enumerate(diagram.leaves):
            names = tariffs[leaf.scenario]
            bundle = [self.tariff_at[pricing.number(name, names[name])] for name in leaf.pay or ()]
            count = len(bundle) if leaf.pay is not None else k.CONFLICT if leaf.on_top else k.NO_MATCH
            self.leaf_at[number] = self.put([number, count, *bundle])

    def put(self, record: Sequence[int]) -> int:
        """Appends a record and returns its place."""
        at = len(self.heap)
        self.heap += record
        return at

    def automaton(self, a: Automaton, area_of_place: Sequence[int]) -> None:
        """The numbering plan: entries, nodes, the roots of area codes."""
        entries = len(self.heap)
        for e in range(len(a.kind)):
            then = entries + a.following[e] * digits.ENTRY if a.following[e] >= 0 else 0
            self.put([
                a.kind[e], a.place[e], a.operator[e], a.area[e], a.lengths[e], a.since[e], a.until[e], then,
                a.strip[e], a.segmented[e],
            ])  # fmt: skip
        nodes = len(self.heap)
        for node, (chain, reset) in enumerate(zip(a.chain, a.reset, strict=True)):
            following = [nodes + n * digits.NODE if n >= 0 else 0 for n in a.next[node * 10 : node * 10 + 10]]
            mark = (digits.ENTERS if chain >= 0 else 0) | (digits.RESETS if reset else 0)
            self.put([*following, entries + chain * digits.ENTRY if chain >= 0 else 0, mark])
        head = self.heap
        head[digits.H_ROOT], head[digits.H_ABROAD] = nodes + a.start * digits.NODE, nodes + a.abroad * digits.NODE
        head[digits.H_OPENINGS] = self.put(self._openings(head[digits.H_ROOT]))
        head[digits.H_MOBILE] = len(a.segments)
        head[digits.H_AREA_ROOTS] = self.put([nodes + root * digits.NODE for root in a.area_roots])
        head[k.H_AREA_OF_PLACE] = self.put(area_of_place)

    def _openings(self, root: int) -> list[int]:
        """For every text of OPENING digits the place of what `digits.walk` knows behind it."""
        heap, known, table = self.heap, dict[tuple[int, ...], int](), list[int]()

        def reach(node: int, used: int, base: int, best: tuple[int, int, int], depth: int) -> None:
            if not node or depth == digits.OPENING:
                state = node, used, base, *best
                if state not in known:
                    known[state] = self.put(state)
                table.extend([known[state]] * 10 ** (digits.OPENING - depth))
                return
            for following in heap[node : node + 10]:
                if not following:
                    reach(0, used, base, best, depth + 1)
                    continue
                resets = bool(heap[following + digits.N_MARK] & digits.RESETS)
                start = used + 1 if resets else base
                found = (0, *best[1:]) if resets else best
                enters = heap[following + digits.N_ENTRY] > 0
                reach(following, used + 1, start, (following, start, used + 1) if enters else found, depth + 1)

        enters = heap[root + digits.N_ENTRY] > 0
        reach(root, 0, 0, (root if enters else 0, 0, 0), 0)
        return table

    def diagram_with(
        self, roots: Sequence[int], picks: Sequence[tuple[list[int], list[int]]], bounds: tuple[int, ...],
        views: Sequence[View], scenario_of_view: Sequence[int],
    ) -> None:  # fmt: skip
        """The decision diagram, the classes of values and pairs of places, date segments, and the views."""
        head, alphabet = self.heap, self.diagram.alphabet
        for category, classes in enumerate(alphabet.classes):
            head[k.H_CLASSES + category] = self.put(classes)
        head[k.H_RELATION] = self.put(alphabet.call.relation)
        first = max(bounds[0] - 1, k.FIRST_DAY) if bounds else 0  # calls of other days are impossible
        last = max(min(bounds[-1], k.FIRST_DAY + k.DAYS), first) if bounds else 0
        segments = [segment_of(bounds, day) for day in range(first, last + 1)]
        head[k.H_FIRST_SEGMENT_DAY], head[k.H_SEGMENT_DAYS] = first, len(segments)
        head[k.H_SEGMENT_OF_DAY] = self.put(segments)
        call_tables = [self.put(table) for table in alphabet.call.tables]
        roam_tables = [self.put(table) for table in alphabet.roam.tables]
        starts = [self._place(root) for root in self._nodes(roots)]
        options = alphabet.vocabulary.options
        records: list[int] = []
        for view, scenario in zip(views, scenario_of_view, strict=True):
            calls, roams = picks[scenario]
            as_of = -1 if view.as_of is None else segment_of(bounds, view.as_of)
            records += [
                as_of, starts[scenario], view.keeps(options), view.adds(options),
                self.put([call_tables[table] for table in calls]), self.put([roam_tables[table] for table in roams]),
            ]  # fmt: skip
        head[k.H_SEGMENTS], head[k.H_ACCESS_CODES] = len(bounds) + 1, len(alphabet.vocabulary.values["access"])
        head[k.H_VIEWS], head[k.H_VIEW] = len(views), self.put(records)

    def _nodes(self, roots: Sequence[int]) -> Sequence[int]:
        """Puts the nodes of the diagram; a node stands behind all that it leads to."""
        d = self.diagram
        self.node_at: list[int] = []
        ends = [*d.base[1:], len(d.child)]
        for node, dimension in enumerate(d.dimension):
            children = [self._place(child) for child in d.child[d.base[node] : ends[node]]]
            self.node_at.append(self.put([k.K_DATE + dimension, *children]))
        return roots

    def _place(self, node: int) -> int:
        return self.node_at[node] if node >= 0 else ~self.leaf_at[~node]

    def limits(self, book: Rulebook, vocabulary: Vocabulary, places: int) -> None:
        """The single numbers of the head."""
        defaults = book.rulebook.defaults
        operator = defaults.fixed_operator
        self.heap[k.H_PLACES] = places
        self.heap[k.H_OPTIONS] = len(vocabulary.options)
        self.heap[k.H_FIXED_OPERATOR] = vocabulary.index("operator", operator) if operator else 0
        self.heap[k.H_HOME_DEFAULT] = int(defaults.served_place == "home")
        self.heap[k.H_LONGEST] = book.rulebook.longest_call.amount

    def _schemes(self, periods: PeriodTables) -> dict[str, int]:
        rows = [self.put([len(row), *(n for entry in row for n in entry)]) for row in periods.rows]
        where = [*rows, 0]  # row -1: outside the calendar
        return {name: self.put([where[row] for row in by_day]) for name, by_day in periods.day_rows.items()}

    def _tariff(self, p: Priced) -> int:
        steps: list[int] = []
        for until, unit, prices in p.steps:
            steps += [until, unit, self.put(prices)]
        scheme = self.schemes[p.scheme] if p.scheme else 0
        return self.put([
            p.quantum, p.rounded_to, p.rounding, p.connection, p.minimum, p.maximum, scheme, p.crossing, p.measure,
            p.resolution, p.fraction, p.charges_zero, p.whole, len(p.steps), *steps,
        ])  # fmt: skip


def reprice(heap: Any, tariff_at: Sequence[int], items: Sequence[Priced]) -> None:
    """Puts other prices in place of those of a heap; units, steps and rate periods must be the same."""
    for at, p in zip(tariff_at, items, strict=True):
        heap[at + k.T_QUANTUM], heap[at + k.T_ROUNDED_TO] = p.quantum, p.rounded_to
        heap[at + k.T_CONNECTION], heap[at + k.T_MINIMUM], heap[at + k.T_MAXIMUM] = p.connection, p.minimum, p.maximum
        for number, (_, _, prices) in enumerate(p.steps):
            place = heap[at + k.T_STEP + number * k.STEP + k.S_PRICE]
            for period, price in enumerate(prices):
                heap[place + period] = price


def segment_of(bounds: tuple[int, ...], day: int) -> int:
    """The date segment of a day: segment i is `[bounds[i - 1], bounds[i])`."""
    return bisect_right(bounds, day)
