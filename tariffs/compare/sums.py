"""Exact sums over cells: whole numbers that neither wrap nor turn into floats, whatever their size."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr.pipeline import threads
from tariffs.compare.priced import Accounts, Dimension, Int32s, Int64s, Priced

SMALL = 50_000
"""Pairs up to which adding as it stands is quicker than loading the compiled code."""

REMEMBERED, COLUMNS = 64_000_000, 8
"""So many bills in so many columns of prices are kept (half a gigabyte): only what changed is added up again."""

_SAFE = 1 << 62


def total(values: Int64s, times: Int64s) -> int:
    """The sum of `values * times`, exact."""
    if _fits(values, times):
        return int(np.dot(values, times))
    return sum(v * t for v, t in zip(values.tolist(), times.tolist(), strict=True))


def by_code(codes: Int32s, size: int, values: Int64s, times: Int64s | None = None) -> NDArray[Any]:
    """The sum of `values` (times `times`) of each code from 0 to `size - 1`, then that of NOT_KNOWN: `size + 1` sums.

    An array of int64 where every sum is sure to fit, else of Python integers (dtype object).
    """
    times = np.ones(len(values), np.int64) if times is None else times
    if size == 1 and not codes.any():  # everything in one group
        return np.array([total(values, times), 0], np.int64 if _fits(values, times) else object)
    if _fits(values, times):
        sums = np.zeros(size + 1, np.int64)
        np.add.at(sums, codes, values * times)  # NOT_KNOWN counts from the end
        return sums
    exact: NDArray[Any] = np.array([0] * (size + 1), dtype=object)
    np.add.at(exact, codes, values.astype(object) * times.astype(object))
    return exact


def largest(codes: Int32s, size: int, values: Int64s) -> Int64s:
    """The largest of `values` of each code, then of NOT_KNOWN; 0 where none is above it."""
    found = np.zeros(size + 1, np.int64)
    if size == 1 and not codes.any():
        found[0] = values.max(initial=0)
    else:
        np.maximum.at(found, codes, values)
    return found


def by_name(dimension: Dimension, values: Int64s, times: Int64s | None = None) -> dict[str | None, int]:
    """The same by name, of the names that occur; None: not known."""
    size = len(dimension.names)
    sums = by_code(dimension.codes, size, values, times)
    seen = sorted(np.unique(dimension.codes).tolist(), key=lambda code: (code < 0, code))
    return {dimension.name(code): int(sums[code]) for code in seen}


def bills(priced: Priced, accounts: Accounts, view: int, *, weighted: bool = False) -> NDArray[Any]:
    """What the calls of each account cost under a view, in micro-yuan (with `weighted`, over the scale of weights).

    int64, or Python integers (dtype object) where a sum might not fit. Not to be written to: it may be asked for again.
    """
    key = (priced.columns[view] if priced.columns else 0, weighted)
    if key in accounts.remembered:
        accounts.remembered[key] = accounts.remembered.pop(key)  # what is asked for again stays longest
        return np.asarray(accounts.remembered[key])
    times = accounts.weight if weighted else accounts.calls
    found = by_account(accounts, np.ascontiguousarray(priced.amounts[:, view]), times)
    kept = min(COLUMNS, REMEMBERED // max(1, len(accounts)))
    if key[0] and kept:
        found.setflags(write=False)
        while len(accounts.remembered) >= kept:
            del accounts.remembered[next(iter(accounts.remembered))]
        accounts.remembered[key] = found
    return found


def by_account(accounts: Accounts, values: Int64s, times: Int64s) -> NDArray[Any]:
    """The sum of `values[cell] * times` over the pairs of each account. `values`: of a cell; `times`: of a pair."""
    most = accounts.most if times is accounts.calls else _magnitude(times)
    if _highest(values) * max(1, most) < _SAFE:
        sums = np.empty(len(accounts), np.int64)
        told = accounts.first, accounts.cell, np.ascontiguousarray(values), times, sums
        if len(times) + len(sums) <= SMALL:
            add_pairs(*told, 0, len(sums))
        else:
            _add_at_once(told, len(sums))
        return sums
    exact: NDArray[Any] = np.array([0] * len(accounts), dtype=object)
    np.add.at(exact, accounts.account, values[accounts.cell].astype(object) * times.astype(object))
    return exact


def _add_at_once(told: tuple[Any, ...], count: int) -> None:
    """Adds up on every core: the compiled code holds no lock."""
    add, workers = _compiled(add_pairs), threads()
    cuts = [count * worker // workers for worker in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(add, *told, *cut) for cut in itertools.pairwise(cuts)]:
            done.result()


def add_pairs(first: Any, cell: Any, values: Any, times: Any, sums: Any, begin: int, end: int) -> None:
    """The sum of `values[cell] * times` over the pairs `first[i]` to `first[i + 1]` of each account `i`."""
    for account in range(begin, end):
        total = 0
        for pair in range(first[account], first[account + 1]):
            total += values[cell[pair]] * times[pair]
        sums[account] = total


@cache
def _compiled(function: Any) -> Any:
    """The same, compiled; kept on disk where there is a place for it."""
    import numba

    try:
        return numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # a read-only file system
        return numba.njit(function, nogil=True)


def _fits(values: Int64s, times: Int64s) -> bool:
    return _highest(values) * max(1, _magnitude(times)) < _SAFE


def _highest(values: Int64s) -> int:
    return max(int(values.max(initial=0)), -int(values.min(initial=0)))


def _magnitude(times: Int64s) -> int:
    """The sum of absolute values, not too small by any rounding."""
    return int(np.abs(times.astype(np.float64)).sum() * 1.000001) + 1
