"""What a rulebook says under one scenario: the scenario's own circles, tariffs and options joined to the rulebook's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Crossing, Tariff
from tariffs.rulebook.decisions import Option, Rule
from tariffs.rulebook.places import Circle, Region, Zoning
from tariffs.rulebook.scenarios import Change, Parameter, Scenario


@dataclass(frozen=True)
class World:
    """A rulebook under a scenario (`a+b`: a stack; empty: the rulebook as it stands), its parameters given values.

    `known`: what was worked out of it before.
    """

    book: Rulebook
    scenario: str = ""
    assume: Mapping[str, str] = field(default_factory=dict)
    known: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> list[list[Scenario]]:
        """For each scenario of the stack: its bases, the first of them first, then itself."""
        lines = []
        for name in filter(None, self.scenario.split("+")):
            line: list[Scenario] = []
            at: str | None = name
            while at is not None and at in self.book.scenarios:
                line.insert(0, self.book.scenarios[at])
                at = self.book.scenarios[at].base
            lines.append(line)
        return lines

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """Every scenario in the stack, bases included, each once."""
        found: list[Scenario] = []
        for line in self.lines:
            found += [scenario for scenario in line if scenario not in found]
        return found

    @cached_property
    def changes(self) -> list[list[tuple[Scenario, Change]]]:
        """For each scenario of the stack its changes in order, its base's changes first."""
        return [[(s, change) for s in line for change in s.changes] for line in self.lines]

    @cached_property
    def circles(self) -> dict[str, Circle]:
        joined = dict(self.book.circles)
        for scenario in self.scenarios:
            joined.update(scenario.circles)
        return joined

    @cached_property
    def regions(self) -> dict[str, Region]:
        joined = dict(self.book.regions)
        for scenario in self.scenarios:
            joined.update(scenario.regions)
        return joined

    @cached_property
    def tariffs(self) -> dict[str, Tariff]:
        joined = dict(self.book.tariffs)
        for scenario in self.scenarios:
            joined.update(scenario.tariffs)
        return joined

    @cached_property
    def options(self) -> dict[str, Option]:
        joined = dict(self.book.options)
        for scenario in self.scenarios:
            joined.update(scenario.options)
        return joined

    @cached_property
    def rules(self) -> dict[str, Rule]:
        joined = dict(self.book.rules)
        for scenario in self.scenarios:
            joined.update(scenario.rules)
        return joined

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        joined = dict(self.book.parameters)
        for scenario in self.scenarios:
            joined.update(scenario.parameters)
        return joined

    def value(self, parameter: str) -> str:
        """What was assumed for a parameter: the caller's assumption before the rulebook's."""
        if parameter in self.assume:
            return self.assume[parameter]
        return self.book.assumptions[parameter].value

    def chosen(self, name: str) -> str:
        """A name, or the choice that a parameter of that name stands for."""
        parameter = self.parameters.get(name)
        if parameter is not None and parameter.kind == "choice":
            return parameter.choices[self.value(name)]
        return name

    def price(self, price: Decimal | str) -> Fraction:
        """Yuan."""
        return Fraction(price) if isinstance(price, Decimal) else Fraction(self.value(price))

    def day(self, day: dt.date | str | None) -> dt.date | None:
        return dt.date.fromisoformat(self.value(day)) if isinstance(day, str) else day

    def crossing(self, tariff: Tariff) -> Crossing | None:
        named = tariff.charge.crossing
        chosen = None if named is None else self.chosen(named)
        assert chosen is None or chosen in ("call-start", "each-unit")
        return chosen  # type: ignore[return-value]

    @cached_property
    def zoning(self) -> Zoning:
        return self.book.zonings[self.chosen(self.book.rulebook.zoning)]

    def in_force(self, start: dt.date | str | None, until: dt.date | str | None, date: dt.date) -> bool:
        """Half-open: the first day belongs to the interval, the last does not."""
        first, end = self.day(start), self.day(until)
        return (first is None or first <= date) and (end is None or date < end)

    def change_in_force(self, scenario: Scenario, change: Change, date: dt.date) -> bool:
        start = scenario.phases[change.phase].from_ if change.phase is not None else change.from_
        return self.in_force(start, change.until, date)
