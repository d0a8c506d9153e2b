"""Charges in words: steps, units, rate periods, fees, rounding, regime."""

from __future__ import annotations

from decimal import Decimal

from tariffs.cli.plain import Plain
from tariffs.rulebook.charges import Billed, Charge, Period, PeriodScheme, Step, Tariff
from tariffs.rulebook.values import Quantity
from tariffs.terms import CROSSING, DAY_TYPE, FRACTION, REGIME, ROUNDING, WEEKDAY


def charge(plain: Plain, charge: Charge) -> list[str]:
    """What a charge says: the steps in one sentence, then a line for each further provision."""
    _ = plain.words.gettext
    lines = [_steps(plain, charge)]
    if charge.connection is not None:
        lines.append(_("for the connection: {price}").format(price=plain.price(charge.connection)))
    if charge.minimum is not None:
        lines.append(_("at least {price}").format(price=plain.price(charge.minimum)))
    if charge.maximum is not None:
        lines.append(_("at most {price}").format(price=plain.price(charge.maximum)))
    if charge.zero == "charge":
        lines.append(_("an answered call of no duration is charged too"))
    if charge.crossing is not None:
        lines.append(_(CROSSING[charge.crossing]) if charge.crossing in CROSSING else _crossing(plain, charge.crossing))
    lines += _billed(plain, charge.billed)
    if charge.rounding is not None:
        lines.append(_(ROUNDING[charge.rounding.mode]).format(to=charge.rounding.to))
    return lines


def tariff(plain: Plain, tariff: Tariff) -> list[str]:
    """A tariff: its charge, and what regulators record of it."""
    _ = plain.words.gettext
    lines = charge(plain, tariff.charge)
    for regime in tariff.regime:
        lines.append(plain.words.aside(_(REGIME[regime.is_]), plain.interval(regime.from_, None)))
    if tariff.filing:
        lines.append(_("filing number: {number}").format(number=tariff.filing))
    if tariff.plan_code:
        lines.append(_("plan code: {code}").format(code=tariff.plan_code))
    if tariff.charge.periods is not None:
        lines += scheme(plain, plain.book.periods[tariff.charge.periods])
    return lines + plain.provenance(tariff)


def scheme(plain: Plain, scheme: PeriodScheme) -> list[str]:
    """A line for each rate period: when it holds."""
    periods = scheme.periods.values()
    return [plain.words.colon(plain.words.text(period.name), _period(plain, period)) for period in periods]


def _period(plain: Plain, period: Period) -> str:
    _ = plain.words.gettext
    if period.otherwise:
        return _("the rest of the time")
    days = [_(DAY_TYPE[day]) for day in period.days] + [_(WEEKDAY[day]) for day in period.weekdays]
    parts = [plain.words.join(days) if days else _("every day"), plain.words.join(list(period.clock)) or _("all day")]
    return " ".join(parts)


def _steps(plain: Plain, charge: Charge) -> str:
    if all(step.price == Decimal(0) for step in charge.all_steps):
        return plain.words.gettext("free of charge")
    if charge.steps_apply == "whole-call":
        return _by_length(plain, charge)
    steps = [_step(plain, step, charge, first=not number) for number, step in enumerate(charge.all_steps)]
    if len(steps) == 1:
        return steps[0]
    last = plain.words.gettext("then {step}").format(step=steps[-1])
    return plain.words.gettext("; ").join([*steps[:-1], last])


def _by_length(plain: Plain, charge: Charge) -> str:
    """Steps of which one prices the whole call: up to which length each."""
    _ = plain.words.gettext
    lengths = [step.for_ for step in charge.steps[:-1] if step.for_ is not None]
    parts = []
    for number, step in enumerate(charge.steps):
        price = _("{price} for all of it").format(price=_price(plain, step, charge))
        if step.per is not None:
            price = _step(plain, step.model_copy(update={"for_": None}), charge, first=False)
        if number < len(lengths):
            until = Quantity(measure=lengths[0].measure, amount=sum(length.amount for length in lengths[: number + 1]))
            parts.append(_("up to {length}, {price}").format(length=plain.quantity(until), price=price))
        else:
            parts.append(_("above that, {price}").format(price=price))
    return _("one price for the whole, by its length or amount: {prices}").format(prices=_("; ").join(parts))


def _step(plain: Plain, step: Step, charge: Charge, *, first: bool) -> str:
    _ = plain.words.gettext
    price = _price(plain, step, charge)
    if step.per is None:
        assert step.for_ is not None  # a step has one of the two
        if step.price == Decimal(0):
            return _("{length} free of charge").format(length=plain.quantity(step.for_))
        block = _("the first {length} as one block: {price}") if first else _("the next {length} as one block: {price}")
        return block.format(length=plain.unit(step.for_), price=price)
    text = _("{price} for each started {unit}").format(price=price, unit=plain.unit(step.per))
    if step.billed_by is not None and step.billed_by != step.per:
        text = _("{price} for {unit}, charged by each started {part}").format(
            price=price, unit=plain.quantity(step.per), part=plain.unit(step.billed_by)
        )
    if step.for_ is not None:
        text = _("for {length} {price}").format(length=plain.quantity(step.for_), price=text)
    return text


def _price(plain: Plain, step: Step, charge: Charge) -> str:
    if not isinstance(step.price, dict):
        return plain.price(step.price)
    periods = plain.book.periods[charge.periods].periods if charge.periods in plain.book.periods else {}
    return plain.words.join(
        [
            plain.words.aside(plain.price(price), plain.words.text(periods[name].name) if name in periods else name)
            for name, price in step.price.items()
        ]
    )


def _crossing(plain: Plain, parameter: str) -> str:
    _ = plain.words.gettext
    value = plain.value(parameter)
    if value is None:
        return plain.valued(parameter)
    said = _(CROSSING[plain.parameters[parameter].choices.get(value, value)])
    return plain.words.aside(said, plain.mark(parameter))


def _billed(plain: Plain, billed: Billed) -> list[str]:
    _ = plain.words.gettext
    lines = []
    if billed.duration == "seizure":
        lines.append(_("the time from seizure to release is billed, not the conversation"))
    if billed.resolution is not None:
        unit = plain.quantity(billed.resolution)
        lines.append(
            _("billed to {unit}; {fraction}").format(unit=unit, fraction=_(FRACTION[billed.fraction]).format(unit=unit))
        )
    return lines
