"""`gap`: a call that `covers` promises to price, and no rule does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.findings import Finding, text
from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import ACCESS, USAGE, Leaves, Point
from tariffs.checks.witnesses import witness
from tariffs.rating.conditions import USAGES
from tariffs.rulebook.places import RELATIONS

CODE: Final = "gap"
MEANING: Final = text("规则书承诺计费的通话没有规则", "A call that the rulebook promises to price has no rule.")


class Kind(NamedTuple):
    """Which calls: what one finding puts together."""

    covers: tuple[int, ...]
    line: int
    direction: int
    called: int
    usage: int
    access: bool
    relation: int
    roaming: int


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each kind of call that a cover promises and no rule prices."""
    if not study.book.covers:
        yield Finding(
            CODE, "error",
            text("规则书没有 covers：没有说明承诺为哪些通话计费，无从证明完整",
                 "The rulebook has no `covers`: it does not say which calls it promises to price."),
            (study.book.rulebook.at,), subject=("covers",),
        )  # fmt: skip
        return
    for group in gaps(study).groups():
        yield _finding(study, group)


def gaps(study: Study) -> Grouping[Kind]:
    """All gaps, by kind of call."""
    found: Grouping[Kind] = Grouping()
    for view in range(len(study.views)):
        if next(study.found(view, lambda leaf: not leaf.on_top, promised=True), None) is not None:
            for reached in _each(study, view):
                found.add(_kind(study, reached), view, reached)
    return found


def _is_gap(study: Study, leaves: Leaves) -> bool:
    return not study.leaf(leaves[0]).on_top and bool(study.promises.diagram.leaves[leaves[1]].on_top)


def _each(study: Study, view: int) -> Iterator[Reached]:
    """Every situation and span of days with a gap, and with which covers."""
    walker = study.walker([view], promised=True)
    answers: dict[object, Point | None] = {}
    for days in study.days:
        known = study.situations(study.all_pairs([view], days, promised=True), days)
        nodes = walker.start(study.segments([view], days, promised=True))
        access = frozenset(study.endpoints(days).access)
        for situation in sorted(known):
            group = walker.group(frozenset({situation}))
            point = walker.reaches(nodes, group, access, lambda leaves: _is_gap(study, leaves), answers)
            if point is None:
                continue
            told: set[object] = set()
            for leaves, way in walker.leaves(nodes, group, access, told):
                if _is_gap(study, leaves):
                    yield Reached(leaves, days, way, known[situation])


def _kind(study: Study, reached: Reached) -> Kind:
    situation, alphabet = reached.point.situation, study.compiled.alphabet
    covers = study.promises.diagram.leaves[reached.leaves[1]].on_top
    call, roam = situation.classes[0]
    usage, access = reached.point.value(USAGE), reached.point.value(ACCESS)
    return Kind(
        covers, situation.line, situation.direction, situation.called, usage or 0, bool(access),
        alphabet.call.relation[call], alphabet.roam.relation[roam],
    )  # fmt: skip


def _finding(study: Study, group: Group[Kind]) -> Finding:
    kind, view = group.key, group.views[0]
    shown = witness(study, view, group.first)
    days = wording.listed([wording.dates(d) for d in group.days])
    scenarios = tuple(study.views[v] for v in group.views)
    relation = wording.RELATION[RELATIONS[kind.relation]]
    message = text(
        f"承诺计费（covers）的{wording.USAGE[USAGES[kind.usage]].zh}没有规则：{shown.place.zh}（{relation.zh}），{days.zh}",
        f"A promised {wording.USAGE[USAGES[kind.usage]].en} has no rule: {shown.place.en} ({relation.en}), {days.en}",
    )
    positions = tuple(study.book.covers[n].at for n in kind.covers)
    vocabulary = study.compiled.vocabulary.values
    data = {
        "line": vocabulary["line"][kind.line],
        "called": vocabulary["called"][kind.called],
        "relation": RELATIONS[kind.relation],
        "roaming": RELATIONS[kind.roaming],
        "dates": [[d.isoformat() for d in span.dates] for span in group.days],
    }
    subject = (data["line"], data["called"], data["relation"])
    return Finding(CODE, "error", message, positions, shown, scenarios, tuple(map(str, subject)), data)
