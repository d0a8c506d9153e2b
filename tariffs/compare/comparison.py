"""The one entry point of a comparison: cells and a question in, every measure out, for the command line, a program or
the page alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from tariffs.compare.cells import Cells
from tariffs.compare.eligibility import eligible_accounts, options_on_offer
from tariffs.compare.measures import basket, gap, interval, opt_in, totals
from tariffs.compare.measures.basket import BasketPrices
from tariffs.compare.measures.demand import Demand, demand
from tariffs.compare.measures.gap import Gap, Nearer, Premium
from tariffs.compare.measures.interval import Range
from tariffs.compare.measures.numbering import Renumbered, renumbered
from tariffs.compare.measures.opt_in import OptIn
from tariffs.compare.measures.revenue import Rates, Revenues, revenue
from tariffs.compare.measures.segments import SegmentTable
from tariffs.compare.measures.totals import Total
from tariffs.compare.measures.winners import Winners, winners
from tariffs.compare.priced import Accounts, Priced
from tariffs.compare.whatif import WhatIf
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import Rater
from tariffs.rating.values import Values
from tariffs.rating.views import ALL, View
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import RulebookError
from tariffs.rulebook.scenarios import Scenario
from tariffs.rulebook.values import Name

OWN = ""
"""The reference of a part in which every call is priced by the rules of its own day."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be compared with what.

    `as_of`: days or SCENARIO:PHASE; empty: each call's own day, and each phase of the scenarios. `cities`: where
    the tariff gap is measured; empty: the first region of cities. `take_ups`: shares of the eligible that take
    an add-on. `tax`: per cent; `rates`: settlement; `realised`, `elasticities`: by segment. `population`: lines that
    the file is a sample of. `seed`: of the intervals.
    """

    base: str
    scenarios: tuple[str, ...]
    as_of: tuple[str | dt.date, ...] = ()
    assume: Mapping[str, str] = field(default_factory=dict)
    assumptions: bool = True
    holders: Mapping[str, str] = field(default_factory=dict)
    cities: tuple[Name, ...] = ()
    tax: Decimal | None = None
    rates: Rates | None = None
    realised: SegmentTable | None = None
    elasticities: SegmentTable | None = None
    take_ups: tuple[Fraction, ...] = ()
    population: int | None = None
    seed: int = interval.SEED


@dataclass(frozen=True, eq=False)
class Otherwise:
    """The same calls with another value of an assumption on which sources differ."""

    parameter: Name
    value: str
    part: Part

    @property
    def total(self) -> Total:
        return self.part.total

    @property
    def winners(self) -> Mapping[int, Winners]:
        return self.part.winners

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return self.part.gaps


@dataclass(frozen=True, eq=False)
class Part:
    """All measures for one reference date, each worked out when it is first asked for. `cells`: those that are priced,
    at the values `assume` on top of those that hold. `day`: None where each call has its own. The base view is
    `priced.base`; the keys of mappings are positions of views.

    `demands` and `revenues` raise InputError where a table of segments lacks one of the calls, `winners` and `opt_ins`
    RulebookError where a fee has no value.
    """

    reference: str
    question: Question
    what_if: WhatIf
    rater: Rater
    cells: Cells
    priced: Priced
    assume: Mapping[Name, str]

    @property
    def day(self) -> dt.date | None:
        day = self.priced.views[self.priced.base].as_of
        return None if day is None else dt.date.fromordinal(day)

    @property
    def others(self) -> tuple[int, ...]:
        """The views that are compared with the base."""
        return tuple(view for view in range(len(self.priced.views)) if view != self.priced.base)

    @cached_property
    def total(self) -> Total:
        return totals.total(self.priced)

    @cached_property
    def otherwise(self) -> tuple[Otherwise, ...]:
        """The totals at the other values of assumptions that nobody has replaced. Raises as `WhatIf.price`."""
        used = {item.name: item for view in self.priced.assumed for item in view if item.origin == "assumed"}
        return tuple(
            self._at(name, value)
            for name, item in used.items() if item.assumption is not None for value in item.assumption.also
        )  # fmt: skip

    def _at(self, name: Name, value: str) -> Otherwise:
        return Otherwise(
            name, value, part_of(self.what_if, self.question, self.reference, {**self.assume, name: value})
        )

    @cached_property
    def groups(self) -> Mapping[str, tuple[Total, ...]]:
        return {by: totals.groups(self.priced, by) for by in totals.GROUPINGS if _is_known(self.priced, by)}

    @cached_property
    def winners(self) -> Mapping[int, Winners]:
        dues = {view: fees(self.cells, self.priced, self.rater, view) for view in range(len(self.priced.views))}
        found = {view: winners(self.priced, view, dues[view], dues[self.priced.base]) for view in self.others}
        return {view: item for view, item in found.items() if item is not None}

    @cached_property
    def intervals(self) -> Mapping[int, Range]:
        population, seed = self.question.population, self.question.seed
        found = {view: interval.interval(self.priced, view, population=population, seed=seed) for view in self.others}
        return {view: item for view, item in found.items() if item is not None}

    @cached_property
    def basket(self) -> BasketPrices | None:
        """None without a call: there is nothing to put into a basket."""
        return _basket(self.priced, self.rater, self.question)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Empty where the people of some city are not known."""
        if self.basket is None:
            return ()
        people = {city: self.rater.compiled.book.places[city].people for city in self.basket.cities}
        known = {city: number for city, number in people.items() if number is not None}
        if len(known) != len(people):
            return ()
        return tuple(gap.gap(view, self.basket, known, self.traffic) for view in range(len(self.priced.views)))

    @cached_property
    def premiums(self) -> tuple[Premium, ...]:
        if self.basket is None:
            return ()
        prices, circles = self.basket, circles_of(self.rater, self.basket.cities)
        return tuple(gap.premium(view, prices, self.traffic, circles) for view in range(len(self.priced.views)))

    @cached_property
    def nearer(self) -> tuple[Nearer, ...]:
        if self.basket is None:
            return ()
        views = range(len(self.priced.views))
        return tuple(item for view in views for item in gap.nearer(view, self.basket, united(self.rater, view)))

    @cached_property
    def traffic(self) -> Mapping[tuple[Name, Name], int]:
        """Weights of the calls of the basket's service between cities."""
        held = self.priced.held
        if "traffic" not in held:
            held["traffic"] = gap.traffic_between(self.priced, basket.SERVICE)
        found: Mapping[tuple[Name, Name], int] = held["traffic"]
        return found

    @cached_property
    def revenues(self) -> Revenues:
        asked = self.question
        return revenue(self.priced, tax=asked.tax, rates=asked.rates, realised=asked.realised)

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        table = self.question.elasticities
        return () if table is None else tuple(item for view in self.others for item in demand(self.priced, view, table))

    @cached_property
    def opt_ins(self) -> tuple[OptIn, ...]:
        return _opt_ins(self.cells, self.priced, self.rater, self.question)

    @cached_property
    def renumbered(self) -> tuple[Renumbered, ...]:
        return tuple(item for view in self.others for item in renumbered(self.priced, self.cells, self.rater, view))


@dataclass(frozen=True, eq=False)
class Comparison:
    """A question answered: a part for each reference, the calls' own days first."""

    question: Question
    book: Rulebook
    cells: Cells
    parts: tuple[Part, ...]


def compare(cells: Cells, book: Rulebook, question: Question) -> Comparison:
    """All measures of a question over some cells.

    Raises RulebookError for names that are not there and values that are missing, CannotAnswer where the calls must be
    read again, InputError where a table of segments lacks one, ValueError where the base is compared with itself.
    """
    if question.base in question.scenarios or not question.scenarios:
        raise ValueError("a scenario is compared with another one than itself")
    return Comparison(question, book, cells, tuple(_part(cells, book, question, r) for r in references(book, question)))


def references(book: Rulebook, question: Question) -> tuple[str | dt.date, ...]:
    """The reference dates of a question: those asked for, else each call's own (OWN) and every phase, in its order."""
    if question.as_of:
        return question.as_of
    values = Values.of(book, dict(question.assume), assumptions=question.assumptions)
    phases: dict[dt.date, str] = {}
    for name in (part for scenario in question.scenarios for part in scenario.split("+")):
        for phase, (day, changes) in phases_of(book, name, values).items():
            if changes:
                phases.setdefault(day, f"{name}:{phase}")
    return (OWN, *(phases[day] for day in sorted(phases)))


def phases_of(book: Rulebook, scenario: str, values: Values) -> dict[str, tuple[dt.date, bool]]:
    """The first day of each phase of a scenario that has one, and whether prices change with it."""
    found: dict[str, tuple[dt.date, bool]] = {}
    if scenario not in book.scenarios:
        return found
    for _, member in lineage(book, scenario):
        for name, phase in member.phases.items():
            day = values.date(phase.from_, phase.at)
            if day is not None:
                found[name] = day, _has_changes(member, name)
    return found


def _has_changes(scenario: Scenario, phase: str) -> bool:
    return any(change.phase == phase for change in scenario.changes)


def _part(cells: Cells, book: Rulebook, question: Question, reference: str | dt.date) -> Part:
    what_if = WhatIf(
        cells, book, (question.base, *question.scenarios), question.base, dict(question.assume),
        (reference,) if reference != OWN else (), dict(question.holders), both=True, assumptions=question.assumptions,
    )  # fmt: skip
    made = part_of(what_if, question, reference, {})
    # What cannot be answered is said now, not halfway through a report.
    _ = made.demands, made.revenues, made.winners, made.otherwise
    return made


def part_of(what_if: WhatIf, question: Question, reference: str | dt.date, assume: Mapping[Name, str]) -> Part:
    """The measures of cells at some values on top of those that hold. Raises as `WhatIf.price`."""
    priced = what_if.price(assume=assume)
    return Part(str(reference), question, what_if, what_if.rater(assume), what_if.rated, priced, assume)


def _is_known(priced: Priced, by: str) -> bool:
    """Whether calls can be grouped so, and would not all be in one group that the records do not name."""
    if by == totals.HOUR:
        return priced.hours is not None
    if by == totals.CITY_PAIR:
        return bool(len(priced))
    return bool((priced.dims[by].codes >= 0).any())


# ---- fees and add-ons


def fees(cells: Cells, priced: Priced, rater: Rater, view: int) -> Any:
    """What each account pays in recurring fees under a view in micro-yuan; None without accounts or without fees.

    `cells`: those that `priced` prices.
    Where a view says that everybody holds an add-on, that is every line that may; where the account list says who holds
    it, those; an add-on whose fee is not known costs nothing here, which `unknown_fees` tells.
    """
    accounts = priced.accounts
    if accounts is None or not accounts.listed:
        return None
    total: Any = None
    for name, option in options_on_offer(rater.compiled.book, priced.views[view].scenario).items():
        if option.fee is None:
            continue
        fee = int(rater.compiled.values.price(option.fee, option.at) * 1_000_000)
        if rater.compiled.values.problems:
            raise RulebookError(rater.compiled.values.problems)
        held = _held(cells, accounts, rater, priced.views[view], name, option)
        if held is not None:
            total = held * fee if total is None else total + held * fee
    return total


def _held(cells: Cells, accounts: Accounts, rater: Rater, view: View, name: Name, option: Any) -> Any:
    """Months times lines for which each account holds an add-on under a view; None where nobody does."""
    holding = dict(view.holding).get(name)
    if holding == ALL:
        return eligible_accounts(cells, accounts, rater, view.scenario, option) * accounts.months * accounts.lines
    return accounts.holds.get(name) if holding is None else None


def unknown_fees(book: Rulebook, scenario: str) -> tuple[Name, ...]:
    """The add-ons of a scenario whose fee no source gives."""
    return tuple(name for name, option in options_on_offer(book, scenario).items() if option.fee is None)


def _opt_ins(cells: Cells, priced: Priced, rater: Rater, question: Question) -> tuple[OptIn, ...]:
    accounts = priced.accounts
    found: list[OptIn] = []
    if accounts is None or not accounts.listed:
        return ()
    for number, view in enumerate(priced.views):
        taken = [name for name, held in view.holding if held == ALL]
        offer = options_on_offer(rater.compiled.book, view.scenario)
        if not any(name in offer for name in taken):
            continue
        may = np.zeros(len(accounts), np.bool_)
        for name in taken:
            if name in offer:
                may |= eligible_accounts(cells, accounts, rater, view.scenario, offer[name])
        dues = fees(cells, priced, rater, number)
        due = np.zeros(len(accounts), np.int64) if dues is None else dues
        held = fees(cells, priced, rater, priced.base)
        found += opt_in.opt_in(priced, number, due, may, (*question.take_ups, Fraction(1)), held) or ()
    return tuple(found)


# ---- cities


def cities_of(book: Rulebook, question: Question) -> tuple[Name, ...]:
    """The cities between which the gap is measured. Empty where the rulebook names no region of cities."""
    if question.cities:
        return question.cities
    for region in book.regions.values():
        if len(region.members) > 1 and all(m in book.places and book.places[m].level == "city" for m in region.members):
            return tuple(region.members)
    return ()


def _basket(priced: Priced, rater: Rater, question: Question) -> BasketPrices | None:
    if not len(priced):
        return None
    cities = cities_of(rater.compiled.book, question)
    if "basket" not in priced.held:
        priced.held["basket"] = basket.basket_of(priced, rater)
    goods = priced.held["basket"]
    return basket.basket_prices(rater, goods, cities) if cities and len(goods) else None


def united(rater: Rater, view: int) -> frozenset[Name]:
    """The places that a view's scenario makes one zone, as of its day; without a day those that it ever does."""
    compiled, item = rater.compiled, rater.views[view]
    rules = next(rules for rules in compiled.scenarios if rules.name == item.scenario)
    held = [u for u in rules.unions if u.zone and (item.as_of is None or u.since <= item.as_of < u.until)]
    names, find = compiled.geography.names, compiled.geography.find
    return frozenset(names[place] for u in held for place in find(u.places, rules, u.since, compiled.values))


def circles_of(rater: Rater, cities: Sequence[Name]) -> dict[Name, tuple[Name, ...]]:
    """The circles that any scenario of a rater has, with those of their members that are among some cities."""
    book = rater.compiled.book
    found = dict(book.circles)
    for item in rater.views:
        for name in item.scenario.split("+"):
            for _, member in lineage(book, name):
                found |= member.circles
    members = {name: circle.members or circle.versions[-1].members for name, circle in found.items()}
    return {name: tuple(city for city in cities if city in inside) for name, inside in members.items()}
