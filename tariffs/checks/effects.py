"""Whether a change of a scenario makes any call pay something else: the scenario up to it beside it without it."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.checks.study import Study
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import make_rater
from tariffs.rulebook.problems import RulebookError
from tariffs.rulebook.scenarios import Change

_BEFORE, _AFTER = "~before", "~after"
"""Names that no scenario of a rule file can have."""


def idle(study: Study) -> Iterator[tuple[str, str, Change]]:
    """Changes that are rules of their own or unite places, and after which every call pays what it paid before them:
    the view and scenario in which they stand.

    What replaces one tariff by another needs no such question: it moves calls wherever its rules are on top.
    """
    seen: set[str] = set()
    for view in study.views:
        for name, scenario in (link for member in view.split("+") for link in lineage(study.book, member)):
            if name in seen:
                continue
            seen.add(name)
            for number, change in enumerate(scenario.changes):
                if not change.instead_of and not _moves(study, name, number):
                    yield view, name, change


def _moves(study: Study, name: str, number: int) -> bool:
    """Whether some call pays something else after a change than before it, later changes left out."""
    written = study.book.scenarios[name]
    up_to = {_BEFORE: written.changes[:number], _AFTER: written.changes[: number + 1]}
    scenarios = {label: written.model_copy(update={"changes": changes}) for label, changes in up_to.items()}
    book = study.book.model_copy(update={"scenarios": {**study.book.scenarios, **scenarios}})
    given = {used.name: used.value for used in study.compiled.values.used.values()}
    try:
        both = Study(make_rater(book, [_BEFORE, _AFTER], assume=given), _BEFORE)
    except RulebookError:
        return True  # without what follows, the scenario is none: nothing can be said of it
    return any(_pays(both, 0, one) != _pays(both, 1, two) for one, two in (r.leaves for r in both.reached([0, 1])))


def _pays(study: Study, view: int, leaf: int) -> frozenset[tuple[str, ...]]:
    """What the rules on top of a leaf say that its calls pay: none, one thing, or a conflict."""
    rules = study.rules(view)
    return frozenset(rules[number].pay for number in study.leaf(leaf).on_top)
