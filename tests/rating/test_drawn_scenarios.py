"""Scenarios drawn at random: what is refused as without effect, reference dates, add-ons held, stacks, and files."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs import RulebookError
from tests.engine import agrees, one_by_one, rater_of
from tests.oracle import World, rate
from tests.smallworld import LEAVE, Draft, named, one_tariff
from tests.strategies import (
    calls,
    chosen_books,
    dates,
    fixed_call,
    layered_books,
    scenario_books,
    stacked_books,
    starts,
)


@given(st.data())
def test_a_change_that_is_refused_as_without_effect_changes_no_call(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    kept, _ = rater_of(draft, ["change"])
    whole, useful = World(draft.book(), "change"), World(kept.book(), "change")
    for call in data.draw(st.lists(calls(draft, valid=True), min_size=4, max_size=8)):
        assert rate(whole, call) == rate(useful, call)


@given(st.data())
def test_as_of_a_day_is_the_price_by_the_rules_of_that_day(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    day = data.draw(dates)
    draft, rater = rater_of(draft, ["change"], as_of=[day.isoformat()])
    world = World(draft.book(), "change")
    assert [f"change@{day}"] == [view.label for view in rater.views]
    for call, (row,) in zip(drawn, one_by_one(rater, drawn), strict=True):
        assert agrees(rate(world, call, as_of=day), row)


@given(st.data(), st.sampled_from(["all", "none"]))
def test_holders_of_all_or_none_cost_what_such_lines_cost(data: st.DataObject, holders: str) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    options = [*draft.sections["options"], *draft.sections["scenarios"]["change"].get("options", {})]
    draft, rater = rater_of(draft, ["change"], holders=dict.fromkeys(options, holders))
    held = frozenset(options) if holders == "all" else frozenset[str]()
    world = World(draft.book(), "change")
    for call, (row,) in zip(drawn, one_by_one(rater, drawn), strict=True):
        assert agrees(rate(world, replace(call, options=held)), row)


@given(st.data())
def test_a_rulebook_read_from_its_file_rates_like_the_model(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    draft, rater = rater_of(draft, ["baseline", "change"])
    with tempfile.TemporaryDirectory() as folder:
        read = tariffs.load(draft.write(Path(folder))).rater(["baseline", "change"], allow=LEAVE)
    assert one_by_one(rater, drawn) == one_by_one(read, drawn)


@given(st.data())
def test_a_scenario_on_top_of_another_changes_what_that_one_made(data: st.DataObject) -> None:
    draft = data.draw(layered_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    draft, rater = rater_of(draft, ["further"])
    world = World(draft.book(), "further")
    for call, (row,) in zip(drawn, one_by_one(rater, drawn), strict=True):
        assert agrees(rate(world, call), row)


@given(st.data())
def test_a_stack_of_scenarios_for_different_lines_changes_what_either_changes(data: st.DataObject) -> None:
    draft = data.draw(stacked_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    draft, rater = rater_of(draft, ["left+right", "right+left"])
    world = World(draft.book(), "left+right")
    for call, (row, other) in zip(drawn, one_by_one(rater, drawn), strict=True):
        assert agrees(rate(world, call), row)
        assert replace(row, rule="") == replace(other, rule="")


@given(st.data())
def test_parameters_stand_for_what_is_assumed_of_them(data: st.DataObject) -> None:
    draft, given_values = data.draw(chosen_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    draft, rater = rater_of(draft, ["change"], assume=given_values)
    world = World(draft.book(), "change", given_values)
    for call, (row,) in zip(drawn, one_by_one(rater, drawn), strict=True):
        assert agrees(rate(world, call), row)


def two_reforms(first: str, second: str) -> Draft:
    """Fixed calls at 0.30; two reforms with a price of their own, each for some of the calls."""
    base = one_tariff({"per": "24 h", "price": "0.30"})
    cheaper = {
        name: {"name": named(name), "charge": {"per": "24 h", "price": price}}
        for name, price in (("ten", "0.10"), ("twenty", "0.20"))
    }

    def reform(pays: str, called: str) -> dict[str, object]:
        change = {"from": "2012-01-01", "instead-of": "only", "pay": pays, "when": {"to": called}}
        return {"name": named(pays), "changes": [change]}

    scenarios = {**base.sections["scenarios"], "a": reform("ten", first), "b": reform("twenty", second)}
    return base.but(tariffs={**base.sections["tariffs"], **cheaper}, scenarios=scenarios)


@given(starts(), st.sampled_from(["02081234567", "075781234567"]), st.sampled_from(["02081234567", "075781234567"]))
def test_reforms_of_different_calls_stack_in_either_order(start: object, caller: str, called: str) -> None:
    draft = two_reforms("guangzhou", "foshan")
    call = replace(fixed_call(start, 60), caller=caller, called=called)  # type: ignore[arg-type]
    _, rater = rater_of(draft, ["baseline", "a", "b", "a+b", "b+a"])
    [[base, a, b, ab, ba]] = one_by_one(rater, [call])
    assert ab == ba
    assert ab.amount - base.amount == (a.amount - base.amount) + (b.amount - base.amount)
    assert (a.amount < base.amount) == (call.start.year >= 2012 and called.startswith("020"))
    for scenario, row in {"a": a, "b": b, "a+b": ab}.items():
        assert agrees(rate(World(draft.book(), scenario), call), row)


def test_reforms_that_price_one_call_differently_clash() -> None:
    with pytest.raises(RulebookError) as refused:
        two_reforms("guangzhou", "guangzhou").book().rater(["a+b"], allow=LEAVE)
    assert ["clash"] == [problem.code for problem in refused.value.problems]
