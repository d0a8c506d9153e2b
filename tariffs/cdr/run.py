"""One run: records in, charges out, nothing lost. Read, convert, merge, find duplicates, rate, write, recount."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import DUPLICATE, MERGED, Calls
from tariffs.cdr.convert import find_column
from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.manifest import facts_of, manifest_text
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.reading import read_calls
from tariffs.cdr.request import Outcome, Progress, RateRequest, Report, RunSummary
from tariffs.cdr.sample import SOURCE as SYNTHETIC
from tariffs.cdr.shapes import Shape, find_shape, with_options
from tariffs.cdr.sources import STANDARD_INPUT, Source, find_sources, put_aside
from tariffs.cdr.suspense import SuspenseWriter, suspense_shapes
from tariffs.cdr.totals import Counts, Tally, check
from tariffs.cdr.writers import STANDARD_OUTPUT, Appearing, Unnamed, Writer, open_writer, output_kind
from tariffs.rating.outcome import RATED, STATUS

Rate = Callable[[Any, Any], Outcome]
"""`rating.batch.rate_batch`, or something of its shape: a rater and a batch of canonical columns."""
_LATEST: Final = 1 << 62


@dataclass(frozen=True)
class Inputs:
    """The inputs of a request, looked at before a rater is made for them."""

    sources: list[Source]
    shapes: list[Shape]

    def give(self, column: str) -> bool:
        """Whether some input says this canonical column."""
        return any(_gives(shape, column) for shape in self.shapes)


def _gives(shape: Shape, column: str) -> bool:
    mapping = shape.mapping
    if mapping.columns:
        return column in mapping.columns or column in mapping.constants
    return column in mapping.constants or find_column(column, shape.names) is not None


@contextmanager
def open_inputs(request: RateRequest) -> Iterator[Inputs]:
    """Finds the inputs and what they are; standard input is put aside for the time being. Raises InputError."""
    with ExitStack() as stack:
        sources = _sources(request, stack)
        yield Inputs(sources, _shapes(request, sources))


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
        outputs = _Outputs(request)
        stack.callback(outputs.drop)
        if inputs is None:
            inputs = stack.enter_context(open_inputs(request))
        outputs.refuse(inputs.sources)
        made = _Run(request, rater, rate, inputs.shapes, outputs, progress)
        made.go()
        summary = made.summary(inputs.sources)
        outputs.keep(summary)
    return summary


def _sources(request: RateRequest, stack: ExitStack) -> list[Source]:
    sources = find_sources(request.inputs)
    return [stack.enter_context(put_aside(source)) if source.name == STANDARD_INPUT else source for source in sources]


def _shapes(request: RateRequest, sources: list[Source]) -> list[Shape]:
    mapping = with_options(request.mapping, request.timezone, request.encoding)
    shapes: list[Shape] = []
    for source in sources:
        if source.ending()[0] == "suspense" or request.retry:
            found = suspense_shapes(source)
            shapes += found if mapping is None else [replace(shape, mapping=mapping) for shape in found]
        else:
            shapes.append(find_shape(source, mapping, request.mapping_name))
    return [_with_home(shape, request) for shape in shapes]


def _with_home(shape: Shape, request: RateRequest) -> Shape:
    """The shape with the zone and home area of the request, which go before those of a recognised mapping."""
    said: dict[str, Any] = {}
    if request.timezone is not None:
        said["timezone"] = request.timezone
    if request.home_area is not None:
        said["constants"] = {**shape.mapping.constants, "home_area": request.home_area}
    return replace(shape, mapping=shape.mapping.model_copy(update=said)) if said else shape


@dataclass
class _Outputs:
    """The files that a run makes, all under temporary names until everything is right."""

    request: RateRequest
    files: list[Appearing | Unnamed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kind, self.packed = output_kind(self.request.output, self.request.output_format)
        if self.request.bom and self.kind != "csv":
            raise RequestError("a byte order mark (--bom) belongs to CSV only")
        named = self.request.output != STANDARD_OUTPUT
        self.path = Path(self.request.output) if named else None
        beside = self.path if self.path is not None else Path("rated")
        self.suspense_path = (
            Path(self.request.suspense) if self.request.suspense else _beside(beside, ".suspense.jsonl")
        )
        self.manifest_path = _beside(beside, ".manifest.json") if named and self.request.manifest else None

    def refuse(self, sources: list[Source]) -> None:
        """Raises InputError where an output would replace an input."""
        ours = [p for p in (self.path, self.suspense_path, self.manifest_path) if p is not None]
        if self.path is not None and not self.path.parent.is_dir():
            raise InputError(f"{self.path}: there is no folder {self.path.parent} to write into")
        for source in sources:
            for path in ours:
                if source.path is not None and path.exists() and path.samefile(source.path):
                    raise InputError(f"{path}: this is an input, and would be overwritten; choose another output name")

    def main(self) -> IO[bytes]:
        return self._open(Appearing(self.path) if self.path is not None else Unnamed())

    def suspense(self) -> IO[bytes]:
        return self._open(Appearing(self.suspense_path))

    def _open(self, file: Appearing | Unnamed) -> IO[bytes]:
        self.files.append(file)
        return file.open()

    def keep(self, summary: RunSummary) -> None:
        """Gives every file its name, the manifest last."""
        if self.manifest_path is not None:
            self._open(Appearing(self.manifest_path)).write(manifest_text(summary).encode())
        for file in self.files:
            file.finish()
        if summary.suspense is None and self.suspense_path.is_file():
            self.suspense_path.unlink()  # of an earlier run: nothing is suspended any more
        for file in self.files:
            file.keep()
        self.files = []

    def drop(self) -> None:
        for file in self.files:
            file.drop()


def _beside(path: Path, ending: str) -> Path:
    """`rated.csv.gz` → `rated.suspense.jsonl`."""
    name = path.name
    for end in (".gz", ".zst", ".parquet", ".csv", ".jsonl", ".ndjson"):
        name = name.removesuffix(end) or name
    return path.with_name(name + ending)


class _Run:
    """Rates chunk after chunk, and counts what is read apart from what is written."""

    def __init__(
        self,
        request: RateRequest,
        rater: Any,
        rate: Rate,
        shapes: list[Shape],
        outputs: _Outputs,
        progress: Report | None,
    ) -> None:
        self.request, self.rater, self.rate, self.shapes = request, rater, rate, shapes
        self.outputs, self.progress = outputs, progress
        self.files: dict[str, Counts] = {shape.source.name: Counts() for shape in shapes}
        labels = tuple(view.label for view in rater.views)
        self.columns = RatedColumns(shapes, labels, rater.compiled.book.digest)
        self.tallies = [Tally(label) for label in labels]
        self.charged = [0] * len(labels)
        self.naive, self.bytes_read, self.rows, self.written = 0, 0, 0, 0
        self.suspense: SuspenseWriter | None = None
        self.synthetic = False
        self.first, self.last = _LATEST, 0

    def go(self) -> None:
        facts = facts_of(self.rater)
        about = {
            f"tariffs.{key.replace('_', '-')}": json.dumps(value, ensure_ascii=False) for key, value in facts.items()
        }
        writer = open_writer(
            self.outputs.main(),
            self.columns.schema(about),
            self.outputs.kind,
            self.outputs.packed,
            bom=self.request.bom,
        )
        for shape in self.shapes:
            for calls in self._calls(shape):
                self._rate(calls, shape, writer)
                self._report(shape)
        self.written = writer.close()

    def _calls(self, shape: Shape) -> Iterator[Calls]:
        for calls, naive in read_calls(shape, self.rater.timezone, self._count_bytes):
            self.naive += naive
            self.files[shape.source.name].read += len(calls.status)
            self.synthetic = self.synthetic or _says_synthetic(calls.chunk.columns)
            yield calls

    def _count_bytes(self, number: int) -> None:
        self.bytes_read += number

    def _report(self, shape: Shape) -> None:
        if self.progress is not None:
            total = sum(s.source.path.stat().st_size for s in self.shapes if s.source.path is not None)
            self.progress(Progress(self.rows, self.bytes_read, total, shape.source.name, tuple(self.charged)))

    def _rate(self, calls: Calls, shape: Shape, writer: Writer) -> None:
        ready = np.flatnonzero(calls.status == RATED)
        batch = calls.batch if len(ready) == len(calls.status) else calls.batch.take(arrow.integers(ready))
        outcome = self.rate(self.rater, batch)
        calls.status[ready] = outcome.status
        for row, detail in outcome.details().items():
            calls.details[int(ready[row])] = detail
        priced = np.asarray(outcome.status) == RATED
        for view in range(len(self.charged)):
            self.charged[view] += int(np.asarray(outcome.charge(view))[priced].sum())
        kept = np.flatnonzero((calls.status >= RATED) & (calls.status < DUPLICATE))
        if len(kept):
            made = self.columns.batch(calls.chunk.columns, calls, kept, ready, outcome)
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
            self.suspense = SuspenseWriter(self.outputs.suspense(), self.rater.compiled.book.digest)
        self.suspense.write(calls, shape)
        codes, numbers = np.unique(calls.status[calls.status < 0], return_counts=True)
        for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
            self.files[shape.source.name].suspended[STATUS[code]] += number

    def summary(self, sources: list[Source]) -> RunSummary:
        total = check(self.files, self.written, self.tallies, self.charged)
        notes: list[str] = []
        if self.naive:
            notes.append(
                f"{self.naive:,} times say no zone; they were read in the rulebook's, {self.rater.timezone.key}"
            )
        for shape in self.shapes:
            if shape.mapping_name:
                notes.append(f"{shape.source.name}: read as {shape.mapping_name}")
        for name, other in self.columns.renamed.items():
            notes.append(f"the input's column {name!r} is {other!r} in the output: a result has its name")
        facts = facts_of(self.rater) | {
            "command": list(self.request.command),
            "inputs": [{"file": s.name, "sha256": s.digest, "bytes": s.size} for s in sources],
        }
        return RunSummary(
            files=self.files,
            total=total,
            views=self.tallies,
            output=self.request.output,
            suspense=str(self.outputs.suspense_path) if self.suspense is not None else None,
            manifest=str(self.outputs.manifest_path) if self.outputs.manifest_path is not None else None,
            duplicates="none were looked for: no key was declared",
            facts=facts,
            notes=notes,
            days=(_day(self.first), _day(self.last)) if self.first <= self.last else None,
            synthetic=self.synthetic,
        )


def _day(microseconds: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(microseconds=microseconds)


def _says_synthetic(columns: Any) -> bool:
    """Whether a column `source` says of some record that it was generated."""
    index = columns.schema.get_field_index("source")
    if index < 0:
        return False
    said = columns.column(index)
    return SYNTHETIC in arrow.as_text(said).dictionary_encode().dictionary.to_pylist()
