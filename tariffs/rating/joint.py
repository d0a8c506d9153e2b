"""The joint classes of a rater: one number for all records that no rule of any view tells apart. See `rated_rows`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tariffs.rating import kernel as k
from tariffs.rating import rated_rows as rows
from tariffs.rating.packing import RatingTables
from tariffs.rating.tables import Compiled

KIND_OF_CALL = 5  # the first categories: what `rated_rows.kind_of_call` is made of
MOST = 1 << 60


def as_arrays(compiled: Compiled) -> RatingTables:
    """The tables with the joint record, for the compiled kernel: int64, and int16 for segments of mobile numbers."""
    return RatingTables(_joined(compiled), np.array(compiled.tables.segments, dtype=np.int16))


def as_lists(compiled: Compiled) -> RatingTables:
    """The same for the kernel as it stands."""
    return RatingTables(_joined(compiled).tolist(), compiled.tables.segments)


def _joined(compiled: Compiled) -> Any:
    """The heap and, behind it, the joint record; without it where its numbers would grow too large."""
    heap = np.array(compiled.tables.heap, dtype=np.int64)
    calls, roams = _Pairs(heap, k.V_CALL), _Pairs(heap, k.V_ROAM)
    others = [np.array(classes, dtype=np.int64) for classes in compiled.alphabet.classes[KIND_OF_CALL:]]
    columns = [calls.numbers, roams.numbers, *others]
    kinds = math.prod(map(len, compiled.alphabet.classes[:KIND_OF_CALL]))
    sizes = [*(int(c.max()) + 1 for c in columns), kinds, int(heap[k.H_SEGMENTS]), 1 << int(heap[k.H_OPTIONS])]
    if math.prod(sizes) > MOST:
        return heap
    strides = [math.prod(sizes[:i]) for i in range(len(sizes))]
    parts, end = [heap], len(heap)

    def put(part: Any) -> int:
        nonlocal end
        parts.append(part)
        end += len(part)
        return end - len(part)

    record = np.zeros(rows.JOINT, dtype=np.int64)
    ready = [put(column * stride) for column, stride in zip(columns, strides, strict=False)]
    record[rows.J_CALL], record[rows.J_ROAM] = put(ready[0] + calls.by_segment), put(ready[1] + roams.by_segment)
    record[rows.J_BY :] = ready[2:]
    record[[rows.J_KIND, rows.J_SEGMENT, rows.J_OPTIONS]] = strides[-3:]
    heap[k.H_JOINT] = put(record)
    return np.concatenate(parts)


class _Pairs:
    """Of every pair of places, in each date segment, its class in all views as one of `numbers`.

    `by_segment`: where in `numbers` those of each date segment begin.
    """

    def __init__(self, heap: Any, which: int) -> None:
        size = int(heap[k.H_PLACES]) ** 2
        first = int(heap[k.H_VIEW])
        views = heap[first : first + int(heap[k.H_VIEWS]) * k.VIEW].reshape(-1, k.VIEW)
        wanted: dict[tuple[int, ...], int] = {}
        places = []
        for segment in range(int(heap[k.H_SEGMENTS])):
            tables = tuple(int(heap[v[which] + (segment if v[k.V_AS_OF] < 0 else v[k.V_AS_OF])]) for v in views)
            places.append(wanted.setdefault(tables, len(wanted)) * size)
        self.by_segment = np.array(places, dtype=np.int64)
        self.numbers = numbered([np.concatenate([heap[table : table + size] for table in tables])
                                 for tables in zip(*wanted, strict=True)])  # fmt: skip


def numbered(columns: Sequence[Any]) -> Any:
    """The same number wherever all columns (of small whole numbers) agree."""
    numbers = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        both = numbers * (int(column.max()) + 1) + column
        there = np.zeros(int(both.max()) + 1, dtype=np.int64)
        there[both] = 1
        numbers = (np.cumsum(there) - 1)[both]
    return numbers
