"""Two calls side by side under one view: there and back, nearer and farther, one pair of cities and another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tariffs.checks.domain import Days, Endpoints, Ends, Pairs, Situation
from tariffs.checks.starts import Dearer
from tariffs.checks.study import Study, merged
from tariffs.checks.walking import Leaves, Point
from tariffs.rating.numbering import FIXED, MOBILE

Both = dict[Situation, tuple[Ends, Ends]]
"""Pairs of calls alike in all but places: what both charts see, and the ends of each call."""


class Met(NamedTuple):
    """Two calls of one kind on some days, and the leaf of each."""

    leaves: Leaves
    days: Days
    point: Point
    ends: tuple[Ends, Ends]


class Leg(NamedTuple):
    """One call of a pair, by places: from and to, and home and presence of the line that pays."""

    origin: int
    destination: int
    home: int
    present: int


class Sides:
    """What pairs of calls are made of: the numbers of some days, and the classes of pairs of places."""

    def __init__(self, study: Study, pairs: Pairs, ends: Endpoints) -> None:
        self.pairs, self.ends = pairs, ends
        self.n = len(study.compiled.geography.names)
        self.home_is_default = study.book.rulebook.defaults.served_place == "home"

    @property
    def lines(self) -> tuple[tuple[int, Mapping[int, str]], ...]:
        """Fixed lines and mobile lines by place."""
        return (FIXED, self.ends.fixed), (MOBILE, self.ends.mobile)

    def call(self, origin: int, destination: int) -> int:
        return self.pairs.call[origin * self.n + destination]

    def roam(self, home: int, present: int) -> int:
        return self.pairs.roam[home * self.n + present]

    def classes(self, leg: Leg) -> tuple[int, int]:
        return self.call(leg.origin, leg.destination), self.roam(leg.home, leg.present)

    def situation(self, line: int, direction: int, called: int, legs: tuple[Leg, Leg]) -> Situation:
        """Two calls as two equal charts see them."""
        return Situation(line, direction, called, (self.classes(legs[0]), self.classes(legs[1])))

    def made(self, line: int, leg: Leg, callers: Mapping[int, str], called: Mapping[int, str]) -> Ends:
        """The ends of a call made by a line of `leg.home`."""
        return Ends(callers[leg.home], called[leg.destination], self._served(line, leg), *leg[:2])

    def received(self, line: int, leg: Leg, numbers: Mapping[int, str]) -> Ends:
        """The ends of a call received by a line of `leg.home`."""
        return Ends(numbers[leg.origin], numbers[leg.home], self._served(line, leg), *leg[:2])

    def _served(self, line: int, leg: Leg) -> int:
        """Where the served party was, if the record must say so: a fixed line is at home, and so may silence be."""
        silent = line == FIXED or (self.home_is_default and leg.present == leg.home)
        return -1 if silent else leg.present


def meet(
    study: Study, view: int, pairs_of: Callable[[Days, Sides], Both], kind_of: Callable[[Situation], object],
    told: Callable[[Days], object] = lambda _: None,
) -> Iterator[Met]:  # fmt: skip
    """Every combination of leaves that two calls of a kind reach, with the first such pair on each span of days.

    `kind_of`: what findings tell apart. `told`: what else, besides numbers and classes of places, `pairs_of` rests on.
    """
    walker = study.walker([view, view])
    found: dict[object, tuple[Both, list[int]]] = {}
    for days in study.days:
        pairs, ends = study.pairs(view, days), study.endpoints(days)
        key = (study.identity(pairs), id(ends), told(days))
        if key not in found:
            both = pairs_of(days, Sides(study, pairs, ends))
            kinds: dict[object, list[Situation]] = {}
            for situation in both:
                kinds.setdefault(kind_of(situation), []).append(situation)
            found[key] = both, [walker.group(frozenset(alike)) for alike in kinds.values()]
        both, groups = found[key]
        nodes = walker.start(study.segments([view, view], days))
        for group in groups:
            for leaves, point in walker.leaves(nodes, group, frozenset(ends.access)):
                yield Met(leaves, days, point, both[point.situation])


def dearer_of(study: Study, view: int, pays: tuple[tuple[str, ...], tuple[str, ...]], mets: list[Met]) -> list[Dearer]:
    """Every class of starts, on all days on which such calls meet, from which the second list of tariffs costs more."""
    old, new = (study.bundle(view, names) for names in pays)
    spans = merged(list(dict.fromkeys(met.days for met in mets)))
    return [item for days in spans for item in study.prices.dearer(old, new, days)]


def met_on(mets: list[Met], days: tuple[int, ...]) -> tuple[Met, int]:
    """Two calls that there are on one of some days (ordinals), and that day."""
    return next((met, day) for day in days for met in mets if met.days.first <= day < met.days.until)
