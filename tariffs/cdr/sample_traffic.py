"""Who calls whom: the traffic model of generated calls, on the places and numbers of a rulebook.

Every share here is an assumption, chosen to be plausible for Guangdong around 2011 and to bring every kind of
call into a small sample. docs/sample.md lists them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tariffs.cdr.sample_numbers import Number, Numbers
from tariffs.cdr.sample_profile import Choice, Draw, Durations
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.decisions import When
from tariffs.rulebook.places import Relation

NEARNESS: Final[dict[Relation, int]] = {
    "same-city": 700,
    "same-circle": 90,
    "same-province": 110,
    "mainland": 80,
    "hong-kong-macao-taiwan": 14,
    "international": 6,
}
"""Of 1,000 calls, how many have their other end how near; where a place has nobody so near, the others share it."""

PEOPLE_UNKNOWN: Final = 2_000_000
"""Weight of a place whose people the rulebook does not give."""

_FINE: Final = 1_000_000  # parts into which a share is cut, to be divided by people


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of 1,000; of what is said behind each."""

    mobile: int = 500  # calls whose served party is a mobile line
    received: int = 380  # of those: received, the rest made
    roaming: int = 80  # of those: away from the home city
    called_mobile: int = 550  # other ends that are mobile, where the place has both
    special: int = 20  # calls made: to emergency, 400, 800 numbers
    ip_access: int = 120  # calls to other cities of the mainland: through an IP access code
    without_area: int = 650  # calls between fixed lines of one city: dialled without the area code
    other_operator: int = 120  # fixed lines: of another operator than the usual one, where the rulebook covers that
    unanswered: int = 240  # calls
    zero: int = 6  # answered calls: released at once, 0 seconds


SHARES: Final = Shares()


@dataclass(slots=True)
class SampleCall:
    """One generated call before its start is known. `duration` in hundredths of a second, 0 if not answered."""

    caller: str
    called: str
    direction: str = "originated"
    served_place: str = ""
    operator: str = ""
    group: str = ""
    answered: bool = True
    duration: int = 0


class Covered:
    """What `covers:` promises to price, of the things of which the numbering plan may hold more than the rules."""

    def __init__(self, book: Rulebook) -> None:
        whens = [cover.when for cover in book.covers] or [When()]
        fixed = [when.operator for when in whens if not when.line or "fixed" in when.line]
        self.fixed_operators = _named(fixed, book.operators)
        self.services = _named([when.called for when in whens], {s.service: s for s in book.numbering.special})
        access = [() if "any" in when.access else when.access for when in whens]
        self.access = _named(access, {code.code: code for code in book.numbering.access})


def _named(lists: list[tuple[str, ...]], known: Iterable[str]) -> tuple[str, ...]:
    """The known names that some list holds; an empty list admits all."""
    return tuple(name for name in known if any(not names or name in names for names in lists))


class Traffic:
    """Draws calls. Raises ValueError when the rulebook has no city with people and telephone numbers."""

    def __init__(self, book: Rulebook, numbers: Numbers) -> None:
        self._book, self._numbers = book, numbers
        self._durations = Durations()
        self._contacts: dict[str, Choice[str]] = {}
        self._trips: dict[str, Choice[str]] = {}
        self._circles = _neighbours(book)
        self._reachable = sorted({*numbers.fixed, *numbers.mobile, *numbers.abroad})
        homes = self._homes()
        self._fixed_homes = Choice([(home, people) for home, people in homes if home in numbers.fixed])
        self._mobile_homes = Choice([(home, people) for home, people in homes if home in numbers.mobile])
        if not self._fixed_homes:
            raise ValueError("the rulebook gives no city with both `people` and an area code: there is nobody to call")
        covered = Covered(book)
        usual = book.rulebook.defaults.fixed_operator
        self._usual_operator = usual or next(iter(covered.fixed_operators), "")
        self._other_operators = Choice([(name, 1) for name in covered.fixed_operators if name != self._usual_operator])
        self._groups = Choice([(name, 1) for name in book.groups])
        self._services = Choice([(service, 1) for service in numbers.services if service in covered.services])
        self._access = [(code, owner) for code, owner in numbers.access if code in covered.access]

    def draw(self, draw: Draw, *, answered: bool = False) -> SampleCall:
        """One call; `answered` rules out that it is unanswered or of 0 seconds."""
        mobile = self._mobile_homes and draw.chance(SHARES.mobile)
        call = self._mobile_call(draw) if mobile else self._fixed_call(draw)
        if self._groups:
            call.group = self._groups.draw(draw)
        call.duration = self._durations.draw(draw)
        unanswered, zero = draw.chance(SHARES.unanswered), draw.chance(SHARES.zero)
        if not answered and (unanswered or zero):
            call.answered, call.duration = not unanswered, 0
        return call

    def _fixed_call(self, draw: Draw) -> SampleCall:
        home = self._fixed_homes.draw(draw)
        line = self._numbers.subscriber(draw, home)
        operator = line.operator or self._usual_operator
        if line.operator is None and self._other_operators and draw.chance(SHARES.other_operator):
            operator = self._other_operators.draw(draw)
        if self._services and draw.chance(SHARES.special):
            called = self._numbers.service(draw, self._services.draw(draw)).national
            return SampleCall(line.national, called, operator=operator)
        place = self._contact(draw, home)
        other = self._other_end(draw, place)
        called = self._dialled(draw, home, place, other)
        if place != home:
            called = self._ip_code(draw, place, operator) + called
        return SampleCall(line.national, called, operator=operator)

    def _dialled(self, draw: Draw, home: str, place: str, other: Number) -> str:
        """What a fixed line dials: a number without its area in its own city, the trunk prefix before a far mobile."""
        if place == home:
            return self._numbers.without_area(other) if draw.chance(SHARES.without_area) else other.national
        return self._book.numbering.trunk + other.national if other.mobile else other.national

    def _ip_code(self, draw: Draw, place: str, operator: str) -> str:
        """The IP access code dialled before a number of another city, mostly none."""
        codes = [code for code, owner in self._access if owner in (None, operator)]
        if not codes or place in self._numbers.abroad or not draw.chance(SHARES.ip_access):
            return ""
        return codes[draw.below(len(codes))]

    def _mobile_call(self, draw: Draw) -> SampleCall:
        home = self._mobile_homes.draw(draw)
        line = self._numbers.handset(draw, home)
        where = home
        if draw.chance(SHARES.roaming):
            where = self._trip(draw, home)
        operator = line.operator or ""
        if draw.chance(SHARES.received):
            # Most who call a traveller are at the traveller's home.
            other = self._other_end(draw, self._contact(draw, home))
            return SampleCall(other.national, line.national, "received", where, operator)
        if self._services and draw.chance(SHARES.special):
            called = self._numbers.service(draw, self._services.draw(draw)).national
            return SampleCall(line.national, called, "originated", where, operator)
        around = where if where != home and draw.chance(500) else home
        place = self._contact(draw, around)
        called = self._other_end(draw, place).national
        if place not in (home, where):
            called = self._ip_code(draw, place, operator) + called
        return SampleCall(line.national, called, "originated", where, operator)

    def _other_end(self, draw: Draw, place: str) -> Number:
        if place in self._numbers.abroad:
            return self._numbers.foreign(draw, place)
        mobile = place in self._numbers.mobile and draw.chance(SHARES.called_mobile)
        if mobile or place not in self._numbers.fixed:
            return self._numbers.handset(draw, place)
        return self._numbers.subscriber(draw, place)

    def _homes(self) -> list[tuple[str, int]]:
        """The cities of every province in which the people of some city are known, with their people."""
        cities = {name: place for name, place in self._book.places.items() if place.level == "city"}
        provinces = {name: self._holders(name).get("province") for name in cities}
        known = {provinces[name] for name, place in cities.items() if place.people}
        return [(name, place.people or PEOPLE_UNKNOWN) for name, place in cities.items() if provinces[name] in known]

    def _contact(self, draw: Draw, home: str) -> str:
        """The place of the other end of a call of someone at `home`."""
        if home not in self._contacts:
            self._contacts[home] = self._by_nearness(home, NEARNESS)
        return self._contacts[home].draw(draw)

    def _trip(self, draw: Draw, home: str) -> str:
        """Where a mobile line of `home` is when it is away, inside the mainland; `home` if there is nowhere to go."""
        if home not in self._trips:
            away: tuple[Relation, ...] = ("same-circle", "same-province", "mainland")
            self._trips[home] = self._by_nearness(home, {r: NEARNESS[r] for r in away})
        trips = self._trips[home]
        return trips.draw(draw) if trips else home

    def _by_nearness(self, home: str, shares: dict[Relation, int]) -> Choice[str]:
        near: dict[Relation, list[tuple[str, int]]] = defaultdict(list)
        for place in self._reachable:
            near[self._relation(home, place)].append((place, self._book.places[place].people or PEOPLE_UNKNOWN))
        weighted = []
        for relation, share in shares.items():
            people = sum(number for _, number in near[relation])
            weighted += [(place, share * number * _FINE // people) for place, number in near[relation]]
        return Choice(weighted)

    def _relation(self, a: str, b: str) -> Relation:
        """How near two cities are, with the circles of every scenario."""
        ends = (self._holders(a), self._holders(b))
        levels: tuple[Relation, ...] = ("international", "hong-kong-macao-taiwan")
        for level in levels:
            if any(level in end for end in ends):
                return level
        if a == b:
            return "same-city"
        if b in self._circles[a]:
            return "same-circle"
        provinces = [end.get("province") for end in ends]
        return "same-province" if provinces[0] is not None and provinces[0] == provinces[1] else "mainland"

    def _holders(self, place: str) -> dict[str, str]:
        """Level → the place of that level that holds `place`, itself included."""
        found: dict[str, str] = {}
        at: str | None = place
        while at is not None:
            item = self._book.places[at]
            found.setdefault(item.level, at)
            at = item.in_
        return found


def _neighbours(book: Rulebook) -> dict[str, set[str]]:
    """Place → the places that share a circle with it, at any time, in the rulebook or any of its scenarios."""
    found: dict[str, set[str]] = defaultdict(set)
    circles = [*book.circles.values(), *(c for s in book.scenarios.values() for c in s.circles.values())]
    for circle in circles:
        for members in (circle.members, *(version.members for version in circle.versions)):
            for place in members:
                found[place].update(other for other in members if other != place)
    return found
