"""Records as read: a piece of one input, its columns as text, and what could not be read of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr.columns import Int64s
from tariffs.cdr.sources import Source

READ = 0


@dataclass(slots=True)
class Chunk:
    """Consecutive records of one input.

    `columns`: a RecordBatch of what the records hold, null in records that cannot be read; `lines`: where each begins
    (lines count from 1, rows of a Parquet file too); `unreadable`: why, by position in the chunk; `raw`: the
    record at a position as it stood: text; bytes where it is not text of its encoding; rebuilt from its columns where
    the input is no text at all.
    """

    source: Source
    columns: Any
    lines: Int64s
    raw: Callable[[int], str | bytes]
    unreadable: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(slots=True)
class Calls:
    """A chunk with its canonical columns.

    `batch` has the columns that `rating.batch.rate_batch` reads, one row a record. `status` holds the codes of
    `rating.outcome.STATUS` (0: still to be rated), and beyond them DUPLICATE and MERGED; `details` says more, by
    position, and never holds a number. `naive`: how many times said no zone.
    """

    chunk: Chunk
    batch: Any
    status: NDArray[np.int8]
    details: dict[int, str] = field(default_factory=dict)
    pieces: dict[int, int] = field(default_factory=dict)
    naive: int = 0

    def suspend(self, position: int, code: int, detail: str) -> None:
        """Suspends a record, unless an earlier reason stands."""
        if self.status[position] == READ:
            self.status[position] = code
            self.details[position] = detail


DUPLICATE = 100
MERGED = 101
