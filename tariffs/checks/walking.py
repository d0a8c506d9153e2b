"""Walks decision diagrams over the calls that there can be, several diagrams at once, and says which leaves meet.

The walk is exact: it goes down every class that some situation has, and remembers (nodes, situations) that it has
been through, so that it is no longer than the diagrams are large.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from tariffs.checks.domain import Situation
from tariffs.rating.diagram import CALL, DATE, FIRST_CATEGORY, FIRST_OPTION, ROAM, Diagram, Leaf, rank

LINE, CALLED, USAGE, DIRECTION, ACCESS = range(FIRST_CATEGORY, FIRST_CATEGORY + 5)
_BOUND = {LINE: 0, DIRECTION: 1, CALLED: 2}
"""Dimensions that belong to the situation, by their place in it."""


class Chart(NamedTuple):
    """A decision diagram with the classes of its dimensions."""

    diagram: Diagram
    root: int


Values = tuple[tuple[int, int], ...]
"""Dimensions and the raw value of each."""


class Point(NamedTuple):
    """A way down: a situation, and the raw value of each further dimension that was tested."""

    situation: Situation
    values: Values

    def value(self, dimension: int) -> int | None:
        """The raw value chosen on a dimension, or None where every value is alike."""
        return dict(self.values).get(dimension)


Leaves = tuple[int, ...]
"""A leaf of each chart, by its number."""

K = TypeVar("K", bound=Hashable)
Sorter = Callable[[Leaves, frozenset[Situation]], Iterable[tuple[K, Situation]]]
"""Sorts situations that lead to these leaves: what each sort is, and the first situation of it."""


@dataclass(eq=False, repr=False)
class Wanted:
    """Leaves that are looked for in a diagram, and the nodes above them: `under[child]` for nodes and for leaves, whose
    numbers as children are below zero and count from the end.
    """

    under: Sequence[bool]
    any: bool

    def has(self, node: int) -> bool:
        return self.under[node]

    @classmethod
    def of(
        cls, diagram: Diagram, wants: Callable[[Leaf], bool], admitted: Mapping[int, frozenset[int]] | None = None
    ) -> Wanted:
        """`admitted`: the classes of some dimensions through which alone a way may lead."""
        leaves = [wants(leaf) for leaf in diagram.leaves]
        under = [False] * len(diagram.dimension) + leaves[::-1]
        if not any(leaves):
            return cls(under, False)
        ends = [*diagram.base[1:], len(diagram.child)]
        for node, (dimension, base, end) in enumerate(zip(diagram.dimension, diagram.base, ends, strict=True)):
            classes = (admitted or {}).get(dimension)
            ways = diagram.child[base:end]
            under[node] = any(map(under.__getitem__, ways if classes is None else map(ways.__getitem__, classes)))
        return cls(under, True)


@dataclass(eq=False, repr=False)
class Walker:
    """Walks `charts` together: a call has one leaf in each.

    Situations must hold classes for each chart in the same order. `same`: pairs of dimensions in which charts differ
    are not supported: every chart sees the same usage, access, operators, group, plan and add-ons.
    """

    charts: Sequence[Chart]
    _groups: list[frozenset[Situation]] = field(default_factory=list)
    _firsts: dict[int, Situation] = field(default_factory=dict)
    _asking: dict[tuple[int, ...], tuple[int, tuple[bool, ...]]] = field(default_factory=dict)
    _numbers: dict[frozenset[Situation], int] = field(default_factory=dict)
    _splits: dict[tuple[int, int, tuple[bool, ...]], dict[tuple[int, ...], int]] = field(default_factory=dict)
    _values: dict[tuple[int, tuple[bool, ...], frozenset[int]], dict[tuple[int, ...], int]] = field(
        default_factory=dict
    )

    def group(self, situations: frozenset[Situation]) -> int:
        """The number of a set of situations."""
        number = self._numbers.setdefault(situations, len(self._groups))
        if number == len(self._groups):
            self._groups.append(situations)
        return number

    def _first(self, group: int) -> Situation:
        if group not in self._firsts:
            self._firsts[group] = min(self._groups[group])
        return self._firsts[group]

    def start(self, segments: Sequence[int]) -> tuple[int, ...]:
        """The node of each chart behind the date, for the date segment that it counts itself."""
        return tuple(
            self._child(c, chart.root, segment) if self._dimension(c, chart.root) == DATE else chart.root
            for c, (chart, segment) in enumerate(zip(self.charts, segments, strict=True))
        )

    def leaves(
        self, nodes: tuple[int, ...], group: int, access: frozenset[int], seen: set[object] | None = None,
        wanted: Sequence[Wanted] = (),
    ) -> Iterator[tuple[Leaves, Point]]:  # fmt: skip
        """Every combination of leaves that some call reaches, once, with a way to it.

        `access`: the access codes that there are. `seen`: shared by several walks, tells only what is new. `wanted`: of
        each chart the leaves looked for; ways that lead to no such leaf are not followed.
        """
        seen = set() if seen is None else seen
        stack: list[tuple[tuple[int, ...], int, Values]] = [(nodes, group, ())]
        while stack:
            nodes, group, values = stack.pop()
            if wanted and not all(w.has(node) for w, node in zip(wanted, nodes, strict=True)):
                continue
            dimension, _ = self._asks(nodes)
            if dimension == _NEVER:
                leaves = tuple(~node for node in nodes)
                if leaves not in seen:
                    seen.add(leaves)
                    yield leaves, Point(self._first(group), values)
                continue
            key = (nodes, group, access)
            if key in seen:
                continue
            seen.add(key)
            stack += self._below(nodes, group, values, dimension, access)

    def reaches(
        self, nodes: tuple[int, ...], group: int, access: frozenset[int], wanted: Callable[[Leaves], bool],
        known: dict[object, Point | None],
    ) -> Point | None:  # fmt: skip
        """A way to some combination of leaves that is wanted, or None. `known` remembers answers to one question."""
        dimension, _ = self._asks(nodes)
        if dimension == _NEVER:
            return Point(self._first(group), ()) if wanted(tuple(~node for node in nodes)) else None
        key = (nodes, group, access)
        if key not in known:
            known[key] = None
            for below, inner, values in self._below(nodes, group, (), dimension, access):
                found = self.reaches(below, inner, access, wanted, known)
                if found is not None:
                    known[key] = Point(found.situation, (*values, *found.values))
                    break
        return known[key]

    def above(
        self, nodes: tuple[int, ...], group: int, access: frozenset[int], dimension: int
    ) -> Iterator[tuple[tuple[int, ...], Values]]:
        """Every place where only a dimension and those behind it are left to ask for, with a way to it: one for each
        kind of usage and access code.
        """
        stack: list[tuple[tuple[int, ...], int, Values]] = [(nodes, group, ())]
        seen: set[object] = set()
        while stack:
            nodes, group, values = stack.pop()
            key = (nodes, group, tuple(value for value in values if value[0] in (USAGE, ACCESS)))
            if key in seen:
                continue
            seen.add(key)
            asked, _ = self._asks(nodes)
            if rank(asked) >= rank(dimension):
                yield nodes, values
            else:
                stack += self._below(nodes, group, values, asked, access)

    def kinds(
        self, nodes: tuple[int, ...], group: int, access: frozenset[int], wanted: Sequence[Wanted], sort: Sorter[K],
        counting: frozenset[int], known: dict[object, Mapping[tuple[K, Values], Point]],
    ) -> Mapping[tuple[K, Values], Point]:  # fmt: skip
        """Every kind of call that reaches wanted leaves, with a way to it: a kind is what `sort` says, and the values
        of the `counting` dimensions. `known` remembers answers to one question.
        """
        key = (nodes, group, access)
        if key in known:
            return known[key]
        found: dict[tuple[K, Values], Point] = {}
        dimension, _ = self._asks(nodes)
        if not all(w.has(node) for w, node in zip(wanted, nodes, strict=True)):
            pass
        elif dimension == _NEVER:
            for what, situation in sort(tuple(~node for node in nodes), self._groups[group]):
                found.setdefault((what, ()), Point(situation, ()))
        else:
            for below, inner, values in self._below(nodes, group, (), dimension, access):
                counted = values if dimension in counting else ()
                for (what, inside), point in self.kinds(below, inner, access, wanted, sort, counting, known).items():
                    found.setdefault((what, counted + inside), Point(point.situation, values + point.values))
        known[key] = found
        return found

    def passed(self, seen: set[object]) -> list[tuple[int, frozenset[Situation], frozenset[int]]]:
        """Where a walk which has `seen` all this went through: nodes of the first chart, the situations and the access
        codes there.
        """
        keys = [key for key in seen if isinstance(key, tuple) and isinstance(key[0], tuple) and key[0][0] >= 0]
        return [(nodes[0], self._groups[group], access) for nodes, group, access in keys]

    def _below(
        self, nodes: tuple[int, ...], group: int, values: Values, dimension: int,
        access: frozenset[int],
    ) -> Iterator[tuple[tuple[int, ...], int, Values]]:  # fmt: skip
        testing = self._asks(nodes)[1]
        if dimension in (CALL, ROAM) or dimension in _BOUND:
            for classes, inner in self._split(group, dimension, testing).items():
                yield self._step(nodes, testing, classes), inner, values
            return
        told: set[tuple[int, ...]] = set()
        for classes, raw in self._raw(dimension, testing, access).items():
            below = self._step(nodes, testing, classes)
            if below not in told:
                told.add(below)
                yield below, group, (*values, (dimension, raw))

    def _step(self, nodes: tuple[int, ...], testing: Sequence[bool], classes: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            [
                chart.diagram.child[chart.diagram.base[node] + class_] if tests else node
                for chart, node, tests, class_ in zip(self.charts, nodes, testing, classes, strict=True)
            ]
        )

    def _dimension(self, chart: int, node: int) -> int:
        return _NEVER if node < 0 else self.charts[chart].diagram.dimension[node]

    def _asks(self, nodes: tuple[int, ...]) -> tuple[int, tuple[bool, ...]]:
        """The dimension that is asked for next on the way down, and which charts ask for it."""
        if nodes not in self._asking:
            each = [self._dimension(c, node) for c, node in enumerate(nodes)]
            dimension = min(each, key=rank)
            self._asking[nodes] = dimension, tuple(mine == dimension for mine in each)
        return self._asking[nodes]

    def _child(self, chart: int, node: int, class_: int) -> int:
        diagram = self.charts[chart].diagram
        return diagram.child[diagram.base[node] + class_]

    def _split(self, group: int, dimension: int, testing: tuple[bool, ...]) -> dict[tuple[int, ...], int]:
        """The situations of a group by their classes on a dimension (-1 where a chart does not ask)."""
        key = (group, dimension, testing)
        if key not in self._splits:
            parts: dict[tuple[int, ...], list[Situation]] = {}
            for situation in self._groups[group]:
                classes = tuple(
                    self._class(c, situation, dimension) if tests else -1 for c, tests in enumerate(testing)
                )
                parts.setdefault(classes, []).append(situation)
            self._splits[key] = {classes: self.group(frozenset(part)) for classes, part in sorted(parts.items())}
        return self._splits[key]

    def _class(self, chart: int, situation: Situation, dimension: int) -> int:
        if dimension in (CALL, ROAM):
            return situation.classes[chart][dimension - CALL]
        raw = situation[_BOUND[dimension]]
        assert isinstance(raw, int)
        return self._classes(chart, dimension)[raw]

    def _classes(self, chart: int, dimension: int) -> Sequence[int]:
        return self.charts[chart].diagram.alphabet.classes[dimension - FIRST_CATEGORY]

    def _raw(self, dimension: int, testing: tuple[bool, ...], access: frozenset[int]) -> dict[tuple[int, ...], int]:
        """The classes that raw values of a dimension have in the charts that ask, each with a value."""
        limited = access if dimension == ACCESS else frozenset()
        key = (dimension, testing, limited)
        if key not in self._values:
            found: dict[tuple[int, ...], int] = {}
            raws: Sequence[int] = (0, 1)
            if dimension < FIRST_OPTION:
                raws = range(len(self._classes(0, dimension)))
            for raw in raws:
                if dimension == ACCESS and raw not in access:
                    continue
                classes = tuple(
                    (raw if dimension >= FIRST_OPTION else self._classes(c, dimension)[raw]) if tests else -1
                    for c, tests in enumerate(testing)
                )
                found.setdefault(classes, raw)
            self._values[key] = found
        return self._values[key]


_NEVER = 1 << 30  # behind every dimension of any rank


def by_dimension(point: Point) -> Mapping[int, int]:
    """The values of a point by dimension."""
    return dict(point.values)
