"""`symmetry`: A→B and B→A priced differently; inside one circle, two pairs of cities priced differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.both_ways import Both, Met, lines, meet, pair_of
from tariffs.checks.domain import Days, Endpoints, Ends, Pairs
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.study import Study, merged
from tariffs.checks.witnesses import call_of, described, outcome

CODE: Final = "symmetry"
MEANING: Final = text(
    "来回两个方向定价不同，或同一经济圈内城市对之间定价不同",
    "A call and the call back are priced differently, or two pairs of cities of one circle are.",
)


class Kind(NamedTuple):
    """Calls that differ: what they pay, and `circle` where they are two pairs of its cities."""

    line: int
    one: tuple[str, ...]
    two: tuple[str, ...]
    circle: str


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each two prices that meet in this way under a view."""
    for view in range(len(study.views)):
        found: dict[Kind, list[Met]] = {}
        for circle, met in (*_back(study, view), *_cities(study, view)):
            pays = [study.leaf(leaf).pay for leaf in met.leaves]
            if pays[0] is None or pays[1] is None or pays[0] == pays[1]:
                continue
            one, two = sorted((pays[0], pays[1]))
            kind = Kind(met.point.situation.line, one, two, circle)
            if kind in found or study.differ(view, one, two, met.days):
                found.setdefault(kind, []).append(met)
        for kind, mets in found.items():
            yield _finding(study, view, kind, mets)


def _back(study: Study, view: int) -> Iterator[tuple[str, Met]]:
    n = len(study.compiled.geography.names)

    def pairs_of(_: Days, pairs: Pairs, ends: Endpoints) -> Both:
        found: Both = {}
        for line, numbers in lines(ends):
            for a, one in numbers.items():
                for b, two in numbers.items():
                    if a < b:
                        there, back = Ends(one, two, -1, a, b), Ends(two, one, -1, b, a)
                        found.setdefault(pair_of(line, line, pairs, n, (a, b), (b, a)), (there, back))
        return found

    return (("", met) for met in meet(study, view, pairs_of))


def _cities(study: Study, view: int) -> Iterator[tuple[str, Met]]:
    """Pairs of cities of one circle, each beside the first pair of that circle."""
    compiled = study.compiled
    scenario, geography = compiled.scenarios[view], compiled.geography
    n = len(geography.names)
    cities = [study.book.places[name].level == "city" for name in geography.names]
    for circle in scenario.circles:

        def pairs_of(days: Days, pairs: Pairs, ends: Endpoints, circle: str = circle) -> Both:
            places = geography.places(circle, scenario, days.first, compiled.values)
            found: Both = {}
            for line, numbers in lines(ends):
                inside = sorted(p for p in places if cities[p] and p in numbers)
                ways = [(a, b) for a in inside for b in inside if a != b]
                for way in ways[1:]:
                    both = tuple(Ends(numbers[a], numbers[b], -1, a, b) for a, b in (ways[0], way))
                    found.setdefault(pair_of(line, line, pairs, n, ways[0], way), (both[0], both[1]))
            return found

        yield from ((circle, met) for met in meet(study, view, pairs_of))


def _finding(study: Study, view: int, kind: Kind, mets: list[Met]) -> Finding:
    first = mets[0]
    calls = [call_of(study, first.days, first.point, ends) for ends in first.ends]
    shown = [described(study, ends, first.point) for ends in first.ends]
    paid = [outcome(study, view, call) for call in calls]
    days = wording.listed([wording.dates(d) for d in merged([m.days for m in mets])])
    both = text(f"{paid[0].zh}；反向或另一对 {shown[1].zh}：{paid[1].zh}",
                f"{paid[0].en}; the other, {shown[1].en}: {paid[1].en}")  # fmt: skip
    witness = Witness(calls[0], study.views[view], shown[0], both)
    names = [" + ".join(pay) for pay in (kind.one, kind.two)]
    inside = study.compiled.scenarios[view].circles
    where = inside[kind.circle].name if kind.circle else None
    message = (
        text(f"经济圈{where.zh}内城市对之间定价不同（{names[0]}，{names[1]}），{days.zh}",
             f"Two pairs of cities of {where.en} are priced differently ({names[0]}, {names[1]}), {days.en}")
        if where is not None
        else text(f"往返通话定价不同（{names[0]}，{names[1]}）：{shown[0].zh}，{days.zh}",
                  f"A call and the call back are priced differently ({names[0]}, {names[1]}): {shown[0].en}, {days.en}")
    )  # fmt: skip
    leaves = [study.leaf(leaf) for leaf in first.leaves]
    at = tuple(dict.fromkeys(study.rules(view)[r].at for leaf in leaves for r in leaf.on_top[-1:]))
    subject = tuple(dict.fromkeys((*kind.one, *kind.two, *([kind.circle] if kind.circle else []))))
    data = {"pays": [list(kind.one), list(kind.two)], "circle": kind.circle or None}
    return Finding(CODE, "warning", message, at, witness, (study.views[view],), subject, data)
