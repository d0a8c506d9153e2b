"""Changes of scenarios without effect: no call pays something else by them, where they stand or in the whole.

Where they stand, a change is judged by the changes before it: of two that do the same only the second is told. And a
change that only another one gives calls to, as uniting places does, is missed in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tariffs.checks.dead import live_rules
from tariffs.checks.study import Study
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import make_rater
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import Position, RulebookError
from tariffs.rulebook.scenarios import Change

_WITHOUT, _WITH = "~without", "~with"
"""Names that no scenario of a rule file can have."""


def idle(study: Study) -> Iterator[tuple[str, str, Change]]:
    """Changes without which every call pays what it pays: the view, and the scenario in which they stand."""
    decide = _deciding(study)
    for view, names in _scenarios(study):
        changes = study.book.scenarios[names[0]].changes
        united = max((number for number, change in enumerate(changes) if change.unite is not None), default=-1)
        for number, change in enumerate(changes):
            # Places that are united later on may have calls decided that were decided so before.
            if change.at in decide and number > united:
                continue
            before, behind = changes[:number], changes[number + 1 :]
            here = _differ(study, names[:1], before, (*before, change))
            if not here and not _differ(study, names, (*before, *behind), changes):
                yield view, names[0], change


def _scenarios(study: Study) -> Iterator[tuple[str, list[str]]]:
    """Each scenario, once: a view that it is part of, and its name with the names of what there rests on it."""
    seen: set[str] = set()
    for view in study.views:
        for member in view.split("+"):
            chain = [name for name, _ in lineage(study.book, member)]
            for at, name in enumerate(chain):
                if name not in seen:
                    seen.add(name)
                    yield view, chain[at:]


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


def _differ(study: Study, names: Sequence[str], without: Sequence[Change], with_: Sequence[Change]) -> bool:
    """Whether some call pays something else under one list of changes of a scenario than under another, with the
    scenarios that rest on it, one on the other.
    """
    given = {used.name: used.value for used in study.compiled.values.used.values()}
    lists = {_WITHOUT: tuple(without), _WITH: tuple(with_)}
    while True:
        try:
            both = Study(make_rater(_with(study.book, names, lists), [_WITHOUT, _WITH], assume=given), _WITHOUT)
        except RulebookError as error:
            # Changes that have no call left when others are taken out are left out too.
            gone = {problem.at for problem in error.problems if problem.code == "no-effect"}
            rest = {label: tuple(c for c in changes if c.at not in gone) for label, changes in lists.items()}
            if rest == lists:
                return True  # what is missed stands in another scenario
            lists = rest
        else:
            leaves = (reached.leaves for reached in both.reached([0, 1]))
            return any(_pays(both, 0, one) != _pays(both, 1, two) for one, two in leaves)


def _with(book: Rulebook, names: Sequence[str], lists: Mapping[str, tuple[Change, ...]]) -> Rulebook:
    """A rulebook with scenarios once more for each label, the first with other changes, the last under the label."""
    scenarios = dict(book.scenarios)
    for label, changes in lists.items():
        update: dict[str, object] = {"changes": changes}
        for number, name in enumerate(names, 1):
            copied = label + "~" * (len(names) - number)
            scenarios[copied] = book.scenarios[name].model_copy(update=update)
            update = {"base": copied}
    return book.model_copy(update={"scenarios": scenarios})


def _pays(study: Study, view: int, leaf: int) -> frozenset[tuple[str, ...]]:
    """What the rules on top of a leaf say that its calls pay: none, one thing, or a conflict."""
    rules = study.rules(view)
    return frozenset(rules[number].pay for number in study.leaf(leaf).on_top)
