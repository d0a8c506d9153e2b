"""Prices compared over all durations and starts, against the kernel asked about each of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs.checks import check
from tariffs.checks.comparing import compare
from tariffs.checks.domain import Days
from tariffs.checks.staircases import tick_of
from tariffs.checks.starts import DAY_SECONDS, Prices
from tariffs.rating import kernel as k
from tests.checks.drawn import drawn
from tests.smallworld import LEAVE, SCHEMES, one_tariff
from tests.strategies import clock_schemes, time_charges

MARCH = dt.date(2012, 3, 1).toordinal()
SECOND = 1_000_000
SHORT = 900 * SECOND


@st.composite
def two_tariffs(draw: st.DrawFn) -> Two:
    """Two drawn tariffs with the same rate periods, by their places in the kernel's table."""
    schemes = {**SCHEMES, "random-clock": draw(clock_schemes())}
    draft = one_tariff(draw(time_charges(schemes=schemes)), schemes)
    other = {"name": draft.sections["tariffs"]["only"]["name"], "charge": draw(time_charges(schemes=schemes))}
    both = draft.but(tariffs={**draft.sections["tariffs"], "other": other})
    rules = {**draft.sections["rules"], "received": {"when": {"direction": "received"}, "pay": "other"}}
    compiled = both.but(rules=rules).book().rater(allow=LEAVE).compiled
    one, two = compiled.tariff_at[:2]
    return Prices(compiled.tables.heap, SHORT), one, two


Two = tuple[Prices, int, int]


def price(prices: Prices, tariff: int, day: int, at: int, amount: int) -> int:
    """What the kernel charges from that microsecond of a day; -1 outside the calendar."""
    t = prices.table
    billed = k.rounded(amount, t[tariff + k.T_RESOLUTION], t[tariff + k.T_FRACTION]) * t[tariff + k.T_RESOLUTION]
    if billed == 0 and t[tariff + k.T_ZERO] == 0:
        return 0
    return k.price(t, tariff, billed, (day - k.EPOCH) * k.DAY + at)[0]


def dearer(prices: Prices, old: int, new: int, second: int) -> set[int]:
    """Durations in ticks at which the second tariff costs more, each asked for."""
    at = second * SECOND
    tick = tick_of([*prices.stairs([old], MARCH, at), *prices.stairs([new], MARCH, at)])
    amounts = range(0, SHORT + 1, max(tick, 100_000))
    return {a for a in amounts if price(prices, new, MARCH, at, a) > price(prices, old, MARCH, at, a) >= 0}


@drawn(60)
@given(two_tariffs(), st.one_of(st.integers(0, DAY_SECONDS - 1), st.integers(7 * 3600 - 900, 7 * 3600)))
def test_two_prices_compare_as_the_kernel_prices_every_duration(found: Two, second: int) -> None:
    prices, old, new = found
    stairs = prices.stairs([old], MARCH, second * SECOND), prices.stairs([new], MARCH, second * SECOND)
    told = compare(*stairs)
    step = max(tick_of([*stairs[0], *stairs[1]]), 100_000)
    amounts = {a for a in range(0, SHORT + 1, step) if any(first <= a <= last for first, last in told.dearer)}
    assert dearer(prices, old, new, second) == amounts
    if told.worst is not None:
        more = [price(prices, t, MARCH, second * SECOND, told.worst[1]) for t in (new, old)]
        assert told.worst[0] == more[0] - more[1]


moments = st.one_of(st.integers(0, k.DAY - 1), st.integers(0, DAY_SECONDS - 1).map(lambda second: second * SECOND))
"""Starts to the microsecond; half of them whole seconds."""


@drawn(25)
@given(two_tariffs(), st.lists(moments, max_size=20))
def test_what_is_dearer_from_a_start_is_what_is_told_of_its_class(found: Two, starts: list[int]) -> None:
    prices, old, new = Prices(found[0].table, 200 * SECOND), *found[1:]
    days = Days(MARCH, MARCH + 7)
    classes = list(prices.dearer([old], [new], days))
    edges = [at for item in classes for at in (item.starts.first - 1, item.starts.first, item.starts.until - 1)]
    for day in range(days.first, days.until):
        mine = [item for item in classes if day in item.starts.days.days]
        for at in [*starts, *(edge for edge in edges[:20] if 0 <= edge < k.DAY)]:
            told = [item for item in mine if item.starts.first <= at < item.starts.until]
            asked = prices.compared([old], [new], day, at)
            assert asked.dearer == (told[0].ranges if told else ())
            assert len(told) < 2
            if asked.worst is not None:
                assert asked.worst[0] <= told[0].worst.more


@drawn(25)
@given(two_tariffs())
def test_the_worst_call_of_a_class_is_dearer_by_as_much(found: Two) -> None:
    prices, old, new = Prices(found[0].table, 200 * SECOND), *found[1:]
    for item in prices.dearer([old], [new], Days(MARCH, MARCH + 7)):
        day, worst = item.starts.days.first, item.worst
        costs = [price(prices, tariff, day, worst.at, worst.amount) for tariff in (new, old)]
        assert worst.more == costs[0] - costs[1]
        assert item.starts.first <= item.worst.at < item.starts.until


# The published arithmetic: seconds from the start to 07:00, and to 00:00, and the durations that become dearer.
TO_SEVEN = {
    (1, 6): [(1, 24)], (7, 24): [(1, 30)], (25, 30): [(1, 36)], (31, 36): [(1, 36), (61, 66)],
    (37, 48): [(1, 42), (61, 66)], (49, 60): [(1, 42), (61, 72)], (61, 72): [(1, 42), (61, 78)],
    (73, 114): [(1, 42), (61, 84)], (115, 126): [(1, 42), (61, 84), (121, 126)],
    (127, 25_200): [(1, 42), (61, 84), (121, 132)],
}  # fmt: skip
TO_MIDNIGHT = {
    (1, 6): [(1, 36), (61, 84), (121, 126)], (7, 12): [(1, 30), (61, 78)], (13, 18): [(1, 30), (61, 72)],
    (19, 30): [(1, 24), (61, 66)], (31, 61_200): [(1, 24)],
}  # fmt: skip


def sets_of(service: str, relation: str, **values: str) -> dict[tuple[str, str], list[list[int]]]:
    """Start clock → durations, of the calls of one kind that become dearer under plan-2010 in its first phase."""
    found = check(tariffs.load("prd"), "baseline", ["plan-2010"], only=["dearer"], assume=values)
    return {
        (f.data["start_from"], f.data["start_until"]): f.data["ranges"]
        for f in found
        if (f.data["service"], f.data["relation_after"]) == (service, relation)
    }


def clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


@pytest.mark.parametrize("relation", ["same-circle", "same-province"])
def test_short_calls_that_become_dearer_under_the_plan_are_those_of_the_arithmetic(relation: str) -> None:
    expected = {}
    for boundary, sets in ((7 * 3600, TO_SEVEN), (DAY_SECONDS, TO_MIDNIGHT)):
        for (least, most), ranges in sets.items():
            expected[clock(boundary - most), clock(boundary - least + 1)] = [list(pair) for pair in ranges]
    assert expected == sets_of("fixed-to-fixed", relation, **{"inter-zone-price": "0.30"})


def test_where_the_start_decides_the_plain_sets_hold_by_start() -> None:
    values = {"inter-zone-price": "0.30", "crossing": "call-start"}
    assert {
        ("00:00:00", "07:00:00"): [[1, 42], [61, 84], [121, 132]],
        ("07:00:00", "24:00:00"): [[1, 24]],
    } == sets_of("fixed-to-fixed", "same-circle", **values)


@pytest.mark.parametrize(
    "scenario, tariff, night, day",
    [("guangfo-same-city", "fixed-local", (1, 30), (1, 18)), ("delivery-2012", "all-inclusive", (1, 24), (1, 12))],
)
def test_the_other_ranges_of_the_arithmetic(
    scenario: str, tariff: str, night: tuple[int, int], day: tuple[int, int]
) -> None:
    found = [
        finding.data
        for finding in check(tariffs.load("prd"), "baseline", [scenario], only=["dearer"])
        if finding.data["pays"] == [["domestic-long-distance"], [tariff]]
    ]
    for clock_time, expected in (("03:00:00", night), ("12:00:00", day)):
        ranges = {str(d["ranges"]) for d in found if d["start_from"] <= clock_time < d["start_until"]}
        assert {str([list(expected)])} == ranges
