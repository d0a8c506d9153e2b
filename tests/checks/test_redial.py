"""The best way to split a call, against every way to split it in a small world of six-second units."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs.checks import check
from tariffs.checks.domain import Days
from tariffs.checks.splits import Splitting
from tariffs.checks.starts import Prices
from tariffs.rating import kernel as k
from tests.checks.drawn import drawn
from tests.smallworld import LEAVE, Section, one_tariff

THURSDAY = dt.date(2012, 3, 1).toordinal()
SECOND = 1_000_000
GRID = 6 * SECOND
LONGEST = 8 * GRID
QUARTER = GRID // 4
"""Between two multiples of six seconds, at most three moments (start, redial, end) can be told apart by their order."""

multiples = st.sampled_from([6, 12, 18])
fen = st.integers(0, 12).map(lambda n: f"0.{n:02d}")


@st.composite
def six_second_charges(draw: st.DrawFn) -> Section:
    """A charge in which everything happens at multiples of six seconds."""
    periods = draw(st.booleans())

    def price() -> Any:
        return {"night": draw(fen), "day": draw(fen)} if periods and draw(st.integers(0, 3)) else draw(fen)

    steps: list[Section] = [{"for": f"{draw(multiples)} s", "per": f"{draw(multiples)} s", "price": price()}
                            for _ in range(draw(st.integers(0, 2)))]  # fmt: skip
    steps.append({"per": f"{draw(multiples)} s", "price": price()})
    charge: Section = {
        "steps": steps,
        "billed": {"resolution": "6 s", "fraction": draw(st.sampled_from(["up", "up", "down"]))},
    }
    if len(steps) > 1 and draw(st.integers(0, 3)) == 0:
        charge["steps-apply"] = "whole-call"
    if periods:
        crossing = draw(st.sampled_from(["each-unit", "each-unit", "call-start"]))
        charge |= {"periods": "night-and-day", "crossing": crossing}
    for name in ("connection", "minimum"):
        if draw(st.integers(0, 3)) == 0:
            charge[name] = draw(fen)
    if draw(st.integers(0, 4)) == 0:
        charge["maximum"] = draw(st.sampled_from(["0.20", "0.40"]))
    if draw(st.integers(0, 2)) == 0:
        charge["rounding"] = {"to": "0.10", "mode": draw(st.sampled_from(["up", "down", "half-up", "half-even"]))}
    return charge


def priced(charges: list[Section]) -> tuple[Prices, tuple[int, ...]]:
    """Tariffs with these charges, by their places in the kernel's table, for calls of 48 seconds at most."""
    draft = one_tariff(charges[0])
    tariffs = {f"t{n}": {**draft.sections["tariffs"]["only"], "charge": c} for n, c in enumerate(charges)}
    rules = {f"r{n}": {"when": {"line": "fixed", "group": f"g{n}"}, "pay": f"t{n}"} for n in range(len(charges))}
    groups = {f"g{n}": {"name": {"zh": "组", "en": "group"}} for n in range(len(charges))}
    compiled = draft.but(tariffs=tariffs, rules=rules, groups=groups).book().rater(allow=LEAVE).compiled
    items = compiled.pricing.items
    places = {item.name: compiled.tariff_at[n] for n, item in enumerate(items)}
    return Prices(compiled.tables.heap, LONGEST), tuple(places[f"t{n}"] for n in range(len(charges)))


def cost(prices: Prices, bundle: tuple[int, ...], at: int, amount: int) -> int:
    """What the kernel charges for a call from a moment, in microseconds since Thursday began."""
    t, total = prices.table, 0
    for tariff in bundle:
        billed = k.rounded(amount, t[tariff + k.T_RESOLUTION], t[tariff + k.T_FRACTION]) * t[tariff + k.T_RESOLUTION]
        if billed or t[tariff + k.T_ZERO]:
            total += k.price(t, tariff, billed, (THURSDAY - k.EPOCH) * k.DAY + at)[0]
    return total


def largest_gain(prices: Prices, first: tuple[int, ...], second: tuple[int, ...], low: int, high: int) -> int:
    """The most that any split saves of calls that start near a boundary and are made again in `[low, high)`."""
    found = 0
    count = LONGEST // QUARTER
    for boundary in (7 * 3600 * SECOND, k.DAY):
        known: dict[tuple[tuple[int, ...], int, int], int] = {}

        def asked(bundle: tuple[int, ...], at: int, amount: int, known: Any = known, origin: int = boundary) -> int:
            key = (bundle, at, amount)
            if key not in known:
                known[key] = cost(prices, bundle, origin + at * QUARTER, amount * QUARTER)
            return int(known[key])

        starts = range(-2 * count - 8, 9 if boundary < k.DAY else 0)
        for start, cut in product(starts, range(1, count)):
            if not low <= boundary + (start + cut) * QUARTER < high:
                continue
            paid = asked(first, start, cut)
            gains = (
                asked(first, start, cut + more) - asked(second, start + cut, more) for more in range(1, count - cut + 1)
            )
            found = max(found, max(gains) - paid)
    return found


def best(prices: Prices, first: tuple[int, ...], second: tuple[int, ...], low: int = 0, high: int = 1 << 62) -> int:
    days = Days(THURSDAY, THURSDAY + 1)
    (kind,) = prices.timelines.kinds((*first, *second), days, again=True)
    split = Splitting(prices, first, second, THURSDAY, kind.timeline, low, high).run()
    if split is None:
        return 0
    rest = split.whole - split.first
    assert low <= split.at + split.first < high
    assert 0 < rest and split.whole <= LONGEST and 0 <= split.at < k.DAY
    parts = cost(prices, first, split.at, split.first), cost(prices, second, split.at + split.first, rest)
    assert split.gain == cost(prices, first, split.at, split.whole) - sum(parts)
    return split.gain


@drawn(25)
@given(st.lists(six_second_charges(), min_size=1, max_size=2))
def test_no_split_saves_more_than_the_one_told(charges: list[Section]) -> None:
    prices, bundle = priced(charges)
    assert largest_gain(prices, bundle, bundle, 0, 1 << 62) == best(prices, bundle, bundle)


@drawn(25)
@given(six_second_charges(), six_second_charges())
def test_no_split_over_a_change_of_prices_at_midnight_saves_more(one: Section, two: Section) -> None:
    prices, (first, second) = priced([one, two])
    expected = largest_gain(prices, (first,), (second,), k.DAY, 1 << 62)
    assert expected == best(prices, (first,), (second,), k.DAY)


@drawn(10)
@given(six_second_charges())
def test_calls_made_again_on_the_same_day_only(charge: Section) -> None:
    prices, bundle = priced([charge])
    assert largest_gain(prices, bundle, bundle, 0, k.DAY) == best(prices, bundle, bundle, 0, k.DAY)


def test_calling_again_a_moment_before_the_price_rises_saves_the_difference() -> None:
    charge = {"per": "6 s", "price": {"night": "0.04", "day": "0.07"}, "periods": "night-and-day"}
    prices, bundle = priced([{**charge, "crossing": "each-unit"}])
    assert 30_000 == best(prices, bundle, bundle)


def test_twice_three_minutes_cost_less_than_six() -> None:
    charge = {"steps": [{"for": "12 s", "price": "0.22"}, {"per": "6 s", "price": "0.20"}]}
    prices, bundle = priced([charge])
    # 24 s: 0.22 + 0.20 + 0.20 against twice 0.22
    assert 180_000 == best(prices, bundle, bundle)


@pytest.mark.parametrize(("mode", "gain"), [("up", 0), ("down", 100_000)])
def test_rounding_down_twice_rounds_away_twice(mode: str, gain: int) -> None:
    prices, bundle = priced([{"per": "6 s", "price": "0.05", "rounding": {"to": "0.10", "mode": mode}}])
    assert gain == best(prices, bundle, bundle)




def test_of_each_midnight_behind_which_prices_change_a_call_of_its_own_eve_is_shown() -> None:
    found = check(tariffs.load("prd"), "baseline", ["plan-2010"], only=["redial"])
    behind = [finding for finding in found if "midnight" in finding.data]
    midnights = {dt.date.fromisoformat(finding.data["midnight"]): finding.witness for finding in behind}
    assert {dt.date(2012, 1, 1), dt.date(2015, 1, 1)} <= midnights.keys()
    for midnight, witness in midnights.items():
        assert witness is not None
        assert dt.timedelta(days=1) == midnight - witness.call.start.date()
