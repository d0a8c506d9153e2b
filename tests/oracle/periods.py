"""Which rate period a clock second belongs to."""

from __future__ import annotations

import datetime as dt
from functools import cache

from dateutil.rrule import rrulestr

from tariffs.rulebook.charges import Calendar, DayType, Period, PeriodScheme

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CalendarEndedError(Exception):
    """The day type of a day outside the calendar was asked for."""


def day_type(calendar: Calendar | None, day: dt.date) -> DayType:
    """Raises CalendarEndedError where no calendar speaks of the day."""
    if calendar is None or not calendar.from_ <= day < calendar.until:
        raise CalendarEndedError(day)
    if day in calendar.holidays:
        return "holiday"
    if any(recurs(recurrence.rule, calendar.from_, day) for recurrence in calendar.recurring):
        return "holiday"
    if day.weekday() >= 5 and day not in calendar.working_weekends:
        return "rest-day"
    return "working-day"


@cache
def recurs(rule: str, first: dt.date, day: dt.date) -> bool:
    """Whether a recurrence that starts on `first` falls on `day`."""
    midnight = dt.datetime(day.year, day.month, day.day)
    return midnight in rrulestr(rule, dtstart=dt.datetime(first.year, first.month, first.day))


def on_its_dates(period: Period, day: dt.date) -> bool:
    """Whether a period that holds on named days only holds on this one."""
    return day in period.dates or any(recurs(item.rule, dt.date(1990, 1, 1), day) for item in period.recurring)


def within_clock(spans: tuple[str, ...], second: int) -> bool:
    """Whether a second of the day lies in one of the half-open spans `22:00-07:00`."""
    if not spans:
        return True
    for span in spans:
        start, end = (_second_of_day(part) for part in span.split("-"))
        if start < end and start <= second < end:
            return True
        if end < start and (second >= start or second < end):
            return True
    return False


def _second_of_day(clock: str) -> int:
    hours, minutes, seconds = (*map(int, clock.strip().split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def rate_period(scheme: PeriodScheme, calendar: Calendar | None, moment: dt.datetime) -> str:
    """The name of the one period that holds `moment` (wall clock). Raises CalendarEndedError."""
    uses_days = any(period.days for period in scheme.periods.values())
    kind = day_type(calendar, moment.date()) if uses_days else None
    second = moment.hour * 3600 + moment.minute * 60 + moment.second

    def holds(period: Period) -> bool:
        return (
            not period.otherwise
            and within_clock(period.clock, second)
            and (not period.days or kind in period.days)
            and (not period.weekdays or WEEKDAYS[moment.weekday()] in period.weekdays)
            and (not (period.dates or period.recurring) or on_its_dates(period, moment.date()))
        )

    found = [name for name, period in scheme.periods.items() if holds(period)]
    if not found:
        found = [name for name, period in scheme.periods.items() if period.otherwise]
    assert len(found) == 1, f"{len(found)} rate periods hold {moment}"
    return found[0]
