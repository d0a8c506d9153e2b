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
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from tariffs.checks.numbers import Numbers, is_mobile
from tariffs.rating import kernel as k
from tariffs.rating.numbering import FIXED, MOBILE, ORIGIN_PLACE
from tariffs.rating.tables import Compiled

FIRST_DAY, LAST_DAY = k.FIRST_DAY, k.FIRST_DAY + k.DAYS - 366
"""The days on which the kernel rates calls, `[FIRST_DAY, LAST_DAY)`."""


@dataclass(eq=False, repr=False, slots=True)
class Slice:
    """A part of the kernel's table, without copying it."""

    table: Sequence[int]
    at: int
    count: int

    def __getitem__(self, index: int) -> int:
        return self.table[self.at + index]

    def __iter__(self) -> Iterator[int]:
        return iter(self.table[self.at : self.at + self.count])


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


@dataclass(eq=False, repr=False)
class Endpoints:
    """The numbers that the plan knows on a day: by place of fixed lines and of mobile homes, by kind and place of
    special services; access codes by number (0: none).
    """

    fixed: Mapping[int, str]
    mobile: Mapping[int, str]
    special: Mapping[tuple[int, int], str]
    access: Mapping[int, str]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What tells endpoints apart."""
        return tuple(tuple(sorted(numbers.items())) for numbers in (self.fixed, self.mobile, self.special, self.access))

    def shared(self, other: Endpoints) -> Endpoints:
        """Those of these numbers to which there is one of the same kind and place among the others."""
        if self.key == other.key:
            return self
        mine: Numbered = (self.fixed, self.mobile, self.special, self.access)
        its: Numbered = (other.fixed, other.mobile, other.special, other.access)
        both: list[Any] = [{k: v for k, v in a.items() if k in b} for a, b in zip(mine, its, strict=True)]
        return Endpoints(*both)


Numbered = tuple[Mapping[Any, str], ...]
"""Numbers by what they are."""


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
            mobile |= numbers.homes(entry, day, known=mobile)
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
    call = list(zip(*(pair.call for pair in pairs), strict=True))
    roam = list(zip(*(pair.roam for pair in pairs), strict=True))
    found: dict[Situation, Ends] = {}
    for situation, witness in (
        *_originated_fixed(ends, call, roam, places),
        *_originated_mobile(ends, call, roam, places, home_is_default),
        *_received(ends, call, roam, places, home_is_default),
    ):
        found.setdefault(situation, witness)
    return found


Classes = tuple[int, ...]
"""The classes of one pair of places, in every chart."""
Table = Sequence[Classes]
"""Those of all pairs of places: of (from, to) at `start * places + end`."""
_Targets = dict[tuple[int, Classes], tuple[int, str]]


def _targets(ends: Endpoints, call: Table, n: int, origin: int) -> _Targets:
    """What can be called from a place: each (called kind, call classes) with the first destination and number."""
    found: _Targets = {}
    row = call[origin * n : origin * n + n]
    for place, number in ends.fixed.items():
        found.setdefault((FIXED, row[place]), (place, number))
    for place, number in ends.mobile.items():
        found.setdefault((MOBILE, row[place]), (place, number))
    for (kind, at), number in ends.special.items():
        place = origin if at == ORIGIN_PLACE else at
        found.setdefault((kind, row[place]), (place, number))
    return found


def _originated_fixed(ends: Endpoints, call: Table, roam: Table, n: int) -> Iterator[tuple[Situation, Ends]]:
    for home, caller in ends.fixed.items():
        there = roam[home * n + home]
        for (kind, classes), (place, called) in _targets(ends, call, n, home).items():
            both = tuple(zip(classes, there, strict=True))
            yield Situation(FIXED, 0, kind, both), Ends(caller, called, -1, home, place)


def _originated_mobile(
    ends: Endpoints, call: Table, roam: Table, n: int, default: bool
) -> Iterator[tuple[Situation, Ends]]:
    targets: dict[int, _Targets] = {}
    alike: dict[int, frozenset[object]] = {}
    seen: set[object] = set()
    for home, caller in ends.mobile.items():
        for origin in (home, *(place for place in range(n) if place != home)):
            there = roam[home * n + origin]
            if (origin, there) in seen:
                continue
            seen.add((origin, there))
            if origin not in targets:
                targets[origin] = _targets(ends, call, n, origin)
                alike[origin] = frozenset(targets[origin])
            if (alike[origin], there) in seen:
                continue  # calls from another place were in the same situations
            seen.add((alike[origin], there))
            served = -1 if default and origin == home else origin
            for (kind, classes), (place, called) in targets[origin].items():
                both = tuple(zip(classes, there, strict=True))
                yield Situation(MOBILE, 0, kind, both), Ends(caller, called, served, origin, place)


def _received(
    ends: Endpoints, call: Table, roam: Table, n: int, default: bool
) -> Iterator[tuple[Situation, Ends]]:
    callers = list({**ends.mobile, **ends.fixed}.items())
    seen: set[object] = set()
    for kind, lines in ((FIXED, ends.fixed), (MOBILE, ends.mobile)):
        for home, called in lines.items():
            # From the last to the first, so that the first of each stays.
            roams = {roam[home * n + place]: place for place in range(n - 1, -1, -1)} if kind == MOBILE else {}
            roams[roam[home * n + home]] = -1 if default or kind == FIXED else home
            column = call[home::n]
            calls = {column[caller[0]]: caller for caller in reversed(callers)}
            alike = kind, frozenset(calls), frozenset(roams)
            if alike in seen:
                continue
            seen.add(alike)
            for classes, (origin, caller) in calls.items():
                for there, served in roams.items():
                    both = tuple(zip(classes, there, strict=True))
                    yield Situation(kind, 1, kind, both), Ends(caller, called, served, origin, home)


def numbers_of(compiled: Compiled) -> Numbers:
    """The finder of numbers for a compiled rulebook."""
    return Numbers(compiled.automaton, compiled.tables.segments)
