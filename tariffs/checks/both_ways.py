"""Two calls side by side under one view: there and back, nearer and farther, one pair of cities and another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tariffs.checks.domain import Days, Endpoints, Ends, Pairs, Situation
from tariffs.checks.study import Study
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


def lines(ends: Endpoints) -> Iterator[tuple[int, dict[int, str]]]:
    """Fixed lines and mobile lines by place."""
    yield FIXED, dict(ends.fixed)
    yield MOBILE, dict(ends.mobile)


def meet(study: Study, view: int, pairs_of: Callable[[Days, Pairs, Endpoints], Both]) -> Iterator[Met]:
    """Every combination of leaves that two calls of a pair reach, with the first such pair on each span of days."""
    walker = study.walker([view, view])
    found: dict[object, Both] = {}
    for days in study.days:
        pairs, ends = study.pairs(view, days), study.endpoints(days)
        key = (study.identity(pairs), id(ends))
        if key not in found:
            found[key] = pairs_of(days, pairs, ends)
        both = found[key]
        if not both:
            continue
        nodes = walker.start(study.segments([view, view], days))
        for leaves, point in walker.leaves(nodes, walker.group(frozenset(both)), frozenset(ends.access)):
            yield Met(leaves, days, point, both[point.situation])


def pair_of(line: int, called: int, pairs: Pairs, n: int, one: tuple[int, int], two: tuple[int, int]) -> Situation:
    """Two originated calls at home of their lines, each `(origin, destination)`, as two equal charts see them."""
    classes = tuple((pairs.call[a * n + b], pairs.roam[a * n + a]) for a, b in (one, two))
    return Situation(line, 0, called, classes)
