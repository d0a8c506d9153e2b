"""Another price over ten million calls: how long until every total, and every bill, is there again.

The calls are a synthetic month (`tariffs sample`). Hardly two of them are charged to one number, so that the bills are
about as many as the calls: no account list can ask for more. Each round asks for a price that was not asked for before.
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
from pathlib import Path

import tariffs
from benchmarks.measure import ROUNDS, Timing, table, timed
from tariffs.cdr.inputs import open_inputs
from tariffs.cdr.request import RateRequest
from tariffs.compare import sums
from tariffs.compare.gather import gather
from tariffs.compare.priced import Priced
from tariffs.compare.whatif import WhatIf

CALLS = 10_000_000
SCENARIOS = ("baseline", "plan-2010", "delivery-2012")
WITHOUT, WITH = 0.3, 1.0
"""Seconds that a changed price may take, without and with the bills of all accounts."""


def report() -> str:
    """Cells of the calls, and the time that a changed price takes."""
    book = tariffs.load("prd")
    with tempfile.TemporaryDirectory() as folder:
        path = os.environ.get("TARIFFS_BENCHMARK_SAMPLE") or _sample(Path(folder))
        request = RateRequest(inputs=(path,), output="-")
        begin = time.perf_counter()
        with open_inputs(request) as inputs:
            cells = gather(inputs, book.rater(SCENARIOS[:2]), request=request).cells
        gathered = time.perf_counter() - begin
    asked = WhatIf(cells, book, SCENARIOS, as_of=["plan-2010:2"], both=True)
    first = asked.price()
    prices = itertools.cycle(f"0.{fen:02}" for fen in range(10, 100))

    def repriced() -> Priced:
        found = asked.price(assume={"inter-zone-price": next(prices)})
        for view in range(len(found.views)):
            sums.total(found.amounts[:, view], found.calls)
        return found

    def billed() -> None:
        found = repriced()
        assert found.accounts is not None
        for view in range(len(found.views)):
            sums.bills(found, found.accounts, view)

    taken = timed({"totals": repriced, "bills": billed})
    spent = {name: _processor(run) for name, run in (("totals", repriced), ("bills", billed))}
    assert first.accounts is not None
    calls, views = int(first.calls.sum()), len(first.views)
    rows: list[list[object]] = [
        ["records read, calls rated", f"{first.counts.read:,}, {calls:,}", ""],
        ["cells, a call", f"{len(first):,}, {len(first) / max(calls, 1):.3f}", ""],
        ["kinds, shapes", f"{len(cells.kinds):,}, {len(cells.shapes):,}", ""],
        ["accounts (charged numbers)", f"{len(first.accounts):,}", ""],
        ["reading the calls into cells, once", f"{gathered:.1f} s", ""],
        [f"another price, totals of {views} views", taken["totals"], _met(taken["totals"].median, WITHOUT)],
        ["of it, processor time", spent["totals"], ""],
        [f"another price, bills of all accounts, {views} views", taken["bills"], _met(taken["bills"].median, WITH)],
        ["of it, processor time of all cores", spent["bills"], ""],
    ]
    return table("What if: another price, the calls not read again", ["", "median (least–most)", "target"], rows)


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
