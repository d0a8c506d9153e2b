"""Revenue under every view: gross, the tax in it, settlement with other operators, and what is left.

List prices overstate what was paid: a share of the list price that is realised can be given by segment, and both are
shown. What is not given is not known, and is never taken for 0.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from tariffs.cdr.failures import InputError
from tariffs.compare import sums
from tariffs.compare.measures.segments import SegmentTable, plain_number, segments_of
from tariffs.compare.money import MICRO, yuan
from tariffs.compare.priced import Dimension, Int64s, Priced

Rates = Mapping[tuple[str, str], Decimal]
"""Yuan for each started minute that the first operator pays the second; nothing is paid inside one network."""


def read_rates(path: str) -> dict[tuple[str, str], Decimal]:
    """Settlement rates of a CSV file with the columns from, to (operators) and price (yuan a started minute).

    Raises InputError with FILE:LINE for everything that is wrong.
    """
    try:
        lines = list(csv.reader(Path(path).read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    if not lines or [name.strip() for name in lines[0]] != ["from", "to", "price"]:
        raise InputError(f"{path}:1: the columns must be from, to, price")
    rates: dict[tuple[str, str], Decimal] = {}
    problems = []
    for number, fields in enumerate(lines[1:], start=2):
        values = [field.strip() for field in fields]
        if not any(values):
            continue
        price = plain_number(values[2], Decimal(0)) if len(values) == 3 else None
        if price is None:
            problems.append(f"{path}:{number}: write from, to and a price from 0 on")
        elif rates.setdefault((values[0], values[1]), price) != price:
            problems.append(f"{path}:{number}: this pair of operators has another price above; keep one of the two")
    if problems:
        raise InputError("\n".join(problems))
    return rates


@dataclass(frozen=True)
class Revenue:
    """Under one view, in yuan. `tax`: contained in `gross`; `settlement`: paid to other operators; `net`: gross less
    tax and settlement, where all of it is known; `realised`: gross at the share of the list price that is paid."""

    view: int
    gross: Decimal
    tax: Fraction | None
    settlement: Fraction | None
    net: Fraction | None
    realised: Fraction | None


@dataclass(frozen=True)
class Revenues:
    """All views. `unsettled`: pairs of operators between which calls were made and no rate is given."""

    views: tuple[Revenue, ...]
    unsettled: tuple[tuple[str | None, str | None], ...]


def revenue(
    priced: Priced,
    *,
    tax: Decimal | None = None,
    rates: Rates | None = None,
    realised: SegmentTable | None = None,
) -> Revenues:
    """Revenue under every view. `tax`: per cent contained in prices on top of the price without it.

    Raises InputError where `realised` has no line for some segment of the calls.
    """
    settled, unsettled = (None, ()) if rates is None else settlement(priced, rates)
    factors = None if realised is None else _factors(priced, realised)
    rows = []
    for view in range(len(priced.views)):
        amounts = np.ascontiguousarray(priced.amounts[:, view])
        gross = yuan(sums.total(amounts, priced.weight), priced.weight_scale)
        of_tax = None if tax is None else Fraction(gross) * Fraction(tax) / (100 + Fraction(tax))
        known = [of_tax] if tax is not None else []
        known += [settled] if rates is not None else []
        rows.append(
            Revenue(
                view=view,
                gross=gross,
                tax=of_tax,
                settlement=settled,
                net=_less(gross, known),
                realised=None if factors is None else _realised(priced, amounts, *factors),
            )
        )
    return Revenues(tuple(rows), unsettled)


def settlement(priced: Priced, rates: Rates) -> tuple[Fraction | None, tuple[tuple[str | None, str | None], ...]]:
    """What calls made cost in settlement, in yuan: None where a rate is lacking, and the pairs that lack one."""
    made = ~np.isin(priced.dims["service"].codes, _received(priced.dims["service"]))
    from_, to = priced.dims["operator"], priced.dims["called-operator"]
    joint = (from_.codes.astype(np.int64) + 1) * (len(to.names) + 1) + to.codes + 1
    each = priced.minutes // np.maximum(priced.calls, 1)
    owed, lacking = Fraction(0), []
    for pair in np.unique(joint[made]).tolist():
        a, b = divmod(pair, len(to.names) + 1)
        names = from_.name(a - 1), to.name(b - 1)
        cells = made & (joint == pair)
        if None not in names and names[0] == names[1]:
            continue
        rate = rates.get((names[0] or "", names[1] or ""))
        if rate is None:
            lacking.append(names)
            continue
        owed += Fraction(rate) * sums.total(each[cells], priced.weight[cells]) / priced.weight_scale
    if lacking:
        return None, tuple(lacking)
    return owed, ()


def _received(services: Dimension) -> list[int]:
    """Calls received: whoever made them owes the settlement."""
    return [code for code, name in enumerate(services.names) if name.endswith("-received")]


def _less(gross: Decimal, parts: list[Fraction | None]) -> Fraction | None:
    """Gross less what is given; None where nothing is, or where some of it is not known."""
    known = [part for part in parts if part is not None]
    return Fraction(gross) - sum(known) if parts and len(known) == len(parts) else None


def _factors(priced: Priced, table: SegmentTable) -> tuple[list[Fraction], Dimension]:
    codes, segments = segments_of(priced)
    values = table.of(segments)
    return [Fraction(values[s][0]) for s in segments], Dimension(codes, tuple(str(i) for i in range(len(segments))))


def _realised(priced: Priced, amounts: Int64s, factors: list[Fraction], segments: Dimension) -> Fraction:
    money = sums.by_code(segments.codes, len(segments.names), amounts, priced.weight)
    whole = sum((f * int(m) for f, m in zip(factors, money, strict=False)), Fraction(0))
    return whole / (MICRO * priced.weight_scale)
