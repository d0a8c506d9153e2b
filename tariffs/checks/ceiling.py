"""`ceiling`: the rule of 2009, that under a price ceiling at least one plan has the structure and units of the standard
tariff and every component no higher. It says "componentwise test passed", and nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from tariffs.checks import wording
from tariffs.checks.findings import Finding, text
from tariffs.checks.grouping import Group
from tariffs.checks.moves import Move, Moves
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import Leaves
from tariffs.checks.witnesses import witness
from tariffs.rating.explain import regime_on
from tariffs.rating.pricing import Priced

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
        failed = [g for g in Moves(study).groups(0, view) if _under_ceiling(study, g) and not _offered(study, view, g)]
        for group in failed:
            yield _finding(study, view, group)
        if not failed:
            yield Finding(
                CODE, "note",
                text(f"{study.views[view]}：逐项比较通过", f"{study.views[view]}: componentwise test passed"),
                scenarios=(study.views[view],), subject=("passed",),
            )  # fmt: skip


def _under_ceiling(study: Study, group: Group[Move]) -> bool:
    """Whether some tariff of the base is a ceiling on some of the days."""
    tariffs = study.compiled.scenarios[0].tariffs
    return any(
        regime is not None and regime == "ceiling"
        for days in group.days
        for name in group.key.old
        for day in (max(days.dates[0], RULE_OF),)
        if day < days.dates[1]
        for regime in (regime_on(tariffs[name], day),)
    )


def _offered(study: Study, view: int, group: Group[Move]) -> bool:
    """Whether a call of this kind can pay, under some plan or with or without some add-on, no more in any component."""
    first: Reached = group.first
    standard = _priced(study, 0, group.key.old)

    def within(leaves: Leaves) -> bool:
        one, two = (study.leaf(leaf) for leaf in leaves)
        return one.pay == group.key.old and two.pay is not None and _no_higher(_priced(study, view, two.pay), standard)

    walker = study.walker([0, view])
    nodes = walker.start(study.segments([0, view], first.days))
    situation = walker.group(frozenset({first.point.situation}))
    return walker.reaches(nodes, situation, frozenset(study.endpoints(first.days).access), within, {}) is not None


def _priced(study: Study, view: int, names: tuple[str, ...]) -> list[Priced]:
    pricing, tariffs = study.compiled.pricing, study.compiled.scenarios[view].tariffs
    return [pricing.items[pricing.number(name, tariffs[name])] for name in names]


def _no_higher(plan: list[Priced], standard: list[Priced]) -> bool:
    return len(plan) == len(standard) and all(_component(p, s) for p, s in zip(plan, standard, strict=True))


def _component(plan: Priced, standard: Priced) -> bool:
    """The same steps and units, and no price higher."""
    shape = [[(until, unit, len(prices)) for until, unit, prices in item.steps] for item in (plan, standard)]
    same = [(item.scheme, item.crossing, item.whole) for item in (plan, standard)]
    if shape[0] != shape[1] or same[0] != same[1]:
        return False
    pairs = [(plan.connection, standard.connection), (plan.minimum, standard.minimum)]
    for (_, _, mine), (_, _, its) in zip(plan.steps, standard.steps, strict=True):
        pairs += zip(mine, its, strict=True)
    capped = standard.maximum < 0 or 0 <= plan.maximum * standard.denominator <= standard.maximum * plan.denominator
    return capped and all(p * standard.denominator <= s * plan.denominator for p, s in pairs)


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
        {"service": move.service, "relation": move.relation_after, "pays": [list(move.old), list(move.new)]},
    )  # fmt: skip
