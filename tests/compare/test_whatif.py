"""Another price, another date, another tariff: cells answer as rating every call again would, or say they cannot."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs import Call, RulebookError
from tariffs.compare import sums
from tariffs.compare.cells import Cells
from tariffs.compare.gather import cells_of
from tariffs.compare.whatif import CannotAnswer, WhatIf
from tariffs.rating.rater import make_rater
from tariffs.rulebook.scenarios import Scenario
from tests.compare.desk import gathered, prd, prd_rater
from tests.compare.test_cells import by_calls, by_cells
from tests.engine import batch_of
from tests.strategies import SHANGHAI

CALLERS = ["02081234567", "075781234567", "07552345678", "07582123456", "13800201234"]


@st.composite
def prd_calls(draw: st.DrawFn) -> Call:
    """A call of the Pearl River Delta, often near a phase, a month's end or a change of rate period."""
    day = draw(st.sampled_from([dt.date(2011, 12, 31), dt.date(2012, 1, 1), dt.date(2012, 8, 31), dt.date(2014, 12, 31),
                                dt.date(2015, 1, 1), dt.date(2015, 3, 17)]))  # fmt: skip
    clock = draw(st.one_of(st.integers(6 * 3600 + 58 * 60, 7 * 3600 + 60), st.integers(0, 86_399)))
    caller = draw(st.sampled_from(CALLERS))
    called = draw(st.sampled_from([number for number in CALLERS if number != caller]))
    return Call(
        id="",
        caller=caller,
        called=called,
        start=dt.datetime.combine(day, dt.time(), SHANGHAI) + dt.timedelta(seconds=clock),
        seconds=draw(st.one_of(st.integers(0, 400), st.decimals(0, 400, places=2).map(Decimal))),
        options=draw(st.sampled_from([frozenset(), frozenset({"telecom-add-on"})])),
    )


# Compiling the shipped rules for every question is what takes the time: few questions, each of many calls.
few_questions = settings(max_examples=max(10, settings().max_examples // 4))
many_calls = st.lists(prd_calls(), min_size=1, max_size=60)
prices = st.integers(0, 150).map(lambda fen: f"{fen // 100}.{fen % 100:02}")
SCENARIOS = ["baseline", "plan-2010", "delivery-2012"]


def cells_of_calls(drawn: list[Call], **options: Any) -> Cells:
    return cells_of(prd_rater(), batch_of(prd_rater(), drawn), **options)


@few_questions
@given(many_calls, st.lists(prices, min_size=2, max_size=4), st.data())
def test_another_price_costs_what_rating_every_call_costs(
    drawn: list[Call], asked: list[str], data: st.DataObject
) -> None:
    views: dict[str, Any] = data.draw(
        st.sampled_from([{}, {"as_of": ["plan-2010:1", "plan-2010:2"]}, {"as_of": ["2013-05-01"], "both": True}])
    )
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS, compiled=False, **views)
    batch = batch_of(prd_rater(), drawn)
    for price in asked:
        values = {"inter-zone-price": price, "mobile-local-price": asked[0]}
        rater = make_rater(prd(), SCENARIOS, assume=values, **views)
        assert by_calls(rater, batch) == by_cells(whatif, assume=values)


@few_questions
@given(many_calls, st.sampled_from(["call-start", "each-unit"]), prices)
def test_choices_and_values_for_one_scenario_only(drawn: list[Call], crossing: str, price: str) -> None:
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS[:2], compiled=False)
    whatif.price()
    found = whatif.price(assume={"crossing": crossing}, apart={"plan-2010": {"inter-zone-price": price}})
    expected = [
        WhatIf(whatif.cells, prd(), [name], assume=values, compiled=False).price().amounts[:, 0].tolist()
        for name, values in (
            ("baseline", {"crossing": crossing}),
            ("plan-2010", {"crossing": crossing, "inter-zone-price": price}),
        )
    ]
    if found.counts.rated == sum(found.calls):
        assert expected == [found.amounts[:, view].tolist() for view in (0, 1)]


MOVABLE = (dt.date(2011, 12, 25), dt.date(2012, 1, 10))


@few_questions
@given(
    many_calls,
    st.lists(st.dates(dt.date(2011, 12, 15), dt.date(2012, 1, 20)), min_size=1, max_size=3),
    st.booleans(),
)
def test_another_day_costs_what_rating_every_call_costs_or_cannot_be_answered(
    drawn: list[Call], asked: list[dt.date], declared: bool
) -> None:
    whatif = WhatIf(cells_of_calls(drawn, movable=[MOVABLE] if declared else []), prd(), SCENARIOS[:2], compiled=False)
    first, last = (bound(call.start.date() for call in drawn) for bound in (min, max))
    for day in asked:
        values = {"plan-phase-1": day.isoformat()}
        rater = make_rater(prd(), SCENARIOS[:2], assume=values)
        known = day.day == 1 or not first < day <= last or (declared and MOVABLE[0] <= day <= MOVABLE[1])
        try:
            found = by_cells(whatif, assume=values)
        except CannotAnswer:
            assert not known
        else:
            assert by_calls(rater, batch_of(rater, drawn)) == found


CHARGES = st.fixed_dictionaries(
    {"per": st.sampled_from(["6 s", "12 s", "30 s", "60 s", "180 s"]), "price": prices}
).map(lambda charge: {**charge, "minimum": "0.10"})


@few_questions
@given(many_calls, st.lists(CHARGES, min_size=1, max_size=3))
def test_another_tariff_costs_what_rating_every_call_costs(drawn: list[Call], charges: list[dict[str, str]]) -> None:
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS, both=True, compiled=False)
    tariff = prd().tariffs["domestic-long-distance"]
    for number, said in enumerate(charges):
        other = tariff.model_copy(update={"charge": tariff.charge.model_validate(said)})
        book = prd().model_copy(
            update={"tariffs": {**prd().tariffs, "domestic-long-distance": other}, "digest": f"other {number}"}
        )
        rater = make_rater(book, SCENARIOS, both=True)
        assert by_calls(rater, batch_of(rater, drawn)) == by_cells(whatif, book=book)


def test_the_same_question_again_compiles_nothing() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2])
    whatif.price(assume={"inter-zone-price": "0.25"})
    assert whatif.rater({"inter-zone-price": "0.25"}) is whatif.rater({"inter-zone-price": "0.25"})
    assert whatif.rater({"inter-zone-price": "0.25"}) is not whatif.rater({"inter-zone-price": "0.20"})


def call(day: str, seconds: int = 61, caller: str = "02081234567", called: str = "075781234567") -> Call:
    start = dt.datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SHANGHAI)
    return Call(id="", caller=caller, called=called, start=start, seconds=seconds)


def test_a_question_that_changes_nothing_keeps_every_amount() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01"), call("2015-03-01")]), prd(), SCENARIOS[:2])
    before, after = whatif.price(), whatif.price(assume={"inter-zone-price": "0.30"})
    np.testing.assert_array_equal(before.amounts, after.amounts)
    assert before.base == after.base == 0


def test_a_phase_may_move_to_any_first_of_a_month() -> None:
    drawn = [call(f"2012-{month:02}-{day:02}") for month in range(1, 6) for day in (1, 15, 28)]
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS[:2])
    values = {"plan-phase-1": "2012-03-01"}
    rater = prd().rater(SCENARIOS[:2], assume=values)
    assert by_calls(rater, batch_of(rater, drawn)) == by_cells(whatif, assume=values)


def test_a_phase_that_moves_into_a_segment_needs_the_calls_again() -> None:
    drawn = [call("2012-03-01"), call("2012-03-31")]
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS[:2])
    with pytest.raises(CannotAnswer, match="2012-03-14"):
        whatif.price(assume={"plan-phase-1": "2012-03-14"})
    values = {"plan-phase-1": "2012-03-14"}
    movable = [(dt.date(2012, 3, 10), dt.date(2012, 3, 20))]
    ready = WhatIf(cells_of_calls(drawn, movable=movable), prd(), SCENARIOS[:2])
    rater = prd().rater(SCENARIOS[:2], assume=values)
    assert by_calls(rater, batch_of(rater, drawn)) == by_cells(ready, assume=values)
    with pytest.raises(CannotAnswer):
        ready.price(assume={"plan-phase-1": "2012-03-22"})


def test_a_day_on_which_no_call_can_lie_is_no_obstacle() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-05"), call("2012-03-09")]), prd(), SCENARIOS[:2])
    assert [770_000, 770_000] == whatif.price(assume={"plan-phase-1": "2012-03-10"}).amounts[0].tolist()


def test_under_a_reference_date_dates_do_not_matter() -> None:
    drawn = [call("2012-03-01"), call("2012-03-31")]
    whatif = WhatIf(cells_of_calls(drawn), prd(), SCENARIOS[:2], as_of=["plan-2010:1"])
    found = whatif.price(assume={"plan-phase-1": "2012-03-14"})
    assert ["baseline@plan-2010:1", "plan-2010@1"] == [view.label for view in found.views]
    assert [[770_000, 600_000]] == np.unique(found.amounts, axis=0).tolist()


def test_other_zones_need_the_calls_again() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2])
    whatif.price()
    with pytest.raises(CannotAnswer, match="zones"):
        whatif.price(assume={"business-zones": "illustrative"})


def test_other_rate_periods_and_units_need_the_calls_again() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2])
    night = prd().periods["telecom-night"]
    longer = night.periods["night"].model_copy(update={"clock": ("00:00-08:00",)})
    scheme = night.model_copy(update={"periods": {**night.periods, "night": longer}})
    with pytest.raises(CannotAnswer, match="rate periods"):
        whatif.price(book=prd().model_copy(update={"periods": {"telecom-night": scheme}, "digest": "another"}))
    tariff = prd().tariffs["domestic-long-distance"]
    finer = tariff.model_copy(update={"charge": tariff.charge.model_validate({"per": "4 s", "price": "0.05"})})
    tariffs_ = {**prd().tariffs, "domestic-long-distance": finer}
    with pytest.raises(CannotAnswer, match="2 s"):
        whatif.price(book=prd().model_copy(update={"tariffs": tariffs_, "digest": "a third"}))


def test_a_unit_that_the_cells_hold_is_answered() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), ["baseline"])
    tariff = prd().tariffs["domestic-long-distance"]
    coarser = tariff.model_copy(update={"charge": tariff.charge.model_validate({"per": "30 s", "price": "0.30"})})
    book = prd().model_copy(update={"tariffs": {**prd().tariffs, "domestic-long-distance": coarser}, "digest": "other"})
    assert 900_000 == whatif.price(book=book).amounts[0, 0]


def test_a_changed_scenario_is_priced_beside_an_unchanged_one() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2])
    before = whatif.price()
    plan = prd().scenarios["plan-2010"]
    changes = tuple(
        c.model_copy(update={"pay": ("fixed-to-mobile",)}) if c.pay == ("inter-zone",) else c for c in plan.changes
    )
    book = prd().model_copy(
        update={
            "scenarios": {**prd().scenarios, "plan-2010": plan.model_copy(update={"changes": changes})},
            "digest": "x",
        }
    )
    assert isinstance(book.scenarios["plan-2010"], Scenario)
    assert [[770_000, 600_000]] == before.amounts.tolist()
    assert [[770_000, 400_000]] == whatif.price(book=book).amounts.tolist()


def test_a_value_that_no_parameter_has_is_refused() -> None:
    whatif = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2])
    whatif.price()
    for values in ({"inter-zone-prise": "0.30"}, {"inter-zone-price": "dear"}):
        with pytest.raises(RulebookError):
            whatif.price(assume=values)
    with pytest.raises(RulebookError):
        dataclasses.replace(whatif, assumptions=False).price()


def test_what_each_view_rests_on_is_named() -> None:
    found = WhatIf(cells_of_calls([call("2012-03-01")]), prd(), SCENARIOS[:2]).price(
        assume={"inter-zone-price": "0.25"}
    )
    named = [{item.name: item.value for item in items} for items in found.assumed]
    assert "inter-zone-price" not in named[0] and "plan-phase-1" not in named[0]
    assert ("0.25", "2012-01-01") == (named[1]["inter-zone-price"], named[1]["plan-phase-1"])


def test_swapping_base_and_scenario_negates_every_difference(tmp_path: Path) -> None:
    cells = cells_of_calls([call("2012-03-01"), call("2015-03-01", 5)])
    one = WhatIf(cells, prd(), SCENARIOS[:2]).price()
    two = WhatIf(cells, prd(), SCENARIOS[:2], base="plan-2010").price()
    assert (0, 1) == (one.base, two.base)
    np.testing.assert_array_equal(
        one.amounts[:, 1] - one.amounts[:, one.base], -(two.amounts[:, 0] - two.amounts[:, two.base])
    )


def test_bills_of_what_did_not_change_are_not_added_up_again(tmp_path: Path) -> None:
    calls = ["02081234567,075781234567,2012-03-01T12:00:00,60"]
    whatif = WhatIf(gathered(tmp_path, calls).cells, prd(), SCENARIOS[:2])
    before, after = whatif.price(), whatif.price(assume={"inter-zone-price": "0.20"})
    assert before.accounts is not None and after.accounts is not None
    assert sums.bills(before, before.accounts, 0) is sums.bills(after, after.accounts, 0)
    assert [[300_000], [200_000]] == [sums.bills(p, p.accounts, 1).tolist() for p in (before, after) if p.accounts]
