"""Cells that may leave an operator: no account, no date but phases, and nothing that fewer than k records share.

A cell keeps as much detail as `k` records allow. First all of it; then without what no rule reads; then with places
that stand for others between which as much is paid. Prices stay exact in all three. Then lengths within a minute, and
within ten, become one length of theirs: what that does to revenue is told. What is then still too small is suppressed,
and with it as much as it takes that totals do not give it away.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tariffs.cdr.failures import InputError
from tariffs.cdr.totals import Counts, yuan
from tariffs.compare import sums
from tariffs.compare.cells import FULL, HIDDEN, PAYS, Cells
from tariffs.compare.compress import Distinct, added
from tariffs.compare.dates import bounds_of, segments
from tariffs.compare.handover import people_tables
from tariffs.compare.priced import Int32s, Int64s, Priced
from tariffs.compare.whatif import WhatIf
from tariffs.rating import located, rows
from tariffs.rating.batch import SMALL
from tariffs.rating.conditions import CATEGORIES
from tariffs.rating.rater import Rater
from tariffs.rulebook.book import Rulebook

SMALLEST: Final = 3
"""Records that may ever be the least of a cell; fewer would be no protection at all."""
USUAL: Final = 10
MINUTE, MINUTES = 3, 4
LEVELS: Final = {
    FULL: "all", PAYS: "without what no rule reads", HIDDEN: "places hidden", MINUTE: "lengths to the minute",
    MINUTES: "lengths to ten minutes",
}  # fmt: skip
_BINS: Final = {MINUTE: 60_000_000, MINUTES: 600_000_000}
_TOLD: Final = [
    rows.N_LINE, rows.N_CALLED, rows.N_ACCESS, rows.N_USAGE, rows.N_DIRECTION, rows.N_OPTIONS, rows.N_DAY,
]  # fmt: skip
"""What a kind still tells when its places are hidden."""
_UNREAD: Final = {"called_operator": rows.N_CALLED_OPERATOR, "group": rows.N_GROUP, "plan": rows.N_PLAN}


@dataclass(frozen=True)
class Handover:
    """Cells to hand on; what is lost against the internal ones; and what was computed inside."""

    cells: Cells
    lost: Mapping[str, Any]
    tables: Sequence[Mapping[str, Any]]


def shareable(
    cells: Cells, book: Rulebook, scenarios: Sequence[str], phases: Sequence[str | dt.date], k: int = USUAL, *,
    assume: Mapping[str, str] | None = None, assumptions: bool = True, allow: Collection[str] = (),
) -> Handover:  # fmt: skip
    """The cells to hand on. `scenarios`: those under which prices stay exact; `phases`: references, likewise.

    Raises InputError where nothing is left, RulebookError as `Rulebook.rater` does.
    """
    asked: dict[str, Any] = {"assume": dict(assume or {}), "assumptions": assumptions, "allow": allow, "both": True}
    own = WhatIf(cells, book, scenarios, **asked)
    priced = own.price()
    rated = own.rated
    raters = [own.rater()] + ([WhatIf(cells, book, scenarios, as_of=phases, **asked).rater()] if phases else [])
    bounds = bounds_of(book, raters[0].compiled.values, months=False)
    exact = [_kinds(rated, bounds, raters, level) for level in (FULL, PAYS, HIDDEN)]
    levels = [_Level(kinds, _groups(rated, kinds, rated.shape)) for kinds in exact]
    levels += [_Level(exact[-1], _groups(rated, exact[-1], _binned(rated, width))) for width in _BINS.values()]
    kept = _published(rated, levels, k)
    made = _made(rated, levels, kept, bounds)
    if not len(made):
        raise InputError(f"no cell has {k} records: there is nothing that can be handed on")
    lost = _lost(rated, levels, priced, kept, k)
    tables = people_tables(priced, rated, raters[0], k)
    for phase in phases:
        later = WhatIf(cells, book, scenarios, as_of=(phase,), **asked)
        tables += people_tables(later.price(), later.rated, later.rater(), k)
    return Handover(replace(made, lost=lost, tables=tuple(tables)), lost, tables)


def _kinds(cells: Cells, bounds: Int64s, raters: Sequence[Rater], level: int) -> Int64s:
    """The kind that stands for each kind at a level: rows of `rating.rows.KIND`."""
    kinds = cells.kinds.copy()
    kinds[:, rows.N_DAY] = segments(bounds, kinds[:, rows.N_DAY])
    if level == FULL:
        return kinds
    for category, column in _UNREAD.items():
        if all(max(rater.compiled.alphabet.classes[CATEGORIES.index(category)]) == 0 for rater in raters):
            kinds[:, column] = 0
    if level == PAYS:
        return kinds
    compiled = len(kinds) > SMALL
    paid = [part for rater in raters for part in located.decide(rater, kinds, compiled=compiled)]
    told = kinds[:, _TOLD]
    alike = Distinct.of(np.concatenate([told, *paid], axis=1))
    calls = np.zeros(len(kinds), np.int64)
    np.add.at(calls, cells.kind, cells.calls)
    # the commonest of those that pay alike stands for all of them
    order = np.lexsort((np.arange(len(kinds)), -calls))
    first = np.full(len(alike.keys), len(kinds), np.int64)
    np.minimum.at(first, alike.where[order], np.arange(len(kinds)))
    return np.asarray(kinds[order[first[alike.where]]])


@dataclass(frozen=True, eq=False)
class _Level:
    """A level of detail: the kind that stands for each kind, and the number of the group of each cell."""

    kinds: Int64s
    groups: Int64s


def _groups(cells: Cells, kinds: Int64s, shape: Any) -> Int64s:
    """The number of the group of each cell: of equal kind and equal shape."""
    kind = Distinct.of(kinds).where[cells.kind]
    return Distinct.of(np.stack((kind, shape.astype(np.int64)), axis=1)).where


def _binned(cells: Cells, width: int) -> Int64s:
    """For each cell a number of its shape, the same for lengths within one `width`; other amounts stay apart."""
    shapes = cells.shapes.copy()
    timed = shapes[:, rows.W_QUANTITY] < 0
    for column in (rows.W_DURATION, rows.W_SEIZURE):
        there = timed & (shapes[:, column] > 0)
        shapes[there, column] = -(-shapes[there, column] // width)
    return Distinct.of(shapes).where[cells.shape]


def _published(cells: Cells, levels: Sequence[_Level], k: int) -> Int32s:
    """The level at which each cell is published; -1: suppressed."""
    level = np.full(len(cells), -1, np.int32)
    groups = np.full(len(cells), -1, np.int64)
    left = np.arange(len(cells))
    for number, each in enumerate(levels):
        size = np.zeros(len(cells), np.int64)
        np.add.at(size, each.groups[left], cells.calls[left])
        enough = size[each.groups[left]] >= k
        level[left[enough]], groups[left[enough]] = number, each.groups[left[enough]]
        left = left[~enough]
    hidden = int(cells.calls[left].sum())
    while 0 < hidden < k and (level >= 0).any():
        hidden += _hide_smallest(cells, level, groups)
    return level


def _hide_smallest(cells: Cells, level: Int32s, groups: Int64s) -> int:
    """Suppresses the smallest published group too; returns its records."""
    there = np.flatnonzero(level >= 0)
    keys, (size,) = added(groups[there] * len(LEVELS) + level[there], cells.calls[there][None, :])
    least = keys[int(np.argmin(size))]
    mine = there[groups[there] * len(LEVELS) + level[there] == least]
    level[mine] = -1
    return int(cells.calls[mine].sum())


def _standing(cells: Cells, mine: Int64s, groups: Int64s) -> tuple[Int64s, Int64s]:
    """Of some cells and their groups: the distinct groups, sorted, and the cell of each whose length is nearest to the
    mean of all its calls."""
    keys, (calls, spoken) = added(groups, np.stack((cells.calls[mine], cells.microseconds[mine])))
    at = np.searchsorted(keys, groups)
    length = np.maximum(cells.shapes[cells.shape[mine], rows.W_DURATION], 0)
    off = np.abs(length - (spoken // np.maximum(calls, 1))[at])
    order = np.lexsort((length, off, at))
    first = np.flatnonzero(np.concatenate(([True], at[order][1:] != at[order][:-1]))) if len(at) else order
    return keys, mine[order[first]]


def _made(cells: Cells, levels: Sequence[_Level], kept: Int32s, bounds: Int64s) -> Cells:
    """The published cells: groups of those that came in, in an order that tells nothing of the input's."""
    parts = []
    for number, level in enumerate(levels):
        mine = np.flatnonzero(kept == number)
        columns = [getattr(cells, name)[mine] for name in ("calls", "weight", "microseconds", "minutes")]
        _, totals = added(level.groups[mine], np.stack(columns))
        _, stands = _standing(cells, mine, level.groups[mine])
        told = np.concatenate([level.kinds[cells.kind[stands]], cells.shapes[cells.shape[stands]]], axis=1)
        parts.append((told, totals, np.full(len(stands), number, np.int8)))
    told = np.concatenate([keys for keys, _, _ in parts])
    totals = np.concatenate([part for _, part, _ in parts], axis=1)
    detail = np.concatenate([part for _, _, part in parts])
    order = np.lexsort((*told.T[::-1], detail))
    told, totals, detail = told[order], totals[:, order], detail[order]
    kind, shape = Distinct.of(told[:, : rows.KIND]), Distinct.of(told[:, rows.KIND :])
    calls, weight, spoken, minutes = totals
    return replace(
        cells, basis=replace(cells.basis, bounds=tuple(bounds.tolist())), kinds=kind.values, shapes=shape.values,
        kind=kind.where.astype(np.int32), shape=shape.where.astype(np.int32), calls=calls, weight=weight,
        microseconds=spoken, minutes=minutes, hours=None, accounts=None, counts=Counts(read=int(calls.sum())),
        days=_months(cells.days), detail=detail,
    )  # fmt: skip


def _months(days: tuple[dt.date, dt.date] | None) -> tuple[dt.date, dt.date] | None:
    """From the first day of the first month to the last day of the last one."""
    if days is None:
        return None
    first, last = days
    return first.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1])


def _lost(cells: Cells, levels: Sequence[_Level], priced: Priced, kept: Int32s, k: int) -> dict[str, Any]:
    """What is lost: records and revenue at each level, what the file makes of that revenue, and what is in no file."""
    found: dict[str, Any] = {"k": k, "records": int(cells.calls.sum()), "read": priced.counts.read, "levels": {}}
    for number, name in (*LEVELS.items(), (-1, "suppressed")):
        mine = np.flatnonzero(kept == number)
        stands = mine
        if number in _BINS:
            keys, nearest = _standing(cells, mine, levels[number].groups[mine])
            stands = nearest[np.searchsorted(keys, levels[number].groups[mine])]
        calls = cells.calls[mine]
        said: dict[str, Any] = {"records": int(calls.sum()), "yuan": {}}
        if number in _BINS:
            said["yuan-as-priced"] = {}
        for view, item in enumerate(priced.views):
            said["yuan"][item.label] = yuan(sums.total(np.ascontiguousarray(priced.amounts[mine, view]), calls))
            if number in _BINS:
                as_priced = sums.total(np.ascontiguousarray(priced.amounts[stands, view]), calls)
                said["yuan-as-priced"][item.label] = yuan(as_priced)
        found["levels"][name] = said
    found["gone"] = ["accounts", "hours of the day", "dates within a phase", "months"]
    return found
