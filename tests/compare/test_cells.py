"""Cells cost, call by call and under every view, what rating every call costs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tariffs import Call
from tariffs.compare.gather import cells_of
from tariffs.compare.whatif import WhatIf
from tariffs.rating.batch import rate_batch
from tariffs.rating.outcome import RATED, STATUS
from tariffs.rating.rater import Rater
from tests.engine import batch_of, rater_of
from tests.strategies import calls, plain_calls, scenario_books, tariff_books

Outcome = tuple[list[tuple[int, ...]], dict[str, int]]


def by_calls(rater: Rater, batch: pa.RecordBatch) -> Outcome:
    """The amounts of each rated call, sorted, and how many calls have which status."""
    outcome = rate_batch(rater, batch, compiled=False)
    amounts = sorted(tuple(row) for row in outcome.amounts[outcome.status == RATED].tolist())
    codes, numbers = np.unique(outcome.status, return_counts=True)
    return amounts, {STATUS[code]: number for code, number in zip(codes.tolist(), numbers.tolist(), strict=True)}


def by_cells(whatif: WhatIf, **question: Any) -> Outcome:
    priced = whatif.price(**question)
    rows = zip(priced.amounts.tolist(), priced.calls.tolist(), strict=True)
    counts = {"rated": priced.counts.rated, **priced.counts.not_chargeable, **priced.counts.suspended}
    return sorted(tuple(row) for row, n in rows for _ in range(n)), {code: n for code, n in counts.items() if n}


@st.composite
def neighbours(draw: st.DrawFn, drawn: list[Call]) -> list[Call]:
    """The calls, and for each some that begin and end a little earlier or later: those that cells throw together."""
    made = list(drawn)
    for call in drawn:
        for _ in range(draw(st.integers(0, 3))):
            moved = dt.timedelta(seconds=draw(st.integers(-70, 70)), days=draw(st.sampled_from([0, 0, 1, 7, -7])))
            longer = draw(st.integers(-7, 7))
            seconds = None if call.seconds is None else max(0, call.seconds + longer)
            seizure = None if call.seizure is None else max(0, call.seizure + longer)
            made.append(dataclasses.replace(call, start=call.start + moved, seconds=seconds, seizure=seizure))
    return made


@given(st.data())
def test_cells_cost_what_their_calls_cost_under_drawn_tariffs(data: st.DataObject) -> None:
    draft = data.draw(tariff_books())
    drawn = data.draw(neighbours(data.draw(st.lists(plain_calls(), min_size=1, max_size=8))))
    _, rater = rater_of(draft, ["baseline"])
    batch = batch_of(rater, drawn)
    whatif = WhatIf(
        cells_of(rater, batch), rater.compiled.book, ["baseline"], allow=["gap", "conflict"], compiled=False
    )
    assert by_calls(rater, batch) == by_cells(whatif)


@given(st.data())
def test_cells_of_one_scenario_cost_what_their_calls_cost_under_every_other(data: st.DataObject) -> None:
    draft = data.draw(scenario_books())
    drawn = data.draw(neighbours(data.draw(st.lists(calls(draft), min_size=1, max_size=8))))
    draft, rater = rater_of(draft, ["baseline", "change"])
    _, base = rater_of(draft, ["baseline"])
    batch = batch_of(rater, drawn)
    cells, scenarios = cells_of(base, batch), ["baseline", "change"]
    whatif = WhatIf(cells, rater.compiled.book, scenarios, allow=["gap", "conflict"], compiled=False)
    assert by_calls(rater, batch) == by_cells(whatif)
