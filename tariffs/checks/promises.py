"""What `covers` promises, as a decision diagram; and the classes of calls that may be among the promised ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tariffs.rating.conditions import CATEGORIES, Box, PairCondition
from tariffs.rating.diagram import CALL, FIRST_CATEGORY, ROAM, Alphabet, Diagram
from tariffs.rating.geography import PairClasses
from tariffs.rating.numbering import ORIGIN_PLACE
from tariffs.rulebook.decisions import Cover

if TYPE_CHECKING:
    from tariffs.checks.study import Study


@dataclass(eq=False, repr=False)
class Promises:
    """The covers of a rulebook as a decision diagram of their own."""

    covers: Sequence[Cover]
    boxes: tuple[tuple[int, Box], ...]
    alphabet: Alphabet
    diagram: Diagram
    root: int


def admitted(study: Study, view: int) -> dict[int, frozenset[int]]:
    """Of each dimension, the classes of the engine's diagram that a promised call may have under a view."""
    alphabet, boxes = study.compiled.alphabet, study.promises.boxes
    call, roam = _promised_classes(study, view)
    found = {CALL: call, ROAM: roam}
    for number, name in enumerate(CATEGORIES):
        allowed = [box.allowed[name] for _, box in boxes if name in box.allowed]
        if len(allowed) == len(boxes):
            classes = alphabet.classes[number]
            found[FIRST_CATEGORY + number] = frozenset(classes[raw] for raws in allowed for raw in raws)
    return found


def _promised_classes(study: Study, view: int) -> tuple[frozenset[int], frozenset[int]]:
    """The classes of pairs of places, of calls and of roaming, that some cover admits and a number leads to."""
    n = len(study.compiled.geography.names)
    alphabet = study.promises.alphabet
    call = _admitting(alphabet.call, [box.call for _, box in study.promises.boxes])
    roam = _admitting(alphabet.roam, [box.roam for _, box in study.promises.boxes])
    found: tuple[set[int], set[int]] = (set(), set())
    met: set[object] = set()
    for days in study.days:
        pairs, promised = study.all_pairs([view], days, promised=True)
        ends = study.endpoints(days)
        key = (study.identity(pairs), study.identity(promised), id(ends))
        if key in met:
            continue
        met.add(key)
        homes = {*ends.fixed, *ends.mobile}
        targets = homes | {place for _, place in ends.special}
        here = range(n) if ORIGIN_PLACE in targets else ()
        ways = [*(range(place, n * n, n) for place in targets - {ORIGIN_PLACE}), (a * n + a for a in here)]
        for way in ways:
            found[0].update(pairs.call[i] for i in way if promised.call[i] in call)
        for home in homes:
            found[1].update(pairs.roam[i] for i in range(home * n, home * n + n) if promised.roam[i] in roam)
    return frozenset(found[0]), frozenset(found[1])


def _admitting(pairs: PairClasses, wanted: Sequence[tuple[PairCondition, ...]]) -> frozenset[int]:
    """The classes of pairs that some of these lists of conditions admits."""
    bit = {condition: 1 << i for i, condition in enumerate(pairs.conditions)}
    needed = {sum(bit[c] for c in conditions) for conditions in wanted}
    return frozenset(c for c, held in enumerate(pairs.holds) if any(need & held == need for need in needed))
