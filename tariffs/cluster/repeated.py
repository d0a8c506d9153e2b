"""Records that share a key, found as on one machine: of equal ones the first in order of file and row is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from tariffs.cdr.chunks import DUPLICATE
from tariffs.cluster.plan import mapped
from tariffs.cluster.worker import CONFLICTING, MARK, keyed_rows


def marked(frames: Sequence[Any], plan: Callable[[], Any], *, looked_for: bool) -> list[Any]:
    """The frames with the mark of each record (null: nothing to say) in its place before their columns."""
    from pyspark.sql import functions as f

    plain = [_with_mark(frame, f.lit(None).cast("int")) for frame in frames]
    if not looked_for:
        return plain
    keyed = [mapped(frame, keyed_rows, plan, _schema()) for frame in plain]
    marks = _marks(reduce(lambda one, other: one.union(other), keyed))
    joined = []
    for frame in frames:
        same = (frame["c0"] == marks["uri"]) & (frame["c1"] == marks["at"])
        joined.append(_with_mark(frame.join(marks, same, "left"), marks["mark"], len(frame.columns)))
    return joined


def _marks(keyed: Any) -> Any:
    """URI, row and mark of the records that are not the only ones of their key, and not kept."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    group = Window.partitionBy("key")
    number = f.row_number().over(group.orderBy("place", "row"))
    differ = f.min("content").over(group) != f.max("content").over(group)
    mark = f.when(differ, CONFLICTING).when(number > 1, DUPLICATE)
    found = keyed.select("uri", f.col("row").alias("at"), mark.cast("int").alias("mark"))
    return found.where(f.col("mark").isNotNull())


def _with_mark(frame: Any, mark: Any, width: int | None = None) -> Any:
    columns = [frame[f"c{position}"] for position in range(width or len(frame.columns))]
    return frame.select(*columns[:MARK], mark.alias("mark"), *columns[MARK:])


def _schema() -> Any:
    """KEYS as Spark says it."""
    from pyspark.sql.types import BinaryType, IntegerType, LongType, StringType, StructType

    schema = StructType().add("key", BinaryType()).add("content", BinaryType())
    return schema.add("place", IntegerType()).add("uri", StringType()).add("row", LongType())
