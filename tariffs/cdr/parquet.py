"""Parquet into records; rows count from 1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from tariffs.cdr.chunks import Chunk
from tariffs.cdr.columns import as_text
from tariffs.cdr.sources import Source, failures_named

ROWS: Final = 131_072
_FEW: Final = 2.5
"""Bytes a value, before compression, up to which a column of texts is taken to repeat a few of them."""


def read_schema(source: Source) -> Any:
    """The Arrow schema of the file. Raises InputError for a file that is damaged."""
    import pyarrow.parquet as pq

    with failures_named(source), _file(source) as file:
        return pq.read_schema(file)


def batches(
    source: Source, names: Sequence[str], report: Callable[[int], None] | None = None
) -> Iterator[tuple[Any, int]]:
    """The rows of one file, in batches with the number of their first row, its columns under `names` (not the file's
    where two are equal). Columns that repeat a few texts come as dictionaries.

    `report`: told the share of the file's bytes that the rows of each batch are.
    """
    import pyarrow.parquet as pq

    first = 1
    with failures_named(source), _file(source) as file:
        metadata, told, size = pq.read_metadata(file), 0, file.size()
        for batch in pq.ParquetFile(file, read_dictionary=repetitive(metadata), metadata=metadata).iter_batches(ROWS):
            if len(batch):
                yield batch.rename_columns(list(names)), first
                first += len(batch)
                if report is not None:
                    report(size * (first - 1) // metadata.num_rows - told)
                    told = size * (first - 1) // metadata.num_rows


def repetitive(metadata: Any) -> list[str]:
    """The columns of texts that the first row group keeps as short codes of a dictionary."""
    if not metadata.num_row_groups:
        return []
    group, schema = metadata.row_group(0), metadata.schema
    found = []
    for i in range(group.num_columns):
        column = group.column(i)
        text = schema.column(i).logical_type.type == "STRING" and "." not in column.path_in_schema
        if text and column.has_dictionary_page and column.total_uncompressed_size < _FEW * group.num_rows:
            found.append(column.path_in_schema)
    return found


@contextmanager
def _file(source: Source) -> Iterator[Any]:
    """The file of an input, open for as long as it is read."""
    import pyarrow as pa

    assert source.path is not None  # standard input has been put aside into a file
    opened = pa.OSFile(str(source.path)) if isinstance(source.path, Path) else source.path.open()
    with opened:
        yield opened


def chunk(source: Source, batch: Any, first: int) -> Chunk:
    """Rows as records, numbered from `first`."""
    return Chunk(source, batch, np.arange(first, first + len(batch), dtype=np.int64), lambda i: row_text(batch, i))


def row_text(batch: Any, position: int) -> str:
    """A row as a JSON object of texts, which the reader of JSON Lines takes back."""
    row = batch.slice(position, 1)
    values = {name: as_text(_exact(row.column(i))).to_pylist()[0] for i, name in enumerate(batch.schema.names)}
    return json.dumps({key: value for key, value in values.items() if value is not None}, ensure_ascii=False)


def _exact(column: Any) -> Any:
    """Timestamps to the microsecond, as they are rated; other columns as they are."""
    import pyarrow as pa

    return column.cast(pa.timestamp("us", column.type.tz), safe=False) if pa.types.is_timestamp(column.type) else column
