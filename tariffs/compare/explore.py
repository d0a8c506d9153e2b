"""Questions that price the cells again and again: which price reaches a goal, what each price of a row does, which
assumption moves the result most, and what a later phase costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
from dateutil.relativedelta import relativedelta

from tariffs.compare import sums
from tariffs.compare.answers import CannotAnswer
from tariffs.compare.comparison import Comparison, Part, fees
from tariffs.compare.eligibility import options_on_offer
from tariffs.compare.measures import goal
from tariffs.compare.measures.goal import Interval, Neutral
from tariffs.compare.measures.totals import Total, total
from tariffs.compare.measures.winners import account_weights, bills_with_fees, winners
from tariffs.compare.priced import Priced
from tariffs.compare.whatif import WhatIf
from tariffs.rating.derivation import lineage
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.scenarios import Parameter
from tariffs.rulebook.values import Name

HIGHEST: Final = Decimal(2)
"""Yuan: where the grid of a goal ends unless somebody says otherwise."""

SPREAD: Final = Fraction(1, 2)
"""How far a price is moved up and down where no range is given for it."""


@dataclass(frozen=True)
class Goal:
    """A target for one price. `worse`: at most this share of accounts worse off; None: revenue as under the base."""

    parameter: Name
    worse: Fraction | None = None
    highest: Decimal = HIGHEST


@dataclass(frozen=True)
class Explored:
    """What was asked beside the comparison, by part (its position): goals, rows of values, the ranked assumptions; and
    the phases that slip."""

    goals: Mapping[int, tuple[Reached, ...]]
    sweeps: Mapping[int, tuple[Step, ...]]
    moved: Mapping[int, tuple[Moved, ...]]
    slipped: tuple[Slipped, ...] = ()


@dataclass(frozen=True)
class Reached:
    """What reaches a goal under a view. `price`: the largest price of the grid (None: no such price); `neutral`: the
    exact one and its neighbours; `intervals`: where bills bend, every interval of prices that satisfies it, in yuan."""

    goal: Goal
    view: int
    straight: bool
    price: Decimal | None = None
    neutral: Neutral | None = None
    intervals: tuple[tuple[Decimal, Decimal], ...] = ()

    @property
    def found(self) -> bool:
        """Whether any price reaches it."""
        return (
            self.price is not None
            or bool(self.intervals)
            or (self.neutral is not None and bool(self.neutral.neighbours))
        )


def explore(
    comparison: Comparison,
    *,
    goals: Sequence[Goal] = (),
    sweeps: Mapping[Name, Sequence[str]] | None = None,
    ranges: Mapping[Name, Sequence[str]] | None = None,
    slips: Mapping[tuple[Name, str], int] | None = None,
) -> Explored:
    """The questions of a run. Goals and rows of values are asked of the parts and views whose charges the price moves;
    assumptions are ranked in every part in which a scenario changes something. Raises as the single questions do."""
    parts = [(n, part) for n, part in enumerate(comparison.parts) if _moving(part)]
    return Explored(
        goals={
            n: tuple(
                reach(part, wanted, view) for wanted in goals for view in _moving(part) if _rests(part, view, wanted)
            )
            for n, part in parts
        },
        sweeps={
            n: tuple(step for name, v in (sweeps or {}).items() for step in sweep(part, name, v)) for n, part in parts
        },
        moved={n: sensitivity(part, ranges) for n, part in parts},
        slipped=tuple(slip(comparison, *phase, months) for phase, months in (slips or {}).items()),
    )


def _moving(part: Part) -> list[int]:
    """The views under which some call costs something else than under the base."""
    return [view for view in part.others if part.total.dearer[view] or part.total.cheaper[view]]


def _rests(part: Part, view: int, wanted: Goal) -> bool:
    offer = options_on_offer(part.rater.compiled.book, part.priced.views[view].scenario).values()
    return any(item.name == wanted.parameter for item in part.priced.assumed[view]) or (
        wanted.worse is not None and any(option.fee == wanted.parameter for option in offer)
    )


def reach(part: Part, wanted: Goal, view: int) -> Reached:
    """Goal seek under one view, all else fixed.

    Raises KeyError for a parameter that there is not, ValueError for one that is no price, and where accounts are
    needed and there are none.
    """
    book = part.rater.compiled.book
    if parameters_of(book)[wanted.parameter].kind != "price":
        raise ValueError(f"{wanted.parameter} is no price")
    if wanted.worse is not None and part.priced.accounts is None:
        raise ValueError("who is worse off needs accounts")
    grid = 0, int(wanted.highest * 1_000_000) // goal.STEP
    names = [item.scenario for item in part.priced.views]
    if goal.is_straight(book, names, wanted.parameter):
        return _straight(part, wanted, view, grid)
    return _bent(part, wanted, view, grid)


def _straight(part: Part, wanted: Goal, view: int, grid: Interval) -> Reached:
    """From the bills at two prices."""
    low, high = (_at(part, wanted, view, step) for step in (0, 1))
    if wanted.worse is None:
        found = goal.neutral(_revenue(low, view), _revenue(high, view), _revenue(part.priced, part.priced.base), grid)
        return Reached(wanted, view, True, neutral=found)
    at_low, at_next = (_bills(part, wanted, view, step) for step in (0, 1))
    base, weights = _base_bills(part)
    step = goal.at_most_worse(at_low, at_next - at_low, base, weights, wanted.worse, grid)
    return Reached(wanted, view, True, price=None if step is None else _yuan(step))


def _bent(part: Part, wanted: Goal, view: int, grid: Interval) -> Reached:
    """Every price of the grid: for equal revenue those whose neighbours lie on the other side, or meet it."""
    if wanted.worse is not None:
        share = wanted.worse
        bills, weights = _base_bills(part)
        everyone = Fraction(sum(weights.tolist()))

        def holds(step: int) -> bool:
            worse = _bills(part, wanted, view, step) > bills
            return Fraction(sum(weights[worse].tolist())) <= share * everyone

        intervals = goal.satisfying(holds, grid)
        last = intervals[-1][1] if intervals else None
        return Reached(wanted, view, False, None if last is None else _yuan(last), None, _in_yuan(intervals))
    base = _revenue(part.priced, part.priced.base)
    values = [_revenue(_at(part, wanted, view, step), view) - base for step in range(grid[0], grid[1] + 1)]
    near = [step for step, value in enumerate(values) if value == 0 or _turns(values, step)]
    found = Neutral(None, tuple((step, Fraction(values[step], 1_000_000)) for step in near))
    exact = goal.satisfying(lambda step: values[step] == 0, grid)
    return Reached(wanted, view, False, None, found, _in_yuan(exact))


def _turns(values: Sequence[Fraction], step: int) -> bool:
    """Whether the target lies between this price and a neighbour."""
    return any(0 <= other < len(values) and values[step] * values[other] < 0 for other in (step - 1, step + 1))


def _in_yuan(intervals: Iterable[Interval]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((_yuan(first), _yuan(last)) for first, last in intervals)


def _yuan(step: int) -> Decimal:
    return Decimal(step * goal.STEP).scaleb(-6)


def _at(part: Part, wanted: Goal, view: int, step: int) -> Priced:
    """The cells with one price of the grid in the scenario of a view; the base keeps its own."""
    return part.what_if.price(apart={part.priced.views[view].scenario: {wanted.parameter: f"{_yuan(step):f}"}})


def _revenue(priced: Priced, view: int) -> Fraction:
    """In micro-yuan."""
    return Fraction(sums.total(np.ascontiguousarray(priced.amounts[:, view]), priced.weight), priced.weight_scale)


def _bills(part: Part, wanted: Goal, view: int, step: int) -> Any:
    """The bills of the accounts under a view at one price of the grid, which may be that of a fee."""
    priced = _at(part, wanted, view, step)
    assert priced.accounts is not None  # asked before
    rater = part.what_if.rater({wanted.parameter: f"{_yuan(step):f}"})
    return bills_with_fees(priced, priced.accounts, view, fees(part.what_if.rated, priced, rater, view))


def _base_bills(part: Part) -> tuple[Any, Any]:
    """The bills under the base as it stands, and how many accounts each stands for."""
    priced = part.what_if.price()
    assert priced.accounts is not None  # asked before
    due = fees(part.what_if.rated, priced, part.rater, priced.base)
    return bills_with_fees(priced, priced.accounts, priced.base, due), account_weights(priced, priced.accounts)


# ---- a row of values


@dataclass(frozen=True)
class Step:
    """The calls at one value of a parameter. `worse`: share of accounts worse off by view, where there are accounts."""

    parameter: Name
    value: str
    total: Total
    worse: Mapping[int, Fraction | None]


def sweep(part: Part, parameter: Name, values: Sequence[str]) -> tuple[Step, ...]:
    """The totals at each value of a parameter, in order. Raises CannotAnswer and RulebookError as `WhatIf.price`."""
    return tuple(_step(part, parameter, value) for value in values)


def _step(part: Part, parameter: Name, value: str) -> Step:
    priced, rater = part.what_if.price(assume={parameter: value}), part.what_if.rater({parameter: value})
    worse: dict[int, Fraction | None] = {}
    for view in part.others if priced.accounts is not None else ():
        found = winners(priced, view, *(fees(part.what_if.rated, priced, rater, v) for v in (view, priced.base)))
        if found is not None:
            shares = [s.share for s in found.classes if s.name in ("worse", "much-worse", "newly-charged")]
            worse[view] = sum((share for share in shares if share is not None), Fraction(0))
    return Step(parameter, value, total(priced), worse)


# ---- which assumption moves the result most


@dataclass(frozen=True)
class Moved:
    """One assumption, one at a time. `changes`: by value, yuan by which charges then change against the base under the
    view, less what they change by with the values as they are. `swing`: the largest of those, either way."""

    parameter: Name
    view: int
    changes: Mapping[str, Decimal]
    unanswered: tuple[str, ...] = ()

    @property
    def swing(self) -> Decimal:
        return max((abs(change) for change in self.changes.values()), default=Decimal(0))


def sensitivity(part: Part, ranges: Mapping[Name, Sequence[str]] | None = None) -> tuple[Moved, ...]:
    """Every assumption that a part rests on, the one that moves most first, for each view.

    `ranges`: values to try by parameter. Without one: of a choice all others, of a price a half less and a half more
    (whole fen), of a date none. Values for which the calls would have to be read again are told apart.
    """
    book, ranges = part.rater.compiled.book, ranges or {}
    parameters = parameters_of(book)
    used = {item.name: item for view in part.priced.assumed for item in view}
    found: list[Moved] = []
    for name, item in used.items():
        values = list(ranges.get(name, tried(parameters[name], item.value)))
        totals: dict[str, Total] = {}
        unanswered = []
        for value in values:
            try:
                totals[value] = total(part.what_if.price(assume={name: value}))
            except CannotAnswer:
                unanswered.append(value)
        for view in part.others:
            if values and any(i.name == name for v in (view, part.priced.base) for i in part.priced.assumed[v]):
                changes = {value: t.change(view) - part.total.change(view) for value, t in totals.items()}
                found.append(Moved(name, view, changes, tuple(unanswered)))
    return tuple(sorted(found, key=lambda moved: (moved.view, -moved.swing, moved.parameter)))


def tried(parameter: Parameter, value: str) -> tuple[str, ...]:
    """The values that are tried where nobody names any."""
    if parameter.kind == "choice":
        return tuple(choice for choice in parameter.choices if choice != value)
    if parameter.kind != "price" or not Decimal(value):
        return ()
    price = Fraction(value)
    fen = [Decimal(round(price * (1 + sign * SPREAD) * 100)).scaleb(-2) for sign in (-1, 1)]
    return tuple(f"{found:f}" for found in fen)


def parameters_of(book: Rulebook) -> dict[Name, Parameter]:
    """The parameters of a rulebook and of its scenarios."""
    found = dict(book.parameters)
    for scenario in book.scenarios.values():
        found |= scenario.parameters
    return found


# ---- a phase that comes later


@dataclass(frozen=True)
class Slipped:
    """A phase that begins some months later, each call by the rules of its own day. `planned`, `later`: charges."""

    scenario: Name
    phase: str
    months: int
    days: tuple[dt.date, dt.date]
    planned: Total
    later: Total


def slip(comparison: Comparison, scenario: Name, phase: str, months: int) -> Slipped:
    """The charges when a phase slips. Only calls between the two days can differ.

    Raises KeyError for a phase that there is not or whose first day is no parameter, CannotAnswer where the cells do
    not tell the days apart.
    """
    book, question = comparison.book, comparison.question
    name = next(
        (member.phases[phase].from_ for _, member in reversed(lineage(book, scenario)) if phase in member.phases), None
    )
    if not isinstance(name, str):
        raise KeyError(f"{scenario}:{phase}")
    what_if = WhatIf(
        comparison.cells, book, (question.base, *question.scenarios), question.base, dict(question.assume), (),
        dict(question.holders), both=True, assumptions=question.assumptions,
    )  # fmt: skip
    planned = what_if.price()
    day = next(dt.date.fromisoformat(i.value) for view in _all_values(what_if) for i in view if i.name == name)
    later = day + relativedelta(months=months)
    return Slipped(
        scenario, phase, months, (day, later), total(planned), total(what_if.price(assume={name: later.isoformat()}))
    )


def _all_values(what_if: WhatIf) -> Iterator[tuple[Any, ...]]:
    """The values that the compiled rules looked up."""
    yield tuple(what_if.rater().compiled.values.used.values())
