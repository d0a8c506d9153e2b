"""Suspended records: kept as they stood, and rated again once they or the rules are mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tariffs
from tariffs.cdr.failures import InputError
from tariffs.cdr.known import load_mapping
from tests.cdr.desk import FOSHAN, GUANGZHOU, call, calls, mapping_of, put, rate, records
from tests.cdr.test_systems import master

BROKEN = calls(
    call(1),
    call(2, start="soon"),
    '3,"a ""b""",' + FOSHAN + ",2012-03-01T06:59:50+08:00,61",
    "4,short",
    call(5, called="0757"),
)


def again(folder: Path, first: str = "rated", **asked: Any) -> Any:
    return rate(folder, [folder / f"{first}.suspense.jsonl"], output="again.csv", retry=True, **asked)


def mend(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_a_suspended_record_says_file_line_reason_and_how_it_stood(tmp_path: Path) -> None:
    done = rate(tmp_path, BROKEN)
    expected = [
        (3, "unreadable", "2,02081234567,075781234567,soon,61"),
        (4, "unreadable", '3,"a ""b""",075781234567,2012-03-01T06:59:50+08:00,61'),
        (5, "unreadable", "4,short"),
        (6, "unknown-number", "5,02081234567,0757,2012-03-01T06:59:50+08:00,61"),
    ]
    assert expected == [(r["line"], r["code"], r["raw"]) for r in done.suspense]
    assert {str(tmp_path / "calls.csv")} == {record["file"] for record in done.suspense}
    assert all(record["detail"] for record in done.suspense)


def test_details_never_hold_a_number(tmp_path: Path) -> None:
    for record in rate(tmp_path, BROKEN).suspense:
        assert not any(number in record["detail"] for number in (GUANGZHOU, FOSHAN))


def test_records_that_are_not_mended_are_suspended_again_as_they_were(tmp_path: Path) -> None:
    first = rate(tmp_path, BROKEN)
    second = again(tmp_path)
    assert [r["raw"] for r in first.suspense] == [r["raw"] for r in second.suspense]
    assert first.suspended == second.suspended
    assert records(tmp_path / "rated.suspense.jsonl") == records(tmp_path / "again.suspense.jsonl")


def test_a_mended_record_is_rated(tmp_path: Path) -> None:
    rate(tmp_path, BROKEN)
    mend(tmp_path / "rated.suspense.jsonl", ",soon,", ",2012-03-01T06:59:50+08:00,")
    done = again(tmp_path)
    assert [("2", "0.71")] == [(row["id"], row["baseline.charge"]) for row in done.rows]
    assert [4, 5, 6] == [line for line, _ in done.suspended]


def elsewhere() -> Any:
    """A rater that prices no call of Guangdong."""
    return tariffs.load("shenfu").rater(["baseline"])


def test_records_are_rated_once_the_rules_are_mended(tmp_path: Path) -> None:
    assert (2, 0, 0, 2, 0, 0) == rate(tmp_path, calls(call(1), call(2)), by=elsewhere()).outcomes
    assert (2, 2, 0, 0, 0, 0) == again(tmp_path).outcomes


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.parquet"])
def test_records_of_other_formats_are_kept_as_json(tmp_path: Path, name: str) -> None:
    rate(tmp_path, calls(call(1), call(2)), output=name)
    other = rate(tmp_path, [tmp_path / name], by=elsewhere(), output="other.csv")
    assert [GUANGZHOU, GUANGZHOU] == [json.loads(record["raw"])["caller"] for record in other.suspense]
    assert (2, 2, 0, 0, 0, 0) == again(tmp_path, "other").outcomes


def test_the_mapping_goes_with_the_records(tmp_path: Path) -> None:
    lines = [
        master(GUANGZHOU, FOSHAN, "soon", 61, "ANSWERED"),
        master(GUANGZHOU, "0757", "2012-03-01 06:59:50", 61, "ANSWERED"),
    ]
    rate(tmp_path, "\n".join(lines) + "\n", mapping=load_mapping("asterisk-cdr-csv"), timezone="Asia/Shanghai")
    mend(tmp_path / "rated.suspense.jsonl", "soon", "2012-03-01 06:59:50")
    done = again(tmp_path)
    assert ["0.71"] == done.column("baseline.charge")
    assert [] == done.summary.notes  # the zone that was named goes with them too


def test_records_that_are_not_text_are_kept_byte_by_byte_and_read_by_the_right_encoding(tmp_path: Path) -> None:
    text = calls(call(1), call("二")).encode("gbk")
    first = rate(tmp_path, text)
    assert [(3, "unreadable")] == first.suspended
    assert first.suspense[0]["bytes"] is True
    assert [(3, "unreadable")] == again(tmp_path).suspended
    assert ["二"] == again(tmp_path, encoding="gbk").column("id")
    mapping = mapping_of(tmp_path, "encoding: gbk\n")
    assert ["二"] == again(tmp_path, mapping=mapping).column("id")


def test_records_of_several_inputs_keep_their_own_ways_of_reading(tmp_path: Path) -> None:
    one = put(tmp_path, "a.csv", calls(call(1, start="soon")))
    other = put(tmp_path, "b.csv", "start;duration;called;caller\nsoon;61;" + FOSHAN + ";" + GUANGZHOU + "\n")
    rate(tmp_path, [one, other])
    mend(tmp_path / "rated.suspense.jsonl", "soon", "2012-03-01T06:59:50+08:00")
    done = again(tmp_path)
    assert ["0.71", "0.71"] == done.column("baseline.charge")
    assert [1, 1] == [counts.read for counts in done.summary.files.values()]


def test_a_record_that_runs_over_lines_is_one_record(tmp_path: Path) -> None:
    text = calls(call(1, start="soon") + ',"two\nlines"', header="id,caller,called,start,duration,note")
    assert ["two\nlines" in record["raw"] for record in rate(tmp_path, text).suspense] == [True]
    mend(tmp_path / "rated.suspense.jsonl", "soon", "2012-03-01T06:59:50+08:00")
    assert ["two\nlines"] == again(tmp_path).column("note")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("not json", "is not JSON"),
        ("[]", "no JSON object"),
        ('{"section": "a.csv"}', "not as it was written"),
        ('{"raw": 1, "line": 2}', "before any section"),
    ],
)
def test_a_broken_suspense_file_is_told_by_line(tmp_path: Path, line: str, words: str) -> None:
    path = put(tmp_path, "x.suspense.jsonl", '{"tariffs-suspense": "1"}\n' + line + "\n")
    with pytest.raises(InputError, match=rf"x\.suspense\.jsonl:2: .*{words}"):
        rate(tmp_path, [path])


def test_an_empty_suspense_file_has_nothing_to_rate_again(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to rate again"):
        rate(tmp_path, [put(tmp_path, "x.suspense.jsonl", '{"tariffs-suspense": "1"}\n')])
