"""Sums over cells are whole numbers, also where 64 bits do not hold them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffs.compare import sums
from tests.compare.priced import Account, Cell, dimension, priced


def test_a_group_costs_what_its_calls_cost() -> None:
    cells = [
        Cell(("0.70", "0.30"), calls=3, is_={"relation": "same-circle"}),
        Cell(("0.22", "0.22"), calls=2, is_={"relation": "same-zone"}),
        Cell(("1.40", "0.30"), calls=1, is_={"relation": "same-circle"}),
        Cell(("0.10", "0.10")),
    ]
    found = priced(cells)
    by_relation = sums.by_name(found.dims["relation"], found.amounts[:, 0], found.calls)
    assert {"same-circle": 3_500_000, "same-zone": 440_000, None: 100_000} == by_relation
    assert 3 * 300_000 + 440_000 + 300_000 + 100_000 == sums.total(found.amounts[:, 1], found.calls)


def test_one_group_of_more_than_63_bits_is_a_whole_number_still() -> None:
    values, times = np.full(1_000, 330_001, np.int64), np.full(1_000, 30_000_000_001, np.int64)
    assert [9_900_030_000_330_001_000, 0] == sums.by_code(np.zeros(1_000, np.int32), 1, values, times).tolist()


def test_an_account_pays_for_its_own_calls_and_one_without_calls_pays_nothing() -> None:
    cells = [Cell(("0.70", "0.30"), calls=3), Cell(("0.22", "0.33"), calls=2)]
    found = priced(cells, accounts=[Account({0: 2, 1: 1}), Account({}), Account({0: 1, 1: 1})])
    assert found.accounts is not None
    assert [1_620_000, 0, 920_000] == sums.bills(found, found.accounts, 0).tolist()
    assert [930_000, 0, 630_000] == sums.bills(found, found.accounts, 1).tolist()


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-(1 << 58), 1 << 58), st.integers(0, 1 << 50)), max_size=12))
def test_sums_do_not_wrap(rows: list[tuple[int, int, int]]) -> None:
    codes = np.array([code for code, _, _ in rows], np.int32)
    values, times = (np.array([row[i] for row in rows], np.int64) for i in (1, 2))
    expected = [sum(v * t for c, v, t in rows if c == code) for code in (0, 1, 2, 3, -1)]
    assert expected == sums.by_code(codes, 4, values, times).tolist()
    assert sum(expected) == sums.total(values, times)


@given(st.integers(0, 4), st.lists(st.tuples(st.integers(-1, 3), st.integers(-(1 << 58), 1 << 58)), max_size=12))
def test_the_largest_of_each_group(size: int, rows: list[tuple[int, int]]) -> None:
    held = [(min(code, size - 1), value) for code, value in rows]
    codes, values = np.array([c for c, _ in held], np.int32), np.array([v for _, v in held], np.int64)
    expected = [max([0, *(v for c, v in held if c == code)]) for code in (*range(size), -1)]
    assert expected == sums.largest(codes, size, values).tolist()
    assert [sum(v for c, v in held if c == code) for code in (*range(size), -1)] == sums.by_code(
        codes, size, values
    ).tolist()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1 << 50)), max_size=8))
def test_bills_do_not_wrap(pairs: list[tuple[int, int, int]]) -> None:
    found = priced([Cell(("0",)), Cell(("0",))], ["baseline"], [Account({}) for _ in range(3)])
    assert found.accounts is not None
    pairs.sort()
    arrays = {
        "account": np.array([a for a, _, _ in pairs], np.int32),
        "cell": np.array([c for _, c, _ in pairs], np.int32),
    }
    accounts = type(found.accounts)(**{**vars(found.accounts), **arrays})
    values = np.array([1 << 58, 7], np.int64)
    times = np.array([n for _, _, n in pairs], np.int64)
    expected = [sum(int(values[c]) * n for a, c, n in pairs if a == account) for account in range(3)]
    assert expected == sums.by_account(accounts, values, times).tolist()


def test_names_keep_what_is_not_known_apart() -> None:
    assert {"a": 3, None: 4} == sums.by_name(dimension(["a", None]), np.array([3, 4], np.int64))
