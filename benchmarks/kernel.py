"""The kernel alone over columns: numbers as text in, charges under all scenarios out, on one core.

Compiled and plain kernel are compared record for record before anything is timed. Time is the processor's, so that
what else runs on the machine counts as little as it can. What is timed:

* the compiled kernel with two scenarios of `prd` over answered calls of all sorts, prefix look-up included; the same
  with all that `rate_batch` does around it, to Arrow columns; the kernel as it stands in plain Python;
* eight scenarios in place of two;
* 400,000 known segments of mobile numbers, drawn at random, in place of 100; and that with nothing but mobiles;
* starting: a process that compiles, one that finds the code compiled, and from how many calls on that pays.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa

import tariffs
from benchmarks.calls import CITIES, ZONE, draw
from benchmarks.measure import Timing, table, timed, verdict
from tariffs.rating import batch as batches
from tariffs.rating.joint import as_arrays
from tariffs.rating.rater import Rater

CALLS, PLAIN_CALLS = 200_000, 10_000
ROOT = Path(__file__).resolve().parents[1]
TWO = ("baseline", "plan-2010")
EIGHT = (
    *TWO, "agreement-2011", "guangfo-same-city", "one-area", "delivery-2012", "one-area+delivery-2012",
    "plan-2010+guangfo-same-city",
)  # fmt: skip
AGREED = {
    "agreement-phase-1": "2011-12-01",
    "agreement-phase-2": "2013-06-01",
    "agreement-level": "flat",
    "agreement-flat-price": "0.25",
}
FEW, MANY = 100, 400_000
FIRST, SEGMENTS = 1_000_000, (300_000, 900_000)
"""The first segment of the table, and those drawn from: 1300000 to 1899999."""
SERVED = ("13", "150", "151", "152", "153", "155", "156", "157", "158", "159", "18")
"""How mobile numbers of the rulebook begin, nearly all."""
SPEED_TARGET, VIEWS_TARGET, PREFIXES_TARGET = 8e6, 2.5, 1.4


def report() -> str:
    """Checks that both kernels agree, measures, and returns the tables. Raises AssertionError on a difference."""
    book = tariffs.load("prd")
    two, eight = book.rater(TWO), book.rater(EIGHT, assume=AGREED)
    calls = drawn(CALLS)
    few, many = with_segments(two, FEW), with_segments(two, MANY)
    prefixes = {
        name: (rater, resettled(rater, calls, mobile=mobile))
        for name, rater, mobile in (
            ("few", few, False), ("many", many, False), ("few, mobile", few, True), ("many, mobile", many, True),
        )
    }  # fmt: skip
    for rater, some in ((two, calls), (eight, calls), *prefixes.values()):
        agree(rater, some.slice(0, PLAIN_CALLS))
    taken = timed(
        {
            "two": kernel(two, calls),
            "whole": lambda: columns(two, calls),
            "plain": lambda: batches.rate_batch(two, calls.slice(0, PLAIN_CALLS), compiled=False),
            "eight": kernel(eight, calls),
            **{name: kernel(rater, some) for name, (rater, some) in prefixes.items()},
        },
        clock=time.thread_time,
    )
    per = {name: timing.per(PLAIN_CALLS if name == "plain" else CALLS) for name, timing in taken.items()}
    return shown(per) + "\n" + started(per)


def drawn(count: int) -> pa.RecordBatch:
    """Calls of all kinds of the tariff as canonical columns, those of few values as dictionaries."""
    calls = [drawn.call for drawn in draw(count)]
    return pa.RecordBatch.from_pydict(
        {
            "caller": pa.array([call.caller for call in calls]),
            "called": pa.array([call.called for call in calls]),
            "start": pa.array([call.start.astimezone(ZONE).replace(tzinfo=None) for call in calls], pa.timestamp("us")),
            "duration": pa.array([int(call.seconds or 0) * 1_000_000 for call in calls], pa.int64()),
            "direction": pa.array([call.direction for call in calls]).dictionary_encode(),
            "served_place": pa.array([call.served_place for call in calls], pa.string()).dictionary_encode(),
        }
    )


def with_segments(rater: Rater, count: int) -> Rater:
    """Such a rater with another table of mobile segments: `count` of them, drawn, at home in the province's cities."""
    homes = [rater.compiled.geography.index[city] for city in CITIES if city != "other-mainland"]
    chosen = np.random.default_rng(count).permutation(np.arange(*SEGMENTS))[:count]
    other = np.full(len(rater.compiled.tables.segments), -1, dtype=np.int16)
    other[chosen] = np.resize(homes, count)
    made = tariffs.load("prd").rater(TWO)
    made.compiled.tables.segments[:] = type(rater.compiled.tables.segments)("h", other.tobytes())
    return made


def resettled(rater: Rater, calls: pa.RecordBatch, *, mobile: bool = False) -> pa.RecordBatch:
    """The calls with every mobile number in a segment that a rater knows; with `mobile`, all from and to mobiles."""
    random_ = random.Random(calls.num_rows)
    segments = np.array(rater.compiled.tables.segments)
    known = [n for n in (np.flatnonzero(segments >= 0) + FIRST).tolist() if str(n).startswith(SERVED)]

    def moved(number: str) -> str:
        is_mobile = len(number) == 11 and number.startswith("1")
        return f"{random_.choice(known)}{random_.randrange(10_000):04}" if is_mobile or mobile else number

    columns = dict(zip(calls.schema.names, calls.columns, strict=True))
    for name in ("caller", "called"):
        columns[name] = pa.array([moved(number) for number in columns[name].to_pylist()])
    if mobile:
        del columns["direction"], columns["served_place"]
    return pa.RecordBatch.from_pydict(columns)


def agree(rater: Rater, calls: pa.RecordBatch) -> None:
    """Raises AssertionError unless the compiled kernel says what the plain one does, and rates nearly all."""
    plain, compiled = (batches.rate_batch(rater, calls, compiled=kernel) for kernel in (False, True))
    same = (plain.status == compiled.status).all() and (plain.amounts == compiled.amounts).all()
    views = range(len(rater.views))
    if not same or any(plain.columns(view) != compiled.columns(view) for view in views):
        raise AssertionError("the compiled kernel and the plain one differ")
    if np.count_nonzero(compiled.rated) < 0.95 * calls.num_rows:
        raise AssertionError("too few calls are rated to say anything")


def kernel(rater: Rater, calls: pa.RecordBatch) -> Callable[[], object]:
    """A run of the compiled kernel into arrays made beforehand."""
    numbers = batches._text_buffers(calls.column("caller")), batches._text_buffers(calls.column("called"))
    facts, results = batches._facts(rater._codes, calls), batches.blank_results(rater, calls.num_rows)
    rater.packed(as_arrays)

    def run() -> None:
        results[-1][0] = 0  # none met
        batches._rate_compiled(rater, numbers, facts, results)

    return run


def columns(rater: Rater, calls: pa.RecordBatch) -> list[object]:
    """What a file run asks for: the batch rated, and the columns of every view."""
    outcome = batches.rate_batch(rater, calls, compiled=True)
    return [outcome.codes(), outcome.service, *(outcome.columns(view) for view in range(len(rater.views)))]


def shown(per: dict[str, Timing]) -> str:
    def speed(name: str) -> str:
        return f"{1e-6 / per[name].median:.2f} M/s"

    def at_most(slow: str, quick: str, target: float) -> str:
        ratio = per[slow].median / per[quick].median
        return f"{ratio:.2f} × ({'met' if ratio <= target else 'not met'}: at most {target:g})"

    met = verdict(1 / per["two"].median / 1e6, SPEED_TARGET / 1e6).replace(" ×", " M/s")
    return table(
        "The kernel alone over columns, one core, processor time",
        ("what", "a call: median (least–most)", "calls a second", "against its target"),
        [
            ("compiled, two scenarios", nano(per["two"]), speed("two"), met),
            ("`rate_batch` with Arrow columns of both", nano(per["whole"]), speed("whole"), ""),
            ("plain Python, two scenarios", nano(per["plain"]), speed("plain"), ratio_to(per, "plain")),
            ("compiled, eight scenarios", nano(per["eight"]), speed("eight"), at_most("eight", "two", VIEWS_TARGET)),
            (f"compiled, {FEW} mobile segments", nano(per["few"]), speed("few"), ""),
            (
                f"compiled, {MANY:,} mobile segments", nano(per["many"]), speed("many"),
                at_most("many", "few", PREFIXES_TARGET),
            ),
            (f"only mobiles calling mobiles, {FEW} segments", nano(per["few, mobile"]), speed("few, mobile"), ""),
            (
                f"only mobiles calling mobiles, {MANY:,} segments", nano(per["many, mobile"]), speed("many, mobile"),
                f"{per['many, mobile'].median / per['few, mobile'].median:.2f} ×",
            ),
        ],
    )  # fmt: skip


def ratio_to(per: dict[str, Timing], slow: str) -> str:
    return f"{per[slow].median / per['two'].median:.0f} × as long as compiled"


def nano(timing: Timing) -> str:
    return f"{timing.median * 1e9:.0f} ns ({timing.least * 1e9:.0f}–{timing.most * 1e9:.0f})"


STARTING = """
import time
begun, spent = time.perf_counter(), time.process_time()
from tariffs.rating import compiled
compiled.entry()
print(time.perf_counter() - begun, time.process_time() - spent)
"""


def started(per: dict[str, Timing], rounds: int = 5) -> str:
    """The table of first and later starts, each in processes of their own."""
    first, later = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            first.append(start(folder))
            later.append(start(folder))
    wall, spent = ([median(pair[part] for pair in found) for found in (first, later)] for part in (0, 1))
    pays = spent[1] / (per["plain"].median - per["two"].median)
    rows: Sequence[Sequence[object]] = [
        ("first run: imported and compiled", f"{wall[0]:.2f} s", f"{spent[0]:.2f} s"),
        ("later: imported, code from the disk", f"{wall[1]:.2f} s", f"{spent[1]:.2f} s"),
    ]
    return (
        table("Starting the compiled kernel", ("process", "by the clock", "processor time"), rows)
        + f"\nStarting from the disk takes as long as the plain kernel takes for {pays:,.0f} calls; the plain kernel "
        + f"is used up to {batches.SMALL:,} calls of a rater.\n"
    )


def start(folder: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor until the compiled kernel stands ready, its code kept in a folder."""
    environment = os.environ | {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", STARTING], check=True, capture_output=True, text=True, env=environment, cwd=folder
    )
    clock, processor = map(float, done.stdout.split())
    return clock, processor
