"""What must hold between the parts of a rulebook: names mean one thing, dates are in order, values can be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from tariffs.rulebook.book import Sections
from tariffs.rulebook.charges import Subscription
from tariffs.rulebook.decisions import When
from tariffs.rulebook.names import CROSSINGS, lineage
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.scenarios import Assumption, Parameter, Scenario
from tariffs.rulebook.values import HALF_OPEN, Item
from tariffs.rulebook.wording import did_you_mean, listed

LONGEST_CALL = 366 * 86_400 * 1_000_000
"""Microseconds of a leap year: calendars and rate periods reach so far beyond the last day of calls."""


def check_header(book: Sections, notes: Notes) -> None:
    """The time zone exists, the longest call is a time, the minor unit is more than nothing."""
    header = book.rulebook
    if header is None:
        return
    if header.timezone and not _is_zone(header.timezone):
        hint = did_you_mean(header.timezone, available_timezones()) or "for example Asia/Shanghai"
        notes.add("bad-value", notes.at(header, "timezone"), f"`{header.timezone}` is no time zone", hint)
    if header.longest_call is not None and header.longest_call.measure != "time":
        notes.add("bad-value", notes.at(header, "longest-call"), "the longest call is a time", "for example 24 h")
    elif header.longest_call is not None and header.longest_call.amount > LONGEST_CALL:
        message = f"the longest call is {header.longest_call}, more than 366 days"
        notes.add("bad-value", notes.at(header, "longest-call"), message, "for example 24 h")
    if header.minor_unit is not None and header.minor_unit <= 0:
        notes.add("bad-value", notes.at(header, "minor-unit"), "the minor unit must be more than 0", "a fen is 0.01")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such key, a folder, or no key at all
        return False
    return True


def check_names(book: Sections, notes: Notes) -> None:
    """A name means one thing: a parameter is no tariff or zoning, and places, circles and regions differ in name."""
    crossings = dict.fromkeys(CROSSINGS)
    _apart(notes, book.parameters, "parameter", [("tariff", book.tariffs), ("zoning", book.zonings)])
    _apart(notes, book.parameters, "parameter", [("crossing", crossings)])
    _apart(notes, book.circles, "circle", [("place", book.places)])
    _apart(notes, book.regions, "region", [("place", book.places), ("circle", book.circles)])
    for name, scenario in book.scenarios.items():
        bases = [book.scenarios[link] for link in lineage(book, name)[:-1]]
        _check_local(book, scenario, bases, notes)
    if book.numbering is not None:
        for service in book.numbering.special:
            if service.service in ("fixed", "mobile"):
                message = f"`{service.service}` is the kind of a line and cannot be a special service"
                notes.add("duplicate-name", notes.at(service, "service"), message, "give the service another name")
    if "none" in book.plans:
        notes.add("duplicate-name", book.plans["none"].at, "`none` means no plan", "give the plan another name")


def _check_local(book: Sections, scenario: Scenario, bases: list[Scenario], notes: Notes) -> None:
    """A scenario may replace a circle or region; whatever else it defines has a new name."""

    def visible(section: str) -> dict[str, Any]:
        everything = dict(getattr(book, section))
        for base in bases:
            everything |= getattr(base, section)
        return everything

    for section, kind in (("tariffs", "tariff"), ("options", "option"), ("rules", "rule"), ("parameters", "parameter")):
        _apart(notes, getattr(scenario, section), kind, [(kind, visible(section))])
    tariffs = [("tariff", {**visible("tariffs"), **scenario.tariffs}), ("zoning", book.zonings)]
    _apart(notes, scenario.parameters, "parameter", [*tariffs, ("crossing", dict.fromkeys(CROSSINGS))])
    _apart(notes, scenario.tariffs, "tariff", [("parameter", visible("parameters"))])
    circles, regions = visible("circles"), visible("regions")
    _apart(notes, scenario.circles, "circle", [("place", book.places), ("region", regions)])
    _apart(notes, scenario.regions, "region", [("place", book.places), ("circle", {**circles, **scenario.circles})])


def _apart(notes: Notes, items: Mapping[str, Item], kind: str, others: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    for other, names in others:
        for name in items.keys() & names.keys():
            if items[name] is names[name]:
                continue
            also = (names[name].at,) if isinstance(names[name], Item) else ()
            message = (
                f"`{name}` is the name of a {kind} and of a {other}" if kind != other else f"`{name}` names two {kind}s"
            )
            notes.add("duplicate-name", items[name].at, message, "rename one of them", also)


def check_dates(book: Sections, notes: Notes) -> None:
    """Intervals that no other check sees end after they start: of options, plans and changes."""
    subscriptions: list[Subscription] = [*book.options.values(), *book.plans.values()]
    for scenario in book.scenarios.values():
        subscriptions += scenario.options.values()
        for change in scenario.changes:
            phase = scenario.phases.get(change.phase) if change.phase else None
            start = phase.from_ if phase is not None else change.from_
            _ordered(notes, change, start, change.until)
    for item in subscriptions:
        _ordered(notes, item, item.from_, item.until)


def _ordered(notes: Notes, item: Item, start: Any, until: Any) -> None:
    if isinstance(start, dt.date) and isinstance(until, dt.date) and until <= start:
        notes.add("bad-interval", notes.at(item, "until"), f"until {until} is not after the start, {start}", HALF_OPEN)


def check_assumptions(book: Sections, notes: Notes) -> None:
    """An assumption is about a parameter, and its value is one that the parameter can have."""
    parameters = dict(book.parameters)
    for scenario in book.scenarios.values():
        parameters |= scenario.parameters
    for name, assumption in book.assumptions.items():
        if name not in parameters:
            message = f"`{name}` is not one of the parameters"
            notes.unknown(assumption.at, name, parameters, "parameters", message)
        elif parameters[name].kind in ("price", "date", "choice"):
            for key, value in [("value", assumption.value), *(("also", value) for value in assumption.also)]:
                _check_value(name, parameters[name], assumption, key, value, notes)


def _check_value(name: str, parameter: Parameter, assumption: Assumption, key: str, value: str, notes: Notes) -> None:
    if not value:
        return
    try:
        parameter.read(value)
    except ValueError as error:
        message = f"`{name}` cannot have this value: {error}"
        notes.add("bad-value", notes.at(assumption, key), message, "correct it", (parameter.at,))


def check_conditions(book: Sections, notes: Notes) -> None:
    """`between` names two ends; a list that is written names something."""
    for rule in [*book.rules.values(), *(r for s in book.scenarios.values() for r in s.rules.values())]:
        _check_when(rule.when, notes)
        if not rule.pay and "pay" in rule.model_fields_set:
            hint = "a call that costs nothing pays a tariff with price 0"
            notes.add("bad-value", notes.at(rule, "pay"), "`pay` names no tariff", hint)
    for cover in book.covers:
        _check_when(cover.when, notes)
    for option in [*book.options.values(), *(o for s in book.scenarios.values() for o in s.options.values())]:
        _check_when(option.eligible, notes)
    for plan in book.plans.values():
        _check_when(plan.eligible, notes)
    for scenario in book.scenarios.values():
        for change in scenario.changes:
            _check_when(change.when, notes)


def _check_when(when: When | None, notes: Notes) -> None:
    if when is None:
        return
    if len(when.between) == 1:
        notes.add(
            "bad-value", notes.at(when, "between"), "`between` names one end", "name both: [A, B]; or use `within`"
        )
    for name in when.model_fields_set:
        if getattr(when, name) == ():
            key = type(when).model_fields[name].alias or name
            hint = "leave the key out to admit all calls, or name some"
            notes.add("bad-value", notes.key_at(when, key), f"`{key}` is an empty list", hint)


def check_scenarios(book: Sections, notes: Notes) -> None:
    """Bases do not go in a circle."""
    told: set[str] = set()
    for name, scenario in book.scenarios.items():
        circle: list[str] = [name]
        current = scenario.base
        while current is not None and current in book.scenarios and current not in circle:
            circle.append(current)
            current = book.scenarios[current].base
        if current == name and name not in told:
            told.update(circle)
            also = tuple(notes.at(book.scenarios[link], "base") for link in circle[1:])
            by_way_of = f" by way of {listed(circle[1:])}" if circle[1:] else ""
            notes.add(
                "circular",
                notes.at(scenario, "base"),
                f"`{name}` rests on itself{by_way_of}",
                "correct one `base`",
                also,
            )
