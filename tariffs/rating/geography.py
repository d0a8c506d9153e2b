"""How near two places are, on a date, in a scenario; and which conditions on pairs of places hold there.

Every ordered pair of places falls into a *pair class*: pairs of one class have the same relation and satisfy the
same conditions, on whatever date and in whatever scenario. The kernel finds the class with one look-up in a
table that belongs to the scenario and the date; the decision diagram branches on the class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tariffs.rating.conditions import FOREVER, PairCondition
from tariffs.rating.derivation import ScenarioRules, Union
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.places import RELATIONS, Circle, Zoning
from tariffs.rulebook.problems import Position

SAME_ZONE, SAME_CITY, SAME_CIRCLE, SAME_PROVINCE, MAINLAND, OUTSIDE, ABROAD = range(len(RELATIONS))


@dataclass(frozen=True)
class Layout:
    """The regions that hold each place on one date in one scenario, by index of the place.

    `zone`, `city`, `province` are region numbers (-1: inside none); `circles` the places of each circle.
    """

    zone: tuple[int, ...]
    city: tuple[int, ...]
    province: tuple[int, ...]
    outside: tuple[int, ...]
    circles: tuple[frozenset[int], ...]
    circle_names: tuple[str, ...]

    def relation(self, a: int, b: int) -> int:
        """Index in RELATIONS of the nearest region that holds both places."""
        if self.outside[a] or self.outside[b]:
            return max(self.outside[a], self.outside[b])
        if self.zone[a] >= 0 and self.zone[a] == self.zone[b]:
            return SAME_ZONE
        if self.city[a] >= 0 and self.city[a] == self.city[b]:
            return SAME_CITY
        if any(a in circle and b in circle for circle in self.circles):
            return SAME_CIRCLE
        if self.province[a] >= 0 and self.province[a] == self.province[b] and (a != b or self.city[a] >= 0):
            return SAME_PROVINCE
        return MAINLAND  # also from a whole province to itself: nobody knows how near the two ends are


@dataclass
class Geography:
    """The places of a rulebook and what holds them."""

    book: Rulebook
    zoning: Zoning
    names: tuple[str, ...] = field(init=False)
    index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.names = tuple(self.book.places)
        self.index = {name: i for i, name in enumerate(self.names)}
        self._inside = {name: self.holders(name) for name in self.names}
        self._zones = {m: f"zone:{z}" for z, zone in self.zoning.zones.items() for m in self._places(zone.members)}
        self._city = [self._holder(name, "city") for name in self.names]
        self._province = [self._holder(name, "province") for name in self.names]
        self._outside = tuple(self._outside_relation(name) for name in self.names)

    def places(self, name: str, rules: ScenarioRules, day: int, values: Values) -> frozenset[int]:
        """The places of a named place, region or circle on a day (an ordinal)."""
        if name in rules.circles:
            members = circle_members(rules.circles[name], day, values)
        elif name in rules.regions:
            members = rules.regions[name].members
        else:
            members = (name,)
        return frozenset(self.index[p] for p in self._places(members))

    def find(self, names: Iterable[str], rules: ScenarioRules, day: int, values: Values) -> frozenset[int]:
        """The places of several of these, together."""
        return frozenset(place for name in names for place in self.places(name, rules, day, values))

    def layout(self, rules: ScenarioRules, day: int, values: Values) -> Layout:
        """Which regions hold which places on a day."""
        zone = [self._zones.get(name) or self._whole_city(i) for i, name in enumerate(self.names)]
        city: list[str | None] = list(self._city)
        for union in rules.unions:
            if union.since <= day < union.until:
                self._unite(union, rules, day, values, zone, city)
        circles = {
            name: frozenset(self.index[p] for p in self._places(circle_members(circle, day, values)))
            for name, circle in rules.circles.items()
        }
        numbers = _Numbers()
        return Layout(
            tuple(map(numbers, zone)),
            tuple(map(numbers, city)),
            tuple(map(numbers, self._province)),
            self._outside,
            tuple(circles.values()),
            tuple(circles),
        )

    def _unite(
        self, union: Union, rules: ScenarioRules, day: int, values: Values,
        zone: list[str | None], city: list[str | None],
    ) -> None:  # fmt: skip
        """Joins what holds the places, too: what was one with one of them stays one with it."""
        label = "united:" + "+".join(union.places)
        members = {place for place in self.find(union.places, rules, day, values) if city[place] is not None}
        for held in (zone, city) if union.zone else (city,):
            joined = {held[place] for place in members} - {None}
            for place, region in enumerate(held):
                if place in members or region in joined:
                    held[place] = label

    def _whole_city(self, place: int) -> str | None:
        """The zone of a place that no zone lists: its city, as one zone, if no zone touches that city at all."""
        city = self._city[place]
        if city is None:
            return None
        if self.zoning.each is None and any(self._holder(member, "city") == city for member in self._zones):
            return None
        return city

    def holders(self, name: str) -> tuple[str, ...]:
        chain = [name]
        while (above := self.book.places[chain[-1]].in_) is not None:
            chain.append(above)
        return tuple(chain)

    def _holder(self, name: str, level: str) -> str | None:
        return next((p for p in self._inside[name] if self.book.places[p].level == level), None)

    def _outside_relation(self, name: str) -> int:
        levels = {self.book.places[p].level for p in self._inside[name]}
        if "international" in levels:
            return ABROAD
        return OUTSIDE if "hong-kong-macao-taiwan" in levels else 0

    def _places(self, members: Sequence[str]) -> list[str]:
        """All places inside the members, the members included."""
        held = set(members)
        return [name for name in self.names if held.intersection(self._inside[name])]


def circle_members(circle: Circle, day: int, values: Values) -> tuple[str, ...]:
    """The members of a circle on a day (an ordinal); none outside its dates."""
    if circle.members:
        return circle.members
    for version in circle.versions:
        since, until = (_ordinal(values, bound, version.at) for bound in (version.from_, version.until))
        if (since is None or since <= day) and (until is None or day < until):
            return version.members
    return ()


def circle_bounds(rules: ScenarioRules, values: Values) -> set[int]:
    """The days on which some circle changes its members."""
    bounds = set()
    for circle in rules.circles.values():
        for version in circle.versions:
            bounds |= {_ordinal(values, bound, version.at) for bound in (version.from_, version.until)}
    return {bound for bound in bounds if bound is not None}


def _ordinal(values: Values, bound: dt.date | str | None, at: Position) -> int | None:
    day = values.date(bound, at)
    return None if day is None else day.toordinal()


class _Numbers:
    """Numbers names in the order of their first appearance; None is -1."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def __call__(self, name: str | None) -> int:
        return -1 if name is None else self._known.setdefault(name, len(self._known))


@dataclass
class PairClasses:
    """Classes of ordered pairs of places.

    `tables[k][a * n + b]` is the class of the pair under the k-th distinct layout.
    `relation[c]`: index in RELATIONS; `holds[c]`: bit i is set where condition i holds.
    """

    conditions: list[PairCondition]
    relation: list[int] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)
    witness: list[tuple[int, int]] = field(default_factory=list)
    tables: list[list[int]] = field(default_factory=list)
    _classes: dict[tuple[int, int], int] = field(default_factory=dict)
    _known: dict[object, int] = field(default_factory=dict)

    @cached_property
    def _named(self) -> list[str]:
        """The places, regions and circles that the conditions name."""
        named = {n for c in self.conditions for n in (*c.start, *c.end, *c.between, *c.within)}
        return sorted(named - {"each-circle"})

    def table(self, geography: Geography, rules: ScenarioRules, layout: Layout, day: int, values: Values) -> int:
        """The number of the table for this layout, made when it is new."""
        held = {n: geography.places(n, rules, day, values) for n in self._named if _is_place(n, geography, rules)}
        key = (layout.zone, layout.city, layout.circles, tuple(held.items()))
        if key not in self._known:
            self._known[key] = len(self.tables)
            self.tables.append(self._fill(len(geography.names), layout, held))
        return self._known[key]

    def _fill(self, n: int, layout: Layout, held: Mapping[str, frozenset[int]]) -> list[int]:
        terms = [term for c, condition in enumerate(self.conditions) for term in _terms(c, condition, layout, held, n)]
        starts, ends = [0] * n, [0] * n
        relations = [0] * len(RELATIONS)
        for bit, (_, relation, start, end) in enumerate(terms):
            mask = 1 << bit
            for r in relation:
                relations[r] |= mask
            for p in start:
                starts[p] |= mask
            for p in end:
                ends[p] |= mask
        found: dict[tuple[int, int, bool], int] = {}
        table = []
        for a in range(n):
            for b in range(n):
                relation_ = layout.relation(a, b)
                bits = starts[a] & ends[b] & relations[relation_]
                key = (bits, relation_, a == b)
                number = found.get(key)
                if number is None:
                    number = found[key] = self._class(self._conditions(bits, terms, a == b), relation_, (a, b))
                table.append(number)
        return table

    def _conditions(self, bits: int, terms: Sequence[tuple[int, object, object, object]], same: bool) -> int:
        """The conditions of which some term holds, as a bit mask; a negated condition holds where no term does."""
        mask = 0
        for bit, (condition, *_) in enumerate(terms):
            if bits >> bit & 1:
                mask |= 1 << condition
        for c, condition_ in enumerate(self.conditions):
            if condition_.same and not same:
                mask &= ~(1 << c)
            if condition_.negated:
                mask ^= 1 << c
        return mask

    def _class(self, holds: int, relation: int, witness: tuple[int, int]) -> int:
        number = self._classes.setdefault((holds, relation), len(self._classes))
        if number == len(self.holds):
            self.holds.append(holds)
            self.relation.append(relation)
            self.witness.append(witness)
        return number


def _is_place(name: str, geography: Geography, rules: ScenarioRules) -> bool:
    return name in geography.index or name in rules.circles or name in rules.regions


def _terms(
    number: int, c: PairCondition, layout: Layout, held: Mapping[str, frozenset[int]], n: int
) -> list[tuple[int, frozenset[int], frozenset[int], frozenset[int]]]:
    """A condition as alternatives (condition, relations, places of the start, places of the end)."""
    everywhere = frozenset(range(n))
    nowhere: frozenset[int] = frozenset()
    relation = frozenset(RELATIONS.index(r) for r in c.relation) if c.relation else frozenset(range(len(RELATIONS)))
    start = everywhere if not c.start else frozenset().union(*(held.get(p, nowhere) for p in c.start))
    end = everywhere if not c.end else frozenset().union(*(held.get(p, nowhere) for p in c.end))
    regions = [everywhere]
    if c.within:
        regions = [held.get(name, nowhere) for name in c.within if name != "each-circle"]
        regions += layout.circles if "each-circle" in c.within else ()
    ways = [(everywhere, everywhere)]
    if c.between:
        first, second = (held.get(name, nowhere) for name in (c.between[0], c.between[-1]))
        ways = [(first, second), (second, first)]
    return [(number, relation, start & a & region, end & b & region) for region in regions for a, b in ways]


def segments(days: set[int]) -> tuple[int, ...]:
    """The finite bounds among these days, sorted: segment i is `[bounds[i-1], bounds[i])`."""
    return tuple(sorted(d for d in days if -FOREVER < d < FOREVER))
