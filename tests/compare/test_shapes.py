"""Lengths and starts of one class cost the same under every tariff of a rulebook, at whatever moment and length."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs.compare.shapes import DAY, Int64s, Shapes
from tariffs.rating import kernel as k
from tariffs.rating import located
from tariffs.rating.rater import Rater
from tests.engine import rater_of
from tests.strategies import tariff_books

SECOND = 1_000_000


def micro(day: dt.date, second: int = 0) -> int:
    """A moment as microseconds since 1970."""
    return (day.toordinal() - k.EPOCH) * DAY + second * SECOND


def prices(rater: Rater, shapes: Int64s, *, compiled: bool) -> list[Int64s]:
    """What calls of these shapes cost at each leaf of the decision diagram; below 0 where they have no price there."""
    each = np.arange(len(shapes), dtype=np.int32)
    kind = np.zeros(len(shapes), np.int32)
    columns = []
    for place in rater.compiled.leaf_at.values():
        status, amounts = np.zeros(len(shapes), np.int8), np.zeros(len(shapes), np.int64)
        leaves = np.array([place], np.int64)
        located.charge(rater, leaves, kind, each, shapes, each, status, amounts, compiled=compiled)
        columns.append(np.where(status == 0, amounts, -np.abs(status.astype(np.int64))))
    return columns


def assert_exact(rater: Rater, shapes: Int64s, *, compiled: bool) -> int:
    """Checks that what stands for a class costs what each of its members costs; returns how many classes there are."""
    found = Shapes.of(rater.compiled.book, rater.compiled.pricing.periods)
    classes = found.classes(shapes)
    standing = found.standing(shapes, classes)
    _, first, where = np.unique(classes, axis=0, return_index=True, return_inverse=True)
    np.testing.assert_array_equal(classes[:, 1:], found.classes(standing)[:, 1:])
    alike = standing[first[where.reshape(-1)]]
    for own, of_class in zip(
        prices(rater, shapes, compiled=compiled), prices(rater, alike, compiled=compiled), strict=True
    ):
        np.testing.assert_array_equal(own, of_class)
    return len(first)


def grid(starts: list[int], durations: list[int]) -> Int64s:
    pairs = np.array(list(itertools.product(starts, durations)), np.int64)
    return np.stack([pairs[:, 0], pairs[:, 1], pairs[:, 1] + 3 * SECOND, np.full(len(pairs), k.MISSING)], axis=1)


@pytest.mark.parametrize(
    "book, scenarios, days",
    [
        ("prd", ["baseline", "plan-2010"], [dt.date(2012, 3, 1)]),
        ("changzhutan", ["baseline"], [dt.date(2009, 3, 1)]),
        ("shenfu", ["baseline"], [dt.date(2011, 9, 1)]),
        ("unicom", ["baseline"], [dt.date(2011, 1, 28), dt.date(2011, 9, 30), dt.date(2011, 10, 7)]),
    ],
)
def test_every_start_and_length_around_every_change_of_period(
    book: str, scenarios: list[str], days: list[dt.date]
) -> None:
    rules = tariffs.load(book)
    rater = rules.rater([name for name in scenarios if name in rules.scenarios] or list(rules.scenarios)[:1])
    turns = {0} | {start // SECOND for row in rater.compiled.pricing.periods.rows for start, _ in row}
    for day in days:
        starts = [micro(day, turn + shift) for turn in sorted(turns) for shift in range(-135, 65)]
        lengths = [n * SECOND for n in (*range(135), 179, 180, 181, 239, 240, 241, 600, 601, 3600)]
        shapes = grid(starts, lengths)
        count = assert_exact(rater, shapes, compiled=True)
        assert count < len(shapes) // 4


@given(st.data())
def test_every_start_and_length_under_drawn_tariffs(data: st.DataObject) -> None:
    draft = data.draw(tariff_books())
    _, rater = rater_of(draft, ["baseline"])
    turns = sorted({0} | {start for row in rater.compiled.pricing.periods.rows for start, _ in row})
    day = micro(data.draw(st.dates(dt.date(2011, 1, 1), dt.date(2011, 12, 31))))
    near = data.draw(st.sampled_from(turns))
    step = data.draw(st.sampled_from([SECOND, 1_500_000, 10_000, 333_333]))
    starts = [day + near + shift * step for shift in range(-12, 9)]
    least = data.draw(st.sampled_from([0, 0, 55 * SECOND, 100 * SECOND, 178 * SECOND, 86_395 * SECOND]))
    lengths = [least + n * step for n in range(14)]
    assert_exact(rater, grid(starts, lengths), compiled=False)
