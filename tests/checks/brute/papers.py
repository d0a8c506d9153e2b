"""What the rule files say of themselves: units, sources, marks, assumptions, days on which rules became known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from fractions import Fraction

from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.values import Provenance
from tests.checks.brute.prices import SECOND, is_timed
from tests.checks.brute.tiny_world import Claim, TinyWorld, View, changes_of
from tests.oracle.charges import unit_length

Told = tuple[tuple[str, ...], str]
"""What a finding is about, and its severity."""


def tariffs_paid(world: TinyWorld) -> Iterator[tuple[View, str, Tariff]]:
    """Each tariff that some call pays, once."""
    seen = set()
    for view in world.views:
        for pays in world.bundles[view.name]:
            for name in pays:
                if (name, id(view.tariffs[name])) not in seen:
                    seen.add((name, id(view.tariffs[name])))
                    yield view, name, view.tariffs[name]


def units(world: TinyWorld, mapping: int | None, rounded: Collection[str]) -> set[Told]:
    """`rounded`: the tariffs of which rounding changes what some call costs."""
    found: set[Told] = {(("mapping",), "note")} if mapping is None else set()
    for view, name, tariff in tariffs_paid(world):
        charge = tariff.charge
        begins = 0
        for step in charge.all_steps:
            if step.for_ is not None:
                begins += step.for_.amount
                lasts = begins if charge.steps_apply == "whole-call" else step.for_.amount
                if lasts % unit_length(step):
                    found.add(((name, "step"), "warning"))
        if any(price % Fraction(world.book.rulebook.minor_unit) for price in _sums(view, tariff)):
            found.add(((name, "price"), "note"))
        if charge.rounding is not None and charge.rounding.mode in ("up", "down") and name in rounded:
            found.add(((name, "rounding"), "warning"))
        resolution = SECOND if charge.billed.resolution is None else charge.billed.resolution.amount
        if mapping is not None and is_timed(tariff) and resolution < mapping:
            found.add(((name, "resolution"), "warning"))
    return found


def _sums(view: View, tariff: Tariff) -> Iterator[Fraction]:
    """What a unit, a connection, the least and the most cost."""
    charge = tariff.charge
    for step in charge.all_steps:
        quoted_for = step.per or step.for_
        assert quoted_for is not None
        for price in step.price.values() if isinstance(step.price, dict) else [step.price]:
            yield view.world.price(price) * unit_length(step) / quoted_for.amount
    for extra in (charge.connection, charge.minimum, charge.maximum):
        if extra is not None:
            yield view.world.price(extra)


def provenance(world: TinyWorld, today: dt.date | None) -> set[Told]:
    """Prices, fees, rules and dates without source, inferences without reasoning, assumed values in use, and sources
    that nobody looked at for over a year.
    """
    book = world.book
    found: set[Told] = set()
    used: list[Provenance] = []
    for name, price in _prices(world):
        used.append(price)
        found |= _reasoned(name, price)
        if not price.source:
            found.add(((name, "source"), "warning" if price.mark == "published" else "note"))
    for name, item in _facts(world):
        used.append(item)
        found |= _reasoned(name, item)
        if item.mark == "published" and not item.source:
            found.add(((name, "fact"), "warning"))
    for _, _, tariff in tariffs_paid(world):
        if isinstance(tariff.charge.price, str) and tariff.charge.price in book.parameters:
            found.add(((tariff.charge.price, "assumption"), "warning"))
    # A rule that a change has made into another is still cited for what it says.
    used += [book.rules[c.rule] for claims in _claims(world).values() for c in claims if c.rule is not None]
    for name in {name for item in used for name in item.source}:
        looked = [book.sources[name].checked, *(item.checked for item in used if name in item.source)]
        days = [day for day in looked if day is not None]
        if today is not None and (not days or today - max(days) > dt.timedelta(days=365)):
            found.add(((name, "checked"), "warning"))
    return found


def _prices(world: TinyWorld) -> Iterator[tuple[str, Provenance]]:
    """Tariffs that calls pay, and fees."""
    yield from ((name, tariff) for _, name, tariff in tariffs_paid(world))
    for subscriptions in (world.book.options, world.book.plans):
        yield from ((name, item) for name, item in subscriptions.items() if item.fee is not None)


def _facts(world: TinyWorld) -> Iterator[tuple[str, Provenance]]:
    """Rules and changes that stand for calls, and the phases of scenarios."""
    for number, claims in _claims(world).items():
        view = world.views[number]
        yield from world.book.scenarios[view.name].phases.items()
        for claim in claims:
            if claim.change is not None:
                change = changes_of(view.world)[claim.change][1]
                yield f"plan:{change.phase}" if change.phase else "plan", change
            elif claim.rule is not None:
                yield claim.rule, world.book.rules[claim.rule]


def _reasoned(name: str, item: Provenance) -> set[Told]:
    return {((name, "inference"), "warning")} if item.mark == "inference" and not item.note else set()


def _claims(world: TinyWorld) -> dict[int, set[Claim]]:
    """The claims that stand for some call, by the number of the view."""
    found: dict[int, set[Claim]] = {number: set() for number in range(len(world.views))}
    for view, _, _, standing in world.each:
        found[world.views.index(view)].update(standing)
    return found


def known_late(world: TinyWorld) -> set[tuple[str, int]]:
    """(name, days) of what became known only after it applied."""
    book = world.book
    dated = [(name, rule.from_, rule.known) for name, rule in book.rules.items()]
    dated += [("covers", cover.from_, cover.known) for cover in book.covers]
    for view in world.views:
        scenario = book.scenarios[view.name]
        dated += [(f"{view.name}:{name}", phase.from_, phase.known) for name, phase in scenario.phases.items()]
    return {
        (name, (known - first).days)
        for name, first, known in dated
        if isinstance(first, dt.date) and known is not None and known > first
    }
