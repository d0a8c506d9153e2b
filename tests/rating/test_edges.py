"""Intervals hold their first moment and not their last: of the clock, of days, of phases, of a call's length."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tariffs import Call
from tests.engine import Row, as_batch, one_by_one, rater_of
from tests.smallworld import CALENDAR, SCHEMES, Draft, Section, named, one_tariff
from tests.strategies import SHANGHAI, fixed_call

MICROSECOND = dt.timedelta(microseconds=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def rated(draft: Draft, call: Call, scenario: str = "baseline", **options: Any) -> Row:
    """What the call gets, the same through both kernels."""
    _, rater = rater_of(draft, [scenario], **options)
    [[row]] = one_by_one(rater, [call])
    assert [[row]] == as_batch(rater, [call], compiled=True)
    return row


def fen(draft: Draft, call: Call, scenario: str = "baseline", **options: Any) -> int:
    row = rated(draft, call, scenario, **options)
    assert row.status == "rated"
    return row.amount // 10_000


def by_period(scheme: str, crossing: str, **prices: str) -> Draft:
    """One price for each started second of each rate period."""
    return one_tariff({"per": "1 s", "price": prices, "periods": scheme, "crossing": crossing})


NIGHT_AND_DAY = by_period("night-and-day", "each-unit", night="0.04", day="0.07")


@pytest.mark.parametrize(
    "expected, moment",
    [
        (7, "2011-05-03 23:59:59.999999"),
        (4, "2011-05-04 00:00:00"),
        (4, "2011-05-04 06:59:59.999999"),
        (7, "2011-05-04 07:00:00"),
    ],
)
def test_night_begins_at_midnight_and_ends_before_seven(expected: int, moment: str) -> None:
    assert expected == fen(NIGHT_AND_DAY, fixed_call(at(moment), 1))


@pytest.mark.parametrize("expected, crossing", [(4 + 7 + 7, "each-unit"), (3 * 4, "call-start")])
def test_a_call_over_seven_o_clock(expected: int, crossing: str) -> None:
    draft = by_period("night-and-day", crossing, night="0.04", day="0.07")
    assert expected == fen(draft, fixed_call(at("2011-05-04 06:59:59"), 3))


def test_a_unit_that_starts_a_microsecond_before_seven_is_of_the_night() -> None:
    assert 4 + 7 == fen(NIGHT_AND_DAY, fixed_call(at("2011-05-04 07:00:00") - MICROSECOND, 2))


@pytest.mark.parametrize(
    "expected, moment",
    [
        (2, "2011-09-30 21:59:59"),  # Friday
        (1, "2011-09-30 22:00:00"),
        (1, "2011-10-01 06:59:59"),  # the night does not ask for the day
        (3, "2011-10-01 07:00:00"),  # Saturday and National Day
        (3, "2011-10-04 12:00:00"),  # a holiday on a Tuesday
        (2, "2011-10-08 12:00:00"),  # a Saturday that was made a working day
        (3, "2011-10-15 12:00:00"),  # a Saturday like others
        (2, "2012-02-28 12:00:00"),
        (3, "2012-02-29 12:00:00"),  # the listed holiday of a leap year
        (2, "2012-03-01 12:00:00"),
    ],
)
def test_the_day_that_counts_is_the_day_of_the_second_itself(expected: int, moment: str) -> None:
    draft = by_period("free-days", "each-unit", **{"night": "0.01", "working": "0.02", "free-day": "0.03"})
    assert expected == fen(draft, fixed_call(at(moment), 1))


@pytest.mark.parametrize(
    "status, moment, seconds",
    [
        ("calendar-ended", "2008-12-31 23:59:59", 1),
        ("rated", "2009-01-01 00:00:00", 1),
        ("rated", "2015-12-31 23:59:59", 1),
        ("calendar-ended", "2015-12-31 23:59:59", 2),
        ("calendar-ended", "2016-01-01 00:00:00", 1),
    ],
)
def test_the_calendar_holds_its_first_day_and_not_its_last(status: str, moment: str, seconds: int) -> None:
    scheme: Section = {
        "free": {"name": named("free"), "days": ["rest-day", "holiday"]},
        "working": {"name": named("working"), "days": "working-day"},
    }
    charge = {"per": "1 s", "price": {"free": "0.01", "working": "0.02"}, "periods": "days", "crossing": "each-unit"}
    draft = one_tariff(charge, {**SCHEMES, "days": {"periods": scheme}}).but(calendar=CALENDAR)
    assert status == rated(draft, fixed_call(at(moment), seconds)).status


def dated() -> Draft:
    """0.30 a call at first, 0.20 from March 2011 until June 2012; in the scenario 0.10 from its phases on."""
    base = one_tariff({"per": "24 h", "price": "0.30"})
    tariffs = {
        **base.sections["tariffs"],
        "spring": {"name": named("spring"), "charge": {"per": "24 h", "price": "0.20"}},
    }
    rules = {
        **base.sections["rules"],
        "spring": {
            "when": {"line": "fixed"}, "pay": "spring", "overrides": "every-call",
            "from": "2011-03-01", "until": "2012-06-01",
        },
    }  # fmt: skip
    scenario = {
        "name": named("Reform"),
        "phases": {"1": {"name": named("1"), "from": "2012-01-01"}, "2": {"name": named("2"), "from": "2013-01-01"}},
        "tariffs": {"reformed": {"name": named("reformed"), "charge": {"per": "24 h", "price": "0.10"}}},
        "changes": [
            {"phase": "1", "instead-of": "spring", "pay": "reformed"},
            {"phase": "2", "until": "2014-01-01", "instead-of": "only", "pay": "reformed"},
        ],
    }
    return base.but(tariffs=tariffs, rules=rules, scenarios={**base.sections["scenarios"], "reform": scenario})


@pytest.mark.parametrize(
    "expected, moment",
    [
        (30, "2011-02-28 23:59:59.999999"),
        (20, "2011-03-01 00:00:00"),
        (20, "2012-05-31 23:59:59.999999"),
        (30, "2012-06-01 00:00:00"),
    ],
)
def test_a_rule_holds_from_its_first_day_until_before_its_last(expected: int, moment: str) -> None:
    assert expected == fen(dated(), fixed_call(at(moment), 3600))


@pytest.mark.parametrize(
    "expected, moment",
    [
        (20, "2011-12-31 23:59:59.999999"),
        (10, "2012-01-01 00:00:00"),
        (10, "2012-05-31 23:59:59.999999"),
        (30, "2012-06-01 00:00:00"),
        (30, "2012-12-31 23:59:59.999999"),
        (10, "2013-01-01 00:00:00"),
        (10, "2013-12-31 23:59:59.999999"),
        (30, "2014-01-01 00:00:00"),
    ],
)
def test_a_phase_begins_with_its_first_day_and_a_change_ends_before_its_last(expected: int, moment: str) -> None:
    assert expected == fen(dated(), fixed_call(at(moment), 3600), "reform")


@pytest.mark.parametrize(
    "expected, reference",
    [
        (30, "2011-02-28"),
        (20, "2011-03-01"),
        (20, "2011-12-31"),
        (10, "reform:1"),
        (30, "2012-06-01"),
        (10, "reform:2"),
    ],
)
def test_as_of_takes_the_rules_of_the_reference_and_not_of_the_call(expected: int, reference: str) -> None:
    assert expected == fen(dated(), fixed_call(at("2010-06-01 12:00:00"), 60), "reform", as_of=[reference])


@pytest.mark.parametrize(
    "status, seconds",
    [
        ("rated", Decimal(86_400)),
        ("over-limit", Decimal("86400.000001")),
        ("rated", Decimal("0.000001")),
        ("zero-duration", Decimal(0)),
        ("impossible-time", Decimal("-0.000001")),
    ],
)
def test_a_call_lasts_from_one_microsecond_to_the_longest_call(status: str, seconds: Decimal) -> None:
    draft = one_tariff({"per": "6 s", "price": "0.07"})
    assert status == rated(draft, fixed_call(at("2011-05-04 12:00:00"), seconds)).status


def test_the_longest_call_costs_all_of_its_units() -> None:
    draft = one_tariff({"per": "6 s", "price": "0.07"})
    assert 14_400 * 7 == fen(draft, fixed_call(at("2011-05-04 12:00:00"), 86_400))


@pytest.mark.parametrize(
    "status, moment",
    [
        ("impossible-time", "1989-12-31 23:59:59"),
        ("rated", "1990-01-01 00:00:00"),
        ("rated", "2099-12-30 23:59:59"),
        ("impossible-time", "2100-01-01 00:00:00"),
        ("impossible-time", "9999-12-31 23:59:59"),
    ],
)
def test_calls_start_from_1990_and_before_2100(status: str, moment: str) -> None:
    assert status == rated(one_tariff({"per": "6 s", "price": "0.07"}), fixed_call(at(moment), 6)).status


@pytest.mark.parametrize("expected, seconds", [(22, 1), (22, 180), (33, 181), (33, 240), (44, 241)])
def test_a_step_ends_with_its_last_second(expected: int, seconds: int) -> None:
    local = {"steps": [{"for": "180 s", "price": "0.22"}, {"per": "60 s", "price": "0.11"}]}
    assert expected == fen(one_tariff(local), fixed_call(at("2011-05-04 12:00:00"), seconds))


@pytest.mark.parametrize(
    "expected, fraction, seconds",
    [
        (2, "up", "1.01"), (1, "down", "1.99"), (1, "half-up", "1.49"), (2, "half-up", "1.5"),
        (1, "up", "0.01"), (1, "half-up", "0.5"),
    ],
)  # fmt: skip
def test_a_fraction_of_a_tick_is_billed_as_the_tariff_says(expected: int, fraction: str, seconds: str) -> None:
    draft = one_tariff({"per": "1 s", "price": "0.01", "billed": {"resolution": "1 s", "fraction": fraction}})
    assert expected == fen(draft, fixed_call(at("2011-05-04 12:00:00"), Decimal(seconds)))


@pytest.mark.parametrize("fraction, seconds", [("down", "0.99"), ("half-up", "0.49")])
def test_a_call_of_no_whole_tick_is_not_chargeable(fraction: str, seconds: str) -> None:
    draft = one_tariff({"per": "1 s", "price": "0.01", "billed": {"fraction": fraction}})
    assert "zero-duration" == rated(draft, fixed_call(at("2011-05-04 12:00:00"), Decimal(seconds))).status
