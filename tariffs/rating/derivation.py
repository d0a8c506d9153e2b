"""The rules of a scenario: the rulebook's own, and those that its changes derive from them."""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tariffs.rating.conditions import FOREVER, Box, Vocabulary
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.decisions import Rule
from tariffs.rulebook.places import Circle, Region
from tariffs.rulebook.problems import NOWHERE, Position, Problem, RulebookError
from tariffs.rulebook.scenarios import Change, Scenario
from tariffs.rulebook.values import Provenance


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """A rule as the decision diagram takes it.

    `rule`: what the rule file says at the root of it; `change`: the change that derived it.
    `roots` are the names under which others may override it.
    """

    name: str
    boxes: tuple[Box, ...]
    pay: tuple[str, ...]
    at: Position
    roots: frozenset[str]
    rule: Rule | None = None
    change: Change | None = None
    scenario: str = ""
    parent: int = -1
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Union:
    """From day `since` (an ordinal) until `until`, the places count as one zone or one city."""

    since: int
    until: int
    places: tuple[str, ...]
    zone: bool
    change: Change


@dataclass
class ScenarioRules:
    """All rules of one scenario (or stack), who kills whom, and what it says of places and tariffs."""

    name: str
    rules: list[EffectiveRule] = field(default_factory=list)
    kills: dict[int, set[int]] = field(default_factory=dict)
    unions: list[Union] = field(default_factory=list)
    circles: dict[str, Circle] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    tariffs: dict[str, Tariff] = field(default_factory=dict)
    phases: dict[str, tuple[int, Position]] = field(default_factory=dict)
    illustrative: bool = False
    changes: list[tuple[str, Change]] = field(default_factory=list)


STACKED = {"tariffs": "tariff", "options": "add-on", "circles": "circle", "regions": "region"}
"""What scenarios may define, and what one such thing is called."""


def lineage(book: Rulebook, name: str) -> list[tuple[str, Scenario]]:
    """The scenario and its bases, the eldest first. Raises RulebookError when the rulebook has no such scenario."""
    if name not in book.scenarios:
        near = difflib.get_close_matches(name, book.scenarios, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        known = ", ".join(book.scenarios) or "none"
        raise RulebookError(
            [Problem("no-such-scenario", NOWHERE, f"there is no scenario {name!r}", f"{hint}known: {known}")]
        )
    chain: list[tuple[str, Scenario]] = []
    current: str | None = name
    while current is not None:
        scenario = book.scenarios[current]
        chain.append((current, scenario))
        current = scenario.base
    return chain[::-1]


def scenario_rules(book: Rulebook, vocabulary: Vocabulary, name: str, values: Values) -> ScenarioRules:
    """The rules of a scenario, or of a stack `a+b` whose members have the same base."""
    return _Derivation(book, vocabulary, values, ScenarioRules(name)).run(name)


@dataclass
class _Derivation:
    book: Rulebook
    vocabulary: Vocabulary
    values: Values
    out: ScenarioRules

    def run(self, name: str) -> ScenarioRules:
        chains = [lineage(self.book, member) for member in name.split("+")]
        shared = _shared_prefix(chains)
        out = self.out
        options = dict(self.book.options)
        for chain in chains:
            for _, scenario in chain:
                options |= scenario.options
        self.vocabulary = replace(self.vocabulary, option_items=options)
        self._one_meaning([chain[len(shared) :] for chain in chains])
        out.circles |= self.book.circles
        out.regions |= self.book.regions
        out.tariffs |= self.book.tariffs
        for rule_name, rule in self.book.rules.items():
            self._add_rule(rule_name, rule, "")
        for scenario_name, scenario in shared:
            self._apply(scenario_name, scenario, len(out.rules))
        common = len(out.rules)
        for chain in chains:
            branch: list[int] = []
            for scenario_name, scenario in chain[len(shared) :]:
                self._apply(scenario_name, scenario, common, branch)
        self._resolve_overrides()
        return out

    def _one_meaning(self, branches: Sequence[Sequence[tuple[str, Scenario]]]) -> None:
        """Scenarios that are stacked may not give one name to two things: one would price with the other's."""
        found: dict[tuple[str, str], tuple[int, Provenance]] = {}
        for number, branch in enumerate(branches):
            for section, kind in STACKED.items():
                items: dict[str, Provenance] = {k: v for _, s in branch for k, v in getattr(s, section).items()}
                for name, item in items.items():
                    other, first = found.setdefault((kind, name), (number, item))
                    if other != number and first.model_dump() != item.model_dump():
                        message = f"{self.out.name}: the {kind} `{name}` is not the same in both scenarios"
                        hint = "give one of the two another name, or define it once in their common base"
                        self.values.problems.append(Problem("clash", item.at, message, hint, also=(first.at,)))

    def _apply(self, name: str, scenario: Scenario, common: int, branch: list[int] | None = None) -> None:
        """Adds what one scenario says. It sees the first `common` rules and those of its own branch."""
        out = self.out
        out.circles |= scenario.circles
        out.regions |= scenario.regions
        out.tariffs |= scenario.tariffs
        out.illustrative |= scenario.illustrative
        self._phases(name, scenario)
        seen = list(range(common)) + ([] if branch is None else branch)
        first = len(out.rules)
        for rule_name, rule in scenario.rules.items():
            self._add_rule(rule_name, rule, name)
        seen += range(first, len(out.rules))
        for change in scenario.changes:
            start = len(out.rules)
            self._change(name, change, seen)
            seen += range(start, len(out.rules))
        if branch is not None:
            branch += range(first, len(out.rules))

    def _phases(self, name: str, scenario: Scenario) -> None:
        """Notes when each phase begins; they begin in the order in which they are written."""
        before = ("", -FOREVER)
        for phase_name, phase in scenario.phases.items():
            day = self._day(phase.from_, phase.at, -FOREVER)
            self.out.phases[phase_name] = (day, phase.at)
            if -FOREVER < day < before[1]:
                starts = (dt.date.fromordinal(d).isoformat() for d in (day, before[1]))
                message = (
                    f"{name}: phase {phase_name} begins on {next(starts)}, before phase {before[0]}, on {next(starts)}"
                )
                self.values.problems.append(
                    Problem("bad-interval", phase.at, message, "give the phases dates in their order")
                )
            before = (phase_name, day)

    def _add_rule(self, name: str, rule: Rule, scenario: str) -> None:
        window = self._window(rule.from_, rule.until, rule.at)
        boxes = _within(self.vocabulary.boxes(rule.when, defaults=True), window)
        pay = tuple(self.values.name(tariff, rule.at) for tariff in rule.pay)
        used = self._parameters(rule.from_, rule.until, *rule.pay)
        self.out.rules.append(
            EffectiveRule(name, boxes, pay, rule.at, frozenset({name}), rule, None, scenario, parameters=used)
        )

    def _change(self, scenario: str, change: Change, seen: Sequence[int]) -> None:
        label = f"{scenario}:{change.phase}" if change.phase else scenario
        starts = self.book.scenarios[scenario].phases[change.phase].from_ if change.phase else change.from_
        window = self._window(starts, change.until, change.at)
        self.out.changes.append((label, change))
        if change.unite is not None:
            places = change.unite.places
            self.out.unions.append(Union(window.since, window.until, places, change.unite.as_ == "zone", change))
            return
        pay = tuple(self.values.name(tariff, change.at) for tariff in change.pay)
        used = self._parameters(starts, change.until, *change.pay, *change.instead_of)
        if not change.instead_of:
            boxes = _within(self.vocabulary.boxes(change.when, defaults=True), window)
            name = self._unique(label)
            self.out.rules.append(
                EffectiveRule(
                    name, boxes, pay, change.at, frozenset({name, label}), None, change, scenario, parameters=used
                )
            )
            return
        replaced = {self.values.name(tariff, change.at) for tariff in change.instead_of}
        scope = _within(self.vocabulary.boxes(change.when, defaults=False), window)
        for index in list(seen):
            parent = self.out.rules[index]
            if replaced.isdisjoint(parent.pay):
                continue
            boxes = tuple(m for a, b in itertools.product(parent.boxes, scope) if (m := a.meet(b)) is not None)
            if boxes:
                self.out.rules.append(
                    EffectiveRule(
                        self._unique(f"{parent.name}/{label}"), boxes, _spliced(parent.pay, replaced, pay), change.at,
                        parent.roots, parent.rule, change, scenario, index, parent.parameters | used,
                    )
                )  # fmt: skip

    def _parameters(self, *names: dt.date | str | None) -> frozenset[str]:
        return frozenset(n for n in names if isinstance(n, str) and n in self.values.parameters)

    def _unique(self, name: str) -> str:
        taken = {rule.name for rule in self.out.rules}
        if name not in taken:
            return name
        return next(f"{name}#{n}" for n in itertools.count(2) if f"{name}#{n}" not in taken)

    def _resolve_overrides(self) -> None:
        """A derived rule kills its parent; whatever kills the parent kills it; earlier siblings kill later ones."""
        rules, kills = self.out.rules, self.out.kills
        for index, rule in enumerate(rules):
            named = set(rule.rule.overrides) if rule.rule and rule.parent < 0 else set()
            if rule.change is not None and rule.parent < 0:
                named |= set(rule.change.overrides)
            if named:
                kills.setdefault(index, set()).update(
                    other for other, r in enumerate(rules) if other != index and named & r.roots
                )
        for index, rule in enumerate(rules):
            if rule.parent < 0:
                continue
            kills.setdefault(index, set()).add(rule.parent)
            for other, killed in list(kills.items()):
                if rule.parent in killed and other != index and self._outranks(other, index):
                    killed.add(index)

    def _outranks(self, other: int, index: int) -> bool:
        """Whether `other`, which kills the parent of `index`, kills `index` too."""
        rules = self.out.rules
        if rules[other].parent != rules[index].parent:
            return not self._descends(index, other)
        earlier, later = rules[other].scenario, rules[index].scenario
        return earlier == later or self._bases(later, earlier)

    def _descends(self, index: int, ancestor: int) -> bool:
        while index >= 0:
            if index == ancestor:
                return True
            index = self.out.rules[index].parent
        return False

    def _bases(self, scenario: str, base: str) -> bool:
        return any(name == base for name, _ in lineage(self.book, scenario))

    def _window(self, start: dt.date | str | None, end: dt.date | str | None, at: Position) -> Box:
        return Box(self._day(start, at, -FOREVER), max(self._day(end, at, FOREVER), -FOREVER + 1))

    def _day(self, value: dt.date | str | None, at: Position, absent: int) -> int:
        day = self.values.date(value, at)
        return absent if day is None else day.toordinal()


def _within(boxes: Iterable[Box], window: Box) -> tuple[Box, ...]:
    return tuple(met for box in boxes if (met := box.meet(window)) is not None)


def _spliced(pay: tuple[str, ...], replaced: set[str], instead: tuple[str, ...]) -> tuple[str, ...]:
    """`pay` with the replaced tariffs given way to `instead`, once, in their place."""
    result: list[str] = []
    for tariff in pay:
        result += instead if tariff in replaced else (tariff,)
    return tuple(result)


def _shared_prefix(chains: list[list[tuple[str, Scenario]]]) -> list[tuple[str, Scenario]]:
    """The scenarios that all chains start with; of a single chain, all of it."""
    shared = []
    for links in zip(*chains, strict=False):
        if len({name for name, _ in links}) > 1:
            break
        shared.append(links[0])
    return shared
