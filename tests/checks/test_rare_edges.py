"""Edges that tiny rulebooks seldom have: the last night of a calendar, units of two tariffs out of step."""

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
