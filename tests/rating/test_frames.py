"""Tables of other programs are rated where they lie: as one table, or batch by batch, and without copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tariffs
from tariffs.rating.batch import _facts, _text_buffers
from tariffs.rating.frames import canonical

RATE = tariffs.load("prd").rater(["baseline", "plan-2010"])
START = dt.datetime(2012, 3, 1, 6, 59, 50)
COLUMNS: dict[str, Any] = {
    "caller": ["02081234567"] * 3,
    "called": ["075781234567", "0757", "075781234567"],
    "start": [START] * 3,
    "duration": [61, 61, 0],
    "quantity": [1, 2, 3],
    "weight": [0.5, 1.5, 2.5],
}
CHARGES = [Decimal("0.71"), None, None]


def arrow() -> pa.Table:
    return pa.table(COLUMNS)


def frames() -> dict[str, Any]:
    return {
        "pyarrow": arrow(),
        "a batch of pyarrow": arrow().to_batches()[0],
        "a reader of pyarrow": arrow().to_reader(),
        "polars": pl.DataFrame(COLUMNS),
        "pandas": pd.DataFrame(COLUMNS),
        "duckdb": duckdb.from_arrow(arrow()),
    }


@pytest.mark.parametrize("whose", frames())
def test_tables_of_every_program_are_rated_alike_at_once_and_batch_by_batch(whose: str) -> None:
    table = RATE.table(frames()[whose])
    assert CHARGES == table["baseline.charge"].to_pylist()
    assert ["rated", "unknown-number", "zero-duration"] == table["status"].to_pylist()
    assert table == RATE.stream(frames()[whose]).read_all()


def test_a_batch_is_rated_when_it_is_asked_for() -> None:
    asked = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(arrow().to_batches(max_chunksize=1)):
            asked.append(number)
            yield batch

    stream = RATE.stream(pa.RecordBatchReader.from_batches(arrow().schema, batches()))
    assert [] == asked
    assert CHARGES[:1] == stream.read_next_batch()["baseline.charge"].to_pylist()
    assert [0] == asked
    assert CHARGES[1:] == [value for batch in stream for value in batch["baseline.charge"].to_pylist()]


def test_other_programs_read_from_the_stream() -> None:
    charges = duckdb.from_arrow(RATE.stream(arrow())).sum('"baseline.charge"')
    assert [(Decimal("0.71"),)] == charges.fetchall()
    assert CHARGES == pl.DataFrame(RATE.stream(arrow()))["baseline.charge"].to_list()


def test_a_table_that_is_not_exact_is_refused_before_any_batch() -> None:
    reader = pa.table(COLUMNS | {"duration": [61.0] * 3}).to_reader()
    with pytest.raises(ValueError, match="seconds are exact"):
        RATE.stream(reader)
    assert 3 == reader.read_all().num_rows


def address(column: Any) -> int:
    """Where the values of a column lie."""
    chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return int(chunk.buffers()[1].address)


@pytest.mark.parametrize("name", ["caller", "start", "duration", "quantity", "weight"])
def test_columns_given_stand_in_the_result_without_a_copy(name: str) -> None:
    table = arrow()
    assert address(table[name]) == address(RATE.table(table)[name])
    assert address(table[name]) == address(RATE.stream(table).read_next_batch()[name])


def test_numbers_of_polars_and_pandas_are_not_copied() -> None:
    series = pl.Series("weight", [0.5, 1.5, 2.5])
    frame = pl.DataFrame(COLUMNS | {"weight": series})
    assert address(series.to_arrow()) == address(RATE.table(frame)["weight"])
    values = np.array([0.5, 1.5, 2.5])
    shared = pd.DataFrame({name: pd.Series(column) for name, column in COLUMNS.items()})
    shared["weight"] = pd.Series(values, copy=False)
    assert shared["weight"].to_numpy().ctypes.data == address(RATE.table(shared)["weight"])


def test_the_kernel_reads_columns_of_its_own_types_where_they_lie() -> None:
    batch = pa.record_batch(COLUMNS | {"duration": pa.array([61_000_000] * 3, pa.duration("us"))})
    ready = canonical(RATE, batch)
    for name in ("caller", "called", "start", "duration", "quantity"):
        assert address(batch[name]) == address(ready[name])
    facts = _facts(RATE._codes, ready)
    read = {column.ctypes.data for column in facts.columns[2]}
    assert {address(batch[name]) for name in ("start", "duration", "quantity")} == read
    text, offsets = _text_buffers(ready["caller"])
    assert (batch["caller"].buffers()[2].address, address(batch["caller"])) == (text.ctypes.data, offsets.ctypes.data)
