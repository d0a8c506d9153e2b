"""What the benchmarks rest on, without timing anything: the calls drawn are what they say, and rated."""

from __future__ import annotations

import pytest

import tariffs
from benchmarks import zen_decision
from benchmarks.calls import draw

CALLS = draw(300)


@pytest.fixture(scope="module")
def rate() -> object:
    return tariffs.load("prd").rater(["plan-2010"])


def test_the_same_seed_draws_the_same_calls() -> None:
    assert CALLS == draw(300)


def test_the_calls_reach_every_relation_and_service(rate: object) -> None:
    charges = [rate(drawn.call).charges["plan-2010"] for drawn in CALLS]  # type: ignore[operator]
    assert {
        "same-zone", "same-circle", "same-province", "mainland", "hong-kong-macao-taiwan", "international",
    } == {charge.relation for charge in charges}  # fmt: skip
    assert {
        "fixed-to-fixed", "fixed-to-mobile", "fixed-ip-17909", "mobile-to-fixed", "mobile-to-mobile",
        "mobile-received", "400", "emergency",
    } == {charge.service for charge in charges}  # fmt: skip


def test_a_call_is_served_as_the_line_that_it_was_drawn_for(rate: object) -> None:
    for drawn in CALLS:
        result = rate(drawn.call)  # type: ignore[operator]
        assert isinstance(result, tariffs.Rated)
        service = result.charges["plan-2010"].service
        assert service in (drawn.called, f"{drawn.line}-ip-{drawn.access}") or service.startswith(drawn.line)


def test_the_rival_is_told_of_every_city_that_is_drawn() -> None:
    told = set(zen_decision.REGION) | {"shaoguan", "other-mainland", "abroad", "hong-kong"}
    assert {drawn.origin for drawn in CALLS} | {drawn.destination for drawn in CALLS} <= told
