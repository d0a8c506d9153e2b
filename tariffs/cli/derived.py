"""The rules that a scenario derives from those of the rulebook, and whether the scenario can be priced at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tariffs.cli.plain import Plain
from tariffs.library import Rulebook
from tariffs.rating.conditions import Vocabulary
from tariffs.rating.derivation import EffectiveRule, scenario_rules
from tariffs.rating.rater import make_rater
from tariffs.rating.values import Values
from tariffs.rulebook.problems import Problem, RulebookError
from tariffs.rulebook.scenarios import Change, Scenario


@dataclass(frozen=True)
class DerivedRule:
    """A rule that a change makes. `scenario`: whose change it is; `parent`: the rule it is made from, if any."""

    effective: EffectiveRule
    change: Change
    scenario: Scenario
    parent: EffectiveRule | None


def derived_rules(plain: Plain, name: str) -> dict[str, DerivedRule]:
    """The rules that the changes of a scenario and its bases make, by the names that `explain` prints."""
    book = plain.book
    # Without a value a parameter hides no rule, so what is missing is no matter here.
    values = Values.of(book, plain.assume, assumptions=True)
    rules = scenario_rules(book, Vocabulary.of(book), name, values).rules
    return {
        rule.name: DerivedRule(
            rule, rule.change, book.scenarios[rule.scenario], rules[rule.parent] if rule.parent >= 0 else None
        )
        for rule in rules
        if rule.change is not None
    }


def derived_from(rules: dict[str, DerivedRule], name: str) -> Iterator[tuple[str, DerivedRule]]:
    """Those that are made from the rule of that name, directly or through others."""
    made = {name}
    for rule_name, rule in rules.items():
        if rule.parent is not None and rule.parent.name in made:
            made.add(rule_name)
            yield rule_name, rule


def scenario_of(book: Rulebook, name: str) -> str | None:
    """The scenario that a derived name ends in: `local/plan:1` is a rule of `plan`. None for another name."""
    label = name.rpartition("/")[2].partition("#")[0].partition(":")[0]
    return label if name not in book.rules and label in book.scenarios else None


def problems(book: Rulebook, name: str, plain: Plain) -> tuple[Problem, ...]:
    """Why a scenario cannot be priced. Parameters without a value are left out: they are shown as not known."""
    try:
        make_rater(book, [name], assume=plain.assume)
    except RulebookError as error:
        return tuple(problem for problem in error.problems if problem.code != "missing-parameter")
    return ()
