"""One run on a cluster: Parquet in, a folder of Parquet out, with suspense file and manifest as on one machine.

All rows are written once, into a folder of the run, each into its part: rated, suspended, duplicate, account. What is
reported is counted from there. Then the rated part gets its final name, the manifest last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.holders import any_holders
from tariffs.cdr.manifest import assumptions_of, facts_of, manifest_text
from tariffs.cdr.masking import read_key
from tariffs.cdr.notes import Note
from tariffs.cdr.outputs import Outputs
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import is_remote
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.suspense import SuspenseLines, first_line
from tariffs.cdr.totals import check
from tariffs.cluster.inputs import ClusterInputs, open_calls, uri_of
from tariffs.cluster.plan import PART, RATED_PART, SUSPENDED, Plan, mapped, told
from tariffs.cluster.recount import Recount, recount
from tariffs.cluster.repeated import marked
from tariffs.cluster.session import failures_named
from tariffs.cluster.storage import Storage, storage_of
from tariffs.cluster.worker import TEXT, hashed_files, rated_rows, staged


def rate_files(
    session: Any,
    request: RateRequest,
    rater: Any,
    *,
    inputs: ClusterInputs | None = None,
    rate: Callable[[Any, Any], Any] | None = None,
) -> RunSummary:
    """Rates the Parquet files of a request into a folder of Parquet.

    The rows are those that the engine of one machine writes, with `file` and `row` behind them, in no order; suspense
    file and manifest are the same. `session`: a Spark session, of `open_session` or with its SETTINGS.
    Raises InputError, RequestError and InternalError as `cdr.run.run` does; then nothing has its final name.
    """
    if rate is None:
        from tariffs.rating.batch import rate_batch

        rate = rate_batch
    with ExitStack() as stack:
        if inputs is None:
            inputs = stack.enter_context(open_calls(session, request))
        run = _Run(session, request, rater, inputs, rate)
        run.refuse()
        stack.callback(run.drop)
        run.write()
        return run.finish()


class _Run:
    def __init__(self, session: Any, request: RateRequest, rater: Any, inputs: ClusterInputs, rate: Any) -> None:
        self.session, self.request, self.rater, self.inputs = session, request, rater, inputs
        self.output = request.output.rstrip("/")
        self.storage: Storage = storage_of(session, self.output)
        self.names = _Names(self.output, request)
        self.plan = _plan(request, rater, inputs, rate)
        self.masker = self.plan.masker()
        self.columns = self.plan.columns(self.masker)

    def refuse(self) -> None:
        """Raises RequestError and InputError for outputs that cannot be."""
        request, storage = self.request, self.storage
        if request.output == "-" or not self.output.lower().endswith(".parquet") or request.bom:
            raise RequestError("a cluster writes a folder of Parquet: name one that ends in .parquet for -o")
        if request.output_format not in (None, "parquet"):
            raise RequestError("a cluster writes Parquet (--format parquet)")
        if is_remote(self.output) and request.suspense is not None and not is_remote(request.suspense):
            raise RequestError("the suspense file lies where the output lies: name a URI for --suspense, or none")
        if storage.exists(self.output):
            shown = shown_name(self.output)
            raise RequestError(
                f"{shown}: this exists already, and Spark replaces no folder; delete it or choose another"
            )
        if not is_remote(self.output):
            Outputs(replace(request, output=self.output)).refuse(self.inputs.inputs.sources, self.rater)

    def write(self) -> None:
        """All rows, each once, into the folder of this run."""
        plan = told(self.session, self.plan)
        frames = marked(self.inputs.frames, plan, looked_for=any(self.plan.keys))
        written = None
        for frame in frames:
            rows = mapped(frame, rated_rows, plan, self.schema)
            written = rows if written is None else written.union(rows)
        assert written is not None  # a run has inputs
        with failures_named():
            written.write.mode("error").partitionBy(PART).parquet(uri_of(self.names.staging))

    @cached_property
    def schema(self) -> Any:
        """The rows on their way, in Spark's types."""
        import pyarrow as pa
        from pyspark.sql.types import DecimalType, IntegerType, LongType, StringType, StructType

        kinds = {pa.string(): StringType(), pa.int64(): LongType(), pa.int32(): IntegerType()}
        kinds |= {pa.decimal128(18, 6): DecimalType(18, 6)} | self.inputs.kinds
        schema = StructType()
        for field in staged(self.columns, self.inputs.stored):
            schema = schema.add(field.name, kinds[field.type])
        return schema

    def finish(self) -> RunSummary:
        """Counts what was written, and gives everything its name."""
        with failures_named():
            rows = self.session.read.schema(self.schema).parquet(uri_of(self.names.staging))
        counted = recount(rows, self.columns.labels, self.inputs.rows)
        total = check(counted.files, counted.written, counted.tallies, counted.account.portion.charged)
        suspended = total.suspended.total() > 0
        summary = self._summary(counted, total, suspended=suspended)
        if suspended:
            self.storage.write(self.names.unfinished(self.names.suspense), self._suspense(rows))
        if self.names.manifest is not None:
            self.storage.write(self.names.unfinished(self.names.manifest), [manifest_text(summary).encode()])
        self._keep(rows, suspended=suspended)
        return summary

    def _keep(self, rows: Any, *, suspended: bool) -> None:
        names, storage = self.names, self.storage
        rated = f"{names.staging}/{PART}={RATED_PART}"
        if not storage.exists(rated):
            with failures_named():
                rows.where("false").drop(PART).coalesce(1).write.parquet(uri_of(rated))
        storage.write(f"{rated}/_SUCCESS", [])
        storage.rename(rated, self.output)
        if suspended:
            storage.rename(names.unfinished(names.suspense), names.suspense)
        if names.manifest is not None:
            storage.rename(names.unfinished(names.manifest), names.manifest)

    def drop(self) -> None:
        """Leaves nothing but what has its final name."""
        names = self.names
        for name in (names.suspense, names.manifest):
            if name is not None:
                self.storage.delete(names.unfinished(name))
        self.storage.delete(names.staging)

    def _suspense(self, rows: Any) -> Iterator[bytes]:
        """The suspense file: the records in the order of the inputs, a partition of them in memory at a time."""
        from pyspark.sql import functions as f

        shapes = {shape.source.name: shape for shape in self.inputs.shapes}
        places = self.session.createDataFrame(
            [(name, place) for place, name in enumerate(shapes)], "name string, place int"
        )
        found = rows.where(rows[PART] == SUSPENDED).select("file", "row", rows[TEXT].alias("line"))
        found = found.join(f.broadcast(places), found["file"] == places["name"]).orderBy("place", "row")
        lines, before = SuspenseLines(self.masker), ""
        yield first_line(self.columns.digest)
        with failures_named():
            for row in found.select("file", "line").toLocalIterator():
                if row["file"] != before:
                    before = row["file"]
                    yield lines.section(shapes[before])
                yield row["line"].encode()

    def _summary(self, counted: Recount, total: Any, *, suspended: bool) -> RunSummary:
        account, request, found = counted.account.portion, self.request, self.inputs.inputs
        assumed = self.rater.compiled.assumed_by(account.leaves)
        facts = facts_of(self.rater) | {
            "assumptions": assumptions_of(assumed),
            "command": [shown_name(word) for word in request.command],
            "inputs": list(self._described()),
            "spark": self.session.version,
        }
        return RunSummary(
            files=counted.files,
            total=total,
            views=counted.tallies,
            output=request.output,
            suspense=self.names.suspense if suspended else None,
            manifest=self.names.manifest,
            looked_for=_looked_for(self.plan, counted.account.blank),
            facts=facts,
            remarks=(*found.notes, *self._notes(account.naive)),
            days=(_day(account.first), _day(account.last)) if account.first <= account.last else None,
            synthetic=account.synthetic,
            assumed=assumed,
        )

    def _described(self) -> Iterator[dict[str, Any]]:
        """The inputs of the manifest. Of what only the cluster sees, nobody reads all bytes once more for a hash."""
        sources = [s for s in self.inputs.inputs.sources if not s.digest]
        if all(source.path is not None for source in sources):
            hashed = _hashed(self.session, [str(source.path) for source in sources])
            for source, (digest, size) in zip(sources, hashed, strict=True):
                source.digest, source.size = digest, size
        for source in self.inputs.inputs.sources:
            size = source.size if source.digest else storage_of(self.session, source.written).size(source.written)
            yield {"file": source.name, "sha256": source.digest or None, "bytes": size}

    def _notes(self, naive: int) -> Iterator[Note]:
        if naive:
            yield Note("no-zone", {"n": naive, "zone": self.rater.timezone.key})
        for shape in self.inputs.shapes:
            if shape.mapping_name:
                yield Note("read-as", {"file": shape.source.name, "mapping": shown_name(shape.mapping_name)})
        for name, other in self.columns.renamed.items():
            yield Note("renamed", {"name": name, "other": other})


class _Names:
    """Where the outputs of a run lie, and under which names while they are made."""

    def __init__(self, output: str, request: RateRequest) -> None:
        stem = output[: -len(".parquet")]
        self.staging = self.unfinished(output)
        self.suspense = request.suspense or f"{stem}.suspense.jsonl"
        self.manifest = f"{stem}.manifest.json" if request.manifest else None

    @staticmethod
    def unfinished(name: str) -> str:
        folder, slash, last = name.rpartition("/")
        return f"{folder}{slash}.{last}.part"


def _plan(request: RateRequest, rater: Any, inputs: ClusterInputs, rate: Any) -> Plan:
    """Raises RequestError for what a cluster does not do, and InputError for keys that no column holds."""
    from tariffs.cdr.convert import Converter

    keys = []
    for shape in inputs.shapes:
        mapping = shape.mapping
        if mapping.partial is not None or mapping.second_leg is not None:
            raise RequestError(
                f"{shape.source.name}: its mapping puts records together (`partial`, `second-leg`), which only one "
                "machine does: leave out --engine spark"
            )
        keys.append(request.duplicate_key or mapping.duplicate_key)
        _try(Converter(mapping, rater.timezone, shape.names, shape.source.name), shape, keys[-1])
    mask_key = read_key(request.mask) if request.mask is not None else None
    holders = any_holders(request.holders, rater)
    return Plan(rater, rate, inputs.shapes, inputs.stored, inputs.places, tuple(keys), holders, mask_key)


def _try(converter: Any, shape: Any, key: tuple[str, ...]) -> None:
    """Reads nothing, as a worker would read: so that what is wrong with columns is said here, once."""
    import numpy as np
    import pyarrow as pa

    from tariffs.cdr.chunks import Chunk

    columns = [pa.nulls(0, kind) for kind in shape.types]
    batch = pa.RecordBatch.from_arrays(columns, names=list(shape.names))
    calls = converter.convert(Chunk(shape.source, batch, np.empty(0, np.int64), lambda row: ""))
    for name in key:
        converter.column(calls, name)


def _looked_for(plan: Plan, blank: int) -> tuple[Note, ...]:
    """What duplicates were looked for by."""
    keys = sorted(" + ".join(key) for key in set(plan.keys) - {()})
    if not keys:
        return (Note("no-key"),)
    said = [Note("key", {"key": "; ".join(keys)})]
    return (*said, Note("no-key-in-record", {"n": blank})) if blank else tuple(said)


def _hashed(session: Any, paths: list[str]) -> list[tuple[str, int]]:
    """SHA-256 and size of files that every worker sees."""
    if not paths:
        return []
    absolute = [str(Path(path).absolute()) for path in paths]
    numbers = session.range(0, len(absolute), 1, len(absolute))
    with failures_named():
        rows = mapped(
            numbers, hashed_files, told(session, absolute), "number long, sha256 string, bytes long"
        ).collect()
    found = {row["number"]: (row["sha256"], row["bytes"]) for row in rows}
    if len(found) != len(paths):
        raise InputError("an input was not there any more when it was to be hashed")
    return [found[number] for number in range(len(paths))]


def _day(microseconds: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(microseconds=microseconds)
