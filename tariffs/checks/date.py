"""`date`: days left without a tariff, changes without effect, and rules known only after they applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.domain import Days, Situation
from tariffs.checks.effects import idle
from tariffs.checks.findings import Finding, text
from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import USAGE, Chart, Leaves, Point, Values, Walker, Wanted
from tariffs.checks.witnesses import witness
from tariffs.rating.derivation import lineage
from tariffs.rating.diagram import Leaf
from tariffs.rulebook.numbers import (
    AccessCode,
    AreaCode,
    CountryCode,
    Exchange,
    MobileRange,
    Numbering,
    SpecialService,
)
from tariffs.rulebook.places import RELATIONS, Circle
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import DateOrName

CODE: Final = "date"
MEANING: Final = text(
    "分阶段的规则留下没有资费的日子，变更没有效果，或规则在适用之后才公布",
    "Dates leave a day without a tariff, a change has no effect, or a rule became known only after it applied.",
)


def examine(study: Study) -> Iterator[Finding]:
    """Findings of three kinds, in this order: days without tariff, changes without effect, rules known late."""
    if study.book.covers:
        for group in _days_without(study).groups():
            yield _between(study, group)
    yield from _without_effect(study)
    yield from _late(study)


class Kind(NamedTuple):
    """Which calls, and which covers promise them: what one finding puts together."""

    covers: tuple[int, ...]
    line: int
    direction: int
    called: int
    relation: int


def _days_without(study: Study) -> Grouping[tuple[Kind, Values]]:
    """Promised calls without a rule that have one on other promised days: the same call is looked for on both."""
    found: Grouping[tuple[Kind, Values]] = Grouping()
    for view in range(len(study.views)):
        bare = dict.fromkeys(r.days for _, r in study.kinds(view, _no_rule, _any_kind, promised=True))
        twice = _Twice(study, view) if bare else None
        for days in bare:
            for other in study.days:
                if twice is not None and other != days:
                    for kind, reached in twice.kinds(days, other):
                        found.add(kind, view, reached)
    return found


def _no_rule(leaf: Leaf) -> bool:
    return not leaf.on_top


def _has_rule(leaf: Leaf) -> bool:
    return bool(leaf.on_top)


def _any_kind(_: Leaves, situations: frozenset[Situation]) -> Iterator[tuple[None, Situation]]:
    yield None, min(situations)


class _Twice:
    """One call on two days: without a rule on the first, with one on the second, promised on both."""

    def __init__(self, study: Study, view: int) -> None:
        self.study, self.view = study, view
        rules, promises = study.compiled.diagram, study.promises.diagram
        charts = [study.chart(view), Chart(promises, study.promises.root)]
        promised = Wanted.of(promises, _has_rule)
        self.walker = Walker([*charts, *charts])
        self.wanted = [Wanted.of(rules, _no_rule), promised, Wanted.of(rules, _has_rule), promised]
        self.covers = [leaf.on_top for leaf in promises.leaves]
        self.answers: dict[object, Mapping[tuple[Kind, Values], Point]] = {}

    def kinds(self, days: Days, other: Days) -> Iterator[tuple[tuple[Kind, Values], Reached]]:
        """Each kind of call that has a rule on the other days and none on these, with such a call."""
        study, view = self.study, self.view
        segments = [s for d in (days, other) for s in study.segments([view], d, promised=True)]
        nodes = self.walker.start(segments)
        if not all(w.has(node) for w, node in zip(self.wanted, nodes, strict=True)):
            return
        pairs = [p for d in (days, other) for p in study.all_pairs([view], d, promised=True)]
        ends = [study.endpoints(d) for d in (days, other)]
        known = study.situations_between(ends[0].shared(ends[1]), pairs)
        access = frozenset(ends[0].access) & frozenset(ends[1].access)
        group = self.walker.group(frozenset(known))
        if known:
            usage = frozenset({USAGE})
            found = self.walker.kinds(nodes, group, access, self.wanted, self._kinds, usage, self.answers)
            for kind, point in found.items():
                yield kind, Reached((), days, point, known[point.situation])

    def _kinds(self, leaves: Leaves, situations: frozenset[Situation]) -> Iterator[tuple[Kind, Situation]]:
        relation = self.study.compiled.alphabet.call.relation
        for s in sorted(situations):
            yield Kind(self.covers[leaves[1]], s.line, s.direction, s.called, relation[s.classes[0][0]]), s


def _between(study: Study, group: Group[tuple[Kind, Values]]) -> Finding:
    """Promised days without a rule, of calls that have one on other promised days."""
    kind, _ = group.key
    days = wording.listed([wording.dates(d) for d in group.days])
    shown = witness(study, group.views[0], group.first)
    scenarios = tuple(study.views[v] for v in group.views)
    relation = wording.RELATION[RELATIONS[kind.relation]]
    return Finding(
        CODE, "error",
        text(f"承诺计费的日期内，以下日子没有资费，而其他日子有：{days.zh}（{shown.place.zh}，{relation.zh}）",
             f"Promised days are left without a tariff, and other days have one: {days.en} ({shown.place.en}, "
             f"{relation.en})"),
        tuple(study.book.covers[n].at for n in kind.covers), shown, scenarios, ("days",),
        {"dates": [[d.isoformat() for d in span.dates] for span in group.days]},
    )  # fmt: skip


def _without_effect(study: Study) -> Iterator[Finding]:
    """Changes by which no call that there can be pays something else."""
    for view, name, change in idle(study):
        label = f"{name}:{change.phase}" if change.phase else name
        yield Finding(
            CODE, "warning",
            text(f"变更 {label} 不影响任何通话的资费", f"The change {label} moves no call that there can be"),
            (change.at,), None, (view,), (label,),
        )  # fmt: skip


def _late(study: Study) -> Iterator[Finding]:
    for name, start, known, at in _dated(study):
        first = study.compiled.values.date(start, at)
        if first is not None and known is not None and known > first:
            days = (known - first).days
            yield Finding(
                CODE, "warning",
                text(f"{name} 自 {first} 适用，{known} 才公布：晚 {days} 天",
                     f"{name} applies from {first} and became known on {known}: {days} days later"),
                (at,), subject=(name,),
                data={"from": first.isoformat(), "known": known.isoformat(), "days_late": days},
            )  # fmt: skip


Known = tuple[str, DateOrName | None, dt.date | None, Position]
"""A name, the day from which it applies, the day on which it became known, where it stands."""


def _circles(circles: Mapping[str, Circle]) -> Iterator[Known]:
    for name, circle in circles.items():
        for version in circle.versions:
            yield name, version.from_, version.known, version.at


def _numbering(plan: Numbering) -> Iterator[Known]:
    coded: tuple[AreaCode | AccessCode | CountryCode, ...] = (*plan.areas, *plan.access, *plan.countries)
    yield from ((item.code, item.from_, item.known, item.at) for item in coded)
    prefixed: tuple[Exchange | MobileRange | SpecialService, ...] = (*plan.exchanges, *plan.mobile, *plan.special)
    yield from ((item.prefix, item.from_, item.known, item.at) for item in prefixed)


def _dated(study: Study) -> Iterator[Known]:
    """Everything in force from a day on, with the day on which it became known."""
    book = study.book
    for name, rule in book.rules.items():
        yield name, rule.from_, rule.known, rule.at
    for cover in book.covers:
        yield "covers", cover.from_, cover.known, cover.at
    yield from _circles(book.circles)
    yield from _numbering(book.numbering)
    seen: set[str] = set()
    for view in study.views:
        for member in view.split("+"):
            for scenario_name, scenario in lineage(book, member):
                if scenario_name in seen:
                    continue
                seen.add(scenario_name)
                yield from _circles(scenario.circles)
                for phase_name, phase in scenario.phases.items():
                    yield f"{scenario_name}:{phase_name}", phase.from_, phase.known, phase.at
                for rule_name, own in scenario.rules.items():
                    yield rule_name, own.from_, own.known, own.at
