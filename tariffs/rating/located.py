"""Rating in two steps over columns: what each call is, found once; what such calls cost, as often as prices change.

Both steps are the one kernel. Raters of one rulebook find the same kinds unless numbers, places or zones differ, so
that what one of them has located another can price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tariffs.rating import kernel as k
from tariffs.rating import rows
from tariffs.rating.batch import SMALL, _facts, _text_buffers
from tariffs.rating.compiled import arrays, compiled_kernel
from tariffs.rating.conditions import CATEGORIES
from tariffs.rating.joint import as_arrays
from tariffs.rating.packing import RatingTables
from tariffs.rating.rater import Rater

Int64s = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Located:
    """What the records of a batch are, in their order.

    `status`: `outcome.RATED` where a record is located; else why it is not chargeable or suspended. `kinds`: a row of
    `rows.KIND` raw values a record; `shapes`: a row of `rows.SHAPE` (the record's own start and amounts).
    """

    status: Int64s
    kinds: Int64s
    shapes: Int64s


@dataclass
class Locator:
    """Finds what calls are, by the numbering plan and the names of a rater's rulebook."""

    rater: Rater
    _plain: RatingTables = field(init=False, repr=False)
    _packed: RatingTables | None = field(default=None, init=False, repr=False)
    _count: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        heap, segments = self.rater.compiled.tables
        sizes = [len(self.rater.compiled.vocabulary.values[category]) for category in CATEGORIES]
        raw = [*heap, *range(max(sizes))]
        raw[k.H_CLASSES : k.H_CLASSES + len(sizes)] = [len(heap)] * len(sizes)  # each value is its own class
        self._plain = RatingTables(raw, segments)

    def locate(self, batch: pa.RecordBatch, *, compiled: bool | None = None) -> Located:
        """The kinds of a batch of canonical columns (see `batch.rate_batch`)."""
        count = batch.num_rows
        facts = _facts(self.rater._codes, batch).matrix(count)
        (caller, caller_at), (called, called_at) = (_text_buffers(batch.column(n)) for n in ("caller", "called"))
        status, kinds = np.zeros(count, np.int64), np.zeros((count, rows.KIND), np.int64)
        self._count += count
        if compiled is None:
            compiled = self._packed is not None or self._count > SMALL
        if compiled:
            if self._packed is None:
                self._packed = arrays(self._plain)
            scratch = np.zeros(k.FACTS, np.int64), np.zeros(len(self.rater._codes.blank_keys), np.int64)
            compiled_kernel().locate_rows(
                *self._packed, (caller, called), (caller_at, called_at), facts, scratch, 0, count, status, kinds
            )
        else:
            self._walk((caller, called), (caller_at, called_at), facts, status, kinds)
        shapes = np.ascontiguousarray(facts[:, [k.START, k.DURATION, k.SEIZURE, k.QUANTITY]])
        return Located(status, kinds, shapes)

    def owners(self, batch: pa.RecordBatch, *, compiled: bool | None = None) -> Int64s:
        """Whose record each is: an integer for the number of its served party (see `rows.own_number`)."""
        count = batch.num_rows
        facts = _facts(self.rater._codes, batch).matrix(count)
        (caller, caller_at), (called, called_at) = (_text_buffers(batch.column(n)) for n in ("caller", "called"))
        owners = np.zeros(count, np.int64)
        if compiled is None:
            compiled = self._packed is not None or self._count + count > SMALL
        if compiled:
            if self._packed is None:
                self._packed = arrays(self._plain)
            compiled_kernel().owner_rows(
                *self._packed, (caller, called), (caller_at, called_at), facts, 0, count, owners
            )
            return owners
        texts, places = (caller.tobytes(), called.tobytes()), (caller_at.tolist(), called_at.tolist())
        rows.owner_rows(*self._plain, texts, places, _Rows(facts.tolist()), 0, count, owners)
        return owners

    def _walk(self, numbers: Any, offsets: Any, facts: Any, status: Any, kinds: Any) -> None:
        """The same by the kernel as it stands: lists are quicker for it."""
        texts, places = tuple(text.tobytes() for text in numbers), tuple(at.tolist() for at in offsets)
        fact, keys = [0] * k.FACTS, self.rater._codes.blank_keys.copy()
        rows.locate_rows(
            *self._plain, texts, places, _Rows(facts.tolist()), (fact, keys), 0, len(status), status, kinds
        )


class _Rows:
    """Lists of lists that are indexed as an array is."""

    def __init__(self, values: list[list[int]]) -> None:
        self._values = values

    def __getitem__(self, at: tuple[int, int]) -> int:
        return self._values[at[0]][at[1]]


def decide(rater: Rater, kinds: Int64s, *, compiled: bool) -> tuple[Int64s, Int64s]:
    """`(leaves, relations)` of kinds under every view: places in the rater's heap, and positions in RELATIONS."""
    count, views = len(kinds), len(rater.views)
    leaves, relations = np.zeros((count, views), np.int64), np.zeros((count, views), np.int64)
    sizes = k.FACTS, len(rater._codes.blank_keys)
    if compiled:
        scratch = tuple(np.zeros(size, np.int64) for size in sizes)
        compiled_kernel().decide_rows(rater.packed(as_arrays).heap, kinds, scratch, 0, count, leaves, relations)
    else:
        plain = tuple([0] * size for size in sizes)
        rows.decide_rows(rater.compiled.tables.heap, _Rows(kinds.tolist()), plain, 0, count, leaves, relations)
    return leaves, relations


def charge(
    rater: Rater, leaves: Int64s, kind: NDArray[np.int32], shape: NDArray[np.int32], shapes: Int64s,
    wanted: NDArray[np.int32], status: NDArray[np.int8], amounts: Int64s, *, compiled: bool,
) -> None:  # fmt: skip
    """Prices the cells `wanted` under one view into `status` and `amounts` (micro-yuan of one call).

    `leaves`: of each kind under that view; `kind`, `shape`: of each cell; `shapes`: a row of `rows.SHAPE` each.
    """
    if compiled:
        fact, heap = np.zeros(k.FACTS, np.int64), rater.packed(as_arrays).heap
        compiled_kernel().charge_rows(heap, leaves, kind, shape, shapes, fact, 0, len(wanted), wanted, status, amounts)
        return
    heap, fact_ = rater.compiled.tables.heap, [0] * k.FACTS
    rows.charge_rows(
        heap, leaves.tolist(), kind.tolist(), shape.tolist(), _Rows(shapes.tolist()), fact_, 0, len(wanted),
        wanted.tolist(), status, amounts,
    )  # fmt: skip
