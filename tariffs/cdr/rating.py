"""A chunk of calls into what is written of it and counted: rated, masked, put into the columns of the output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import DUPLICATE, MERGED, Calls
from tariffs.cdr.masking import Masker
from tariffs.cdr.numbers import why_unreadable
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.request import Outcome
from tariffs.cdr.sample import SOURCE as SYNTHETIC
from tariffs.cdr.shapes import Shape
from tariffs.cdr.suspense import SuspenseLines
from tariffs.cdr.totals import Counts, Kinds, Tally
from tariffs.rating.outcome import RATED, STATUS, UNREADABLE

Rate = Callable[[Any, Any], Outcome]
"""`rating.batch.rate_batch`, or something of its shape: a rater and a batch of canonical columns."""
LATEST: Final = 1 << 62


@dataclass(slots=True)
class Portion:
    """What came of one chunk, or of many that were added up.

    `counts`: recounted from the rows to be written, but for `read`; `charged`: micro-yuan by view, as rating returned
    them; `first`, `last`: microseconds of the earliest and the latest start of a rated call; `naive`: times without
    zone.
    """

    tallies: list[Tally]
    charged: list[int]
    counts: Counts = field(default_factory=Counts)
    leaves: set[int] = field(default_factory=set)
    first: int = LATEST
    last: int = 0
    naive: int = 0
    synthetic: bool = False

    @classmethod
    def empty(cls, labels: Sequence[str]) -> Portion:
        return cls([Tally(label) for label in labels], [0] * len(labels))

    def add(self, other: Portion) -> None:
        for mine, theirs in zip(self.tallies, other.tallies, strict=True):
            mine.join(theirs)
        self.charged = [a + b for a, b in zip(self.charged, other.charged, strict=True)]
        self.counts.add(other.counts)
        self.leaves |= other.leaves
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.naive += other.naive
        self.synthetic = self.synthetic or other.synthetic


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that has been rated. `rows`: ready for the writer, None where there are none; `suspended`: records as
    lines of the suspense file."""

    portion: Portion
    rows: Any
    suspended: list[bytes]


@dataclass(frozen=True)
class Desk:
    """Rates chunks one by one, in as many threads as one likes.

    `prepare`: brings rows into the form that the writer takes.
    """

    rater: Any
    rate: Rate
    columns: RatedColumns
    masker: Masker | None
    prepare: Callable[[Any], Any]

    def work(self, shape: Shape, calls: Calls) -> Done:
        portion = Portion.empty(self.columns.labels)
        portion.counts.read = len(calls.status)
        portion.naive = 0 if shape.mapping.timezone else calls.naive
        portion.synthetic = _says_synthetic(calls.chunk.columns)
        ready = np.flatnonzero(calls.status == RATED)
        outcome = self._rated(calls, ready, portion)
        kept = np.flatnonzero((calls.status >= RATED) & (calls.status < DUPLICATE))
        rows = None
        if len(kept):
            columns = calls.chunk.columns if self.masker is None else self.masker.columns(calls, shape)
            portion.leaves |= outcome.paid_leaves()
            made = self.columns.batch(columns, calls, kept, ready, outcome)
            self._count(made, calls, kept, portion)
            rows = self.prepare(made)
        for code, number in _counted(calls.status):
            if code < 0:
                portion.counts.suspended[STATUS[code]] += number
            elif code == DUPLICATE:
                portion.counts.duplicate += number
            elif code == MERGED:
                portion.counts.merged += number
        lines = SuspenseLines(self.masker)
        aside = np.flatnonzero(calls.status < 0).tolist()
        return Done(portion, rows, [lines.record(calls, position, shape) for position in aside])

    def _rated(self, calls: Calls, ready: Any, portion: Portion) -> Outcome:
        """Rates the rows `ready`: their status, their details, and what was charged."""
        batch = calls.batch if len(ready) == len(calls.status) else calls.batch.take(arrow.integers(ready))
        outcome = self.rate(self.rater, batch)
        calls.status[ready] = outcome.status
        for row, detail in outcome.details().items():
            unread = why_unreadable(batch, row) if outcome.status[row] == UNREADABLE else ""
            calls.details[int(ready[row])] = unread or detail
        # All of them: a record that is not rated has no charge, or what is written would sum up to less.
        portion.charged = [int(np.asarray(outcome.charge(view)).sum()) for view in range(len(self.columns.labels))]
        return outcome

    def _count(self, made: Any, calls: Calls, kept: Any, portion: Portion) -> None:
        """Counts and sums the rows of a batch that is to be written."""
        column = {name: made.column(i) for i, name in enumerate(made.schema.names)}
        for item in column["status"].value_counts().to_pylist():
            word, number = item["values"], item["counts"]
            if word == STATUS[RATED]:
                portion.counts.rated += number
            else:
                portion.counts.not_chargeable[word] += number
        duration = calls.batch.column(calls.batch.schema.get_field_index("duration"))
        lengths = _of_rows(duration, kept)
        if duration.null_count:
            lengths = np.where(arrow.valid_of(duration).take(kept), lengths, 0)
        relation = column[f"{portion.tallies[0].label}.relation"]
        kinds = Kinds.of(relation, column["rated_service"])
        for tally in portion.tallies:
            tally.add(column[f"{tally.label}.charge"], kinds, lengths)
        rated = arrow.valid_of(relation)
        if rated.any():
            starts = _of_rows(calls.batch.column(calls.batch.schema.get_field_index("start")), kept)[rated]
            portion.first, portion.last = int(starts.min()), int(starts.max())


def _of_rows(column: Any, rows: Any) -> Any:
    """The numbers of these rows; of all of them without a copy."""
    values = arrow.as_numpy(column)
    return values if len(rows) == len(values) else values.take(rows)


def _counted(status: Any) -> list[tuple[int, int]]:
    """Every code that occurs, and how often."""
    counts = np.bincount(status.view(np.uint8), minlength=256)
    return [(code - 256 if code > 127 else code, int(counts[code])) for code in np.flatnonzero(counts).tolist()]


def _says_synthetic(columns: Any) -> bool:
    """Whether a column `source` says of some record that it was generated."""
    index = columns.schema.get_field_index("source")
    if index < 0:
        return False
    said = columns.column(index)
    coded = said if hasattr(said, "dictionary") else arrow.as_text(said).dictionary_encode()
    return SYNTHETIC in coded.dictionary.to_pylist()
