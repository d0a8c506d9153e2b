"""Rating Arrow columns: a record batch of calls in, arrays of results out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.diagnosis import diagnose
from tariffs.rating.outcome import STATUS
from tariffs.rating.rater import Rater, _Codes
from tariffs.rulebook.places import RELATIONS

SMALL = 20_000
"""Records of one rater up to which the kernel as it stands is quicker than loading the compiled one."""

BEYOND_ANY_LIMIT = 1 << 40
"""Seconds; longer durations count as this long, so that they fit the kernel and are over its limit."""

MONEY = pa.decimal128(18, 6)


@dataclass
class Outcome:
    """What came of the records of a batch, in their order.

    `status`: int8, see `outcome.STATUS`. `amounts` (micro-yuan), `units`, `leaves`, `relations`: int64, a row a record
    and a column a view, meaningful where the status is rated (amounts and leaves also where it is zero-duration).
    """

    rater: Rater
    status: Any
    amounts: Any
    units: Any
    leaves: Any
    relations: Any
    seen: Any
    facts: Any
    numbers: Any

    @property
    def rated(self) -> Any:
        """Which records have a price."""
        return self.status == k.RATED

    def charge(self, view: int) -> Any:
        """Micro-yuan of each record under a view."""
        return self.amounts[:, view]

    @property
    def service(self) -> pa.Array:
        """The kind of each rated call; null elsewhere."""
        codes = np.stack((self.seen[:, 0], self.seen[:, 1], self.facts[:, k.USAGE], self.facts[:, k.DIRECTION],
                          self.seen[:, 2])).astype(np.int64)  # fmt: skip
        packed = np.ravel_multi_index(tuple(np.where(self.rated, codes, 0)), (2, 256, 4, 2, 1024))
        distinct, where = np.unique(packed, return_inverse=True)
        parts = zip(*np.unravel_index(distinct, (2, 256, 4, 2, 1024)), strict=True)
        names = [self.rater._codes.service_name(*(int(p) for p in part)) for part in parts]
        return _texts(where, names, self.rated)

    def columns(self, view: int) -> dict[str, pa.Array]:
        """charge, tariff, rule, units and relation of each record under a view; null where it is not rated."""
        rated = self.rated
        diagram = self.rater.compiled.diagram
        leaves = np.where(rated, self.leaves[:, view], 0)
        distinct, where = np.unique(leaves, return_inverse=True)
        tariffs = ["+".join(diagram.leaves[leaf].pay or ()) for leaf in distinct]
        rules = [self.rater.rule_name(int(leaf)) for leaf in distinct]
        return {
            "charge": decimals(self.amounts[:, view], ~rated),
            "tariff": _texts(where, tariffs, rated),
            "rule": _texts(where, rules, rated),
            "units": pa.array(self.units[:, view], mask=~rated),
            "relation": _texts(self.relations[:, view], list(RELATIONS), rated),
        }

    def paid_leaves(self) -> set[int]:
        """The leaves of the diagram by which rated records were priced, under any view."""
        return set(np.flatnonzero(np.bincount(self.leaves[self.rated].ravel())).tolist())

    def codes(self) -> pa.Array:
        """The status of each record as its code."""
        numbers = sorted(STATUS)
        where = np.searchsorted(np.array(numbers), self.status)
        return _texts(where, [STATUS[n] for n in numbers], np.ones(len(self.status), dtype=bool))

    def details(self) -> dict[int, str]:
        """What is to be said of each suspended row, by row."""
        (caller, caller_at), (called, called_at) = self.numbers
        return {
            row: diagnose(
                self.rater.compiled, int(self.status[row]), int(self.leaves[row, 0]),
                caller[caller_at[row] : caller_at[row + 1]].tobytes(),
                called[called_at[row] : called_at[row + 1]].tobytes(), self.facts[row].tolist(),
            )
            for row in np.flatnonzero(self.status < 0).tolist()
        }  # fmt: skip


def decimals(micro: Any, null: Any) -> pa.Array:
    """Micro-yuan (int64) as decimal128(18, 6), null where told."""
    words = np.empty((len(micro), 2), dtype=np.int64)
    words[:, 0] = micro
    words[:, 1] = words[:, 0] >> 63
    valid = pa.array(~null).buffers()[1] if null.any() else None
    return pa.Array.from_buffers(MONEY, len(micro), [valid, pa.py_buffer(words)])


def _texts(where: Any, names: list[str], valid: Any) -> pa.Array:
    """A dictionary of few texts for many rows."""
    indices = pa.array(np.asarray(where).reshape(-1).astype(np.int32), mask=~valid if not valid.all() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))


def rate_batch(rater: Rater, batch: pa.RecordBatch, *, compiled: bool | None = None) -> Outcome:
    """Rates a batch of canonical columns.

    `caller`, `called`: string; `start`: timestamp[us] without zone, the wall clock of the rulebook's zone; `duration`:
    int64 microseconds (null: absent). Optional: `answered` (bool), `service`, `direction`, `served_place`, `operator`,
    `called_operator`, `group`, `plan`, `options` (names joined by `;`), `home_area` (strings), `quantity`, `seizure`
    (int64). `compiled`: whether to use the compiled kernel; by default for more than SMALL records.
    """
    n, views = batch.num_rows, len(rater.views)
    facts = _facts(rater._codes, batch)
    caller, caller_at = _text_buffers(batch.column("caller"))
    called, called_at = _text_buffers(batch.column("called"))
    status = np.zeros(n, dtype=np.int64)
    results = tuple(np.zeros((n, views), dtype=np.int64) for _ in range(4))
    seen = np.zeros((n, 3), dtype=np.int64)
    if compiled is None:
        compiled = rater.is_packed or rater.count(n) > SMALL
    if compiled:
        _rate_compiled(rater, (caller, called), (caller_at, called_at), facts, status, results, seen)
    else:
        _rate_plain(rater, (caller, called), (caller_at, called_at), facts, status, results, seen)
    amounts, units, leaves, relations = results
    numbers = (caller, caller_at), (called, called_at)
    return Outcome(rater, status.astype(np.int8), amounts, units, leaves, relations, seen, facts, numbers)


def _rate_plain(rater: Rater, numbers: Any, offsets: Any, facts: Any, status: Any, results: Any, seen: Any) -> None:
    """The kernel as it stands works on lists: they are several times quicker than arrays for it."""
    texts = tuple(text.tobytes() for text in numbers)
    places = tuple(at.tolist() for at in offsets)
    width = len(rater.views)
    for row, fact in enumerate(facts.tolist()):
        keys = rater._codes.blank_keys.copy()
        amounts, units, leaves, relations = ([0] * width for _ in range(4))
        status[row] = k.rate(
            *rater.compiled.tables, texts[0], digits.measure_number(texts[0], places[0][row], places[0][row + 1]),
            texts[1], digits.measure_number(texts[1], places[1][row], places[1][row + 1]),
            fact, keys, amounts, units, leaves, relations,
        )  # fmt: skip
        results[2][row, 0] = leaves[0]
        if status[row] in (k.RATED, k.ZERO_DURATION):
            for array, values in zip(results, (amounts, units, leaves, relations), strict=True):
                array[row] = values
        seen[row] = keys[k.LINE], keys[k.CALLED], keys[k.ACCESS]


def _rate_compiled(rater: Rater, numbers: Any, offsets: Any, facts: Any, status: Any, results: Any, seen: Any) -> None:
    from tariffs.rating.compiled import arrays, compiled_kernel

    tables = rater.packed(arrays)
    sizes = (k.FACTS, len(rater._codes.blank_keys), *[len(rater.views)] * 4)
    scratch = tuple(np.zeros(size, dtype=np.int64) for size in sizes)
    compiled_kernel().rate_rows(*tables, numbers, offsets, facts, scratch, 0, len(status), status, results, seen)


def _text_buffers(column: pa.Array) -> tuple[Any, Any]:
    """The bytes of a string column and the offset of each value; a null is an empty text."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if column.type != pa.string():
        column = column.cast(pa.string())
    if column.null_count:
        column = pc.fill_null(column, "")
    _, offsets, data = column.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    text = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, dtype=np.uint8)
    return text, at


def _facts(codes: _Codes, batch: pa.RecordBatch) -> Any:
    """The facts of every record, a row each."""
    facts = np.zeros((batch.num_rows, k.FACTS), dtype=np.int64)
    columns = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
    facts[:, k.ANSWERED] = _numbers(columns.get("answered"), 1)
    for fact, name, numbers, absent in codes.named_columns:
        facts[:, fact] = _named(columns.get(name), numbers, absent)
    facts[:, k.HOME_AREA] = np.maximum(facts[:, k.HOME_AREA], digits.NOT_GIVEN)
    facts[:, k.OPTIONS] = _named(columns.get("options"), codes.option_masks, 0)
    facts[:, k.START] = _numbers(columns["start"].cast(pa.int64()), 1 << 62)
    facts[:, k.DURATION] = _numbers(columns.get("duration"), k.MISSING)
    facts[:, k.SEIZURE] = _numbers(columns.get("seizure"), k.MISSING)
    facts[:, k.QUANTITY] = _numbers(columns.get("quantity"), k.MISSING)
    return facts


def _numbers(column: pa.Array | None, absent: int) -> Any:
    if column is None:
        return absent
    filled = column.cast(pa.int64()).fill_null(absent) if column.null_count else column.cast(pa.int64())
    return filled.to_numpy(zero_copy_only=False)


def _named(column: pa.Array | None, numbers: Mapping[str, int], absent: int) -> Any:
    """The number of each text; few distinct texts are expected."""
    if column is None or column.null_count == len(column):
        return absent
    if not isinstance(column, pa.DictionaryArray):
        column = column.cast(pa.string()).dictionary_encode()
    found = [absent if not text else numbers.get(text, digits.NOT_KNOWN) for text in column.dictionary.to_pylist()]
    where = column.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    return np.array([*found, absent], dtype=np.int64)[where]


def rate_table(rater: Rater, source: Any) -> pa.Table:
    """Rates an Arrow table, or anything that exports an Arrow stream (Polars, pandas, DuckDB), as one table.

    All its columns, then `status`, `rated_service` (the kind of call) and, a view each, LABEL.charge, .tariff, .rule,
    .units and .relation; a column of the table that has such a name becomes `input.NAME`. A start with a zone is turned
    into the rulebook's; seconds of `duration` may be whole numbers or decimals. Raises ValueError where a column is
    missing or of a type that is not exact.
    """
    schema, batches = _stream(source)
    rated = [_rated(rater, batch) for batch in batches]
    return pa.Table.from_batches(rated or [_rated(rater, _nothing(schema))])


def _stream(source: Any) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    if isinstance(source, pa.RecordBatch):
        return source.schema, [source]
    if not hasattr(source, "__arrow_c_stream__"):
        raise ValueError("give an Arrow table, or something that exports an Arrow stream")
    reader = pa.RecordBatchReader.from_stream(source)
    return reader.schema, reader


def _nothing(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _rated(rater: Rater, batch: pa.RecordBatch) -> pa.RecordBatch:
    outcome = rate_batch(rater, canonical(rater, batch))
    results: dict[str, Any] = {"status": outcome.codes(), "rated_service": outcome.service}
    for number, view in enumerate(rater.views):
        results |= {f"{view.label}.{name}": array for name, array in outcome.columns(number).items()}
    given = zip(batch.schema.names, batch.columns, strict=True)
    columns = {f"input.{name}" if name in results else name: column for name, column in given}
    return pa.RecordBatch.from_pydict(columns | results)


def canonical(rater: Rater, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch in the types that `rate_batch` takes, from a table with a `start` and seconds of `duration`."""
    columns: Mapping[str, pa.Array] = dict(zip(batch.schema.names, batch.columns, strict=True))
    missing = [name for name in ("caller", "called", "start") if name not in columns]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}; there are {', '.join(columns)}")
    ready = dict(columns)
    ready["start"] = wall_clock(columns["start"], rater.timezone.key)
    for name in ("duration", "seizure"):
        if name in columns:
            ready[name] = exact_microseconds(columns[name], name)
    return pa.RecordBatch.from_pydict(ready)


def wall_clock(column: pa.Array, zone: str) -> pa.Array:
    """Instants as the wall clock of a zone, timestamp[us] without one. Raises ValueError for other types."""
    if not pa.types.is_timestamp(column.type):
        raise ValueError(f"`start` is {column.type}; a timestamp is needed")
    column = column.cast(pa.timestamp("us", column.type.tz))
    if column.type.tz is None:
        return column
    return pc.local_timestamp(column.cast(pa.timestamp("us", zone)))


def exact_microseconds(column: pa.Array, name: str) -> pa.Array:
    """Whole or decimal seconds, or a duration, as int64 microseconds. Raises ValueError for floats."""
    if pa.types.is_floating(column.type):
        raise ValueError(f"`{name}` is {column.type}: seconds are exact, give whole numbers, decimals or a duration")
    if pa.types.is_duration(column.type):
        return column.cast(pa.duration("us")).cast(pa.int64())
    exact = column.cast(pa.decimal128(28, 6))
    least, most = (pa.scalar(Decimal(bound), exact.type) for bound in (-1, BEYOND_ANY_LIMIT))
    exact = pc.if_else(pc.greater(exact, most), most, pc.if_else(pc.less(exact, least), least, exact))
    return pc.ceil(pc.multiply(exact, pa.scalar(Decimal(1_000_000)))).cast(pa.decimal128(38, 0)).cast(pa.int64())
