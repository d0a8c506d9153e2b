"""Sums of micro-yuan as exact yuan, shares as exact fractions, and the one place where either is rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_EXACT = Context(prec=80)
MICRO = 1_000_000


def yuan(micro: int, scale: int = 1) -> Decimal:
    """Micro-yuan (times `scale`, a power of ten, where weights are in the sum) as yuan, exact."""
    return _EXACT.divide(Decimal(int(micro)), Decimal(MICRO * scale))


def weight(total: int, scale: int) -> Decimal:
    """A sum of weights in units of `1 / scale` (a power of ten) as a number, exact."""
    return _EXACT.divide(Decimal(int(total)), Decimal(scale))


def share(part: int, whole: int) -> Fraction | None:
    """A part of a whole; None where there is no whole: then nobody knows the share, and it is not 0."""
    return Fraction(int(part), int(whole)) if whole else None


def shown(value: Decimal | Fraction | int, places: int) -> Decimal:
    """A value rounded half to even, for a table or a sentence; nothing is computed from what is shown."""
    unit = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        whole = round(value * 10**places)  # of fractions `round` is exact and half to even
        return _EXACT.multiply(Decimal(whole), unit)
    return Decimal(value).quantize(unit, ROUND_HALF_EVEN, _EXACT)
