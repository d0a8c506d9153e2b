"""Conditions in the form the decision diagram takes: boxes over dimensions.

A `When` becomes one or more boxes (the values of keys such as `between` or `option` are alternatives). A box
is a set of allowed raw values in each dimension; conditions on places stay symbolic, because what a circle or
relation holds depends on the date and the scenario.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.decisions import Option, When

FOREVER = 10**7
"""A day after every other, as a proleptic ordinal; -FOREVER is before every other."""

CATEGORIES = (
    "line", "called", "usage", "direction", "access", "operator", "called_operator", "group", "plan",
)  # fmt: skip
"""The dimensions with plain lists of values, in the order in which the kernel holds them."""

USAGES = ("voice", "message", "data")
DIRECTIONS = ("originated", "received")
NONE = "none"


@dataclass(frozen=True, slots=True)
class PairCondition:
    """A condition on an ordered pair of places: (where the originator is, called) or (home, where the served party is).

    Empty tuples admit everything. `within` holds names or `each-circle`. `same`: both ends are one place. `negated`
    turns the whole round.
    """

    relation: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    same: bool = False
    negated: bool = False

    @property
    def admits_all(self) -> bool:
        return not (self.relation or self.start or self.end or self.between or self.within or self.same or self.negated)


@dataclass(frozen=True, slots=True)
class Box:
    """A conjunction: days `[since, until)` as ordinals, allowed values by dimension, conditions on places."""

    since: int = -FOREVER
    until: int = FOREVER
    allowed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    call: tuple[PairCondition, ...] = ()
    roam: tuple[PairCondition, ...] = ()

    def meet(self, other: Box) -> Box | None:
        """What both boxes hold, or None where that is visibly nothing."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        if since >= until:
            return None
        allowed = dict(self.allowed)
        for dimension, values in other.allowed.items():
            both = allowed.get(dimension, values) & values
            if not both:
                return None
            allowed[dimension] = both
        call = self.call + tuple(c for c in other.call if c not in self.call)
        roam = self.roam + tuple(c for c in other.roam if c not in self.roam)
        return Box(since, until, allowed, call, roam)


@dataclass(frozen=True)
class Vocabulary:
    """The values of every dimension, in kernel order. Index 0 of operator, group and plan is `none` (not named)."""

    values: Mapping[str, tuple[str, ...]]
    options: tuple[str, ...]
    option_items: Mapping[str, Option]
    at_origin: frozenset[int] = frozenset()

    @classmethod
    def of(cls, book: Rulebook) -> Vocabulary:
        options = dict(book.options)
        for scenario in book.scenarios.values():
            options |= scenario.options
        special = dict.fromkeys(item.service for item in book.numbering.special)
        access = dict.fromkeys(item.code for item in book.numbering.access)
        operators = (NONE, *book.operators)
        values = {
            "line": ("fixed", "mobile"),
            "called": ("fixed", "mobile", *special),
            "usage": USAGES,
            "direction": DIRECTIONS,
            "access": (NONE, *access),
            "operator": operators,
            "called_operator": operators,
            "group": (NONE, *book.groups),
            "plan": (NONE, *book.plans),
        }
        placed = {item.service for item in book.numbering.special if item.place}
        at_origin = frozenset(i for i, name in enumerate(values["called"]) if i > 1 and name not in placed)
        return cls(values, tuple(sorted(options)), options, at_origin)

    def index(self, dimension: str, name: str) -> int:
        return self.values[dimension].index(name)

    def boxes(self, when: When | None, *, defaults: bool) -> tuple[Box, ...]:
        """The boxes of a condition; `defaults`: unwritten usage, direction and access are voice, originated, none."""
        if when is None:
            return (Box(),)
        allowed = self._allowed(when, defaults)
        box = Box(allowed=allowed, call=_call_condition(when) + self._at_origin(allowed), roam=_roam_condition(when))
        boxes: list[Box] = [box]
        if when.option:
            held = [self._held(name) for name in when.option]
            boxes = [met for b, h in itertools.product(boxes, held) if (met := b.meet(h)) is not None]
        for name in when.without_option:
            boxes = [met for b, n in itertools.product(boxes, self._not_held(name)) if (met := b.meet(n)) is not None]
        return tuple(boxes)

    def _allowed(self, when: When, defaults: bool) -> dict[str, frozenset[int]]:
        allowed = {}
        for dimension in CATEGORIES:
            names = getattr(when, dimension)
            if not defaults and dimension not in when.model_fields_set:
                names = ()
            if names and "any" not in names:
                allowed[dimension] = frozenset(self.index(dimension, name) for name in names)
        return allowed

    def _at_origin(self, allowed: Mapping[str, frozenset[int]]) -> tuple[PairCondition, ...]:
        """Calls of special services stay at the place they come from: no rule for them meets a call to elsewhere."""
        called = allowed.get("called")
        return (PairCondition(same=True),) if called and called <= self.at_origin else ()

    def _held(self, option: str) -> Box:
        held = Box(allowed={f"option:{option}": frozenset({1})})
        eligible = self.option_items[option].eligible
        if eligible is None:
            return held
        met = held.meet(self.boxes(eligible, defaults=False)[0])
        assert met is not None  # an option's own dimension never stands in its eligibility
        return met

    def _not_held(self, option: str) -> list[Box]:
        """Not held, or held by a line that is not eligible: the complement of `_held`, key by key."""
        boxes = [Box(allowed={f"option:{option}": frozenset({0})})]
        eligible = self.option_items[option].eligible
        if eligible is None:
            return boxes
        held = self.boxes(eligible, defaults=False)[0]
        for dimension, values in held.allowed.items():
            rest = frozenset(range(len(self.values[dimension]))) - values
            if rest:
                boxes.append(Box(allowed={dimension: rest}))
        for condition in held.call:
            boxes.append(Box(call=(_negate(condition),)))
        for condition in held.roam:
            boxes.append(Box(roam=(_negate(condition),)))
        return boxes


def _negate(c: PairCondition) -> PairCondition:
    return replace(c, negated=not c.negated)


def _call_condition(when: When) -> tuple[PairCondition, ...]:
    condition = PairCondition(when.relation, when.from_, when.to, when.between, when.within)
    return () if condition.admits_all else (condition,)


def _roam_condition(when: When) -> tuple[PairCondition, ...]:
    condition = PairCondition(relation=when.roaming, start=when.home, within=when.roaming_within)
    return () if condition.admits_all else (condition,)
