"""What all properties look at: a compiled rulebook, the spans of days, the calls that there can be on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from tariffs.checks.domain import (
    Days,
    Endpoints,
    Ends,
    Pairs,
    Situation,
    Slice,
    endpoints,
    numbers_of,
    situations,
    spans,
)
from tariffs.checks.numbers import Numbers
from tariffs.checks.promises import Promises, admitted
from tariffs.checks.walking import Chart, K, Leaves, Point, Sorter, Values, Walker, Wanted
from tariffs.rating import kernel as k
from tariffs.rating.conditions import Box
from tariffs.rating.derivation import EffectiveRule, ScenarioRules
from tariffs.rating.diagram import Alphabet, Diagram, Leaf
from tariffs.rating.geography import PairClasses, segments
from tariffs.rating.packing import segment_of
from tariffs.rating.pricing import unit_of
from tariffs.rating.rater import Rater
from tariffs.rating.tables import Compiled
from tariffs.rulebook.book import Rulebook

if TYPE_CHECKING:
    from tariffs.checks.starts import Prices


class Reached(NamedTuple):
    """Leaves that a call reaches on some days, and the way to them."""

    leaves: Leaves
    days: Days
    point: Point
    ends: Ends


@dataclass(eq=False, repr=False)
class Study:
    """A rulebook under examination. `base`: the first scenario; `skipped`: scenario → why it is not examined.

    Its views are the scenarios, each once; the rater may have several views of one.

    `today`: for the age of sources, of which more than `stale` days are too many; `mapping`: resolution in microseconds
    of the durations in call records. `whole`: every scenario of the rulebook is examined.
    """

    rater: Rater
    base: str
    skipped: Mapping[str, str] = field(default_factory=dict)
    today: dt.date | None = None
    mapping: int | None = None
    whole: bool = False
    stale: int = 365
    _ends: dict[object, Endpoints] = field(default_factory=dict)
    _situations: dict[object, dict[Situation, Ends]] = field(default_factory=dict)
    _reached: dict[object, tuple[Reached, ...]] = field(default_factory=dict)
    _passed: dict[object, list[tuple[int, frozenset[Situation], frozenset[int]]]] = field(default_factory=dict)
    _walkers: dict[tuple[object, ...], Walker] = field(default_factory=dict)

    @property
    def compiled(self) -> Compiled:
        return self.rater.compiled

    @property
    def book(self) -> Rulebook:
        return self.rater.compiled.book

    @cached_property
    def prices(self) -> Prices:
        """What each tariff costs from any start, for any length."""
        from tariffs.checks.starts import Prices

        most = {"message": k.MOST_MESSAGES, "volume": k.MOST_BYTES}
        counted = {
            place: most[measure]
            for place, item in zip(self.compiled.tariff_at, self.compiled.pricing.items, strict=True)
            if (measure := unit_of(item.tariff.charge.all_steps[-1]).measure) in most
        }
        return Prices(self.compiled.tables.heap, self.book.rulebook.longest_call.amount, counted)

    @cached_property
    def numbers(self) -> Numbers:
        return numbers_of(self.compiled)

    @cached_property
    def views(self) -> tuple[str, ...]:
        """The name of each scenario, by its number."""
        return tuple(scenario.name for scenario in self.compiled.scenarios)

    @cached_property
    def _table_of(self) -> tuple[int, ...]:
        """Where the kernel's table has each scenario: the views of one scenario read the same classes of places."""
        t, of_scenario = self.compiled.tables.heap, [view.scenario for view in self.rater.views]
        return tuple(t[k.H_VIEW] + of_scenario.index(name) * k.VIEW for name in self.views)

    @cached_property
    def days(self) -> tuple[Days, ...]:
        """Spans of days on which numbers, rules, promises and calendar stay the same."""
        bounds = {*self.compiled.alphabet.segments, *self.numbers.bounds()}
        for _, box in self.promises.boxes:
            bounds |= {box.since, box.until}
        calendar = self.book.calendar
        if calendar is not None:
            bounds |= {calendar.from_.toordinal(), calendar.until.toordinal()}
        return spans(bounds)

    def endpoints(self, days: Days) -> Endpoints:
        key = tuple(self.numbers.entries(days.first))
        if key not in self._ends:
            self._ends[key] = endpoints(self.numbers, days.first)
        return self._ends[key]

    # --- the promises ---

    @cached_property
    def promises(self) -> Promises:
        """The covers, compiled like rules, over classes of their own."""
        compiled, book = self.compiled, self.book
        rules = []
        for number, cover in enumerate(book.covers):
            since, until = (compiled.values.date(day, cover.at) for day in (cover.from_, cover.until))
            window = Box(*_ordinals(since, until))
            boxes = [b for box in compiled.vocabulary.boxes(cover.when, defaults=True) if (b := box.meet(window))]
            rules.append(EffectiveRule(f"cover-{number}", tuple(boxes), ("promised",), cover.at, frozenset()))
        boxes_ = tuple((n, box) for n, rule in enumerate(rules) for box in rule.boxes)
        call = PairClasses(list(dict.fromkeys(c for _, box in boxes_ for c in box.call)))
        roam = PairClasses(list(dict.fromkeys(c for _, box in boxes_ for c in box.roam)))
        bounds = segments({day for _, box in boxes_ for day in (box.since, box.until)})
        alphabet = Alphabet(compiled.vocabulary, bounds, call, roam)
        promised = ScenarioRules("covers", rules=rules)
        alphabet.group_values([promised])
        for number in range(len(self.views)):
            for day in (FIRST_SEGMENT_DAY, *compiled.alphabet.segments):
                self._tables(call, roam, number, day)
        diagram = Diagram(alphabet)
        return Promises(book.covers, boxes_, alphabet, diagram, diagram.add(0, promised))

    def _tables(self, call: PairClasses, roam: PairClasses, view: int, day: int) -> tuple[int, int]:
        compiled = self.compiled
        rules = compiled.scenarios[view]
        bounds = compiled.alphabet.segments
        segment = segment_of(bounds, day)
        first = (bounds[0] - 1 if bounds else 0, *bounds)[segment]
        layout = compiled.geography.layout(rules, first, compiled.values)
        return (
            call.table(compiled.geography, rules, layout, first, compiled.values),
            roam.table(compiled.geography, rules, layout, first, compiled.values),
        )

    # --- situations ---

    def pairs(self, view: int, days: Days) -> Pairs:
        """The classes of pairs of places under a view on some days: what the kernel reads."""
        t, n = self.compiled.tables.heap, len(self.compiled.geography.names)
        at = self._table_of[view]
        segment = segment_of(self.compiled.alphabet.segments, days.first)
        call, roam = t[t[at + k.V_CALL] + segment], t[t[at + k.V_ROAM] + segment]
        return Pairs(Slice(t, call, n * n), Slice(t, roam, n * n))

    def promised_pairs(self, view: int, days: Days) -> Pairs:
        """The classes of pairs of places that the covers tell apart, with the circles of the view."""
        promises = self.promises
        call, roam = self._tables(promises.alphabet.call, promises.alphabet.roam, view, days.first)
        return Pairs(promises.alphabet.call.tables[call], promises.alphabet.roam.tables[roam])

    @staticmethod
    def identity(pairs: Pairs) -> object:
        """What tells tables of classes apart."""
        return _identity(pairs.call), _identity(pairs.roam)

    def situations(self, pairs: Sequence[Pairs], days: Days) -> dict[Situation, Ends]:
        """Every situation of calls on some days, as charts with these classes of pairs see it."""
        return self.situations_between(self.endpoints(days), pairs)

    def situations_between(self, ends: Endpoints, pairs: Sequence[Pairs]) -> dict[Situation, Ends]:
        """Every situation of calls between some numbers."""
        key = (ends.key, tuple(self.identity(p) for p in pairs))
        if key not in self._situations:
            default = self.book.rulebook.defaults.served_place == "home"
            places = len(self.compiled.geography.names)
            self._situations[key] = situations(ends, pairs, places, home_is_default=default)
        return self._situations[key]

    # --- leaves ---

    def chart(self, view: int) -> Chart:
        return Chart(self.compiled.diagram, self.compiled.roots[view])

    def walker(self, views: Sequence[int], *, promised: bool = False) -> Walker:
        """A walker over the diagrams of some views, with `promised` also over that of the covers, which comes last."""
        key = (*views, promised)
        if key not in self._walkers:
            charts = [self.chart(view) for view in views]
            if promised:
                charts.append(Chart(self.promises.diagram, self.promises.root))
            self._walkers[key] = Walker(charts)
        return self._walkers[key]

    def segments(self, views: Sequence[int], days: Days, *, promised: bool = False) -> list[int]:
        found = [segment_of(self.compiled.alphabet.segments, days.first)] * len(views)
        return [*found, segment_of(self.promises.alphabet.segments, days.first)] if promised else found

    def all_pairs(self, views: Sequence[int], days: Days, *, promised: bool = False) -> list[Pairs]:
        found = [self.pairs(view, days) for view in views]
        return [*found, self.promised_pairs(views[0], days)] if promised else found

    def reached(self, views: Sequence[int], *, promised: bool = False) -> tuple[Reached, ...]:
        """Every combination of leaves that some call reaches under the views, once, on the first days it does."""
        key = (*views, promised)
        if key not in self._reached:
            self._reached[key] = tuple(self._reach(views, promised))
        return self._reached[key]

    def _reach(self, views: Sequence[int], promised: bool) -> Iterator[Reached]:
        walker = self.walker(views, promised=promised)
        seen: set[object] = set()
        for days in self.days:
            known = self.situations(self.all_pairs(views, days, promised=promised), days)
            group = walker.group(frozenset(known))
            nodes = walker.start(self.segments(views, days, promised=promised))
            for leaves, point in walker.leaves(nodes, group, frozenset(self.endpoints(days).access), seen):
                yield Reached(leaves, days, point, known[point.situation])
        self._passed[(*views, promised)] = walker.passed(seen)

    def found(self, view: int, wants: Callable[[Leaf], bool], *, promised: bool = False) -> Iterator[Reached]:
        """The wanted leaves of a view that some call reaches, each with such a call: `promised`, a promised one."""
        walker, wanted = self._looked_for(view, wants, promised)
        seen: set[object] = set()
        for days, nodes in self._leading(walker, view, wanted, promised):
            known, access = self._calls(view, days, promised)
            for leaves, point in walker.leaves(nodes, walker.group(frozenset(known)), access, seen, wanted):
                yield Reached(leaves, days, point, known[point.situation])

    def kinds(
        self, view: int, wants: Callable[[Leaf], bool], sort: Sorter[K], counting: frozenset[int] = frozenset(), *,
        promised: bool = False,
    ) -> Iterator[tuple[tuple[K, Values], Reached]]:  # fmt: skip
        """The kinds of calls that reach the wanted leaves of a view: each kind, on each span of days, with such a call.

        `sort`, `counting`: what makes a kind, see `Walker.kinds`.
        """
        walker, wanted = self._looked_for(view, wants, promised)
        answers: dict[object, Mapping[tuple[K, Values], Point]] = {}
        for days, nodes in self._leading(walker, view, wanted, promised):
            known, access = self._calls(view, days, promised)
            group = walker.group(frozenset(known))
            for kind, point in walker.kinds(nodes, group, access, wanted, sort, counting, answers).items():
                yield kind, Reached((), days, point, known[point.situation])

    def _looked_for(
        self, view: int, wants: Callable[[Leaf], bool], promised: bool
    ) -> tuple[Walker, Sequence[Wanted]]:
        wanted = [Wanted.of(self.compiled.diagram, wants, admitted(self, view) if promised else None)]
        if promised:
            wanted.append(Wanted.of(self.promises.diagram, lambda leaf: bool(leaf.on_top)))
        return self.walker([view], promised=promised), wanted

    def _leading(
        self, walker: Walker, view: int, wanted: Sequence[Wanted], promised: bool
    ) -> Iterator[tuple[Days, tuple[int, ...]]]:
        """The spans of days on which some way may lead to leaves that are wanted, with the nodes behind the date."""
        if all(w.any for w in wanted):
            for days in self.days:
                nodes = walker.start(self.segments([view], days, promised=promised))
                if all(w.has(node) for w, node in zip(wanted, nodes, strict=True)):
                    yield days, nodes

    def _calls(self, view: int, days: Days, promised: bool) -> tuple[Mapping[Situation, Ends], frozenset[int]]:
        """The situations and the access codes that there are on some days."""
        known = self.situations(self.all_pairs([view], days, promised=promised), days)
        return known, frozenset(self.endpoints(days).access)

    def paid_under(self, view: int) -> set[str]:
        """The names of the tariffs that some call pays under a view."""
        return {name for reached in self.reached([view]) for name in self.leaf(reached.leaves[0]).pay or ()}

    def passed(self, view: int) -> list[tuple[int, frozenset[Situation], frozenset[int]]]:
        """The nodes of the diagram that calls under a view pass, with the situations and access codes there."""
        self.reached([view])
        return self._passed[view, False]

    def each_days(
        self, views: Sequence[int], wanted: Callable[[Leaves], bool], *, promised: bool = False
    ) -> Iterator[Reached]:
        """Each span of days on which some call reaches leaves that are wanted, with such a call."""
        walker = self.walker(views, promised=promised)
        answers: dict[object, Point | None] = {}
        for days in self.days:
            known = self.situations(self.all_pairs(views, days, promised=promised), days)
            nodes = walker.start(self.segments(views, days, promised=promised))
            group = walker.group(frozenset(known))
            access = frozenset(self.endpoints(days).access)
            point = walker.reaches(nodes, group, access, wanted, answers)
            if point is not None:
                yield Reached((), days, point, known[point.situation])

    def bundle(self, view: int, pays: Sequence[str]) -> tuple[int, ...]:
        """The tariffs of a call under a view, by their places in the kernel's table."""
        tariffs = self.compiled.scenarios[view].tariffs
        return tuple(self.compiled.tariff_at[self.compiled.pricing.number(name, tariffs[name])] for name in pays)

    def differ(self, view: int, one: Sequence[str], two: Sequence[str], days: Days) -> bool:
        """Whether some call costs more by one of two lists of tariffs than by the other."""
        bundles = self.bundle(view, one), self.bundle(view, two)
        if sorted(bundles[0]) == sorted(bundles[1]):
            return False
        return any(self.prices.is_dearer(*way, days) for way in (bundles, bundles[::-1]))

    def leaf(self, number: int) -> Leaf:
        return self.compiled.diagram.leaves[number]

    def rules(self, view: int) -> list[EffectiveRule]:
        return self.compiled.scenarios[view].rules


FIRST_SEGMENT_DAY = 0


def _identity(table: Any) -> object:
    return (table.at,) if isinstance(table, Slice) else id(table)


def _ordinals(since: dt.date | None, until: dt.date | None) -> tuple[int, int]:
    forever = Box()
    return since.toordinal() if since else forever.since, until.toordinal() if until else forever.until


def merged(days: Sequence[Days]) -> tuple[Days, ...]:
    """Spans of days with those that touch put together."""
    found: list[Days] = []
    for span in sorted(days, key=lambda d: d.first):
        if found and found[-1].until == span.first:
            found[-1] = Days(found[-1].first, span.until)
        else:
            found.append(span)
    return tuple(found)
