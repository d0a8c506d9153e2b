"""`provenance`: prices without source, inferences presented as facts, assumptions in use, sources nobody checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from tariffs.checks.dead import live_rules, live_tariffs
from tariffs.checks.findings import Finding, text
from tariffs.checks.study import Study
from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.values import Provenance, Source

CODE: Final = "provenance"
MEANING: Final = text(
    "价格没有来源，推断被当作事实，假设值未被替换，或来源久未核对",
    "A price has no source, an inference is presented as fact, an assumption is in use, or a source is long unchecked.",
)
STALE: Final = 365
"""Days after which a source should be looked at again."""


def examine(study: Study) -> Iterator[Finding]:
    """Findings about what decides prices: tariffs, rules, changes, parameters, sources."""
    tariffs = [study.compiled.pricing.items[n] for n in sorted(live_tariffs(study))]
    for priced in tariffs:
        yield from _tariff(priced.name, priced.tariff)
    yield from _rules(study)
    leaves = {r.leaves[0] for view in range(len(study.views)) for r in study.reached([view])}
    for used in study.compiled.assumed_by(leaves):
        if used.origin == "assumed" and used.assumption is not None:
            yield Finding(
                CODE, "note",
                text(f"使用假设值 {used.name} = {used.value}：{used.assumption.reason.zh}",
                     f"The assumed value {used.name} = {used.value} is in use: {used.assumption.reason.en}"),
                (used.assumption.at, used.parameter.at), subject=(used.name, "assumption"),
                data={"parameter": used.name, "value": used.value},
            )  # fmt: skip
    if study.today is not None:
        yield from _stale(study, study.today)


def _tariff(name: str, item: Tariff) -> Iterator[Finding]:
    if item.source:
        return
    marked = item.mark != "published"
    yield Finding(
        CODE, "note" if marked else "warning",
        text(f"资费 {name} 没有来源" + (f"（标注为 {item.mark}）" if marked else ""),
             f"The price {name} has no source" + (f" (marked {item.mark})" if marked else "")),
        (item.at,), subject=(name, "source"),
    )  # fmt: skip


def _rules(study: Study) -> Iterator[Finding]:
    """Rules and changes that say `published` and cite nothing."""
    told: set[int] = set()
    for view in range(len(study.views)):
        rules = study.rules(view)
        for number in sorted(live_rules(study, view)):
            rule = rules[number]
            item: Provenance | None = rule.change or rule.rule
            if item is None or id(item) in told or item.mark != "published" or item.source:
                continue
            told.add(id(item))
            name = rule.name.partition("/")[2] or rule.name
            yield Finding(
                CODE, "warning",
                text(f"规则 {name} 标注为已公布，却没有来源：推断不得当作事实",
                     f"The rule {name} is marked as published and cites nothing: an inference is no fact"),
                (item.at,), subject=(name, "fact"),
            )  # fmt: skip


def _stale(study: Study, today: dt.date) -> Iterator[Finding]:
    cited = _cited(study)
    for name, source in study.book.sources.items():
        if name in cited and source.checked is not None and (today - source.checked).days > STALE:
            yield _old(name, source, today)


def _old(name: str, source: Source, today: dt.date) -> Finding:
    assert source.checked is not None
    days = (today - source.checked).days
    return Finding(
        CODE, "warning",
        text(f"来源 {name} 上次核对于 {source.checked}，距今 {days} 天",
             f"The source {name} was last checked on {source.checked}, {days} days ago"),
        (source.at,), subject=(name, "checked"), data={"days": days},
    )  # fmt: skip


def _cited(study: Study) -> set[str]:
    """The sources that live tariffs and rules cite."""
    found = {s for n in live_tariffs(study) for s in study.compiled.pricing.items[n].tariff.source}
    for view in range(len(study.views)):
        rules = study.rules(view)
        for number in live_rules(study, view):
            for item in (rules[number].rule, rules[number].change):
                found |= set(item.source) if item is not None else set()
    return found
