"""What every measure is computed from: cells of calls that no rule tells apart, and what one call of each costs.

A measure is a sum over (cell, number of calls), or over (account, cell, number of calls). All sums are exact
integers; `sums` adds them up. Nothing in here holds a telephone number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr.totals import Counts
from tariffs.rating.values import Assumed
from tariffs.rating.views import View

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

NOT_KNOWN = -1
"""The code of what the records do not say. It is a group of its own wherever groups are shown, never another one."""

NONE = "none"
"""The name of what there is nothing of: a tariff without rate periods, a pair of places in no circle."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """What each cell (or account) is in one respect. `codes`: positions in `names`, or NOT_KNOWN.

    `names` are names of the rulebook (`guangzhou`), which the rulebook puts into words; months are `2012-03`.
    """

    codes: Int32s
    names: tuple[str, ...]

    def name(self, code: int) -> str | None:
        """The name of a code; None for NOT_KNOWN."""
        return self.names[code] if code >= 0 else None


@dataclass(frozen=True, eq=False)
class HourTable:
    """Calls by cell and hour of the clock (0 to 23) at which they start; every call stands in it once.

    `weight` is scaled like that of the cells; `microseconds` is conversation.
    """

    cell: Int32s
    hour: Int32s
    calls: Int64s
    weight: Int64s
    microseconds: Int64s


@dataclass(frozen=True, eq=False)
class Accounts:
    """Whose calls the cells hold: pairs of account and cell, sorted by account.

    `keys`: a pseudonym of each account (a keyed hash of 64 bits; `name` shows it). `account`, `cell`, `calls`,
    `weight`: of each pair. `listed`: whether the accounts are those of an account list; otherwise each is a charged
    number, of which nothing but its calls is known: no groups, no months, nothing held. `lines`: telephone lines.
    `months`: calendar months of the period in which it existed at least a day; `holds`: add-on → calendar months of the
    period in which it held the add-on at least a day. `group`, `operator`, `kind` (urban, rural): one code an account.
    `unlisted`: rated calls of the cells that belong to no account of the list; they are in no pair. An account of the
    list without calls is an account like any other: it has no pairs.
    """

    keys: NDArray[np.uint64]
    account: Int32s
    cell: Int32s
    calls: Int64s
    weight: Int64s
    listed: bool
    lines: Int64s
    months: Int64s
    holds: Mapping[str, Int64s]
    group: Dimension
    operator: Dimension
    kind: Dimension
    unlisted: int = 0

    def __len__(self) -> int:
        return len(self.keys)

    def name(self, number: int) -> str:
        """The pseudonym of an account."""
        return f"{int(self.keys[number]):016x}"

    @cached_property
    def first(self) -> Int64s:
        """Where the pairs of each account begin, and where the last ones end: one more than accounts."""
        return np.searchsorted(self.account, np.arange(len(self.keys) + 1)).astype(np.int64)

    @cached_property
    def remembered(self) -> dict[tuple[int, bool], Any]:
        """Bills that have been added up: by column of prices, and whether weighted (see `sums.bills`)."""
        return {}

    @cached_property
    def most(self) -> int:
        """Calls of all pairs together: no sum over them has more terms."""
        return int(self.calls.sum())


@dataclass(frozen=True, eq=False)
class Priced:
    """Cells of rated calls with their prices under every view.

    `amounts[cell, view]`: micro-yuan of ONE call of the cell. `calls`: how many; `weight`: the sum of their weights in
    units of `1 / weight_scale` (without weights the calls, and scale 1); `microseconds`: the sum of their conversation;
    `minutes`: the sum of their started minutes. `base`: position of the base view. `duration` and `start`: microseconds
    (of the conversation; since 1970 by the clock of the rulebook's zone) of a call that stands for all calls of the
    cell: under every tariff of the rulebook they cost what it costs.

    `dims`: what each cell is, worked out when asked for. Keys: origin, destination (places), origin-city,
    destination-city, kind (urban or rural, of the origin), relation and period (under the base view), circle (that
    holds both ends, by the first view whose scenario has circles; `circle:LABEL` by that view), `pays:LABEL` (the
    tariffs paid under that view, joined by `+`), service, operator,
    called-operator, group, plan, options (held, joined by `;`), month.

    `columns`: a number for each view; equal ones, of whatever question to one `WhatIf`, are equal amounts.
    `counts`: read = rated + not chargeable + suspended + duplicate + merged. `days`: first and last on which a rated
    call started, or None where there is none. `assumed`: the parameter values that each view rests on. `files`: name
    and SHA-256 of each input. `weights`: whether the inputs gave any. `synthetic`: an input says its calls are made up.
    `held`: what measures have worked out that depends on no price; the next question about the same cells finds it.
    """

    views: tuple[View, ...]
    base: int
    calls: Int64s
    weight: Int64s
    weight_scale: int
    microseconds: Int64s
    minutes: Int64s
    duration: Int64s
    start: Int64s
    amounts: Int64s
    dims: Mapping[str, Dimension]
    hours: HourTable | None
    accounts: Accounts | None
    counts: Counts
    days: tuple[dt.date, dt.date] | None
    assumed: tuple[tuple[Assumed, ...], ...]
    columns: tuple[int, ...] = ()
    digest: str = ""
    files: tuple[tuple[str, str], ...] = ()
    weights: bool = False
    synthetic: bool = False
    book: Any = field(default=None, repr=False)
    held: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.calls)

    @property
    def months(self) -> int:
        """Calendar months that the calls touch; a month is never stretched or shrunk."""
        if self.days is None:
            return 0
        first, last = self.days
        return (last.year - first.year) * 12 + last.month - first.month + 1

    def view(self, label: str) -> int:
        """The position of a view by its label. Raises KeyError."""
        found = {view.label: number for number, view in enumerate(self.views)}
        return found[label]
