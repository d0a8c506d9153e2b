"""Writes generated calls as CSV, JSON Lines or Parquet, by the ending of the file name."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal

from tariffs.cdr.sample import COLUMNS, SOURCE, Sample, sample_batches

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["csv", "jsonl", "parquet"]

_KINDS: Final[dict[str, Kind]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}


def read_ending(name: str) -> tuple[Kind, str | None]:
    """Kind of file and compression, from a file name. Raises ValueError with a remedy."""
    path = Path(name.lower())
    compression = _COMPRESSIONS.get(path.suffix)
    kind = _KINDS.get(Path(path.stem).suffix if compression else path.suffix)
    if kind is None or (kind == "parquet" and compression):
        raise ValueError(
            f"{Path(name).name!r} does not say what to write: let it end in .csv, .jsonl (either may be followed by "
            ".gz or .zst) or .parquet"
        )
    return kind, compression


def write_sample(sample: Sample, path: Path, progress: Callable[[int], None] | None = None) -> None:
    """Writes `sample` to `path`, which appears, or is replaced, only when it is complete.

    Raises ValueError for an ending that says nothing, OSError when the file cannot be written.
    """
    import pyarrow as pa

    kind, compression = read_ending(path.name)
    with _appearing(path) as part:
        if kind == "parquet":
            _write_parquet(sample, part, progress)
            return
        chunks = _csv(sample, progress) if kind == "csv" else _jsonl(sample, progress)
        stream: IO[bytes] | pa.NativeFile
        with part.open("wb") as file:
            stream = pa.CompressedOutputStream(file, compression) if compression else file
            for chunk in chunks:
                stream.write(chunk)
            if compression:
                stream.close()


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its name in the end, and goes away when anything fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder, not a file to write to")
        yield part
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _csv(sample: Sample, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    """Nothing is quoted: no clean value holds a comma, and a spoilt one is meant to break its line."""
    yield (",".join(COLUMNS) + "\n").encode()
    for batch in sample_batches(sample, progress):
        yield "".join(_line(row) for row in _rows(batch)).encode()


def _line(row: tuple[str | None, ...]) -> str:
    """Fields missing at the end of a record are missing from its line too."""
    if row[-1] is None:
        row = row[: max(i for i, value in enumerate(row) if value is not None) + 1]
    return ",".join(value or "" for value in row) + "\n"


def _jsonl(sample: Sample, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    for batch in sample_batches(sample, progress):
        records = ({c: v for c, v in zip(COLUMNS, row, strict=True) if v is not None} for row in _rows(batch))
        yield "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[str | None, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _write_parquet(sample: Sample, path: Path, progress: Callable[[int], None] | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    described = {"source": SOURCE, "month": sample.month, "calls": str(sample.calls), "seed": str(sample.seed)}
    described |= {"bad": str(sample.bad), "rulebook": sample.book.rulebook_id, "rulebook-digest": sample.book.digest}
    schema = pa.schema([(column, pa.string()) for column in COLUMNS], metadata=described)
    with pq.ParquetWriter(path, schema) as writer:
        for batch in sample_batches(sample, progress):
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
