"""China Unicom's long distance: evening, night, holidays, rest days and working weekends."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.rules.calls import FIXED, charge, rater, suspended, yuan

CALLER, CALLED = FIXED["guangzhou"], FIXED["beijing"]


def minute(at: str, seconds: int = 60) -> object:
    return charge(rater("baseline", book="unicom"), CALLER, CALLED, at, seconds)


@pytest.mark.parametrize(
    "clock, expected",
    [("06:59:00", "0.30"), ("07:00:00", "0.60"), ("12:00:00", "0.60"), ("19:59:00", "0.60"), ("20:00:00", "0.40"),
     ("21:59:00", "0.40"), ("22:00:00", "0.30"), ("23:59:59", "0.30"), ("00:00:00", "0.30"), ("03:00:00", "0.30")],
)  # fmt: skip
def test_a_minute_on_a_working_day(clock: str, expected: str) -> None:
    assert yuan(expected) == minute(f"2011-06-15 {clock}")  # a Wednesday


@pytest.mark.parametrize(
    "day, what",
    [
        ("2011-06-18", "a Saturday"),
        ("2011-06-19", "a Sunday"),
        ("2011-10-03", "National Day, a Monday"),
        ("2011-02-03", "Spring Festival, a Thursday"),
        ("2011-10-07", "a Friday off in exchange for a worked weekend"),
        ("2011-01-01", "New Year's Day, a Saturday"),
    ],
)
def test_a_minute_on_a_day_off(day: str, what: str) -> None:
    assert yuan("0.40") == minute(f"{day} 07:00:00"), what
    assert yuan("0.40") == minute(f"{day} 12:00:00"), what
    assert yuan("0.40") == minute(f"{day} 21:59:00"), what
    assert yuan("0.30") == minute(f"{day} 22:00:00"), what
    assert yuan("0.30") == minute(f"{day} 06:59:00"), what


@pytest.mark.parametrize(
    "day", ["2011-01-30", "2011-02-12", "2011-04-02", "2011-10-08", "2011-10-09", "2011-12-31"]
)  # weekend days that the State Council made working days
def test_a_minute_on_a_working_weekend(day: str) -> None:
    assert yuan("0.60") == minute(f"{day} 12:00:00")
    assert yuan("0.40") == minute(f"{day} 20:00:00")
    assert yuan("0.30") == minute(f"{day} 22:00:00")


@pytest.mark.parametrize(
    "at, seconds, expected",
    [
        ("2011-06-15 19:59:50", 61, "0.48"),  # 2 × 0.06, then 9 × 0.04
        ("2011-06-15 21:59:54", 12, "0.07"),  # 0.04 + 0.03
        ("2011-06-16 06:59:57", 30, "0.27"),  # 0.03 + 4 × 0.06
        ("2011-06-18 06:59:57", 30, "0.19"),  # a Saturday: 0.03 + 4 × 0.04
        ("2011-06-17 23:59:57", 12, "0.06"),  # into Saturday, night on both sides
        ("2011-10-01 19:59:57", 12, "0.08"),  # no evening on a holiday: 2 × 0.04
    ],
)
def test_each_started_six_seconds_takes_the_price_of_its_own_start(at: str, seconds: int, expected: str) -> None:
    assert yuan(expected) == minute(at, seconds)


def test_the_price_of_the_start_when_that_is_chosen() -> None:
    rate = rater("baseline", book="unicom", assume={"crossing": "call-start"})
    assert yuan("0.66") == charge(rate, CALLER, CALLED, "2011-06-15 19:59:50", 61)


def test_no_price_beyond_the_holiday_table() -> None:
    for at in ("2007-12-31 12:00:00", "2013-01-01 12:00:00"):
        assert "no-rule" == suspended(rater("baseline", book="unicom"), CALLER, CALLED, at)


def test_every_day_from_2008_to_2012_agrees_with_chinesecalendar() -> None:
    calendar = pytest.importorskip("chinese_calendar", reason="chinesecalendar is not installed")
    day = dt.date(2008, 1, 1)
    while day < dt.date(2013, 1, 1):
        expected = "0.60" if calendar.is_workday(day) else "0.40"
        assert yuan(expected) == minute(f"{day} 12:00:00"), day
        day += dt.timedelta(days=1)
