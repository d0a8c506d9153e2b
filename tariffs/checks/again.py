"""What calls pay, and what they pay when they are made again: on the same day, or behind midnight under other rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeVar

from tariffs.checks.domain import Days, Endpoints, Ends, Situation, situations
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import Leaves
from tariffs.rating import kernel as k
from tariffs.rating.pricing import QUANTITY

K = TypeVar("K")
Pays = tuple[str, ...]


class Again(NamedTuple):
    """What a call pays under a view, and what it pays when it is made again, with the tariffs' places in the table."""

    first: Pays
    second: Pays
    bundles: tuple[tuple[int, ...], tuple[int, ...]]


class Border(NamedTuple):
    """A midnight behind which the rules or the numbers change, and what calls pay on both sides of it."""

    before: Days
    paid: dict[Again, Reached]


@dataclass
class Paid:
    """What calls of time pay under a view of a study."""

    study: Study
    view: int

    @cached_property
    def bundles(self) -> dict[Again, Reached]:
        """Each list of tariffs that calls pay, with the first such call."""
        found: dict[Again, Reached] = {}
        for reached in self.study.reached([self.view]):
            again = self._again((*reached.leaves, *reached.leaves))
            if again is not None:
                found.setdefault(again, reached)
        return found

    def calls(self, again: Again) -> list[Reached]:
        """A call that pays so on each span of days on which there is one."""

        def pays(leaves: Leaves) -> bool:
            return self.study.leaf(leaves[0]).pay == again.first

        return list(self.study.each_days([self.view], pays))

    @cached_property
    def borders(self) -> list[Border]:
        """Each midnight at which some call comes to pay something else. At others all goes on as it is."""
        study, view = self.study, self.view
        walker, found = study.walker([view]), []
        for before, behind in pairwise(study.days):
            nodes = [walker.start(study.segments([view], days)) for days in (before, behind)]
            sides = [(study.identity(study.pairs(view, days)), id(study.endpoints(days))) for days in (before, behind)]
            if nodes[0] != nodes[1] or sides[0] != sides[1]:
                found.append(Border(before, self._across(before, behind)))
        return found

    def _across(self, before: Days, behind: Days) -> dict[Again, Reached]:
        study, view = self.study, self.view
        walker = study.walker([view, view])
        known = self._situations(before, behind)
        nodes = walker.start([study.segments([view], days)[0] for days in (before, behind)])
        access = frozenset(study.endpoints(before).access) & frozenset(study.endpoints(behind).access)
        last = Days(before.until - 1, before.until)
        found: dict[Again, Reached] = {}
        for leaves, point in walker.leaves(nodes, walker.group(frozenset(known)), access) if known else ():
            again = self._again(leaves)
            if again is not None:
                found.setdefault(again, Reached(leaves, last, point, known[point.situation]))
        return found

    def _situations(self, before: Days, behind: Days) -> Mapping[Situation, Ends]:
        """Calls that there can be on both days, as the view sees them on each."""
        study, view = self.study, self.view
        pairs = [study.pairs(view, days) for days in (before, behind)]
        one, two = study.endpoints(before), study.endpoints(behind)
        if study.identity(pairs[0]) == study.identity(pairs[1]) and one is two:
            once = study.situations([pairs[0]], before)
            return {s._replace(classes=s.classes * 2): calls for s, calls in once.items()}
        both = Endpoints(
            _common(one.fixed, two.fixed), _common(one.mobile, two.mobile), _common(one.special, two.special),
            _common(one.access, two.access),
        )  # fmt: skip
        default = study.book.rulebook.defaults.served_place == "home"
        return situations(both, pairs, len(study.compiled.geography.names), home_is_default=default)

    def _again(self, leaves: Leaves) -> Again | None:
        """What the calls of two leaves pay, if all of it prices time."""
        first, second = (self.study.leaf(leaf).pay for leaf in leaves)
        if not first or not second:
            return None
        t = self.study.compiled.tables.heap
        one, two = self.study.bundle(self.view, first), self.study.bundle(self.view, second)
        timed = all(t[tariff + k.T_MEASURE] != QUANTITY for tariff in (*one, *two))
        return Again(first, second, (one, two)) if timed else None


def _common(before: Mapping[K, str], behind: Mapping[K, str]) -> dict[K, str]:
    """The numbers of lines that there are on both days."""
    return {key: number for key, number in before.items() if key in behind}
