"""The days on which some rule of a rulebook may change, and the segments of days between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tariffs.rating import kernel as k
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.places import Circle
from tariffs.rulebook.problems import NOWHERE

Int64s = NDArray[np.int64]
Interval = tuple[dt.date, dt.date]
"""Days, half-open."""


def bounds_of(book: Rulebook, values: Values, movable: Iterable[Interval] = (), *, months: bool = True) -> Int64s:
    """The first days of the segments, as ordinals, sorted.

    They are every day that a rule, change, phase or circle of any scenario names, the values of date parameters, the
    first of each month unless `months` is False, and each day (and the day behind the last one) of the intervals that
    are movable. Without any bound there is one far ahead of all calls.
    """
    days = {day.toordinal() for day in _written(book)}
    days |= {day.toordinal() for day in _of_parameters(values)}
    for since, until in movable:
        days |= set(range(since.toordinal(), until.toordinal() + 1))
    first, last = dt.date.fromordinal(k.FIRST_DAY), dt.date.fromordinal(k.FIRST_DAY + k.DAYS - 1)
    if months:
        days |= {dt.date(y, m, 1).toordinal() for y in range(first.year, last.year + 1) for m in range(1, 13)}
    days = days or {k.FIRST_DAY + 1}
    return np.array(sorted(day for day in days if k.FIRST_DAY < day < k.FIRST_DAY + k.DAYS), np.int64)


def segments(bounds: Int64s, days: Int64s) -> Int64s:
    """The first day of the segment of each day (an ordinal); before all bounds, the day before the first."""
    at = np.searchsorted(bounds, days, side="right")
    return np.where(at > 0, bounds[at - 1], bounds[0] - 1)


def month(day: int) -> str:
    """The month of a day (an ordinal) as `2012-03`."""
    return dt.date.fromordinal(day).isoformat()[:7]


def _written(book: Rulebook) -> Iterator[dt.date]:
    rules = [*book.rules.values(), *(rule for scenario in book.scenarios.values() for rule in scenario.rules.values())]
    for rule in rules:
        yield from _dates(rule.from_, rule.until)
    yield from _of_circles(book.circles)
    for scenario in book.scenarios.values():
        yield from _of_circles(scenario.circles)
        for change in scenario.changes:
            yield from _dates(change.from_, change.until)
        for phase in scenario.phases.values():
            yield from _dates(phase.from_)


def _of_circles(circles: Mapping[str, Circle]) -> Iterator[dt.date]:
    for circle in circles.values():
        for version in circle.versions:
            yield from _dates(version.from_, version.until)


def _dates(*bounds: dt.date | str | None) -> Iterator[dt.date]:
    return (bound for bound in bounds if isinstance(bound, dt.date))


def _of_parameters(values: Values) -> Iterator[dt.date]:
    """What parameters of kind `date` are worth; one without a value has no day."""
    for name, parameter in values.parameters.items():
        if parameter.kind == "date" and (name in values.given or name in values.assumptions):
            found = values.date(name, NOWHERE)
            if found is not None:
                yield found
