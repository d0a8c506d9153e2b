"""`conflict`: a call that two rules price differently, neither of which overrides the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from tariffs.checks import wording
from tariffs.checks.domain import Situation
from tariffs.checks.findings import Finding, Severity, text
from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.study import Study
from tariffs.checks.walking import Leaves
from tariffs.checks.witnesses import witness
from tariffs.rating.derivation import EffectiveRule

CODE: Final = "conflict"
MEANING: Final = text(
    "一个通话符合两条结果不同的规则，且互不覆盖",
    "A call matches two rules with different outcomes, and neither overrides the other.",
)
Pair = tuple[EffectiveRule, EffectiveRule]


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each pair of rules that meet; a note where they agree on what the call pays."""
    found: Grouping[tuple[str, str]] = Grouping()
    pairs: dict[tuple[str, str], Pair] = {}
    for view in range(len(study.views)):
        rules = study.rules(view)
        for (leaf, _), reached in study.kinds(view, lambda leaf: len(leaf.on_top) > 1, _by_leaf):
            for one, two in combinations((rules[r] for r in study.leaf(leaf).on_top), 2):
                key = (f"{one.at}{one.name}", f"{two.at}{two.name}")
                pairs[key] = one, two
                found.add(key, view, reached)
    for group in found.groups():
        yield _finding(study, group, pairs[group.key])


def _by_leaf(leaves: Leaves, situations: frozenset[Situation]) -> Iterator[tuple[int, Situation]]:
    yield leaves[0], min(situations)


def _finding(study: Study, group: Group[tuple[str, str]], pair: Pair) -> Finding:
    one, two = pair
    differ = one.pay != two.pay
    shown = witness(study, group.views[0], group.first)
    days = wording.listed([wording.dates(d) for d in group.days])
    pays = [", ".join(rule.pay) for rule in pair]
    if differ:
        message = text(
            f"规则 {one.name}（{pays[0]}）与 {two.name}（{pays[1]}）对同一通话定价不同：{shown.place.zh}，{days.zh}",
            f"The rules {one.name} (pays {pays[0]}) and {two.name} (pays {pays[1]}) price one call differently: "
            f"{shown.place.en}, {days.en}",
        )
    else:
        message = text(
            f"规则 {one.name} 与 {two.name} 重复，均为 {pays[0]}：{shown.place.zh}，{days.zh}",
            f"The rules {one.name} and {two.name} both price a call, alike ({pays[0]}): {shown.place.en}, {days.en}",
        )
    data = {
        "rules": [one.name, two.name],
        "pays": [list(one.pay), list(two.pay)],
        "dates": [[d.isoformat() for d in span.dates] for span in group.days],
    }
    positions = (two.at, one.at)
    scenarios = tuple(study.views[v] for v in group.views)
    severity: Severity = "error" if differ else "note"
    return Finding(CODE, severity, message, positions, shown, scenarios, (one.name, two.name), data)
