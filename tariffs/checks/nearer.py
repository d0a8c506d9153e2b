"""`nearer`: a call to a nearer place dearer than one to a farther place, from the same caller at the same time.

The caller is any line at home, or a mobile line anywhere; both calls go to numbers of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

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
from tariffs.rating.conditions import USAGES
from tariffs.rating.numbering import FIXED
from tariffs.rulebook.places import RELATIONS
from tariffs.rulebook.values import Text

CODE: Final = "nearer"
MEANING: Final = text(
    "同一主叫在同一时刻拨打较近地点比拨打较远地点更贵",
    "A call to a nearer place costs more than one to a farther place, from the same caller at the same time.",
)


class Kind(NamedTuple):
    """Calls to a nearer and to a farther place: relation and price of each. `usage`: its number."""

    line: int
    called: int
    usage: int
    near: tuple[str, tuple[str, ...]]
    far: tuple[str, tuple[str, ...]]


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each price of a nearer call that is somewhere above one of a farther call."""
    for view in range(len(study.views)):
        relation = study.compiled.alphabet.call.relation
        found: dict[Kind, list[Met]] = {}
        for met in meet(study, view, _Fan(study), _by_relations(study)):
            near, far = (study.leaf(leaf).pay for leaf in met.leaves)
            if near is None or far is None or near == far:
                continue
            situation = met.point.situation
            one, two = (RELATIONS[relation[call]] for call, _ in situation.classes)
            usage = met.point.value(USAGE) or 0
            kind = Kind(situation.line, situation.called, usage, (one, near), (two, far))
            found.setdefault(kind, []).append(met)
        for kind, mets in found.items():
            windows = dearer_of(study, view, (kind.far[1], kind.near[1]), mets)
            if windows:
                yield _finding(study, view, kind, mets, windows)


def _by_relations(study: Study) -> Callable[[Situation], object]:
    """Kinds of pairs of calls: the line, what is called, and how near each of the two is."""
    relation = study.compiled.alphabet.call.relation
    return lambda s: (s.line, s.called, *(relation[call] for call, _ in s.classes))


class _Fan:
    """All pairs of destinations of one caller, the nearer one first."""

    def __init__(self, study: Study) -> None:
        self.relation = study.compiled.alphabet.call.relation

    def __call__(self, _: Days, sides: Sides) -> Both:
        found: Both = {}
        for line, callers in sides.lines:
            for called, numbers in sides.lines:
                told: set[object] = set()
                for origin in callers if line == FIXED else range(sides.n):
                    self._from(found, told, sides, (line, called, origin), numbers)
        return found

    def _from(
        self, found: Both, told: set[object], sides: Sides, kinds: tuple[int, int, int], numbers: Any
    ) -> None:
        """The pairs of destinations of everyone who calls from one place. `told`: what has been looked at before."""
        line, called, origin = kinds
        callers = dict(sides.lines)[line]
        first: dict[int, int] = {}
        for place in numbers:
            first.setdefault(sides.call(origin, place), place)
        homes: dict[int, int] = {}
        for home in [origin] if line == FIXED else [origin, *callers]:
            if home in callers:
                homes.setdefault(sides.roam(home, origin), home)
        classes = frozenset(first)
        for roam, home in homes.items():
            if (classes, roam) not in told:
                told.add((classes, roam))
                for one, near in first.items():
                    for two, far in first.items():
                        if self.relation[one] < self.relation[two]:
                            legs = Leg(origin, near, home, origin), Leg(origin, far, home, origin)
                            ends = sides.made(line, legs[0], callers, numbers), sides.made(
                                line, legs[1], callers, numbers
                            )
                            found.setdefault(sides.situation(line, 0, called, legs), ends)


def _finding(study: Study, view: int, kind: Kind, mets: list[Met], windows: list[Dearer]) -> Finding:
    top = max(windows, key=lambda item: item.worst.more)
    worst, timed = top.worst, USAGES[kind.usage] == "voice"
    met, day = met_on(mets, top.starts.days.days)
    calls = [call_of(study, met.days, met.point, e, at=worst.at, exact=worst.amount, day=day) for e in met.ends]
    shown, paid = [described(study, e, met.point) for e in met.ends], [outcome(study, view, c) for c in calls]
    both = text(f"{paid[0].zh}；较远的 {shown[1].zh}：{paid[1].zh}",
                f"{paid[0].en}; farther, {shown[1].en}: {paid[1].en}")  # fmt: skip
    leaves = [study.leaf(leaf) for leaf in met.leaves]
    at = tuple(dict.fromkeys(study.rules(view)[r].at for leaf in leaves for r in leaf.on_top[-1:]))
    subject = tuple(dict.fromkeys((kind.near[0], kind.far[0], *kind.near[1], *kind.far[1])))
    sets = [_set(item, timed=timed) for item in windows]
    data = {
        "near": kind.near[0], "far": kind.far[0], "pays": [list(kind.near[1]), list(kind.far[1])],
        "unit": {"voice": "second", "message": "message", "data": "byte"}[USAGES[kind.usage]],
        "sets": sets,
        "worst": {
            "amount": in_units(worst.amount, timed=timed), "start": clock_at(worst.at), "more": str(yuan(worst.more)),
        },
    }  # fmt: skip
    message = _message(kind, mets, sets, top, timed=timed)
    witness = Witness(calls[0], study.views[view], shown[0], both)
    return Finding(CODE, "warning", message, at, witness, (study.views[view],), subject, data)


def _set(item: Dearer, *, timed: bool) -> dict[str, Any]:
    """From which starts on which days (`[from, until)`) which amounts cost more to the nearer place."""
    return {
        "start_from": clock_at(item.starts.first), "start_until": clock_at(item.starts.until),
        **item.starts.days.told,
        "ranges": [[in_units(a, timed=timed), in_units(b, timed=timed)] for a, b in item.ranges],
    }  # fmt: skip


def _message(kind: Kind, mets: list[Met], sets: list[dict[str, Any]], top: Dearer, *, timed: bool) -> Text:
    told = ", ".join(f"{a}–{b}" for a, b in _set(top, timed=timed)["ranges"][:8])
    zh, en = {"voice": ("秒", "s"), "message": ("条", "messages"), "data": ("字节", "bytes")}[USAGES[kind.usage]]
    near, far = (wording.RELATION[relation] for relation, _ in (kind.near, kind.far))
    pays = [" + ".join(pay) for _, pay in (kind.near, kind.far)]
    days = wording.listed([wording.dates(d) for d in merged(list(dict.fromkeys(m.days for m in mets)))])
    clocks = wording.clocks(clock_at(top.starts.first), clock_at(top.starts.until))
    others = len(sets) - 1
    more = yuan(top.worst.more)
    rest = text(f"（另有 {others} 组开始时刻）", f" (and {others} more sets of starts)") if others else text("", "")
    return text(
        f"较近的通话（{near.zh}，{pays[0]}）比较远的（{far.zh}，{pays[1]}）贵：{told} {zh}{clocks.zh}；"
        f"最多贵 {more} 元，{days.zh}{rest.zh}",
        f"A nearer call ({near.en}, {pays[0]}) costs more than a farther one ({far.en}, {pays[1]}): {told} "
        f"{en}{clocks.en}; by {more} yuan at most, {days.en}{rest.en}",
    )
