"""Goal seek: which price reaches a target, all else fixed. Prices are whole steps of a grid (0.01 yuan).

Where every bill is a straight line a + b·p the answers are exact and quick. Where rounding, a maximum, an allowance or
demand bends it, every price of the grid is tried and all intervals that satisfy the target are given. That no price
does is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.values import Name

STEP: Final = 10_000
"""The grid, in micro-yuan: 0.01 yuan."""

Interval = tuple[int, int]
"""The first and the last price of an interval, in steps of the grid."""


Micro = int | Fraction
"""Micro-yuan."""


@dataclass(frozen=True)
class Neutral:
    """Where revenue equals the base's. `exact`: the price in yuan, by a straight line (None: it has none);
    `neighbours`: the grid prices around it (in steps) with the yuan that revenue then exceeds the base's by."""

    exact: Fraction | None
    neighbours: tuple[tuple[int, Fraction], ...]


def at_most_worse(a: Any, b: Any, base: Any, weights: Any, target: Fraction, grid: Interval) -> int | None:
    """The largest grid price at which at most `target` of the accounts pay more than their base bill.

    The bill of account i at price p (in steps) is `a[i] + b[i] * p`, b >= 0; `base[i]` is its base bill; all in
    micro-yuan. `weights`: how many accounts each stands for. None where even the lowest price exceeds the target.
    Raises ValueError for a bill that falls with the price.
    """
    if len(b) and min(b) < 0:
        raise ValueError("a bill falls when the price rises: try every price")
    low, high = grid
    room = base - a
    first = np.where(b > 0, room // np.where(b > 0, b, 1) + 1, np.where(room < 0, low, high + 1))
    first = np.clip(first, low, high + 1)  # the first price of the grid at which the account is worse off
    order = np.argsort(first, kind="stable")
    everyone, exceeded, answer = sum(weights.tolist()), 0, high
    for i in order.tolist():
        if first[i] > high:
            break
        exceeded += weights[i]
        if Fraction(exceeded) > target * everyone:
            answer = int(first[i]) - 1
            break
    return answer if answer >= low else None


def neutral(at_low: Micro, at_next: Micro, base: Micro, grid: Interval) -> Neutral:
    """The price of equal revenue on a straight line through two neighbouring grid prices.

    `at_low`, `at_next`: revenue at the first price of the grid and one step above; `base`: revenue of the base; in
    micro-yuan.
    """
    low, high = grid
    slope = at_next - at_low
    if not slope:  # the price moves nothing
        return Neutral(None, ((low, Fraction(at_low - base, 1_000_000)),) if at_low == base else ())
    steps = low + Fraction(base - at_low, slope)
    if not low <= steps <= high:
        return Neutral(None, ())
    around = sorted({steps.__floor__(), steps.__ceil__()})
    values = tuple((step, Fraction(at_low + slope * (step - low) - base, 1_000_000)) for step in around)
    return Neutral(steps * STEP / 1_000_000, values)


def satisfying(test: Callable[[int], bool], grid: Interval) -> tuple[Interval, ...]:
    """Every interval of grid prices that satisfies a target, by trying each."""
    found: list[list[int]] = []
    for step in range(grid[0], grid[1] + 1):
        if not test(step):
            continue
        if found and found[-1][1] == step - 1:
            found[-1][1] = step
        else:
            found.append([step, step])
    return tuple((first, last) for first, last in found)


def is_straight(book: Rulebook, scenarios: Sequence[str], parameter: Name) -> bool:
    """Whether every bill is a straight line in a price: no tariff that names it has a minimum, maximum or rounding."""
    tariffs = [*book.tariffs.values()]
    tariffs += [t for name in scenarios for part in name.split("+") for t in book.scenarios[part].tariffs.values()]
    bent = [t for t in tariffs if t.charge.minimum or t.charge.maximum or t.charge.rounding]
    return not any(parameter in _names(tariff.charge) for tariff in bent)


def _names(value: Any) -> set[str]:
    """Every name in a part of the rules."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*(_names(v) for v in value.values()))
    if isinstance(value, (tuple, list)):
        return set().union(*(_names(v) for v in value))
    fields = getattr(type(value), "model_fields", None)
    return set().union(*(_names(getattr(value, name)) for name in fields)) if fields else set()
