"""Priced cells made by hand, for tests of measures: a line of text a cell, as a person would write it down."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from tariffs.cdr.totals import Counts
from tariffs.compare.priced import NOT_KNOWN, Accounts, Dimension, HourTable, Int64s, Priced
from tariffs.rating.views import View

DAY = 86_400_000_000


@dataclass(frozen=True)
class Cell:
    """Some equal calls. `costs`: yuan of one of them under each view; `is_`: its names by dimension."""

    costs: tuple[str, ...]
    calls: int = 1
    seconds: int = 60
    hour: int = 9
    weight: int | None = None
    is_: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """An account by the cells of its calls: position of the cell → calls."""

    cells: Mapping[int, int]
    months: int = 1
    lines: int = 1
    group: str | None = None
    operator: str | None = None
    kind: str | None = None
    holds: Mapping[str, int] = field(default_factory=dict)


def priced(
    cells: Sequence[Cell],
    views: Sequence[str] = ("baseline", "plan"),
    accounts: Sequence[Account] | None = None,
    *,
    listed: bool = True,
    weight_scale: int = 1,
    unlisted: int = 0,
) -> Priced:
    """What the cells are under the views; the first view is the base."""
    calls = _ints([cell.calls for cell in cells])
    weight = _ints([cell.calls * weight_scale if cell.weight is None else cell.weight for cell in cells])
    seconds = _ints([cell.seconds * 1_000_000 for cell in cells])
    first = dt.date(2012, 3, 1)
    start = (first.toordinal() - dt.date(1970, 1, 1).toordinal()) * DAY
    every = range(len(cells))
    hours = HourTable(
        np.arange(len(cells), dtype=np.int32), np.array([c.hour for c in cells], np.int32), calls, weight,
        seconds * calls,
    )  # fmt: skip
    return Priced(
        views=tuple(View(label, label) for label in views),
        base=0,
        calls=calls,
        weight=weight,
        weight_scale=weight_scale,
        microseconds=seconds * calls,
        minutes=-(-seconds // 60_000_000) * calls,
        duration=seconds,
        start=_ints([start + cell.hour * 3_600_000_000 for cell in cells]),
        amounts=_ints([micro(text) for cell in cells for text in cell.costs]).reshape(len(cells), len(views)),
        dims={name: dimension([cells[i].is_.get(name) for i in every]) for name in {n for c in cells for n in c.is_}},
        hours=hours,
        accounts=None if accounts is None else _accounts(accounts, weight, calls, listed, unlisted),
        counts=Counts(read=int(calls.sum()), rated=int(calls.sum()), not_chargeable=Counter(), suspended=Counter()),
        days=(first, first),
        assumed=tuple(() for _ in views),
        weights=any(cell.weight is not None for cell in cells),
    )


def micro(yuan: str) -> int:
    """`0.07` yuan as micro-yuan."""
    return int(Decimal(yuan) * 1_000_000)


def dimension(names: Sequence[str | None]) -> Dimension:
    known = tuple(dict.fromkeys(name for name in names if name is not None))
    return Dimension(np.array([NOT_KNOWN if n is None else known.index(n) for n in names], np.int32), known)


def _ints(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)


def _accounts(accounts: Sequence[Account], weight: Int64s, calls: Int64s, listed: bool, unlisted: int) -> Accounts:
    pairs = [(a, cell, n) for a, account in enumerate(accounts) for cell, n in sorted(account.cells.items())]
    options = sorted({option for account in accounts for option in account.holds})
    times = _ints([n for _, _, n in pairs])
    return Accounts(
        keys=np.arange(1, len(accounts) + 1, dtype=np.uint64),
        account=np.array([a for a, _, _ in pairs], np.int32),
        cell=np.array([cell for _, cell, _ in pairs], np.int32),
        calls=times,
        weight=_ints([n * int(weight[cell]) // int(calls[cell]) for _, cell, n in pairs]),
        listed=listed,
        lines=_ints([account.lines for account in accounts]),
        months=_ints([account.months for account in accounts]),
        holds={option: _ints([account.holds.get(option, 0) for account in accounts]) for option in options},
        group=dimension([account.group for account in accounts]),
        operator=dimension([account.operator for account in accounts]),
        kind=dimension([account.kind for account in accounts]),
        unlisted=unlisted,
    )
