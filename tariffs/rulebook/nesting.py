"""Places lie inside places, circles nest or keep apart, and a place is in one business zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from tariffs.rulebook.book import Sections
from tariffs.rulebook.names import lineage
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.places import Circle, Members, Place
from tariffs.rulebook.problems import Position
from tariffs.rulebook.wording import listed

_RANK: Final = {
    "county": 0,
    "district": 0,
    "city": 1,
    "province": 2,
    "mainland": 3,
    "hong-kong-macao-taiwan": 3,
    "international": 3,
}
"""A place lies inside a place of higher rank."""

_BEGINNING: Final = dt.date.min


def check_places(book: Sections, notes: Notes) -> None:
    """A place lies in a wider one, and never in itself by a detour."""
    told: set[str] = set()
    for name, place in book.places.items():
        holder = book.places.get(place.in_) if place.in_ else None
        if holder is None:
            continue
        circle = _circle_from(name, book.places)
        if circle and name not in told:
            told.update(circle)
            also = tuple(notes.at(book.places[link], "in") for link in circle[1:])
            notes.add("circular", notes.at(place, "in"), f"`{name}` lies inside itself", "correct one `in`", also)
        elif not circle and _RANK.get(place.level, -1) >= _RANK.get(holder.level, 9):
            message = f"`{name}` is a {place.level} and cannot lie in the {holder.level} `{place.in_}`"
            notes.add("bad-value", notes.at(place, "in"), message, "name a wider place", (holder.at,))


def _circle_from(name: str, places: dict[str, Place]) -> list[str]:
    """The places on the way from a place back to itself; empty where there is no such way."""
    way: list[str] = []
    current: str | None = name
    while current is not None and current in places and current not in way:
        way.append(current)
        current = places[current].in_
    return way if current == name else []


def check_zones(book: Sections, notes: Notes) -> None:
    """No place is in two business zones of one zoning."""
    inside = _Inside(book.places)
    for zoning in book.zonings.values():
        taken: dict[str, tuple[str, Position]] = {}
        for name, zone in zoning.zones.items():
            for i, member in enumerate(zone.members):
                at = notes.at(zone, "members", i)
                for place in sorted(inside.of([member])):
                    other, where = taken.setdefault(place, (name, at))
                    if other != name:
                        message = f"`{place}` is in the zones `{other}` and `{name}`"
                        notes.add("region-does-not-nest", at, message, "a place is in one zone of a zoning", (where,))
                        break


class _Inside:
    """The places inside places, themselves included."""

    def __init__(self, places: dict[str, Place]) -> None:
        self._below: dict[str, set[str]] = {}
        for name in places:
            current: str | None = name
            seen: set[str] = set()
            while current is not None and current not in seen:
                seen.add(current)
                self._below.setdefault(current, set()).add(name)
                current = places[current].in_ if current in places else None

    def of(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._below.get(name, {name}) for name in names))


def check_circles(book: Sections, notes: Notes) -> None:
    """Two circles in force together are apart, or one holds the other: else "the nearest circle" has no meaning."""
    inside = _Inside(book.places)
    told: set[tuple[Position, Position]] = set()
    for circle in [*book.circles.values(), *(c for s in book.scenarios.values() for c in s.circles.values())]:
        _check_versions(circle, notes)
    views = [book.circles]
    for name in book.scenarios:
        view = dict(book.circles)
        for link in lineage(book, name):
            view |= book.scenarios[link].circles
        views.append(view)
    for view in views:
        for (one, first), (two, second) in combinations(view.items(), 2):
            if (first.at, second.at) not in told and _overlap(first, second, inside):
                told.add((first.at, second.at))
                shared = sorted(_overlap(first, second, inside))
                message = f"the circles `{one}` and `{two}` share {listed(shared, 4)}, and neither holds the other"
                hint = "let them be in force at different times or in different scenarios, or make one a region"
                notes.add("region-does-not-nest", second.at, message, hint, (first.at,))


def _check_versions(circle: Circle, notes: Notes) -> None:
    for one, two in combinations(circle.versions, 2):
        if _days(one) and _days(two) and _meet(one, two):
            message = "two versions of this circle are in force at once"
            notes.add("bad-interval", two.at, message, "end one with `until` where the other begins", (one.at,))


def _days(version: Members) -> bool:
    """Whether both bounds are days; those that are parameters are not known before they are given."""
    return not isinstance(version.from_, str) and not isinstance(version.until, str)


def _meet(one: Members, two: Members) -> bool:
    first, second = (v.from_ if isinstance(v.from_, dt.date) else _BEGINNING for v in (one, two))
    ends = (v.until if isinstance(v.until, dt.date) else dt.date.max for v in (one, two))
    return max(first, second) < min(ends)


def _versions(circle: Circle) -> Iterator[Members]:
    if circle.members:
        yield Members(members=circle.members)
    yield from (version for version in circle.versions if version.members and _days(version))


def _overlap(first: Circle, second: Circle, inside: _Inside) -> frozenset[str]:
    """The places that two circles share on some day on which neither holds the other."""
    for one in _versions(first):
        for two in _versions(second):
            a, b = inside.of(one.members), inside.of(two.members)
            if a & b and not a <= b and not b <= a and _meet(one, two):
                return a & b
    return frozenset()
