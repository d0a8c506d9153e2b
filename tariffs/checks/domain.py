"""The calls that there can be: who may call whom from where, and the spans of days on which that stays the same.

Not every combination of classes of the decision diagram is a call: a fixed line is where its home is, a special service
at whoever calls it, a mobile line calls from where it is. A *situation* is a combination of line, direction, called
kind and classes of pairs of places that `kernel.locate` does produce, with the ends of such a call. All other
dimensions (usage, access code, operators, group, plan, add-ons) are independent of it and of one another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tariffs.checks.numbers import Numbers, is_mobile
from tariffs.rating import kernel as k
from tariffs.rating.numbering import FIXED, MOBILE, ORIGIN_PLACE
from tariffs.rating.tables import Compiled

FIRST_DAY, LAST_DAY = k.FIRST_DAY, k.FIRST_DAY + k.DAYS - 366
"""The days on which the kernel rates calls, `[FIRST_DAY, LAST_DAY)`."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the kernel's table, without copying it."""

    table: Sequence[int]
    at: int
    count: int

    def __getitem__(self, index: int) -> int:
        return self.table[self.at + index]


class Pairs(NamedTuple):
    """How one chart sorts pairs of places: class of (from, to) at `start * places + end`."""

    call: Sequence[int] | Slice
    roam: Sequence[int] | Slice


class Situation(NamedTuple):
    """Classes of a call as several charts see them: `classes` holds (call, roam) of each."""

    line: int
    direction: int
    called: int
    classes: tuple[tuple[int, int], ...]


class Ends(NamedTuple):
    """The ends of a call: numbers, and the place of the served party where the record must give it (-1: not)."""

    caller: str
    called: str
    served: int
    origin: int
    destination: int


@dataclass(frozen=True)
class Endpoints:
    """The numbers that the plan knows on a day: by place of fixed lines and of mobile homes, by kind and place of
    special services; access codes by number (0: none).
    """

    fixed: Mapping[int, str]
    mobile: Mapping[int, str]
    special: Mapping[tuple[int, int], str]
    access: Mapping[int, str]

    @property
    def shape(self) -> tuple[frozenset[object], ...]:
        """What situations depend on: endpoints of one shape give the same ones."""
        return frozenset(self.fixed), frozenset(self.mobile), frozenset(self.special), frozenset(self.access)


@dataclass(frozen=True, slots=True)
class Days:
    """Days `[first, until)` on which numbers, rules, promises and calendar stay the same."""

    first: int
    until: int

    @property
    def dates(self) -> tuple[dt.date, dt.date]:
        return dt.date.fromordinal(self.first), dt.date.fromordinal(self.until)


def spans(bounds: set[int]) -> tuple[Days, ...]:
    """All days that the kernel rates, cut at the bounds."""
    edges = sorted({FIRST_DAY, LAST_DAY, *(day for day in bounds if FIRST_DAY < day < LAST_DAY)})
    return tuple(Days(first, until) for first, until in pairwise(edges))


def endpoints(numbers: Numbers, day: int) -> Endpoints:
    """The numbers that there are on a day."""
    a = numbers.automaton
    found = Endpoints({}, {}, {}, {0: ""})
    fixed, mobile, special, access = dict(found.fixed), dict(found.mobile), dict(found.special), dict(found.access)
    for entry in numbers.entries(day):
        if is_mobile(a, entry):
            for place, number in numbers.homes(entry, day).items():
                mobile.setdefault(place, number)
            continue
        number_ = numbers.number(entry, day)
        if number_ is None:
            continue
        if a.strip[entry]:
            access.setdefault(a.strip[entry], number_)
        elif a.kind[entry] == FIXED:
            if len(number_) < len(fixed.get(a.place[entry], number_ + " ")):
                fixed[a.place[entry]] = number_
        else:
            special.setdefault((a.kind[entry], a.place[entry]), number_)
    return Endpoints(fixed, mobile, special, access)


def situations(ends: Endpoints, pairs: Sequence[Pairs], places: int, *, home_is_default: bool) -> dict[Situation, Ends]:
    """Every situation that calls between these endpoints can be in, each with the ends of one such call."""
    found: dict[Situation, Ends] = {}
    for situation, witness in (
        *_originated_fixed(ends, pairs, places),
        *_originated_mobile(ends, pairs, places, home_is_default),
        *_received(ends, pairs, places, home_is_default),
    ):
        found.setdefault(situation, witness)
    return found


def _targets(ends: Endpoints, origin: int) -> Iterator[tuple[int, int, str]]:
    """(kind, place, number) of everything that can be called from a place."""
    for place, number in ends.fixed.items():
        yield FIXED, place, number
    for place, number in ends.mobile.items():
        yield MOBILE, place, number
    for (kind, place), number in ends.special.items():
        yield kind, origin if place == ORIGIN_PLACE else place, number


def _near_first(ends: Endpoints, pairs: Sequence[Pairs], n: int, origin: int) -> dict[tuple[int, ...], tuple[int, str]]:
    """Of the calls from a place: each (called kind, call class in every chart) with a destination and number."""
    found: dict[tuple[int, ...], tuple[int, str]] = {}
    at = origin * n
    for kind, place, number in _targets(ends, origin):
        found.setdefault((kind, *(p.call[at + place] for p in pairs)), (place, number))
    return found


def _originated_fixed(ends: Endpoints, pairs: Sequence[Pairs], n: int) -> Iterator[tuple[Situation, Ends]]:
    for home, caller in ends.fixed.items():
        roam = [p.roam[home * n + home] for p in pairs]
        for (kind, *call), (place, called) in _near_first(ends, pairs, n, home).items():
            classes = tuple(zip(call, roam, strict=True))
            yield Situation(FIXED, 0, kind, classes), Ends(caller, called, -1, home, place)


def _presences(home: int, pairs: Sequence[Pairs], n: int, default: bool) -> Iterator[tuple[int, int]]:
    """Where a mobile line can be, its home first: (place, what the record must say)."""
    yield home, -1 if default else home
    for place in range(n):
        if place != home:
            yield place, place


def _originated_mobile(
    ends: Endpoints, pairs: Sequence[Pairs], n: int, default: bool
) -> Iterator[tuple[Situation, Ends]]:
    calls: dict[int, dict[tuple[int, ...], tuple[int, str]]] = {}
    seen: set[tuple[int, ...]] = set()
    for home, caller in ends.mobile.items():
        for origin, served in _presences(home, pairs, n, default):
            roam = [p.roam[home * n + origin] for p in pairs]
            if (origin, *roam) in seen:
                continue
            seen.add((origin, *roam))
            if origin not in calls:
                calls[origin] = _near_first(ends, pairs, n, origin)
            for (kind, *call), (place, called) in calls[origin].items():
                classes = tuple(zip(call, roam, strict=True))
                yield Situation(MOBILE, 0, kind, classes), Ends(caller, called, served, origin, place)


def _received(ends: Endpoints, pairs: Sequence[Pairs], n: int, default: bool) -> Iterator[tuple[Situation, Ends]]:
    callers = {**ends.mobile, **ends.fixed}
    for kind, lines in ((FIXED, ends.fixed), (MOBILE, ends.mobile)):
        for home, called in lines.items():
            roams: dict[tuple[int, ...], int] = {}
            for place, served in [(home, -1)] if kind == FIXED else _presences(home, pairs, n, default):
                roams.setdefault(tuple(p.roam[home * n + place] for p in pairs), served)
            calls: dict[tuple[int, ...], tuple[int, str]] = {}
            for origin, caller in callers.items():
                calls.setdefault(tuple(p.call[origin * n + home] for p in pairs), (origin, caller))
            for call, (origin, caller) in calls.items():
                for roam, served in roams.items():
                    classes = tuple(zip(call, roam, strict=True))
                    yield Situation(kind, 1, kind, classes), Ends(caller, called, served, origin, home)


def numbers_of(compiled: Compiled) -> Numbers:
    """The finder of numbers for a compiled rulebook."""
    return Numbers(compiled.automaton, compiled.tables.segments)
