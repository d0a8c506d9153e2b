"""A masked number is read like the number that it stands for, whatever the numbering plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

import tariffs
from tariffs import Call
from tariffs.cdr.masking import Masker
from tariffs.cdr.numbers import NumberReader
from tariffs.rating.rater import Rater
from tests.engine import as_batch, one_by_one, rater_of
from tests.strategies import SHANGHAI, dialled, fixed_call, number_plans, numbered_calls

NOON = dt.datetime(2012, 3, 1, 12, tzinfo=SHANGHAI)
WRITTEN = [
    "075781234567", "+86 757 8123 4567", "0086-757-81234567", "8675781234567", "81234567", "13000401234",
    "+8613000401234", "013000401234", "00442079460000", "0085221234567", "17909075781234567", "1790981234567",
    "110", "4008001234",    "0757812345", "07571234", "86123456", "999",
]  # fmt: skip


def masked(rater: Rater, call: Call) -> Call:
    """The call with both numbers masked, as a run with a key writes it."""
    wall = (call.start.replace(tzinfo=None) - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)
    tokens = Masker(b"k" * 32, NumberReader(rater))._pair(call.caller, call.called, call.home_area, None, wall)
    return replace(call, caller=tokens[call.caller], called=tokens.get(call.called, call.called))


@given(st.data())
def test_under_any_plan_a_masked_call_costs_what_the_call_costs(data: st.DataObject) -> None:
    draft = data.draw(number_plans())
    _, rater = rater_of(draft, ["baseline"])
    # A + behind an access code is no number at all, and masked it is an unknown one.
    written = dialled(draft).filter(lambda number: "+" not in number[1:])
    drawn = [data.draw(numbered_calls(draft, data.draw(written))) for _ in range(4)]
    hidden = [masked(rater, call) for call in drawn]
    assert one_by_one(rater, drawn) == one_by_one(rater, hidden)
    assert one_by_one(rater, drawn) == as_batch(rater, hidden, compiled=True)


@cache
def prd_rater() -> Rater:
    return tariffs.load("prd").rater(["baseline", "plan-2010"])


@given(st.sampled_from(WRITTEN), st.sampled_from(WRITTEN[:7]), st.sampled_from([None, "20"]))
@example("+442079460000", "02081234567", None)
@example("+85221234567", "02081234567", None)
@example("0086757", "07582345678", None)  # cut, and as long as a number of the caller's own area
def test_under_prd_a_masked_call_costs_what_the_call_costs(called: str, caller: str, home: str | None) -> None:
    rater = prd_rater()
    call = replace(fixed_call(NOON, 61), caller=caller, called=called, home_area=home)
    assert one_by_one(rater, [call]) == one_by_one(rater, [masked(rater, call)])
