"""The one entry point of a comparison: cells and a question in, every measure out, for the command line, a program or
the page alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
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
    total: Total
    winners: Mapping[int, Winners]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """All measures for one reference date. `day`: None where each call has its own. The base view is `priced.base`; the
    keys of mappings are positions of views."""

    reference: str
    day: dt.date | None
    what_if: WhatIf
    rater: Rater
    priced: Priced
    total: Total
    groups: Mapping[str, tuple[Total, ...]]
    winners: Mapping[int, Winners]
    intervals: Mapping[int, Range]
    basket: BasketPrices | None
    gaps: tuple[Gap, ...]
    premiums: tuple[Premium, ...]
    nearer: tuple[Nearer, ...]
    revenues: Revenues
    demands: tuple[Demand, ...]
    opt_ins: tuple[OptIn, ...]
    renumbered: tuple[Renumbered, ...]
    otherwise: tuple[Otherwise, ...] = ()

    @property
    def others(self) -> tuple[int, ...]:
        """The views that are compared with the base."""
        return tuple(view for view in range(len(self.priced.views)) if view != self.priced.base)


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
    priced, rater = what_if.price(), what_if.rater()
    made = measured(what_if, priced, rater, question, reference)
    return replace(made, otherwise=tuple(_otherwise(what_if, made, question)))


def _otherwise(what_if: WhatIf, part: Part, question: Question) -> Iterator[Otherwise]:
    """The totals at the other values of assumptions that nobody has replaced."""
    used = {item.name: item for view in part.priced.assumed for item in view if item.origin == "assumed"}
    for name, item in used.items():
        for value in item.assumption.also if item.assumption is not None else ():
            priced = what_if.price(assume={name: value})
            rater = what_if.rater({name: value})
            dues = [fees(what_if.rated, priced, rater, view) for view in range(len(priced.views))]
            found = {view: winners(priced, view, dues[view], dues[priced.base]) for view in part.others}
            known = {view: item for view, item in found.items() if item is not None}
            gaps = _gaps(priced, what_if.book, rater, _basket(priced, rater, question))["gaps"]
            yield Otherwise(name, value, totals.total(priced), known, gaps)


def measured(what_if: WhatIf, priced: Priced, rater: Rater, question: Question, reference: str | dt.date) -> Part:
    """The measures of the cells that `what_if` has just priced."""
    book = rater.compiled.book
    others = [view for view in range(len(priced.views)) if view != priced.base]
    cells = what_if.rated
    dues = {view: fees(cells, priced, rater, view) for view in range(len(priced.views))}
    found = {view: winners(priced, view, dues[view], dues[priced.base]) for view in others}
    intervals = {
        view: interval.interval(priced, view, population=question.population, seed=question.seed) for view in others
    }
    prices = _basket(priced, rater, question)
    day = priced.views[priced.base].as_of
    return Part(
        reference=str(reference),
        day=None if day is None else dt.date.fromordinal(day),
        what_if=what_if,
        rater=rater,
        priced=priced,
        total=totals.total(priced),
        groups={by: totals.groups(priced, by) for by in totals.GROUPINGS if _is_known(priced, by)},
        winners={view: item for view, item in found.items() if item is not None},
        intervals={view: item for view, item in intervals.items() if item is not None},
        basket=prices,
        **_gaps(priced, book, rater, prices),
        revenues=revenue(priced, tax=question.tax, rates=question.rates, realised=question.realised),
        demands=tuple(
            item for view in others if question.elasticities is not None
            for item in demand(priced, view, question.elasticities)
        ),
        opt_ins=_opt_ins(cells, priced, rater, question),
        renumbered=tuple(item for view in others for item in renumbered(priced, cells, rater, view)),
    )  # fmt: skip


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
        found += opt_in.opt_in(priced, number, due, may, (*question.take_ups, Fraction(1))) or ()
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
    goods = basket.basket_of(priced, rater)
    return basket.basket_prices(rater, goods, cities) if cities and len(goods) else None


def _gaps(priced: Priced, book: Rulebook, rater: Rater, prices: BasketPrices | None) -> dict[str, Any]:
    """Gaps, premiums and where nearer is dearer, of every view."""
    if prices is None:
        return {"gaps": (), "premiums": (), "nearer": ()}
    traffic = gap.traffic_between(priced, basket.SERVICE)
    people = {city: book.places[city].people for city in prices.cities}
    known = {city: number for city, number in people.items() if number is not None}
    views = range(len(priced.views))
    return {
        "gaps": tuple(gap.gap(v, prices, known, traffic) for v in views) if len(known) == len(people) else (),
        "premiums": tuple(gap.premium(v, prices, traffic, circles_of(rater, v, prices.cities)) for v in views),
        "nearer": tuple(item for v in views for item in gap.nearer(v, prices, united(rater, v))),
    }


def united(rater: Rater, view: int) -> frozenset[Name]:
    """The places that a view's scenario makes one zone, as of its day; without a day those that it ever does."""
    compiled, item = rater.compiled, rater.views[view]
    rules = next(rules for rules in compiled.scenarios if rules.name == item.scenario)
    held = [u for u in rules.unions if u.zone and (item.as_of is None or u.since <= item.as_of < u.until)]
    names, find = compiled.geography.names, compiled.geography.find
    return frozenset(names[place] for u in held for place in find(u.places, rules, u.since, compiled.values))


def circles_of(rater: Rater, view: int, cities: Sequence[Name]) -> dict[Name, tuple[Name, ...]]:
    """The circles that any scenario of a rater has, with those of their members that are among some cities."""
    book = rater.compiled.book
    found = dict(book.circles)
    for item in rater.views:
        for name in item.scenario.split("+"):
            for _, member in lineage(book, name):
                found |= member.circles
    members = {name: circle.members or circle.versions[-1].members for name, circle in found.items()}
    return {name: tuple(city for city in cities if city in inside) for name, inside in members.items()}
