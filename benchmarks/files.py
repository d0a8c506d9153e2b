"""Files in, files out, whole processes: the engine beside the same reading and writing without rating.

`TARIFFS_BENCH_CALLS` says how many millions of calls (10), `TARIFFS_BENCH_ROUNDS` how often (5), `TARIFFS_BENCH_FOLDER`
where the files are made; there they stay for the next benchmark.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.copying import BEGINNING, COLUMNS
from benchmarks.measure import Timing, table

ROUNDS: Final = int(os.environ.get("TARIFFS_BENCH_ROUNDS", "5"))
MILLIONS: Final = int(os.environ.get("TARIFFS_BENCH_CALLS", "10"))
RATE: Final = (
    sys.executable, "-m", "tariffs", "rate", "--rules", "prd", "--scenario", "baseline", "--scenario", "plan-2010",
    "--quiet", "--max-suspended", "100%",
)  # fmt: skip
COPY: Final = (sys.executable, "-m", "benchmarks.copying")


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended: seconds of the clock, seconds of all cores, and the most memory, in MB."""

    wall: float
    cpu: float
    memory: float


def ran(command: Sequence[str]) -> Ended:
    """Runs a command to its end, its modules kept as bytecode, as an installation has them. Raises RuntimeError where
    it fails."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=surroundings) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}: {' '.join(command)}")
    wall, unit = time.perf_counter() - begin, 1 << 10 if sys.platform == "linux" else 1 << 20
    return Ended(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


@contextmanager
def calls(millions: int) -> Iterator[tuple[Path, Path, Path]]:
    """A folder for results, and so many million different calls as Parquet with types and as CSV."""
    kept = os.environ.get("TARIFFS_BENCH_FOLDER")
    with tempfile.TemporaryDirectory(prefix="tariffs-files-", dir=kept) as name:
        made = Path(kept, f"{millions}-million") if kept else Path(name)
        if not (made / "calls.csv").exists():
            made.mkdir(exist_ok=True)
            # A process of its own: what it takes of memory would be counted for every process that is begun from here.
            ran([sys.executable, "-m", "benchmarks.files", str(made), str(millions)])
        yield Path(name), made / "calls.parquet", made / "calls.csv"


def make_calls(folder: Path, millions: int) -> None:
    """Writes `calls.parquet` and `calls.csv`."""
    import duckdb

    sample, parquet, csv = folder / "sample.parquet", folder / "calls.parquet", folder / "calls.csv"
    made = ["sample", "--month", "2012-03", "--calls", "1000000", "--seed", "1", "-o", str(sample), "--quiet"]
    ran([sys.executable, "-m", "tariffs", *made])
    duckdb.execute("set preserve_insertion_order = true; set timezone = 'UTC'")
    every = " union all ".join(_changed(sample, k) for k in range(millions))
    duckdb.execute(f"copy ({every}) to '{parquet}' (format parquet, compression zstd, row_group_size 131072)")
    texts = ", ".join(f'{_AS_TEXT.get(name, _QUOTED.format(name))} as "{name}"' for name in COLUMNS)
    part = csv.with_suffix(".part")
    duckdb.execute(f"copy (select {texts} from '{parquet}') to '{part}' (header true)")
    part.rename(csv)


_QUOTED: Final = '"{}"'
_AS_TEXT: Final = {"start": "strftime(start + interval 8 hour, '%Y-%m-%dT%H:%M:%S') || '+08:00'"}


def _changed(sample: Path, k: int) -> str:
    """The calls of the sample with other last digits, other times and lengths, and ids of their own."""

    def number(name: str) -> str:
        last = f"lpad(((right({name}, 4)::int * 7 + {k * 1237}) % 10000)::varchar, 4, '0')"
        return f"case when length({name}) >= 7 then left({name}, -4) || {last} else {name} end as {name}"

    longer = f"(duration::decimal(9,2) + if(duration::decimal(9,2) = 0, 0, {k} * 0.37))::decimal(9,2)"
    return f"""select id || '-{k}' as id, {number("caller")}, {number("called")},
        start::timestamptz + to_seconds({k * 97}) as start, {longer} as duration, answered::boolean as answered,
        service, direction, nullif(served_place, '') as served_place, operator, nullif("group", '') as "group", source
        from '{sample}'"""


def report() -> str:
    with calls(MILLIONS) as (folder, parquet, csv):
        rated, rated_csv, copied = (str(folder / name) for name in ("rated.parquet", "rated.csv", "copied"))
        taken = _measured({
            "rate parquet": [*RATE, str(parquet), "-o", rated],
            "rate parquet, duplicates": [*RATE, str(parquet), "-o", rated, "--duplicate-key", "id"],
            "copy parquet": [*COPY, "parquet", str(parquet), copied],
            "copy parquet, results": [*COPY, "parquet-results", str(parquet), copied, rated],
            "duckdb parquet": [*COPY, "duckdb-parquet", str(parquet), copied],
            "rate csv": [*RATE, str(csv), "-o", rated],
            "duckdb csv": [*COPY, "duckdb-csv-parquet", str(csv), copied],
            "rate csv csv": [*RATE, str(csv), "-o", rated_csv],
            "duckdb csv csv": [*COPY, "duckdb-csv-csv", str(csv), copied],
        })  # fmt: skip
    return _shown(taken)


def _measured(commands: Mapping[str, Sequence[str]]) -> dict[str, list[Ended]]:
    """Every command once a round, rounds interleaved."""
    taken: dict[str, list[Ended]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken[name].append(ran(command))
    return taken


_ROWS: Final = (
    ("Parquet → Parquet, two scenarios", "rate parquet", (("copy parquet, results", 1.4), ("copy parquet", 1.4))),
    ("the same, duplicates looked for by id", "rate parquet, duplicates", (("rate parquet", 0),)),
    ("pyarrow: input columns read and written", "copy parquet", ()),
    ("pyarrow: input columns read, the rated file's columns written", "copy parquet, results", ()),
    ("DuckDB: input columns copied", "duckdb parquet", ()),
    ("CSV → Parquet, two scenarios", "rate csv", (("duckdb csv", 1.4),)),
    ("DuckDB: CSV to Parquet with types", "duckdb csv", ()),
    ("CSV → CSV, two scenarios", "rate csv csv", (("duckdb csv csv", 1.5),)),
    ("DuckDB: CSV to CSV", "duckdb csv csv", ()),
)


def _shown(taken: Mapping[str, Sequence[Ended]]) -> str:
    rows = []
    for title, name, against in _ROWS:
        found = taken[name]
        said = [_ratio(taken, name, other, most) for other, most in against]
        cpu, memory = statistics.median(e.cpu for e in found), max(e.memory for e in found)
        rows.append((title, _timing(found), f"{cpu:.1f} s", f"{memory:,.0f} MB", "; ".join(said)))
    title = f"Files, whole processes, {MILLIONS} million calls, {ROUNDS} rounds"
    return table(title, ["process", "median (least–most)", "of all cores", "memory", "ratio of medians"], rows)


def _timing(found: Sequence[Ended]) -> Timing:
    walls = [one.wall for one in found]
    return Timing(statistics.median(walls), min(walls), max(walls))


def _ratio(taken: Mapping[str, Sequence[Ended]], name: str, other: str, most: float) -> str:
    ratio = _timing(taken[name]).median / _timing(taken[other]).median
    said = f"{ratio:.2f} × “{next(title for title, key, _ in _ROWS if key == other)}”"
    return f"{said} ({'met' if ratio <= most else 'not met'}: at most {most:g})" if most else said


def growth() -> str:
    """Ten times the calls: the same file ten times under other names, one run over all of them."""
    with calls(MILLIONS) as (folder, parquet, _):
        few = (folder / "few", [parquet])
        many = (folder / "many", [parquet] * 10)
        for into, files in (few, many):
            into.mkdir()
            for number, file in enumerate(files):
                (into / f"{number}.parquet").hardlink_to(file)
        little, rated = str(folder / "little.parquet"), str(folder / "rated.parquet")
        ran([sys.executable, "-m", "benchmarks.copying", "beginning", str(parquet), little])
        start = statistics.median(ran([*RATE, little, "-o", rated]).wall for _ in range(ROUNDS))
        rows, each = [], []
        for (into, files), rounds in ((few, 3), (many, 1)):
            ended = [ran([*RATE, str(into), "-o", rated]) for _ in range(rounds)]
            count = MILLIONS * len(files) * 1_000_000
            each.append((_timing(ended).median - start) / count)
            memory = max(one.memory for one in ended)
            cpu = statistics.median(one.cpu for one in ended) / count
            rows.append((f"{count:,}", _timing(ended), f"{each[-1] * 1e6:.3f} µs", f"{cpu * 1e6:.3f} µs", memory))
        ratio = rows[1][4] / rows[0][4]
        verdict = "met" if ratio <= 1.1 and rows[1][4] < 1500 else "not met"
        said = f"{rows[1][4]:,.0f} MB, {ratio:.2f} × ({verdict}: at most 1.1, and under 1,500 MB)"
        more = each[1] / each[0]
        slower = f"{rows[1][2]}, {more:.2f} × ({'met' if more <= 1.1 else 'not met'}: at most 1.1)"
    shown = [(*rows[0][:4], f"{rows[0][4]:,.0f} MB"), (*rows[1][:2], slower, rows[1][3], said)]
    header = ["calls", "process", "a call, start-up taken off", "a call, of all cores", "most memory"]
    title = f"Growth (start-up, with {BEGINNING:,} calls, for which the kernel is compiled: {start:.1f} s)"
    return table(title, header, shown)


if __name__ == "__main__":
    make_calls(Path(sys.argv[1]), int(sys.argv[2]))
