"""`nearer`: a call to a nearer place dearer than one to a farther place, from the same caller at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.both_ways import Both, Met, lines, meet, pair_of
from tariffs.checks.dearer import clock, in_units
from tariffs.checks.domain import Days, Endpoints, Ends, Pairs
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.study import Study, merged
from tariffs.checks.walking import USAGE
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating.call import yuan
from tariffs.rulebook.places import RELATIONS

CODE: Final = "nearer"
MEANING: Final = text(
    "同一主叫在同一时刻拨打较近地点比拨打较远地点更贵",
    "A call to a nearer place costs more than one to a farther place, from the same caller at the same time.",
)


class Kind(NamedTuple):
    """Calls to a nearer and to a farther place: relation and price of each."""

    line: int
    called: int
    near: tuple[str, tuple[str, ...]]
    far: tuple[str, tuple[str, ...]]


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each price of a nearer call that is somewhere above one of a farther call."""
    for view in range(len(study.views)):
        relation = study.compiled.alphabet.call.relation
        found: dict[Kind, list[Met]] = {}
        for met in meet(study, view, _Fan(study)):
            near, far = (study.leaf(leaf).pay for leaf in met.leaves)
            if near is None or far is None or near == far or met.point.value(USAGE):
                continue
            situation = met.point.situation
            one, two = (RELATIONS[relation[call]] for call, _ in situation.classes)
            kind = Kind(situation.line, situation.called, (one, near), (two, far))
            found.setdefault(kind, []).append(met)
        for kind, mets in found.items():
            yield from _finding(study, view, kind, mets)


class _Fan:
    """All pairs of destinations of one caller, the nearer one first."""

    def __init__(self, study: Study) -> None:
        self.relation = study.compiled.alphabet.call.relation
        self.n = len(study.compiled.geography.names)

    def __call__(self, _: Days, pairs: Pairs, ends: Endpoints) -> Both:
        found: Both = {}
        for line, callers in lines(ends):
            for origin, caller in callers.items():
                for called, numbers in lines(ends):
                    self._from(found, pairs, (line, called), (origin, caller), numbers)
        return found

    def _from(
        self, found: Both, pairs: Pairs, kinds: tuple[int, int], caller: tuple[int, str], numbers: dict[int, str]
    ) -> None:
        origin, number = caller
        first: dict[int, int] = {}
        for place in numbers:
            first.setdefault(pairs.call[origin * self.n + place], place)
        for one, near in first.items():
            for two, far in first.items():
                if self.relation[one] < self.relation[two]:
                    ends = tuple(Ends(number, numbers[place], -1, origin, place) for place in (near, far))
                    situation = pair_of(*kinds, pairs, self.n, (origin, near), (origin, far))
                    found.setdefault(situation, (ends[0], ends[1]))


def _finding(study: Study, view: int, kind: Kind, mets: list[Met]) -> Iterator[Finding]:
    first = mets[0]
    near, far = study.bundle(view, kind.near[1]), study.bundle(view, kind.far[1])
    classes = [(s, c) for s, c in study.prices.comparisons(far, near, first.days) if c.dearer]
    if not classes:
        return
    starts, worst = max(classes, key=lambda item: item[1].worst or (0, 0))
    more, amount = worst.worst or (0, 0)
    day = starts.day if first.days.first <= starts.day < first.days.until else first.days.first
    calls = [call_of(study, first.days, first.point, e, second=starts.first, exact=amount, day=day) for e in first.ends]
    shown, paid = [described(study, e, first.point) for e in first.ends], [outcome(study, view, c) for c in calls]
    both = text(f"{paid[0].zh}；较远的 {shown[1].zh}：{paid[1].zh}",
                f"{paid[0].en}; farther, {shown[1].en}: {paid[1].en}")  # fmt: skip
    days = wording.listed([wording.dates(d) for d in merged([m.days for m in mets])])
    sets: list[dict[str, Any]] = [
        {"start_from": clock(s.first), "start_until": clock(s.until),
         "ranges": [[in_units(a, timed=True), in_units(b, timed=True)] for a, b in c.dearer]}
        for s, c in classes
    ]  # fmt: skip
    told = ", ".join(f"{a}–{b}" for a, b in sets[0]["ranges"][:8])
    near_, far_ = (wording.RELATION[relation] for relation, _ in (kind.near, kind.far))
    pays = [" + ".join(pay) for _, pay in (kind.near, kind.far)]
    message = text(
        f"较近的通话（{near_.zh}，{pays[0]}）比较远的（{far_.zh}，{pays[1]}）贵：{told} 秒；"
        f"最多贵 {yuan(more)} 元，{days.zh}",
        f"A nearer call ({near_.en}, {pays[0]}) costs more than a farther one ({far_.en}, {pays[1]}): {told} s; "
        f"by {yuan(more)} yuan at most, {days.en}",
    )
    leaves = [study.leaf(leaf) for leaf in first.leaves]
    at = tuple(dict.fromkeys(study.rules(view)[r].at for leaf in leaves for r in leaf.on_top[-1:]))
    subject = tuple(dict.fromkeys((kind.near[0], kind.far[0], *kind.near[1], *kind.far[1])))
    data = {
        "near": kind.near[0], "far": kind.far[0], "pays": [list(kind.near[1]), list(kind.far[1])], "sets": sets,
        "worst": {"seconds": in_units(amount, timed=True), "more": str(yuan(more))},
    }  # fmt: skip
    witness = Witness(calls[0], study.views[view], shown[0], both)
    yield Finding(CODE, "warning", message, at, witness, (study.views[view],), subject, data)
