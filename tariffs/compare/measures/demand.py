"""What callers might do when prices change: an estimate, off unless somebody asks and brings elasticities.

By segment, with M minutes and R yuan under the base: p = R / M, M¹ = M (p¹ / p⁰)^ε, R¹ = p¹ M¹, and the callers' gain
½ (p⁰ − p¹)(M + M¹). The mix of durations is held, winners and losers stay as they are, and nobody changes from one
kind of call to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

import numpy as np

from tariffs.cdr.failures import InputError
from tariffs.compare import sums
from tariffs.compare.measures.segments import KEYS, Segment, SegmentTable, segments_of
from tariffs.compare.money import MICRO
from tariffs.compare.priced import Priced

BANDS: Final = ("low", "central", "high")
"""The columns of a table of elasticities, and the estimates that are made of them."""

_PRECISE: Final = Context(prec=50)
_OBSERVED: Final = Fraction(2)  # a price that more than doubles or halves is outside of what was observed


@dataclass(frozen=True)
class Response:
    """A segment under a view with one elasticity: minutes and yuan before and after. Rounded to 50 digits."""

    segment: Segment
    elasticity: Decimal
    minutes: tuple[Decimal, Decimal]
    revenue: tuple[Decimal, Decimal]
    gain: Decimal
    outside: bool


@dataclass(frozen=True)
class Demand:
    """A view with one band of elasticities. `static`: revenue when nobody calls more or less."""

    view: int
    band: str
    responses: tuple[Response, ...]
    base: Decimal
    static: Decimal
    revenue: Decimal
    gain: Decimal
    outside: int


def demand(priced: Priced, view: int, elasticities: SegmentTable) -> tuple[Demand, ...]:
    """The estimates of all bands under a view.

    Raises InputError where a segment has no elasticity, or a price that is 0 before or after and does not stay it.
    """
    codes, segments = segments_of(priced)
    values = elasticities.of(segments)
    size = len(segments)
    minutes = sums.by_code(codes, size, priced.minutes // np.maximum(priced.calls, 1), priced.weight)
    before, after = (
        sums.by_code(codes, size, np.ascontiguousarray(priced.amounts[:, v]), priced.weight)
        for v in (priced.base, view)
    )
    scale = priced.weight_scale
    rows = [
        (segment, Fraction(int(m), scale), Fraction(int(x), MICRO * scale), Fraction(int(y), MICRO * scale))
        for segment, m, x, y in zip(segments, minutes, before, after, strict=False)
    ]
    _refuse_free(elasticities.path, rows)
    return tuple(_band(view, number, rows, [values[s][number] for s in segments]) for number in range(len(BANDS)))


def _refuse_free(path: str, rows: list[tuple[Segment, Fraction, Fraction, Fraction]]) -> None:
    free = [segment for segment, _, x, y in rows if (x == 0) != (y == 0)]
    if free:
        shown = "; ".join(" × ".join(name or "?" for name in segment) for segment in free)
        raise InputError(
            f"{path}: an elasticity says nothing of a price that becomes 0 or was 0 ({' × '.join(KEYS)}): {shown}"
        )


def _band(
    view: int, number: int, rows: list[tuple[Segment, Fraction, Fraction, Fraction]], elasticities: list[Decimal]
) -> Demand:
    responses = [_response(*row, elasticity) for row, elasticity in zip(rows, elasticities, strict=True)]
    return Demand(
        view=view,
        band=BANDS[number],
        responses=tuple(responses),
        base=_sum([_decimal(x) for _, _, x, _ in rows]),
        static=_sum([_decimal(y) for _, _, _, y in rows]),
        revenue=_sum([r.revenue[1] for r in responses]),
        gain=_sum([r.gain for r in responses]),
        outside=sum(r.outside for r in responses),
    )


def _response(segment: Segment, minutes: Fraction, before: Fraction, after: Fraction, elasticity: Decimal) -> Response:
    m, x, y = (_decimal(value) for value in (minutes, before, after))
    if before == after or not minutes:  # the same price, or none on either side: nothing happens
        return Response(segment, elasticity, (m, m), (x, y), Decimal(0), False)
    ratio = after / before  # of the prices too: the minutes are the same
    grown = _PRECISE.multiply(m, _PRECISE.power(_decimal(ratio), elasticity))
    revenue = _PRECISE.multiply(_decimal(after / minutes), grown)
    gain = _PRECISE.multiply(_decimal((before - after) / minutes / 2), _PRECISE.add(m, grown))
    return Response(segment, elasticity, (m, grown), (x, revenue), gain, not 1 / _OBSERVED <= ratio <= _OBSERVED)


def _decimal(value: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def _sum(values: list[Decimal]) -> Decimal:
    whole = Decimal(0)
    for value in values:
        whole = _PRECISE.add(whole, value)
    return whole
