"""What must hold of every rulebook and every call, whatever they cost."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from tests.engine import as_batch, one_by_one, rater_of
from tests.strategies import calls, rulebooks, scenario_books


@given(st.data())
def test_a_scenario_without_changes_costs_exactly_what_the_baseline_costs(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    _, rater = rater_of(draft, ["baseline", "stay"])
    for row in one_by_one(rater, data.draw(st.lists(calls(draft), min_size=3, max_size=6))):
        assert row[0] == row[1]


@given(st.data())
def test_scenarios_rated_together_cost_what_each_costs_alone(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft, valid=True), min_size=3, max_size=6))
    draft, alone = rater_of(draft, ["change"])
    _, base = rater_of(draft, ["baseline"])
    _, together = rater_of(draft, ["baseline", "change"])
    singly = [[one, other] for [one], [other] in zip(one_by_one(base, drawn), one_by_one(alone, drawn), strict=True)]
    for expected, row in zip(singly, one_by_one(together, drawn), strict=True):
        if all(single.status == "rated" for single in expected):
            assert expected == row
        else:
            # One view without a price leaves the call without any: the reason is that of one of them.
            assert row[0].status in {single.status for single in expected if single.status != "rated"} or (
                {"rated", "zero-duration"} == {single.status for single in expected} and row[0].status == "rated"
            )


@given(st.data(), st.integers(0, 2**16))
def test_the_order_of_calls_and_the_cutting_of_files_change_nothing(data: st.DataObject, seed: int) -> None:
    draft = data.draw(rulebooks())
    drawn = data.draw(st.lists(calls(draft), min_size=2, max_size=8))
    _, rater = rater_of(draft, ["baseline"])
    whole = as_batch(rater, drawn, compiled=True)
    cut = data.draw(st.integers(0, len(drawn)))
    pieces = [as_batch(rater, piece, compiled=True) for piece in (drawn[:cut], drawn[cut:]) if piece]
    assert whole == [row for piece in pieces for row in piece]
    order = random.Random(seed).sample(range(len(drawn)), len(drawn))
    assert [whole[n] for n in order] == as_batch(rater, [drawn[n] for n in order], compiled=True)


@given(st.data())
def test_as_of_a_calls_own_day_is_the_price_of_that_day(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    call = data.draw(calls(draft, valid=True))
    draft, plain = rater_of(draft, ["change"])
    day: dt.date = call.start.date()
    _, reference = rater_of(draft, ["change"], as_of=[day.isoformat()])
    [[own]], [[referred]] = one_by_one(plain, [call]), one_by_one(reference, [call])
    assert own == referred
