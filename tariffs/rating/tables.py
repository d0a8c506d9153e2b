"""From a rulebook and the views asked for to what the kernel reads: derive rules, build the diagram, compile prices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from tariffs.rating.conditions import PairCondition, Vocabulary
from tariffs.rating.derivation import EffectiveRule, ScenarioRules, lineage, scenario_rules
from tariffs.rating.diagram import Alphabet, Diagram, Leaf
from tariffs.rating.geography import Geography, Layout, PairClasses, circle_bounds, segments
from tariffs.rating.numbering import Automaton, build_automaton
from tariffs.rating.packing import Packer, RatingTables, reprice
from tariffs.rating.periods import Days, PeriodTables
from tariffs.rating.pricing import Pricing
from tariffs.rating.values import Assumed, Values
from tariffs.rating.views import View, make_views
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import Problem, RulebookError
from tariffs.rulebook.scenarios import Change
from tariffs.rulebook.wording import listed


@dataclass(frozen=True)
class Compiled:
    """The tables with what is needed to put their numbers into words."""

    book: Rulebook
    views: tuple[View, ...]
    tables: RatingTables
    leaf_at: Mapping[int, int]
    tariff_at: tuple[int, ...]
    vocabulary: Vocabulary
    geography: Geography
    alphabet: Alphabet
    diagram: Diagram
    pricing: Pricing
    automaton: Automaton
    scenarios: tuple[ScenarioRules, ...]
    values: Values
    digest: str
    roots: tuple[int, ...] = ()

    def assumed(self, leaf: Leaf | None = None) -> tuple[Assumed, ...]:
        """The parameter values that results rest on: all of them, or those of one leaf's rules and tariffs."""
        if leaf is None:
            return self._named(self.values.used)
        scenario = self.scenarios[leaf.scenario]
        names = {name for rule in leaf.on_top for name in scenario.rules[rule].parameters}
        return self._named(names | self._priced_by(leaf))

    def assumed_by(self, leaves: Iterable[int]) -> tuple[Assumed, ...]:
        """Those that calls which came to these leaves rest on: of prices, only those that some call paid."""
        prices = {name for item in self.pricing.items for name in item.parameters}
        paid = {name for leaf in leaves for name in self._priced_by(self.diagram.leaves[leaf])}
        return self._named(name for name in self.values.used if name not in prices or name in paid)

    def _priced_by(self, leaf: Leaf) -> set[str]:
        tariffs = self.scenarios[leaf.scenario].tariffs
        numbers = (self.pricing.number(name, tariffs[name]) for name in leaf.pay or ())
        return {name for number in numbers for name in self.pricing.items[number].parameters}

    def _named(self, names: Iterable[str]) -> tuple[Assumed, ...]:
        return tuple(self.values.used[name] for name in sorted(names) if name in self.values.used)


def compile_tables(book: Rulebook, views: Sequence[View], values: Values, like: Compiled | None = None) -> Compiled:
    """The tables of some views of a rulebook. Raises RulebookError with every problem found on the way.

    `like`: tables of the same rulebook, perhaps with other values; what these do not change is taken from there.
    """
    if like is not None and _asks_for_other_prices(book, tuple(views), values, like):
        return _repriced(values, like)
    return _Compiler(book, tuple(views), values, like).run()


def lacks_nothing(book: Rulebook, scenario: str, values: Values) -> bool:
    """Whether no rule, circle or tariff of a scenario can need a parameter that is missing, as told before compiling.

    Where this is false it may still lack nothing that some call needs.
    """
    try:
        compiler = _Compiler(book, make_views(book, [scenario], values), values, None)
    except RulebookError:
        return False
    compiler.bounds()
    compiler.price_all()
    return not values.problems


def _asks_for_other_prices(book: Rulebook, views: tuple[View, ...], values: Values, like: Compiled) -> bool:
    """Whether at most the values of price parameters differ from those of tables that are there."""
    if like.book is not book or like.views != views or values.problems:
        return False
    names = (name for name, parameter in values.parameters.items() if parameter.kind != "price")
    held = like.values
    return values.assumptions == held.assumptions and all(values.given.get(n) == held.given.get(n) for n in names)


def _repriced(values: Values, like: Compiled) -> Compiled:
    """The same tables with other prices: rules, places and units stay where they are."""
    prices = {name for name, parameter in values.parameters.items() if parameter.kind == "price"}
    values.used.update({name: used for name, used in like.values.used.items() if name not in prices})
    pricing = like.pricing.again(values)
    if values.problems:
        raise RulebookError(values.problems)
    heap = like.tables.heap.copy()
    reprice(heap, like.tariff_at, pricing.items)
    again = replace(like, tables=RatingTables(heap, like.tables.segments), pricing=pricing, values=values)
    return replace(again, digest=_digest(again.book, again.views, values))


class _Compiler:
    def __init__(self, book: Rulebook, views: tuple[View, ...], values: Values, like: Compiled | None) -> None:
        self.book, self.views, self.values, self.like = book, views, values, like
        self.vocabulary = Vocabulary.of(book)
        names = list(dict.fromkeys(view.scenario for view in views))
        self.scenarios = [scenario_rules(book, self.vocabulary, name, values) for name in names]
        self.of_view = [names.index(view.scenario) for view in views]
        zoning = book.zonings.get(values.name(book.rulebook.zoning, book.rulebook.at))
        self.geography = Geography(book, zoning or next(iter(book.zonings.values())))  # a missing one is told below
        self.periods = PeriodTables()
        self.pricing = Pricing(book, values, self.periods)
        if values.problems:
            self.price_all()
        self.raise_problems()

    def price_all(self) -> None:
        """Asks for the prices of all tariffs that rules name, even where nothing can be built."""
        for name, scheme in self.book.periods.items():
            self.periods.add(name, scheme, Days(self.book.calendar))
        for scenario in self.scenarios:
            for name in dict.fromkeys(name for rule in scenario.rules for name in rule.pay):
                if name in scenario.tariffs:
                    self.pricing.number(name, scenario.tariffs[name])

    def raise_problems(self) -> None:
        if self.values.problems:
            raise RulebookError(self.values.problems)

    def run(self) -> Compiled:
        bounds = self.bounds()
        call, roam = self._pair_classes()
        alphabet = Alphabet(self.vocabulary, bounds, call, roam)
        alphabet.group_values(self.scenarios)
        picks = [self._pick(scenario, bounds, call, roam) for scenario in self.scenarios]
        diagram = Diagram(alphabet)
        roots = [diagram.add(number, scenario) for number, scenario in enumerate(self.scenarios)]
        self._effects(diagram)
        days = Days(self.book.calendar)
        for name, scheme in self.book.periods.items():
            self.periods.add(name, scheme, days)
        for leaf in diagram.leaves:
            for name in leaf.pay or ():
                self.pricing.number(name, self.scenarios[leaf.scenario].tariffs[name])
        automaton = self._automaton()
        self.raise_problems()
        packer = Packer(self.pricing, self.periods, diagram, [scenario.tariffs for scenario in self.scenarios])
        packer.automaton(automaton, self._area_of_place(automaton))
        packer.diagram_with(roots, picks, bounds, self.views, self.of_view)
        packer.limits(self.book, self.vocabulary, len(self.geography.names))
        return Compiled(
            self.book, self.views, RatingTables(packer.heap, automaton.segments), packer.leaf_at, packer.tariff_at,
            self.vocabulary, self.geography, alphabet, diagram, self.pricing, automaton, tuple(self.scenarios),
            self.values, _digest(self.book, self.views, self.values), tuple(roots),
        )  # fmt: skip

    def _automaton(self) -> Automaton:
        """The numbering plan, built once for as long as neither the zoning nor a date in it can have changed."""
        zoning, like = self.geography.zoning, self.like
        if like is not None and like.book is self.book and like.geography.zoning is zoning and not moves(self.book):
            return like.automaton
        return build_automaton(self.book, zoning, self.vocabulary, self.geography.index, self.values)

    def bounds(self) -> tuple[int, ...]:
        days: set[int] = set()
        for scenario in self.scenarios:
            days |= {day for rule in scenario.rules for box in rule.boxes for day in (box.since, box.until)}
            days |= {day for union in scenario.unions for day in (union.since, union.until)}
            days |= circle_bounds(scenario, self.values)
            days |= {day for day, _ in scenario.phases.values()}
        return segments(days)

    def _pair_classes(self) -> tuple[PairClasses, PairClasses]:
        boxes = [box for scenario in self.scenarios for rule in scenario.rules for box in rule.boxes]
        call: dict[PairCondition, None] = dict.fromkeys(c for box in boxes for c in box.call)
        roam: dict[PairCondition, None] = dict.fromkeys(c for box in boxes for c in box.roam)
        return PairClasses(list(call)), PairClasses(list(roam))

    def _pick(
        self, scenario: ScenarioRules, bounds: tuple[int, ...], call: PairClasses, roam: PairClasses
    ) -> tuple[list[int], list[int]]:
        """The number of the pair table in each date segment, for calls and for roaming."""
        calls: list[int] = []
        roams: list[int] = []
        turns = circle_bounds(scenario, self.values)
        turns |= {day for union in scenario.unions for day in (union.since, union.until)}
        for day in (bounds[0] - 1 if bounds else 0, *bounds):
            if calls and day not in turns:  # places are as they were the day before
                calls.append(calls[-1])
                roams.append(roams[-1])
                continue
            layout = self.geography.layout(scenario, day, self.values)
            self._nest(scenario, layout)
            calls.append(call.table(self.geography, scenario, layout, day, self.values))
            roams.append(roam.table(self.geography, scenario, layout, day, self.values))
        return calls, roams

    def _nest(self, scenario: ScenarioRules, layout: Layout) -> None:
        """Two circles of one day are apart or one holds the other; where their days are parameters, it shows here."""
        for (one, first), (two, second) in combinations(zip(layout.circle_names, layout.circles, strict=True), 2):
            if first & second and not first <= second and not second <= first:
                shared = listed(sorted(self.geography.names[place] for place in first & second), 4)
                at, other = scenario.circles[two].at, scenario.circles[one].at
                message = f"the circles `{one}` and `{two}` share {shared}, and neither holds the other"
                hint = "let them be in force at different times or in different scenarios, or make one a region"
                problem = Problem("region-does-not-nest", at, message, hint, also=(other,))
                if problem not in self.values.problems:
                    self.values.problems.append(problem)

    def _effects(self, diagram: Diagram) -> None:
        """A change with no rule on top, and none that leads to one, changes no call; two outcomes of stacks clash."""
        on_top: dict[int, set[int]] = {}
        for leaf in diagram.leaves:
            rules_of = self.scenarios[leaf.scenario].rules
            on_top.setdefault(leaf.scenario, set()).update(_with_parents(rules_of, leaf.on_top))
            if len(leaf.on_top) > 1 and leaf.pay is None:
                self._clash(self.scenarios[leaf.scenario], leaf)
        for number, scenario in enumerate(self.scenarios):
            for label, change in scenario.changes:
                rules = [r for r, rule in enumerate(scenario.rules) if rule.change is change]
                moved = any(r in on_top.get(number, ()) and self._differs(scenario, r) for r in rules) or (
                    change.unite is not None and self._unites(scenario, label, change)
                )
                if not moved:
                    hint = "check the dates, the places and the tariffs named, or take the change out"
                    self._complain("no-effect", change.at, f"{label}: this change changes no call", hint)

    @staticmethod
    def _differs(scenario: ScenarioRules, rule: int) -> bool:
        parent = scenario.rules[rule].parent
        return parent < 0 or scenario.rules[parent].pay != scenario.rules[rule].pay

    def _unites(self, scenario: ScenarioRules, label: str, change: Change) -> bool:
        """Whether a union of places by this change makes a relation nearer on some day."""
        turns = {day for union in scenario.unions for day in (union.since, union.until)}
        for union in (u for u in scenario.unions if u.change is change):
            without = [u for u in scenario.unions if u is not union]
            before = ScenarioRules(label, unions=without, circles=scenario.circles, regions=scenario.regions)
            for day in (max(turn, 1) for turn in turns if union.since <= turn < union.until):
                old = self.geography.layout(before, day, self.values)
                new = self.geography.layout(scenario, day, self.values)
                if old.zone != new.zone or old.city != new.city:
                    return True
        return False

    def _clash(self, scenario: ScenarioRules, leaf: Leaf) -> None:
        rules = [scenario.rules[r] for r in leaf.on_top]
        if not any(self._apart(scenario, one, two) for one in rules for two in rules):
            return  # no matter of stacking: one of the scenarios has this conflict when it is alone
        names = " and ".join(f"{rule.name} (pays {', '.join(rule.pay)})" for rule in rules)
        problem = Problem(
            "clash", rules[0].at, f"{scenario.name}: {names} price the same calls differently",
            "say in a scenario of its own which of them holds", also=tuple(rule.at for rule in rules[1:]),
        )  # fmt: skip
        if problem not in self.values.problems:
            self.values.problems.append(problem)

    def _apart(self, stack: ScenarioRules, one: EffectiveRule, two: EffectiveRule) -> bool:
        """Whether two rules come from different scenarios of a stack, and neither from what all rest on."""
        members = [{name for name, _ in lineage(self.book, member)} for member in stack.name.split("+")]
        holders = [{i for i, names in enumerate(members) if rule.scenario in names} for rule in (one, two)]
        return bool(holders[0] and holders[1] and not holders[0] & holders[1])

    def _complain(self, code: str, at: Any, message: str, hint: str) -> None:
        self.values.problems.append(Problem(code, at, message, hint))

    def _area_of_place(self, a: Automaton) -> list[int]:
        """The area code in which a mobile line dials at each place: the latest of its city."""
        codes = {area.place: a.area_codes.index(area.code) for area in self.book.numbering.areas}
        found = []
        for name in self.geography.names:
            holders = self.geography.holders(name)
            found.append(next((codes[h] for h in holders if h in codes), -1))
        return found


def _digest(book: Rulebook, views: Sequence[View], values: Values) -> str:
    """Pins what a rating rests on: the rules, the views and the parameter values used."""
    parts = [book.digest, *(view.pin for view in views)]
    parts += [f"{used.name}={used.value}" for used in values.used.values()]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def moves(book: Rulebook) -> bool:
    """Whether a date of the numbering plan is a parameter."""
    plan = book.numbering
    entries = (*plan.areas, *plan.mobile, *plan.special, *plan.access, *plan.countries, *plan.exchanges)
    return any(isinstance(bound, str) for entry in entries for bound in (entry.from_, entry.until))


def _with_parents(rules: Sequence[EffectiveRule], numbers: Iterable[int]) -> set[int]:
    """Some rules and all that they are derived from: a change of a change stands on the first."""
    found: set[int] = set()
    for number in numbers:
        while number >= 0 and number not in found:
            found.add(number)
            number = rules[number].parent
    return found
