"""Prints the tables of all benchmarks, or of those named: one-call, start-up, checks, whatif, kernel, cluster.

`files`, `growth` and `rivals` read and write gigabytes, and are run when they are named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date

from benchmarks import checks, cluster, files, kernel, one_call, start_up, whatif
from benchmarks.measure import ROUNDS, surroundings
from benchmarks.rivals import measured

BENCHMARKS: dict[str, Callable[[], str]] = {
    "one-call": one_call.report, "start-up": start_up.report, "checks": checks.report,
    "whatif": whatif.report, "kernel": kernel.report, "cluster": cluster.report,
}  # fmt: skip
LARGE: dict[str, Callable[[], str]] = {"files": files.report, "growth": files.growth, "rivals": measured.report}


def main(names: list[str]) -> None:
    known = BENCHMARKS | LARGE
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no benchmark is called {', '.join(unknown)}: there are {', '.join(known)}")
    # Which day it was measured belongs to a figure; nothing is decided by it.
    rounds = f"medians of {ROUNDS} rounds, unless a table says otherwise"
    print(f"Measured {date.today()}, {rounds}. {surroundings()}\n")
    for name in names or BENCHMARKS:
        print(known[name](), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
