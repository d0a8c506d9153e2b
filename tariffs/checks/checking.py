"""`check`: every property over a rulebook and the scenarios asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tariffs.checks import acceptance
from tariffs.checks.acceptance import accepted
from tariffs.checks.findings import CODES, Finding
from tariffs.checks.properties import PROPERTIES
from tariffs.checks.provenance import STALE
from tariffs.checks.study import Study
from tariffs.rating.rater import Rater, make_rater
from tariffs.rating.tables import lacks_nothing
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.collector import uninterrupted
from tariffs.rulebook.problems import Problem, RulebookError
from tariffs.rulebook.scenarios import Scenario
from tariffs.rulebook.values import Text

BASELINE = "baseline"


def check(
    book: Rulebook,
    base: str | None = None,
    scenarios: Sequence[str] = (),
    *,
    assume: Mapping[str, str] | None = None,
    assumptions: bool = True,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    today: dt.date | None = None,
    mapping: int | None = None,
    stale: int = STALE,
) -> tuple[Finding, ...]:
    """Everything that is wrong with a rulebook, or worth knowing, as findings; none: no counter-example exists.

    `base` (default: `baseline`, else the first scenario) is compared with each of `scenarios` (default: all that
    have what they need). `only`, `skip`: codes. `today`: for the age of sources, of which more than `stale` days are
    too many. `mapping`: the resolution of durations in call records, in microseconds. Raises RulebookError where the
    rulebook or a scenario that was asked for cannot be compiled, ValueError for a code that there is not, or where
    none is left.
    """
    found = examine(
        book, base, scenarios, assume=assume, assumptions=assumptions, only=only, skip=skip, today=today,
        mapping=mapping, stale=stale,
    )  # fmt: skip
    return found.findings


class Examined(NamedTuple):
    """The findings, the codes that were looked for, and the scenarios that were not examined with the parameters that
    they need.
    """

    findings: tuple[Finding, ...]
    codes: tuple[str, ...]
    skipped: Mapping[str, str]


def examine(
    book: Rulebook,
    base: str | None = None,
    scenarios: Sequence[str] = (),
    *,
    assume: Mapping[str, str] | None = None,
    assumptions: bool = True,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    today: dt.date | None = None,
    mapping: int | None = None,
    stale: int = STALE,
) -> Examined:
    """What `check` finds, and what it did not look at. Arguments and what is raised as in `check`."""
    unknown = sorted({*only, *skip} - set(CODES))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no such code; known: {', '.join(CODES)}")
    codes = tuple(code for code in CODES if code not in skip and (not only or code in only))
    if not codes:
        raise ValueError("every code is skipped")
    study = study_of(book, base, scenarios, assume=assume, assumptions=assumptions)
    study = replace(study, today=today, mapping=mapping, stale=stale)
    # To judge acceptances, everything must be looked for.
    wanted = [p for p in PROPERTIES if not only or p.code in only or acceptance.CODE in only]
    wanted = [p for p in wanted if p.code not in skip]
    found = together(finding for item in wanted for finding in item.examine(study))
    told = accepted(study, found, [p.code for p in wanted])
    return Examined(tuple(f for f in told if f.code in codes), codes, study.skipped)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say the same of several scenarios as one."""
    found: dict[object, Finding] = {}
    for finding in findings:
        key = (finding.code, finding.severity, finding.message.en, finding.positions, repr(finding.data))
        first = found.get(key)
        if first is None:
            found[key] = finding
        else:
            scenarios = tuple(dict.fromkeys((*first.scenarios, *finding.scenarios)))
            found[key] = replace(first, scenarios=scenarios)
    return list(found.values())


def study_of(
    book: Rulebook,
    base: str | None = None,
    scenarios: Sequence[str] = (),
    *,
    assume: Mapping[str, str] | None = None,
    assumptions: bool = True,
) -> Study:
    """A rulebook compiled for examination; see `check` for the arguments and what is raised."""
    if not book.scenarios:
        as_it_stands = Scenario(name=Text(zh="现行资费", en="As it stands"))
        book = book.model_copy(update={"scenarios": {BASELINE: as_it_stands}})
    first = base if base is not None else (BASELINE if BASELINE in book.scenarios else next(iter(book.scenarios)))
    others = [name for name in scenarios or book.scenarios if name != first]
    rater, skipped = _examined(book, [first, *dict.fromkeys(others)], assume, assumptions, every=bool(scenarios))
    return Study(rater, first, skipped, whole=not scenarios)


def _examined(
    book: Rulebook, names: list[str], assume: Mapping[str, str] | None, assumptions: bool, *, every: bool
) -> tuple[Rater, Mapping[str, str]]:  # fmt: skip
    """A rater of these scenarios, unless `every` is asked for without those behind the first that lack parameters; and
    what these lack.
    """
    with uninterrupted():
        try:
            return make_rater(book, names, assume=assume, assumptions=assumptions), {}
        except RulebookError as error:
            if every or all(problem.code != "missing-parameter" for problem in error.problems):
                raise
        lacking = {name: _missing(book, name, assume, assumptions) for name in names[1:]}
        kept = [name for name in names if not lacking.get(name)]
        skipped = {
            name: ", ".join(sorted({p.message.partition(" ")[0] for p in problems}))
            for name, problems in lacking.items()
            if problems
        }
        return make_rater(book, kept, assume=assume, assumptions=assumptions), skipped


def _missing(book: Rulebook, scenario: str, assume: Mapping[str, str] | None, assumptions: bool) -> Sequence[Problem]:
    """The parameters that a scenario needs and nobody gave; other problems are raised."""
    if lacks_nothing(book, scenario, Values.of(book, dict(assume or {}), assumptions=assumptions)):
        return []
    try:
        make_rater(book, scenario, assume=assume, assumptions=assumptions)
    except RulebookError as error:
        if any(problem.code != "missing-parameter" for problem in error.problems):
            raise
        return error.problems
    return []
