"""Another price over ten million calls: how long until every total, and every bill, is there again.

The calls are a synthetic month (`tariffs sample`). Hardly two of them are charged to one number, so that the bills are
about as many as the calls: no account list can ask for more. The same calls are then shared out among as many lines as
a city may have. Each round asks for a price that was not asked for before; bills that it leaves alone are not added up
again.
TARIFFS_BENCHMARK_SAMPLE names a file of calls to take in place of a new one.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import tariffs
from benchmarks.measure import ROUNDS, Timing, table, timed
from tariffs.cdr.inputs import open_inputs
from tariffs.cdr.request import RateRequest
from tariffs.compare import sums
from tariffs.compare.cells import Cells
from tariffs.compare.gather import gather
from tariffs.compare.priced import NOT_KNOWN, Accounts, Dimension, Priced
from tariffs.compare.whatif import WhatIf
from tariffs.rating import rows
from tariffs.rulebook.book import Rulebook

CALLS = 10_000_000
SCENARIOS = ("baseline", "plan-2010", "delivery-2012")
WITHOUT, WITH = 0.3, 1.0
"""Seconds that a changed price may take, without and with the bills of all accounts."""


LINES = 300_000
"""Charged numbers of a population as a city may have it, some thirty calls a month each."""


def report() -> str:
    """Cells of the calls, and the time that a changed price takes, for as many bills as there are and for fewer."""
    book = tariffs.load("prd")
    with tempfile.TemporaryDirectory() as folder:
        path = os.environ.get("TARIFFS_BENCHMARK_SAMPLE") or _sample(Path(folder))
        request = RateRequest(inputs=(path,), output="-")
        begin = time.perf_counter()
        with open_inputs(request) as inputs:
            cells = gather(inputs, book.rater(SCENARIOS[:2]), request=request).cells
        gathered = time.perf_counter() - begin
    lines: list[list[object]] = [
        ["records read, calls in cells", f"{cells.counts.read:,}, {int(cells.calls.sum()):,}", ""],
        ["cells, a call", f"{len(cells):,}, {len(cells) / max(int(cells.calls.sum()), 1):.3f}", ""],
        ["kinds, shapes", f"{len(cells.kinds):,}, {len(cells.shapes):,}", ""],
        ["reading the calls into cells, once", f"{gathered:.1f} s", ""],
        *_asked(cells, book),
        *_asked(of_fewer_lines(cells, LINES), book),
    ]
    return table("What if: another price, the calls not read again", ["", "median (least–most)", "target"], lines)


def _asked(cells: Cells, book: Rulebook) -> list[list[object]]:
    """What a changed price takes: the totals, then the bills of all accounts too."""
    asked = WhatIf(cells, book, SCENARIOS, as_of=["plan-2010:2"], both=True)
    views, accounts = len(asked.price().views), cells.accounts
    assert accounts is not None
    prices = itertools.cycle(f"0.{fen:02}" for fen in range(10, 100))

    def repriced() -> Priced:
        found = asked.price(assume={"inter-zone-price": next(prices)})
        for view in range(views):
            sums.total(found.amounts[:, view], found.calls)
        return found

    def billed() -> None:
        found = repriced()
        assert found.accounts is not None
        for view in range(views):
            sums.bills(found, found.accounts, view)

    taken = timed({"totals": repriced, "bills": billed})
    spent = {name: _processor(run) for name, run in (("totals", repriced), ("bills", billed))}
    return [
        ["accounts (charged numbers), pairs with cells", f"{len(accounts):,}, {len(accounts.cell):,}", ""],
        [f"another price, totals of {views} views", taken["totals"], _met(taken["totals"].median, WITHOUT)],
        ["of it, processor time", spent["totals"], ""],
        [f"another price, bills of all accounts, {views} views", taken["bills"], _met(taken["bills"].median, WITH)],
        ["of it, processor time of all cores", spent["bills"], ""],
    ]


def of_fewer_lines(cells: Cells, lines: int) -> Cells:
    """The same calls, made by so many lines: each call by some line of its place, kind and operator, by lot, a quarter
    of the lines making half of the calls."""
    accounts = cells.accounts
    assert accounts is not None
    kinds = cells.kinds[cells.kind[accounts.cell]][:, [rows.N_HOME, rows.N_LINE, rows.N_OPERATOR]]
    group = np.unique(kinds, axis=0, return_inverse=True)[1].reshape(-1)
    calls = np.bincount(group, weights=accounts.calls)
    many = np.maximum(1, np.round(lines * calls / max(calls.sum(), 1))).astype(np.int64)
    drawn = np.random.default_rng(7).random(len(group)) ** 2
    line = (np.cumsum(many) - many)[group] + (drawn * many[group]).astype(np.int64)
    pairs, where = np.unique(line * len(cells) + accounts.cell, return_inverse=True)
    times = np.zeros(len(pairs), np.int64)
    np.add.at(times, where.reshape(-1), accounts.calls)
    count = int(many.sum())
    nothing, ones = Dimension(np.full(count, NOT_KNOWN, np.int32), ()), np.ones(count, np.int64)
    fewer = Accounts(
        np.arange(count, dtype=np.uint64), (pairs // len(cells)).astype(np.int32),
        (pairs % len(cells)).astype(np.int32), times, times, False, ones, ones * 0, {}, nothing, nothing, nothing,
        accounts.unlisted,
    )  # fmt: skip
    return replace(cells, accounts=fewer)


def _processor(run: Callable[[], object]) -> Timing:
    """Seconds that the cores work for one round: on a machine that others use too, waiting is not in them."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return Timing(statistics.median(taken), min(taken), max(taken))


def _met(seconds: float, target: float) -> str:
    return f"{'met' if seconds <= target else 'not met'}: at most {target:g} s"


def _sample(folder: Path) -> str:
    path = str(folder / "calls.parquet")
    words = ["sample", "--month", "2012-03", "--calls", str(CALLS), "--seed", "7", "-o", path, "--quiet"]
    subprocess.run([sys.executable, "-m", "tariffs", *words], check=True)
    return path
