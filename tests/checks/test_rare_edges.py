"""Edges that tiny rulebooks seldom have: the last night of a calendar, units of two tariffs out of step, sums that
nothing is rounded of.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import tariffs
from tariffs.checks import Finding, check
from tests.checks.rulebooks import changed

ENDS = "from: 2011-01-01, until: 2012-01-01, source: price-list"
"""The rule ends with the calendar of the bad rulebook of `clock`."""


def last_night(tmp_path: Path, charge: str) -> list[Finding]:
    old = "charge: {per: 60 s, price: {holiday: 0.10, working: 0.20}, periods: holidays, crossing: call-start}"
    path = changed(
        tmp_path, "clock", (old, f"charge: {charge}"),
        ("from: 2011-01-01, until: 2013-01-01, source: price-list", ENDS),
        ("from: 2011-01-01, until: 2013-01-01}", "from: 2011-01-01, until: 2012-01-01}"),
    )  # fmt: skip
    return list(check(tariffs.load(path), only=["clock"]))


PRICES = "price: {holiday: 0.10, working: 0.20}, periods: holidays"


def test_calls_of_the_last_night_run_out_of_the_calendar_where_each_unit_has_its_own_price(tmp_path: Path) -> None:
    (found,) = last_night(tmp_path, f"{{per: 60 s, {PRICES}, crossing: each-unit}}")
    assert [["2011-12-31", "2012-01-01"]] == found.data["dates"]
    assert found.witness is not None
    assert "calendar-ended" in found.witness.outcome.en
    assert "2011-12-31 23:59:59" == found.witness.call.start.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    "charge",
    [f"{{per: 60 s, {PRICES}, crossing: call-start}}", f"{{per: 3600 s, {PRICES}, crossing: each-unit}}"],
    ids=["by the start of the call", "one unit for the longest call"],
)
def test_calls_of_the_last_night_stay_in_the_calendar_where_only_their_start_is_asked_for(
    tmp_path: Path, charge: str
) -> None:
    assert [] == last_night(tmp_path, charge)


def test_a_longer_call_costs_less_only_where_the_dear_unit_of_the_other_part_is_cheap(tmp_path: Path) -> None:
    """The whole gets cheaper by 0.01 at the fourth second, and the other part dearer by 0.05 but in one second."""
    other = (
        "periods:\n  moment:\n    periods:\n"
        '      cheap: {name: {zh: 便宜, en: cheap}, clock: "07:00:00-07:00:01"}\n'
        "      rest: {name: {zh: 其余, en: rest}, otherwise: true}\n\ntariffs:\n"
        "  other:\n    name: {zh: 另一部分, en: Other part}\n    charge:\n      steps:\n"
        "        - {for: 3 s, per: 3 s, price: 0.01}\n"
        "        - {per: 4 s, price: {cheap: 0.00, rest: 0.05}}\n"
        "      periods: moment\n      crossing: each-unit\n    source: price-list\n"
    )
    path = changed(
        tmp_path, "monotone", ("tariffs:\n", other),
        ("{for: 180 s, per: 60 s, price: 0.30}", "{for: 3 s, per: 3 s, price: 0.05}"),
        ("{per: 60 s, price: 0.20}", "{per: 1 s, price: 0.01}"), ("pay: local", "pay: [local, other]"),
    )  # fmt: skip
    (found,) = check(tariffs.load(path), only=["monotone"])
    said = [found.data[key] for key in ("usage", "more", "less", "start")]
    assert [3, 4, "0.01", "06:59:57"] == said


def dearer(tmp_path: Path, old: str, new: str, *pairs: tuple[str, str]) -> dict[tuple[str, str], object]:
    """Starts and durations that become dearer when one charge takes the place of another. Calls last 7 s at most."""
    path = changed(
        tmp_path, "dearer", ("longest-call: 1 h", "longest-call: 7 s"), ("charge: {per: 6 s, price: 0.07}", old),
        ("charge: {per: 60 s, price: 0.10}", new), *pairs,
    )  # fmt: skip
    data = [finding.data for finding in check(tariffs.load(path), only=["dearer"])]
    return {(d["start_from"], d["start_until"]): d["ranges"] for d in data}


def test_the_longest_call_becomes_dearer_too_where_it_is_no_multiple_of_what_is_billed(tmp_path: Path) -> None:
    old, new = (f"charge: {{per: 2 s, price: {price}, billed: {{resolution: 2 s}}}}" for price in ("0.01", "0.02"))
    assert {("00:00:00", "24:00:00"): [[1, 7]]} == dearer(tmp_path, old, new)


CALENDAR = """
calendar: {from: 1990-01-01, until: 2012-01-02, holidays: []}
periods:
  days:
    periods:
      off: {name: {zh: 休, en: off}, days: [rest-day, holiday]}
      on: {name: {zh: 工, en: on}, otherwise: true}

rules:"""


def test_of_calls_that_run_out_of_the_calendar_the_last_seconds_that_have_a_price_become_dearer(tmp_path: Path) -> None:
    billed = "periods: days, crossing: each-unit, billed: {resolution: 1 s, fraction: half-up}"
    old, new = (f"charge: {{per: 1 s, price: {{off: {p}, on: {p}}}, {billed}}}" for p in ("0.01", "0.02"))
    found = dearer(tmp_path, old, new, ("\nrules:", CALENDAR))
    assert [[1, 2]] == found["23:59:58", "23:59:59"]
    assert [[1, 1]] == found["23:59:59", "24:00:00"]


def rounding(tmp_path: Path, *pairs: tuple[str, str]) -> list[str]:
    path = changed(tmp_path, "unit", ("{for: 100 s, per: 60 s, price: 0.10}", "{for: 60 s, price: 0.10}"), *pairs)
    return [finding.subject[1] for finding in check(tariffs.load(path), only=["unit"], mapping=1_000_000)]


def test_rounding_favours_nobody_where_every_sum_of_some_call_is_a_multiple(tmp_path: Path) -> None:
    """Three fen a unit of three seconds, and nothing is billed but by six."""
    assert ["price", "rounding"] == rounding(tmp_path)
    twice = ("{per: 60 s, billed-by: 1 s, price: 0.11}", "{per: 3 s, price: 0.03}")
    by_six = ("to: 0.01, mode: up}", "to: 0.02, mode: up}\n      billed: {resolution: 6 s}")
    assert ["rounding"] == rounding(tmp_path, twice, (by_six[0], "to: 0.02, mode: up}"))
    assert [] == rounding(tmp_path, twice, by_six)


def test_rounding_favours_nobody_in_a_step_that_no_call_is_long_enough_for(tmp_path: Path) -> None:
    assert ["price"] == rounding(tmp_path, ("longest-call: 1 h", "longest-call: 60 s"))


def redialled(tmp_path: Path, longest: str, charge: str) -> Finding:
    """The best split of calls of two rate periods, up to that length, that are billed by two seconds."""
    periods = (
        '\nperiods:\n  clock: {periods: {night: {name: {zh: 夜, en: night}, clock: "00:00-07:00"}, '
        "day: {name: {zh: 日, en: day}, otherwise: true}}}\n\nrules:"
    )
    path = changed(
        tmp_path, "redial", ("longest-call: 1 h", f"longest-call: {longest}"), ("\nrules:", periods),
        ("- {for: 180 s, price: 0.22}\n        - {per: 60 s, price: 0.11}", charge),
    )  # fmt: skip
    (found,) = check(tariffs.load(path), only=["redial"])
    return found


def test_a_call_made_again_just_behind_a_boundary_saves_what_its_minimum_hid_before(tmp_path: Path) -> None:
    """Nine seconds from 06:59:59 cost 0.06 and two units by day; the first second is free, and then only by day."""
    found = redialled(
        tmp_path, "10 s", "- {for: 2 s, price: {night: 0.06, day: 0.01}}\n"
        "        - {per: 3 s, price: {night: 0.05, day: 0.08}}\n      periods: clock\n      crossing: each-unit\n"
        "      minimum: 0.10\n      billed: {resolution: 2 s, fraction: down}",
    )  # fmt: skip
    assert "0.13" == found.data["gain"]
    assert "06:59:59" <= found.data["start"] < "07:00:00"


def test_a_call_of_five_seconds_that_is_billed_as_six_has_a_unit_behind_its_end(tmp_path: Path) -> None:
    """From 06:59:55 the unit of the sixth second is one by day; hung up at 06:59:57, all are by night."""
    found = redialled(
        tmp_path, "5 s", "- {for: 2 s, per: 1 s, price: {night: 0.03, day: 0.04}}\n"
        "        - {per: 3 s, price: {night: 0.07, day: 0.08}}\n      periods: clock\n      crossing: each-unit\n"
        "      billed: {resolution: 2 s}",
    )  # fmt: skip
    assert ["0.02", "06:59:55", 2, 5] == [found.data[key] for key in ("gain", "start", "first", "whole")]
    assert found.witness is not None
    assert found.witness.outcome.en.startswith("0.21 yuan")
