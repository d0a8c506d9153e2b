"""Rated batches into files: Parquet, CSV, JSON Lines. A file has its name only when it is complete."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Protocol

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.joining import done_with
from tariffs.cdr.pipeline import threads
from tariffs.cdr.remote import RemotePath, is_remote
from tariffs.cdr.rowgroups import MAGIC, Joined, Piece, piece
from tariffs.cdr.textlines import cell, csv_lines, json_lines

STANDARD_OUTPUT: Final = "-"
KINDS: Final = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
ROW_GROUP: Final = 131_072
AHEAD: Final = 32 << 20
"""Bytes written after which the disk is told."""
_BOM: Final = "\ufeff"


class Writer(Protocol):
    """Writes batches of one schema, each as `preparing` has made it ready; `close` returns how many rows the finished
    file holds."""

    def write(self, rows: Any) -> None: ...
    def close(self) -> int: ...

    def abandon(self) -> None:
        """The file will not be kept: lets go of it without a word."""


def output_kind(name: str, said: str | None = None) -> tuple[str, str]:
    """Format and compression (or an empty text) of an output, from its ending. Raises RequestError with a remedy."""
    if name == STANDARD_OUTPUT:
        if (said or "csv") == "parquet":
            raise RequestError("Parquet cannot go to standard output: name a file")
        return said or "csv", ""
    path = Path(name.lower().partition("?")[0] if is_remote(name) else name.lower())
    packed = path.suffix if path.suffix in (".gz", ".zst") else ""
    kind = said or KINDS.get(Path(path.stem).suffix if packed else path.suffix)
    if kind is None or (kind == "parquet" and packed):
        endings = ".parquet, .csv or .jsonl (the last two also .gz or .zst)"
        raise RequestError(f"{name}: the ending does not say what to write; end it in {endings}")
    return kind, packed


class Appearing:
    """A file under a temporary name beside its final one. `keep` gives it its name, `drop` removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()  # a link goes on leading to its file
        self.part = self.path.with_name(f".{path.name}.{os.getpid()}.part")
        self.stream: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        if self.path.is_dir():
            raise InputError(f"{self.path}: this is a folder; name a file to write to")
        try:
            self.stream = io.BufferedWriter(_Early(self.part, "wb"), 1 << 20)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror or error}") from error
        return self.stream

    def finish(self) -> None:
        """Everything written is on the disk; the name is still the temporary one."""
        if self.stream is not None:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()

    def keep(self) -> None:
        self.part.replace(self.path)

    def drop(self) -> None:
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
        with suppress(OSError):
            self.part.unlink(missing_ok=True)


class _Early(io.FileIO):
    """A file that goes to the disk while it is written, so that nobody waits for all of it at the end."""

    _begun = _written = 0

    def write(self, data: Any) -> int:
        count = super().write(data)
        self._written += count
        if self._written - self._begun >= AHEAD and hasattr(os, "posix_fadvise"):
            # What has not been written cannot be dropped from memory, as this asks; Linux begins to write it.
            with suppress(OSError):  # it is a hint, which not every file system takes
                os.posix_fadvise(self.fileno(), self._begun, self._written - self._begun, os.POSIX_FADV_DONTNEED)
            self._begun = self._written
        return count


class Uploaded:
    """A file of another machine: written here first, and there, whole, when it is kept."""

    def __init__(self, path: RemotePath) -> None:
        self.path = path
        self.stream: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        self.stream = tempfile.NamedTemporaryFile(prefix="tariffs-")  # noqa: SIM115 - kept until it is told to drop
        return self.stream

    def finish(self) -> None:
        if self.stream is not None:
            self.stream.flush()

    def keep(self) -> None:
        assert self.stream is not None  # what is kept was written
        self.stream.seek(0)
        with self.path.open("wb") as there:
            shutil.copyfileobj(self.stream, there, 1 << 20)
        self.drop()

    def drop(self) -> None:
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()


class Unnamed:
    """Standard output, where `-o -` writes."""

    path = Path(STANDARD_OUTPUT)

    def open(self) -> IO[bytes]:
        return sys.stdout.buffer

    def finish(self) -> None:
        sys.stdout.buffer.flush()

    def keep(self) -> None: ...

    def drop(self) -> None: ...


def packed_stream(stream: IO[bytes], packed: str) -> Any:
    """A stream that compresses into another; closing it leaves the other open. It holds no clock."""
    if packed == ".gz":
        return gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0, filename="")
    if packed == ".zst":
        import pyarrow as pa

        return pa.CompressedOutputStream(pa.PythonFile(_Kept(stream), "w"), "zstd")
    return _Kept(stream)


class _Kept:
    """A stream whose `close` does not close the file below."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.closed = False

    def write(self, data: Any) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.closed = True


class ParquetRows:
    """Writes Parquet in row groups of at least ROW_GROUP rows, but for the last one; counts the rows of the file.

    Row groups are made in threads of their own, a few at a time, and written in their order. Columns that repeat a few
    texts arrive as dictionaries and are written as such; other texts are written plainly, because looking for
    repetitions in numbers of telephones takes as long as everything else together. zstd takes hardly longer than
    snappy and makes half the file.
    """

    def __init__(self, stream: IO[bytes], schema: Any) -> None:
        self._stream, self._schema = stream, schema
        self._held: list[Any] = []
        self._count = self._rows = 0
        self._makers = ThreadPoolExecutor(threads(), thread_name_prefix="packing")
        self._coming: deque[Future[Piece]] = deque()
        self._joined = Joined()
        stream.write(MAGIC)

    def write(self, rows: Any) -> None:
        self._held.append(rows)
        self._count += len(rows)
        if self._count >= ROW_GROUP:
            self._coming.append(self._makers.submit(_row_group, self._held, self._schema))
            self._rows += self._count
            self._held, self._count = [], 0
            while len(self._coming) > threads():
                self._put(self._coming.popleft().result())

    def _put(self, piece: Piece) -> None:
        self._joined.add(piece)
        self._stream.write(piece.data)

    def close(self) -> int:
        import pyarrow.parquet as pq

        while self._coming:
            self._put(self._coming.popleft().result())
        if self._held or not self._rows:
            self._put(_row_group(self._held, self._schema))
        self._makers.shutdown()
        self._stream.write(self._joined.ending())
        self._stream.flush()
        return int(pq.read_metadata(self._stream.name).num_rows)

    def abandon(self) -> None:
        self._makers.shutdown(cancel_futures=True)


def _row_group(batches: Sequence[Any], schema: Any) -> Piece:
    """Batches as one row group. The first of them tells which columns repeat a few texts."""
    import pyarrow as pa

    if not batches:
        return piece(schema.empty_table(), parquet_settings(schema))
    pairs = zip(schema, batches[0].columns, strict=True)
    kinds = pa.schema([f.with_type(c.type) if _coded(c.type) else f for f, c in pairs], schema.metadata)
    table = pa.Table.from_batches([_cast(batch, kinds) for batch in batches], kinds)
    # One dictionary for all pieces of a row group: the writer would take others for plain texts.
    return piece(table.unify_dictionaries(), parquet_settings(kinds))


def parquet_settings(schema: Any) -> dict[str, Any]:
    """How columns are written.

    Dictionaries for those that come as such and for results; smallest and largest value only where somebody would look
    for them, in times and numbers; decimals as the whole numbers that they are; of times, which mostly follow one
    another, the differences. The schema of Arrow is left out: it would give texts back as dictionaries.
    """
    import pyarrow as pa

    times = [f.name for f in schema if pa.types.is_timestamp(f.type)]
    results = [f.name for f in schema if f.name.endswith((".charge", ".units")) and f.name not in times]
    repeated = [*(f.name for f in schema if _coded(f.type)), *results]
    measured = [f.name for f in schema if not (_coded(f.type) or pa.types.is_string(f.type))]
    return {
        "compression": "zstd", "use_dictionary": repeated or False, "write_statistics": measured or False,
        "store_schema": False, "store_decimal_as_integer": True,
        "column_encoding": dict.fromkeys(times, "DELTA_BINARY_PACKED") or None,
    }  # fmt: skip


def _coded(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind))


def _cast(batch: Any, schema: Any) -> Any:
    """The columns as the file has them: texts as dictionaries or not."""
    import pyarrow as pa

    made = []
    for column, field in zip(batch.columns, schema, strict=True):
        if _coded(field.type) and not _coded(column.type):
            column = column.dictionary_encode()
        made.append(column if column.type == field.type else column.cast(field.type))
    return pa.RecordBatch.from_arrays(made, schema=schema)


class TextRows:
    """Writes CSV or JSON Lines: pieces of bytes, and how many lines they are."""

    def __init__(self, stream: Any, schema: Any, kind: str, *, bom: bool = False) -> None:
        self._stream, self._rows = stream, 0
        if kind == "csv":
            header = ",".join(cell(name) for name in schema.names) + "\n"
            stream.write(((_BOM if bom else "") + header).encode("utf-8", "replace"))

    def write(self, rows: tuple[list[Any], int]) -> None:
        for lines in rows[0]:
            self._stream.write(lines)
            done_with(lines)
        self._rows += rows[1]

    def close(self) -> int:
        self._stream.close()
        return self._rows

    def abandon(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.close()


def appearing(path: Path | RemotePath) -> Appearing | Uploaded:
    """A file that is there when it is complete."""
    return Uploaded(path) if isinstance(path, RemotePath) else Appearing(path)


def preparing(kind: str) -> Callable[[Any], Any]:
    """What makes a batch ready for the writer of a format, in as many threads as one likes."""
    if kind == "parquet":
        return lambda batch: batch
    lines = csv_lines if kind == "csv" else json_lines
    return lambda batch: ((lines(batch) if len(batch) else []), len(batch))


def open_writer(stream: IO[bytes], schema: Any, kind: str, packed: str, *, bom: bool = False) -> Writer:
    """The writer of a format into an open file."""
    if kind == "parquet":
        return ParquetRows(stream, schema)
    return TextRows(packed_stream(stream, packed), schema, kind, bom=bom)
