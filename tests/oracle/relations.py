"""How near two places are, on a date, under a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tariffs.rulebook.places import Level, Relation
from tests.oracle.world import World


def ancestors(world: World, place: str) -> list[str]:
    """The place itself, then what holds it, and so on upwards."""
    found: list[str] = []
    at: str | None = place
    while at is not None:
        found.append(at)
        at = world.book.places[at].in_
    return found


def holder(world: World, place: str, level: Level) -> str | None:
    """The place or the nearest place around it that is of this level."""
    return next((p for p in ancestors(world, place) if world.book.places[p].level == level), None)


def circle_members(world: World, circle: str, date: dt.date) -> list[str]:
    defined = world.circles[circle]
    members = list(defined.members)
    for version in defined.versions:
        if world.in_force(version.from_, version.until, date):
            members += version.members
    return members


def inside(world: World, place: str, name: str, date: dt.date) -> bool:
    """Whether a place lies in a place, circle or region."""
    if name in world.book.places:
        return name in ancestors(world, place)
    members = circle_members(world, name, date) if name in world.circles else world.regions[name].members
    return any(inside(world, place, member, date) for member in members)


def in_one_circle(world: World, one: str, other: str, date: dt.date) -> bool:
    return any(inside(world, one, c, date) and inside(world, other, c, date) for c in world.circles)


def zone(world: World, place: str) -> str | None:
    """The business zone of a place by the zoning in use; None where the zoning does not tell."""
    city = holder(world, place, "city")
    if city is None:
        return None
    zoning = world.zoning
    if zoning.each == "city":
        return f"city {city}"
    for at in ancestors(world, place):
        for name, found in zoning.zones.items():
            if at in found.members:
                return f"zone {name}"
    touched = {holder(world, member, "city") for found in zoning.zones.values() for member in found.members}
    return None if city in touched else f"city {city}"


def united(world: World, date: dt.date, kinds: tuple[str, ...]) -> list[set[str]]:
    """The sets of places that the scenario counts as one on the date."""
    sets = []
    for line in world.changes:
        for scenario, change in line:
            unite = change.unite
            if unite is None or unite.as_ not in kinds or not world.change_in_force(scenario, change, date):
                continue
            sets.append({p for p in world.book.places if any(inside(world, p, name, date) for name in unite.places)})
    return sets


def joined(world: World, one: str, other: str, sets: list[set[str]], key: Callable[[str], str | None]) -> bool:
    """Whether a chain of equal keys and united sets leads from one place to the other."""
    reached, frontier = {one}, [one]
    while frontier:
        at = frontier.pop()
        for place in world.book.places:
            near = key(at) is not None and key(at) == key(place)
            if place not in reached and (near or any(at in s and place in s for s in sets)):
                reached.add(place)
                frontier.append(place)
    return other in reached and (one != other or key(one) is not None or any(one in s for s in sets))


def relation(world: World, one: str, other: str, date: dt.date) -> Relation:
    """The nearest region that holds both places; on days with the same circles and united places it is the same."""
    if date not in world.known:
        circles = [tuple(circle_members(world, circle, date)) for circle in world.circles]
        zones, cities = (united(world, date, kinds) for kinds in (("zone",), ("city",)))
        world.known[date] = repr((circles, [sorted(s) for s in zones], [sorted(s) for s in cities]))
    key = (one, other, world.known[date])
    if key not in world.known:
        world.known[key] = _relation(world, one, other, date)
    found: Relation = world.known[key]
    return found


def _relation(world: World, one: str, other: str, date: dt.date) -> Relation:
    levels = {world.book.places[place].level for end in (one, other) for place in ancestors(world, end)}
    if "international" in levels:
        return "international"
    if "hong-kong-macao-taiwan" in levels:
        return "hong-kong-macao-taiwan"
    if holder(world, one, "city") is not None and holder(world, other, "city") is not None:
        if joined(world, one, other, united(world, date, ("zone",)), lambda p: zone(world, p)):
            return "same-zone"
        if joined(world, one, other, united(world, date, ("zone", "city")), lambda p: holder(world, p, "city")):
            return "same-city"
        if in_one_circle(world, one, other, date):
            return "same-circle"
    elif one == other:
        return "mainland"
    province = holder(world, one, "province")
    if province is not None and province == holder(world, other, "province"):
        return "same-province"
    return "mainland"
