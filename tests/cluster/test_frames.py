"""Calls that are a frame of a Spark job already."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tariffs.cluster import rate_dataframe
from tariffs.rating.frames import rate_table
from tests.cluster.calls import GOOD, example, rater


def calls(session: Any) -> Any:
    """A frame of the example, its duration in decimal seconds; a column has a dot in its name, one that of a result."""
    table = example(GOOD).select(["caller", "called", "start", "duration", "id"]).slice(0, 300)
    text = session.createDataFrame([tuple(row.values()) for row in table.to_pylist()], table.schema.names)
    return text.selectExpr(
        "caller", "called", "timestamp(start) as start", "cast(duration as decimal(12,3)) as duration", "id as `a.b`",
        "1 as status",
    ).repartition(2)  # fmt: skip


def test_a_frame_gets_the_columns_that_a_table_gets(session: Any) -> None:
    frame = calls(session)
    there = rate_dataframe(frame, rater())
    local = rate_table(rater(), pa.table(frame.toArrow()))
    assert local.schema.names == there.columns
    assert "input.status" in there.columns
    by_id = [
        [dict(zip(local.schema.names, row.values(), strict=True)) for row in found.to_pylist()]
        for found in (local, there.toArrow())
    ]
    assert sorted(by_id[0], key=str) == sorted(by_id[1], key=str)
    assert 2 <= there.rdd.getNumPartitions()


def test_what_cannot_be_rated_stays_with_its_reason(session: Any) -> None:
    frame = session.createDataFrame([("02081234567", "0757", 61)], ["caller", "called", "duration"]).selectExpr(
        "*", "timestamp_ntz'2012-03-01 10:00:00' as start"
    )
    row = rate_dataframe(frame, rater()).collect()[0]
    assert ("unknown-number", None) == (row["status"], row[f"{rater().views[0].label}.charge"])


def test_a_frame_that_is_not_exact_is_refused_at_once(session: Any) -> None:
    frame = session.createDataFrame([("1", "2", 61.0)], ["caller", "called", "duration"])
    with pytest.raises(ValueError, match="no column start"):
        rate_dataframe(frame, rater())
    with pytest.raises(ValueError, match="seconds are exact"):
        rate_dataframe(frame.selectExpr("*", "timestamp'2012-03-01 10:00:00' as start"), rater())
