"""The tariff gap between cities, the premium across borders, and nearer calls that cost more, under `prd`."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import tariffs
from tariffs.compare.measures import basket as baskets
from tariffs.compare.measures import gap
from tariffs.compare.measures.basket import Basket, BasketPrices
from tariffs.rating.rater import Rater
from tests.compare.priced import Cell, priced

HOUR = 3_600_000_000
DAY_OF_CALLS = (dt.date(2011, 10, 10).toordinal() - dt.date(1970, 1, 1).toordinal()) * 24 * HOUR
CIRCLES = {"guang-fo": ["guangzhou", "foshan"]}


@pytest.fixture(scope="module")
def rater() -> Rater:
    return tariffs.load("prd").rater(["baseline", "plan-2010"], as_of=["plan-2010:1"])


def basket(*calls: tuple[int, int, int]) -> Basket:
    """Calls by hour, seconds and weight."""
    columns = np.array(calls, np.int64).T
    return Basket(DAY_OF_CALLS + columns[0] * HOUR, columns[1] * 1_000_000, columns[2])


def test_a_minute_by_day_and_a_minute_by_night(rater: Rater) -> None:
    prices = baskets.basket_prices(rater, basket((7, 60, 3), (0, 60, 1)), ["guangzhou", "foshan", "shenzhen"])
    day_and_night = (3 * Fraction("0.70") + Fraction("0.40")) / 4
    assert day_and_night == prices.prices[0, 1, 0]  # Guangzhou to Foshan before
    assert Fraction("0.30") == prices.prices[0, 1, 1]  # and after phase 1
    assert day_and_night == prices.prices[0, 2, 1]  # Shenzhen is in another circle
    assert Fraction("0.22") == prices.prices[2, 2, 0]
    assert Fraction("0.30") == prices.inter_zone[1, 0]


def test_the_gap_of_two_cities(rater: Rater) -> None:
    prices = baskets.basket_prices(rater, basket((7, 60, 1)), ["guangzhou", "foshan"])
    people = {"guangzhou": 3, "foshan": 1}
    before = gap.gap(0, prices, people, {("guangzhou", "foshan"): 1, ("guangzhou", "guangzhou"): 4})
    guangzhou, foshan = 75 * Fraction("0.22") + 25 * Fraction("0.70"), 25 * Fraction("0.22") + 75 * Fraction("0.70")
    assert (guangzhou, foshan) == before.calls
    assert (Fraction(4, 5) * 22 + Fraction(1, 5) * 70, None) == before.own
    assert foshan - guangzhou == before.spread
    assert foshan / guangzhou == before.ratio
    mean = (3 * guangzhou + foshan) / 4
    assert mean == before.mean
    assert 2 * Fraction(3, 16) * (foshan - guangzhou) / (2 * mean) == before.gini
    # of two cities the deviation is the distance times the root of the product of their shares
    assert before.variation is not None
    expected = float((foshan - guangzhou) / mean) * (3 / 16) ** 0.5
    assert abs(float(before.variation) - expected) < 1e-12


def test_the_premium_goes_with_the_plan(rater: Rater) -> None:
    prices = baskets.basket_prices(rater, basket((7, 60, 1)), ["guangzhou", "foshan", "shenzhen"])
    traffic = {("guangzhou", "foshan"): 2, ("foshan", "guangzhou"): 1, ("guangzhou", "shenzhen"): 5}
    before, after = (gap.premium(view, prices, traffic, CIRCLES) for view in (0, 1))
    assert (Fraction(4, 3), Fraction("0.40")) == before.pairs["guangzhou", "foshan"] == before.circles["guang-fo"]
    assert (Fraction(0), Fraction(0)) == after.circles["guang-fo"]
    assert (Fraction(4, 3), Fraction("0.40")) == after.pairs["guangzhou", "shenzhen"]


def test_nearer_is_dearer_under_the_add_on() -> None:
    rater = tariffs.load("prd").rater(["baseline", "delivery-2012"], as_of=["2012-10-01"],
                                      holders={"telecom-add-on": "all"})  # fmt: skip
    prices = baskets.basket_prices(rater, basket((7, 60, 1)), ["guangzhou", "foshan", "shenzhen"])
    assert () == gap.nearer(0, prices)
    assert [("guangzhou", "foshan"), ("foshan", "guangzhou")] == [(n.city, n.neighbour) for n in gap.nearer(1, prices)]
    assert (Fraction("0.30"), Fraction("0.20")) == (gap.nearer(1, prices)[0].inside, gap.nearer(1, prices)[0].across)


def test_a_price_that_is_not_known_leaves_no_measure() -> None:
    table = np.full((2, 2, 1), Fraction(1), dtype=object)
    table[0, 1, 0] = None
    found = gap.gap(0, BasketPrices(("a", "b"), table, lambda: None), {"a": 1, "b": 1}, {})
    assert (None, Fraction(100)) == found.calls
    assert (None, None, None) == (found.mean, found.gini, found.variation)


def test_the_basket_is_what_the_calls_are(rater: Rater) -> None:
    cells = [
        Cell(("0.70", "0.30"), calls=2, seconds=60, hour=9, is_={"service": "fixed-to-fixed"}),
        Cell(("0.22", "0.22"), calls=3, seconds=60, hour=22, is_={"service": "fixed-to-fixed"}),
        Cell(("0.40", "0.30"), calls=1, seconds=60, hour=3, is_={"service": "fixed-to-fixed"}),
        Cell(("0.20", "0.20"), calls=9, seconds=60, hour=9, is_={"service": "fixed-to-mobile"}),
    ]
    found = baskets.basket_of(priced(cells), rater)
    assert [(0, 60, 1), (7, 60, 5)] == sorted(
        (int(s // HOUR % 24), int(d // 1_000_000), int(w))
        for s, d, w in zip(found.start, found.duration, found.weight, strict=True)
    )


def test_no_calls_no_basket(rater: Rater) -> None:
    found = baskets.basket_of(priced([Cell(("0", "0"), is_={"service": "message"})]), rater)
    assert 0 == len(found)
    assert baskets.basket_prices(rater, found, ["guangzhou"]).prices[0, 0, 0] is None


def test_weights_of_any_size_make_the_same_basket(rater: Rater) -> None:
    few = basket((7, 60, 3), (0, 61, 1))
    many = replace(few, weight=few.weight * 10**12)
    one, two = (baskets.basket_prices(rater, b, ["guangzhou", "foshan"]) for b in (few, many))
    assert (one.prices == two.prices).all()
    assert Decimal(1) == Decimal(len(set(map(str, one.inter_zone[:, 0]))))
