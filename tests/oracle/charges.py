"""What one component of a call costs: walked unit by unit, in Fractions."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tariffs.rulebook.charges import Charge, Rounding, Step, Tariff
from tests.oracle.periods import rate_period
from tests.oracle.world import World

SECOND = 1_000_000


@dataclass(frozen=True)
class Component:
    """`amount` in yuan after the one rounding, `exact` before it; `prices`: the price of each unit, in order."""

    amount: Fraction
    exact: Fraction
    units: int
    billed: int
    prices: tuple[Fraction, ...]


def charge_component(world: World, tariff: Tariff, start: dt.datetime, used: Fraction) -> Component | None:
    """The charge of a use of `used` (microseconds, messages or bytes) from `start` (wall clock); None: not chargeable.

    Raises CalendarEndedError.
    """
    charge = tariff.charge
    billed = billed_amount(tariff, used)
    if billed == 0 and charge.zero == "not-chargeable":
        return None
    prices: list[Fraction] = []
    for step, step_start, step_end in stretches(tariff, billed):
        position = step_start
        while position < step_end and position < billed:
            prices.append(unit_price(world, tariff, step, start, position))
            position += unit_length(step)
    exact = bounded(world, charge, sum(prices, Fraction(0)))
    return Component(rounded(exact, charge.rounding), exact, len(prices), billed, tuple(prices))


def bounded(world: World, charge: Charge, units: Fraction) -> Fraction:
    """The sum of the units with the price of the connection, no less than the minimum and no more than the maximum."""
    if charge.connection is not None:
        units += world.price(charge.connection)
    if charge.minimum is not None:
        units = max(units, world.price(charge.minimum))
    if charge.maximum is not None:
        units = min(units, world.price(charge.maximum))
    return units


def stretches(tariff: Tariff, billed: int) -> list[tuple[Step, int, float]]:
    """Each step with the part `[from, until)` of a use that it prices; one step prices all of it, or each its own."""
    charge = tariff.charge
    found: list[tuple[Step, int, float]] = []
    begins = 0
    for step in charge.all_steps[:-1]:
        assert step.for_ is not None
        found.append((step, begins, begins + step.for_.amount))
        begins += step.for_.amount
    found.append((charge.all_steps[-1], begins, math.inf))
    if charge.steps_apply == "whole-call":
        # The last tick of the use lies in one of the steps; that one counts from the beginning.
        return [(step, 0, math.inf) for step, first, until in found if first < billed <= until]
    return found


def billed_amount(tariff: Tariff, used: Fraction) -> int:
    """The use in whole ticks of the billed resolution, in microseconds, messages or bytes."""
    billed = tariff.charge.billed
    tick = billed.resolution.amount if billed.resolution is not None else (SECOND if measure(tariff) == "time" else 1)
    ticks = Fraction(used) / tick
    match billed.fraction:
        case "up":
            return math.ceil(ticks) * tick
        case "down":
            return math.floor(ticks) * tick
        case "half-up":
            return math.floor(ticks + Fraction(1, 2)) * tick


def measure(tariff: Tariff) -> Literal["time", "message", "volume"]:
    for step in tariff.charge.all_steps:
        for quantity in (step.for_, step.per, step.billed_by):
            if quantity is not None:
                return quantity.measure
    raise AssertionError("a step counts something")


def unit_length(step: Step) -> int:
    quantity = step.billed_by or step.per or step.for_
    assert quantity is not None
    return quantity.amount


def unit_price(world: World, tariff: Tariff, step: Step, start: dt.datetime, position: int) -> Fraction:
    """The price of the unit that starts `position` after the call's start."""
    price = step.price
    if tariff.charge.periods is not None:
        moment = start
        if world.crossing(tariff) == "each-unit" and measure(tariff) == "time":
            moment = start + dt.timedelta(microseconds=position)
        period = rate_period(world.book.periods[tariff.charge.periods], world.book.calendar, moment)
        price = price[period] if isinstance(price, dict) else price
    assert not isinstance(price, dict)
    quoted_for = step.per or step.for_
    assert quoted_for is not None
    return world.price(price) * unit_length(step) / quoted_for.amount


def rounded(amount: Fraction, rounding: Rounding | None) -> Fraction:
    """To a multiple of `to` yuan; as it is where the tariff declares no rounding."""
    if rounding is None or rounding.to == 0:
        return amount
    step = Fraction(rounding.to)
    whole, rest = divmod(amount, step)
    if rounding.mode == "up":
        whole += rest > 0
    elif rounding.mode == "half-up":
        whole += rest * 2 >= step
    elif rounding.mode == "half-even":
        whole += rest * 2 > step or (rest * 2 == step and whole % 2 == 1)
    return whole * step
