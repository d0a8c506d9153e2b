"""`gap`: a call that `covers` promises to price, and no rule does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.domain import Situation
from tariffs.checks.findings import Finding, text
from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.study import Study
from tariffs.checks.walking import USAGE, Leaves
from tariffs.checks.witnesses import witness
from tariffs.rating.conditions import USAGES
from tariffs.rating.diagram import Leaf
from tariffs.rulebook.places import RELATIONS

CODE: Final = "gap"
MEANING: Final = text("规则书承诺计费的通话没有规则", "A call that the rulebook promises to price has no rule.")


class Sort(NamedTuple):
    """What the covers and the situation of calls say."""

    covers: tuple[int, ...]
    line: int
    direction: int
    called: int
    relation: int
    roaming: int


class Kind(NamedTuple):
    """Which calls: what one finding puts together."""

    sort: Sort
    usage: int


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
    relation, roaming = study.compiled.alphabet.call.relation, study.compiled.alphabet.roam.relation
    covers = [leaf.on_top for leaf in study.promises.diagram.leaves]

    def sort(leaves: Leaves, situations: frozenset[Situation]) -> Iterator[tuple[Sort, Situation]]:
        for s in sorted(situations):
            call, roam = s.classes[0]
            yield Sort(covers[leaves[1]], s.line, s.direction, s.called, relation[call], roaming[roam]), s

    for view in range(len(study.views)):
        for (what, values), reached in study.kinds(view, _without_rule, sort, frozenset({USAGE}), promised=True):
            found.add(Kind(what, dict(values).get(USAGE, 0)), view, reached)
    return found


def _without_rule(leaf: Leaf) -> bool:
    return not leaf.on_top


def _finding(study: Study, group: Group[Kind]) -> Finding:
    (kind, usage), view = group.key, group.views[0]
    shown = witness(study, view, group.first)
    days = wording.listed([wording.dates(d) for d in group.days])
    scenarios = tuple(study.views[v] for v in group.views)
    relation = wording.RELATION[RELATIONS[kind.relation]]
    what = wording.USAGE[USAGES[usage]]
    message = text(
        f"承诺计费（covers）的{what.zh}没有规则：{shown.place.zh}（{relation.zh}），{days.zh}",
        f"A promised {what.en} has no rule: {shown.place.en} ({relation.en}), {days.en}",
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
