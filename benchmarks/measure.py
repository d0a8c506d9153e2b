"""Timing: every contender once a round, rounds interleaved, medians reported with their spread."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one round: the median of all rounds, the fastest and the slowest."""

    median: float
    least: float
    most: float

    def per(self, count: int) -> Timing:
        """The same for one of `count` equal parts of a round."""
        return Timing(self.median / count, self.least / count, self.most / count)

    def __str__(self) -> str:
        units = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))
        scale, unit = next((s, u) for s, u in units if self.median * s >= 0.1 or u == "µs")
        return f"{self.median * scale:.3g} {unit} ({self.least * scale:.3g}–{self.most * scale:.3g})"


def timed(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Timing]:
    """Runs all contenders in turn, `rounds` times after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            start = clock()
            run()
            if number:
                taken[name].append(clock() - start)
    return {name: Timing(statistics.median(t), min(t), max(t)) for name, t in taken.items()}


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table under its title."""
    lines = [f"### {title}", "", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def verdict(ratio: float, target: float) -> str:
    """How a ratio stands to its target, where more is better."""
    return f"{ratio:.1f} × ({'met' if ratio >= target else 'not met'}: at least {target:g})"


def surroundings() -> str:
    """The machine and the versions that a figure depends on, in one paragraph."""
    packages = []
    for name in ("tariffs", "pydantic", "numpy", "numba", "pyarrow", "duckdb", "click", "zen-engine"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} (not installed)")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    return f"{python}, {machine}; {', '.join(packages)}. Command: `{command}`."
