"""Harmonisation has losers on short calls: the exact durations, in whole seconds, at which the new tariff is dearer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

import tariffs
from tariffs import Call, Rated
from tests.rules.calls import FIXED, NOON_2012, charge, rater, start, yuan

LONGEST = 660  # seconds; the tariffs' unit prices are far apart by then
NOON = start(NOON_2012)
MIDNIGHT = start("2012-03-02 00:00:00")
SEVEN = start("2012-03-02 07:00:00")
THREE = start("2012-03-02 03:00:00")

DAY_INTER_ZONE = [(1, 24)]
NIGHT_INTER_ZONE = [(1, 42), (61, 84), (121, 132)]
INTER_ZONE = {"inter-zone-price": "0.30"}


def dearer(rate: Any, at: dt.datetime, longest: int = LONGEST, **facts: Any) -> list[tuple[int, int]]:
    """The ranges of seconds, first and last, at which the second view of `rate` costs more than the first."""
    seconds = []
    for duration in range(1, longest + 1):
        call = Call(id="call", caller=FIXED["guangzhou"], called=FIXED["foshan"], start=at, seconds=duration, **facts)
        outcome = rate(call)
        assert isinstance(outcome, Rated)
        before, after = (charge.amount for charge in outcome.charges.values())
        if after > before:
            seconds.append(duration)
    return ranges(seconds)


def ranges(seconds: Sequence[int]) -> list[tuple[int, int]]:
    """`1 2 3 7 8` as `(1, 3) (7, 8)`."""
    found: list[tuple[int, int]] = []
    for second in seconds:
        if found and found[-1][1] == second - 1:
            found[-1] = (found[-1][0], second)
        else:
            found.append((second, second))
    return found


def ago(seconds: int, boundary: dt.datetime) -> dt.datetime:
    return boundary - dt.timedelta(seconds=seconds)


def test_local_3_plus_1_instead_of_long_distance() -> None:
    rate = rater("baseline", "guangfo-same-city")
    assert [(1, 18)] == dearer(rate, NOON)
    assert [(1, 30)] == dearer(rate, THREE)


def test_inter_zone_instead_of_long_distance() -> None:
    rate = rater("baseline", "plan-2010", assume=INTER_ZONE)
    assert DAY_INTER_ZONE == dearer(rate, NOON)
    assert NIGHT_INTER_ZONE == dearer(rate, THREE)


def test_the_add_on_instead_of_long_distance_without_its_fee() -> None:
    rate = rater("baseline", "delivery-2012", assume={"delivery-day": "2012-01-01"})
    held = frozenset({"telecom-add-on"})
    assert [(1, 12)] == dearer(rate, NOON, options=held)
    assert [(1, 24)] == dearer(rate, THREE, options=held)
    assert [] == dearer(rate, NOON, options=frozenset())


@pytest.mark.parametrize(
    "nearest, farthest, expected",
    [
        (1, 6, [(1, 24)]),
        (7, 24, [(1, 30)]),
        (25, 30, [(1, 36)]),
        (31, 36, [(1, 36), (61, 66)]),
        (37, 48, [(1, 42), (61, 66)]),
        (49, 60, [(1, 42), (61, 72)]),
        (61, 72, [(1, 42), (61, 78)]),
        (73, 114, [(1, 42), (61, 84)]),
        (115, 126, [(1, 42), (61, 84), (121, 126)]),
        (127, 140, NIGHT_INTER_ZONE),
    ],
)
def test_inter_zone_when_the_call_starts_some_seconds_before_seven(
    nearest: int, farthest: int, expected: list[tuple[int, int]]
) -> None:
    rate = rater("baseline", "plan-2010", assume={**INTER_ZONE, "crossing": "each-unit"})
    for k in range(nearest, farthest + 1):
        assert expected == dearer(rate, ago(k, SEVEN), 200), f"{k} s before 07:00"


@pytest.mark.parametrize(
    "nearest, farthest, expected",
    [
        (1, 6, [(1, 36), (61, 84), (121, 126)]),
        (7, 12, [(1, 30), (61, 78)]),
        (13, 18, [(1, 30), (61, 72)]),
        (19, 30, [(1, 24), (61, 66)]),
        (31, 50, DAY_INTER_ZONE),
    ],
)
def test_inter_zone_when_the_call_starts_some_seconds_before_midnight(
    nearest: int, farthest: int, expected: list[tuple[int, int]]
) -> None:
    rate = rater("baseline", "plan-2010", assume={**INTER_ZONE, "crossing": "each-unit"})
    for k in range(nearest, farthest + 1):
        assert expected == dearer(rate, ago(k, MIDNIGHT), 200), f"{k} s before 00:00"


@pytest.mark.parametrize("k", [1, 6, 30, 36, 126, 127])
def test_when_the_start_of_the_call_decides_the_plain_ranges_hold(k: int) -> None:
    rate = rater("baseline", "plan-2010", assume={**INTER_ZONE, "crossing": "call-start"})
    assert NIGHT_INTER_ZONE == dearer(rate, ago(k, SEVEN), 200)
    assert DAY_INTER_ZONE == dearer(rate, ago(k, MIDNIGHT), 200)


def test_the_add_on_breaks_even_at_ten_minutes_a_month_and_against_inter_zone_at_fifty() -> None:
    assumed = {"delivery-day": "2012-01-01", **INTER_ZONE}
    before, delivery = rater("baseline"), rater("delivery-2012", assume=assumed)
    plan = rater("plan-2010", assume=INTER_ZONE)
    fee: Any = tariffs.load("prd").scenarios["delivery-2012"].options["telecom-add-on"].fee

    def month(rate: Any, minutes: int, **facts: Any) -> Any:
        return minutes * charge(rate, FIXED["guangzhou"], FIXED["foshan"], NOON_2012, 60, **facts)

    def with_add_on(minutes: int) -> Any:
        return fee + month(delivery, minutes, options=frozenset({"telecom-add-on"}))

    assert month(before, 9) < with_add_on(9)
    assert month(before, 10) == with_add_on(10)
    assert month(before, 11) > with_add_on(11)
    assert month(plan, 50) == with_add_on(50)
    assert month(plan, 51) > with_add_on(51)


def test_hanging_up_after_three_minutes_and_redialling_pays_under_3_plus_1() -> None:
    local = rater("baseline")
    whole = charge(local, FIXED["guangzhou"], FIXED["panyu"], NOON_2012, 360)
    half = charge(local, FIXED["guangzhou"], FIXED["panyu"], NOON_2012, 180)
    assert yuan("0.55") == whole
    assert yuan("0.44") == half + half
