"""Mapping files: what they may say, what is wrong with them, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.known import load_mapping, mapping_names
from tariffs.cdr.mapping import Mapping
from tariffs.rulebook.problems import RulebookError
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, call, calls, mapping_of, put, rate


def problems(folder: Path, text: str) -> list[str]:
    """`LINE code` of each problem of a mapping file."""
    path = put(folder, "map.yaml", text)
    with pytest.raises(RulebookError) as caught:
        load_mapping(str(path))
    assert all(problem.at.file == str(path) for problem in caught.value.problems)
    return [f"{p.at.line} {p.code}" for p in caught.value.problems]


def test_problems_do_not_tell_the_subscribers_own_number(tmp_path: Path) -> None:
    path = put(tmp_path, "map.yaml", f"constants: {{own: '{GUANGZHOU}', servise: voice}}\n")
    with pytest.raises(RulebookError) as caught:
        load_mapping(str(path))
    assert GUANGZHOU not in str(caught.value)


@pytest.mark.parametrize("name", mapping_names())
def test_every_mapping_that_ships_is_sound_and_says_caller_called_and_start(name: str) -> None:
    mapping = load_mapping(name)
    assert {"caller", "called", "start", "duration"} <= set(mapping.columns)
    assert mapping.recognise is not None


def test_every_problem_is_told_at_its_place(tmp_path: Path) -> None:
    text = (
        "columns:\n  caller: src\n  callled: dst\n  duration: {from: billsec, unit: seconds}\n"
        "dates: ['%Q']\ntimezone: Mars\nheadr: true\n"
    )
    assert ["3 bad-value", "4 bad-value", "5 bad-value", "6 bad-value", "7 unknown-key"] == problems(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("header: false\n", "1 bad-value"),
        ("header: true\nnames: [a]\n", "1 bad-value"),
        ("not-a-call: {dst: '['}\n", "1 bad-value"),
        ("delimiter: ';;'\n", "1 bad-value"),
        ("columns: {answered: {from: x, is: a, is-not: b}}\n", "1 bad-value"),
        ("columns: {other: x}\n", "1 bad-value"),
        ("- a\n", "1 yaml-syntax"),
        ("year: 12\n", "1 bad-value"),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert [told] == problems(tmp_path, text)


def told(folder: Path, text: str, name: str = "map.yaml") -> list[str]:
    """Each problem of a mapping file as it is told."""
    with pytest.raises(RulebookError) as caught:
        load_mapping(str(put(folder, name, text)))
    return [f"{p.at.line}:{p.at.column} {p.message} / {p.hint}" for p in caught.value.problems]


def test_dates_without_a_year_need_one(tmp_path: Path) -> None:
    expected = "2:8 dates without a year need `year:` / say the year of the dates: `year: 2011`"
    assert [expected] == told(tmp_path, "timezone: Asia/Shanghai\ndates: '%m-%d %H:%M:%S'\n")
    with pytest.raises(RequestError, match="need `year:`"):
        rate(tmp_path, calls(call(1)), mapping=Mapping(dates=("%m-%d %H:%M",)))


def test_values_that_calls_cannot_have_and_encodings_that_do_not_exist_are_told_at_once(tmp_path: Path) -> None:
    text = (
        "encoding: gbx\n"
        "columns:\n  direction: {from: kind, values: {主叫: originated, 被叫: recieved}}\n"
        "  service: {from: what, values: {fax: fax}}\n"
        "constants: {direction: outward}\n"
    )
    found = told(tmp_path, text)
    lines = text.split("\n")
    columns = [lines[n].rindex(value) + 1 for n, value in enumerate(("gbx", "", "recieved", "fax}", "outward"))]
    expected = [f"{n}:{column}" for n, column in enumerate(columns, 1) if n != 2]
    assert expected == [line.split(" ")[0] for line in found]
    assert "'gbx' is no encoding; use utf-8, gbk" in found[0]
    assert found[1].endswith("`recieved` is no direction / did you mean `received`?")
    assert found[2].endswith("`fax` is no service / write one of `voice`, `message` and `data`")


@pytest.mark.parametrize("text", [calls(call(1)), "a;b\n1;2\n", "x: y\n", ""])
def test_a_file_of_calls_is_no_mapping(tmp_path: Path, text: str) -> None:
    (said,) = told(tmp_path, text, "c.csv")
    assert "this is no mapping, but looks like a file of calls" in said
    assert "tariffs:" not in said


@pytest.mark.parametrize("text", ["a list of words", "- a\n", ""])
def test_what_is_no_mapping_is_told_in_the_words_of_mappings(tmp_path: Path, text: str) -> None:
    (said,) = told(tmp_path, text)
    assert "begin with a key, such as `columns:`" in said


def test_a_column_that_is_not_there_is_told_with_the_line_of_the_mapping(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "columns:\n  caller: callr\n  called: {from: [b, bb]}\n  start: start\n")
    with pytest.raises(InputError) as caught:
        rate(tmp_path, calls(call(1)), mapping=mapping)
    where = tmp_path / "map.yaml"
    expected = (
        f"no column 'callr' ({where}:2:11 reads `caller` from it; did you mean 'caller'?), "
        f"'b' or 'bb' ({where}:3:11 reads `called` from it); its columns are: id, caller"
    )
    assert expected in str(caught.value)


def test_an_unknown_mapping_names_those_that_ship() -> None:
    with pytest.raises(RulebookError, match="did you mean `asterisk-cdr-csv`"):
        load_mapping("asterix-cdr-csv")


def test_columns_may_be_named_or_numbered_and_have_alternatives(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        "columns: {caller: 1, called: [redirected, dialled], start: when, "
        "duration: {from: length, unit: 'mm:ss'}}\n"
        "dates: ['%d/%m/%Y %H:%M:%S']\ntimezone: Asia/Shanghai\ndelimiter: semicolon\n",
    )
    header = "a;dialled;redirected;when;length"
    lines = [f"{GUANGZHOU};{FOSHAN};;01/03/2012 06:59:50;1:01", f"{GUANGZHOU};110;{FOSHAN};1/3/2012 6:59:50;1:01"]
    assert ["0.71", "0.71"] == rate(tmp_path, calls(*lines, header=header), mapping=mapping).column("baseline.charge")


def test_constants_home_area_and_translations(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        "columns:\n  caller: a\n  called: b\n  start: t\n  duration: d\n"
        "  direction: {from: kind, values: {主叫: originated, 被叫: received}}\n"
        "constants: {home_area: '020'}\ntimezone: Asia/Shanghai\n",
    )
    done = rate(
        tmp_path, calls("81234567,82345678,2012-03-01 10:00:00,61,主叫", header="a,b,t,d,kind"), mapping=mapping
    )
    assert ["0.22"] == done.column("baseline.charge")


def test_own_and_other_number_are_caller_and_called_by_direction(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        "columns:\n  other: 对方号码\n  start: 起始时间\n  duration: {from: 通信时长, unit: 1分30秒}\n"
        "  direction: {from: 通信类型, values: {主叫: originated, 被叫: received}}\n"
        f"constants: {{own: '{GUANGZHOU}'}}\ntimezone: Asia/Shanghai\nencoding: gbk\n",
    )
    text = calls(
        f"2012-03-01 06:59:50,{FOSHAN},1分1秒,主叫",
        f"2012-03-01 06:59:50,{FOSHAN},1分1秒,被叫",
        header="起始时间,对方号码,通信时长,通信类型",
    )
    done = rate(tmp_path, text.encode("gbk"), mapping=mapping)
    assert ["0.71", "0.00"] == done.column("baseline.charge")  # a fixed line pays nothing for a call that it receives


def test_a_file_in_another_encoding_is_suspended_line_by_line_and_read_once_it_is_named(tmp_path: Path) -> None:
    text = calls(
        "1,主叫,075781234567,2012-03-01T06:59:50+08:00,61", f"2,{GUANGZHOU},{FOSHAN},2012-03-01T06:59:50+08:00,61"
    ).encode("gbk")
    assert [(2, "unreadable")] == rate(tmp_path, text).suspended
    named = rate(tmp_path, text, encoding="gbk")
    assert ["主叫" in record["raw"] for record in named.suspense] == [True]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "gb18030", "hz", "utf-8-sig", "cp037"])
def test_encodings_in_which_a_line_end_is_not_one_byte_are_read_too(tmp_path: Path, encoding: str) -> None:
    text = calls(call(1) + ",x", header=f"{HEADER},note")
    assert ["0.71"] == rate(tmp_path, text.encode(encoding), encoding=encoding).column("baseline.charge")


def test_utf_16_with_its_mark_needs_no_word(tmp_path: Path) -> None:
    assert ["0.71"] == rate(tmp_path, calls(call(1)).encode("utf-16")).column("baseline.charge")
