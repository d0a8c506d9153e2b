"""Gaps, conflicts, dead things and dates: every call is asked which rules stand for it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from tariffs.rulebook.scenarios import Change
from tests.checks.brute.calls import Call, subscribers
from tests.checks.brute.prices import MESSAGES, is_timed, reaches
from tests.checks.brute.tiny_world import Pays, TinyWorld, View


def gaps(world: TinyWorld) -> set[tuple[str, str, str, str, str, dt.date]]:
    """(scenario, line, called, relation, relation of roaming, first day of a span) of promised calls without a rule."""
    return {
        (view.name, call.use.line, call.use.called, *_nearness(view, call, day), day)
        for view, day, call, standing in world.each
        if not standing and view.promised(call, day)
    }


def _nearness(view: View, call: Call, day: dt.date) -> tuple[str, str]:
    way = call.way
    return view.relation(way.origin, way.destination, day), view.relation(way.home, way.present, day)


def conflicts(world: TinyWorld) -> set[tuple[str, tuple[Pays, ...], dt.date]]:
    """(scenario, what two standing claims on one call pay, first day of a span); equal prices are a duplicate."""
    found = set()
    for view, day, _, standing in world.each:
        for one, two in combinations(standing, 2):
            found.add((view.name, tuple(sorted((one.pays, two.pays))), day))
    return found


def days_without_tariff(world: TinyWorld) -> set[tuple[str, dt.date]]:
    """(scenario, first day of a span) on which a promised call has no tariff that has one on another promised day."""
    found: set[tuple[str, dt.date]] = set()
    for view in world.views:
        covered: dict[Call, list[tuple[dt.date, bool]]] = {}
        for (day, _), calls in world.calls.items():
            for call in calls:
                if view.promised(call, day):
                    covered.setdefault(call, []).append((day, bool(view.standing(call, day))))
        for days in covered.values():
            if any(priced for _, priced in days):
                found |= {(view.name, day) for day, priced in days if not priced}
    return found


def useless_changes(world: TinyWorld) -> set[int]:
    """The changes (by their line) by which no call pays something else, neither against the changes before them nor in
    the whole scenario.
    """
    found = set()
    for view in world.views:
        changes = world.book.scenarios[view.name].changes
        for number, change in enumerate(changes):
            before, behind = changes[:number], changes[number + 1 :]
            if all(
                _alike(world, view.name, *both)
                for both in ((before, (*before, change)), ((*before, *behind), changes))
            ):
                found.add(change.at.line)
    return found


def _alike(world: TinyWorld, scenario: str, one: Sequence[Change], two: Sequence[Change]) -> bool:
    """Whether every call pays under one list of changes of a scenario what it pays under another."""
    written = world.book.scenarios[scenario]
    lists = {"one": one, "two": two}
    book = world.book.model_copy(
        update={"scenarios": {name: written.model_copy(update={"changes": changes}) for name, changes in lists.items()}}
    )
    views = TinyWorld(book, list(lists), world.sections).views
    return all(
        len({frozenset(claim.pays for claim in view.standing(call, span[0])) for view in views}) == 1
        for span, calls in world.calls.items()
        for call in calls
    )


def dead_rules(world: TinyWorld) -> set[str]:
    """Rules of the rulebook that stand for no call, neither as written nor as a change has made them."""
    alive = {claim.rule for _, _, _, standing in world.each for claim in standing}
    return set(world.book.rules) - alive


def dead_steps(world: TinyWorld) -> Counter[str]:
    """How many steps of each tariff that calls pay no call is long enough for."""
    found: Counter[str] = Counter()
    paid = {(name, id(view.tariffs[name])): view.tariffs[name] for view in world.views
            for pays in world.bundles[view.name] for name in pays}  # fmt: skip
    for (name, _), tariff in paid.items():
        longest = world.book.rulebook.longest_call.amount // 1_000_000 if is_timed(tariff) else MESSAGES
        found[name] += reaches(tariff, longest).count(False)
    return +found


def dead_prefixes(world: TinyWorld) -> set[str]:
    """Entries of the plan that no number reaches on any day, by the digits that begin their numbers."""
    plan = world.book.numbering
    reached = {name for first, _ in world.spans for name in subscribers(world.book, first).entries}
    entries = {f"areas-{n}": area.code for n, area in enumerate(plan.areas)}
    entries |= {f"exchanges-{n}": exchange.area + exchange.prefix for n, exchange in enumerate(plan.exchanges)}
    entries |= {f"mobile-{n}": mobile.prefix for n, mobile in enumerate(plan.mobile)}
    entries |= {special.service: special.prefix for special in plan.special}
    entries |= {access.code: access.code for access in plan.access}
    return {digits for name, digits in entries.items() if name not in reached}


def dead_options(world: TinyWorld) -> set[str]:
    """Add-ons that change the price of no call."""
    alive: set[str] = set()
    for view, day, call, _ in world.each:
        for option in call.use.options - alive:
            without = call._replace(use=call.use._replace(options=call.use.options - {option}))
            if view.pays(call, day) != view.pays(without, day):
                alive.add(option)
    return set(world.book.options) - alive
