"""One run: records in, charges out, nothing lost. Read, convert, compare, rate, mask, write, recount."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tariffs.cdr.failures import Paused, RequestError
from tariffs.cdr.folder import FolderOutputs, identity, is_folder
from tariffs.cdr.holders import any_holders
from tariffs.cdr.inputs import Inputs, open_inputs
from tariffs.cdr.journal import Finished, Journal
from tariffs.cdr.keystore import KeyStore
from tariffs.cdr.manifest import assumptions_of, facts_of
from tariffs.cdr.masking import Masker
from tariffs.cdr.notes import Note
from tariffs.cdr.outputs import Outputs
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.rating import Portion, Rate
from tariffs.cdr.request import Progress, RateRequest, Report, RunSummary
from tariffs.cdr.shapes import Shape
from tariffs.cdr.sheets import Files, Sheet
from tariffs.cdr.sources import Source
from tariffs.cdr.stream import CallStream
from tariffs.cdr.totals import Counts, check

LONG_RECORD: Final = 250
"""Bytes that records hardly exceed: what an input holds tells how many they are at least."""

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
        outputs = FolderOutputs(request) if is_folder(request.output) else Outputs(request)
        if request.resume and isinstance(outputs, Outputs):
            raise RequestError("--resume goes on with a run into a folder: end the output in a slash (-o rated/)")
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
        rater.expect(_sizes(inputs.shapes) // LONG_RECORD)
        kind = _Run if isinstance(outputs, Outputs) else _FolderRun
        made = kind(request, rater, stream, inputs, progress)
        made.prepare(outputs, rate, masker)
        stack.callback(made.abandon)
        made.go()
        stream.remember()
        summary = made.summary()
        outputs.keep(summary)
        if stream.keys is not None:
            stream.keys.keep()
        made.complete()
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
        self, request: RateRequest, rater: Any, stream: CallStream, inputs: Inputs, progress: Report | None
    ) -> None:
        self.request, self.rater, self.stream, self.inputs, self.progress = request, rater, stream, inputs, progress
        stream.report = self._count_bytes
        self.facts = facts_of(rater)
        self.all = Portion.empty([view.label for view in rater.views])
        self.files: dict[str, Counts] = {shape.source.name: Counts() for shape in stream.shapes}
        self.files |= {source.name: Counts() for source in inputs.empty}
        self.bytes_read, self.written = 0, 0
        self.sheets: list[Sheet] = []
        self.current: Sheet | None = None
        self.suspense: str | None = None
        self.manifest: Path | None = None
        self.renamed: dict[str, str] = {}

    def prepare(self, outputs: Any, rate: Rate, masker: Masker | None) -> None:
        """Lays out the sheets that are to be written."""
        self.suspense, self.manifest = str(outputs.suspense_path), outputs.manifest_path
        self.sheets = [self._sheet(outputs, self.stream.shapes, rate, masker)]

    def _sheet(self, files: Files, shapes: Sequence[Shape], rate: Rate, masker: Masker | None) -> Sheet:
        sheet = Sheet(files, shapes, self.rater, rate, masker, bom=self.request.bom)
        self.renamed |= sheet.columns.renamed
        return sheet

    def go(self) -> None:
        by_shape = {id(shape): sheet for sheet in self.sheets for shape in sheet.shapes}
        coming = iter(self.sheets)
        self._next(coming)
        for shape, done in self.stream.each(lambda shape, calls: by_shape[id(shape)].desk.work(shape, calls)):
            while self.current is not by_shape[id(shape)]:
                self._next(coming)
            self.current.put(shape, done)
            self.all.add(done.portion)
            self._report(shape)
        while self.current is not None:
            self._next(coming)

    def _next(self, coming: Iterator[Sheet]) -> None:
        """Finishes the present sheet and begins the next one, if there is one."""
        if self.current is not None:
            self.current.close()
            self._finish(self.current)
        self.current = next(coming, None)
        if self.current is not None:
            self.current.open(self.facts)

    def _finish(self, sheet: Sheet) -> None:
        self.written += sheet.written
        self.files |= sheet.files
        if not sheet.suspended:
            self.suspense = None

    def abandon(self) -> None:
        if self.current is not None:
            self.current.abandon()

    def complete(self) -> None:
        """Everything has its name."""

    @cached_property
    def _bytes_total(self) -> int:
        first = _sizes(self.stream.shapes) if self.stream.passes == 2 else 0
        return first + _sizes(self.stream.unfinished)

    def _count_bytes(self, number: int) -> None:
        self.bytes_read += number

    def _report(self, shape: Shape) -> None:
        if self.progress is not None:
            name, charges = shape.source.name, tuple(self.all.charged)
            self.progress(Progress(self.all.counts.read, self.bytes_read, self._bytes_total, name, charges))

    def summary(self) -> RunSummary:
        total = check(self.files, self.written, self.all.tallies, self.all.charged)
        request = self.request
        assumed = self.rater.compiled.assumed_by(self.all.leaves)
        facts = self.facts | {
            "assumptions": assumptions_of(assumed),
            "command": [shown_name(word) for word in request.command],
            "inputs": [{"file": s.name, "sha256": s.digest, "bytes": s.size} for s in self.inputs.sources],
        }
        return RunSummary(
            files=self.files,
            total=total,
            views=self.all.tallies,
            output=request.output,
            suspense=self.suspense if total.suspended else None,
            manifest=str(self.manifest) if self.manifest is not None else None,
            looked_for=self.stream.looked_for,
            facts=facts,
            remarks=(*self.inputs.notes, *self._notes()),
            days=(_day(self.all.first), _day(self.all.last)) if self.all.first <= self.all.last else None,
            synthetic=self.all.synthetic,
            assumed=assumed,
        )

    def _notes(self) -> Iterator[Note]:
        if self.all.naive:
            yield Note("no-zone", {"n": self.all.naive, "zone": self.rater.timezone.key})
        for source in self.stream.again:
            yield Note("delivered-before", {"file": source.name})
        for shape in self.stream.shapes:
            if shape.mapping_name:
                yield Note("read-as", {"file": shape.source.name, "mapping": shown_name(shape.mapping_name)})
        for name, other in self.renamed.items():
            yield Note("renamed", {"name": name, "other": other})


class _FolderRun(_Run):
    """The same, each input into a file of its own, which has its name as soon as it is complete."""

    def prepare(self, outputs: FolderOutputs, rate: Rate, masker: Masker | None) -> None:
        stream, self.outputs = self.stream, outputs
        self.suspense, self.manifest = self.request.output, outputs.manifest_path
        whole = stream.passes == 2
        self.journal = Journal(outputs.folder, identity(self.request, self.rater, stream.shapes, whole=whole))
        self.journal.begin(resume=self.request.resume)
        labels = [tally.label for tally in self.all.tallies]
        for source in self.inputs.sources:
            shapes = [shape for shape in stream.shapes if shape.source.index == source.index]
            target = outputs.targets[source.index]
            finished = self.journal.finished(source, target.path, labels) if shapes else None
            if finished is not None:
                stream.done[source.index] = finished.aside
                self._count(source, finished)
            elif shapes:
                self.sheets.append(self._sheet(target, shapes, rate, masker))

    def _count(self, source: Source, finished: Finished) -> None:
        """Counts what an earlier go has written."""
        self.all.add(finished.portion)
        self.written += finished.written
        self.files[source.name] = finished.portion.counts

    def _finish(self, sheet: Sheet) -> None:
        """Checks one file, gives it its name and notes that it is done."""
        check(sheet.files, sheet.written, sheet.portion.tallies, sheet.portion.charged)
        self.written += sheet.written
        self.files |= sheet.files
        index = sheet.shapes[0].source.index
        source = next(source for source in self.inputs.sources if source.index == index)
        size = self.outputs.targets[index].keep(suspended=sheet.suspended)
        aside = self.stream.aside.get(index, [])
        self.journal.add(source, Finished(sheet.portion, sheet.written, size, sheet.suspended, aside))

    def go(self) -> None:
        try:
            super().go()
        except KeyboardInterrupt as interrupted:
            raise Paused from interrupted

    def complete(self) -> None:
        self.journal.complete()


def _sizes(shapes: Iterable[Shape]) -> int:
    return sum(path.stat().st_size for path in {shape.source.path for shape in shapes} if path is not None)


def _day(microseconds: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(microseconds=microseconds)
