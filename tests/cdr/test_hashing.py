"""Hashes tell rows apart exactly as their values do."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tariffs.cdr.columns import integers, texts
from tariffs.cdr.hashing import hashes

TEXT = st.one_of(
    st.none(), st.sampled_from(["", "0", "00", "a" * 8, "a" * 9, "ab", "a\0", "中" * 5, "x" * 600, "y" * 600])
)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=12))
def test_rows_have_one_hash_if_and_only_if_they_are_equal(rows: list[tuple[str | None, ...]]) -> None:
    found = hashes([texts(column) for column in zip(*rows, strict=True)], len(rows)).tolist()
    for (row, one), (other_row, other) in combinations(zip(rows, found, strict=True), 2):
        assert (row == other_row) == (one == other)


@given(st.lists(TEXT, min_size=1, max_size=12))
def test_coded_texts_and_parts_of_columns_are_hashed_as_what_they_say(values: list[str | None]) -> None:
    plain = texts(values)
    whole = hashes([plain], len(values)).tolist()
    assert whole == hashes([plain.dictionary_encode()], len(values)).tolist()
    assert whole[1:] == hashes([texts(["z", *values]).slice(2)], len(values) - 1).tolist()


def test_a_column_that_is_not_there_is_like_one_of_nulls() -> None:
    assert hashes([None, texts(["a"])], 1) == hashes([texts([None]), texts(["a"])], 1)
    assert hashes([texts(["a"]), None], 1) != hashes([None, texts(["a"])], 1)


def test_numbers_and_times_are_told_apart() -> None:
    values = np.array([0, 1, -1, 1 << 40], np.int64)
    numbers, times = hashes([integers(values)], 4), hashes([integers(values, type_=pa.timestamp("us"))], 4)
    assert 4 == len({*numbers.tolist()})
    assert numbers.tolist() == times.tolist()


def test_numbers_of_telephones_one_after_the_other_differ_in_both_halves() -> None:
    found = hashes([texts([f"0208{n:07d}" for n in range(20_000)])], 20_000)
    assert [20_000, 20_000] == [len(np.unique(found[half])) for half in ("high", "low")]


def test_the_hashes_of_key_stores_do_not_change_unnoticed() -> None:
    """Whoever changes these figures raises `hashing.VERSION`."""
    found = hashes([texts(["GZ01/20120301/000123", None]), texts(["", "20"])], 2)
    assert STORED == [f"{high:016x}{low:016x}" for high, low in found.tolist()]


STORED = ["38673b91537dc1b69573b0cff3080076", "c7c50c2fc88a4b26a13cfe36f525d41e"]
