"""How far a sample can be trusted: a 95 % interval of the change, by drawing accounts again and again, seeded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tariffs.compare import sums
from tariffs.compare.money import yuan
from tariffs.compare.priced import Priced

DRAWS: Final = 1000
"""How often all accounts are drawn; a fifth of it where there are more than MANY of them."""

MANY: Final = 20_000
SEED: Final = 20111227


@dataclass(frozen=True)
class Range:
    """The middle 95 % of the change in yuan, and of the change over the base charge. `coverage`: lines in the file over
    those of the population (None: not given)."""

    change: tuple[Decimal, Decimal]
    relative: tuple[Fraction, Fraction] | None
    draws: int
    seed: int
    coverage: Fraction | None


def interval(priced: Priced, view: int, *, population: int | None = None, seed: int = SEED) -> Range | None:
    """The interval of the weighted change under a view; None without accounts to draw from."""
    accounts = priced.accounts
    if accounts is None or not len(accounts):
        return None
    before, after = (sums.bills(priced, accounts, v, weighted=True) for v in (priced.base, view))
    change = after - before
    chance = np.random.default_rng(seed)
    n = len(accounts)
    draws = DRAWS if n <= MANY else DRAWS // 5
    changes: list[int] = []
    ratios: list[Fraction] = []
    for _ in range(draws):
        times = np.bincount(chance.integers(0, n, n), minlength=n)
        moved, whole = _dot(change, times), _dot(before, times)
        changes.append(moved)
        if whole:
            ratios.append(Fraction(moved, whole))
    changes.sort()
    ratios.sort()
    low, high = (yuan(changes[i], priced.weight_scale) for i in _middle(len(changes)))
    relative = (ratios[_middle(len(ratios))[0]], ratios[_middle(len(ratios))[1]]) if len(ratios) == draws else None
    coverage = Fraction(int(accounts.lines.sum()), population) if population else None
    return Range((low, high), relative, draws, seed, coverage)


def _dot(values: Any, times: Any) -> int:
    if values.dtype == object:
        return int(sum(v * t for v, t in zip(values.tolist(), times.tolist(), strict=True)))
    return sums.total(values, times)


def _middle(n: int) -> tuple[int, int]:
    """The places of the 2.5th and the 97.5th percentile among n sorted values."""
    return n * 25 // 1000, n - 1 - n * 25 // 1000
