"""One call, a batch and the compiled batch all say what the slow oracle says, on drawn rulebooks and calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.engine import agrees, as_batch, one_by_one, rater_of
from tests.oracle import World, rate
from tests.strategies import calls, number_plans, plain_calls, rulebooks, scenario_books, tariff_books
from tests.strategies import dialled as dialled_numbers
from tests.strategies import numbered_calls as calls_under_a_plan


@given(st.data())
def test_every_tariff_costs_what_a_walk_unit_by_unit_says(data: st.DataObject) -> None:
    draft = data.draw(tariff_books())
    drawn = data.draw(st.lists(plain_calls(), min_size=3, max_size=6))
    _, rater = rater_of(draft, ["baseline"])
    world = World(draft.book())
    rows = one_by_one(rater, drawn)
    for call, (row,) in zip(drawn, rows, strict=True):
        assert agrees(rate(world, call), row), (rate(world, call), row, call)
    assert rows == as_batch(rater, drawn, compiled=False)
    assert rows == as_batch(rater, drawn, compiled=True)


@given(st.data())
def test_every_rulebook_decides_as_brute_force_does(data: st.DataObject) -> None:
    draft = data.draw(rulebooks())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    _, rater = rater_of(draft, ["baseline"])
    world = World(draft.book())
    rows = one_by_one(rater, drawn)
    for call, (row,) in zip(drawn, rows, strict=True):
        assert agrees(rate(world, call), row), (rate(world, call), row, call)
    assert rows == as_batch(rater, drawn, compiled=False)
    assert rows == as_batch(rater, drawn, compiled=True)


@given(st.data())
def test_every_scenario_changes_what_its_changes_say_in_their_order(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    draft, rater = rater_of(draft, ["change"])
    world = World(draft.book(), "change")
    rows = one_by_one(rater, drawn)
    for call, (row,) in zip(drawn, rows, strict=True):
        assert agrees(rate(world, call), row), (rate(world, call), row, call)
    assert rows == as_batch(rater, drawn, compiled=True)


@given(st.data())
def test_every_number_means_what_its_longest_prefix_says(data: st.DataObject) -> None:
    draft = data.draw(number_plans())
    drawn = [data.draw(calls_under_a_plan(draft, data.draw(dialled_numbers(draft)))) for _ in range(4)]
    _, rater = rater_of(draft, ["baseline"])
    world = World(draft.book())
    rows = one_by_one(rater, drawn)
    for call, (row,) in zip(drawn, rows, strict=True):
        assert agrees(rate(world, call), row), (rate(world, call), row, call)
    assert rows == as_batch(rater, drawn, compiled=True)
