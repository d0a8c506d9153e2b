"""What it costs to prove rules complete and unambiguous, and whether one day or one second among 3,000 rules is found.

The rules cut all calls into parts along thirteen dimensions, without gap and without overlap: then everything must be
looked at. What is timed is what follows loading: deriving rules, building the diagram and the kernel's table, walking.
All of it is one thread of plain Python, so processor time is taken, which is that of the clock on an idle machine.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import tariffs
from benchmarks import rate_periods
from benchmarks.measure import Timing, table, timed
from benchmarks.partition import DAY, VALUES, Part, changed, expected, load, parts, plant
from benchmarks.rate_periods import stretches
from tariffs import Rulebook, RulebookError
from tariffs.checks import Finding, check, conflict, gap
from tariffs.checks.checking import study_of
from tariffs.rating.diagram import Diagram

SIZES = (300, 1000, 3000)
TARGET = 2.0
"""Seconds for 3,000 rules, and for `prd` with all scenarios and properties; loading is shown apart."""
PLANTED, PERIODS, SEED = 40, 24, 1


class Partition(NamedTuple):
    """Rules that cut all calls into parts, and their rulebook."""

    parts: list[Part]
    folder: Path
    book: Rulebook


def report() -> str:
    """Measures and returns the tables. Raises AssertionError where a proof is wrong."""
    with tempfile.TemporaryDirectory() as name:
        made = {count: partition(count, Path(name)) for count in SIZES}
        book = tariffs.load("prd")
        work: dict[str, Callable[[], object]] = {"load prd": partial(tariffs.load, "prd"), "prd": partial(check, book)}
        for count, one in made.items():
            work[f"load {count}"] = partial(tariffs.load, one.folder / "partition.yaml")
            work[f"compile {count}"] = partial(study_of, one.book)
            work[f"check {count}"] = partial(faults, one.book)
        for one in made.values():
            assert [] == faults(one.book)
        taken = timed(work, clock=time.process_time)
        return "\n".join(
            [_costs(made, taken), _prd(taken), _found(*planted_days(made[SIZES[-1]]), planted_seconds(made[SIZES[-1]]))]
        )


def partition(count: int, folder: Path) -> Partition:
    own = folder / str(count)
    own.mkdir()
    found = parts(count, SEED)
    return Partition(found, own, load(found, own, stretches(PERIODS, SEED)))


def faults(book: Rulebook) -> list[Finding]:
    """Gaps and conflicts, from the loaded rules on."""
    study = study_of(book)
    return [*gap.examine(study), *conflict.examine(study)]


class Hits(NamedTuple):
    """Faults that were planted: what of, how many are of calls or days that there are, how many were found exactly."""

    what: str
    planted: int
    real: int
    found: int


def planted_days(one: Partition) -> tuple[Hits, Hits]:
    """Overlaps and gaps of one day, each planted alone."""
    hits = {1: Hits("overlap of a day", 0, 0, 0), -1: Hits("gap of a day", 0, 0, 0)}
    for seed in range(PLANTED):
        fault = plant(one.parts, random.Random(seed))
        wanted = expected(one.parts, fault)
        told = faults(changed(one.book, fault))
        days = [[fault.day.isoformat(), (fault.day + DAY).isoformat()]]
        names = {n: f.severity for f in told for n in f.data.get("rules", [f.code]) if n != f"rule-{fault.number}"}
        exact = names == wanted and all(days == f.data["dates"] for f in told)
        hits[fault.days] = _counted(hits[fault.days], bool(wanted), exact)
    return hits[1], hits[-1]


def planted_seconds(one: Partition) -> Hits:
    """Overlaps and gaps of one second in the rate periods of the same rulebook; loading must refuse it."""
    hits = Hits("overlap or gap of a second", 0, 0, 0)
    scheme = stretches(PERIODS, SEED)
    for seed in range(PLANTED):
        fault = rate_periods.plant(scheme, random.Random(seed))
        wanted = rate_periods.expected(scheme, fault)
        moved = [fault.stretch if n == fault.number else stretch for n, stretch in enumerate(scheme)]
        told = refusals(one, moved)
        second = f"{fault.second // 3600:02}:{fault.second // 60 % 60:02}"
        exact = all(code == "rate-period-gap" and message.startswith(second) for code, message in told)
        hits = _counted(hits, bool(wanted), exact and bool(told) == bool(wanted))
    return hits


def refusals(one: Partition, periods: list[rate_periods.Stretch]) -> list[tuple[str, str]]:
    """The codes and messages for which the rulebook is refused with these rate periods."""
    with tempfile.TemporaryDirectory() as name:
        try:
            load(one.parts, Path(name), periods)
        except RulebookError as error:
            return [(problem.code, problem.message) for problem in error.problems]
    return []


def _counted(hits: Hits, real: bool, exact: bool) -> Hits:
    return Hits(hits.what, hits.planted + 1, hits.real + real, hits.found + exact)


def _verdict(timing: Timing) -> str:
    return f"{'met' if timing.median < TARGET else 'not met'}: under {TARGET:g} s"


def _costs(made: dict[int, Partition], taken: dict[str, Timing]) -> str:
    rows = []
    for count, one in made.items():
        diagram = study_of(one.book).compiled.diagram
        verdict = _verdict(taken[f"check {count}"]) if count == SIZES[-1] else ""
        timings = [taken[f"{what} {count}"] for what in ("load", "compile", "check")]
        rows.append((f"{count:,}", *timings, verdict, *_size(diagram)))
    head = (
        "rules", "load", "derive rules, build the diagram and the table", "the same, gap and conflict",
        "against its target", "nodes", "diagram in the kernel's table", "cells it stands for",
    )  # fmt: skip
    what = f"rules that cut all calls into parts, {len(VALUES) + 1} dimensions"
    return table(f"Gap and conflict, {what} (processor time)", head, rows)


def _size(diagram: Diagram) -> tuple[str, str, str]:
    """Nodes, megabytes (8 bytes an entry), and the product of all classes."""
    cells = 1
    for classes in diagram.alphabet.sizes():
        cells *= classes
    entries = len(diagram.dimension) + len(diagram.child)
    return f"{len(diagram.dimension):,}", f"{entries * 8 / 1e6:.1f} MB", f"{cells / 1e6:,.0f} million"


def _prd(taken: dict[str, Timing]) -> str:
    row = ("`prd`, all scenarios, all properties", taken["load prd"], taken["prd"], _verdict(taken["prd"]))
    return table("All properties (processor time)", ("rulebook", "load", "check", "against its target"), [row])


def _found(*hits: Hits) -> str:
    """Found exactly: with the rules, the days or seconds and the severity that it must have, and nothing else."""
    rows = [(h.what, h.planted, h.real, f"{h.found} of {h.planted}") for h in hits]
    head = ("planted at random, one at a time", "times", "of calls or days that there are", "told exactly")
    return table(f"Faults planted in {SIZES[-1]:,} rules", head, rows)
