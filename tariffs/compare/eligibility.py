"""Which calls come from lines that may take an add-on, and so which accounts may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tariffs.compare.cells import Cells
from tariffs.compare.priced import Accounts
from tariffs.rating import rows
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import Rater
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.decisions import Option
from tariffs.rulebook.values import Name


def options_on_offer(book: Rulebook, scenario: str) -> dict[Name, Option]:
    """The add-ons that a scenario (or stack) brings, by name."""
    found: dict[Name, Option] = {}
    for name in scenario.split("+"):
        for _, member in lineage(book, name):
            found |= member.options
    return found


def eligible_accounts(cells: Cells, accounts: Accounts, rater: Rater, scenario: str, option: Option) -> Any:
    """Which accounts have made a call from a line that may take an add-on (an array of bool).

    What the line of an account without calls is, the calls do not say: it is not counted.
    """
    served = _eligible_kinds(cells, rater, scenario, option)[cells.kind]
    found = np.zeros(len(accounts), np.bool_)
    found[accounts.account[served[accounts.cell]]] = True
    return found


def _eligible_kinds(cells: Cells, rater: Rater, scenario: str, option: Option) -> Any:
    """Which kinds are of such lines: by line, operator and home of the served party."""
    kinds, when = cells.kinds, option.eligible
    found = np.ones(len(kinds), np.bool_)
    if when is None:
        return found
    for names, column, what in ((when.line, rows.N_LINE, "line"), (when.operator, rows.N_OPERATOR, "operator")):
        if names:
            found &= np.isin(kinds[:, column], [i for i, name in enumerate(cells.basis.of(what)) if name in names])
    if when.home:
        inside = _places_in(rater, scenario, when.home)
        found &= np.isin(
            kinds[:, rows.N_HOME], [i for i, name in enumerate(cells.basis.of("places")) if name in inside]
        )
    return found


def _places_in(rater: Rater, scenario: str, names: Iterable[Name]) -> set[Name]:
    """The places inside any of some places, regions or circles of a scenario."""
    book, geography = rater.compiled.book, rater.compiled.geography
    circles = dict(book.circles)
    for name in scenario.split("+"):
        for _, member in lineage(book, name):
            circles |= member.circles
    wanted: set[Name] = set()
    for name in names:
        if name in circles:
            circle = circles[name]
            wanted |= {*circle.members, *(member for version in circle.versions for member in version.members)}
        elif name in book.regions:
            wanted |= set(book.regions[name].members)
        else:
            wanted.add(name)
    return {place for place in book.places if wanted.intersection(geography.holders(place))}
