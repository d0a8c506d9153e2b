"""A Parquet file out of row groups made apart: what readers find in it, and that nothing of a footer is lost."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from tariffs.cdr import columns as arrow
from tariffs.cdr import thrift
from tariffs.cdr.rowgroups import MAGIC, Joined, piece
from tariffs.cdr.writers import ROW_GROUP, ParquetRows, parquet_settings
from tests.strategies import thrift_structs


def footer(data: bytes) -> bytes:
    return data[-8 - int.from_bytes(data[-8:-4], "little") : -8]


def whole(numbers: range) -> Any:
    """Whole yuan as charges."""
    return arrow.seconds(pa.array([number * 1_000_000 for number in numbers], pa.int64()))


def numbered(first: int, count: int) -> Any:
    """Rows that say which they are, in every kind of column that a rated file has."""
    numbers = list(range(first, first + count))
    texts = pa.array([f"SYN-{number}" for number in numbers])
    return pa.table({
        "id": texts,
        "charge": whole(range(first, first + count)),
        "start": pa.array(numbers).cast(pa.timestamp("us")),
        "tariff": pa.array((["local", None, "inter-zone"] * count)[:count], pa.string()).dictionary_encode(),
        "answered": pa.array([number % 3 == 0 for number in numbers]),
    }).replace_schema_metadata({"tariffs.views": "[]"})  # fmt: skip


def joined(tables: list[Any]) -> bytes:
    file, stream = Joined(), BytesIO()
    stream.write(MAGIC)
    for table in tables:
        one = piece(table, parquet_settings(table.schema))
        file.add(one)
        stream.write(one.data)
    stream.write(file.ending())
    return stream.getvalue()


def test_a_file_of_three_pieces_holds_their_rows_and_what_is_said_of_them() -> None:
    data = joined([numbered(0, 5), numbered(5, 1), numbered(6, 3)])
    read = pq.read_table(BytesIO(data))
    assert read.equals(numbered(0, 9).set_column(3, "tariff", read["tariff"]))
    assert read["tariff"].to_pylist() == [
        "local",
        None,
        "inter-zone",
        "local",
        None,
        "local",
        "local",
        None,
        "inter-zone",
    ]
    metadata = pq.read_metadata(BytesIO(data))
    assert [metadata.row_group(number).num_rows for number in range(3)] == [5, 1, 3]
    assert metadata.metadata == {b"tariffs.views": b"[]"}
    assert [metadata.row_group(n).column(0).statistics for n in range(3)] == [None] * 3
    assert [metadata.row_group(n).column(1).statistics.min for n in range(3)] == [0, 5, 6]


def test_other_readers_find_a_row_of_any_piece(tmp_path: Path) -> None:
    path = tmp_path / "rated.parquet"
    path.write_bytes(joined([numbered(first, 100) for first in range(0, 1000, 100)]))
    assert duckdb.execute(f"select sum(charge) from '{path}' where id = 'SYN-750'").fetchall() == [(750,)]
    assert duckdb.execute(f"select sum(charge), count(*) from '{path}'").fetchall() == [(499_500, 1000)]
    assert pl.scan_parquet(path).filter(pl.col("id") == "SYN-999").collect()["charge"].to_list() == [999]


def test_one_piece_is_the_file_that_pyarrow_writes() -> None:
    table, stream = numbered(0, 50), BytesIO()
    with pq.ParquetWriter(stream, table.schema, **parquet_settings(table.schema)) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(table.schema.metadata)
    assert joined([table]) == stream.getvalue()


def test_a_time_may_have_the_name_of_a_result() -> None:
    table = numbered(0, 50).rename_columns(["id", "charge", "plan.charge", "tariff", "answered"])
    assert pq.read_table(BytesIO(joined([table])))["plan.charge"].equals(table["plan.charge"])


def test_a_file_without_rows_has_its_columns() -> None:
    data = joined([numbered(0, 3).schema.empty_table()])
    assert pq.read_schema(BytesIO(data)).names == ["id", "charge", "start", "tariff", "answered"]
    assert pq.read_metadata(BytesIO(data)).num_row_groups == 0


def test_reading_and_writing_a_footer_changes_no_byte() -> None:
    data = joined([numbered(0, 20)])
    assert thrift.written(thrift.Reader(footer(data)).struct()) == footer(data)


@given(thrift_structs())
def test_what_is_written_is_read_again(struct: thrift.Struct) -> None:
    assert thrift.Reader(thrift.written(struct)).struct() == struct


def test_a_kind_that_no_footer_has_is_refused() -> None:
    with pytest.raises(ValueError, match="kind 11"):
        thrift.Reader(bytes([0x1B, 0, 0])).struct()


@pytest.mark.parametrize("sizes", [[], [3], [ROW_GROUP], [ROW_GROUP - 1, 2, 7], [ROW_GROUP] * 5 + [1]])
def test_the_writer_keeps_the_order_and_gathers_few_rows_into_one_group(sizes: list[int], tmp_path: Path) -> None:
    path, first = tmp_path / "rated.parquet", 0
    with path.open("wb") as stream:
        writer = ParquetRows(stream, numbered(0, 1).schema)
        for size in sizes:
            rows = numbered(0, 1).take(pa.array([0] * size)).set_column(1, "charge", whole(range(first, first + size)))
            writer.write(rows.combine_chunks().to_batches()[0])
            first += size
        assert writer.close() == sum(sizes)
    assert pq.read_table(path)["charge"].combine_chunks().equals(whole(range(sum(sizes))))
    groups = [pq.read_metadata(path).row_group(n).num_rows for n in range(pq.read_metadata(path).num_row_groups)]
    assert all(group >= ROW_GROUP for group in groups[:-1])
    assert sum(groups) == sum(sizes)
