"""One run: records in, charges out, nothing lost. Read, convert, compare, rate, mask, write, recount."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cached_property
from typing import Any, Final

import numpy as np

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import DUPLICATE, MERGED, Calls
from tariffs.cdr.holders import any_holders
from tariffs.cdr.inputs import Inputs, open_inputs
from tariffs.cdr.manifest import assumptions_of, facts_of
from tariffs.cdr.masking import Masker
from tariffs.cdr.notes import Note
from tariffs.cdr.numbers import why_unreadable
from tariffs.cdr.outputs import Outputs
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.request import Outcome, Progress, RateRequest, Report, RunSummary
from tariffs.cdr.sample import SOURCE as SYNTHETIC
from tariffs.cdr.shapes import Shape
from tariffs.cdr.stream import CallStream
from tariffs.cdr.suspense import SuspenseWriter
from tariffs.cdr.totals import Counts, Tally, check
from tariffs.cdr.writers import Writer, open_writer
from tariffs.rating.outcome import RATED, STATUS, UNREADABLE

__all__ = ["Inputs", "Rate", "open_inputs", "run"]

Rate = Callable[[Any, Any], Outcome]
"""`rating.batch.rate_batch`, or something of its shape: a rater and a batch of canonical columns."""
_LATEST: Final = 1 << 62


def run(
    request: RateRequest,
    rater: Any,
    *,
    inputs: Inputs | None = None,
    rate: Rate | None = None,
    progress: Report | None = None,
) -> RunSummary:
    """Rates the calls of the inputs into the output, its suspense file and its manifest.

    `inputs`: those of the request, where `open_inputs` has looked at them already.
    Raises InputError where an input cannot be read or an output not be written, RequestError where the request makes no
    sense, InternalError where the counts do not add up; then nothing has been put under the final name.
    """
    if rate is None:
        from tariffs.rating.batch import rate_batch

        rate = rate_batch
    with ExitStack() as stack:
        outputs = Outputs(request)
        stack.callback(outputs.drop)
        masker = Masker.of(request.mask, rater) if request.mask is not None else None
        if inputs is None:
            inputs = stack.enter_context(open_inputs(request))
        outputs.refuse(inputs.sources, rater)
        holders = any_holders(request.holders, rater)
        stream = CallStream(
            inputs.shapes, rater.timezone, lambda: outputs.scratch(stack), request.duplicate_key, holders
        )
        made = _Run(rater, rate, stream, outputs, masker, progress)
        made.files |= {source.name: Counts() for source in inputs.empty}
        made.go(stack)
        summary = made.summary(inputs)
        outputs.keep(summary)
    return summary


class _Run:
    """Rates chunk after chunk, and counts what is read apart from what is written."""

    def __init__(
        self,
        rater: Any,
        rate: Rate,
        stream: CallStream,
        outputs: Outputs,
        masker: Masker | None,
        progress: Report | None,
    ) -> None:
        self.rater, self.rate, self.stream, self.outputs = rater, rate, stream, outputs
        self.masker, self.progress, self.shapes = masker, progress, stream.shapes
        stream.report = self._count_bytes
        self.files: dict[str, Counts] = {shape.source.name: Counts() for shape in self.shapes}
        labels = tuple(view.label for view in rater.views)
        merging = any(shape.mapping.partial for shape in self.shapes)
        digest = rater.compiled.book.digest
        self.columns = RatedColumns(self.shapes, labels, digest, merging=merging, kind=masker.kind if masker else None)
        self.tallies = [Tally(label) for label in labels]
        self.charged = [0] * len(labels)
        self.bytes_read, self.rows, self.written = 0, 0, 0
        self.suspense: SuspenseWriter | None = None
        self.synthetic = False
        self.leaves: set[int] = set()
        self.first, self.last = _LATEST, 0

    def go(self, stack: ExitStack) -> None:
        about = {f"tariffs.{key.replace('_', '-')}": _as_text(value) for key, value in facts_of(self.rater).items()}
        schema, outputs = self.columns.schema(about), self.outputs
        writer = open_writer(outputs.main(), schema, outputs.kind, outputs.packed, bom=outputs.request.bom)
        stack.callback(writer.abandon)
        for shape, calls in self.stream:
            self.files[shape.source.name].read += len(calls.status)
            self.synthetic = self.synthetic or _says_synthetic(calls.chunk.columns)
            self._rate(calls, shape, writer)
            self._report(shape)
        self.written = writer.close()

    @cached_property
    def _bytes_total(self) -> int:
        paths = {shape.source.path for shape in self.shapes}
        return self.stream.passes * sum(path.stat().st_size for path in paths if path is not None)

    def _count_bytes(self, number: int) -> None:
        self.bytes_read += number

    def _report(self, shape: Shape) -> None:
        if self.progress is not None:
            name, charges = shape.source.name, tuple(self.charged)
            self.progress(Progress(self.rows, self.bytes_read, self._bytes_total, name, charges))

    def _rate(self, calls: Calls, shape: Shape, writer: Writer) -> None:
        ready = np.flatnonzero(calls.status == RATED)
        batch = calls.batch if len(ready) == len(calls.status) else calls.batch.take(arrow.integers(ready))
        outcome = self.rate(self.rater, batch)
        calls.status[ready] = outcome.status
        for row, detail in outcome.details().items():
            unread = why_unreadable(batch, row) if outcome.status[row] == UNREADABLE else ""
            calls.details[int(ready[row])] = unread or detail
        priced = np.asarray(outcome.status) == RATED
        for view in range(len(self.charged)):
            self.charged[view] += int(np.asarray(outcome.charge(view))[priced].sum())
        kept = np.flatnonzero((calls.status >= RATED) & (calls.status < DUPLICATE))
        if len(kept):
            columns = calls.chunk.columns if self.masker is None else self.masker.columns(calls, shape)
            self.leaves |= outcome.paid_leaves()
            made = self.columns.batch(columns, calls, kept, ready, outcome)
            writer.write(made)
            self._count_written(made, calls, kept, shape)
        if (calls.status < 0).any():
            self._suspend(calls, shape)
        counts = self.files[shape.source.name]
        counts.duplicate += int((calls.status == DUPLICATE).sum())
        counts.merged += int((calls.status == MERGED).sum())
        self.rows += len(calls.status)

    def _count_written(self, made: Any, calls: Calls, kept: Any, shape: Shape) -> None:
        """Counts and sums the rows of a batch that has been written."""
        counts = self.files[shape.source.name]
        column = {name: made.column(i) for i, name in enumerate(made.schema.names)}
        for item in column["status"].value_counts().to_pylist():
            word, number = item["values"], item["counts"]
            if word == STATUS[RATED]:
                counts.rated += number
            else:
                counts.not_chargeable[word] += number
        duration = calls.batch.column(calls.batch.schema.get_field_index("duration"))
        lengths = np.where(arrow.valid_of(duration), arrow.as_numpy(duration), 0)[kept]
        relation = column[f"{self.tallies[0].label}.relation"]
        for tally in self.tallies:
            tally.add(column[f"{tally.label}.charge"], relation, column["rated_service"], lengths)
        self._note_days(calls, kept[arrow.valid_of(relation)])

    def _note_days(self, calls: Calls, rated: Any) -> None:
        if len(rated):
            starts = arrow.as_numpy(calls.batch.column(calls.batch.schema.get_field_index("start")))[rated]
            self.first, self.last = min(self.first, int(starts.min())), max(self.last, int(starts.max()))

    def _suspend(self, calls: Calls, shape: Shape) -> None:
        if self.suspense is None:
            self.suspense = SuspenseWriter(self.outputs.suspense(), self.rater.compiled.book.digest, self.masker)
        self.suspense.write(calls, shape)
        codes, numbers = np.unique(calls.status[calls.status < 0], return_counts=True)
        for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
            self.files[shape.source.name].suspended[STATUS[code]] += number

    def summary(self, inputs: Inputs) -> RunSummary:
        total = check(self.files, self.written, self.tallies, self.charged)
        outputs, request = self.outputs, self.outputs.request
        assumed = self.rater.compiled.assumed_by(self.leaves)
        facts = facts_of(self.rater) | {
            "assumptions": assumptions_of(assumed),
            "command": [shown_name(word) for word in request.command],
            "inputs": [{"file": s.name, "sha256": s.digest, "bytes": s.size} for s in inputs.sources],
        }
        return RunSummary(
            files=self.files,
            total=total,
            views=self.tallies,
            output=request.output,
            suspense=str(outputs.suspense_path) if self.suspense is not None else None,
            manifest=str(outputs.manifest_path) if outputs.manifest_path is not None else None,
            looked_for=self.stream.looked_for,
            facts=facts,
            remarks=(*inputs.notes, *self._notes()),
            days=(_day(self.first), _day(self.last)) if self.first <= self.last else None,
            synthetic=self.synthetic,
            assumed=assumed,
        )

    def _notes(self) -> Iterator[Note]:
        if self.stream.naive:
            yield Note("no-zone", {"n": self.stream.naive, "zone": self.rater.timezone.key})
        for shape in self.shapes:
            if shape.mapping_name:
                yield Note("read-as", {"file": shape.source.name, "mapping": shown_name(shape.mapping_name)})
        for name, other in self.columns.renamed.items():
            yield Note("renamed", {"name": name, "other": other})


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _day(microseconds: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(microseconds=microseconds)


def _says_synthetic(columns: Any) -> bool:
    """Whether a column `source` says of some record that it was generated."""
    index = columns.schema.get_field_index("source")
    if index < 0:
        return False
    said = columns.column(index)
    return SYNTHETIC in arrow.as_text(said).dictionary_encode().dictionary.to_pylist()
