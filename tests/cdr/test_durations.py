"""Durations as records write them, to the microsecond."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.cdr.durations import LONGEST, read_duration


@pytest.mark.parametrize(
    ("microseconds", "text", "unit"),
    [
        (61_000_000, "61", "s"),
        (61_500_000, "61.5", "s"),
        (0, "0", "s"),
        (-5_000_000, "-5", "s"),
        (61_230_000, "6123", "0.01 s"),
        (61_200_000, "612", "0.1 s"),
        (61_001_000, "61001", "ms"),
        (61, "61", "us"),
        (90_000_000, "1.5", "min"),
        (90_000_000, "1:30", "mm:ss"),
        (5_400_000_000, "90:00", "mm:ss"),
        (3_630_500_000, "01:00:30.5", "hh:mm:ss"),
        (90_000_000, "1分30秒", "1分30秒"),
        (30_000_000, "30秒", "1分30秒"),
        (60_000_000, "1分", "1分30秒"),
        (3_661_000_000, "1小时1分1秒", "1分30秒"),
        (3_661_000_000, "1时1分钟1秒", "1分30秒"),
    ],
)
def test_units(microseconds: int, text: str, unit: str) -> None:
    assert microseconds == read_duration(unit)(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("abc", "s"),
        ("", "s"),
        (".", "s"),
        ("1e3", "s"),
        ("1,5", "s"),
        ("nan", "s"),
        ("٣", "s"),
        ("1:60", "mm:ss"),
        ("1:2:3", "mm:ss"),
        ("1:30", "hh:mm:ss"),
        ("1:61:00", "hh:mm:ss"),
        ("90", "mm:ss"),
        ("", "1分30秒"),
        ("90", "1分30秒"),
    ],
)
def test_what_is_no_duration(text: str, unit: str) -> None:
    assert read_duration(unit)(text) is None


def test_an_absurd_duration_is_the_longest_there_is() -> None:
    assert LONGEST == read_duration("s")("9" * 300)


@given(st.decimals(0, 10**9, places=9))
def test_a_finer_fraction_counts_up(seconds: Decimal) -> None:
    expected = int((seconds * 1_000_000).to_integral_value(ROUND_CEILING))
    assert expected == read_duration("s")(f"{seconds:f}")
