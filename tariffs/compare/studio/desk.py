"""What the page does, without a page: a choice of scenarios and values in, a comparison or a rule file out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tariffs.checks import check
from tariffs.checks.findings import Finding
from tariffs.compare.answers import CannotAnswer
from tariffs.compare.cells import Cells
from tariffs.compare.comparison import OWN, Comparison, Question, compare, part_of, phases_of
from tariffs.compare.explore import parameters_of
from tariffs.compare.whatif import WhatIf
from tariffs.rating.rater import Rater, make_rater
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.folder import locate, shipped_names
from tariffs.rulebook.problems import RulebookError
from tariffs.rulebook.scenarios import Parameter
from tariffs.rulebook.values import Name, Text

_REMEMBERED: Final = 6
_KEPT: Final = 2
"""Answers that are kept: the one on the page and the one before."""

Reread = Callable[[Rater], Cells]
"""Reads the calls again into cells for the rules of a rater."""


@dataclass(frozen=True)
class Choice:
    """What is set on the page. `reference`: a day, SCENARIO:PHASE, or empty for each call's own day. `values`: of the
    parameters that were changed."""

    base: Name
    scenarios: tuple[Name, ...]
    reference: str = OWN
    values: Mapping[Name, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A parameter in the form: its value now, whether that is the rulebook's own assumption (`own`, for `reason`), and
    whether it cannot be read."""

    name: Name
    parameter: Parameter
    value: str
    assumed: bool
    own: str
    reason: Text | None
    wrong: bool


def _can_be_read(parameter: Parameter, value: str) -> bool:
    try:
        parameter.read(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Answer:
    """A comparison, and why the calls were read again for it (None: they were not)."""

    comparison: Comparison
    read_again: CannotAnswer | None = None


@dataclass
class Desk:
    """Cells and rules. `reread`: None where only cells are at hand; then a question that they cannot answer raises."""

    cells: Cells
    book: Rulebook
    rules: str
    question: Question
    reread: Reread | None = None
    _asked: dict[object, WhatIf] = field(default_factory=dict, repr=False)
    _answers: dict[object, Answer] = field(default_factory=dict, repr=False)
    _again: dict[object, tuple[Cells, CannotAnswer]] = field(default_factory=dict, repr=False)

    def start(self) -> Choice:
        """The choice that the page opens with: what was asked for, or the first phase that changes prices."""
        references = self.references(self.question.scenarios)
        asked = [str(reference) for reference in self.question.as_of]
        chosen = asked[0] if asked else next((r for r in references if r), OWN)
        return Choice(self.question.base, self.question.scenarios, chosen, dict(self.question.assume))

    def references(self, scenarios: Sequence[Name], values: Mapping[Name, str] | None = None) -> tuple[str, ...]:
        """Each call's own day, and the phases of the scenarios in their order."""
        looked = Values.of(self.book, dict(values or {}), assumptions=True)
        found: dict[str, dt.date] = {}
        for name in (part for scenario in scenarios for part in scenario.split("+")):
            for phase, (day, changes) in phases_of(self.book, name, looked).items():
                if changes:
                    found[f"{name}:{phase}"] = day
        return (OWN, *sorted(found, key=lambda reference: found[reference]))

    def fields(self, choice: Choice) -> tuple[Field, ...]:
        """The parameters that the chosen scenarios look up, in the order of their names. Those without a value too."""
        parameters = parameters_of(self.book)
        used = self._used(choice)
        rows = []
        for name in sorted(used):
            assumption = self.book.assumptions.get(name)
            own, reason = ("", None) if assumption is None else (assumption.value, assumption.reason)
            value = choice.values.get(name, own)
            wrong = bool(value) and not _can_be_read(parameters[name], value)
            rows.append(Field(name, parameters[name], value, name not in choice.values, own, reason, wrong))
        return tuple(rows)

    def _used(self, choice: Choice) -> set[Name]:
        """The parameters that are looked up; those that are missing or cannot be read are among them."""
        known = parameters_of(self.book)
        right = {n: v for n, v in choice.values.items() if n in known and _can_be_read(known[n], v)}
        if len(right) < len(choice.values):
            return self._used(replace(choice, values=right)) | (set(choice.values) & set(known))
        try:
            rater = self.rater(choice)
        except RulebookError as error:
            missing = {p.message.partition(" ")[0] for p in error.problems if p.code == "missing-parameter"}
            return missing | set(choice.values)
        return set(rater.compiled.values.used)

    def rater(self, choice: Choice) -> Rater:
        """The rules of a choice, compiled. Raises RulebookError."""
        try:
            return self._what_if(choice, self.cells).rater(dict(choice.values))
        except CannotAnswer:  # other cells than those at hand are needed; the rules are no worse for it
            return self._fresh(choice)

    def answer(self, choice: Choice) -> Answer:
        """The comparison of a choice; the same one while nothing else is chosen, with the measures it has worked out.

        Raises RulebookError, CannotAnswer, and ValueError where there is nothing to compare the base with.
        """
        key = self._key(choice), tuple(sorted(choice.values.items()))
        if key not in self._answers:
            made = self._answered(choice)
            while len(self._answers) >= _KEPT:
                del self._answers[next(iter(self._answers))]
            self._answers[key] = made
        return self._answers[key]

    def _answered(self, choice: Choice) -> Answer:
        """The comparison of a choice. Raises RulebookError, ValueError, and CannotAnswer where nothing can be read."""
        question = self._question(choice)
        if choice.base in choice.scenarios or not choice.scenarios:
            raise ValueError("a scenario is compared with another one than itself")
        try:
            return Answer(self._compared(choice, question, self.cells))
        except CannotAnswer as error:
            if self.reread is None:
                raise
            key = self._key(choice), tuple(sorted(choice.values.items()))
            if key not in self._again:
                while len(self._again) >= _REMEMBERED:
                    del self._again[next(iter(self._again))]
                self._again[key] = self.reread(self._fresh(choice)), error
            cells, why = self._again[key]
            return Answer(compare(cells, self.book, question), why)

    def _fresh(self, choice: Choice) -> Rater:
        return make_rater(
            self.book, (choice.base, *choice.scenarios), assume=dict(choice.values), both=True,
            as_of=(choice.reference,) if choice.reference else (),
        )  # fmt: skip

    def _compared(self, choice: Choice, question: Question, cells: Cells) -> Comparison:
        part = part_of(self._what_if(choice, cells), question, choice.reference, dict(choice.values))
        return Comparison(question, self.book, cells, (part,))

    def _what_if(self, choice: Choice, cells: Cells) -> WhatIf:
        key = self._key(choice)
        if key not in self._asked:
            while len(self._asked) >= _REMEMBERED:
                del self._asked[next(iter(self._asked))]
            self._asked[key] = WhatIf(
                cells, self.book, (choice.base, *choice.scenarios), choice.base, {},
                (choice.reference,) if choice.reference else (), dict(self.question.holders), both=True,
            )  # fmt: skip
        return self._asked[key]

    @staticmethod
    def _key(choice: Choice) -> object:
        return choice.base, choice.scenarios, choice.reference

    def _question(self, choice: Choice) -> Question:
        return Question(
            base=choice.base, scenarios=choice.scenarios, as_of=(choice.reference,) if choice.reference else (OWN,),
            assume=dict(choice.values), holders=self.question.holders, cities=self.question.cities,
            tax=self.question.tax, rates=self.question.rates, realised=self.question.realised,
            elasticities=self.question.elasticities, take_ups=self.question.take_ups,
            population=self.question.population, seed=self.question.seed,
        )  # fmt: skip

    # ---- a rule file of the changed values

    def saved(self, choice: Choice) -> str:
        """The changed values as a rule file of one's own, on top of the rules at hand."""
        lines = [f"rulebook: {{include: {self._included()}}}"]
        if choice.values:
            lines += ["# Values chosen on the page; none of them is official.", "assumptions:"]
        for name, value in sorted(choice.values.items()):
            lines += [f"  {name}:", f'    value: "{value}"', "    reason: {zh: 页面上选定的值, en: chosen on the page}"]
        return "\n".join(lines) + "\n"

    def _included(self) -> str:
        """The rules at hand as another file includes them, wherever that will lie."""
        if self.rules in shipped_names():
            return self.rules
        _, files = locate(self.rules)
        return json.dumps([str(file.path.resolve()) for file in files], ensure_ascii=False)

    def findings(self, book: Rulebook, choice: Choice) -> tuple[Finding, ...]:
        """What `check` finds in saved rules that somebody has to act on; none: they pass."""
        found = check(book, choice.base, [s for scenario in choice.scenarios for s in scenario.split("+")])
        return tuple(finding for finding in found if finding.counts)
