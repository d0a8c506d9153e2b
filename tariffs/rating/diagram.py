"""The decision diagram: from the classes of a call to the rule that prices it.

Along each dimension, values that no rule tells apart form one class. A node stands for the set of rules still
possible; nodes with the same set are one node, so the diagram stays small where a product of all dimensions
would explode. What is proved of the leaves is proved of the engine, because the kernel walks these very arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, itemgetter
from typing import NamedTuple

from tariffs.rating.conditions import CATEGORIES, PairCondition, Vocabulary
from tariffs.rating.derivation import ScenarioRules
from tariffs.rating.geography import PairClasses

DATE, CALL, ROAM = 0, 1, 2
FIRST_CATEGORY = 3
FIRST_OPTION = FIRST_CATEGORY + len(CATEGORIES)
_PLACES_STAND_BEHIND = CATEGORIES.index("direction") + FIRST_CATEGORY


def rank(dimension: int) -> int:
    """Dimensions stand in a diagram in the order of their ranks, from its root to its leaves: the date, what kind of
    call it is, the places, then all else. Rules for one kind of call or one pair of places then part early, and what
    follows is small. (Places last made up to fifteen times as much of rules that cut all calls into parts.)
    """
    if dimension in (CALL, ROAM):
        return 3 * _PLACES_STAND_BEHIND + dimension
    return 3 * dimension


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the rules say of a call. `on_top`: the rules that price it; none: a gap; unequal `pay`: a conflict."""

    scenario: int
    on_top: tuple[int, ...]
    pay: tuple[str, ...] | None


@dataclass
class Alphabet:
    """The classes of every dimension, shared by all scenarios of a rater.

    `segments`: bounds of the date segments (ordinals). `call`, `roam`: classes of pairs of places.
    `classes[d]` gives the class of each raw value of category dimension d.
    """

    vocabulary: Vocabulary
    segments: tuple[int, ...]
    call: PairClasses
    roam: PairClasses
    classes: list[list[int]] = field(default_factory=list)

    def sizes(self) -> list[int]:
        """How many classes each dimension has, in the order of the dimensions."""
        categories = [max(classes) + 1 for classes in self.classes]
        options = [2] * len(self.vocabulary.options)
        return [len(self.segments) + 1, len(self.call.holds), len(self.roam.holds), *categories, *options]

    def group_values(self, scenarios: Sequence[ScenarioRules]) -> None:
        """Puts raw values that all boxes of all scenarios treat alike into one class."""
        boxes = [box for scenario in scenarios for rule in scenario.rules for box in rule.boxes]
        for dimension in CATEGORIES:
            values = self.vocabulary.values[dimension]
            signatures = [0] * len(values)
            for i, allowed in enumerate({box.allowed[dimension] for box in boxes if dimension in box.allowed}):
                for value in allowed:
                    signatures[value] |= 1 << i
            known: dict[int, int] = {}
            self.classes.append([known.setdefault(signature, len(known)) for signature in signatures])


@dataclass
class Diagram:
    """Nodes of all scenarios in one store.

    Node i tests dimension `dimension[i]`; its children, one a class, start at `base[i]` in `child`.
    A child >= 0 is a node, a child < 0 the leaf `~child`.
    """

    alphabet: Alphabet
    dimension: list[int] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    child: list[int] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    _nodes: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)
    _leaf_numbers: dict[Leaf, int] = field(default_factory=dict)

    def add(self, number: int, scenario: ScenarioRules) -> int:
        """Builds the diagram of one scenario and returns its root (a node, or the complement of a leaf)."""
        return _Builder(self, number, scenario).root()

    def node(self, dimension: int, children: tuple[int, ...]) -> int:
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (dimension, children)
        number = self._nodes.get(key)
        if number is None:
            number = self._nodes[key] = len(self.dimension)
            self.dimension.append(dimension)
            self.base.append(len(self.child))
            self.child.extend(children)
        return number

    def leaf(self, leaf: Leaf) -> int:
        number = self._leaf_numbers.setdefault(leaf, len(self.leaves))
        if number == len(self.leaves):
            self.leaves.append(leaf)
        return ~number


class _Level(NamedTuple):
    """A dimension as the builder goes through it: the distinct masks of its classes; the boxes that ask for it; the
    children of a node, one a class, from those of the distinct masks; the nodes known so far, by mask.
    """

    dimension: int
    columns: list[int]
    asking: int
    spread: Callable[[list[int]], tuple[int, ...]]
    known: dict[int, int]


class _Builder:
    """Walks the dimensions of one scenario, AND-ing the masks of boxes that admit each class."""

    def __init__(self, diagram: Diagram, number: int, scenario: ScenarioRules) -> None:
        self.diagram = diagram
        self.number = number
        self.scenario = scenario
        self.boxes = [(r, box) for r, rule in enumerate(scenario.rules) for box in rule.boxes]
        self.rule_of = [r for r, _ in self.boxes]
        self.everyone = (1 << len(self.boxes)) - 1
        self.kills = {
            r: sum(1 << b for b, rule in enumerate(self.rule_of) if rule in killed)
            for r, killed in scenario.kills.items()
        }
        dimensions = sorted(range(len(diagram.alphabet.sizes())), key=rank)
        self.levels = [level for d in dimensions if (level := self._level(d)) is not None]
        self.leaves: dict[int, int] = {}

    def root(self) -> int:
        return self._build(0, self.everyone)

    def _build(self, depth: int, mask: int) -> int:
        """The node of a set of boxes from a level on, which is not known there yet."""
        top, levels = depth, self.levels
        while depth < len(levels) and not mask & levels[depth].asking:
            depth += 1
        if depth == len(levels):
            found = self._leaf(mask)
        else:
            level = levels[depth]
            known = levels[depth + 1].known if depth + 1 < len(levels) else self.leaves
            results = []
            for column in level.columns:
                rest = mask & column
                node = known.get(rest)
                results.append(self._build(depth + 1, rest) if node is None else node)
            found = self.diagram.node(level.dimension, level.spread(results))
        if top < len(levels):
            levels[top].known[mask] = found
        return found

    def _level(self, dimension: int) -> _Level | None:
        """None for a dimension that no box asks for."""
        masks = self._class_masks(dimension)
        columns = list(dict.fromkeys(masks))
        asking = self.everyone & ~reduce(and_, columns)
        if not asking:
            return None
        where = {mask: i for i, mask in enumerate(columns)}
        spread = tuple if len(columns) == len(masks) else itemgetter(*(where[mask] for mask in masks))
        return _Level(dimension, columns, asking, spread, {})

    def _leaf(self, mask: int) -> int:
        known = self.leaves.get(mask)
        if known is None:
            alive = mask
            for rule in self._rules(mask):
                alive &= ~self.kills.get(rule, 0)
            on_top = self._rules(alive)
            pays = {self.scenario.rules[r].pay for r in on_top}
            leaf = Leaf(self.number, on_top, pays.pop() if len(pays) == 1 else None)
            known = self.leaves[mask] = self.diagram.leaf(leaf)
        return known

    def _rules(self, mask: int) -> tuple[int, ...]:
        found = []
        while mask:
            low = mask & -mask
            found.append(self.rule_of[low.bit_length() - 1])
            mask ^= low
        return tuple(dict.fromkeys(found))

    def _class_masks(self, dimension: int) -> list[int]:
        alphabet = self.diagram.alphabet
        if dimension == DATE:
            return self._date_masks(alphabet.segments)
        if dimension == CALL:
            return self._pair_masks(alphabet.call, [box.call for _, box in self.boxes])
        if dimension == ROAM:
            return self._pair_masks(alphabet.roam, [box.roam for _, box in self.boxes])
        if dimension < FIRST_OPTION:
            name = CATEGORIES[dimension - FIRST_CATEGORY]
            return self._value_masks(name, alphabet.classes[dimension - FIRST_CATEGORY])
        return self._value_masks(f"option:{alphabet.vocabulary.options[dimension - FIRST_OPTION]}", [0, 1])

    def _date_masks(self, bounds: tuple[int, ...]) -> list[int]:
        first = bounds[0] - 1 if bounds else 0
        masks = [self._mask([box.since <= first < box.until for _, box in self.boxes])]
        turns = dict.fromkeys(bounds, 0)
        for number, (_, box) in enumerate(self.boxes):
            for day in (box.since, box.until):
                if day in turns:
                    turns[day] ^= 1 << number
        for day in bounds:
            masks.append(masks[-1] ^ turns[day])
        return masks

    def _value_masks(self, name: str, classes: Sequence[int]) -> list[int]:
        """Masks by class. A class is judged by its first value: the values of a class are alike to every box."""
        first = [classes.index(c) for c in range(max(classes) + 1)]
        everyone = self._mask([name not in box.allowed for _, box in self.boxes])
        masks = [everyone] * len(first)
        for b, (_, box) in enumerate(self.boxes):
            allowed = box.allowed.get(name)
            if allowed is not None:
                for c, value in enumerate(first):
                    if value in allowed:
                        masks[c] |= 1 << b
        return masks

    def _pair_masks(self, pairs: PairClasses, wanted: list[tuple[PairCondition, ...]]) -> list[int]:
        bit = {condition: 1 << i for i, condition in enumerate(pairs.conditions)}
        needed = [sum(bit[c] for c in conditions) for conditions in wanted]
        return [self._mask([need & held == need for need in needed]) for held in pairs.holds]

    @staticmethod
    def _mask(admits: Sequence[bool]) -> int:
        """Bit b is set where box b admits."""
        return int("0" + "".join("1" if admitted else "0" for admitted in reversed(admits)), 2)
