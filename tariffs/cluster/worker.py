"""What a worker does with the rows of Parquet files: rates them, or hashes what tells them apart.

The columns of a batch are the URI of the file, the row in it counted from 0, the mark of a duplicate or null, then the
columns of the file. A batch may hold rows of several files that have the same columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr import parquet
from tariffs.cdr.chunks import DUPLICATE, READ, Calls, Chunk
from tariffs.cdr.columns import Int64s
from tariffs.cdr.convert import Converter
from tariffs.cdr.hashing import HASH
from tariffs.cdr.matching import DIFFER, Declared, Gathered, blank
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.rating import Desk
from tariffs.cdr.shapes import Shape
from tariffs.cluster.account import Account
from tariffs.cluster.plan import ACCOUNT, PART, RATED_PART, REPEATED, SUSPENDED, Batches, Plan, place_of
from tariffs.rating.outcome import CONFLICTING_DUPLICATE, STATUS

URI, ROW, MARK, FIRST_COLUMN = 0, 1, 2, 3
"""Positions of the columns that come before those of the file."""
CODE, TEXT = "status", "rated_service"
"""In rows that are not rated: what they are, and the line of the suspense file (or the account) as text."""
CONFLICTING: Final = 1
"""Marks records that share their key and differ; DUPLICATE marks those that only repeat another one."""
KEYS: Final = pa.schema(
    [("key", pa.binary()), ("content", pa.binary()), ("place", pa.int32()), ("uri", pa.string()), ("row", pa.int64())]
)
FILES: Final = pa.schema([("number", pa.int64()), ("sha256", pa.string()), ("bytes", pa.int64())])
_BLOCK: Final = 1 << 20


def rated_rows(plan: Plan, batches: Batches) -> Iterator[Any]:
    """Each row once, as `staged` says: rated or not chargeable, suspended, or duplicate; at last the accounts."""
    task = _Task(plan)
    for batch in batches:
        for place, rows in _by_file(plan, batch):
            yield from task.rate(place, rows)
    yield from task.accounts()


def keyed_rows(plan: Plan, batches: Batches) -> Iterator[Any]:
    """Hashes of the key and of what is rated of each record that has a key, as KEYS says."""
    task = _Task(plan)
    for batch in batches:
        for place, rows in _by_file(plan, batch):
            yield task.keys(place, rows)


def hashed_files(paths: Sequence[str], batches: Batches) -> Iterator[Any]:
    """SHA-256 and size of files, given and told by their numbers among `paths`."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            digest, size = hashlib.sha256(), 0
            with Path(paths[number]).open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
            yield pa.RecordBatch.from_pydict(
                {"number": [number], "sha256": [digest.hexdigest()], "bytes": [size]}, schema=FILES
            )


def staged(columns: RatedColumns, stored: Mapping[Any, Any]) -> Any:
    """The Arrow schema of rows on their way: those of the rated file as Spark has them, and their part."""
    fields = [pa.field(field.name, stored.get(field.type, field.type)) for field in columns.schema({})]
    return pa.schema([*fields, pa.field(PART, pa.int32())])


class _Task:
    """One task: the converters of its inputs, and what it found out of each."""

    def __init__(self, plan: Plan) -> None:
        self._plan, masker = plan, plan.masker()
        columns = plan.columns(masker)
        self._labels, self._schema = columns.labels, staged(columns, plan.stored)
        self._desk = Desk(plan.rater, plan.rate, columns, masker, lambda made: self._put(made, RATED_PART))
        self._converters: dict[int, Converter] = {}
        self._accounts: dict[int, Account] = {}

    def _read(self, place: int, rows: Any) -> tuple[Calls, Converter]:
        """The calls of rows of one file, their columns typed as in the file."""
        shape, names = self._plan.shapes[place], list(self._plan.shapes[place].names)
        if place not in self._converters:
            zone = self._plan.rater.timezone
            self._converters[place] = Converter(shape.mapping, zone, shape.names, shape.source.name)
        columns = _typed(rows.columns[FIRST_COLUMN:], shape.types)
        batch = pa.RecordBatch.from_arrays(columns, names=names)
        lines = arrow.as_numpy(rows.column(ROW)) + 1
        calls = self._converters[place].convert(
            Chunk(shape.source, batch, lines, lambda row: parquet.row_text(batch, row))
        )
        if self._plan.holders is not None:
            self._plan.holders.apply(calls)
        return calls, self._converters[place]

    def keys(self, place: int, rows: Any) -> Any:
        calls, converter = self._read(place, rows)
        records = Gathered.of(calls, converter, Declared(self._plan.keys[place]), 0).keys
        chosen = records["ordinal"].astype(np.int64)
        made = [_binary(records["key"]), _binary(records["content"])]
        made += [pa.array(np.full(len(chosen), place, np.int32)), rows.column(URI).take(arrow.integers(chosen))]
        return pa.RecordBatch.from_arrays([*made, arrow.integers(calls.chunk.lines[chosen] - 1)], schema=KEYS)

    def rate(self, place: int, rows: Any) -> Iterator[Any]:
        """Every row once, in its part."""
        shape = self._plan.shapes[place]
        calls, converter = self._read(place, rows)
        account = Account.of(self._labels)
        if self._plan.keys[place]:
            key = [converter.column(calls, name) for name in self._plan.keys[place]]
            account.blank = int(((calls.status == READ) & blank(key)).sum())
            _mark(calls, rows.column(MARK))
        done = self._desk.work(shape, calls)
        account.portion = done.portion
        self._accounts.setdefault(place, Account.of(self._labels)).add(account)
        if done.rows is not None:
            yield done.rows
        repeated, suspended = np.flatnonzero(calls.status == DUPLICATE), np.flatnonzero(calls.status < 0)
        if len(repeated):
            yield self._aside(REPEATED, shape, calls.chunk.lines[repeated])
        if len(suspended):
            codes = [STATUS[int(code)] for code in calls.status[suspended]]
            lines = [line.decode() for line in done.suspended]
            yield self._aside(SUSPENDED, shape, calls.chunk.lines[suspended], codes, lines)

    def accounts(self) -> Iterator[Any]:
        """A row for each input of which this task has read rows."""
        for place, account in self._accounts.items():
            shape = self._plan.shapes[place]
            yield self._aside(ACCOUNT, shape, np.zeros(1, np.int64), texts=[account.text()])

    def _aside(
        self, part: int, shape: Shape, rows: Int64s, codes: Sequence[str] = (), texts: Sequence[str] = ()
    ) -> Any:
        """Rows that are not rated; their other columns are null."""
        columns = dict(zip(self._schema.names, self._schema.types, strict=True))
        nothing = [None] * len(rows)
        made = {name: pa.nulls(len(rows), kind) for name, kind in columns.items() if name != PART}
        made[CODE], made[TEXT] = arrow.texts(codes or nothing), arrow.texts(texts or nothing)
        made["file"], made["row"] = arrow.constant(shape.source.name, len(rows)), arrow.integers(rows)
        return self._put(pa.RecordBatch.from_arrays(list(made.values()), names=list(made)), part)

    def _put(self, made: Any, part: int) -> Any:
        columns = _typed(made.columns, self._schema.types[:-1])
        return pa.RecordBatch.from_arrays(
            [*columns, pa.repeat(pa.scalar(part, pa.int32()), len(made))], schema=self._schema
        )


def _by_file(plan: Plan, batch: Any) -> Iterator[tuple[int, Any]]:
    """The rows of a batch by the number of their file."""
    coded = batch.column(URI).dictionary_encode()
    files = [plan.places[place_of(uri)] for uri in coded.dictionary.to_pylist()]
    if len(files) == 1:
        yield files[0], batch
        return
    for code, place in enumerate(files):
        yield place, batch.take(arrow.integers(np.flatnonzero(arrow.as_numpy(coded.indices) == code)))


def _mark(calls: Calls, marks: Any) -> None:
    """Marks duplicates and conflicts as on one machine."""
    said = np.where(arrow.valid_of(marks), arrow.as_numpy(marks), 0)
    calls.status[said == DUPLICATE] = DUPLICATE
    for position in np.flatnonzero(said == CONFLICTING).tolist():
        calls.suspend(position, CONFLICTING_DUPLICATE, DIFFER)


def _typed(columns: Sequence[Any], kinds: Sequence[Any]) -> list[Any]:
    """The columns in other types that hold the same; what the two sides have encoded apart stays as it is."""
    return [_as(column, kind) for column, kind in zip(columns, kinds, strict=True)]


def _as(column: Any, kind: Any) -> Any:
    if column.type == kind or pa.types.is_dictionary(kind):
        return column
    if pa.types.is_null(kind):
        return pa.nulls(len(column))
    return column.cast(kind, safe=not pa.types.is_timestamp(kind))  # nanoseconds are rated as microseconds


def _binary(hashes: Any) -> Any:
    """Hashes (`hashing.HASH`) as a column of bytes."""
    offsets = np.arange(0, (len(hashes) + 1) * HASH.itemsize, HASH.itemsize, dtype=np.int32)
    data = np.ascontiguousarray(hashes).tobytes()
    return pa.Array.from_buffers(pa.binary(), len(hashes), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
