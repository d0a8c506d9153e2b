"""`ceiling`: the rule of 2009, that under a price ceiling at least one plan has the structure and units of the standard
tariff and every component no higher. It says "componentwise test passed", and nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final

from tariffs.checks import wording
from tariffs.checks.domain import Days
from tariffs.checks.findings import Finding, text
from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.moves import Move, Moves
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import Leaves, Point
from tariffs.checks.witnesses import PLAN, witness
from tariffs.rating.explain import regime_on
from tariffs.rating.pricing import Priced
from tariffs.rulebook.charges import Tariff

CODE: Final = "ceiling"
MEANING: Final = text(
    "价格上限期间，没有一个方案与标准资费结构和单位相同且各组成部分均不高于标准",
    "Under a price ceiling no plan has the structure and units of the standard tariff with every component no higher.",
)
RULE_OF: Final = dt.date(2009, 11, 24)
"""From this day an operator may price freely below a ceiling, if one plan stays component by component below it."""


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each kind of call that pays a ceiling tariff and is offered no such plan; a note where none is."""
    for view in range(1, len(study.views)):
        moves, found = Moves(study), Grouping[Move]()
        for reached in _without_plan(study, view, moves):
            found.add(moves.move(0, view, reached), view, reached)
        failed = list(found.groups())
        for group in failed:
            yield _finding(study, view, group)
        if not failed:
            yield Finding(
                CODE, "note",
                text(f"{study.views[view]}：逐项比较通过", f"{study.views[view]}: componentwise test passed"),
                scenarios=(study.views[view],), subject=("passed",),
            )  # fmt: skip


def _without_plan(study: Study, view: int, moves: Moves) -> Iterator[Reached]:
    """Calls that pay something else in place of a ceiling price, and under no plan, with or without any add-on, pay no
    more than it in every part.
    """
    walker, bounded = study.walker([0, view]), _under_ceiling(study)
    found: dict[State, list[tuple[Leaves, Point]]] = {}
    answers: dict[object, Point | None] = {}
    for days in study.days:
        ceilings = bounded(days)
        if not ceilings:
            continue
        known = study.situations(study.all_pairs([0, view], days), days)
        nodes = walker.start(study.segments([0, view], days))
        access = frozenset(study.endpoints(days).access)
        for situation in sorted(known):
            key = (nodes, walker.group(frozenset({situation})), access)
            if key not in found:
                moved = walker.reaches(*key, moves.moved, answers) is not None
                found[key] = list(_failing(study, view, moves, key)) if moved else []
            for leaves, point in found[key]:
                if ceilings & set(study.leaf(leaves[0]).pay or ()):
                    yield Reached(leaves, days, point, known[situation])


State = tuple[tuple[int, ...], int, frozenset[int]]
"""Nodes, the number of a group of situations, access codes: where a walk begins."""


def _failing(study: Study, view: int, moves: Moves, start: State) -> Iterator[tuple[Leaves, Point]]:
    """The leaves of calls that move and whatever plan and add-ons they have pay more in some part, with a way."""
    walker, (nodes, group, access) = study.walker([0, view]), start
    for front, values in walker.above(nodes, group, access, PLAN):
        ways = list(walker.leaves(front, group, access))
        if any(moves.moved(leaves) for leaves, _ in ways):
            offered = {study.leaf(leaves[0]).pay for leaves, _ in ways if _is_within(study, view, leaves)}
            for leaves, way in ways:
                if moves.moved(leaves) and study.leaf(leaves[0]).pay not in offered:
                    yield leaves, Point(way.situation, (*values, *way.values))


def _under_ceiling(study: Study) -> Callable[[Days], set[str]]:
    """The tariffs of the base whose price is a ceiling on some of the days."""
    tariffs = study.compiled.scenarios[0].tariffs

    def bounded(days: Days) -> set[str]:
        first, until = max(days.dates[0], RULE_OF), days.dates[1]
        return {name for name, tariff in tariffs.items() if any(d < until for d in _ceiling_days(tariff, first, until))}

    return bounded


def _ceiling_days(tariff: Tariff, first: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Days on which the price of a tariff is a ceiling: the first, and those on which it becomes one."""
    turns = (regime.from_ for regime in tariff.regime if regime.from_ is not None)
    for day in (first, *(turn for turn in turns if first < turn < until)):
        if regime_on(tariff, day) == "ceiling":
            yield day


def _is_within(study: Study, view: int, leaves: Leaves) -> bool:
    """Whether what calls of a leaf of a view pay is in no part above what those of a leaf of the base do."""
    standard, plan = (study.leaf(leaf).pay for leaf in leaves)
    if standard is None or plan is None:
        return False
    return _no_higher(_priced(study, view, plan), _priced(study, 0, standard))


def _priced(study: Study, view: int, names: tuple[str, ...]) -> list[Priced]:
    pricing, tariffs = study.compiled.pricing, study.compiled.scenarios[view].tariffs
    return [pricing.items[pricing.number(name, tariffs[name])] for name in names]


def _no_higher(plan: list[Priced], standard: list[Priced]) -> bool:
    return len(plan) == len(standard) and all(_component(p, s) for p, s in zip(plan, standard, strict=True))


def _component(plan: Priced, standard: Priced) -> bool:
    """The same structure and units, and no price higher."""
    if _structure(plan) != _structure(standard):
        return False
    pairs = [(plan.connection, standard.connection), (plan.minimum, standard.minimum)]
    for (_, _, mine), (_, _, its) in zip(plan.steps, standard.steps, strict=True):
        pairs += zip(mine, its, strict=True)
    capped = standard.maximum < 0 or 0 <= plan.maximum * standard.denominator <= standard.maximum * plan.denominator
    return capped and all(p * standard.denominator <= s * plan.denominator for p, s in pairs)


def _structure(item: Priced) -> object:
    """Steps, units, rate periods, what is billed and how it is rounded: all but the prices."""
    return (
        [(until, unit, len(prices)) for until, unit, prices in item.steps], item.whole, item.scheme, item.crossing,
        item.measure, item.resolution, item.fraction, item.charges_zero, item.rounding, item.rounded_to,
    )  # fmt: skip


def _finding(study: Study, view: int, group: Group[Move]) -> Finding:
    move = group.key
    old, new = " + ".join(move.old), " + ".join(move.new)
    days = wording.listed([wording.dates(d) for d in group.days])
    relation = wording.RELATION[move.relation_after]
    tariffs = [study.compiled.scenarios[v].tariffs[n] for v, names in ((view, move.new), (0, move.old)) for n in names]
    return Finding(
        CODE, "warning",
        text(f"{move.service}（{relation.zh}）在 {study.views[view]} 下改付 {new}，"
             f"没有方案与上限资费 {old} 结构相同且逐项不高，{days.zh}",
             f"{move.service} ({relation.en}) pays {new} under {study.views[view]}, and no plan has the structure of "
             f"the ceiling tariff {old} with every component no higher, {days.en}"),
        tuple(dict.fromkeys(t.at for t in tariffs)), witness(study, view, group.first), (study.views[view],),
        tuple(dict.fromkeys((move.service, move.relation_after, *move.old, *move.new))),
        {"service": move.service, "access": list(move.access), "relation": move.relation_after,
         "roaming": move.roaming, "pays": [list(move.old), list(move.new)]},
    )  # fmt: skip
