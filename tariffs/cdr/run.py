"""One run: records in, charges out, nothing lost. Read, convert, compare, rate, mask, write, recount."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from tariffs.cdr.failures import RequestError
from tariffs.cdr.holders import any_holders
from tariffs.cdr.inputs import Inputs, open_inputs
from tariffs.cdr.keystore import KeyStore
from tariffs.cdr.manifest import assumptions_of, facts_of
from tariffs.cdr.masking import Masker
from tariffs.cdr.notes import Note
from tariffs.cdr.outputs import Outputs
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.rating import Desk, Portion, Rate
from tariffs.cdr.request import Progress, RateRequest, Report, RunSummary
from tariffs.cdr.shapes import Shape
from tariffs.cdr.stream import CallStream
from tariffs.cdr.suspense import SuspenseWriter
from tariffs.cdr.totals import Counts, check
from tariffs.cdr.writers import open_writer

__all__ = ["Inputs", "Rate", "open_inputs", "run"]


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
        stack.callback(stream.close)
        stream.keys, stream.output = _key_store(request, stream, stack), request.output
        made = _Run(rater, rate, stream, outputs, masker, progress)
        made.files |= {source.name: Counts() for source in inputs.empty}
        made.go(stack)
        stream.remember()
        summary = made.summary(inputs)
        outputs.keep(summary)
        if stream.keys is not None:
            stream.keys.keep()
    return summary


def _key_store(request: RateRequest, stream: CallStream, stack: ExitStack) -> KeyStore | None:
    """The key store of the request, open until the stack is left. Raises RequestError where no key is declared."""
    if request.keys is None:
        return None
    if not any(stream.declared(shape).key for shape in stream.shapes):
        raise RequestError(
            "--keys remembers records by their key: name its columns with --duplicate-key, or in the mapping"
        )
    store = KeyStore(Path(request.keys), request.keys_source, request.keys_days, stream.scratch)
    stack.callback(store.close)
    store.open()
    return store


class _Run:
    """Has chunk after chunk rated, writes them in their order, and counts what is read apart from what is written."""

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
        self.all = Portion.empty(labels)
        self.bytes_read, self.written = 0, 0
        self.suspense: SuspenseWriter | None = None

    def go(self, stack: ExitStack) -> None:
        about = {f"tariffs.{key.replace('_', '-')}": _as_text(value) for key, value in facts_of(self.rater).items()}
        schema, outputs = self.columns.schema(about), self.outputs
        writer = open_writer(outputs.main(), schema, outputs.kind, outputs.packed, bom=outputs.request.bom)
        stack.callback(writer.abandon)
        desk = Desk(self.rater, self.rate, self.columns, self.masker, writer.prepare)
        for shape, done in self.stream.each(desk.work):
            if done.rows is not None:
                writer.write(done.rows)
            for record in done.suspended:
                self._suspend(record, shape)
            self.files[shape.source.name].add(done.portion.counts)
            self.all.add(done.portion)
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
            name, charges = shape.source.name, tuple(self.all.charged)
            self.progress(Progress(self.all.counts.read, self.bytes_read, self._bytes_total, name, charges))

    def _suspend(self, record: bytes, shape: Shape) -> None:
        if self.suspense is None:
            self.suspense = SuspenseWriter(self.outputs.suspense(), self.rater.compiled.book.digest, self.masker)
        self.suspense.put(shape, record)

    def summary(self, inputs: Inputs) -> RunSummary:
        total = check(self.files, self.written, self.all.tallies, self.all.charged)
        outputs, request = self.outputs, self.outputs.request
        assumed = self.rater.compiled.assumed_by(self.all.leaves)
        facts = facts_of(self.rater) | {
            "assumptions": assumptions_of(assumed),
            "command": [shown_name(word) for word in request.command],
            "inputs": [{"file": s.name, "sha256": s.digest, "bytes": s.size} for s in inputs.sources],
        }
        return RunSummary(
            files=self.files,
            total=total,
            views=self.all.tallies,
            output=request.output,
            suspense=str(outputs.suspense_path) if self.suspense is not None else None,
            manifest=str(outputs.manifest_path) if outputs.manifest_path is not None else None,
            looked_for=self.stream.looked_for,
            facts=facts,
            remarks=(*inputs.notes, *self._notes()),
            days=(_day(self.all.first), _day(self.all.last)) if self.all.first <= self.all.last else None,
            synthetic=self.all.synthetic,
            assumed=assumed,
        )

    def _notes(self) -> Iterator[Note]:
        if self.all.naive:
            yield Note("no-zone", {"n": self.all.naive, "zone": self.rater.timezone.key})
        for source in self.stream.again:
            yield Note("delivered-before", {"file": source.name})
        for shape in self.shapes:
            if shape.mapping_name:
                yield Note("read-as", {"file": shape.source.name, "mapping": shown_name(shape.mapping_name)})
        for name, other in self.columns.renamed.items():
            yield Note("renamed", {"name": name, "other": other})


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _day(microseconds: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(microseconds=microseconds)
