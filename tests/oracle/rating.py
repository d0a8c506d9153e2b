"""A whole call: its numbers, places, tariffs and charge; or why it has none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from tariffs.rating.call import Call
from tests.oracle.charges import Component, charge_component, measure
from tests.oracle.decisions import Facts, outcomes
from tests.oracle.numbers import Unknown, read_number
from tests.oracle.periods import CalendarEndedError
from tests.oracle.relations import holder, relation
from tests.oracle.world import World

EARLIEST, LATEST = dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)


@dataclass(frozen=True)
class Priced:
    """`amount` in yuan; `components`: None for one that is not chargeable."""

    amount: Fraction
    tariffs: tuple[str, ...]
    components: tuple[Component | None, ...]
    relation: str

    @property
    def units(self) -> int:
        return sum(component.units for component in self.components if component is not None)


@dataclass(frozen=True)
class Uncharged:
    """Not chargeable."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """Suspended. `codes`: every reason there is; the engine names one of them."""

    codes: frozenset[str]


Verdict = Priced | Uncharged | Refused


def rate(world: World, call: Call, *, as_of: dt.date | None = None) -> Verdict:
    """What the call costs under the world's scenario, by the rules in force on its own date or on `as_of`."""
    start = call.start.astimezone(ZoneInfo(world.book.rulebook.timezone)).replace(tzinfo=None)
    if not call.answered:
        return Uncharged("unanswered")
    wrong = set[str]()
    spans = [Fraction(span) * 1_000_000 for span in (call.seconds, call.seizure) if span is not None]
    if not EARLIEST <= start < LATEST or any(span < 0 for span in spans):
        wrong.add("impossible-time")
    if any(span > world.book.rulebook.longest_call.amount for span in spans):
        wrong.add("over-limit")
    facts = read_facts(world, call, start.date(), as_of or start.date())
    if isinstance(facts, Unknown):
        wrong.add(facts.code)
        return Refused(frozenset(wrong))
    paid = outcomes(world, facts)
    if len(paid) != 1:
        wrong.add("two-rules" if paid else "no-rule")
    if wrong:
        return Refused(frozenset(wrong))
    return price(world, call, start, next(iter(paid)), relation(world, facts.origin, facts.destination, facts.date))


def price(world: World, call: Call, start: dt.datetime, tariffs: tuple[str, ...], related: str) -> Verdict:
    components = []
    for name in tariffs:
        tariff = world.tariffs[name]
        used = usage(world, call, name)
        if used is None:
            return Refused(frozenset({"missing-usage"}))
        try:
            components.append(charge_component(world, tariff, start, used))
        except CalendarEndedError:
            return Refused(frozenset({"calendar-ended"}))
    if all(component is None for component in components):
        return Uncharged("zero-duration")
    amount = sum((c.amount for c in components if c is not None), Fraction(0))
    return Priced(amount, tariffs, tuple(components), related)


def usage(world: World, call: Call, name: str) -> Fraction | None:
    """What the tariff counts: microseconds of conversation or seizure, messages, bytes; None: the record is silent."""
    tariff = world.tariffs[name]
    if measure(tariff) != "time":
        return None if call.quantity is None else Fraction(call.quantity)
    if tariff.charge.billed.duration == "seizure":
        return None if call.seizure is None else Fraction(call.seizure) * 1_000_000
    return None if call.seconds is None else Fraction(call.seconds) * 1_000_000


def read_facts(world: World, call: Call, day: dt.date, date: dt.date) -> Facts | Unknown:
    """Numbers are read on the call's own `day`; rules, circles and relations are those of `date`."""
    caller = read_number(world, call.caller, day, call.home_area)
    if isinstance(caller, Unknown):
        return caller
    originated = call.direction == "originated"
    origin = (call.served_place if originated and caller.kind == "mobile" else None) or caller.place
    assert origin is not None, "a caller is a subscriber"
    called = read_number(world, call.called, day, caller.area or area_of(world, origin, day))
    if isinstance(called, Unknown):
        return called
    served = caller if originated else called
    destination = called.place or origin
    home = served.place or origin
    present = home if served.kind == "fixed" else call.served_place or home
    operator = call.operator or served.operator
    if operator is None and served.kind == "fixed":
        operator = world.book.rulebook.defaults.fixed_operator
    return Facts(
        date=date,
        line=served.kind,
        called=called.kind,
        origin=origin,
        destination=destination,
        home=home,
        present=present,
        usage=call.service,
        direction=call.direction,
        access=called.access,
        operator=operator,
        called_operator=call.called_operator or called.operator,
        group=call.group,
        plan=call.plan,
        options=call.options,
    )


def area_of(world: World, place: str, day: dt.date) -> str | None:
    """The area code of the city in which a mobile caller is."""
    city = holder(world, place, "city")
    for area in world.book.numbering.areas:
        if area.place == city and world.in_force(area.from_, area.until, day):
            return area.code
    return None
