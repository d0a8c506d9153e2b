"""Rate periods and day types as rows of seconds: which period each moment of each day falls into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dateutil.rrule import rrulestr

from tariffs.rulebook.charges import Calendar, DayType, Period, PeriodScheme, clock_span

FIRST_DAY = dt.date(1990, 1, 1).toordinal()
LAST_DAY = dt.date(2101, 1, 1).toordinal()
DAY_SECONDS = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_TYPES: tuple[DayType, ...] = ("working-day", "rest-day", "holiday")


def covered(period: Period, weekday: int, day_type: str) -> list[tuple[int, int]]:
    """The spans of seconds that a period claims on such a day (nothing for `otherwise`)."""
    if period.otherwise or (period.weekdays and WEEKDAYS[weekday] not in period.weekdays):
        return []
    if period.days and day_type not in period.days:
        return []
    spans: list[tuple[int, int]] = []
    for text in period.clock:
        start, end = clock_span(text)
        spans += [(start, end)] if start < end else [(0, end), (start, DAY_SECONDS)]
    return [span for span in spans if span[0] < span[1]] if period.clock else [(0, DAY_SECONDS)]


def day_row(scheme: PeriodScheme, weekday: int, day_type: str) -> list[tuple[int, str]]:
    """The periods of such a day as `(from second, name)`, in order; the second's owner is the last claimant.

    A complete scheme (the loader proves it) has exactly one claimant a second; `otherwise` owns the rest.
    """
    rest = next((name for name, period in scheme.periods.items() if period.otherwise), "")
    spans = [(s, e, name) for name, period in scheme.periods.items() for s, e in covered(period, weekday, day_type)]
    row: list[tuple[int, str]] = []
    for start in sorted({0, *(s for s, _, _ in spans), *(e for _, e, _ in spans)} - {DAY_SECONDS}):
        owner = next((name for s, e, name in spans if s <= start < e), rest)
        if not row or row[-1][1] != owner:
            row.append((start, owner))
    return row


@dataclass
class Days:
    """The day type of every day that a calendar knows."""

    calendar: Calendar | None

    @cached_property
    def holidays(self) -> frozenset[int]:
        if self.calendar is None:
            return frozenset()
        days = {day.toordinal() for day in self.calendar.holidays}
        start = dt.datetime.combine(self.calendar.from_, dt.time())
        end = dt.datetime.combine(self.calendar.until, dt.time())
        for item in self.calendar.recurring:
            days |= {day.toordinal() for day in rrulestr(item.rule, dtstart=start).between(start, end, inc=True)}
        return frozenset(days)

    def day_type(self, day: int) -> str | None:
        """The type of a day (an ordinal), or None outside the calendar."""
        if self.calendar is None:
            return None
        if not self.calendar.from_.toordinal() <= day < self.calendar.until.toordinal():
            return None
        if day in self.holidays:
            return "holiday"
        weekend = (day - 1) % 7 >= 5  # ordinal 1 was a Monday
        worked = weekend and dt.date.fromordinal(day) in self.calendar.working_weekends
        return "rest-day" if weekend and not worked else "working-day"


@dataclass
class PeriodTables:
    """Of each scheme: the names of its periods, and for every day since FIRST_DAY its row, or -1 outside the calendar.

    `rows[r]`: (microsecond of the day, number of the period) in order.
    """

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    day_rows: dict[str, list[int]] = field(default_factory=dict)
    rows: list[tuple[tuple[int, int], ...]] = field(default_factory=list)

    def add(self, name: str, scheme: PeriodScheme, days: Days) -> None:
        """Adds a scheme; its periods are numbered in the order in which they are written."""
        self.names[name] = tuple(scheme.periods)
        week = [self._row(day_row(scheme, weekday, DAY_TYPES[0]), self.names[name]) for weekday in range(7)]
        count = LAST_DAY - FIRST_DAY
        if not any(period.days for period in scheme.periods.values()):
            first = (FIRST_DAY - 1) % 7
            pattern = week[first:] + week[:first]
            self.day_rows[name] = (pattern * (count // 7 + 1))[:count]
            return
        self.day_rows[name] = rows = [-1] * count
        if days.calendar is None:
            return
        known: dict[tuple[int, str], int] = {}
        for day in range(days.calendar.from_.toordinal(), days.calendar.until.toordinal()):
            kind = ((day - 1) % 7, days.day_type(day) or "")
            if kind not in known:
                known[kind] = self._row(day_row(scheme, *kind), self.names[name])
            if FIRST_DAY <= day < LAST_DAY:
                rows[day - FIRST_DAY] = known[kind]

    def _row(self, row: Sequence[tuple[int, str]], names: tuple[str, ...]) -> int:
        key = tuple((start * 1_000_000, names.index(name)) for start, name in row)
        if key not in self.rows:
            self.rows.append(key)
        return self.rows.index(key)
