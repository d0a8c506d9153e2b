"""A run from end to end: what is counted, written, kept and refused."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tariffs.cdr.failures import InputError, InternalError, RequestError
from tariffs.cdr.rated import SCHEMA
from tariffs.cdr.request import Progress, RateRequest
from tariffs.cdr.run import run
from tariffs.cdr.totals import Counts, Sum, Tally, check
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, MORNING, SHENZHEN, call, calls, put, rate, rater, rows_of

MIXED = calls(
    call(1),
    call(2, duration=0),
    call(3, called="0757"),
    call(4, start="yesterday"),
    call(5, called=SHENZHEN, duration=600),
    "6,only",
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("output", ["rated.csv", "rated.jsonl", "rated.parquet"])
def test_a_run_writes_all_input_columns_and_a_price_for_each_view(tmp_path: Path, output: str) -> None:
    done = rate(tmp_path, calls(call("GZ/1") + ",2.5", header=HEADER + ",weight"), output=output)
    assert [
        {
            "id": "GZ/1",
            "caller": GUANGZHOU,
            "called": FOSHAN,
            "start": MORNING,
            "duration": "61",
            "weight": "2.5",
            "baseline.charge": "0.71",
            "baseline.tariff": "domestic-long-distance",
            "baseline.rule": "fixed-long-distance",
            "baseline.units": "11",
            "baseline.relation": "same-province",
            "plan-2010.charge": "0.60",
            "plan-2010.tariff": "inter-zone",
            "plan-2010.rule": "fixed-long-distance/plan-2010:1",
            "plan-2010.units": "2",
            "plan-2010.relation": "same-circle",
            "rated_service": "fixed-to-fixed",
            "status": "rated",
            "rules_digest": rater().compiled.book.digest,
        }
    ] == done.rows


def test_every_record_is_accounted_for(tmp_path: Path) -> None:
    done = rate(tmp_path, MIXED)
    assert (6, 2, 1, 3, 0, 0) == done.outcomes
    assert {"zero-duration": 1} == done.summary.total.not_chargeable
    assert [(4, "unknown-number"), (5, "unreadable"), (7, "unreadable")] == done.suspended


def test_money_and_minutes_are_summed_by_view_relation_and_service(tmp_path: Path) -> None:
    before, after = rate(tmp_path, MIXED).summary.views
    assert {("same-province", "fixed-to-fixed"): Sum(2, 661_000_000, 7_650_000)} == before.sums
    assert ("7.65", "7.54") == (before.as_json()["charge"], after.as_json()["charge"])  # 0.71 and 6.94; 0.60 and 6.94
    assert "11.02" == before.as_json()["minutes"]


def test_the_summary_is_json(tmp_path: Path) -> None:
    summary = rate(tmp_path, MIXED).summary
    assert summary.as_json() == json.loads(json.dumps(summary.as_json()))


def test_counts_are_kept_by_file_and_inputs_may_be_files_folders_and_patterns(tmp_path: Path) -> None:
    put(tmp_path, "in/a.csv", calls(call(1)))
    put(tmp_path, "in/deep/b.csv.gz", gzip.compress(calls(call(2), call(3)).encode()))
    put(tmp_path, "in/notes.md", "no calls")
    put(tmp_path, "in/old.suspense.jsonl", "not calls either")
    put(tmp_path, "in/.hidden.csv", "nor this")
    put(tmp_path, "c1.jsonl", json.dumps(dict(zip(HEADER.split(","), call(4).split(","), strict=True))))
    done = rate(tmp_path, [tmp_path / "in", tmp_path / "c*.jsonl"])
    assert [1, 2, 1] == [counts.read for counts in done.summary.files.values()]
    assert ["1", "2", "3", "4"] == done.column("id")


def test_one_input_named_twice_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", calls(call(1)))
    with pytest.raises(InputError, match="twice"):
        rate(tmp_path, [path, tmp_path / "*.csv"])


def test_files_with_other_columns_stand_in_one_output(tmp_path: Path) -> None:
    one = put(tmp_path, "a.csv", calls(call(1) + ",x", header=HEADER + ",note"))
    other = put(tmp_path, "b.csv", calls(call(2) + ",3", header=HEADER + ",weight"))
    done = rate(tmp_path, [one, other], output="rated.parquet")
    assert (["x", ""], ["", "3"]) == (done.column("note"), done.column("weight"))


def test_input_columns_that_are_called_like_results_are_kept_under_another_name(tmp_path: Path) -> None:
    again = rate(
        tmp_path, [put(tmp_path, "a.csv", calls(call(1) + ",9.99,new", header=HEADER + ",baseline.charge,status"))]
    )
    assert (["9.99"], ["0.71"]) == (again.column("input.baseline.charge"), again.column("baseline.charge"))
    assert (["new"], ["rated"]) == (again.column("input.status"), again.column("status"))
    assert 2 == sum("in the output" in note for note in again.summary.notes)


def test_a_rated_file_can_be_rated_again(tmp_path: Path) -> None:
    rate(tmp_path, MIXED, output="once.parquet")
    twice = rate(tmp_path, [tmp_path / "once.parquet"], output="twice.parquet")
    assert "its calls were rated again" in twice.summary.notes[0]
    assert twice.column("input.baseline.charge") == twice.column("baseline.charge")


def test_csv_quotes_what_needs_it_and_has_a_byte_order_mark_on_request(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(1) + ',"say ""a, b"""', header=HEADER + ',"no,te"'), bom=True)
    assert ['say "a, b"'] == done.column("no,te")
    assert (tmp_path / "rated.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")


def test_parquet_has_exact_money_and_says_what_it_rests_on(tmp_path: Path) -> None:
    rate(tmp_path, MIXED, output="rated.parquet")
    schema = pq.read_schema(tmp_path / "rated.parquet")
    assert "decimal128(18, 6)" == str(schema.field("baseline.charge").type)
    assert SCHEMA == schema.metadata[b"tariffs.schema"].decode()
    assert ["baseline", "plan-2010"] == json.loads(schema.metadata[b"tariffs.views"])
    assert "inter-zone-price" in schema.metadata[b"tariffs.assumptions"].decode()


def test_json_lines_have_money_as_text_and_null_where_nothing_was_charged(tmp_path: Path) -> None:
    rate(tmp_path, MIXED, output="rated.jsonl")
    first, free, _ = (json.loads(line) for line in (tmp_path / "rated.jsonl").read_text().splitlines())
    assert ("0.71", 11) == (first["baseline.charge"], first["baseline.units"])
    assert (None, "zero-duration") == (free["baseline.charge"], free["status"])


@pytest.mark.parametrize("output", ["rated.csv", "rated.jsonl"])
def test_more_different_amounts_than_a_few_are_written(tmp_path: Path, output: str) -> None:
    """Each amount is put into words once: of more than a thousand different ones this once went on for ever."""
    calls = pa.table({
        "caller": ["02083123456"] * 1500, "called": ["02083123457"] * 1500,
        "start": ["2012-03-01T10:00:00+08:00"] * 1500, "duration": [Decimal(n) / 100 for n in range(1, 1501)],
    })  # fmt: skip
    pq.write_table(calls, tmp_path / "calls.parquet")
    run(RateRequest(inputs=(str(tmp_path / "calls.parquet"),), output=str(tmp_path / output)), rater())
    assert "15.00" in (tmp_path / output).read_text().splitlines()[-1]


@pytest.mark.parametrize("output", ["rated.csv", "rated.parquet"])
def test_a_run_does_not_wait_for_pandas(tmp_path: Path, output: str) -> None:
    """Arrow loads pandas for some of its functions, which takes longer than rating a small file."""
    code = f"""
import sys
from tests.cdr.desk import rater
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import run
run(RateRequest(inputs=({str(put(tmp_path, "calls.csv", MIXED))!r},), output={str(tmp_path / output)!r}), rater())
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


@pytest.mark.parametrize("output", ["rated.csv", "rated.jsonl", "rated.parquet", "rated.csv.gz", "rated.jsonl.zst"])
def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, output: str) -> None:
    def made() -> list[bytes]:
        run(RateRequest(inputs=(str(put(tmp_path, "calls.csv", MIXED)),), output=str(tmp_path / output)), rater())
        return [path.read_bytes() for path in sorted(tmp_path.glob("rated*"))]

    first = made()
    assert 3 == len(first)
    assert first == made()


def test_the_manifest_pins_inputs_rules_and_results(tmp_path: Path) -> None:
    done = rate(tmp_path, MIXED, command=("tariffs", "rate", "calls.csv"))
    assert done.summary.manifest is not None
    manifest = json.loads(Path(done.summary.manifest).read_text())
    assert done.summary.as_json() == manifest
    assert 64 == len(manifest["inputs"][0]["sha256"])
    assert len(MIXED.encode()) == manifest["inputs"][0]["bytes"]
    assert rater().digest == manifest["rating_digest"]
    assert ["tariffs", "rate", "calls.csv"] == manifest["command"]


def test_a_run_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    good, bad = (
        put(tmp_path, "a.csv", calls(call(1))),
        put(tmp_path, "b.csv.gz", gzip.compress(MIXED.encode() * 50)[:-20]),
    )
    with pytest.raises(InputError, match=r"b\.csv\.gz"):
        rate(tmp_path, [good, bad])
    assert ["a.csv", "b.csv.gz"] == names(tmp_path)


def test_an_interrupted_run_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    path = put(tmp_path, "a.csv", calls(call(1)))
    with pytest.raises(KeyboardInterrupt):
        run(RateRequest(inputs=(str(path),), output=str(tmp_path / "rated.parquet")), rater(), progress=interrupt)
    assert ["a.csv"] == names(tmp_path)


def test_a_killed_run_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", calls(*(call(n) for n in range(100))))
    script = (
        "import os, sys, tariffs\nfrom tariffs.cdr.request import RateRequest\nfrom tariffs.cdr.run import run\n"
        "run(RateRequest(inputs=(sys.argv[1],), output=sys.argv[2]), tariffs.load('prd').rater(['baseline']),"
        " progress=lambda _: os.kill(os.getpid(), 9))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path), str(tmp_path / "rated.csv")], check=False)
    assert -9 == ended.returncode
    assert not list(tmp_path.glob("rated*"))


def test_an_output_takes_the_place_of_an_earlier_one_and_so_does_its_suspense_file(tmp_path: Path) -> None:
    rate(tmp_path, MIXED)
    assert (tmp_path / "rated.suspense.jsonl").exists()
    rate(tmp_path, calls(call(9)))
    assert ["9"] == [row["id"] for row in rows_of(tmp_path / "rated.csv")]
    assert not (tmp_path / "rated.suspense.jsonl").exists()


@pytest.mark.parametrize("name", ["rated.csv", "rated.suspense.jsonl"])
def test_an_input_is_never_overwritten(tmp_path: Path, name: str) -> None:
    rate(tmp_path, MIXED)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(RequestError, match="this is an input") as caught:
        rate(tmp_path, [tmp_path / name])
    assert (2, before) == (caught.value.exit_code, (tmp_path / name).read_bytes())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"output": "rated.xls"}, "ending"),
        ({"output": "rated.parquet.gz"}, "ending"),
        ({"output": "rated.jsonl", "bom": True}, "byte order mark"),
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"encoding": "klingon"}, "no encoding"),
        ({"retry": True}, "suspense"),
    ],
)
def test_a_request_that_makes_no_sense_is_wrong_usage(tmp_path: Path, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        rate(tmp_path, MIXED, **asked)
    assert 2 == caught.value.exit_code


def test_a_link_goes_on_leading_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "rated.csv").symlink_to(tmp_path / "elsewhere" / "rated.csv")
    rate(tmp_path, MIXED)
    assert (tmp_path / "rated.csv").is_symlink()
    assert (tmp_path / "elsewhere" / "rated.csv").is_file()


def test_results_and_suspended_records_go_to_two_files(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="one file"):
        rate(tmp_path, MIXED, suspense=str(tmp_path / "rated.csv"))
    with pytest.raises(RequestError, match="one file"):
        rate(tmp_path, MIXED, suspense=str(tmp_path / "rated.manifest.json"))


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="device"):
        rate(tmp_path, MIXED, output="/dev/null", output_format="csv")


class _Streams:
    """Standard input and output of a process, as bytes."""

    def __init__(self, given: bytes) -> None:
        self.buffer = io.BytesIO(given)


@pytest.mark.parametrize("content", [MIXED.encode(), gzip.compress(MIXED.encode())])
def test_standard_input_and_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    out = _Streams(b"")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", _Streams(content))
    monkeypatch.setattr("sys.stdout", out)
    summary = run(RateRequest(inputs=("-",), output="-", output_format="jsonl"), rater())
    assert [("1", "0.71"), ("2", None), ("5", "6.94")] == [
        (row["id"], row["baseline.charge"]) for row in map(json.loads, out.buffer.getvalue().splitlines())
    ]
    assert (None, "rated.suspense.jsonl") == (summary.manifest, summary.suspense)
    assert ["rated.suspense.jsonl"] == names(tmp_path)


def test_standard_input_may_be_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rate(tmp_path, MIXED, output="once.parquet")
    monkeypatch.setattr("sys.stdin", _Streams((tmp_path / "once.parquet").read_bytes()))
    summary = run(RateRequest(inputs=("-",), output=str(tmp_path / "again.csv")), rater())
    assert 3 == summary.total.read


def test_parquet_cannot_go_to_standard_output() -> None:
    with pytest.raises(RequestError, match="name a file"):
        run(RateRequest(inputs=("calls.csv",), output="-", output_format="parquet"), rater())


def test_progress_tells_rows_bytes_and_money(tmp_path: Path) -> None:
    seen: list[Progress] = []
    path = put(tmp_path, "a.csv", calls(call(1), call(2)))
    run(RateRequest(inputs=(str(path),), output=str(tmp_path / "rated.csv")), rater(), progress=seen.append)
    size = path.stat().st_size
    assert [Progress(2, size, size, str(path), (1_420_000, 1_200_000))] == seen


def _lose_a_row(counts: Counts) -> None:
    counts.rated -= 1


def _count_twice(counts: Counts) -> None:
    counts.duplicate += 1


@pytest.mark.parametrize("mistake", [_lose_a_row, _count_twice])
def test_counts_that_do_not_add_up_stop_the_run(mistake: Callable[[Counts], None]) -> None:
    counts = Counts(read=2, rated=2)
    assert 2 == check({"a": counts}, 2, [], []).rated
    mistake(counts)
    with pytest.raises(InternalError) as caught:
        check({"a": counts}, 2, [], [])
    assert 4 == caught.value.exit_code


def test_rows_or_money_that_were_not_written_stop_the_run() -> None:
    counts, tally = Counts(read=1, rated=1), Tally("baseline", {("same-zone", "fixed-to-fixed"): Sum(1, 0, 220_000)})
    check({"a": counts}, 1, [tally], [220_000])
    with pytest.raises(InternalError, match="holds 0 rows"):
        check({"a": counts}, 0, [tally], [220_000])
    with pytest.raises(InternalError, match=r"0\.33 yuan were charged, and 0\.22 written"):
        check({"a": counts}, 1, [tally], [330_000])


def test_times_without_zone_are_read_in_the_rulebooks_zone_and_said_so(tmp_path: Path) -> None:
    local = call(start="2012-03-01 06:59:50")
    done = rate(tmp_path, calls(local))
    assert ["0.71"] == done.column("baseline.charge")
    assert ["1 time says no zone; it was read in the rulebook's, Asia/Shanghai"] == done.summary.notes
    several = rate(tmp_path, calls(local, local))
    assert ["2 times say no zone; they were read in the rulebook's, Asia/Shanghai"] == several.summary.notes
    named = rate(tmp_path, calls(call(start="2012-02-29 22:59:50")), timezone="UTC")
    assert (["0.71"], []) == (named.column("baseline.charge"), named.summary.notes)


@pytest.mark.parametrize("name", ["calls.parquet", "calls.csv"])
@pytest.mark.parametrize("key", [(), ("id",)])
def test_progress_goes_from_part_to_part_up_to_all_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, key: tuple[str, ...]
) -> None:
    monkeypatch.setattr("tariffs.cdr.parquet.ROWS", 10)
    monkeypatch.setattr("tariffs.cdr.stream.KEPT", 0)
    rate(tmp_path, calls(*(call(n) for n in range(100))), output="once.parquet")
    content = (tmp_path / ("once.parquet" if name == "calls.parquet" else name)).read_bytes()
    path, seen = put(tmp_path, f"in/{name}", content), list[Progress]()
    request = RateRequest(inputs=(str(path),), output=str(tmp_path / "x.csv"), duplicate_key=key)
    run(request, rater(), progress=seen.append)
    assert seen == sorted(seen, key=lambda now: (now.rows, now.bytes_read))
    assert (100, seen[-1].bytes_total) == (seen[-1].rows, seen[-1].bytes_read)
    assert len(content) * (2 if key else 1) == seen[-1].bytes_total
