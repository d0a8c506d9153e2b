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

    `access`: the access codes behind which it is so, that of `service` first.
    `roaming`: relation of a mobile line's home to where it is; None for a fixed line, which is at home.
    """

    service: str
    access: tuple[str, ...]
    relation: str
    relation_after: str
    roaming: str | None
    old: tuple[str, ...]
    new: tuple[str, ...]
    bundles: tuple[Bundle, Bundle]


def codes(study: Study, reached: Reached) -> tuple[str, ...]:
    """The access codes behind which a call pays the same, its own first: those that the rules do not tell from it."""
    own, names = reached.point.value(ACCESS), study.compiled.vocabulary.values["access"]
    classes = study.compiled.alphabet.classes[ACCESS - FIRST_CATEGORY]
    there = sorted(study.endpoints(reached.days).access, key=lambda code: (code != (own or 0), code))
    return tuple(names[code] for code in there if own is None or classes[code] == classes[own])


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
        """Every situation, usage and access code in which calls move, on every span of days."""
        study, views = self.study, [old, new]
        walker = study.walker(views)
        answers: dict[object, Point | None] = {}
        for days in study.days:
            known = study.situations(study.all_pairs(views, days), days)
            nodes = walker.start(study.segments(views, days))
            access = frozenset(study.endpoints(days).access)
            for situation in sorted(known):
                group = walker.group(frozenset({situation}))
                if walker.reaches(nodes, group, access, self.moved, answers) is None:
                    continue
                # A call behind an access code may come to the same rules, and is another service.
                for front, values in walker.above(nodes, group, access, ACCESS + 1):
                    for leaves, way in walker.leaves(front, group, access):
                        if self.moved(leaves):
                            point = Point(situation, (*values, *way.values))
                            yield Reached(leaves, days, point, known[situation])

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
            service, codes(study, reached), before, after,
            RELATIONS[alphabet.roam.relation[situation.classes[0][1]]] if situation.line == MOBILE else None,
            pays[0], pays[1], (study.bundle(old, pays[0]), study.bundle(new, pays[1])),
        )  # fmt: skip
