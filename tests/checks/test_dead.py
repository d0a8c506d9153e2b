"""What never decides anything: rate periods, rows of tables, add-ons; and what does, if only for one second."""

from __future__ import annotations

from pathlib import Path

import pytest

from tariffs.checks import Finding, dead
from tariffs.checks.checking import study_of
from tariffs.rating import kernel as k
from tests.rulebook.drafts import load_text

CLOCK = """
periods:
  week:
    periods:
      festival: {name: {zh: 节日, en: festival}, dates: [2012-02-01]}
      day: {name: {zh: 日, en: day}, otherwise: "true"}
tariffs:
  by-clock:
    name: {zh: 分时, en: By the clock}
    charge:
      steps: [{for: 180 s, price: {festival: 0.01, day: 0.03}}]
      periods: week
      crossing: CROSSING
rules:
  clock: {when: {line: fixed, called: mobile}, pay: by-clock, from: 2012-01-01, until: UNTIL}
numbering: {areas: [], mobile: [{prefix: 138}], segments: {file: homes.csv, vintage: now}}
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""
HOMES = "prefix,place\n138,easton\n"


def found(folder: Path, text: str, tables: dict[str, str], **options: str) -> list[Finding]:
    return list(dead.examine(study_of(load_text(folder, text, tables=tables, **options))))


@pytest.mark.parametrize(
    "crossing, until, expected",
    [
        ("each-unit", "2012-03-01", []),
        ("call-start", "2012-03-01", []),
        ("each-unit", "2012-02-01", []),  # a call of the evening before goes on
        ("call-start", "2012-02-01", [("week", "festival")]),
        ("each-unit", "2012-01-31", [("week", "festival")]),  # no call is as long as that
    ],
)
def test_a_rate_period_is_dead_where_no_unit_of_a_call_begins_in_it(
    tmp_path: Path, crossing: str, until: str, expected: list[tuple[str, ...]]
) -> None:
    text = CLOCK.replace("CROSSING", crossing).replace("UNTIL", until)
    told = found(tmp_path, text, {"homes.csv": HOMES})
    assert expected == [finding.subject for finding in told if "week" in finding.subject]


def test_rate_periods_that_no_tariff_is_priced_by_are_not_judged(tmp_path: Path) -> None:
    text = CLOCK.replace("CROSSING", "call-start").replace("UNTIL", "2012-02-01").replace("pay: by-clock", "pay: local")
    assert [] == [f for f in found(tmp_path, text, {"homes.csv": HOMES}) if "week" in f.subject]


ROWS = """
zonings:
  by-hand: {name: {zh: 划分, en: By hand}, each: city, exchanges: exchanges.csv}
numbering:
  areas: [{code: 99, place: easton, digits: [7], until: 1980-01-01}]
  exchanges: [{area: 20, prefix: 85, place: easton}]
  mobile: [{prefix: 138}]
  segments: {file: homes.csv, vintage: now}
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""
EXCHANGES = [
    "area,prefix,place",
    "20,8,easton",  # line 2
    "20,85,easton",  # an exchange of the plan stands before it
    "20,86,easton",
    "20,86,easton",  # again
    "",
    "20,9,easton",
    *(f"20,9{digit},easton" for digit in range(10)),  # take all of line 7
    "99,8,easton",  # line 18, of an area code that is gone
]
SEGMENTS = [
    "prefix,place",
    "1380,easton",  # line 2
    *(f"1380{digit},weston" for digit in range(10)),  # take all of it
    "1381,easton",  # line 13
    "1381,easton",  # again
    "139,easton",  # no mobile range
    "13812345,easton",  # longer than a segment
]


def test_rows_that_no_number_reaches_are_told_with_their_lines(tmp_path: Path) -> None:
    tables = {"exchanges.csv": "\n".join(EXCHANGES), "homes.csv": "\n".join(SEGMENTS)}
    told = {f.subject: f for f in found(tmp_path, ROWS, tables, zoning="by-hand") if "csv" in f.subject[0]}
    assert {
        ("exchanges.csv", "repeated"): [5],
        ("exchanges.csv", "covered"): [3, 7],
        ("exchanges.csv", "no-number"): [18],
        ("homes.csv", "repeated"): [14],
        ("homes.csv", "covered"): [2],
        ("homes.csv", "no-number"): [15, 16],
    } == {subject: finding.data["lines"] for subject, finding in told.items()}
    (at,) = told["exchanges.csv", "repeated"].positions
    assert ("exchanges.csv", 5) == (Path(at.file).name, at.line)


def test_a_table_with_many_idle_rows_is_one_finding_that_shows_some(tmp_path: Path) -> None:
    tables = {"exchanges.csv": EXCHANGES[0], "homes.csv": "\n".join([SEGMENTS[0], *["1381,easton"] * 31])}
    (told,) = (f for f in found(tmp_path, ROWS, tables, zoning="by-hand") if "csv" in f.subject[0])
    assert (dead.MOST_SHOWN, 30) == (len(told.positions), len(told.data["lines"]))


OPTIONS = """
options:
  pack: {name: {zh: 包, en: Pack}}
rules:
  with-pack: {when: {line: fixed, called: fixed, option: pack, relation: [same-zone]}, pay: PAY, overrides: near}
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""


@pytest.mark.parametrize("pay, expected", [("local", [("pack",)]), ("long-distance", [])])
def test_an_add_on_that_pays_what_is_paid_without_it_changes_no_call(
    tmp_path: Path, pay: str, expected: list[tuple[str, ...]]
) -> None:
    told = found(tmp_path, OPTIONS.replace("PAY", pay), {})
    assert expected == [finding.subject for finding in told if "pack" in finding.subject]


def test_an_add_on_of_calls_that_nobody_makes_changes_none(tmp_path: Path) -> None:
    text = OPTIONS.replace("PAY", "long-distance").replace("relation: [same-zone]", "from: easton, relation: mainland")
    assert [("pack",)] == [f.subject for f in found(tmp_path, text, {}) if "pack" in f.subject]


STEPS = """
tariffs:
  counted:
    name: {zh: 短信, en: Messages}
    charge: {steps: [{for: 10 messages, price: 0.10}, {for: MOST messages, price: 0.20}, {per: 1 message, price: 0.30}]}
  timed:
    name: {zh: 计时, en: Timed}
    charge:
      steps: [{for: FIRST s, price: 0.10}, {per: 60 s, price: 0.30}]
      billed: {resolution: 7 s}
rules:
  messages: {when: {line: fixed, called: fixed, usage: message}, pay: counted}
  abroad: {when: {line: fixed, called: mobile}, pay: timed}
numbering: {areas: [], mobile: [{prefix: 138}], segments: {file: homes.csv, vintage: now}}
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""
DAY_AND_A_BIT = 86_401
"""What the longest call, of 24 h, is billed at a resolution of 7 s: 86,401 s."""


@pytest.mark.parametrize(
    "most, first, expected",
    [
        (k.MOST_MESSAGES - 11, 180, []),
        (k.MOST_MESSAGES - 10, 180, [("counted",)]),
        (10, DAY_AND_A_BIT - 1, []),
        (10, DAY_AND_A_BIT, [("timed",)]),
    ],
)
def test_a_step_is_dead_where_nothing_that_a_record_may_hold_is_billed_in_it(
    tmp_path: Path, most: int, first: int, expected: list[tuple[str, ...]]
) -> None:
    text = STEPS.replace("MOST", str(most)).replace("FIRST", str(first))
    told = found(tmp_path, text, {"homes.csv": HOMES})
    assert expected == [f.subject for f in told if f.subject[0] in ("counted", "timed")]
