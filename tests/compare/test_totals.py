"""Totals are sums of the parts, and a group changes by the sum of its changes over the sum of what it paid."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.compare.measures import totals
from tests.compare.priced import Cell, priced

CELLS = (
    Cell(("0.70", "0.30"), calls=3, hour=9, is_={"relation": "same-circle", "origin-city": "guangzhou",
                                                 "destination-city": "foshan"}),
    Cell(("0.07", "0.30"), calls=2, seconds=6, hour=9, is_={"relation": "same-circle", "origin-city": "foshan",
                                                            "destination-city": "guangzhou"}),
    Cell(("0.22", "0.22"), calls=5, hour=23, is_={"relation": "same-zone", "origin-city": "foshan",
                                                  "destination-city": "foshan"}),
)  # fmt: skip


def test_all_calls_together() -> None:
    found = totals.total(priced(CELLS))
    assert (10, 10, Decimal(10)) == (found.calls, found.minutes, found.weight)
    assert (Decimal("3.34"), Decimal("2.60")) == found.charges
    assert Decimal("-0.74") == found.change(1)
    assert Fraction(-74, 334) == found.relative(1)
    assert Fraction(2, 10) == found.dearer_share(1)
    assert (None, Decimal("0.23")) == found.worst


def test_pairs_of_cities_and_hours() -> None:
    found = priced(CELLS)
    by_pair = {group.name: group.charges for group in totals.groups(found, "city-pair")}
    assert {
        ("guangzhou", "foshan"): (Decimal("2.10"), Decimal("0.90")),
        ("foshan", "guangzhou"): (Decimal("0.14"), Decimal("0.60")),
        ("foshan", "foshan"): (Decimal("1.10"), Decimal("1.10")),
    } == by_pair
    assert {("09",): 5, ("23",): 5} == {group.name: group.calls for group in totals.groups(found, "hour")}


def test_a_group_without_charges_has_no_relative_change() -> None:
    found = totals.total(priced([Cell(("0.00", "0.20"))]))
    assert Decimal("0.20") == found.change(1)
    assert found.relative(1) is None


def test_no_calls_cost_nothing_and_have_no_share() -> None:
    found = totals.total(priced([]))
    assert (0, Decimal(0)) == (found.calls, found.charges[0])
    assert found.dearer_share(1) is None


def test_weights_count_for_money_and_shares_and_not_for_calls() -> None:
    found = totals.total(priced([Cell(("0.70", "0.30"), calls=2, weight=25), Cell(("0.07", "0.30"))], weight_scale=10))
    assert (3, Decimal("3.5")) == (found.calls, found.weight)
    assert (Decimal("1.82"), Decimal("1.05")) == found.charges
    assert Fraction(2, 7) == found.dearer_share(1)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from(["a", "b", None]),
            st.integers(0, 23),
        ),
        max_size=8,
    )
)  # fmt: skip
@pytest.mark.parametrize("by", ["relation", "hour"])
def test_groups_add_up_to_the_total(by: str, rows: list[tuple[int, int, int, str | None, int]]) -> None:
    cells = [
        Cell((str(Decimal(x).scaleb(-6)), str(Decimal(y).scaleb(-6))), calls=n, hour=hour,
             is_={"relation": name} if name else {})
        for x, y, n, name, hour in rows
    ]  # fmt: skip
    if by == "relation" and not any(name for _, _, _, name, _ in rows):
        return
    found = priced(cells)
    whole, parts = totals.total(found), totals.groups(found, by)
    assert whole.charges == (
        sum((p.charges[0] for p in parts), Decimal(0)),
        sum((p.charges[1] for p in parts), Decimal(0)),
    )
    assert (whole.calls, whole.weight) == (sum(p.calls for p in parts), sum((p.weight for p in parts), Decimal(0)))
    assert whole.change(1) == sum((p.change(1) for p in parts), Decimal(0))
