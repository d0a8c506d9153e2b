"""Parquet files of calls: the examples, all columns text or each of another type, with something of every outcome."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import tariffs
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.run import run
from tests.project.documents import ROOT

GOOD, BAD = (ROOT / "examples" / f"guangdong-2011-10{ending}.csv" for ending in ("", "-bad"))


@cache
def rater() -> Any:
    return tariffs.load("prd").rater(["baseline", "plan-2010"], as_of=["plan-2010:1"])


@cache
def example(path: Path) -> pa.Table:
    """The lines of an example that have all columns, as text; an empty field is null."""
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        header, *rows = csv.reader(stream)
    whole = [[field or None for field in row] for row in rows if len(row) == len(header)]
    return pa.table(
        {name: [row[i] for row in whole] for i, name in enumerate(header)},
        pa.schema([(name, pa.string()) for name in header]),
    )


def typed(table: pa.Table) -> pa.Table:
    """The first calls with a type of its own in each column, and columns that nobody reads of further types."""
    start = [None if text is None else text[:19] for text in table["start"].to_pylist()]
    clock = pa.array(start).cast(pa.timestamp("ms"))
    columns = dict(zip(table.schema.names, table.columns, strict=True))
    columns["start"] = clock.cast(pa.timestamp("ns")).cast(pa.timestamp("ns", "Asia/Shanghai"))
    columns["duration"] = pa.array([61] * len(table), pa.uint16())
    columns["answered"] = pa.array([text != "false" for text in table["answered"].to_pylist()])
    columns["operator"] = table["operator"].combine_chunks().dictionary_encode()
    further = {
        "written": clock, "bytes": pa.array(range(len(table)), pa.uint64()), "nothing": pa.nulls(len(table)),
        "rate": pa.array([0.5] * len(table)), "cells": pa.array([["a", "b"]] * len(table)), "baseline.charge": clock,
        "packed": pa.array([b"\x00\xff"] * len(table)),
    }  # fmt: skip
    return pa.table(columns | further)


def put(folder: Path) -> tuple[str, ...]:
    """Files of three shapes: a month in several row groups, bad records under a name to quote, and a typed one."""
    good, bad = example(GOOD), example(BAD)
    pq.write_table(good, folder / "a.parquet", row_group_size=700)
    pq.write_table(pa.concat_tables([bad, good.slice(0, 40), bad.slice(0, 20)]), folder / "b 50%20[一].parquet")
    pq.write_table(typed(good.slice(0, 60)), folder / "c.parquet")
    return tuple(str(path) for path in sorted(folder.glob("*.parquet")))


def on_one_machine(folder: Path, inputs: tuple[str, ...], **asked: Any) -> RunSummary:
    return run(RateRequest(inputs=inputs, output=str(folder / "local.parquet"), **asked), rater())


def rows(path: Path, files: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Rows of a rated file; with the inputs, those of a rated folder in their order, without saying so."""
    table = pq.read_table(path)
    found: list[dict[str, Any]] = table.to_pylist()
    if files:
        found.sort(key=lambda row: (files.index(row["file"]), row["row"]))
        found = [{name: value for name, value in row.items() if name not in ("file", "row")} for row in found]
    return found


def manifest(summary: RunSummary) -> dict[str, Any]:
    """What the manifest says, without the names of the outputs and what only a cluster says."""
    assert summary.manifest is not None
    found = json.loads(Path(summary.manifest).read_text("utf-8"))
    return {k: v for k, v in found.items() if k not in ("output", "suspense", "manifest", "spark")}
