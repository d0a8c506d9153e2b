"""What the benchmarks rest on, without timing anything: the calls drawn are what they say, and rated."""

from __future__ import annotations

import pytest

import tariffs
from benchmarks import zen_decision
from benchmarks.calls import KINDS, draw

CALLS = draw(300)


@pytest.fixture(scope="module")
def rate() -> object:
    return tariffs.load("prd").rater(["plan-2010"])


def test_the_same_seed_draws_the_same_calls() -> None:
    assert CALLS == draw(300)


def test_every_kind_of_the_tariff_is_drawn() -> None:
    places = {"same-city", "same-zone", "same-circle", "same-province", "mainland", "international"}
    found = [tariffs.load("prd").rater(["baseline"])(drawn.call) for drawn in CALLS]
    rated = [result for result in found if isinstance(result, tariffs.Rated)]
    assert len(CALLS) == len(rated)
    assert places - {"same-city", "same-circle"} <= {result.charges["baseline"].relation for result in rated}
    assert len(KINDS) <= len({result.charges["baseline"].service for result in rated})


def test_a_call_is_served_as_the_line_that_it_was_drawn_for(rate: object) -> None:
    for drawn in CALLS:
        result = rate(drawn.call)  # type: ignore[operator]
        assert isinstance(result, tariffs.Rated)
        service = result.charges["plan-2010"].service
        assert service in (drawn.called, f"{drawn.line}-ip-{drawn.access}") or service.startswith(drawn.line)


def test_the_rival_is_told_of_every_city_that_is_drawn() -> None:
    told = set(zen_decision.REGION) | {"shaoguan", "other-mainland", "abroad", "hong-kong"}
    assert {drawn.origin for drawn in CALLS} | {drawn.destination for drawn in CALLS} <= told
