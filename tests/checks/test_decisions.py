"""Gaps and conflicts against an oracle that asks every rule about every call of a small world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tariffs import Call
from tariffs.checks import Finding, conflict, gap
from tariffs.checks.study import Study
from tests.checks.drawn import drawn, every_call, promising_books, study
from tests.oracle.decisions import Facts, matches, outcomes
from tests.oracle.numbers import Unknown
from tests.oracle.rating import read_facts
from tests.oracle.world import World
from tests.smallworld import Draft


def facts_of(world: World, call: Call) -> Facts | None:
    day = call.start.date()
    facts = read_facts(world, call, day, day)
    return None if isinstance(facts, Unknown) or facts.line not in ("fixed", "mobile") else facts


def promised(world: World, facts: Facts) -> bool:
    return any(
        world.in_force(cover.from_, cover.until, facts.date) and matches(world, cover.when, facts)
        for cover in world.book.covers
    )


def holds_on(data: Mapping[str, Any], day: dt.date) -> bool:
    return any(first <= day.isoformat() < until for first, until in data["dates"])


def tells(finding: Finding, scenario: str, day: dt.date) -> bool:
    return finding.severity == "error" and scenario in finding.scenarios and holds_on(finding.data, day)


def names_gap(finding: Finding, examined: Study, world: World, facts: Facts) -> bool:
    asked = (facts.line, facts.called)
    return tells(finding, world.scenario, facts.date) and asked == (finding.data["line"], finding.data["called"])


@drawn(10)
@given(promising_books(), st.data())
def test_every_gap_and_every_conflict_is_told(draft: Draft, data: st.DataObject) -> None:
    examined = study(draft)
    gaps, conflicts = list(gap.examine(examined)), list(conflict.examine(examined))
    days = data.draw(st.sampled_from(examined.days))
    for view in examined.views:
        world = World(examined.book, view)
        for call in every_call(days, draft):
            facts = facts_of(world, call)
            if facts is None:
                continue
            paid = outcomes(world, facts)
            if not paid and promised(world, facts):
                assert any(names_gap(finding, examined, world, facts) for finding in gaps)
            if len(paid) > 1:
                assert any(tells(finding, view, facts.date) for finding in conflicts)


@drawn(60)
@given(promising_books())
def test_every_gap_and_every_conflict_told_is_one(draft: Draft) -> None:
    examined = study(draft)
    for finding in [*gap.examine(examined), *conflict.examine(examined)]:
        shown = finding.witness
        assert shown is not None
        world = World(examined.book, shown.view)
        facts = facts_of(world, shown.call)
        assert facts is not None
        paid = outcomes(world, facts)
        assert holds_on(finding.data, facts.date)
        match finding.code, finding.severity:
            case "gap", _:
                assert set() == paid
                assert promised(world, facts)
                assert shown.outcome.en.startswith("no-rule")
            case "conflict", "error":
                assert len(paid) > 1
                assert shown.outcome.en.startswith("two-rules")
            case _:
                assert tuple(finding.data["pays"][0]) in paid or len(paid) > 1
