"""Rate periods: every second of every kind of day has exactly one; and the calendar that tells the days apart."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, get_args

from tariffs.rulebook.book import Sections
from tariffs.rulebook.charges import Calendar, DayType, Period, Recurrence, Weekday, clock_span
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.wording import listed, quoted

DAY: Final = 86_400
_WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
_WEEKEND: Final = _WEEKDAYS[5:]

DAYS: Final[tuple[tuple[DayType, Weekday], ...]] = (
    *(("working-day", weekday) for weekday in _WEEKDAYS),
    *(("rest-day", weekday) for weekday in _WEEKEND),
    *(("holiday", weekday) for weekday in _WEEKDAYS),
)
"""Every kind of day: a weekend may be made a working day, a holiday may fall on any weekday."""


@dataclass(frozen=True, slots=True)
class Miscovered:
    """Seconds `[start, end)` of some kinds of day that no period takes (`periods` empty), or more than one."""

    start: int
    end: int
    days: tuple[tuple[DayType, Weekday], ...]
    periods: tuple[str, ...]


def spans(period: Period, day: tuple[str, str], *, season: bool = True) -> list[tuple[int, int]]:
    """The seconds `[start, end)` of such a day that belong to a period which is not `otherwise`.

    `season`: whether the day is one of those that the period names, if it names any.
    """
    if period.otherwise or (period.dated and not season):
        return []
    if (period.days and day[0] not in period.days) or (period.weekdays and day[1] not in period.weekdays):
        return []
    if not period.clock:
        return [(0, DAY)]
    found: list[tuple[int, int]] = []
    for text in period.clock:
        start, end = clock_span(text)
        found += [(start, end)] if start < end else [(start, DAY), (0, end)]
    return [(start, end) for start, end in found if start < end]


def seasons(periods: Mapping[str, Period]) -> dict[int, frozenset[str]]:
    """The dated periods that hold on each day (an ordinal from 1990 to 2100) on which any of them does."""
    from dateutil.rrule import rrulestr

    found: dict[int, set[str]] = {}
    first, last = dt.datetime(1990, 1, 1), dt.datetime(2100, 12, 31)  # noqa: DTZ001 - days, of no zone
    for name, period in periods.items():
        days = {day.toordinal() for day in period.dates}
        for item in period.recurring:
            days |= {day.toordinal() for day in rrulestr(item.rule, dtstart=first).between(first, last, inc=True)}
        for day in days:
            found.setdefault(day, set()).add(name)
    return {day: frozenset(names) for day, names in found.items()}


def _kinds(periods: Mapping[str, Period]) -> list[tuple[DayType, Weekday, frozenset[str]]]:
    """Every kind of day that can occur, with the dated periods that hold on it."""
    nothing: frozenset[str] = frozenset()
    kinds = dict.fromkeys((*day, nothing) for day in DAYS)
    for ordinal, names in seasons(periods).items():
        weekday = _WEEKDAYS[(ordinal - 1) % 7]
        kinds |= dict.fromkeys((*day, names) for day in DAYS if day[1] == weekday)
    return list(kinds)


def miscovered(periods: Mapping[str, Period]) -> list[Miscovered]:
    """Where a set of rate periods leaves a second without a period, or gives it two; equal findings of several kinds
    of day are told as one."""
    found: dict[tuple[int, int, tuple[str, ...]], list[tuple[DayType, Weekday]]] = {}
    rest = [name for name, period in periods.items() if period.otherwise]
    for day_type, weekday, names_in_season in _kinds(periods):
        day = (day_type, weekday)
        taken = [(*span, name) for name, p in periods.items() for span in spans(p, day, season=name in names_in_season)]
        edges = sorted({0, DAY, *(edge for start, end, _ in taken for edge in (start, end))})
        before: tuple[int, int, tuple[str, ...]] | None = None
        for start, end in pairwise(edges):
            names = tuple(name for a, b, name in taken if a <= start < b) or tuple(rest)
            if len(names) == 1:
                before = None
                continue
            if before is not None and before[1] == start and before[2] == names:
                found[before].pop()
                start = before[0]
            before = (start, end, names)
            found.setdefault(before, []).append(day)
    return [
        Miscovered(start, end, tuple(dict.fromkeys(days)), names) for (start, end, names), days in found.items() if days
    ]


def check_periods(book: Sections, notes: Notes) -> None:
    """Every scheme takes each second of each kind of day once; one that asks for day types needs a calendar."""
    for scheme_name, scheme in book.periods.items():
        if "periods" not in scheme.model_fields_set or any(_broken(period) for period in scheme.periods.values()):
            continue
        recurring = [item for period in scheme.periods.values() for item in period.recurring]
        readable = [_check_recurrence(item, notes) for item in recurring]
        if not all(readable):
            continue
        for wrong in miscovered(scheme.periods):
            days = "" if len(wrong.days) == len(DAYS) else f" on {_days(wrong.days)}"
            when = f"{_clock(wrong.start)}–{_clock(wrong.end)}{days}"
            if wrong.periods:
                message = f"{when} belongs to the periods {listed(wrong.periods)} of `{scheme_name}` at once"
                also = tuple(scheme.periods[name].at for name in dict.fromkeys(wrong.periods))
                notes.add("rate-period-gap", scheme.at, message, "let each second belong to one period", also)
            else:
                hint = "add a period, or let one take the rest with `otherwise: true`"
                notes.add("rate-period-gap", scheme.at, f"{when} belongs to no period of `{scheme_name}`", hint)
        asking = next((p for p in scheme.periods.values() if p.days), None)
        if asking is not None and book.calendar is None:
            message = f"`{scheme_name}` tells holidays and rest days apart, and the rulebook has no calendar"
            notes.add("missing-section", notes.at(asking, "days"), message, "add the section `calendar`")


def _broken(period: Period) -> bool:
    """Whether the clock of a period cannot be read, which is a problem already told."""
    try:
        return any(clock_span(text) is None for text in period.clock)
    except ValueError:
        return True


def _clock(second: int) -> str:
    text = f"{second // 3600:02}:{second // 60 % 60:02}"
    return text if second % 60 == 0 else f"{text}:{second % 60:02}"


def _days(days: tuple[tuple[DayType, Weekday], ...]) -> str:
    """Kinds of day in a few words: `holidays`, or `a working day that is a monday`."""
    kinds = dict.fromkeys(kind for kind, _ in days)
    whole = {kind: sum(1 for k, _ in DAYS if k == kind) for kind in kinds}
    if all(sum(1 for k, _ in days if k == kind) == whole[kind] for kind in kinds):
        return " and ".join(f"{kind.replace('-', ' ')}s" for kind in kinds)
    kind, weekday = days[0]
    more = f" and {len(days) - 1} other kinds of day" if len(days) > 1 else ""
    return f"a {kind.replace('-', ' ')} that is a {weekday}{more}"


def check_calendar(book: Sections, notes: Notes) -> None:
    """The days of a calendar lie inside its interval, and working weekends are weekends."""
    calendar = book.calendar
    if calendar is None or calendar.from_ is None or calendar.until is None:
        return
    if calendar.until <= calendar.from_:
        message = f"the calendar ends on {calendar.until}, not after its first day, {calendar.from_}"
        notes.add(
            "bad-interval", notes.at(calendar, "until"), message, "an interval holds its first day and not its last"
        )
        return
    for key, listed_days in (("holidays", calendar.holidays), ("working-weekends", calendar.working_weekends)):
        for i, day in enumerate(listed_days):
            if not calendar.from_ <= day < calendar.until:
                message = f"{day} is outside of the calendar, {calendar.from_} to {calendar.until}"
                notes.add("bad-value", notes.at(calendar, key, i), message, "extend the calendar, or remove the day")
    for i, day in enumerate(calendar.working_weekends):
        if day.weekday() < 5:
            message = f"{day} is a {_WEEKDAYS[day.weekday()]}: only a Saturday or Sunday can be made a working day"
            notes.add("bad-value", notes.at(calendar, "working-weekends", i), message, "check the date")
        elif day in calendar.holidays:
            message = f"{day} is a holiday and a working weekend"
            notes.add("bad-value", notes.at(calendar, "working-weekends", i), message, "keep one of the two")
    _check_recurring(calendar, notes)


def _check_recurring(calendar: Calendar, notes: Notes) -> None:
    for recurrence in calendar.recurring:
        _check_recurrence(recurrence, notes)


def _check_recurrence(recurrence: Recurrence, notes: Notes) -> bool:
    """Whether a recurrence can be read; tells what is wrong with it."""
    from dateutil.rrule import rrulestr

    at = notes.at(recurrence, "rule")
    if re.search(r"FREQ=(?!YEARLY|MONTHLY|WEEKLY|DAILY)", recurrence.rule or "", re.IGNORECASE):
        notes.add("bad-value", at, "a holiday recurs by days or more", "write FREQ=YEARLY, MONTHLY, WEEKLY or DAILY")
        return False
    try:
        rrulestr(recurrence.rule or "")
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        message = f"{quoted(recurrence.rule)} is no rule of RFC 5545"
        notes.add("bad-value", at, message, "for example FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1")
        return False
    return True
