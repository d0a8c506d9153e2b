"""Segments of calls (relation × service × rate period × customer group) and tables that give each of them a value.

Elasticities and the share of list prices that is really paid differ by segment. Such a table is a CSV file with the
columns relation, service, period, group, and those of its values; `any` stands for every name. Of several lines that
fit a segment, the one that names most decides. No line for a segment is an error, never a default.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import numpy as np

from tariffs.cdr.failures import InputError
from tariffs.compare.priced import Int32s, Priced

KEYS: Final = ("relation", "service", "period", "group")
ANY: Final = "any"

Segment = tuple[str | None, ...]
"""The names of a segment by KEYS; None: the records do not say."""


def segments_of(priced: Priced) -> tuple[Int32s, tuple[Segment, ...]]:
    """The segment of each cell, and the segments by code: only those that occur."""
    joint = np.zeros(len(priced), np.int64)
    dimensions = [priced.dims[key] for key in KEYS]
    for dimension in dimensions:
        joint = joint * (len(dimension.names) + 1) + dimension.codes + 1
    found, codes = np.unique(joint, return_inverse=True)
    segments = []
    for rest in found.tolist():
        names: list[str | None] = []
        for dimension in reversed(dimensions):
            rest, code = divmod(rest, len(dimension.names) + 1)
            names.append(dimension.name(code - 1))
        segments.append(tuple(reversed(names)))
    return codes.reshape(-1).astype(np.int32), tuple(segments)


@dataclass(frozen=True)
class SegmentTable:
    """Values of segments. `rows`: the names of a line (`any` for every one), its values, and where it stands."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Decimal, ...], int], ...]

    def value(self, segment: Segment) -> tuple[Decimal, ...] | None:
        """The values of a segment, by the columns; None where no line is about it."""
        fitting = [
            row for row in self.rows if all(n in (ANY, s) for n, s in zip(row[0], segment, strict=True))
        ]  # fmt: skip
        if not fitting:
            return None
        return max(fitting, key=lambda row: len(KEYS) - row[0].count(ANY))[1]

    def of(self, segments: Sequence[Segment]) -> Mapping[Segment, tuple[Decimal, ...]]:
        """The values of all segments. Raises InputError that names every segment without a line."""
        found = {segment: self.value(segment) for segment in segments}
        lacking = [segment for segment, value in found.items() if value is None]
        if lacking:
            shown = "; ".join(" × ".join(name or "?" for name in segment) for segment in lacking)
            raise InputError(
                f"{self.path}: no line is about these calls ({' × '.join(KEYS)}): {shown}; add a line for each, or one "
                f"with `{ANY}`"
            )
        return {segment: value for segment, value in found.items() if value is not None}


def read_segments(path: str, columns: Sequence[str], *, least: Decimal | None = None) -> SegmentTable:
    """The table of a CSV file. `least`: no value may be below it.

    Raises InputError with FILE:LINE for everything that is wrong.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    lines = list(csv.reader(text.splitlines()))
    wanted = [*KEYS, *columns]
    if not lines or [name.strip() for name in lines[0]] != wanted:
        raise InputError(f"{path}:1: the columns must be {', '.join(wanted)}")
    rows: dict[tuple[str, ...], tuple[tuple[Decimal, ...], int]] = {}
    problems: list[str] = []
    for number, fields in enumerate(lines[1:], start=2):
        values = [field.strip() for field in fields]
        if not any(values):
            continue
        if len(values) != len(wanted):
            problems.append(f"{path}:{number}: {len(values)} columns instead of {len(wanted)}")
            continue
        names = tuple(values[: len(KEYS)])
        numbers = [plain_number(text, least) for text in values[len(KEYS) :]]
        bad = [text for text, value in zip(values[len(KEYS) :], numbers, strict=True) if value is None]
        if bad:
            bound = f" from {least}" if least is not None else ""
            problems.append(f"{path}:{number}: {', '.join(map(repr, bad))}: write a plain number{bound}")
        elif names in rows:
            problems.append(f"{path}:{number}: line {rows[names][1]} is about the same calls; keep one of the two")
        else:
            rows[names] = tuple(value for value in numbers if value is not None), number
    problems += _ambiguous(path, rows)
    if problems:
        raise InputError("\n".join(problems))
    return SegmentTable(path, tuple(columns), tuple((names, values, at) for names, (values, at) in rows.items()))


def _ambiguous(path: str, rows: Mapping[tuple[str, ...], tuple[tuple[Decimal, ...], int]]) -> list[str]:
    """Pairs of lines that fit the same calls and name equally much."""
    lines = [(names, at) for names, (_, at) in rows.items()]
    return [
        f"{path}:{b}: some calls fit line {a} as well and neither names more; add a line that says which holds"
        for i, (one, a) in enumerate(lines)
        for other, b in lines[i + 1 :]
        if one.count(ANY) == other.count(ANY)
        and all(x == y or ANY in (x, y) for x, y in zip(one, other, strict=True))
        and tuple(y if x == ANY else x for x, y in zip(one, other, strict=True)) not in rows
    ]


def plain_number(text: str, least: Decimal | None) -> Decimal | None:
    """A number written plainly, not below `least`; None for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and (least is None or value >= least) else None
