"""Changes of scenarios without effect: no call pays something else by them, where they stand or in the whole.

Where they stand, a change is judged by the changes before it: of two that do the same only the second is told. And a
change that only another one gives calls to, as uniting places does, is missed in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tariffs.checks.dead import live_rules
from tariffs.checks.study import Study
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import Rater, make_rater
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import Position, RulebookError
from tariffs.rulebook.scenarios import Change

_WITHOUT, _WITH = "~without", "~with"
"""Names that no scenario of a rule file can have."""


def idle(study: Study) -> Iterator[tuple[str, str, Change]]:
    """Changes without which every call pays what it pays: the view, and the scenario in which they stand."""
    seen: set[str] = set()
    decide = _deciding(study)
    for view in study.views:
        for name, scenario in (link for member in view.split("+") for link in lineage(study.book, member)):
            if name in seen:
                continue
            seen.add(name)
            changes = scenario.changes
            united = max((number for number, change in enumerate(changes) if change.unite is not None), default=-1)
            for number, change in enumerate(changes):
                # Places that are united later on may have calls decided that were decided so before.
                if change.at in decide and number > united:
                    continue
                before, behind = changes[:number], changes[number + 1 :]
                here, whole = (before, (*before, change)), ((*before, *behind), changes)
                if not any(_differ(study, name, *both) for both in (here, whole)):
                    yield view, name, change


def _deciding(study: Study) -> set[Position]:
    """Where the changes of tariffs stand that are on top for some call, or have led to what is."""
    found: set[Position] = set()
    for view, scenario in enumerate(study.compiled.scenarios):
        for number in live_rules(study, view):
            while number >= 0:
                rule = scenario.rules[number]
                if rule.change is not None and rule.parent >= 0 and scenario.rules[rule.parent].pay != rule.pay:
                    found.add(rule.change.at)
                number = rule.parent
    return found


def _differ(study: Study, name: str, without: Sequence[Change], with_: Sequence[Change]) -> bool:
    """Whether some call pays something else under one list of changes of a scenario than under another."""
    written = study.book.scenarios[name]
    lists = {_WITHOUT: without, _WITH: with_}
    scenarios = {label: written.model_copy(update={"changes": tuple(changes)}) for label, changes in lists.items()}
    book = study.book.model_copy(update={"scenarios": {**study.book.scenarios, **scenarios}})
    given = {used.name: used.value for used in study.compiled.values.used.values()}
    both = Study(_rater(book, given), _WITHOUT)
    return any(_pays(both, 0, one) != _pays(both, 1, two) for one, two in (r.leaves for r in both.reached([0, 1])))


def _rater(book: Rulebook, given: dict[str, str]) -> Rater:
    """Both scenarios, without those of their changes that have no call left when others are taken out."""
    while True:
        try:
            return make_rater(book, [_WITHOUT, _WITH], assume=given)
        except RulebookError as error:
            idle = {problem.at for problem in error.problems if problem.code == "no-effect"}
            if not idle:
                raise
            scenarios = dict(book.scenarios)
            for label in (_WITHOUT, _WITH):
                kept = tuple(change for change in scenarios[label].changes if change.at not in idle)
                scenarios[label] = scenarios[label].model_copy(update={"changes": kept})
            book = book.model_copy(update={"scenarios": scenarios})


def _pays(study: Study, view: int, leaf: int) -> frozenset[tuple[str, ...]]:
    """What the rules on top of a leaf say that its calls pay: none, one thing, or a conflict."""
    rules = study.rules(view)
    return frozenset(rules[number].pay for number in study.leaf(leaf).on_top)
