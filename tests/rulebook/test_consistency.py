"""Dates in order, conditions that say something, values that their parameters can have, digits that mean one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tariffs.rulebook.load import load_rulebook
from tests.rulebook.drafts import HEADER, WORLD, load_text, problems, told


@pytest.mark.parametrize(
    "line, expected",
    [
        ("timezone: Asia/Shangai", "bad-value: `Asia/Shangai` is no time zone; did you mean `Asia/Shanghai`?"),
        ("timezone: ../../etc/passwd", "bad-value: `../../etc/passwd` is no time zone"),
        ("longest-call: 3 messages", "bad-value: the longest call is a time"),
        ("minor-unit: 0", "bad-value: the minor unit must be more than 0"),
        ("minor-unit: -0.01", "bad-value: `-0.01` cannot stand for `minor-unit`"),
        ("language: 2", "bad-value: `2` is not a value of `language`"),
        ("currency: EUR", "bad-value: `EUR` is not a value of `currency`"),
    ],
)
def test_a_header_that_cannot_be_is_told(tmp_path: Path, line: str, expected: str) -> None:
    key = line.split(":")[0]
    lines = HEADER.format(zoning="one-zone-a-city", include=WORLD).splitlines()
    lines = [old for old in lines if not old.strip().startswith(f"{key}:")] + [f"  {line}"]
    (tmp_path / "rulebook.yaml").write_text("\n".join(lines), "utf-8")
    (problem,) = problems(tmp_path)
    assert f"{problem.code}: {problem.message}; {problem.hint}".startswith(expected)
    assert (len(lines), line.index(": ") + 5) == (problem.at.line, problem.at.column)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("options: {a: {name: {zh: 甲, en: A}, from: 2012-01-02, until: 2012-01-01}}", "until 2012-01-01 is not after"),
        ("covers: [{when: {}, from: 2012-01-01, until: 2012-01-01}]", "until 2012-01-01 is not after from 2012-01-01"),
        (
            "numbering: {areas: [{code: 9, place: easton, digits: [8], from: 2012-01-01, until: 2011-01-01}]}",
            "until 2011-01-01 is not after from 2012-01-01",
        ),
    ],
)
def test_an_interval_ends_after_it_starts(tmp_path: Path, text: str, expected: str) -> None:
    (said,) = told(tmp_path, text)
    assert f"1:{text.index('until: ') + 8} bad-interval: {expected}" in said


@pytest.mark.parametrize(
    "day", ["2012-13-01", "2012-1-1", "20120101", "2012", "2012-01-01T00:00:00", "２０１２-01-01", "-1"]
)
def test_a_day_is_written_in_one_way(tmp_path: Path, day: str) -> None:
    (said,) = told(tmp_path, f"covers: [{{when: {{}}, known: {day}}}]")
    assert f"bad-value: `{day}` cannot stand for `known`" in said


@pytest.mark.parametrize(
    "price", ["-1", "1e2", "0x1", "NaN", "+1", ".5", "1.0000000001", "1,00", "1_0", "０.5", "1 yuan"]
)
def test_a_price_is_plain_decimal_text(tmp_path: Path, price: str) -> None:
    (said,) = told(tmp_path, f"plans: {{a: {{name: {{zh: 甲, en: A}}, fee: '{price}'}}}}")
    assert f"bad-value: `{price}` cannot stand for `fee`" in said


@pytest.mark.parametrize("amount", ["6", "6 sec", "0 s", "-6 s", "0.0000001 s", "0.5 messages", "6 S", "s"])
def test_an_amount_has_a_number_and_a_unit(tmp_path: Path, amount: str) -> None:
    text = f"tariffs: {{a: {{name: {{zh: 甲, en: A}}, charge: {{per: {amount}, price: 1}}}}}}"
    (said,) = told(tmp_path, text)
    assert f"bad-value: `{amount}` cannot stand for `per`" in said


def test_whole_prices_are_prices_and_no_names(tmp_path: Path) -> None:
    book = load_text(tmp_path, "plans: {a: {name: {zh: 甲, en: A}, fee: 5}}")
    assert "5" == str(book.plans["a"].fee)
    assert 5 == book.plans["a"].fee


@pytest.mark.parametrize(
    "text, expected",
    [
        ("rules: {a: {when: {«line: []}, pay: local}}", "`line` is an empty list"),
        ("rules: {a: {when: {}, «pay: []}}", "`pay` names no tariff"),
        ("covers: [{when: {«between: [easton]}}]", "`between` names one end"),
        ("covers: [{when: {«between: [easton, weston, northton]}}]", "a list is longer than the 2"),
        ("covers: [{when: {usage: «any}}]", "`any` is not a value of `usage`"),
        ("plans: {a: {name: {zh: 甲, en: A}, eligible: {«home: []}}}", "`home` is an empty list"),
        (
            "scenarios: {a: {name: {zh: 甲, en: A}, changes: [{from: 2012-01-01, when: {«to: []}, pay: local}]}}",
            "`to` is an empty list",
        ),
    ],
)
def test_a_condition_that_says_nothing_is_told(tmp_path: Path, text: str, expected: str) -> None:
    """What is told stands at «."""
    (said,) = told(tmp_path, text.replace("«", ""))
    assert said.startswith(f"1:{text.index('«') + 1} bad-value: {expected}")


@pytest.mark.parametrize(
    "kind, value, expected",
    [
        ("price", "much", "'much' is not a price"),
        ("price", "-1", "'-1' is not a price"),
        ("date", "soon", "'soon' is not a date"),
        ("choice, choices: {near: local}", "far", "'far' is not one of near"),
    ],
)
def test_an_assumed_value_is_one_that_the_parameter_can_have(
    tmp_path: Path, kind: str, value: str, expected: str
) -> None:
    text = f"parameters: {{p: {{name: {{zh: 甲, en: A}}, kind: {kind}}}}}\n"
    (said,) = told(tmp_path, text + f"assumptions: {{p: {{value: {value}, reason: because}}}}")
    assert said.startswith(f"2:26 bad-value: `p` cannot have this value: {expected}")


@pytest.mark.parametrize(
    "entries, expected",
    [
        ("mobile: [{prefix: 138}, {prefix: 138}], segments: {file: s.csv, vintage: now}", "mobile range"),
        (
            "special: [{service: a, prefix: 110, digits: [3]}, {service: b, prefix: 110, digits: [3]}]",
            "special service",
        ),
        ("access: [{code: 17909}, {code: 17909}]", "access code"),
        ("countries: [{code: 852, place: easton}, {code: 852, place: weston}]", "country code"),
        ("exchanges: [{area: 20, prefix: 8}, {area: 20, prefix: 8}]", "exchange"),
    ],
)
def test_digits_are_listed_once_for_any_day(tmp_path: Path, entries: str, expected: str) -> None:
    tables = {"s.csv": "prefix,place\n"}
    (said,) = told(tmp_path, f"numbering: {{areas: [], {entries}}}", tables=tables)
    assert f"duplicate-name: this {expected} is listed twice for the same days" in said
    dated = entries.replace("},", ", until: 2012-01-01},", 1).replace("}]", ", from: 2012-01-01}]", 1)
    assert load_text(tmp_path, f"numbering: {{areas: [], {dated}}}", tables=tables).numbering


def test_an_area_code_is_written_without_the_trunk_prefix(tmp_path: Path) -> None:
    (said,) = told(tmp_path, "numbering: {areas: [{code: 0668, place: northton, digits: [7]}]}")
    assert "1:28 bad-value: the area code 0668 begins with the trunk prefix 0" == said


def test_a_number_has_some_digits(tmp_path: Path) -> None:
    (said,) = told(tmp_path, "numbering: {areas: [{code: 668, place: northton, digits: []}]}")
    assert "1:50 bad-value: numbers have from 1 to 20 digits" == said


def test_a_good_rulebook_has_everything_it_promises() -> None:
    book = load_rulebook(Path(__file__).parent.parent / "rulebooks" / "good" / "phased.yaml")
    assert ["baseline", "plan", "add-on", "one-area"] == list(book.scenarios)
    assert ["1", "2"] == list(book.scenarios["plan"].phases)
    assert 5 == len(book.tables["phased-segments.csv"])
    assert set(book.assumptions) < set(book.parameters)
