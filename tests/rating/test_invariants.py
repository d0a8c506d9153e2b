"""What must hold of every rulebook and every call, whatever they cost."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tariffs import Rated
from tests.engine import as_batch, one_by_one, rater_of
from tests.oracle import Priced, World, rate
from tests.oracle.charges import rounded
from tests.strategies import calls, plain_calls, rulebooks, scenario_books, tariff_books


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


@given(st.data())
def test_the_spans_of_an_explanation_add_up_to_the_charge(data: st.DataObject) -> None:
    draft = data.draw(tariff_books())
    call = data.draw(plain_calls())
    _, rater = rater_of(draft, ["baseline"])
    explained = rater.explain(call)
    result = rater(call)
    assert result == explained.result
    if not isinstance(result, Rated):
        return
    [part] = explained.components
    assert part.sum == part.connection + sum((span.amount for span in part.spans), Fraction(0))
    bounded = max(part.sum, part.minimum) if part.maximum is None else min(max(part.sum, part.minimum), part.maximum)
    assert rounded(bounded, part.rounding) == Fraction(part.amount)
    assert all(span.amount == span.units * span.price for span in part.spans)
    charge = result.charges["baseline"]
    assert charge.units == part.units == sum(span.units for span in part.spans)
    assert charge.amount == explained.total == part.amount


@given(st.data())
def test_the_spans_of_an_explanation_are_the_units_of_a_walk(data: st.DataObject) -> None:
    draft = data.draw(tariff_books())
    call = data.draw(plain_calls())
    _, rater = rater_of(draft, ["baseline"])
    walked = rate(World(draft.book()), call)
    if not isinstance(walked, Priced):
        assert not isinstance(rater(call), Rated)
        return
    [component], [part] = walked.components, rater.explain(call).components
    assert component is not None
    assert list(component.prices) == [span.price for span in part.spans for _ in range(span.units)]
    assert [span.first for span in part.spans[1:]] == [span.last for span in part.spans[:-1]]
    assert not part.spans or (part.spans[0].first == 0 and part.spans[-1].last <= component.billed)
