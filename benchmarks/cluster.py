"""Spark with two workers against the engine of one machine: the same Parquet files, the same results.

Both are measured in a process that has warmed up (compiled kernel, started session), with few calls and with many: the
difference is what further calls cost, without what every run costs once. Starting either is measured with whole
processes. Beside them, what Spark takes to read the rated rows and write them again: no Python, no rating.
`TARIFFS_BENCH_ROUNDS` says how often (5).

Processor time is that of all processes of a run, Java and the workers among them, which hardly depends on what else a
machine does; the kernel's share is of that time. Reads /proc, so it needs Linux.
"""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import tariffs
from benchmarks.calls import draw
from benchmarks.measure import Timing, table
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import run
from tariffs.cluster import rate_files
from tariffs.cluster.session import open_session

SIZES = FEW, MANY = 200_000, 1_000_000
FILES = 4
DRAWN = 20_000
ROUNDS = int(os.environ.get("TARIFFS_BENCH_ROUNDS", "5"))
LOCAL, SPARK, SEARCHED, COPIED = "one machine", "Spark, local[2]", "duplicates looked for", "Spark, rated rows copied"
SCENARIOS = ("baseline", "plan-2010")


class Spent(NamedTuple):
    """Seconds of one run."""

    elapsed: float
    processor: float


def calls(count: int) -> pa.Table:
    """So many calls: the drawn ones again and again, each with an id of its own."""
    drawn = [one.call for one in draw(DRAWN)]
    columns = {
        "caller": pa.array([call.caller for call in drawn]),
        "called": pa.array([call.called for call in drawn]),
        "start": pa.array([call.start.replace(tzinfo=None) for call in drawn], pa.timestamp("us")),
        "duration": pa.array([call.seconds for call in drawn], pa.int64()),
        "direction": pa.array([call.direction for call in drawn]),
        "served_place": pa.array([call.served_place for call in drawn]),
    }
    which = pa.array(np.arange(count) % DRAWN)
    numbered = {"id": pa.array(np.arange(count)).cast(pa.string())}
    return pa.table(numbered | {name: column.take(which) for name, column in columns.items()})


def write(folder: Path, count: int) -> tuple[str, ...]:
    """The calls in FILES files."""
    folder.mkdir()
    every, part = calls(count), -(-count // FILES)
    paths = [folder / f"calls-{number}.parquet" for number in range(FILES)]
    for number, path in enumerate(paths):
        pq.write_table(every.slice(number * part, part), path, row_group_size=131_072)
    return tuple(map(str, paths))


def clocked(folder: str) -> Callable[[Any, Any], Any]:
    """The kernel of a worker, with a file for the seconds of each batch."""

    def rate(rater: Any, batch: Any) -> Any:
        from uuid import uuid4

        from tariffs.rating.batch import rate_batch

        start = time.process_time()
        outcome = rate_batch(rater, batch)
        Path(folder, uuid4().hex).write_text(repr(time.process_time() - start), "utf-8")
        return outcome

    return rate


def spent() -> float:
    """Seconds of processor time so far, of this process and of all that it has started, directly or not."""
    parents, taken = dict[int, int](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(path.parent.name)
        parents[number], taken[number] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(taken[number] for number in ours) / os.sysconf("SC_CLK_TCK")


def equal(local: Path, there: Path, inputs: tuple[str, ...]) -> bool:
    """Whether both have written the same rows, those of Spark ordered by file and row."""
    one, other = pq.read_table(local), pq.read_table(there)
    other = other.append_column("place", pa.array([inputs.index(name) for name in other["file"].to_pylist()]))
    other = other.sort_by([("place", "ascending"), ("row", "ascending")]).select(one.schema.names)
    return bool(one.replace_schema_metadata().cast(other.schema).equals(other.replace_schema_metadata()))


def report() -> str:
    rater = tariffs.load("prd").rater(list(SCENARIOS))
    taken: dict[str, list[Spent]] = {}
    shares = []
    with TemporaryDirectory() as place, open_session("local[2]") as session:
        folder = Path(place)
        inputs = {count: write(folder / name, count) for name, count in zip(("few", "many"), SIZES, strict=True)}
        for number in range(ROUNDS + 1):
            for count, key in ((FEW, ()), (FEW, ("id",)), (MANY, ())):
                what = f"{count:,} calls{f', {SEARCHED}' if key else ''}"
                (made := folder / f"{number}-{count}-{len(key)}").mkdir()
                asked = RateRequest(inputs=inputs[count], output=str(made / "local.parquet"), duplicate_key=key)
                local = _timed(taken, f"{LOCAL}, {what}", number, partial(run, asked, rater))
                (seconds := made / "kernel").mkdir()
                asked = dataclasses.replace(asked, output=str(made / "there.parquet"))
                work = partial(rate_files, session, asked, rater, rate=clocked(str(seconds)))
                there = _timed(taken, f"{SPARK}, {what}", number, work)
                if local.views != there.views or local.total != there.total:
                    raise SystemExit("Spark and the engine of one machine disagree")
                if number == 0 and not equal(Path(local.output), Path(there.output), inputs[count]):
                    raise SystemExit("Spark and the engine of one machine have written different rows")
                if count == MANY:
                    if number:
                        kernel = sum(float(path.read_text("utf-8")) for path in seconds.iterdir())
                        shares.append(kernel / taken[f"{SPARK}, {what}"][-1].processor)
                    copied = partial(session.read.parquet(there.output).write.parquet, str(made / "copied"))
                    _timed(taken, f"{COPIED}, {what}", number, copied)
    return _table(taken, shares)


def _timed(taken: dict[str, list[Spent]], name: str, number: int, work: Callable[[], Any]) -> Any:
    """Does the work; the first time does not count."""
    before, start = spent(), time.perf_counter()
    done = work()
    if number:
        taken.setdefault(name, []).append(Spent(time.perf_counter() - start, spent() - before))
    return done


def _table(taken: dict[str, list[Spent]], shares: list[float]) -> str:
    middle = {name: Spent(*map(statistics.median, zip(*runs, strict=True))) for name, runs in taken.items()}
    further = {
        engine: _further(*(middle[f"{engine}, {count:,} calls"] for count in SIZES)) for engine in (LOCAL, SPARK)
    }
    rows: list[tuple[object, ...]] = [
        (name, *(_timing(list(seconds)) for seconds in zip(*runs, strict=True))) for name, runs in taken.items()
    ]
    rows += [(name, _timing(seconds), "") for name, seconds in _processes().items()]
    rows += [(f"{name}, a further call", *(f"{s * 1e6:.2f} µs" for s in further[name])) for name in further]
    compared = {
        what: [middle[f"{engine}, {what}"] for engine in (LOCAL, SPARK)] for what in map("{:,} calls".format, SIZES)
    }
    for what, (one, other) in {**compared, "a further call": list(further.values())}.items():
        ratios = other.elapsed / one.elapsed, other.processor / one.processor
        rows.append((f"Spark against one machine, {what}", *(f"{ratio:.1f} ×" for ratio in ratios)))
    rows.append((f"the kernel's share of Spark's time, {MANY:,} calls", "", f"{statistics.median(shares):.1%}"))
    title = "Spark on one machine, two scenarios, Parquet to Parquet"
    return table(title, ("run", "elapsed: median (least–most)", "processor time"), rows)


def _further(few: Spent, many: Spent) -> Spent:
    """Of one call more, once what every run costs is taken off."""
    return Spent((many.elapsed - few.elapsed) / (MANY - FEW), (many.processor - few.processor) / (MANY - FEW))


def _timing(seconds: list[float]) -> Timing:
    return Timing(statistics.median(seconds), min(seconds), max(seconds))


def _processes() -> dict[str, list[float]]:
    """Whole processes over one call: what starting costs."""
    taken: dict[str, list[float]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(calls(1), folder / "one.parquet")
        command = [sys.executable, "-m", "tariffs", "rate", str(folder / "one.parquet"), "--rules", "prd", "--quiet"]
        for engine, more in ((LOCAL, []), (SPARK, ["--engine", "spark", "--master", "local[2]"])):
            for number in range(ROUNDS):
                output = ["-o", str(folder / f"{len(more)}-{number}.parquet")]
                start = time.perf_counter()
                subprocess.run([*command, *more, *output], check=True, capture_output=True)
                taken.setdefault(f"{engine}, a whole process for one call", []).append(time.perf_counter() - start)
    return taken
