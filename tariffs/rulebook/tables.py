"""Table files: long lists of digits and places, kept out of the rule files (mobile segments, exchanges)."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from typing import Any, Final

from tariffs.rulebook.folder import RuleFile
from tariffs.rulebook.problems import Position, Problem
from tariffs.rulebook.wording import hint_for

Table = tuple[tuple[str, ...], ...]

_MOST_SHOWN: Final = 20
_LARGEST_TABLE: Final = 500_000_000
SEGMENTS: Final = ("prefix", "place")
EXCHANGES: Final = ("area", "prefix", "place")


def read_tables(values: dict[str, Any], files: dict[str, RuleFile], problems: list[Problem]) -> dict[str, Table]:
    """The rows of every table file that the sections name, by the path as written."""
    tables: dict[str, Table] = {}
    places = values.get("places", {})
    for path, header, at in _named_tables(values):
        file = files.get(at.file)
        if path in tables or file is None:
            continue
        read = _read(file.path.parent / path, path, header, at, problems)
        if read is not None:
            tables[path] = read
            problems += _faults(read, path, at, places)
    return tables


def _named_tables(values: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Position]]:
    numbering = values.get("numbering")
    segments = getattr(numbering, "segments", None)
    if segments is not None and segments.file:
        yield segments.file, SEGMENTS, segments.at
    for zoning in values.get("zonings", {}).values():
        if zoning.exchanges:
            yield zoning.exchanges, EXCHANGES, zoning.at


def _read(path: Path, written: str, header: tuple[str, ...], at: Position, problems: list[Problem]) -> Table | None:
    try:
        if path.stat().st_size > _LARGEST_TABLE:
            raise OSError(0, "too large")
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not UTF-8 text or whole gzip"
        problems.append(Problem("missing-table", at, f"the table `{written}` cannot be read: {reason}", "check the file"))
        return None
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != header:
        wanted = ",".join(header)
        problems.append(Problem("missing-table", Position(written, 1, 1), f"the first line must be `{wanted}`", "add it"))
        return None
    return tuple(map(tuple, filter(None, rows[1:])))


def _faults(table: Table, written: str, at: Position, places: Any) -> list[Problem]:
    del at
    width = len(table[0]) if table else 0
    bad = [len(row) != width or not all(x.isdigit() for x in row[:-1]) or row[-1] not in places for row in table]
    found = [
        Problem("missing-table", Position(written, 0), "a row is malformed", hint_for(row[-1], places, "places"))
        for row in compress(table, bad)
    ]
    return found[:_MOST_SHOWN]
