"""Rated batches into files: Parquet, CSV, JSON Lines. A file has its name only when it is complete."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Protocol

from tariffs.cdr import columns as arrow
from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.remote import RemotePath, is_remote

STANDARD_OUTPUT: Final = "-"
KINDS: Final = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
ROW_GROUP: Final = 131_072
_FEW: Final = 1000
"""Amounts, of more of which each distinct one is put into words only once."""
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
            self.stream = self.part.open("wb")
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

    Columns that repeat a few texts arrive as dictionaries and are written as such; other texts are written plainly,
    because looking for repetitions in numbers of telephones takes as long as everything else together. zstd takes
    hardly longer than snappy and makes half the file.
    """

    def __init__(self, stream: IO[bytes], schema: Any) -> None:
        self._stream, self._schema = stream, schema
        self._writer: Any = None
        self._held: list[Any] = []
        self._count = self._rows = 0

    def write(self, rows: Any) -> None:
        self._held.append(rows)
        self._count += len(rows)
        if self._count >= ROW_GROUP:
            self._flush()

    def _open(self) -> None:
        """Opens the file, once the first rows have told which columns repeat a few texts."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._held:
            pairs = zip(self._schema, self._held[0].columns, strict=True)
            coded = [f.with_type(c.type) if _coded(c.type) else f for f, c in pairs]
            self._schema = pa.schema(coded, self._schema.metadata)
        self._writer = pq.ParquetWriter(self._stream, self._schema, **parquet_settings(self._schema))
        self._writer.add_key_value_metadata(self._schema.metadata)

    def _flush(self) -> None:
        """Writes what is held as one row group."""
        if self._writer is None:
            self._open()
        table = _one_table([_cast(batch, self._schema) for batch in self._held], self._schema)
        if self._count:
            # One dictionary for all pieces of a row group: the writer would take others for plain texts.
            self._writer.write_table(table.unify_dictionaries(), row_group_size=self._count)
        self._rows += self._count
        self._held, self._count = [], 0

    def close(self) -> int:
        import pyarrow.parquet as pq

        self._flush()
        self._writer.close()
        self._stream.flush()
        return int(pq.read_metadata(self._stream.name).num_rows)

    def abandon(self) -> None:
        with suppress(OSError, ValueError):
            if self._writer is not None:
                self._writer.close()


def parquet_settings(schema: Any) -> dict[str, Any]:
    """How columns are written: dictionaries for those that come as such and for results, smallest and largest value
    only where somebody would look for them, in times and numbers.

    The schema of Arrow is left out: it would give texts back as dictionaries.
    """
    import pyarrow as pa

    repeated = [f.name for f in schema if _coded(f.type) or f.name.endswith((".charge", ".units"))]
    measured = [f.name for f in schema if not (_coded(f.type) or pa.types.is_string(f.type))]
    return {
        "compression": "zstd", "use_dictionary": repeated or False, "write_statistics": measured or False,
        "store_schema": False,
    }  # fmt: skip


def _coded(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind))


def _one_table(batches: Sequence[Any], schema: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches(batches, schema) if batches else schema.empty_table()


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
            header = ",".join(_cell(name) for name in schema.names) + "\n"
            stream.write(((_BOM if bom else "") + header).encode("utf-8", "replace"))

    def write(self, rows: tuple[list[Any], int]) -> None:
        for piece in rows[0]:
            self._stream.write(piece)
        self._rows += rows[1]

    def close(self) -> int:
        self._stream.close()
        return self._rows

    def abandon(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.close()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def _csv_lines(batch: Any) -> list[Any]:
    import pyarrow.compute as pc

    empty = arrow.scalar("")
    cells = [pc.coalesce(_plain(column, _quoted), empty) for column in batch.columns]
    cells[-1] = pc.binary_join_element_wise(cells[-1], arrow.scalar("\n"), empty)
    return _pieces(pc.binary_join_element_wise(*cells, arrow.scalar(",")))


def _json_lines(batch: Any) -> list[Any]:
    import pyarrow.compute as pc

    null, nothing = arrow.scalar("null"), arrow.scalar("")
    parts: list[Any] = []
    for number, (name, column) in enumerate(zip(batch.schema.names, batch.columns, strict=True)):
        parts.append(arrow.scalar(("{" if number == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": "))
        parts.append(pc.coalesce(_plain(column, _json_text), null))
    return _pieces(pc.binary_join_element_wise(*parts, arrow.scalar("}\n"), nothing))


def _pieces(lines: Any) -> list[Any]:
    """Lines as pieces of bytes."""
    pieces = []
    for chunk in lines.chunks if hasattr(lines, "chunks") else [lines]:
        offsets = arrow.offsets(chunk)
        pieces.append(memoryview(chunk.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
    return pieces


def _plain(column: Any, text_form: Callable[[Any], Any]) -> Any:
    """A column as it stands in a line of text. Money has two decimals, or as many as it needs; JSON has it as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        values = _plain(column.dictionary, text_form)
        return values.take(column.indices)
    if pa.types.is_decimal(kind):
        if len(column) > _FEW:
            return _plain(column.dictionary_encode(), text_form)
        text = pc.replace_substring_regex(column.cast(pa.string()), r"(\.\d\d\d*?)0+$", r"\1")
        return _wrapped(text) if text_form is _json_text else text
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind) and text_form is _json_text:
        return pc.if_else(pc.is_finite(column), column.cast(pa.string()), arrow.texts([None])[0])
    return text_form(arrow.as_text(column))


def _holds(column: Any, signs: bytes, below: bytes = b"") -> bool:
    """Whether one of these ASCII signs, or a byte below one, stands in any value."""
    look = arrow.bytes_of(column)
    return any(bool((look == sign).any()) for sign in signs) or bool(below and (look < ord(below)).any())


def _quoted(column: Any) -> Any:
    """CSV cells: quoted where a value holds a quote, a comma or a line end."""
    import pyarrow.compute as pc

    if not _holds(column, b'",\r\n'):
        return column
    special = pc.match_substring_regex(column, '[",\r\n]')
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(special, _wrapped(doubled), column)


def _json_text(column: Any) -> Any:

    if not _holds(column, b'"\\', below=b" "):
        return _wrapped(column)
    return arrow.texts([None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_pylist()])


def _wrapped(column: Any) -> Any:
    import pyarrow.compute as pc

    quote = arrow.scalar('"')
    return pc.binary_join_element_wise(quote, column, quote, arrow.scalar(""))


def appearing(path: Path | RemotePath) -> Appearing | Uploaded:
    """A file that is there when it is complete."""
    return Uploaded(path) if isinstance(path, RemotePath) else Appearing(path)


def preparing(kind: str) -> Callable[[Any], Any]:
    """What makes a batch ready for the writer of a format, in as many threads as one likes."""
    if kind == "parquet":
        return lambda batch: batch
    lines = _csv_lines if kind == "csv" else _json_lines
    return lambda batch: ((lines(batch) if len(batch) else []), len(batch))


def open_writer(stream: IO[bytes], schema: Any, kind: str, packed: str, *, bom: bool = False) -> Writer:
    """The writer of a format into an open file."""
    if kind == "parquet":
        return ParquetRows(stream, schema)
    return TextRows(packed_stream(stream, packed), schema, kind, bom=bom)
