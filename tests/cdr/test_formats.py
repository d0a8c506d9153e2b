"""The same calls in every format, order and division into files give the same results."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cdr.desk import FOSHAN, GUANGZHOU, MORNING, SHENZHEN, mapping_of, put, rate

NAMES = ("id", "caller", "called", "start", "duration", "answered", "note")
NUMBERS = st.sampled_from(
    [GUANGZHOU, FOSHAN, SHENZHEN, "13000401234", "110", "0757", "*60", "Anonymous", "", "+86 757 8123 4567"]
)
STARTS = st.sampled_from(
    [MORNING, "2012-02-29T22:59:50Z", "2012-03-01 06:59:50", "2011-10-01T23:59:59+0800", "2012-02-30 00:00:00", "soon"]
)
DURATIONS = st.sampled_from(["61", "0", "600.5", "-1", "", "x", "99999999", "0.01"])
ROWS = st.lists(
    st.tuples(
        NUMBERS, NUMBERS, STARTS, DURATIONS, st.sampled_from(["true", "false", "", "1", "maybe"]), st.text(max_size=8)
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: [(str(n), *row[:5], _clean(row[5])) for n, row in enumerate(rows)])
Row = tuple[str, ...]


def _clean(text: str) -> str:
    return "".join(c for c in text if c not in "\0\r" and not 0xD800 <= ord(c) <= 0xDFFF)


def as_csv(rows: Sequence[Row], delimiter: str = ",") -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([NAMES, *rows])
    return stream.getvalue().encode()


def as_json(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(dict(zip(NAMES, row, strict=True)), ensure_ascii=False) + "\n" for row in rows).encode()


def as_parquet(rows: Sequence[Row]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(
        pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(NAMES)}), stream
    )
    return stream.getvalue()


def outcome(content: bytes | list[Path], folder: Path, **asked: Any) -> tuple[list[Any], list[Any], Any]:
    """Rows and suspended records in the order of their ids, and the totals."""
    done = rate(folder, content, **asked)
    suspended = []
    for record in done.suspense:
        raw = record["raw"]
        number = json.loads(raw)["id"] if raw.startswith("{") else raw.replace("\t", ",").split(",")[0]
        suspended.append((number, record["code"], record["detail"]))
    sums = {tally.label: tally.sums for tally in done.summary.views}
    return sorted(done.rows, key=lambda row: row["id"]), sorted(suspended), sums


@settings(max_examples=12)
@given(ROWS, st.sampled_from(["rated.csv", "rated.parquet", "rated.jsonl"]))
def test_every_format_in_and_out_gives_the_same_results(rows: list[Row], output: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        expected = outcome(as_csv(rows), folder)
        assert expected == outcome(as_json(rows), folder, name="calls.jsonl", output=output)
        assert expected == outcome(as_parquet(rows), folder, name="calls.parquet", output=output)
        assert expected == outcome(gzip.compress(as_csv(rows)), folder, name="calls.csv.gz", output=output)
        assert expected == outcome(
            pa.compress(as_csv(rows), "zstd", asbytes=True), folder, name="calls.csv.zst", output=output
        )
        assert expected[::2] == outcome(as_csv(rows, "\t"), folder, name="calls.tsv", output=output)[::2]


@settings(max_examples=12)
@given(ROWS, st.data())
def test_order_of_calls_and_division_into_files_change_nothing(rows: list[Row], data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        expected = outcome(as_csv(rows), folder)
        mixed = data.draw(st.permutations(rows))
        cut = data.draw(st.integers(0, len(rows)))
        parts = [part for part in (mixed[:cut], mixed[cut:]) if part]
        paths = [put(folder, f"part-{n}.csv", as_csv(part)) for n, part in enumerate(parts)]
        assert expected == outcome(paths, folder, output="parts.csv")


def test_rows_come_out_in_the_order_in_which_they_went_in(tmp_path: Path) -> None:
    rows = [(str(n), GUANGZHOU, FOSHAN if n % 3 else "", MORNING, "61", "true", "") for n in range(200)]
    done = rate(tmp_path, as_csv(rows))
    assert [str(n) for n in range(200) if n % 3] == done.column("id")
    assert [n + 2 for n in range(200) if not n % 3] == [line for line, _ in done.suspended]


def test_parquet_columns_of_every_type_are_read_exactly(tmp_path: Path) -> None:
    table = pa.table(
        {
            "caller": pa.array([int(FOSHAN), 13000401234]).cast(pa.int64()),
            "called": pa.array([GUANGZHOU, FOSHAN]).dictionary_encode(),
            "start": pa.array([1330556390_000_000_000, 1330556390_123_456_789], pa.timestamp("ns", "Europe/Berlin")),
            "duration": pa.array([61.0, 61.1]),
            "answered": [True, None],
            "nested": [{"a": [1]}, None],
        }
    )
    path = tmp_path / "calls.parquet"
    pq.write_table(table, path)
    done = rate(tmp_path, [path])
    assert [(1, "unknown-number")] == done.suspended  # an integer has lost the 0 of the area code
    assert ["11"] == done.column("baseline.units")  # 61.1 seconds are eleven units of six, begun in the night


def test_naive_timestamps_and_decimals_in_parquet(tmp_path: Path) -> None:
    import datetime as dt
    from decimal import Decimal

    table = pa.table(
        {
            "caller": [GUANGZHOU],
            "called": pa.array([FOSHAN], pa.large_string()),
            "start": [dt.datetime(2012, 3, 1, 6, 59, 50)],
            "duration": [Decimal("61.00")],
        }
    )
    path = tmp_path / "calls.parquet"
    pq.write_table(table, path)
    assert ["0.71"] == rate(tmp_path, [path]).column("baseline.charge")


def test_durations_of_arrow_and_alternative_timestamps(tmp_path: Path) -> None:
    answered = pa.array([1330556390_000_000, None], pa.timestamp("us", "UTC"))
    table = pa.table(
        {
            "caller": [GUANGZHOU] * 2,
            "called": [FOSHAN] * 2,
            "ringing": pa.array([0, 1330556390_000_000], pa.timestamp("us", "UTC")),
            "answer": answered,
            "length": pa.array([61_000_000_000, 61_000_000_000], pa.duration("ns")),
        }
    )
    path = tmp_path / "calls.parquet"
    pq.write_table(table, path)
    mapping = mapping_of(
        tmp_path, "columns: {caller: caller, called: called, start: [answer, ringing], duration: length}\n"
    )
    assert ["0.71", "0.71"] == rate(tmp_path, [path], mapping=mapping).column("baseline.charge")


def test_json_numbers_keep_their_digits_and_nested_values_pass_through(tmp_path: Path) -> None:
    known = f'{{"caller": "{GUANGZHOU}", "called": "{FOSHAN}", "start": "{MORNING}", '
    line = known + '"duration": 61.50, "x": {"a": [1, 2.50, null]}}'
    done = rate(tmp_path, line, name="calls.jsonl")
    assert (["61.50"], ['{"a": [1, 2.50, null]}']) == (done.column("duration"), done.column("x"))


def test_what_json_lines_cannot_be_is_unreadable(tmp_path: Path) -> None:
    good = as_json([("1", GUANGZHOU, FOSHAN, MORNING, "61", "true", "")]).decode()
    done = rate(
        tmp_path, good + '[1]\n{"a":\n"x"\n{"caller": "1", "caller": "2"}\n' + "[" * 100_000 + "\n", name="calls.jsonl"
    )
    assert ["1"] == done.column("id")
    assert [(n, "unreadable") for n in range(2, 7)] == done.suspended
