"""Rate periods as bundles of tariffs meet them: kinds of days, and the moments at which a price changes.

Two days are of one kind where every tariff of a bundle has the same prices at the same clock, on the day itself and for
as long after it as a call may last. A moment of the clock at which no price changes is no boundary here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, NamedTuple

from tariffs.checks.domain import Days
from tariffs.checks.staircases import most_billed
from tariffs.rating import kernel as k
from tariffs.rating.periods import WEEKDAYS

Prices = tuple[int, ...]
"""What a unit of each step of a tariff costs in one rate period."""


class Event(NamedTuple):
    """From `at` (microseconds since the day began) each tariff has these prices; None outside the calendar."""

    at: int
    prices: tuple[Prices | None, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The prices of a bundle from the beginning of a day to behind the longest call that starts on it."""

    events: tuple[Event, ...]

    @property
    def stretches(self) -> list[tuple[Event, int, tuple[Event, ...]]]:
        """Each part of the day with equal prices, as (its event, its end, the events that follow)."""
        found = []
        ends = [*(e.at for e in self.events[1:]), k.DAY]
        for number, (event, end) in enumerate(zip(self.events, ends, strict=True)):
            if event.at < k.DAY and None not in event.prices:
                found.append((event, min(end, k.DAY), self.events[number + 1 :]))
        return found


class OnDays:
    """Some days of a span: `days` are their ordinals, in order."""

    def __init__(self, days: Iterable[int], among: Days) -> None:
        self.days, self.among = tuple(sorted(days)), among

    @property
    def first(self) -> int:
        return self.days[0]

    @property
    def all(self) -> bool:
        """Whether they are all days of the span."""
        return len(self.days) == self.among.until - self.among.first

    @cached_property
    def told(self) -> dict[str, list[Any]]:
        """The weekdays that they are all of in the span, or spans of dates `[from, until)`."""
        weekdays = sorted({(day - 1) % 7 for day in self.days})
        every = sum(
            len(range(self.among.first + (1 + weekday - self.among.first) % 7, self.among.until, 7))
            for weekday in weekdays
        )
        if len(self.days) == every and not self.all:
            return {"weekdays": [WEEKDAYS[weekday] for weekday in weekdays]}
        return {"dates": [[day.isoformat() for day in Days(*span).dates] for span in days_among(self.days)]}


class Kind(NamedTuple):
    """Days with one timeline."""

    timeline: Timeline
    days: OnDays


@dataclass
class Timelines:
    """The timelines of bundles over the kernel's table `t`. `longest`: the longest call, in microseconds."""

    t: Any = field(repr=False)
    longest: int
    _kinds: dict[object, tuple[Kind, ...]] = field(default_factory=dict)
    _rows: dict[object, dict[tuple[int, ...], Sequence[int]]] = field(default_factory=dict)
    _prices: dict[tuple[int, int], Prices] = field(default_factory=dict)

    def kinds(self, bundle: Sequence[int], days: Days, *, again: bool = False) -> tuple[Kind, ...]:
        """The kinds of days among some, but for days without any price.

        Behind the day only what takes the price of each unit still changes, unless calls may start `again` there.
        """
        tariffs = self.tariffs(bundle)
        key = (tariffs, days, again)
        if key not in self._kinds:
            self._kinds[key] = tuple(self._found(tariffs, days, again=again))
        return self._kinds[key]

    def _found(self, tariffs: tuple[int, ...], days: Days, *, again: bool) -> list[Kind]:
        if not tariffs:
            return [Kind(Timeline((Event(0, ()),)), OnDays(range(days.first, days.until), days))]
        behind = max((self.reach(t) - 1) // k.DAY + 1 if again or self.each_unit(t) else 0 for t in tariffs)
        schemes = tuple(self.t[t + k.T_SCHEME] for t in tariffs)
        found: dict[Timeline, list[Sequence[int]]] = {}
        for rows, mine in self._by_rows(schemes, behind, days).items():
            timeline = self._timeline(tariffs, [rows[n :: behind + 1] for n in range(behind + 1)], again=again)
            if timeline.stretches:
                found.setdefault(timeline, []).append(mine)
        return [Kind(timeline, OnDays(chain.from_iterable(mine), days)) for timeline, mine in found.items()]

    def _by_rows(self, schemes: tuple[int, ...], behind: int, days: Days) -> dict[tuple[int, ...], Sequence[int]]:
        """Days by their rows: of each scheme that of the day itself, and of so many days behind it."""
        key = (schemes, behind, days)
        if key not in self._rows:
            first, count = days.first - k.FIRST_DAY, days.until - days.first
            columns = [self.t[s + first + n : s + first + n + count] for s in schemes for n in range(behind + 1)]
            each, among = list(zip(*columns, strict=True)), range(days.first, days.until)
            found: dict[tuple[int, ...], list[int]] = {rows: [] for rows in dict.fromkeys(each)}
            if len(found) == 1:
                self._rows[key] = {each[0]: among}
                return self._rows[key]
            for day, rows in zip(among, each, strict=True):
                found[rows].append(day)
            self._rows[key] = dict(found)
        return self._rows[key]

    def each_unit(self, tariff: int) -> bool:
        """Whether each unit takes the price of its own start."""
        return bool(self.t[tariff + k.T_SCHEME] > 0 and self.t[tariff + k.T_CROSSING] == 1)

    def reach(self, *tariffs: int) -> int:
        """How far into a call units of these tariffs may begin, in microseconds."""
        return max((most_billed(self.t, tariff, self.longest) for tariff in tariffs), default=self.longest)

    def _timeline(self, tariffs: tuple[int, ...], days: Sequence[Sequence[int]], *, again: bool) -> Timeline:
        """`days`: of each day the row of each tariff's scheme."""
        events: list[Event] = []
        for number, rows in enumerate(days):
            for since in sorted({0, *(at for row in rows if row for at, _ in self._row(row))}):
                prices = tuple(
                    self.prices_in(t, self._period(row, since)) if row else None
                    for t, row in zip(tariffs, rows, strict=True)
                )
                if number > 0 and not again:
                    prices = tuple(
                        mine if self.each_unit(t) else events[-1].prices[n]
                        for n, (t, mine) in enumerate(zip(tariffs, prices, strict=True))
                    )
                if not events or events[-1].prices != prices:
                    events.append(Event(number * k.DAY + since, prices))
        return Timeline(tuple(events))

    def _row(self, row: int) -> list[tuple[int, int]]:
        t = self.t
        return [(t[row + 1 + 2 * n], t[row + 2 + 2 * n]) for n in range(t[row])]

    def _period(self, row: int, since: int) -> int:
        return [period for at, period in self._row(row) if at <= since][-1]

    def prices_in(self, tariff: int, period: int) -> Prices:
        """What a unit of each step costs in a rate period."""
        key = (tariff, period)
        if key not in self._prices:
            t = self.t
            steps = range(tariff + k.T_STEP, tariff + k.T_STEP + k.STEP * t[tariff + k.T_STEPS], k.STEP)
            self._prices[key] = tuple(t[t[step + k.S_PRICE] + period] for step in steps)
        return self._prices[key]

    def tariffs(self, bundle: Sequence[int]) -> tuple[int, ...]:
        """The tariffs whose prices stand in the events of a bundle's timelines, in their order."""
        return tuple(dict.fromkeys(t for t in bundle if self.t[t + k.T_SCHEME] > 0))

    def unit_starts(self, tariff: int, before: Event, after: Event, place: int, low: int, high: int) -> set[int]:
        """How far into a call, in `[low, high)`, units start that cost something else behind an event.

        `place`: the tariff's among those of the events. A tariff that goes by the call's start has none.
        """
        found: set[int] = set()
        if not self.each_unit(tariff) or before.prices[place] == after.prices[place]:
            return found
        t, begins = self.t, 0
        old, new = before.prices[place], after.prices[place]
        for number in range(t[tariff + k.T_STEPS]):
            step = tariff + k.T_STEP + k.STEP * number
            until, unit = t[step + k.S_UNTIL], t[step + k.S_UNIT]
            if old is None or new is None or old[number] != new[number]:
                first = begins + max(-(-(low - begins) // unit), 0) * unit
                found.update(range(first, min(until, high), unit))
            if not t[tariff + k.T_WHOLE]:
                begins = until
        return found

    def breaks(
        self, bundle: Sequence[int], event: Event, following: Sequence[Event], low: int, high: int,
        part: Sequence[int] | None = None,
    ) -> list[int]:  # fmt: skip
        """Starts in `(low, high)` behind `event` at which some unit of the bundle comes to lie behind another event.

        `part`: only the units of these tariffs of the bundle count.
        """
        found: set[int] = set()
        tariffs, reach = self.tariffs(bundle), self.reach(*bundle)
        for before, after in pairwise((event, *following)):
            if after.at - high >= reach:
                break
            for place, tariff in enumerate(tariffs):
                if part is not None and tariff not in part:
                    continue
                starts = self.unit_starts(
                    tariff, before, after, place, max(after.at - high + 1, 0), min(after.at - low, self.reach(tariff))
                )
                found.update(after.at - offset for offset in starts)
        return sorted(found)


def days_among(days: Sequence[int]) -> list[tuple[int, int]]:
    """Days (ordinals, in order) as spans `[first, until)`."""
    breaks = [(before + 1, behind) for before, behind in pairwise(days) if before + 1 != behind]
    firsts = [days[0], *(first for _, first in breaks)]
    return list(zip(firsts, [*(until for until, _ in breaks), days[-1] + 1], strict=True))
