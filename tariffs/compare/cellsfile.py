"""Cells as files: Parquet that other tools read, and a slip that says what it holds and proves that nothing changed.

`calls.cells.parquet` holds the cells; beside it stand `.hours.parquet`, `.accounts.parquet` and `.pairs.parquet`, where
there are such tables, and `.slip.json`. Every Parquet file carries the slip too. Names are those of the rulebook.
Pseudonymised data is still personal data: the *internal* kind is; the *shareable* kind holds no account at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tariffs.cdr import columns as arrow
from tariffs.cdr.failures import InputError
from tariffs.cdr.privacy import shown_name
from tariffs.compare.answers import CannotAnswer, check_basis
from tariffs.compare.cells import Basis, Cells
from tariffs.compare.compress import Distinct
from tariffs.compare.priced import NOT_KNOWN, Accounts, Dimension, HourTable, Int64s
from tariffs.compare.slip import INTERNAL, VERSION, Slip
from tariffs.rating import kernel as k
from tariffs.rating import rows
from tariffs.rating.conditions import DIRECTIONS, USAGES
from tariffs.rating.rater import Rater

MARK: Final = b"tariffs.cells"
ENDING: Final = ".parquet"
_TABLES: Final = ("cells", "hours", "accounts", "pairs")
_KIND: Final = (
    ("origin", rows.N_ORIGIN, "places"), ("destination", rows.N_DESTINATION, "places"),
    ("home", rows.N_HOME, "places"), ("present", rows.N_PRESENT, "places"), ("line", rows.N_LINE, "line"),
    ("called", rows.N_CALLED, "called"), ("access", rows.N_ACCESS, "access"), ("usage", rows.N_USAGE, "usage"),
    ("direction", rows.N_DIRECTION, "direction"), ("operator", rows.N_OPERATOR, "operator"),
    ("called_operator", rows.N_CALLED_OPERATOR, "operator"), ("group", rows.N_GROUP, "group"),
    ("plan", rows.N_PLAN, "plan"),
)  # fmt: skip
_AMOUNTS: Final = (("duration", rows.W_DURATION), ("seizure", rows.W_SEIZURE), ("quantity", rows.W_QUANTITY))
_SUMS: Final = ("calls", "weight", "microseconds", "minutes")


def paths_of(path: Path, names: Sequence[str] = _TABLES) -> dict[str, Path]:
    """The file of each table, and of the `slip`: those beside the one named."""
    stem = path.name.removesuffix(ENDING)
    beside = {name: path.with_name(f"{stem}.{name}{ENDING}") for name in names if name != "cells"}
    return {"cells": path, **beside, "slip": path.with_name(f"{stem}.slip.json")}


def write_cells(
    cells: Cells, path: Path, *, kind: str = INTERNAL, lost: Mapping[str, Any] | None = None,
    tables: Sequence[Mapping[str, Any]] = (), command: Sequence[str] = (),
) -> Slip:  # fmt: skip
    """Writes cells and their slip; each file appears under its name when it is complete, the named one last.

    Raises InputError where a file cannot be written.
    """
    made = {"cells": _cells_table(cells)}
    if cells.hours is not None:
        made["hours"] = _hours_table(cells.hours)
    accounts = cells.accounts
    if accounts is not None:
        made |= {"accounts": _accounts_table(accounts), "pairs": _pairs_table(accounts)}
    slip = Slip(
        kind, cells.basis, cells.counts, cells.days, cells.weight_scale, cells.weights, cells.synthetic,
        None if accounts is None else accounts.listed, 0 if accounts is None else accounts.unlisted,
        () if accounts is None else tuple(accounts.holds), cells.files,
        {name: {"rows": table.num_rows, "sha256": content_hash(table)} for name, table in made.items()},
        lost or {}, tables, command,
    )  # fmt: skip
    said = json.dumps(slip.as_json(), ensure_ascii=False, indent=1)
    where = paths_of(path)
    try:
        for name in sorted(made, reverse=True):
            _appear(where[name], lambda part, t=made[name]: pq.write_table(
                t.replace_schema_metadata({MARK: said.encode()}), part, compression="zstd"))  # fmt: skip
        _appear(where["slip"], lambda part: part.write_text(said + "\n", encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{shown_name(str(path))}: cannot be written: {error.strerror}") from error
    return slip


def _appear(path: Path, write: Any) -> None:
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def is_cells_file(path: str | Path) -> bool:
    """Whether a file says that it holds cells."""
    try:
        if Path(path).suffix != ENDING or not Path(path).is_file():
            return False
        return MARK in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def read_cells(path: str | Path) -> tuple[Cells, Slip]:
    """The cells of a file and its slip, which is checked against every table.

    Raises InputError where a table is missing or not what the slip says.
    """
    where, shown = paths_of(Path(path)), shown_name(str(path))
    try:
        said = json.loads(pq.read_schema(where["cells"]).metadata[MARK])
        if said["cells"] != VERSION:
            raise InputError(f"{shown}: cells of version {said['cells']}, and this engine reads version {VERSION}")
        slip = Slip.of_json(said)
        held = {name: _checked(where[name], name, slip) for name in slip.content}
        cells = _cells(slip, held)
    except (KeyError, TypeError, ValueError, IndexError, OSError, pa.ArrowException) as error:
        raise InputError(f"{shown}: this is no complete file of cells; have it made again") from error
    if where["slip"].exists() and json.loads(where["slip"].read_text("utf-8")) != said:
        raise InputError(f"{shown_name(str(where['slip']))}: this slip belongs to another file of cells")
    total = int(cells.calls.sum()) + cells.counts.found
    if total != cells.counts.read:
        raise InputError(f"{shown}: the slip counts {cells.counts.read:,} records, and the cells hold {total:,}")
    return cells, slip


def check_rules(slip: Slip, rater: Rater, name: str) -> None:
    """Raises InputError where cells were made by rules that see calls in another way than those of a rater."""
    book = rater.compiled.book
    try:
        check_basis(slip.basis, rater)
    except CannotAnswer as error:
        raise InputError(
            f"{shown_name(name)}: made by other rules ({slip.basis.rulebook} {slip.basis.digest[:12]}; at hand is "
            f"{book.rulebook_id} {book.digest[:12]}): {error}"
        ) from error


def _checked(path: Path, name: str, slip: Slip) -> Any:
    shown = shown_name(str(path))
    if not path.exists():
        raise InputError(f"{shown}: is missing; the tables of one cells file belong together")
    table = pq.read_table(path)
    if content_hash(table) != slip.content[name]["sha256"] or table.num_rows != slip.content[name]["rows"]:
        raise InputError(f"{shown}: is not what its slip says; it was changed after it was made, or belongs elsewhere")
    return table


def content_hash(table: Any) -> str:
    """A hash of the names and values of a table, whatever file format and version holds it."""
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        digest.update(f"\0{name}\0".encode())
        digest.update(np.packbits(arrow.valid_of(column)).tobytes())
        if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type):
            coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            texts = [text or "" for text in coded.dictionary.to_pylist()]
            order = {text: number for number, text in enumerate(sorted(set(texts)))}
            codes = np.array([*(order[text] for text in texts), -1], np.int64)
            valid = arrow.valid_of(coded)
            at = np.where(valid, arrow.as_numpy(coded.indices.cast(pa.int32())), len(texts))
            digest.update("\0".join(order).encode())
            digest.update(codes[at].astype("<i8").tobytes())
        else:
            values = np.where(arrow.valid_of(column), arrow.as_numpy(column), 0)
            digest.update(values.astype("<i8").tobytes())
    return digest.hexdigest()


def _names_of(basis: Basis, what: str) -> tuple[str, ...]:
    return USAGES if what == "usage" else DIRECTIONS if what == "direction" else basis.of(what)


def _cells_table(cells: Cells) -> Any:
    made: dict[str, Any] = {}
    kinds, shapes = cells.kinds[cells.kind], cells.shapes[cells.shape]
    for name, column, what in _KIND:
        made[name] = arrow.dictionary(kinds[:, column].astype(np.int32), list(_names_of(cells.basis, what)))
    options = cells.basis.of("options")
    masks, where = np.unique(kinds[:, rows.N_OPTIONS], return_inverse=True)
    held = [";".join(o for bit, o in enumerate(options) if mask >> bit & 1) for mask in masks.tolist()]
    made["options"] = arrow.dictionary(where.reshape(-1).astype(np.int32), held)
    days = pa.array(kinds[:, rows.N_DAY].astype(np.int32) - k.EPOCH, pa.int32())
    made["segment"] = days.cast(pa.date32())
    made["start"] = arrow.integers(shapes[:, rows.W_START], None, pa.timestamp("us"))
    for name, column in _AMOUNTS:
        there = shapes[:, column] >= 0
        made[name] = arrow.integers(np.where(there, shapes[:, column], 0), there)
    for name in _SUMS:
        made[name] = arrow.integers(getattr(cells, name))
    if cells.detail is not None:
        made["detail"] = pa.array(cells.detail.astype(np.int32), pa.int32())
    return pa.table(made)


def _hours_table(hours: HourTable) -> Any:
    return pa.table({
        "cell": pa.array(hours.cell), "hour": pa.array(hours.hour), "calls": pa.array(hours.calls),
        "weight": pa.array(hours.weight), "microseconds": pa.array(hours.microseconds),
    })  # fmt: skip


def _accounts_table(accounts: Accounts) -> Any:
    made: dict[str, Any] = {
        "account": arrow.texts([accounts.name(number) for number in range(len(accounts))]),
        "lines": pa.array(accounts.lines), "months": pa.array(accounts.months),
    }  # fmt: skip
    for name in ("group", "operator", "kind"):
        dimension: Dimension = getattr(accounts, name)
        known = dimension.codes >= 0
        made[name] = arrow.dictionary(np.maximum(dimension.codes, 0), list(dimension.names) or [""], known)
    for option, months in accounts.holds.items():
        made[f"holds.{option}"] = pa.array(months)
    return pa.table(made)


def _pairs_table(accounts: Accounts) -> Any:
    return pa.table({
        "account": pa.array(accounts.account), "cell": pa.array(accounts.cell), "calls": pa.array(accounts.calls),
        "weight": pa.array(accounts.weight),
    })  # fmt: skip


def _cells(slip: Slip, held: Mapping[str, Any]) -> Cells:
    table = held["cells"]
    kinds = np.zeros((table.num_rows, rows.KIND), np.int64)
    for name, column, what in _KIND:
        kinds[:, column] = _codes(table.column(name), _names_of(slip.basis, what))
    options = slip.basis.of("options")
    bits = {option: 1 << bit for bit, option in enumerate(options)}
    coded = _coded(table.column("options"))
    masks = [sum(bits[o] for o in text.split(";") if o) for text in coded.dictionary.to_pylist()]
    kinds[:, rows.N_OPTIONS] = np.array([*masks, 0], np.int64)[arrow.as_numpy(coded.indices)]
    kinds[:, rows.N_DAY] = _numbers(table, "segment") + k.EPOCH
    shapes = np.zeros((table.num_rows, rows.SHAPE), np.int64)
    shapes[:, rows.W_START] = _numbers(table, "start")
    for name, column in _AMOUNTS:
        shapes[:, column] = _numbers(table, name)
    kind, shape = Distinct.of(kinds), Distinct.of(shapes)
    sums = {name: _numbers(table, name) for name in _SUMS}
    detail = _numbers(table, "detail").astype(np.int8) if "detail" in table.column_names else None
    return Cells(
        slip.basis, kind.values, shape.values, kind.where.astype(np.int32), shape.where.astype(np.int32),
        sums["calls"], sums["weight"], slip.scale, sums["microseconds"], sums["minutes"], _hours(held.get("hours")),
        _accounts(slip, held), slip.counts, slip.days, slip.files, slip.weights, slip.synthetic, detail,
        slip.lost or None, slip.tables,
    )  # fmt: skip


def _hours(table: Any) -> HourTable | None:
    if table is None:
        return None
    cell, hour, calls, weight, spoken = (
        _numbers(table, n) for n in ("cell", "hour", "calls", "weight", "microseconds")
    )
    return HourTable(cell.astype(np.int32), hour.astype(np.int32), calls, weight, spoken)


def _accounts(slip: Slip, held: Mapping[str, Any]) -> Accounts | None:
    if slip.listed is None:
        return None
    table, pairs = held["accounts"], held["pairs"]
    account, cell, calls, weight = (_numbers(pairs, name) for name in ("account", "cell", "calls", "weight"))
    names = table.column("account").to_pylist()
    return Accounts(
        np.array([int(name, 16) for name in names], np.uint64), account.astype(np.int32), cell.astype(np.int32), calls,
        weight, slip.listed, _numbers(table, "lines"), _numbers(table, "months"),
        {option: _numbers(table, f"holds.{option}") for option in slip.options}, _dimension(table, "group"),
        _dimension(table, "operator"), _dimension(table, "kind"), slip.unlisted,
    )  # fmt: skip


def _numbers(table: Any, name: str) -> Int64s:
    """A column as int64; MISSING where it is null."""
    column = table.column(name).combine_chunks()
    return np.asarray(np.where(arrow.valid_of(column), arrow.as_numpy(column).astype(np.int64), k.MISSING))


def _coded(column: Any) -> Any:
    column = column.combine_chunks()
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def _codes(column: Any, names: Sequence[str]) -> Int64s:
    coded = _coded(column)
    found = [names.index(text) for text in coded.dictionary.to_pylist()]
    return np.asarray(np.array([*found, 0], np.int64)[arrow.as_numpy(coded.indices.cast(pa.int32()))])


def _dimension(table: Any, name: str) -> Dimension:
    coded = _coded(table.column(name))
    codes = np.where(arrow.valid_of(coded), arrow.as_numpy(coded.indices.cast(pa.int32())), NOT_KNOWN)
    names = tuple(text or "" for text in coded.dictionary.to_pylist())
    used = sorted({code for code in np.unique(codes).tolist() if code >= 0})
    table_ = np.full(len(names) + 1, NOT_KNOWN, np.int32)
    table_[used] = np.arange(len(used))
    return Dimension(table_[codes], tuple(names[code] for code in used))
