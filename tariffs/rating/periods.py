"""Rate periods and day types as rows of seconds: which period each moment of each day falls into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dateutil.rrule import rrulestr

from tariffs.rulebook.charges import Calendar, DayType, PeriodScheme
from tariffs.rulebook.clock import DAY, seasons, spans

FIRST_DAY = dt.date(1990, 1, 1).toordinal()
LAST_DAY = dt.date(2101, 1, 1).toordinal()
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_TYPES: tuple[DayType, ...] = ("working-day", "rest-day", "holiday")


def day_row(
    scheme: PeriodScheme, weekday: int, day_type: str, season: frozenset[str] = frozenset()
) -> list[tuple[int, str]]:
    """The periods of such a day as `(from second, name)`, in order. `season`: the dated periods that hold on it.

    A complete scheme (the loader proves it) has exactly one claimant a second; `otherwise` owns the rest.
    """
    day = (day_type, WEEKDAYS[weekday])
    rest = next((name for name, period in scheme.periods.items() if period.otherwise), "")
    claims = [(*s, name) for name, period in scheme.periods.items() for s in spans(period, day, season=name in season)]
    row: list[tuple[int, str]] = []
    for start in sorted({0, *(s for s, _, _ in claims), *(e for _, e, _ in claims)} - {DAY}):
        owner = next((name for s, e, name in claims if s <= start < e), rest)
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
        return "working-day" if dt.date.fromordinal(day) in self.calendar.working_weekends else self.of_weekday(day)

    @staticmethod
    def of_weekday(day: int) -> DayType:
        """The type of a day of which the calendar says nothing else."""
        return "rest-day" if (day - 1) % 7 >= 5 else "working-day"  # ordinal 1 was a Monday

    @property
    def exceptions(self) -> frozenset[int]:
        """The days that are not what their weekday says."""
        worked = () if self.calendar is None else self.calendar.working_weekends
        return self.holidays | {day.toordinal() for day in worked}


@dataclass
class PeriodTables:
    """Of each scheme: the names of its periods, and for every day since FIRST_DAY its row, or -1 outside the calendar.

    `rows[r]`: (microsecond of the day, number of the period) in order.
    """

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    day_rows: dict[str, list[int]] = field(default_factory=dict)
    rows: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    _known: dict[tuple[str, int, str, frozenset[str]], int] = field(default_factory=dict)

    def add(self, name: str, scheme: PeriodScheme, days: Days) -> None:
        """Adds a scheme; its periods are numbered in the order in which they are written."""
        self.names[name] = tuple(scheme.periods)
        rows = self._week(name, scheme)
        kinds = any(period.days for period in scheme.periods.values())
        known = range(FIRST_DAY, LAST_DAY)
        if kinds:
            rows = [-1] * len(known)
            known = _days_of(days.calendar)
            for day in known[:7]:
                usual = days.of_weekday(day)
                every = range(day - FIRST_DAY, known.stop - FIRST_DAY, 7)
                rows[every.start : every.stop : 7] = [self._day(name, scheme, day, usual, frozenset())] * len(every)
            for day in days.exceptions:
                if day in known:
                    rows[day - FIRST_DAY] = self._day(name, scheme, day, days.day_type(day) or "", frozenset())
        for day, season in seasons(scheme.periods).items():
            if day in known:
                kind = (days.day_type(day) or "") if kinds else DAY_TYPES[0]
                rows[day - FIRST_DAY] = self._day(name, scheme, day, kind, season)
        self.day_rows[name] = rows

    def _week(self, name: str, scheme: PeriodScheme) -> list[int]:
        """The rows of all days, by weekday alone."""
        count, first = LAST_DAY - FIRST_DAY, (FIRST_DAY - 1) % 7
        week = [self._row(day_row(scheme, weekday, DAY_TYPES[0]), self.names[name]) for weekday in range(7)]
        return ((week[first:] + week[:first]) * (count // 7 + 1))[:count]

    def _day(self, name: str, scheme: PeriodScheme, day: int, kind: str, season: frozenset[str]) -> int:
        key = (name, (day - 1) % 7, kind, season)
        if key not in self._known:
            self._known[key] = self._row(day_row(scheme, key[1], kind, season), self.names[name])
        return self._known[key]

    def _row(self, row: Sequence[tuple[int, str]], names: tuple[str, ...]) -> int:
        key = tuple((start * 1_000_000, names.index(name)) for start, name in row)
        if key not in self.rows:
            self.rows.append(key)
        return self.rows.index(key)


def _days_of(calendar: Calendar | None) -> range:
    """The days that a calendar knows, as far as the tables reach."""
    if calendar is None:
        return range(0)
    return range(max(calendar.from_.toordinal(), FIRST_DAY), min(calendar.until.toordinal(), LAST_DAY))
