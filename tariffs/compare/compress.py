"""Batch after batch of located calls into cells: kinds and shapes get numbers, and equal calls are added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.compare.dates import segments
from tariffs.compare.priced import Int32s, Int64s
from tariffs.compare.shapes import Shapes
from tariffs.rating import rows

PENDING = 4_000_000
"""Rows that may wait before equal ones are added up."""
_ROOM, _WIDE = 1 << 62, 1 << 32
_SHAPES = 1 << 29
HOURS = 32
"""So many hours are told apart: 24, and room."""

Uint64s = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct rows of a batch: their keys, what is kept of the first row with each, and where each row's is."""

    keys: Int64s
    values: Int64s
    where: Int64s

    @classmethod
    def of(cls, keys: Int64s, values: Int64s | None = None) -> Distinct:
        _, first, where = np.unique(_packed(keys), return_index=True, return_inverse=True)
        # in the order in which they come: numbers must not depend on how the packing sorts
        order = np.argsort(first)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        first = first[order]
        return cls(keys[first], keys[first] if values is None else values[first], place[where.reshape(-1)])


@dataclass
class Numbers:
    """Numbers distinct rows of integers in the order in which they come."""

    _known: dict[bytes, int] = field(default_factory=dict)
    _rows: list[Int64s] = field(default_factory=list)

    def number(self, distinct: Distinct) -> Int64s:
        """The number of each row of a batch."""
        known = self._known
        before = len(known)
        found = np.array([known.setdefault(key.tobytes(), len(known)) for key in distinct.keys], np.int64)
        fresh = found >= before
        if fresh.any():
            self._rows.append(distinct.values[fresh])
        return np.asarray(found[distinct.where])

    def rows(self, width: int) -> Int64s:
        """What is kept of each row, by its number."""
        return np.concatenate(self._rows) if self._rows else np.zeros((0, width), np.int64)


def _packed(keys: Int64s) -> Int64s:
    """One integer for each row, equal where and only where rows of this batch are equal."""
    packed, room = np.zeros(len(keys), np.int64), 1
    for column in keys.T if len(keys) else ():
        least, span = int(column.min()), int(column.max()) - int(column.min()) + 1
        if span > _WIDE:
            distinct, column = np.unique(column, return_inverse=True)
            least, span = 0, len(distinct)
        if span * room >= _ROOM:
            distinct, packed = np.unique(packed, return_inverse=True)
            room = len(distinct)
        packed = packed * span + (column - least)
        room *= span
    return packed


@dataclass
class Sums:
    """Sums of columns by key, added up whenever many rows wait."""

    width: int
    _keys: list[Int64s] = field(default_factory=list)
    _values: list[Int64s] = field(default_factory=list)
    _waiting: int = 0

    def add(self, keys: Int64s, values: Sequence[Int64s]) -> None:
        self._keys.append(keys)
        self._values.append(np.stack(values))
        self._waiting += len(keys)
        if self._waiting > PENDING:
            self._fold()

    def _fold(self) -> None:
        keys = np.concatenate(self._keys) if self._keys else np.zeros(0, np.int64)
        values = np.concatenate(self._values, axis=1) if self._values else np.zeros((self.width, 0), np.int64)
        keys, values = added(keys, values)
        # What is already added up waits no more, however much it is: only new rows make it worth while again.
        self._keys, self._values, self._waiting = [keys], [values], 0

    def result(self) -> tuple[Int64s, Int64s]:
        """The keys, sorted, and a row of sums for each column."""
        self._fold()
        return self._keys[0], self._values[0]


def added(keys: Int64s, values: Int64s) -> tuple[Int64s, Int64s]:
    """Distinct keys, sorted, and the sums of each row of `values` over equal keys."""
    if not len(keys):
        return keys, values
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[begins], np.add.reduceat(values[:, order], begins, axis=1)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A batch of located calls, ready to be added up. `weight` of each call; `payers`: who pays for each, 0 for nobody
    known, or None where nobody asks."""

    kinds: Distinct
    shapes: Distinct
    hour: Int64s
    spoken: Int64s
    weight: Int64s
    payers: Uint64s | None


@dataclass
class Compressor:
    """Adds located calls up into cells. `bounds`: first days of the segments of days."""

    shapes: Shapes
    bounds: Int64s
    _kinds: Numbers = field(default_factory=Numbers)
    _shapes: Numbers = field(default_factory=Numbers)
    _hours: Sums = field(default_factory=lambda: Sums(4))
    _pairs: list[tuple[Uint64s, Int64s, Int64s]] = field(default_factory=list)

    def prepare(self, kinds: Int64s, shapes: Int64s, weight: Int64s, payers: Uint64s | None) -> Prepared:
        """Sorts a batch out; changes nothing here, so that batches may be prepared at the same time."""
        kept = kinds.copy()
        kept[:, rows.N_DAY] = segments(self.bounds, kinds[:, rows.N_DAY])
        classes = self.shapes.classes(shapes)
        return Prepared(
            Distinct.of(kept), Distinct.of(classes, self.shapes.standing(shapes, classes)),
            shapes[:, rows.W_START] // 3_600_000_000 % 24, np.maximum(shapes[:, rows.W_DURATION], 0), weight, payers,
        )  # fmt: skip

    def add(self, batch: Prepared) -> None:
        """Adds a batch up. The order of batches decides which number a kind or shape gets."""
        cell = self._kinds.number(batch.kinds) * _SHAPES + self._shapes.number(batch.shapes)
        one = np.ones(len(cell), np.int64)
        minutes = -(-batch.spoken // 60_000_000)
        self._hours.add(cell * HOURS + batch.hour, (one, batch.weight, batch.spoken, minutes))
        if batch.payers is not None:
            self._pairs.append((batch.payers, cell, batch.weight))

    def tables(self) -> Tables:
        """What has been added up."""
        keys, sums = self._hours.result()
        by_cell = keys // HOURS
        cells, totals = added(by_cell, sums)
        # numbers of kinds and shapes went by first appearance: so does the order of cells, whatever the batches were
        where = np.searchsorted(cells, by_cell).astype(np.int32)
        return Tables(
            self._kinds.rows(rows.KIND), self._shapes.rows(rows.SHAPE), (cells // _SHAPES).astype(np.int32),
            (cells % _SHAPES).astype(np.int32), totals, where, (keys % HOURS).astype(np.int32), sums,
            *self._paid(cells),
        )  # fmt: skip

    def _paid(self, cells: Int64s) -> tuple[Any, Any]:
        """The distinct payers as they come, and (payer's position, cell, calls, weight) of each pair, sorted."""
        if not self._pairs:
            return None, None
        payers = np.concatenate([payer for payer, _, _ in self._pairs])
        known = payers != 0
        distinct, first, where = np.unique(payers[known], return_index=True, return_inverse=True)
        order = np.argsort(first)  # as they come: the order of the numbers themselves would tell something of them
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        distinct, position = distinct[order], place[where.reshape(-1)]
        del payers, where
        cell = np.searchsorted(cells, np.concatenate([cell for _, cell, _ in self._pairs])[known])
        weight = np.concatenate([weight for _, _, weight in self._pairs])[known]
        self._pairs.clear()
        keys, sums = added(position * len(cells) + cell, np.stack((np.ones(len(cell), np.int64), weight)))
        account, cell = np.divmod(keys, max(1, len(cells)))
        return distinct, (account.astype(np.int32), cell.astype(np.int32), sums[0], sums[1])


@dataclass(frozen=True, eq=False)
class Tables:
    """Cells as they come out of a compressor.

    `sums`: calls, weight, microseconds and minutes of each cell; `hour_sums`: the same of each row of the table of
    hours. `payers` and `pairs`: those who pay, and (position of the payer, cell, calls, weight); None if nobody asked.
    """

    kinds: Int64s
    shapes: Int64s
    kind: Int32s
    shape: Int32s
    sums: Int64s
    hour_cell: Int32s
    hour: Int32s
    hour_sums: Int64s
    payers: Uint64s | None
    pairs: tuple[Int32s, Int32s, Int64s, Int64s] | None
