"""`dead`: rules, steps, rate periods, prefixes and add-ons that never decide anything, for any call on any date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tariffs.checks.findings import Finding, text
from tariffs.checks.occurring import periods_met
from tariffs.checks.prefixes import Prefixes
from tariffs.checks.study import Study
from tariffs.checks.walking import Leaves, Point
from tariffs.rating.derivation import EffectiveRule
from tariffs.rating.diagram import FIRST_OPTION
from tariffs.rating.kernel import rounded
from tariffs.rating.pricing import QUANTITY
from tariffs.rulebook.values import Item

CODE: Final = "dead"
MEANING: Final = text(
    "规则、计费阶段、计费时段、号码前缀或叠加包对任何日期的任何通话都不起作用",
    "A rule, step, rate period, prefix or add-on decides nothing, for any call on any date.",
)


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each thing that is never on top, under none of the scenarios."""
    yield from _rules(study)
    yield from _steps(study)
    yield from _periods(study)
    yield from _prefixes(study)
    yield from _options(study)


def _dead(zh: str, en: str, at: Item | EffectiveRule, *subject: str) -> Finding:
    return Finding(CODE, "warning", text(zh, en), (at.at,), subject=subject)


def live_rules(study: Study, view: int) -> set[int]:
    """The rules of a view that are on top for some call."""
    return {rule for reached in study.reached([view]) for rule in study.leaf(reached.leaves[0]).on_top}


def live_tariffs(study: Study) -> set[int]:
    """The compiled tariffs that some call pays under some view."""
    pricing, scenarios = study.compiled.pricing, study.compiled.scenarios
    views = range(len(study.views))
    return {pricing.number(n, scenarios[view].tariffs[n]) for view in views for n in study.paid_under(view)}


def _rules(study: Study) -> Iterator[Finding]:
    """Rules as written; one that a change derives stands for the rule, and for the change, which `date` looks at."""
    alive: set[tuple[str, str]] = set()
    written: dict[tuple[str, str], tuple[str, EffectiveRule]] = {}
    for view in range(len(study.views)):
        rules = study.rules(view)
        for number in live_rules(study, view):
            while rules[number].parent >= 0:
                number = rules[number].parent
            alive.add((rules[number].scenario, rules[number].name))
        for rule in rules:
            if rule.change is None and rule.rule is not None:
                written[rule.scenario, rule.name] = (rule.name, rule)
    for key, (name, rule) in written.items():
        if key not in alive:
            yield _dead(
                f"规则 {name} 对任何通话都不起作用：没有这样的通话，或总被其他规则覆盖",
                f"The rule {name} prices no call: there is no such call, or other rules always override it",
                rule, name,
            )  # fmt: skip


def _steps(study: Study) -> Iterator[Finding]:
    """Steps that no call up to the longest, or the most that a record may count, is billed in, as its tariff rounds."""
    for number in sorted(live_tariffs(study)):
        priced = study.compiled.pricing.items[number]
        longest = study.prices.most(study.compiled.tariff_at[number])
        begins, most = 0, rounded(longest, priced.resolution, priced.fraction) * priced.resolution
        for step, (until, _, _) in zip(priced.tariff.charge.all_steps, priced.steps, strict=True):
            least = (begins // priced.resolution + 1) * priced.resolution
            if least > (min(until, most) if priced.whole else most):
                counted = priced.measure == QUANTITY
                zh, en = ("", "") if counted else (" 秒", " s")
                at = begins if counted else begins // 1_000_000
                yield _dead(
                    f"资费 {priced.name} 的一个阶段从 {at}{zh}开始，没有通话计费到该阶段",
                    f"A step of {priced.name} begins at {at}{en}, and no call is billed in it",
                    step if step.at.line else priced.tariff, priced.name,
                )  # fmt: skip
            begins = until


def _periods(study: Study) -> Iterator[Finding]:
    """Rate periods that no unit of any call falls into; of schemes that no tariff is priced by, nothing is said."""
    for scheme, met in periods_met(study).items():
        for number, name in enumerate(study.compiled.pricing.periods.names[scheme]):
            if number not in met:
                yield _dead(
                    f"没有任何通话落在计费时段 {scheme} 的 {name}",
                    f"No call is ever in the rate period {name} of {scheme}",
                    study.book.periods[scheme].periods[name], scheme, name,
                )  # fmt: skip


def _prefixes(study: Study) -> Iterator[Finding]:
    """Entries of the numbering plan and rows of its tables that no number can reach."""
    prefixes = Prefixes(study)
    for item, digits in prefixes.unreached():
        yield _dead(
            f"号码前缀 {digits} 没有任何号码可达：更长或更早的前缀占用了全部号码，或从不生效",
            f"No number reaches the prefix {digits}: longer or earlier entries take them all, or it is never in force",
            item, digits,
        )  # fmt: skip
    for path, reason, rows in prefixes.rows():
        at, why = [study.book.row_at(path, row) for row in rows], WHY[reason]
        yield Finding(
            CODE, "warning",
            text(f"{path} 中有 {len(at)} 行对任何号码都不起作用：{why.zh}",
                 f"Rows of {path} that say nothing of any number: {len(at)}; {why.en}"),
            tuple(at[:MOST_SHOWN]), subject=(path, reason), data={"lines": [position.line for position in at]},
        )  # fmt: skip


MOST_SHOWN: Final = 20
"""Rows of a table that are shown with a finding; `lines` has them all."""
WHY: Final = {
    "repeated": text("与前面的行重复", "they repeat earlier rows"),
    "covered": text("更长或更早的前缀占用了全部号码", "longer or earlier prefixes take all numbers"),
    "no-number": text("编号计划中从来没有这样的号码", "the numbering plan has no such numbers on any day"),
}


def _options(study: Study) -> Iterator[Finding]:
    vocabulary = study.compiled.vocabulary
    effective = {i for view in range(len(study.views)) for i in _effective(study, view)}
    visible = set(study.book.options)
    for label in study.views:
        for member in label.split("+"):
            name: str | None = member
            while name is not None:
                visible |= set(study.book.scenarios[name].options)
                name = study.book.scenarios[name].base
    for number, name in enumerate(vocabulary.options):
        item = vocabulary.option_items[name]
        if number in effective or name not in visible or item.allowances or item.discount or item.cap is not None:
            continue
        yield _dead(
            f"叠加包 {name} 不影响任何通话的价格",
            f"The add-on {name} changes the price of no call",
            item, name,
        )  # fmt: skip


def _effective(study: Study, view: int) -> Iterator[int]:
    """The add-ons that, held or not, make some call pay something else."""
    diagram = study.compiled.diagram
    both = study.walker([view, view])
    answers: dict[object, Point | None] = {}
    told: set[int] = set()
    for node, group, access in study.passed(view):
        number = diagram.dimension[node] - FIRST_OPTION
        if 0 <= number < len(study.compiled.vocabulary.options) and number not in told:
            base = diagram.base[node]
            twice = both.group(frozenset(s._replace(classes=s.classes * 2) for s in group))
            ways = (diagram.child[base], diagram.child[base + 1])
            if both.reaches(ways, twice, access, lambda leaves: _differ(study, leaves), answers) is not None:
                told.add(number)
                yield number


def _differ(study: Study, leaves: Leaves) -> bool:
    one, two = (study.leaf(leaf).pay for leaf in leaves)
    return one != two
