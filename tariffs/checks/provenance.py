"""`provenance`: prices without source, inferences presented as facts, assumptions in use, sources nobody checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from tariffs.checks.dead import live_rules, live_tariffs
from tariffs.checks.findings import Finding, text
from tariffs.checks.study import Study
from tariffs.rating.derivation import lineage
from tariffs.rulebook.charges import Subscription
from tariffs.rulebook.scenarios import Scenario
from tariffs.rulebook.values import Provenance, Source

CODE: Final = "provenance"
MEANING: Final = text(
    "价格没有来源，推断被当作事实，假设值未被替换，或来源久未核对",
    "A price has no source, an inference is presented as fact, nobody has replaced an assumption, or a source is long "
    "unchecked.",
)
STALE: Final = 365
"""Days after which a source should be looked at again, unless somebody says otherwise."""


def examine(study: Study) -> Iterator[Finding]:
    """Findings about what decides prices: tariffs, fees, rules, changes, phases, assumed values, sources."""
    tariffs = [study.compiled.pricing.items[n] for n in sorted(live_tariffs(study))]
    for priced in tariffs:
        yield from _price(f"资费 {priced.name}", f"The price {priced.name}", priced.name, priced.tariff)
    for name, subscription in _subscriptions(study):
        yield from _price(f"{name} 的月费", f"The fee of {name}", name, subscription)
    for name, item in _rules(study):
        yield from _fact(f"规则 {name}", f"The rule {name}", name, item)
    for name, phase in _phases(study):
        yield from _fact(f"阶段 {name} 的日期", f"The date of phase {name}", name, phase)
    leaves = {r.leaves[0] for view in range(len(study.views)) for r in study.reached([view])}
    for used in study.compiled.assumed_by(leaves):
        if used.origin == "assumed" and used.assumption is not None:
            yield Finding(
                CODE, "warning",
                text(f"假设值 {used.name} = {used.value} 尚未被替换：{used.assumption.reason.zh}",
                     f"Nobody has replaced the assumed value {used.name} = {used.value}: {used.assumption.reason.en}"),
                (used.assumption.at, used.parameter.at), subject=(used.name, "assumption"),
                data={"parameter": used.name, "value": used.value},
            )  # fmt: skip
    if study.today is not None:
        yield from _stale(study, study.today)


def _price(zh: str, en: str, name: str, item: Provenance) -> Iterator[Finding]:
    """A price that cites nothing, or an inference without its reasoning."""
    if not item.source:
        marked = item.mark != "published"
        yield Finding(
            CODE, "note" if marked else "warning",
            text(f"{zh} 没有来源" + (f"（标注为 {item.mark}）" if marked else ""),
                 f"{en} has no source" + (f" (marked {item.mark})" if marked else "")),
            (item.at,), subject=(name, "source"),
        )  # fmt: skip
    yield from _reasoned(zh, en, name, item)


def _fact(zh: str, en: str, name: str, item: Provenance) -> Iterator[Finding]:
    """What is marked as published and cites nothing, or an inference without its reasoning."""
    if item.mark == "published" and not item.source:
        yield Finding(
            CODE, "warning",
            text(f"{zh} 标注为已公布，却没有来源：推断不得当作事实",
                 f"{en} is marked as published and cites nothing: an inference is no fact"),
            (item.at,), subject=(name, "fact"),
        )  # fmt: skip
    yield from _reasoned(zh, en, name, item)


def _reasoned(zh: str, en: str, name: str, item: Provenance) -> Iterator[Finding]:
    """An inference says from what it is reasoned; that of a date that is a parameter stands with the assumed value."""
    named = isinstance(getattr(item, "from_", None), str)
    if item.mark == "inference" and not item.note and not named:
        yield Finding(
            CODE, "warning",
            text(f"{zh} 标注为推断，却没有写明推理（note）：无从与事实区分",
                 f"{en} is marked as an inference, and no `note` says from what: nobody can tell it from a fact"),
            (item.at,), subject=(name, "inference"),
        )  # fmt: skip


def _scenarios(study: Study) -> list[Scenario]:
    """The scenarios that are examined, with their bases, each once."""
    names = [name for label in study.views for member in label.split("+") for name, _ in lineage(study.book, member)]
    return [study.book.scenarios[name] for name in dict.fromkeys(names)]


def _subscriptions(study: Study) -> Iterator[tuple[str, Subscription]]:
    """Plans and add-ons with a fee."""
    items: list[tuple[str, Subscription]] = [*study.book.plans.items(), *study.book.options.items()]
    for scenario in _scenarios(study):
        items += scenario.options.items()
    return ((name, item) for name, item in items if item.fee is not None)


def _rules(study: Study) -> Iterator[tuple[str, Provenance]]:
    """The rules and changes that decide what some call pays, each once."""
    told: set[int] = set()
    for view in range(len(study.views)):
        rules = study.rules(view)
        for number in sorted(live_rules(study, view)):
            rule = rules[number]
            item: Provenance | None = rule.change or rule.rule
            if item is not None and id(item) not in told:
                told.add(id(item))
                yield rule.name.rpartition("/")[2], item


def _phases(study: Study) -> Iterator[tuple[str, Provenance]]:
    for scenario in _scenarios(study):
        yield from scenario.phases.items()


def _stale(study: Study, today: dt.date) -> Iterator[Finding]:
    """Sources in use that nobody has checked, or not for so many days; the latest check of what cites them counts."""
    cited = _cited(study)
    for name, source in study.book.sources.items():
        if name not in cited:
            continue
        checks = [day for day in (source.checked, *cited[name]) if day is not None]
        days = (today - max(checks)).days if checks else None
        if days is None or days > study.stale:
            yield _old(name, source, max(checks, default=None), days)


def _old(name: str, source: Source, checked: dt.date | None, days: int | None) -> Finding:
    if checked is None:
        message = text(f"来源 {name} 没有写明何时核对过（checked）", f"Nobody says when the source {name} was checked")
    else:
        message = text(f"来源 {name} 上次核对于 {checked}，距今 {days} 天",
                       f"The source {name} was last checked on {checked}, {days} days ago")  # fmt: skip
    return Finding(CODE, "warning", message, (source.at,), subject=(name, "checked"), data={"days": days})


def _cited(study: Study) -> dict[str, list[dt.date | None]]:
    """The sources that decide prices, each with the days on which what cites it was compared with it."""
    items: list[Provenance] = [study.compiled.pricing.items[n].tariff for n in live_tariffs(study)]
    items += [item for _, item in (*_subscriptions(study), *_rules(study), *_phases(study))]
    for view in range(len(study.views)):
        rules = study.rules(view)
        items += [rule for number in live_rules(study, view) if (rule := rules[number].rule) is not None]
    found: dict[str, list[dt.date | None]] = {}
    for item in items:
        for name in item.source:
            found.setdefault(name, []).append(item.checked)
    return found
