"""`unit`: steps that are no multiple of their unit, prices finer than money, rounding that favours one side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from tariffs.checks.dead import live_tariffs
from tariffs.checks.domain import Days
from tariffs.checks.findings import Finding, Severity, text
from tariffs.checks.occurring import paid
from tariffs.checks.study import Study
from tariffs.rating.pricing import ENDLESS, QUANTITY, Priced, unit_of
from tariffs.rulebook.charges import Step
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import Quantity

CODE: Final = "unit"
MEANING: Final = text(
    "计费阶段不是计费单位的整数倍，价格细于最小货币单位，舍入偏向一方，或计费精度细于话单",
    "A step is no multiple of its unit, a price is finer than money, rounding favours one side, or the billed "
    "resolution is finer than the records.",
)


def examine(study: Study) -> Iterator[Finding]:
    """Findings about each tariff that some call pays; a note where no mapping of records was given."""
    numbers = sorted(live_tariffs(study))
    spans = paid(study) if any(_favours(study.compiled.pricing.items[number]) for number in numbers) else {}
    for number in numbers:
        priced = study.compiled.pricing.items[number]
        for (until, length, _), step in zip(priced.steps, priced.tariff.charge.all_steps, strict=True):
            if priced.whole:
                yield from _band(priced, step, until, length)
            else:
                yield from _multiple(priced, step)
        yield from _exact(study, priced)
        if _favours(priced) and _rounds(study, number, spans.get(number, study.days[:1])):
            yield from _one_sided(priced)
        yield from _resolution(study, priced)
    if study.mapping is None:
        yield Finding(
            CODE, "note",
            text("未给出含时长的话单映射（--map）：没有比较计费精度与话单精度",
                 "No mapping of records with durations was given (--map): nothing was compared with what is billed"),
            subject=("mapping",),
        )  # fmt: skip


def _found(priced: Priced, at: Position, severity: Severity, zh: str, en: str, what: str) -> Finding:
    positions = (at,) if at.line else (priced.tariff.at,)
    return Finding(CODE, severity, text(f"资费 {priced.name}：{zh}", f"{priced.name}: {en}"), positions,
                   subject=(priced.name, what))  # fmt: skip


def _multiple(priced: Priced, step: Step) -> Iterator[Finding]:
    unit = unit_of(step)
    if step.for_ is not None and step.for_.amount % unit.amount:
        yield _found(
            priced, step.at, "warning",
            f"阶段长 {step.for_}，不是计费单位 {unit} 的整数倍：最后一个单位被截断而仍付全价",
            f"a step of {step.for_} is no multiple of its unit {unit}: the last unit is cut short and costs a whole",
            "step",
        )  # fmt: skip


def _band(priced: Priced, step: Step, until: int, unit: int) -> Iterator[Finding]:
    """Steps that price whole calls cut no unit short, but the price may change within one."""
    if step.for_ is not None and until < ENDLESS and until % unit:
        yield _found(
            priced, step.at, "warning",
            f"价格在计费单位 {unit_of(step)} 之内变换档位：阶段累计长度不是单位的整数倍",
            f"a step that prices whole calls ends inside a unit of {unit_of(step)}: no multiple of it", "step",
        )  # fmt: skip


def _exact(study: Study, priced: Priced) -> Iterator[Finding]:
    """A note where a price is finer than money."""
    minor, charge = Fraction(study.book.rulebook.minor_unit), priced.tariff.charge
    prices = {Fraction(p, priced.denominator) for _, _, by_period in priced.steps for p in by_period}
    extras = {Fraction(p, priced.denominator) for p in (priced.connection, priced.minimum, max(priced.maximum, 0))}
    broken = sorted(price for price in prices if price % minor) or sorted(sum_ for sum_ in extras if sum_ % minor)
    if broken:
        yield _found(
            priced, charge.at, "note",
            f"价格 {broken[0]} 元不是 {study.book.rulebook.minor_unit} 元的整数倍，结果须舍入",
            f"a price of {broken[0]} yuan is no multiple of {study.book.rulebook.minor_unit}: the sum is rounded",
            "price",
        )  # fmt: skip


def _favours(priced: Priced) -> bool:
    """Whether rounding takes the same side every time."""
    rounding = priced.tariff.charge.rounding
    return rounding is not None and rounding.mode in ("up", "down")


def _one_sided(priced: Priced) -> Iterator[Finding]:
    rounding = priced.tariff.charge.rounding
    assert rounding is not None
    up = rounding.mode == "up"
    yield _found(
        priced, rounding.at, "warning",
        f"舍入方式总是有利于{'运营商' if up else '用户'}（{rounding.mode}）",
        f"its rounding always favours the {'operator' if up else 'customer'} ({rounding.mode})", "rounding",
    )  # fmt: skip


def _rounds(study: Study, number: int, spans: Sequence[Days]) -> bool:
    """Whether rounding changes what some call costs, of any length and from any start on days on which calls pay so."""
    prices, tariff = study.prices, study.compiled.tariff_at[number]
    return any(
        stairs.rounds()
        for days in spans
        for kind in prices.timelines.kinds([tariff], days)
        for event, until, following in kind.timeline.stretches
        for at in (event.at, *prices.timelines.breaks([tariff], event, following, event.at, until))
        for stairs in prices.stairs([tariff], kind.days.first, at)
    )


def _resolution(study: Study, priced: Priced) -> Iterator[Finding]:
    if study.mapping is None or priced.measure == QUANTITY or priced.resolution >= study.mapping:
        return
    billed, written = (Quantity(measure="time", amount=n) for n in (priced.resolution, study.mapping))
    yield _found(
        priced, priced.tariff.charge.billed.at, "warning",
        f"按 {billed} 计费，而话单只精确到 {written}", f"bills by {billed}, and the records tell only {written}",
        "resolution",
    )  # fmt: skip
