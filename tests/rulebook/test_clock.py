"""Rate periods cover every second of every kind of day once; the calendar tells the kinds of day apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.rulebook.charges import Period, Weekday
from tariffs.rulebook.clock import DAY, DAYS, miscovered, spans
from tariffs.rulebook.values import Text
from tests.rulebook.drafts import load_text, told

NAME = Text(zh="时段", en="Period")
HOUR = 3600


def scheme(**periods: dict[str, object]) -> dict[str, Period]:
    return {name: Period.model_validate({"name": NAME, **period}) for name, period in periods.items()}


def test_a_night_over_midnight_and_the_rest_leave_nothing() -> None:
    assert [] == miscovered(scheme(night={"clock": "22:00-07:00"}, day={"otherwise": "true"}))
    assert [] == miscovered(scheme(night={"clock": "22:00-07:00"}, day={"clock": "07:00-22:00"}))


def test_a_period_without_clock_is_all_day() -> None:
    assert [] == miscovered(scheme(always={}))
    assert [(0, DAY)] == spans(Period(name=NAME), ("holiday", "monday"))


def test_a_span_over_midnight_belongs_to_the_day_of_each_of_its_seconds() -> None:
    night = Period.model_validate({"name": NAME, "clock": "22:00-07:00", "weekdays": "friday"})
    assert [(22 * HOUR, DAY), (0, 7 * HOUR)] == spans(night, ("working-day", "friday"))
    assert [] == spans(night, ("rest-day", "saturday"))


def test_the_last_second_before_midnight_may_be_missing() -> None:
    (gap,) = miscovered(scheme(all={"clock": "00:00-23:59:59"}))
    assert (DAY - 1, DAY, DAYS, ()) == (gap.start, gap.end, gap.days, gap.periods)


def test_a_second_in_two_periods_is_told_with_both() -> None:
    (twice,) = miscovered(scheme(night={"clock": "21:00-07:00"}, day={"clock": "07:00-22:00"}))
    assert (21 * HOUR, 22 * HOUR, ("night", "day")) == (twice.start, twice.end, twice.periods)


def test_two_periods_cannot_both_take_the_rest() -> None:
    (twice,) = miscovered(scheme(night={"clock": "00:00-07:00"}, day={"otherwise": "1"}, other={"otherwise": "1"}))
    assert (7 * HOUR, DAY, ("day", "other")) == (twice.start, twice.end, twice.periods)


def test_the_rest_may_be_nothing() -> None:
    assert [] == miscovered(scheme(always={}, never={"otherwise": "true"}))


def test_a_holiday_may_fall_on_any_weekday_and_a_weekend_may_be_worked() -> None:
    gaps = miscovered(scheme(work={"days": "working-day", "weekdays": ["monday", "friday"]}, rest={"days": "rest-day"}))
    missing = {day for gap in gaps for day in gap.days}
    assert ("holiday", "monday") in missing
    assert ("working-day", "saturday") in missing
    assert ("working-day", "monday") not in missing
    assert ("rest-day", "saturday") not in missing


WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCKS = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda span: span[0] != span[1])
PERIODS = st.fixed_dictionaries(
    {
        "name": st.just(NAME),
        "clock": st.lists(CLOCKS.map(lambda span: f"{span[0]:02}:00-{span[1]:02}:00"), max_size=2),
        "days": st.lists(st.sampled_from(["working-day", "rest-day", "holiday"]), max_size=2),
        "weekdays": st.lists(st.sampled_from(WEEKDAYS), max_size=3),
    }
).map(Period.model_validate)
REST = st.just(Period.model_validate({"name": NAME, "otherwise": "true"}))


@given(st.dictionaries(st.sampled_from("abcd"), PERIODS | REST, min_size=1))
def test_what_is_told_is_what_each_hour_of_each_day_has(periods: dict[str, Period]) -> None:
    rest = tuple(name for name, period in periods.items() if period.otherwise)
    for day in DAYS:
        for hour in range(24):
            taken = tuple(
                name
                for name, period in periods.items()
                for start, end in spans(period, day)
                if not period.otherwise and start <= hour * HOUR < end
            )
            expected = [] if 1 == len(taken or rest) else [taken or rest]
            told_of = [w.periods for w in miscovered(periods) if day in w.days and w.start <= hour * HOUR < w.end]
            assert expected == told_of


def test_what_is_missing_is_told_with_its_days(tmp_path: Path) -> None:
    text = """
periods:
  week:
    periods:
      work: {name: {zh: 工作日, en: Work}, weekdays: [monday, tuesday, wednesday, thursday, friday, saturday]}
"""
    (said,) = told(tmp_path, text)
    message = "00:00–24:00 on a working day that is a sunday and 2 other kinds of day belongs to no period of `week`"
    assert f"3:3 rate-period-gap: {message}" == said


# --- The calendar ---

CALENDAR = """
calendar:
  from: 2011-01-01
  until: 2012-01-01
"""


@pytest.mark.parametrize(
    "days, expected",
    [
        ("  holidays: [2012-01-01]", "5:14 bad-value: 2012-01-01 is outside of the calendar, 2011-01-01 to 2012-01-01"),
        ("  working-weekends: [2010-12-25]", "5:22 bad-value: 2010-12-25 is outside of the calendar"),
        ("  working-weekends: [2011-01-31]", "5:22 bad-value: 2011-01-31 is a monday"),
        (
            "  holidays: [2011-10-01]\n  working-weekends: [2011-10-01]",
            "6:22 bad-value: 2011-10-01 is a holiday and a working",
        ),
        ("  recurring: [{rule: every year}]", "5:22 bad-value: `every year` is no rule of RFC 5545"),
        ("  recurring: [{rule: FREQ=HOURLY}]", "5:22 bad-value: a holiday recurs by days or more"),
    ],
)
def test_a_day_that_cannot_be_is_told(tmp_path: Path, days: str, expected: str) -> None:
    (said,) = told(tmp_path, CALENDAR + days)
    assert said.startswith(expected)


def test_a_calendar_ends_after_it_starts(tmp_path: Path) -> None:
    (said,) = told(tmp_path, CALENDAR.replace("2012", "2010"))
    assert "4:10 bad-interval: the calendar ends on 2010-01-01, not after its first day, 2011-01-01" == said


def test_holidays_and_working_weekends(tmp_path: Path) -> None:
    text = (
        CALENDAR
        + "  holidays: [2011-10-03]\n  working-weekends: [2011-10-08]\n  recurring: [{rule: FREQ=YEARLY;BYMONTH=1}]\n"
    )
    calendar = load_text(tmp_path, text).calendar
    assert calendar is not None
    assert ["2011-10-03", "2011-10-08"] == [str(day) for day in (*calendar.holidays, *calendar.working_weekends)]
