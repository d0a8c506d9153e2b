"""The tariff written by hand for other tools is the tariff of the rules: every phase, every kind of number."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.calls import draw
from benchmarks.rivals import in_duckdb, in_pandas, in_polars
from benchmarks.rivals.measured import different
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import run
from tests.cdr.desk import rater

COLUMNS = {
    "id": pa.string(), "caller": pa.string(), "called": pa.string(), "start": pa.timestamp("us", "UTC"),
    "duration": pa.decimal128(9, 2), "answered": pa.bool_(), "service": pa.string(), "direction": pa.string(),
    "served_place": pa.string(), "operator": pa.string(), "group": pa.string(), "source": pa.string(),
}  # fmt: skip
CALLERS = ("02081234567", "07587654321", "075481234567", "07547654321", "13802500000", "01081234567", "0085223456789")
DIALLED = (
    "81234567", "7654321", "18234567", "41234567", "4001234567", "400123456", "8001234567", "110", "122", "120110",
    "13802500000", "013802500000", "13802500", "14012345678", "02081234567", "02011234567", "0208123456",
    "076081234567",
    "07587654321", "075876543210", "075471234567", "0311123456", "03111234567", "031112345678", "0999", "02612345678",
    "0085223456789", "008522345678", "00886223456789", "0088622345678901", "00442079460000", "1790902081234567",
    "17909013802500000", "179090085223456789", "17909110", "179094001234567", "1790481234567", "17931075781234567",
)  # fmt: skip
LENGTHS = ("0", "0.01", "6", "6.01", "180", "180.5", "61", "3600", "86400", "86400.01")
DAYS = ("2009-12-31", "2010-01-01", "2011-12-31", "2012-01-01", "2014-12-31", "2015-01-01", "2017-08-31", "2017-09-01")
HOURS = ("00:00:00", "06:59:59", "06:59:55.5", "12:00:00", "23:59:59")


def made() -> pa.Table:
    """The drawn calls of seven years, and each odd number dialled by each kind of line."""
    rows: list[tuple[Any, ...]] = [
        (one.call.caller, one.call.called, one.call.start, one.call.seconds, one.call.direction, one.call.served_place)
        for one in draw(1500)
    ]
    odd = itertools.product(CALLERS, DIALLED, (("originated", None), ("originated", "foshan"), ("received", "huizhou")))
    for number, (caller, called, (direction, place)) in enumerate(odd):
        day, hour = DAYS[number % len(DAYS)], HOURS[number % len(HOURS)]
        start = dt.datetime.fromisoformat(f"{day}T{hour}+08:00")
        rows.append((caller, called, start, Decimal(LENGTHS[number % len(LENGTHS)]), direction, place))
    operators = ("china-telecom", None, "china-telecom", "china-unicom")
    records = [
        (f"{n}", *row[:3], Decimal(row[3]), n % 11 > 0, "voice", *row[4:], operators[n % 4], None, "test")
        for n, row in enumerate(rows)
    ]
    named = [dict(zip(COLUMNS, record, strict=True)) for record in records]
    return pa.Table.from_pylist(named, pa.schema(list(COLUMNS.items())))


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The calls, and what the engine makes of them."""
    folder = tmp_path_factory.mktemp("rivals")
    pq.write_table(made(), folder / "calls.parquet")
    run(RateRequest(inputs=(str(folder / "calls.parquet"),), output=str(folder / "rated.parquet")), rater())
    return folder / "calls.parquet", folder / "rated.parquet"


@pytest.mark.parametrize("rival", [in_duckdb, in_polars, in_pandas])
def test_a_rival_charges_every_call_as_the_engine_does(rival: object, rated: tuple[Path, Path], tmp_path: Path) -> None:
    calls, ours = rated
    rival.rate(str(calls), str(tmp_path / "theirs.parquet"))  # type: ignore[attr-defined]
    assert [] == different(ours, tmp_path / "theirs.parquet")


def test_a_difference_is_seen(rated: tuple[Path, Path], tmp_path: Path) -> None:
    table = pq.read_table(rated[1])
    charges = table["baseline.charge"].to_pylist()
    charges[3] = Decimal("0.01") + (charges[3] or 0)
    at = table.schema.get_field_index("baseline.charge")
    pq.write_table(
        table.set_column(at, "baseline.charge", pa.array(charges, pa.decimal128(18, 6))), tmp_path / "x.parquet"
    )
    assert ["baseline.charge"] == different(rated[1], tmp_path / "x.parquet")
