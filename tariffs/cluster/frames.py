"""Rating a frame of an existing Spark job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tariffs.cluster.plan import Batches, mapped, told


def rate_dataframe(calls: Any, rater: Any) -> Any:
    """Rates a Spark DataFrame of calls: its columns, and the results that `rater.table` gives, row by row.

    `calls` has `caller`, `called` and `start` (a timestamp), seconds of `duration` (a whole number, a decimal or an
    interval) and whatever else of the canonical columns is known. `rater`: of `Rulebook.rater`; it is broadcast once.
    A row that cannot be rated stays, with its reason as `status` and no charge. Nothing runs before an action.
    Raises ValueError where a column is missing or of a type that is not exact.
    """
    from pyspark.sql.types import StructType

    names = list(calls.columns)
    empty = _rated(rater, names, _empty(calls))
    given = {name: field.dataType for name, field in zip(names, calls.schema.fields, strict=True)}
    schema = StructType()
    for position, field in enumerate(empty.schema):
        schema = schema.add(field.name, given[names[position]] if position < len(names) else _kind(field.type))
    return mapped(calls, _step, told(calls.sparkSession, (rater, names)), schema)


def _step(known: tuple[Any, list[str]], batches: Batches) -> Iterator[Any]:
    rater, names = known
    for batch in batches:
        yield _rated(rater, names, batch)


def _rated(rater: Any, names: list[str], batch: Any) -> Any:
    """The batch and its results, their texts no longer as dictionaries, which Spark does not take."""
    import pyarrow as pa

    from tariffs.rating.frames import rate_table

    made = rate_table(rater, pa.RecordBatch.from_arrays(batch.columns, names=names)).combine_chunks()
    columns = [column.chunk(0) if column.num_chunks else pa.array([], column.type) for column in made.columns]
    plain = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in columns]
    return pa.RecordBatch.from_arrays(plain, names=made.schema.names)


def _empty(calls: Any) -> Any:
    """A batch of no rows with the columns that workers will get."""
    import pyarrow as pa

    kinds = calls.limit(0).toArrow().schema.types
    return pa.RecordBatch.from_arrays([pa.array([], kind) for kind in kinds], names=list(calls.columns))


def _kind(kind: Any) -> Any:
    """The type of a result in Spark."""
    import pyarrow as pa
    from pyspark.sql.types import DecimalType, LongType, StringType

    if pa.types.is_decimal(kind):
        return DecimalType(kind.precision, kind.scale)
    return LongType() if pa.types.is_integer(kind) else StringType()
