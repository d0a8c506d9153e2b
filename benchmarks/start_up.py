"""How long a user waits for whole processes: `tariffs --help`, and 1,000 calls from CSV to CSV."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Timing, table, timed

ROOT = Path(__file__).resolve().parents[1]
CALLS = 1000
HELP_TARGET = 3.0
"""`tariffs --help` may take this many times `python -c "import click"`."""
FILE_TARGET = 1.0
"""Seconds for the small file, the compiler's cache being empty."""


def program() -> list[str]:
    """The installed `tariffs` script of this environment, or the module where there is none."""
    script = Path(sys.executable).with_name("tariffs")
    return [str(script)] if script.exists() else [sys.executable, "-m", "tariffs"]


def run(words: Sequence[str], folder: Path) -> None:
    """Runs one process to its end with an empty compiler cache; raises CalledProcessError if it fails."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder / "empty"), "PYTHONPATH": str(ROOT)}
    subprocess.run(words, check=True, capture_output=True, env=environment, cwd=folder)


def report() -> str:
    """Measures both and returns their tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = [*program(), "sample", "--month", "2011-10", "--calls", str(CALLS), "--seed", "1", "-o", "calls.csv"]
        run(sample, folder)
        rate = [*program(), "rate", "calls.csv", "--rules", "prd", "--scenario", "baseline", "--scenario", "plan-2010"]
        taken = timed(
            {
                "click": lambda: run([sys.executable, "-c", "import click"], folder),
                "help": lambda: run([*program(), "--help"], folder),
                "file": lambda: run([*rate, "-o", "rated.csv"], folder),
            }
        )
    return shown(taken)


def shown(taken: dict[str, Timing]) -> str:
    ratio = taken["help"].median / taken["click"].median
    met = "met" if ratio <= HELP_TARGET else "not met"
    quick = "met" if taken["file"].median < FILE_TARGET else "not met"
    return table(
        "Start-up, whole processes",
        ("process", "median (least–most)", "against its target"),
        [
            ('python -c "import click"', taken["click"], ""),
            ("tariffs --help", taken["help"], f"{ratio:.2f} × ({met}: at most {HELP_TARGET:g})"),
            (f"tariffs rate, {CALLS:,} calls, CSV to CSV", taken["file"], f"{quick}: under {FILE_TARGET:g} s"),
        ],
    )
