"""Parameters and what they are worth in one run: given, else assumed, else missing."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import NOWHERE, Position, Problem
from tariffs.rulebook.scenarios import Assumption, Parameter


@dataclass(frozen=True, slots=True)
class Assumed:
    """A parameter value that a result rests on. `origin`: `given` by the user or `assumed` (假设值)."""

    name: str
    value: str
    origin: str
    parameter: Parameter
    assumption: Assumption | None


@dataclass
class Values:
    """Looks parameters up and remembers which were used and which were missing.

    `refused`: parameters whose given value cannot be read, which has been told.
    """

    parameters: Mapping[str, Parameter]
    given: Mapping[str, str]
    assumptions: Mapping[str, Assumption]
    used: dict[str, Assumed] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, book: Rulebook, given: Mapping[str, str], *, assumptions: bool) -> Values:
        """Values of a rulebook; `given` overrides its assumptions. Unknown or unreadable ones become problems."""
        parameters = dict(book.parameters)
        for scenario in book.scenarios.values():
            parameters |= scenario.parameters
        values = cls(parameters, {}, book.assumptions if assumptions else {})
        checked = {}
        for name, text in given.items():
            parameter = parameters.get(name)
            if parameter is None:
                known = ", ".join(sorted(parameters)) or "none"
                near = difflib.get_close_matches(name, parameters, 1)
                hint = f"did you mean {near[0]}? " if near else ""
                values._complain("unknown-name", NOWHERE, f"there is no parameter {name!r}", f"{hint}known: {known}")
                continue
            try:
                checked[name] = parameter.read(str(text))
            except ValueError as error:
                values.refused.add(name)
                values._complain("bad-value", NOWHERE, f"the value of {name} cannot be used: {error}", "")
        values.given = checked
        return values

    def price(self, text: Decimal | str, at: Position) -> Decimal:
        """A price in yuan: itself, or the value of the parameter it names (0 after reporting a missing one)."""
        if isinstance(text, Decimal):
            return text
        found = self._find(text, at)
        return Decimal(found) if found is not None else Decimal(0)

    def date(self, value: dt.date | str | None, at: Position) -> dt.date | None:
        """A day, or the value of the parameter that stands for it."""
        if value is None or isinstance(value, dt.date):
            return value
        found = self._find(value, at)
        return dt.date.fromisoformat(found) if found is not None else None

    def name(self, name: str, at: Position) -> str:
        """A name, or the choice made for the parameter that stands for it."""
        parameter = self.parameters.get(name)
        if parameter is None or parameter.kind != "choice":
            return name
        found = self._find(name, at)  # without a value any choice will do: nothing is priced, but more may be missing
        return parameter.choices[found] if found is not None else next(iter(parameter.choices.values()))

    def _find(self, name: str, at: Position) -> str | None:
        parameter = self.parameters[name]
        if name in self.given:
            self.used[name] = Assumed(name, self.given[name], "given", parameter, None)
            return self.given[name]
        if name in self.refused:
            return None
        assumption = self.assumptions.get(name)
        if assumption is not None:
            self.used[name] = Assumed(name, assumption.value, "assumed", parameter, assumption)
            return parameter.read(assumption.value)
        for index, problem in enumerate(self.problems):
            if problem.code == "missing-parameter" and problem.message.startswith(f"{name} ("):
                also = dict.fromkeys((*problem.also, at))
                self.problems[index] = replace(problem, also=tuple(p for p in also if p != problem.at))
                return None
        what = f"one of {', '.join(parameter.choices)}" if parameter.choices else f"a {parameter.kind}"
        unit = f" in {parameter.unit}" if parameter.unit else ""
        self._complain(
            "missing-parameter",
            at,
            f"{name} ({parameter.name.zh}, {parameter.name.en}) has no value: {what}{unit} is needed",
            f"give it with --assume {name}=… (in Python: assume={{{name!r}: …}})",
        )
        return None

    def _complain(self, code: str, at: Position, message: str, hint: str) -> None:
        problem = Problem(code, at, message, hint)
        if problem not in self.problems:
            self.problems.append(problem)
