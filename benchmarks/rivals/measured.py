"""The engine against DuckDB, Polars and pandas: Parquet to Parquet, two scenarios, whole processes.

`tariff.py` says in words what each of them prices, and what each writes. Before any time is shown, every row that they
write is compared with the engine's: id, charges and tariffs of both scenarios, status. How many
calls and where: as `files`, TARIFFS_BENCH_CALLS and TARIFFS_BENCH_FOLDER.
"""

from __future__ import annotations

import statistics
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.files import MILLIONS, RATE, ROUNDS, Ended, calls, ran
from benchmarks.measure import Timing, table, verdict

RIVALS: Final = {
    "DuckDB": "benchmarks.rivals.in_duckdb",
    "Polars": "benchmarks.rivals.in_polars",
    "pandas": "benchmarks.rivals.in_pandas",
}
TARGET: Final = 2.0
COMPARED: Final = ("id", "baseline.charge", "baseline.tariff", "plan-2010.charge", "plan-2010.tariff", "status")


def different(one: Path, other: Path) -> list[str]:
    """The columns in which two rated files are not the same, call by call."""
    order = {path: pc.sort_indices(pq.read_table(path, columns=["id"]), [("id", "ascending")]) for path in (one, other)}
    found = []
    for name in COMPARED:
        mine, theirs = (pq.read_table(path, columns=[name]).column(0).take(order[path]) for path in (one, other))
        if len(mine) != len(theirs) or not mine.equals(theirs.cast(mine.type)):
            found.append(name)
    return found


def report() -> str:
    with calls(MILLIONS) as (folder, source, _):
        engine = folder / "engine.parquet"
        commands = {"Tariffs": [*RATE, str(source), "-o", str(engine)]}
        for name, module in RIVALS.items():
            commands[name] = [sys.executable, "-m", module, str(source), str(folder / f"{name}.parquet")]
        for name, command in commands.items():  # not counted, and whoever compiles has compiled
            ran(command)
            if name in RIVALS:
                # A process of its own: what it takes of memory would be counted for every process begun from here.
                ran([sys.executable, "-m", "benchmarks.rivals.measured", str(engine), str(folder / f"{name}.parquet")])
        taken: dict[str, list[Ended]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                taken[name].append(ran(command))
        sizes = {name: (folder / f"{name}.parquet").stat().st_size for name in RIVALS} | {
            "Tariffs": engine.stat().st_size
        }
    return shown(taken, sizes)


def shown(taken: dict[str, list[Ended]], sizes: dict[str, int]) -> str:
    walls = {name: [one.wall for one in ended] for name, ended in taken.items()}
    medians = {name: statistics.median(found) for name, found in walls.items()}
    best = min(RIVALS, key=medians.__getitem__)
    rows = []
    for name, ended in taken.items():
        ratio = medians[name] / medians["Tariffs"]
        said = "" if name == "Tariffs" else verdict(ratio, TARGET) if name == best else f"{ratio:.1f} ×"
        cpu, memory = statistics.median(one.cpu for one in ended), max(one.memory for one in ended)
        title = f"{name} {version(name.lower())}" + (", the best of them" if name == best else "")
        timing = Timing(medians[name], min(walls[name]), max(walls[name]))
        rows.append((title, timing, f"{cpu:.1f} s", f"{memory:,.0f} MB", f"{sizes[name] / 1e6:,.0f} MB", said))
    title = f"The same tariff by hand, Parquet to Parquet, {MILLIONS} million calls, two scenarios, whole processes"
    title += f", {ROUNDS} rounds"
    header = ["process", "median (least–most)", "of all cores", "memory", "written", "the engine is faster by"]
    note = (
        "Every call compared before: charges and tariffs of both scenarios and status are equal. The rivals write the "
        "columns read, charge and tariff of each scenario and the status; the engine besides these rule, units and "
        "relation of each scenario, service and digest of the rules. It keeps the order of the input, as pandas does "
        "here; DuckDB and Polars do not. Memory of pandas is that of its largest process.\n"
    )
    return f"{table(title, header, rows)}\n{note}"


if __name__ == "__main__":
    if wrong := different(*map(Path, sys.argv[1:])):
        raise SystemExit(f"{' and '.join(sys.argv[1:])} differ in {', '.join(wrong)}: there is nothing to compare")
