"""Values as tables show them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.compare.tables import Column, Kind, Table, Value, text


@pytest.mark.parametrize(
    ("said", "value", "kind"),
    [
        ("–", None, "yuan"),
        ("0.00", 0, "yuan"),
        ("1,234.50", Decimal("1234.5"), "yuan"),
        ("0.0083", Fraction(1, 120), "yuan"),
        ("−0.74", Decimal("-0.74"), "yuan-change"),
        ("+0.23", Decimal("0.23"), "yuan-change"),
        ("0.00", Decimal(0), "yuan-change"),
        ("−57.1%", Fraction(-4, 7), "percent-change"),
        ("25.0%", Fraction(1, 4), "percent"),
        ("12,701,948", 12_701_948, "count"),
        ("2012-01-01", dt.date(2012, 1, 1), "date"),
        ("广州", "广州", "text"),
    ],
)
def test_how_a_value_is_shown(said: str, value: Value, kind: Kind) -> None:
    assert said == text(value, Column("x", "x", kind))


def test_ten_thousand_yuan() -> None:
    assert "1.23" == text(Decimal(12_345), Column("x", "万元", "yuan", 2, 10_000))


def test_a_value_that_rounds_to_nothing_has_no_sign() -> None:
    assert "0.0%" == text(Fraction(-1, 10_000), Column("x", "x", "percent-change"))


@given(st.decimals(-(10**9), 10**9, places=2))
def test_fen_are_never_lost(value: Decimal) -> None:
    assert value == Decimal(text(value, Column("x", "x", "yuan")).replace(",", "").replace("−", "-"))


def test_a_row_has_a_value_for_every_column() -> None:
    with pytest.raises(ValueError, match="a row of 1 values under 2 columns"):
        Table("x", "x", (Column("a", "a"), Column("b", "b")), (("1",),))
