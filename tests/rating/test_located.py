"""Locating calls first and pricing their kinds and shapes afterwards costs what rating them at once costs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffs import Call
from tariffs.rating import located
from tariffs.rating.batch import rate_batch
from tariffs.rating.outcome import RATED
from tariffs.rating.rater import Rater
from tests.engine import batch_of, rater_of
from tests.strategies import calls, scenario_books


def in_two_steps(rater: Rater, drawn: list[Call], *, compiled: bool) -> list[tuple[int, list[int]]]:
    """Status of each call, and its amounts where it is rated."""
    found = located.Locator(rater).locate(batch_of(rater, drawn), compiled=compiled)
    leaves, _ = located.decide(rater, found.kinds, compiled=compiled)
    each = np.arange(len(drawn), dtype=np.int32)
    ready = each[found.status == RATED]
    columns = []
    for view in range(len(rater.views)):
        status, amounts = found.status.astype(np.int8), np.zeros(len(drawn), np.int64)
        leaf = np.ascontiguousarray(leaves[:, view])
        located.charge(rater, leaf, each, each, found.shapes, ready, status, amounts, compiled=compiled)
        columns.append((status.tolist(), amounts.tolist()))
    rows = []
    for n in range(len(drawn)):
        states = [status[n] for status, _ in columns]
        state = next((s for s in states if s < 0), min(states))
        rows.append((state, [amounts[n] for _, amounts in columns] if state == RATED else []))
    return rows


@given(st.data())
def test_two_steps_are_one(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(st.lists(calls(draft), min_size=3, max_size=6))
    _, rater = rater_of(draft, ["baseline", "change"])
    outcome = rate_batch(rater, batch_of(rater, drawn), compiled=False)
    expected = [
        (int(status), [int(outcome.charge(view)[n]) for view in range(2)] if status == RATED else [])
        for n, status in enumerate(outcome.status)
    ]
    assert expected == in_two_steps(rater, drawn, compiled=False)
    assert expected == in_two_steps(rater, drawn, compiled=True)
