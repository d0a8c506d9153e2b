"""What `tariffs check` tells of 2,000 tiny rulebooks is what brute force finds in them, no more and no less.

Every one of the 2,000 is held to every property. Brute force reads all numbers of the plan, lists all calls between
them (every place, line, direction, usage, access code, operator, group, plan, add-on that the rules tell apart), on
every span of days between the dates of the rulebook, and prices them second by second with the oracle of
`tests/oracle`, from the starts around each beginning of a rate period and one between. It leaves to other tests:
positions and witness calls, calls longer than ten seconds, usage finer than a tick of the billed resolution,
eligibility, stacked scenarios, calls of no length on days that the calendar does not know.

How exactly each property is compared:

* `gap`, `conflict`, `clock`, `symmetry`, `nearer`, `ceiling`: the kinds of calls, relations, prices, scenarios and days
  that are told, as sets;
* `dead`, `date`, `unit`, `provenance`: all that is named, with its severity where there are several;
* `monotone`, `redial`: the prices that have the flaw, with the largest fall or gain;
* `dearer`: the exact durations, from every start, on every day.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs import RulebookError
from tariffs.checks import Finding
from tariffs.checks.checking import examine
from tariffs.checks.findings import CODES
from tests.checks.brute.held import Held
from tests.checks.brute.tiny_world import TinyWorld
from tests.checks.drawn import drawn
from tests.checks.tiny import tiny_book, tiny_books
from tests.engine import without_changes
from tests.smallworld import Draft

BOOKS: Final = 2_000
PARTS: Final = 4
"""So many tests share them, each with draws of its own, and some more than its share: a few may be drawn by two."""
FEW, MOST = 5, 95
"""Percent of the rulebooks that have a code at least and at most."""

PROPERTIES: Final = [code for code in CODES if code != "acceptance"]


def looked_at(draft: Draft, today: dt.date | None, mapping: int | None) -> tuple[Draft, tuple[Finding, ...]]:
    """What is found in a rulebook without those changes that the engine refuses as without effect."""
    scenarios = [name for name in draft.sections["scenarios"] if name != "baseline"]
    while True:
        try:
            found = examine(draft.book(), "baseline", scenarios, today=today, mapping=mapping)
            return draft, found.findings
        except RulebookError as error:
            useless = {problem.at.line for problem in error.problems if problem.code == "no-effect"}
            if not useless:
                raise
            draft = without_changes(draft, useless)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_told_is_what_brute_force_finds_and_every_code_comes_and_stays_away(part: int) -> None:
    """The profile `dev` of tests/conftest.py draws new rulebooks every time."""
    seen: Counter[str] = Counter()
    books: set[str] = set()

    @drawn(BOOKS // PARTS + 20, part)
    @given(tiny_books, st.sampled_from([None, dt.date(2012, 6, 1)]), st.sampled_from([None, 1_000_000, 2_000_000]))
    def held(draft: Draft, today: dt.date | None, mapping: int | None) -> None:
        kept, found = looked_at(draft, today, mapping)
        books.add(repr((kept.sections, today, mapping)))
        seen.update({finding.code for finding in found if finding.counts})
        world = TinyWorld(kept.book(), list(kept.sections["scenarios"]), kept.sections)
        assert {} == Held(world, found, today, mapping).wrong(PROPERTIES)

    held()
    assert len(books) >= BOOKS // PARTS
    shares = {code: 100 * seen[code] / len(books) for code in PROPERTIES}
    assert {} == {code: share for code, share in shares.items() if not FEW <= share <= MOST}


@pytest.mark.parametrize("number", range(25))
def test_a_tiny_rulebook_is_one_that_loads(number: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    draft = tiny_book(Random(number))
    file = draft.write(tmp_path_factory.mktemp("tiny"))
    assert set(draft.sections["rules"]) == set(tariffs.load(file).rules)
