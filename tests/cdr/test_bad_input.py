"""Every broken input ends in one clear message, or in suspense; never in a traceback, never with a number in it."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from random import Random

import pytest

from tariffs.cdr.failures import CdrError, InputError
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, call, calls, put, rate

GOOD = calls(call(1))
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n \n\n", "empty"),
    "random.csv": (Random(1).randbytes(5000), "header cannot be read"),
    "nul.csv": (b"\0" * 100, "NUL"),
    "long-header.csv": (b"a" * 10_000_000, "too long"),
    "no-parquet.parquet": (b"hello, world", "not a Parquet file"),
    "half.parquet": (b"PAR1 and no more", "cannot be read"),
    "parquet.csv": (b"PAR1 and no more", "under another name"),
    "packed.parquet.gz": (gzip.compress(b"PAR1 and no more"), "unpack"),
    "plain.csv.gz": (GOOD.encode(), "not compressed"),
    "half.csv.gz": (gzip.compress(GOOD.encode() * 2000)[:200], "cut off"),
    "missing.csv": (b"id,calller,called,start,duration\n", "did you mean 'calller'"),
    "no-duration.csv": (b"id,caller,called,start\n", "`duration`"),
    "twice.csv": (b"caller,caller,called,start,duration\n", "two columns"),
    "wide.csv": (b",".join(b"c%d" % n for n in range(5000)) + b"\n", "columns"),
    "values.jsonl": (b"[1]\n2\n", "no line holds a JSON object"),
    "missing.jsonl": (b'{"a": 1}\n', "no column for"),
    "other.suspense.jsonl": (b'{"a": 1}\n', "not a suspense file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, words = UNREADABLE[name]
    with pytest.raises(InputError, match=words) as caught:
        rate(tmp_path, content, name=name)
    message = str(caught.value)
    assert (4, 0) == (caught.value.exit_code, message.count("\n"))
    assert message.startswith(str(tmp_path / name))
    assert [name] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nowhere.csv", "no such file"),
        ("*.parquet", "no file matches"),
        ("folder", "holds no file of calls"),
        ("cals.csv", "did you mean"),
    ],
)
def test_inputs_that_are_not_there(tmp_path: Path, where: str, words: str) -> None:
    put(tmp_path, "calls.csv", GOOD)
    put(tmp_path, "folder/readme.md", "nothing")
    with pytest.raises(InputError, match=words):
        rate(tmp_path, [tmp_path / where])


@pytest.mark.parametrize(("output", "words"), [("nowhere/rated.csv", "no folder"), ("folder.csv", "is a folder")])
def test_outputs_that_cannot_be_written(tmp_path: Path, output: str, words: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=words):
        rate(tmp_path, GOOD, output=output)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = put(tmp_path, "calls.csv", GOOD)
    path.chmod(0)
    with pytest.raises(InputError, match="ermission"):
        rate(tmp_path, [path])


RECORDS = {
    "a year that no rulebook covers": (call(1, start="9999-12-31T23:59:59+08:00"), "impossible-time"),
    "the end of the calendar in another zone": (call(1, start="9999-12-31T23:59:59-12:00"), "impossible-time"),
    "the year nought": (call(1, start="0000-00-00 00:00:00"), "impossible-time"),
    "before there were rules": (call(1, start="1989-12-31T23:59:59+08:00"), "impossible-time"),
    "no time": (call(1, start="soon"), "unreadable"),
    "no start": (call(1, start=""), "unreadable"),
    "a negative duration": (call(1, duration=-5), "impossible-time"),
    "an absurd duration": (call(1, duration="9" * 400), "over-limit"),
    "a duration that is no number": (call(1, duration="nan"), "unreadable"),
    "no duration": (call(1, duration=""), "missing-usage"),
    "no caller": (call(1, caller=""), "unknown-number|unreadable"),
    "a word for a number": (call(1, called="Anonymous"), "unknown-number|unreadable"),
    "a number of four digits": (call(1, called="0757"), "unknown-number"),
    "a NUL byte": (call(1, caller="020\0"), "unreadable"),
    "ten megabytes": (call(1, caller="9" * 10_000_000), "unreadable"),
    "a column too few": (f"1,{GUANGZHOU},{FOSHAN},61", "unreadable"),
    "a column too many": (call(1) + ",", "unreadable"),
    "an open quote": ('"' + call(1), "unreadable"),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_that_cannot_be_rated_is_suspended_and_stops_nothing(tmp_path: Path, what: str) -> None:
    line, code = RECORDS[what]
    done = rate(tmp_path, calls(call("before"), line, call("after")))
    assert ["before", "after"] == done.column("id")
    assert [3] == [record["line"] for record in done.suspense]
    assert re.fullmatch(code, done.suspense[0]["code"])
    assert not re.search(r"\d{6,}", done.suspense[0]["detail"])


DETAILS = {
    "the letter O": (call(1, caller="0208123456O"), "caller: not a telephone number: it holds letters (the letter O"),
    "a word": (call(1, called="Anonymous"), "called: not a telephone number: it holds letters"),
    "no caller": (call(1, caller=""), "caller: there is none"),
    "no called number": (call(1, called=""), "called: there is none"),
    "hidden digits": (call(1, called="8123****"), "called: digits are hidden behind `*`"),
    "a spreadsheet's number": (call(1, caller="2.08E+10"), "caller: a number with an exponent"),
    "signs": (call(1, called="?"), "called: not a telephone number"),
    "a negative duration": (call(1, duration=-5), "duration: less than nothing"),
    "no number for a duration": (call(1, duration="1e3"), "duration: not a duration in s"),
    "no time": (call(1, start="soon"), "start: not a time in the form iso"),
}


@pytest.mark.parametrize("what", DETAILS)
def test_a_detail_names_the_field(tmp_path: Path, what: str) -> None:
    line, detail = DETAILS[what]
    told = rate(tmp_path, calls(line)).suspense[0]["detail"]
    assert told.startswith(detail)
    assert not re.search(r"\d{5,}", told)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("service", "fax", "unknown-name"),
        ("direction", "sideways", "unknown-name"),
        ("answered", "perhaps", "unreadable"),
        ("quantity", "1.5", "unreadable"),
        ("seizure", "x", "unreadable"),
        ("operator", "nobody", "unknown-name"),
        ("served_place", "atlantis", "unknown-place"),
        ("options", "no-such", "unknown-name"),
    ],
)
def test_a_value_that_an_optional_column_cannot_have(tmp_path: Path, column: str, value: str, code: str) -> None:
    done = rate(tmp_path, calls(call(1) + f",{value}", call(2) + ",", header=f"{HEADER},{column}"))
    assert [(2, code)] == done.suspended
    assert ["2"] == done.column("id")


def test_a_header_without_calls_is_a_file_of_no_calls(tmp_path: Path) -> None:
    assert (0, 0, 0, 0, 0, 0) == rate(tmp_path, HEADER).outcomes


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_never_ends_in_a_traceback_and_loses_no_line(tmp_path: Path, seed: int) -> None:
    draw = Random(seed)
    content = bytearray(calls(*(call(n) for n in range(20))).encode())
    for _ in range(draw.randint(1, 30)):
        at = draw.randrange(len(HEADER) + 1, len(content))
        content[at : at + draw.randint(0, 2)] = draw.randbytes(draw.randint(0, 2))
    try:
        done = rate(tmp_path, bytes(content))
    except CdrError as error:
        pytest.fail(f"a damaged record stopped the run: {error}")
    t = done.summary.total
    assert t.read == t.rated + t.not_chargeable.total() + t.suspended.total()
    assert t.read >= 1
