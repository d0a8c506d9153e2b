"""`symmetry`: A→B and B→A priced differently; inside one circle, two pairs of cities priced differently.

There and back are one call with its two places exchanged: the line that pays is at home in both, or visits the other
place in both, or visits both places from a third one, which is the same to it. Pairs of cities of a circle are compared
for lines at home.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.both_ways import Both, Leg, Met, Sides, dearer_of, meet, met_on
from tariffs.checks.dearer import clock_at, in_units
from tariffs.checks.domain import Days, Situation
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.starts import Dearer
from tariffs.checks.study import Study, merged
from tariffs.checks.walking import USAGE
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating.call import yuan
from tariffs.rating.numbering import FIXED

CODE: Final = "symmetry"
MEANING: Final = text(
    "来回两个方向定价不同，或同一经济圈内城市对之间定价不同",
    "A call and the call back are priced differently, or two pairs of cities of one circle are.",
)


class Kind(NamedTuple):
    """Calls that differ: what they pay, and `circle` where they are two pairs of its cities."""

    line: int
    direction: int
    one: tuple[str, ...]
    two: tuple[str, ...]
    circle: str


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each two prices that meet in this way under a view."""
    for view in range(len(study.views)):
        found: dict[Kind, list[Met]] = {}
        for circle, met in (*_back(study, view), *_cities(study, view)):
            one, two = (study.leaf(leaf).pay for leaf in met.leaves)
            if one is None or two is None or one == two:
                continue
            if one > two:
                one, two, met = two, one, _exchanged(met)
            situation = met.point.situation
            found.setdefault(Kind(situation.line, situation.direction, one, two, circle), []).append(met)
        for kind, mets in found.items():
            mets = [met for met in mets if study.differ(view, kind.one, kind.two, met.days)]
            if mets:
                yield _finding(study, view, kind, mets)


def _exchanged(met: Met) -> Met:
    situation = met.point.situation
    point = met.point._replace(situation=situation._replace(classes=situation.classes[::-1]))
    return Met(met.leaves[::-1], met.days, point, met.ends[::-1])


def _back(study: Study, view: int) -> Iterator[tuple[str, Met]]:
    def pairs_of(_: Days, sides: Sides) -> Both:
        found: Both = {}
        for line, numbers in sides.lines:
            places = sorted(numbers)
            visits = {place: [sides.roam(home, place) for home in places] for place in places if line != FIXED}
            stays = {home: [sides.roam(home, place) for place in range(sides.n)] for home in visits}
            for a in places:
                for b in places:
                    if a < b:
                        callers = [(a, b), *([(b, a)] if visits else [])]
                        callers += [(places[n],) * 2 for n in _same(visits, a, b)]
                        _add(found, sides, (line, 0), numbers, [(Leg(a, b, h, a), Leg(b, a, i, b)) for h, i in callers])
                        called = [(b, a), *([(a, b)] if visits else []), *((n, n) for n in _same(stays, a, b))]
                        _add(found, sides, (line, 1), numbers, [(Leg(a, b, b, p), Leg(b, a, a, q)) for p, q in called])
        return found

    return (("", met) for met in meet(study, view, pairs_of, _line))


def _line(situation: Situation) -> object:
    return situation.line


def _same(classes: Mapping[int, list[int]], a: int, b: int) -> Iterator[int]:
    """Third places, by number, for which visiting is the same there and back: one of each class."""
    told = set[int]()
    for n, (one, two) in enumerate(zip(classes.get(a, ()), classes.get(b, ()), strict=True)):
        if one == two and one not in told:
            told.add(one)
            yield n


def _add(
    found: Both, sides: Sides, kind: tuple[int, int], numbers: Mapping[int, str], pairs: list[tuple[Leg, Leg]]
) -> None:
    line, direction = kind
    for there, back in pairs:
        situation = sides.situation(line, direction, line, (there, back))
        if situation not in found:
            ends = [
                sides.received(line, leg, numbers) if direction else sides.made(line, leg, numbers, numbers)
                for leg in (there, back)
            ]
            found[situation] = (ends[0], ends[1])


def _cities(study: Study, view: int) -> Iterator[tuple[str, Met]]:
    """Pairs of places in different cities of one circle, each beside every other pair that is priced apart from it."""
    compiled = study.compiled
    scenario, geography = compiled.scenarios[view], compiled.geography
    for circle in scenario.circles:

        def members(days: Days, circle: str = circle) -> frozenset[int]:
            return geography.places(circle, scenario, days.first, compiled.values)

        def pairs_of(days: Days, sides: Sides) -> Both:
            places = members(days)
            found: Both = {}
            for line, numbers in sides.lines:
                ways: dict[tuple[int, int], Leg] = {}
                for a in sorted(places & numbers.keys()):
                    for b in sorted(places & numbers.keys()):
                        if _city(study, a) != _city(study, b):
                            leg = Leg(a, b, a, a)
                            ways.setdefault(sides.classes(leg), leg)
                legs = list(ways.values())
                for number, one in enumerate(legs):
                    for two in legs[number + 1 :]:
                        ends = (sides.made(line, one, numbers, numbers), sides.made(line, two, numbers, numbers))
                        found.setdefault(sides.situation(line, 0, line, (one, two)), ends)
            return found

        yield from ((circle, met) for met in meet(study, view, pairs_of, _line, members))


def _city(study: Study, place: int) -> str:
    """The city that a place is or lies in; a place outside any city by its own name."""
    name: str | None = study.compiled.geography.names[place]
    while name is not None and study.book.places[name].level != "city":
        name = study.book.places[name].in_
    return name or study.compiled.geography.names[place]


def _worst(study: Study, view: int, kind: Kind, mets: list[Met]) -> tuple[Dearer, bool]:
    """The widest difference, and whether it is the first list of tariffs that costs more."""
    ways = [((kind.one, kind.two), False), ((kind.two, kind.one), True)]
    found = [(item, way) for pays, way in ways for item in dearer_of(study, view, pays, mets)]
    return max(found, key=lambda pair: pair[0].worst.more)


def _finding(study: Study, view: int, kind: Kind, mets: list[Met]) -> Finding:
    dearer, turned = _worst(study, view, kind, mets)
    met, day = met_on(mets, dearer.starts.days.days)
    met = _exchanged(met) if turned else met
    worst, timed = dearer.worst, not met.point.value(USAGE)
    calls = [call_of(study, met.days, met.point, e, at=worst.at, exact=worst.amount, day=day) for e in met.ends]
    shown, paid = [described(study, e, met.point) for e in met.ends], [outcome(study, view, call) for call in calls]
    days = wording.listed([wording.dates(d) for d in merged(list(dict.fromkeys(m.days for m in mets)))])
    both = text(f"{paid[0].zh}；反向或另一对 {shown[1].zh}：{paid[1].zh}",
                f"{paid[0].en}; the other, {shown[1].en}: {paid[1].en}")  # fmt: skip
    names = [" + ".join(pay) for pay in (kind.one, kind.two)]
    inside = study.compiled.scenarios[view].circles
    where = inside[kind.circle].name if kind.circle else None
    more = yuan(worst.more)
    message = (
        text(f"经济圈{where.zh}内城市对之间定价不同（{names[0]}，{names[1]}），{days.zh}，最多相差 {more} 元",
             f"Two pairs of cities of {where.en} are priced differently ({names[0]}, {names[1]}), {days.en}, by "
             f"{more} yuan at most")
        if where is not None
        else text(f"往返通话定价不同（{names[0]}，{names[1]}）：{shown[0].zh}，{days.zh}，最多相差 {more} 元",
                  f"A call and the call back are priced differently ({names[0]}, {names[1]}): {shown[0].en}, {days.en},"
                  f" by {more} yuan at most")
    )  # fmt: skip
    leaves = [study.leaf(leaf) for leaf in met.leaves]
    at = tuple(dict.fromkeys(study.rules(view)[r].at for leaf in leaves for r in leaf.on_top[-1:]))
    subject = tuple(dict.fromkeys((*kind.one, *kind.two, *([kind.circle] if kind.circle else []))))
    data = {
        "pays": [list(kind.one), list(kind.two)], "circle": kind.circle or None,
        "worst": {"amount": in_units(worst.amount, timed=timed), "start": clock_at(worst.at), "more": str(more)},
    }  # fmt: skip
    witness = Witness(calls[0], study.views[view], shown[0], both)
    return Finding(CODE, "warning", message, at, witness, (study.views[view],), subject, data)
