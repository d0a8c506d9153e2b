"""A desk to rate call files on: writes them into a folder, rates them under the shipped rules, reads what came out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import tariffs
from tariffs.cdr.known import load_mapping
from tariffs.cdr.mapping import Mapping
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.run import run

GUANGZHOU, FOSHAN, SHENZHEN = "02081234567", "075781234567", "075581234567"
HEADER = "id,caller,called,start,duration"
MORNING = "2012-03-01T06:59:50+08:00"


@cache
def rater(*scenarios: str) -> Any:
    return tariffs.load("prd").rater(list(scenarios or ("baseline", "plan-2010")))


def call(
    number: object = 1, caller: str = GUANGZHOU, called: str = FOSHAN, start: str = MORNING, duration: object = 61
) -> str:
    """A line of a canonical CSV file. As it stands: 0.71 yuan before, 0.60 after."""
    return f"{number},{caller},{called},{start},{duration}"


def calls(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


@dataclass(frozen=True)
class Rated:
    """What a run left: its summary, the rows of its output as texts, the records and sections of its suspense file."""

    summary: RunSummary
    rows: list[dict[str, Any]]
    suspense: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    @property
    def suspended(self) -> list[tuple[int, str]]:
        return [(record["line"], record["code"]) for record in self.suspense]

    @property
    def outcomes(self) -> tuple[int, int, int, int, int, int]:
        """Read, rated, not chargeable, suspended, duplicate, merged."""
        t = self.summary.total
        return t.read, t.rated, t.not_chargeable.total(), t.suspended.total(), t.duplicate, t.merged


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rate(
    folder: Path,
    content: str | bytes | Sequence[Path],
    *,
    name: str = "calls.csv",
    output: str = "rated.csv",
    **asked: Any,
) -> Rated:
    """Rates one file of this content, or the files of these paths; `asked` goes into the request."""
    paths: Iterable[Path] = [put(folder, name, content)] if isinstance(content, (str, bytes)) else content
    by = asked.pop("by", None) or rater()
    target = folder / output
    summary = run(RateRequest(inputs=tuple(map(str, paths)), output=str(target), **asked), by)
    suspense = records(Path(summary.suspense)) if summary.suspense else []
    return Rated(summary, rows_of(target), [record for record in suspense if "raw" in record])


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a rated file, every value as text, whatever its format; null as an empty text."""
    if path.suffix == ".parquet":
        found = pq.read_table(path).to_pylist()
    else:
        with pa.input_stream(str(path)) as stream:
            text = stream.read().decode("utf-8-sig")
        lines = [line for line in text.split("\n") if line]
        found = list(map(json.loads, lines)) if ".jsonl" in path.suffixes else list(csv.DictReader(io.StringIO(text)))
    return [{key: _text(value) for key, value in row.items()} for row in found]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if type(value).__name__ == "Decimal":
        return f"{value.quantize(type(value)('0.01'))}"
    return str(value)


def mapping_of(folder: Path, text: str) -> Mapping:
    """The mapping that a file of this text says."""
    return load_mapping(str(put(folder, "map.yaml", text)))
