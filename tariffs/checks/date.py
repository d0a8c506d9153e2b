"""`date`: days left without a tariff, changes without effect, and rules known only after they applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from tariffs.checks import wording
from tariffs.checks.dead import live_rules
from tariffs.checks.findings import Finding, text
from tariffs.checks.gap import Kind, gaps
from tariffs.checks.grouping import Group
from tariffs.checks.study import Study
from tariffs.checks.witnesses import witness
from tariffs.rating.derivation import lineage
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
        for group in gaps(study).groups():
            yield from _between(study, group)
    yield from _without_effect(study)
    yield from _late(study)


def _between(study: Study, group: Group[Kind]) -> Iterator[Finding]:
    """Promised days without a rule, of calls that have one on other promised days."""
    promised = [(box.since, box.until) for number, box in study.promises.boxes if number in group.key.sort.covers]
    since, until = min(s for s, _ in promised), max(u for _, u in promised)
    inside = sum(min(d.until, until) - max(d.first, since) for d in study.days if d.first < until and since < d.until)
    missing = sum(d.until - d.first for d in group.days)
    if not 0 < missing < inside:
        return
    days = wording.listed([wording.dates(d) for d in group.days])
    shown = witness(study, group.views[0], group.first)
    scenarios = tuple(study.views[v] for v in group.views)
    yield Finding(
        CODE, "error",
        text(f"承诺计费的日期内，以下日子没有资费：{days.zh}（{shown.place.zh}）",
             f"Promised days are left without a tariff: {days.en} ({shown.place.en})"),
        tuple(study.book.covers[n].at for n in group.key.sort.covers), shown, scenarios, ("days",),
        {"dates": [[d.isoformat() for d in span.dates] for span in group.days]},
    )  # fmt: skip


def _without_effect(study: Study) -> Iterator[Finding]:
    """Changes whose rules decide no call that there can be."""
    told: set[Position] = set()
    alive: set[Position] = set()
    changes: dict[Position, tuple[str, str]] = {}
    for view, scenario in enumerate(study.compiled.scenarios):
        live = live_rules(study, view)
        for label, change in scenario.changes:
            if change.unite is None:
                changes[change.at] = (label, study.views[view])
        for number, rule in enumerate(scenario.rules):
            moves = rule.parent < 0 or scenario.rules[rule.parent].pay != rule.pay
            if rule.change is not None and number in live and moves:
                alive.add(rule.change.at)
    for at, (label, view_) in changes.items():
        if at not in alive and at not in told:
            told.add(at)
            yield Finding(
                CODE, "warning",
                text(f"变更 {label} 不影响任何通话", f"The change {label} moves no call that there can be"),
                (at,), None, (view_,), (label,),
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


def _dated(study: Study) -> Iterator[tuple[str, DateOrName | None, dt.date | None, Position]]:
    """Everything in force from a day on, with the day on which it became known."""
    book = study.book
    for name, rule in book.rules.items():
        yield name, rule.from_, rule.known, rule.at
    for cover in book.covers:
        yield "covers", cover.from_, cover.known, cover.at
    for circle_name, circle in book.circles.items():
        for version in circle.versions:
            yield circle_name, version.from_, version.known, version.at
    seen: set[str] = set()
    for view in study.views:
        for member in view.split("+"):
            for scenario_name, scenario in lineage(book, member):
                if scenario_name in seen:
                    continue
                seen.add(scenario_name)
                for phase_name, phase in scenario.phases.items():
                    yield f"{scenario_name}:{phase_name}", phase.from_, phase.known, phase.at
                for rule_name, own in scenario.rules.items():
                    yield rule_name, own.from_, own.known, own.at
