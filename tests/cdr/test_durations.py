"""Durations as records write them, to the microsecond."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.cdr.columns import texts
from tariffs.cdr.durations import LONGEST, durations_of, read_duration


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


NUMBERS = st.one_of(
    st.from_regex(r"[0-9]{1,12}(\.[0-9]{0,6})?", fullmatch=True),
    st.text("0123456789.+-e ", min_size=1),
    st.just("9" * 31),
)


@given(
    st.lists(st.one_of(st.none(), NUMBERS), min_size=1), st.sampled_from(["s", "0.1 s", "0.01 s", "ms", "us", "min"])
)
def test_a_column_is_read_as_its_values_are_or_not_at_all(values: list[str | None], unit: str) -> None:
    read = read_duration(unit)
    found = durations_of(texts(values), unit)
    assert found is None or [None if v is None else read(v) for v in values] == found.to_pylist()


@pytest.mark.parametrize(
    ("expected", "column"),
    [
        ([1_500_000, None], pa.array([Decimal("1.50"), None], pa.decimal128(9, 2))),
        ([90_000_000, -1_000_000], pa.array([90, -1], pa.int32())),
        ([2_500_000, 10_000_000], texts(["2.5", "10"])),
        (None, texts(["2.5", "9" * 19])),
        (None, pa.array([1 << 62])),
        (None, pa.array([1.5])),
        (None, texts(["0.0000001"])),
    ],
)
def test_exact_columns_are_read_at_once(expected: list[int | None] | None, column: pa.Array) -> None:
    found = durations_of(column, "s")
    assert expected == (None if found is None else found.to_pylist())
