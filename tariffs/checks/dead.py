"""`dead`: rules, steps, rate periods, prefixes and add-ons that never decide anything, for any call on any date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tariffs.checks.findings import Finding, text
from tariffs.checks.study import Study
from tariffs.checks.walking import Leaves, Point
from tariffs.rating.conditions import FOREVER
from tariffs.rating.derivation import EffectiveRule
from tariffs.rating.diagram import FIRST_OPTION
from tariffs.rating.kernel import rounded
from tariffs.rating.pricing import QUANTITY
from tariffs.rulebook.numbers import (
    AccessCode,
    AreaCode,
    CountryCode,
    Exchange,
    MobileRange,
    Numbering,
    SpecialService,
)
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
    found = set()
    for view in range(len(study.views)):
        tariffs = study.compiled.scenarios[view].tariffs
        for reached in study.reached([view]):
            for name in study.leaf(reached.leaves[0]).pay or ():
                found.add(study.compiled.pricing.number(name, tariffs[name]))
    return found


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
    """Steps that no call up to the longest is billed in, as its tariff rounds what is billed."""
    longest = study.book.rulebook.longest_call.amount
    for number in sorted(live_tariffs(study)):
        priced = study.compiled.pricing.items[number]
        if priced.measure == QUANTITY:
            continue
        begins, most = 0, rounded(longest, priced.resolution, priced.fraction) * priced.resolution
        for step, (until, _, _) in zip(priced.tariff.charge.all_steps, priced.steps, strict=True):
            least = (begins // priced.resolution + 1) * priced.resolution
            if least > (min(until, most) if priced.whole else most):
                yield _dead(
                    f"资费 {priced.name} 的一个阶段从 {begins // 1_000_000} 秒开始，没有通话计费到该阶段",
                    f"A step of {priced.name} begins at {begins // 1_000_000} s, and no call is billed in it",
                    step if step.at.line else priced.tariff, priced.name,
                )  # fmt: skip
            begins = until


def _periods(study: Study) -> Iterator[Finding]:
    """Rate periods that no second of any day falls into."""
    tables = study.compiled.pricing.periods
    for scheme, rows in tables.day_rows.items():
        met = {period for row in set(rows) if row >= 0 for _, period in tables.rows[row]}
        for number, name in enumerate(tables.names[scheme]):
            if number not in met:
                yield _dead(
                    f"计费时段 {scheme} 的 {name} 在任何一天都不出现",
                    f"The rate period {name} of {scheme} comes on no day",
                    study.book.periods[scheme].periods[name], scheme, name,
                )  # fmt: skip


def _prefixes(study: Study) -> Iterator[Finding]:
    """Entries of the numbering plan that no number can reach, because longer ones or earlier ones take them all."""
    for item, prefix, ways in _items(study.book.numbering):
        if not _reachable(study, item, ways):
            yield _dead(
                f"号码前缀 {prefix} 没有任何号码可达：更长或更早的前缀占用了全部号码",
                f"No number reaches the prefix {prefix}: longer or earlier entries take them all",
                item, prefix,
            )  # fmt: skip


Entry = AreaCode | Exchange | MobileRange | SpecialService | AccessCode | CountryCode


def _items(plan: Numbering) -> Iterator[tuple[Entry, str, tuple[str, ...]]]:
    """The entries as written: each with its digits, and the digits by which it may be dialled."""
    national = (plan.trunk, plan.international + plan.country_code)
    for area in plan.areas:
        yield area, area.code, tuple(way + area.code for way in national)
    for exchange in plan.exchanges:
        digits = exchange.area + exchange.prefix
        yield exchange, digits, tuple(way + digits for way in national)
    for mobile in plan.mobile:
        yield mobile, mobile.prefix, tuple(way + mobile.prefix for way in ("", *national))
    for special in plan.special:
        yield special, special.prefix, (special.prefix,)
    for access in plan.access:
        yield access, access.code, (access.code,)
    for country in plan.countries:
        yield country, plan.international + country.code, (plan.international + country.code,)


def _reachable(study: Study, item: Entry, ways: tuple[str, ...]) -> bool:
    numbers, a = study.numbers, study.numbers.automaton
    days = (study.compiled.values.date(day, item.at) for day in (item.from_, item.until))
    since, until = (None if day is None else day.toordinal() for day in days)
    first, end = -FOREVER if since is None else since, FOREVER if until is None else until
    spans = [d for d in study.days if first < d.until and d.first < end]
    if not spans:
        return False
    for way in ways:
        node = a.find(a.start, way)
        for entry in numbers.chain(node):
            inside = first <= a.since[entry] and a.until[entry] <= end
            if inside and any(numbers.number(entry, d.first) is not None for d in spans):
                return True
    return False


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
