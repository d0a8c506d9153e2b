"""Which calls pay something else under another scenario: pairs of prices, with the kinds of calls that move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tariffs.checks.grouping import Group, Grouping
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import ACCESS, USAGE, Leaves, Point
from tariffs.rating.diagram import FIRST_CATEGORY
from tariffs.rating.numbering import MOBILE
from tariffs.rulebook.places import RELATIONS

Bundle = tuple[int, ...]
"""The tariffs of a call, by their places in the kernel's table."""


class Move(NamedTuple):
    """A kind of call, and what it pays under two views. `relation`: under the first; `relation_after`: the second.

    `roaming`: relation of a mobile line's home to where it is; None for a fixed line, which is at home.
    """

    service: str
    relation: str
    relation_after: str
    roaming: str | None
    old: tuple[str, ...]
    new: tuple[str, ...]
    bundles: tuple[Bundle, Bundle]


def by_access(study: Study, reached: Reached) -> Iterator[Reached]:
    """The call behind every access code that the rules do not tell from its own: results name services by them."""
    point = reached.point
    own = point.value(ACCESS)
    if point.situation.direction or point.value(USAGE):
        yield reached
        return
    classes = study.compiled.alphabet.classes[ACCESS - FIRST_CATEGORY]
    others = tuple(value for value in point.values if value[0] != ACCESS)
    for code in sorted(study.endpoints(reached.days).access):
        if own is None or classes[code] == classes[own]:
            yield reached._replace(point=Point(point.situation, (*others, (ACCESS, code))))


@dataclass
class Moves:
    """The moves from one view to another."""

    study: Study
    _differ: dict[object, bool] = field(default_factory=dict)

    def groups(self, old: int, new: int) -> Iterator[Group[Move]]:
        """Kinds of calls whose tariffs differ under the two views, with the days on which they do."""
        found: Grouping[Move] = Grouping()
        if any(self.moved(r.leaves) for r in self.study.reached([old, new])):
            for reached in self._each(old, new):
                found.add(self.move(old, new, reached), new, reached)
        yield from found.groups()

    def moved(self, leaves: Leaves) -> bool:
        """Whether both views price the calls of these leaves, with other tariffs."""
        one, two = (self.study.leaf(leaf) for leaf in leaves)
        if one.pay is None or two.pay is None:
            return False
        if leaves not in self._differ:
            bundles = self.study.bundle(one.scenario, one.pay), self.study.bundle(two.scenario, two.pay)
            self._differ[leaves] = bundles[0] != bundles[1]
        return self._differ[leaves]

    def _each(self, old: int, new: int) -> Iterator[Reached]:
        study, views = self.study, [old, new]
        walker = study.walker(views)
        answers: dict[object, Point | None] = {}
        for days in study.days:
            known = study.situations(study.all_pairs(views, days), days)
            nodes = walker.start(study.segments(views, days))
            access = frozenset(study.endpoints(days).access)
            for situation in sorted(known):
                group = walker.group(frozenset({situation}))
                if walker.reaches(nodes, group, access, self.moved, answers) is not None:
                    for leaves, way in walker.leaves(nodes, group, access):
                        if self.moved(leaves):
                            yield from by_access(study, Reached(leaves, days, way, known[situation]))

    def move(self, old: int, new: int, reached: Reached) -> Move:
        """What kind of call it is, and what it pays."""
        study = self.study
        point, alphabet = reached.point, study.compiled.alphabet
        situation = point.situation
        pays = [study.leaf(leaf).pay or () for leaf in reached.leaves]
        service = study.rater._codes.service_name(
            situation.line, situation.called, point.value(USAGE) or 0, situation.direction, point.value(ACCESS) or 0
        )
        before, after = (RELATIONS[alphabet.call.relation[call]] for call, _ in situation.classes)
        return Move(
            service, before, after,
            RELATIONS[alphabet.roam.relation[situation.classes[0][1]]] if situation.line == MOBILE else None,
            pays[0], pays[1], (study.bundle(old, pays[0]), study.bundle(new, pays[1])),
        )  # fmt: skip
