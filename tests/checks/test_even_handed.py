"""Dearer, symmetric, nearer, redialled: what the checks tell of drawn rulebooks against calls rated one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tariffs import Call
from tariffs.checks import Finding, dearer, nearer, redial, symmetry
from tariffs.checks.study import Study
from tariffs.checks.witnesses import charge
from tariffs.rating import kernel as k
from tests.checks.drawn import drawn, study
from tests.smallworld import Draft
from tests.strategies import calls, rulebooks, scenario_books

LONGEST = 120


def short(draft: Draft) -> Draft:
    """The same rulebook for calls of two minutes at most."""
    return draft.but(rulebook={**draft.sections["rulebook"], "longest-call": f"{LONGEST} s"})


def price(examined: Study, view: int, call: Call) -> int | None:
    """Micro-yuan; 0 where nothing is charged, None where the call cannot be rated."""
    status, amount, _ = charge(examined, view, call)
    if status == k.ZERO_DURATION:
        return 0
    return amount if status == k.RATED else None


def whole_minutes(call: Call) -> Call:
    """The call in whole minutes from a whole second: a point of every tariff's grid."""
    seconds = int(call.seconds or 0) // 60 * 60 % (LONGEST + 1)
    return replace(call, start=call.start.replace(microsecond=0), seconds=seconds, seizure=seconds)


def tells(finding: Finding, call: Call, service: str) -> bool:
    said: dict[str, Any] = dict(finding.data)
    day, clock = call.start.date().isoformat(), call.start.strftime("%H:%M:%S")
    amount = int(call.seconds or 0) if call.service == "voice" else call.quantity or 0
    return (
        said["service"] == service
        and said["dates_from"] <= day < said["dates_until"]
        and said["start_from"] <= clock < said["start_until"]
        and any(float(first) <= amount <= float(last) for first, last in said["ranges"])
    )


@drawn(6)
@given(scenario_books().map(short), st.data())
def test_every_call_that_becomes_dearer_is_in_a_set_that_is_told(draft: Draft, data: st.DataObject) -> None:
    examined = study(draft)
    found = list(dearer.examine(examined))
    view = examined.views.index("change")
    for call in map(whole_minutes, data.draw(st.lists(calls(draft, valid=True), max_size=40))):
        old, new = price(examined, 0, call), price(examined, view, call)
        if old is not None and new is not None and new > old:
            facts = examined.rater(call)
            service = next(iter(facts.charges.values())).service  # type: ignore[union-attr]
            mine = [finding for finding in found if finding.data["scenario"] == "change"]
            assert any(tells(finding, call, service) for finding in mine)


@drawn(3)
@given(scenario_books().map(short))
def test_every_set_that_is_told_has_a_call_that_becomes_dearer_by_as_much(draft: Draft) -> None:
    examined = study(draft)
    for finding in dearer.examine(examined):
        assert finding.witness is not None
        call = finding.witness.call
        old, new = price(examined, 0, call), price(examined, examined.views.index(finding.data["scenario"]), call)
        assert old is not None
        assert new is not None
        assert dt.date.fromisoformat(finding.data["dates_from"]) <= call.start.date()
        worst = finding.data["worst"]
        assert (float(worst["old"]), float(worst["new"])) == (old / 1_000_000, new / 1_000_000)
        assert new > old


def pairs_of(finding: Finding) -> set[tuple[str, ...]]:
    return {tuple(pay) for pay in finding.data["pays"]}


def back(call: Call) -> Call:
    return replace(call, caller=call.called, called=call.caller)


FIXED = ("02038123456", "02084123456", "02061234567", "075761234567", "075581234567", "073184123456")


def fixed_calls(examined: Study) -> Iterator[Call]:
    """Calls between fixed lines on the first of each span of days."""
    for days in examined.days[:6]:
        start = dt.datetime.combine(days.dates[0], dt.time(12), examined.rater.timezone)
        for caller in FIXED:
            for called in FIXED:
                yield Call(id="fixed", caller=caller, called=called, start=start, seconds=60, seizure=60,
                           operator="telecom", called_operator="telecom")  # fmt: skip


@drawn(6)
@given(rulebooks().map(short))
def test_every_call_priced_otherwise_than_the_call_back_is_told(draft: Draft) -> None:
    examined = study(draft)
    told = [pairs_of(finding) for finding in symmetry.examine(examined)]
    for call in fixed_calls(examined):
        there, home = (charge(examined, 0, c) for c in (call, back(call)))
        if there[0] == home[0] == k.RATED and there[1] != home[1]:
            assert {examined.leaf(there[2]).pay, examined.leaf(home[2]).pay} in told


@drawn(6)
@given(rulebooks().map(short))
def test_every_nearer_call_that_costs_more_is_told(draft: Draft) -> None:
    examined = study(draft)
    told = [[tuple(pay) for pay in finding.data["pays"]] for finding in nearer.examine(examined)]
    by_caller: dict[tuple[str, dt.datetime], list[tuple[int, int, Any]]] = {}
    relations = examined.compiled.alphabet.call.relation
    for call in fixed_calls(examined):
        status, amount, leaf = charge(examined, 0, call)
        if status == k.RATED:
            rated = examined.rater(call)
            relation = next(iter(rated.charges.values())).relation  # type: ignore[union-attr]
            order = next(r for r in sorted(set(relations)) if _name(r) == relation)
            by_caller.setdefault((call.caller, call.start), []).append((order, amount, examined.leaf(leaf).pay))
    for reached in by_caller.values():
        for near, mine, pays in reached:
            for far, its, others in reached:
                if near < far and mine > its:
                    assert [pays, others] in told


def _name(relation: int) -> str:
    from tariffs.rulebook.places import RELATIONS

    return RELATIONS[relation]


@drawn(6)
@given(rulebooks().map(short))
def test_a_redialled_call_is_cheaper_by_what_is_told(draft: Draft) -> None:
    examined = study(draft)
    for finding in redial.examine(examined):
        if finding.witness is None:
            assert finding.data["left_out"]
            continue
        call, first = finding.witness.call, finding.data["first"]
        view = examined.views.index(finding.witness.view)
        if not isinstance(first, int) or not isinstance(finding.data["whole"], int):
            continue
        head = replace(call, seconds=first, seizure=first)
        rest = finding.data["whole"] - first
        tail = replace(call, start=call.start + dt.timedelta(seconds=first), seconds=rest, seizure=rest)
        whole, parts = price(examined, view, call), [price(examined, view, c) for c in (head, tail)]
        assert whole is not None
        if None not in parts and tail.start.date() == call.start.date():
            assert whole - sum(p or 0 for p in parts) == int(float(finding.data["gain"]) * 1_000_000 + 0.5)
