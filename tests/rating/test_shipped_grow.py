"""Under the shipped tariffs a longer call never costs less, whatever moment it starts at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tariffs
from tariffs.rating.batch import rate_batch
from tariffs.rating.outcome import STATUS
from tariffs.rating.rater import Rater
from tests.engine import batch_of
from tests.strategies import SHANGHAI, clocks, fixed_call

LONGEST = 4_000
PRD = ("baseline", "plan-2010", "delivery-2012", "guangfo-same-city", "one-area")
FIXED = ["02081234567", "075781234567", "07582345678", "075582345678", "0751 8123456"]
MOBILE = ["13000401234", "+8613000401234"]
CALLED = [*FIXED, *MOBILE, "01081234567", "0085221234567", "00442079460000", "17909075781234567", "4008001234", "110"]


@cache
def rater(book: str, scenarios: tuple[str, ...]) -> Rater:
    return tariffs.load(book).rater(list(scenarios))


def falls(rate: Rater, call: tariffs.Call) -> list[tuple[str, int]]:
    """Views and seconds at which the call costs more than a second later, of 1, 2, 3 … seconds."""
    outcome = rate_batch(rate, batch_of(rate, [replace(call, seconds=n) for n in range(LONGEST)]), compiled=True)
    assert {"rated"} == {STATUS[int(code)] for code in outcome.status[1:]}
    return [
        (view.label, seconds)
        for number, view in enumerate(rate.views)
        for seconds, (less, more) in enumerate(pairwise(outcome.charge(number).tolist()[1:]), 1)
        if more < less
    ]


STARTS = st.builds(
    lambda day, clock: dt.datetime.combine(day, dt.time(), SHANGHAI) + dt.timedelta(seconds=clock),
    st.dates(dt.date(2010, 1, 1), dt.date(2017, 8, 31)),
    clocks,
)
ADD_ONS = st.frozensets(st.sampled_from(["telecom-add-on", "mobile-add-on"]))


@settings(max_examples=25)
@given(STARTS, st.sampled_from([*FIXED[:4], *MOBILE]), st.sampled_from(CALLED), ADD_ONS)
def test_under_prd_a_longer_call_never_costs_less(
    start: dt.datetime, caller: str, called: str, options: frozenset[str]
) -> None:
    call = replace(fixed_call(start, 60), caller=caller, called=called, options=options)
    assert [] == falls(rater("prd", PRD), call)


@settings(max_examples=10)
@given(STARTS, st.sampled_from(MOBILE), st.sampled_from(["guangzhou", "foshan", "shaoguan"]), ADD_ONS)
def test_under_prd_a_longer_call_received_while_roaming_never_costs_less(
    start: dt.datetime, called: str, where: str, options: frozenset[str]
) -> None:
    call = replace(fixed_call(start, 60), called=called, direction="received", served_place=where, options=options)
    assert [] == falls(rater("prd", PRD), call)


@pytest.mark.parametrize("clock", ["06:50:00", "06:59:59", "07:00:00", "21:59:57", "22:00:00", "23:59:30", "00:00:00"])
@pytest.mark.parametrize("day", ["2011-09-30", "2011-10-01", "2011-10-08", "2011-12-31"])
def test_under_unicoms_periods_a_longer_call_never_costs_less(day: str, clock: str) -> None:
    start = dt.datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=SHANGHAI)
    call = replace(fixed_call(start, 60), operator="unicom")
    assert [] == falls(rater("unicom", ("baseline",)), call)
