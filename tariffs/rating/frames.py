"""Tables of other programs rated in place: Arrow, Polars, pandas and DuckDB, through the Arrow interface.

Columns that are not read go into the result as they are, and so does what is read in its own type: no value of them is
copied. What has another type is turned into it, column by column (`canonical`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tariffs.rating.batch import rate_batch
from tariffs.rating.rater import Rater

BEYOND_ANY_LIMIT: Final = 1 << 40
"""Seconds; longer durations count as this long, so that they fit the kernel and are over its limit."""


def rate_table(rater: Rater, source: Any) -> pa.Table:
    """Rates an Arrow table, or anything that exports an Arrow stream (Polars, pandas, DuckDB), as one table.

    All its columns, then `status`, `rated_service` (the kind of call) and, a view each, LABEL.charge, .tariff, .rule,
    .units and .relation; a column of the table that has such a name becomes `input.NAME`. A start with a zone is turned
    into the rulebook's; seconds of `duration` may be whole numbers or decimals. Raises ValueError where a column is
    missing or of a type that is not exact.
    """
    return rate_stream(rater, source).read_all()


def rate_stream(rater: Rater, source: Any) -> pa.RecordBatchReader:
    """The same batch by batch, each rated when it is asked for: of tables larger than memory.

    Raises ValueError at once where a column is missing or of a type that is not exact.
    """
    schema, batches = _stream(source)
    nothing = _rated(rater, _nothing(schema))
    return pa.RecordBatchReader.from_batches(nothing.schema, (_rated(rater, batch) for batch in batches))


def _stream(source: Any) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    if isinstance(source, pa.RecordBatch):
        return source.schema, [source]
    if not hasattr(source, "__arrow_c_stream__"):
        raise ValueError("give an Arrow table, or something that exports an Arrow stream")
    reader = pa.RecordBatchReader.from_stream(source)
    return reader.schema, reader


def _nothing(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _rated(rater: Rater, batch: pa.RecordBatch) -> pa.RecordBatch:
    outcome = rate_batch(rater, canonical(rater, batch))
    results: dict[str, Any] = {"status": outcome.codes(), "rated_service": outcome.service}
    for number, view in enumerate(rater.views):
        results |= {f"{view.label}.{name}": array for name, array in outcome.columns(number).items()}
    given = zip(batch.schema.names, batch.columns, strict=True)
    columns = {f"input.{name}" if name in results else name: column for name, column in given}
    return pa.RecordBatch.from_pydict(columns | results)


def canonical(rater: Rater, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch in the types that `rate_batch` takes, from a table with a `start` and seconds of `duration`."""
    columns: Mapping[str, pa.Array] = dict(zip(batch.schema.names, batch.columns, strict=True))
    missing = [name for name in ("caller", "called", "start") if name not in columns]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}; there are {', '.join(columns)}")
    ready = dict(columns)
    ready["start"] = wall_clock(columns["start"], rater.timezone.key)
    for name in ("duration", "seizure"):
        if name in columns:
            ready[name] = exact_microseconds(columns[name], name)
    return pa.RecordBatch.from_pydict(ready)


def wall_clock(column: pa.Array, zone: str) -> pa.Array:
    """Instants as the wall clock of a zone, timestamp[us] without one. Raises ValueError for other types."""
    if not pa.types.is_timestamp(column.type):
        raise ValueError(f"`start` is {column.type}; a timestamp is needed")
    column = column.cast(pa.timestamp("us", column.type.tz))
    if column.type.tz is None:
        return column
    return pc.local_timestamp(column.cast(pa.timestamp("us", zone)))


def exact_microseconds(column: pa.Array, name: str) -> pa.Array:
    """Whole or decimal seconds, or a duration, as int64 microseconds. Raises ValueError for floats."""
    if pa.types.is_floating(column.type):
        raise ValueError(f"`{name}` is {column.type}: seconds are exact, give whole numbers, decimals or a duration")
    if pa.types.is_duration(column.type):
        return column.cast(pa.duration("us")).cast(pa.int64())
    exact = column.cast(pa.decimal128(28, 6))
    least, most = (pa.scalar(Decimal(bound), exact.type) for bound in (-1, BEYOND_ANY_LIMIT))
    exact = pc.if_else(pc.greater(exact, most), most, pc.if_else(pc.less(exact, least), least, exact))
    return pc.ceil(pc.multiply(exact, pa.scalar(Decimal(1_000_000)))).cast(pa.decimal128(38, 0)).cast(pa.int64())
