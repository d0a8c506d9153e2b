"""Rating Arrow columns: a record batch of calls in, arrays of results out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating import rated_rows as rows
from tariffs.rating.diagnosis import diagnose
from tariffs.rating.joint import as_arrays, as_lists
from tariffs.rating.outcome import STATUS
from tariffs.rating.rater import Rater, _Codes
from tariffs.rulebook.places import RELATIONS

SMALL = 50_000
"""Records of one rater up to which the kernel as it stands is quicker than loading the compiled one."""

MONEY = pa.decimal128(18, 6)
NUMBERS = (
    (k.START, "start", 1 << 62),
    (k.DURATION, "duration", k.MISSING),
    (k.SEIZURE, "seizure", k.MISSING),
    (k.QUANTITY, "quantity", k.MISSING),
)
"""The facts that files hold as numbers: fact, column, and what an absent one is."""


@dataclass
class Outcome:
    """What came of the records of a batch, in their order.

    `status`: int8, see `outcome.STATUS`. A row a view, a column a record: `words` (int64, two for an amount of
    micro-yuan, the upper one 0) and `counts` of units (int64), meaningful where the status is rated. `classes`: of each
    record which row of `met` it is; a row of that: the number of a kind of call (`rated_rows.kind_of_call`), then for
    each view the number of the leaf and the relation.
    """

    rater: Rater
    status: Any
    words: Any
    counts: Any
    classes: Any
    met: Any
    facts: Facts
    numbers: Any

    @cached_property
    def rated(self) -> Any:
        """Which records have a price."""
        return self.status == k.RATED

    @cached_property
    def _classes(self) -> Any:
        """The classes as NumPy would make them anew for every look-up."""
        return self.classes.astype(np.intp)

    @cached_property
    def _valid(self) -> tuple[int, Any]:
        """How many records are not rated, and which are, as Arrow packs it (None: all)."""
        rated = self.rated
        unrated = len(rated) - int(np.count_nonzero(rated))
        return unrated, pa.py_buffer(np.packbits(rated, bitorder="little")) if unrated else None

    @property
    def amounts(self) -> Any:
        """Micro-yuan: a row a record, a column a view."""
        return self.words[:, :, 0].T

    def charge(self, view: int) -> Any:
        """Micro-yuan of each record under a view."""
        return self.words[view, :, 0]

    @cached_property
    def service(self) -> pa.Array:
        """The kind of each rated call; null elsewhere."""
        codes = self.rater._codes
        access = len(codes.vocabulary.values["access"])
        kinds, of = np.unique(self.met[:, rows.MET_KIND], return_inverse=True)
        names: dict[str, int] = {}
        named = [names.setdefault(codes.service_name(*_parts(n, access)), len(names)) for n in kinds.tolist()]
        return self._texts(np.array(named, dtype=np.int32)[of], list(names))

    def columns(self, view: int) -> dict[str, pa.Array]:
        """charge, tariff, rule, units and relation of each record under a view; null where it is not rated."""
        wording, said = self.rater.wording, self.met[:, rows.MET_VIEWS + rows.MET * view :]
        leaves = said[:, rows.MET_LEAF]
        return {
            "charge": self._array(MONEY, self.words[view]),
            "tariff": self._texts(np.array(wording.tariff_of)[leaves], wording.tariffs),
            "rule": self._texts(np.array(wording.rule_of)[leaves], wording.rules),
            "units": self._array(pa.int64(), self.counts[view]),
            "relation": self._texts(said[:, rows.MET_RELATION], RELATIONS),
        }

    def _array(self, kind: pa.DataType, values: Any) -> pa.Array:
        unrated, valid = self._valid
        return pa.Array.from_buffers(kind, len(self.status), [valid, pa.py_buffer(values)], unrated)

    def _texts(self, of: Any, texts: Sequence[str]) -> pa.Array:
        """Of each record the text of its class, as a dictionary; null where it is not rated. `of`: by class, which."""
        which = of.astype(np.int32) if len(of) else np.zeros(1, dtype=np.int32)
        indices = self._array(pa.int32(), which.take(self._classes))
        return pa.DictionaryArray.from_arrays(indices, _few(texts), safe=False)

    def paid_leaves(self) -> set[int]:
        """The leaves of the diagram by which rated records were priced, under any view."""
        paid = np.zeros(len(self.met), dtype=np.bool_)
        paid[self._classes if not self._valid[0] else self._classes[self.rated]] = True
        return set(self.met[paid][:, rows.MET_VIEWS + rows.MET_LEAF :: rows.MET].ravel().tolist())

    def codes(self) -> pa.Array:
        """The status of each record as its code."""
        return status_words(self.status)

    def details(self) -> dict[int, str]:
        """What is to be said of each suspended row, by row."""
        (caller, caller_at), (called, called_at) = self.numbers
        return {
            row: diagnose(
                self.rater.compiled, int(self.status[row]), self._conflict(row),
                caller[caller_at[row] : caller_at[row + 1]].tobytes(),
                called[called_at[row] : called_at[row + 1]].tobytes(), self.facts.row(row),
            )
            for row in np.flatnonzero(self.status < 0).tolist()
        }  # fmt: skip

    def _conflict(self, row: int) -> int:
        """The first leaf with two outcomes of a record that has one; else any."""
        if self.status[row] != k.TWO_RULES:
            return 0
        leaves = self.rater.compiled.diagram.leaves
        found: list[int] = self.met[self.classes[row], rows.MET_VIEWS + rows.MET_LEAF :: rows.MET].tolist()
        return next(leaf for leaf in found if leaves[leaf].on_top and leaves[leaf].pay is None)


def status_words(status: Any) -> pa.Array:
    """The word of each code of STATUS, as a dictionary. `status`: int8."""
    places = np.zeros(256, dtype=np.int32)
    places[np.array(list(STATUS), dtype=np.int8).view(np.uint8)] = range(len(STATUS))
    where = places.take(status.view(np.uint8))
    indices = pa.Array.from_buffers(pa.int32(), len(where), [None, pa.py_buffer(where)])
    return pa.DictionaryArray.from_arrays(indices, _few(list(STATUS.values())), safe=False)


def _parts(number: int, access_codes: int) -> tuple[int, int, int, int, int]:
    """Line, called, usage, direction and access code of what `rated_rows.kind_of_call` made."""
    number, line = divmod(number, rows.LINES)
    number, usage = divmod(number, rows.USAGES)
    number, direction = divmod(number, rows.DIRECTIONS)
    called, access = divmod(number, access_codes)
    return line, called, usage, direction, access


def _few(texts: Sequence[str]) -> pa.Array:
    """A few strings. `pyarrow.array` would load pandas wherever it is installed."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])


def rate_batch(rater: Rater, batch: pa.RecordBatch, *, compiled: bool | None = None) -> Outcome:
    """Rates a batch of canonical columns. Threads may rate batches by one rater at once.

    `caller`, `called`: string; `start`: timestamp[us] without zone, the wall clock of the rulebook's zone; `duration`:
    int64 microseconds (null: absent). Optional: `answered` (bool), `service`, `direction`, `served_place`, `operator`,
    `called_operator`, `group`, `plan`, `options` (names joined by `;`), `home_area` (strings, best as dictionaries),
    `quantity`, `seizure` (int64). `compiled`: whether to use the compiled kernel; by default for more than SMALL
    records.
    """
    n, views = batch.num_rows, len(rater.views)
    facts = _facts(rater._codes, batch)
    numbers = _text_buffers(batch.column("caller")), _text_buffers(batch.column("called"))
    if compiled is None:
        compiled = rater.is_packed(as_arrays) or rater.count(n) > SMALL
    results = blank_results(rater, n)
    (_rate_compiled if compiled else _rate_plain)(rater, numbers, facts, results)
    status, classes, words, units, met = results
    size = rows.MET_VIEWS + rows.MET * views
    known = met[1 : 1 + met[0] * size].reshape(-1, size).copy()
    words, units = words.reshape(views, n, 2), units.reshape(views, n)
    return Outcome(rater, status, words, units, classes, known, facts, numbers)


def blank_results(rater: Rater, count: int) -> tuple[Any, ...]:
    """What the kernel fills in for so many records (see `rated_rows.rate_rows`)."""
    views = len(rater.views)
    status, classes = np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int32)
    amounts, units = np.zeros(2 * views * count, dtype=np.int64), np.zeros(views * count, dtype=np.int64)
    met = np.zeros(1 + count * (rows.MET_VIEWS + rows.MET * views), dtype=np.int64)  # mostly never touched
    return status, classes, amounts, units, met


def _rate_compiled(rater: Rater, numbers: Any, facts: Facts, results: Any) -> None:
    from tariffs.rating import compiled

    (caller, caller_at), (called, called_at) = numbers
    status, classes, amounts, units, met = results
    t, segments = rater.packed(as_arrays)
    arrays = compiled.Arrays(
        (t, facts.given, *_scratch(rater, facts), amounts, units, met),
        (caller_at, called_at, classes),
        (caller, called),
        *facts.columns,
        segments,
        status,
    )
    compiled.rate_grouped(arrays, (len(status), 0, len(status)))


def _rate_plain(rater: Rater, numbers: Any, facts: Facts, results: Any) -> None:
    """The kernel as it stands works on lists: they are several times quicker than arrays for it."""
    (caller, caller_at), (called, called_at) = numbers
    found = [array.tolist() for array in results]
    scratch = [array.tolist() for array in _scratch(rater, facts)]
    rows.rate_rows(
        *rater.packed(as_lists), (caller.tobytes(), called.tobytes()), (caller_at.tolist(), called_at.tolist()),
        facts.given.tolist(), [[column.tolist() for column in kind] for kind in facts.columns], scratch,
        (len(found[0]), 0, len(found[0])), found,
    )  # fmt: skip
    for array, values in zip(results, found, strict=True):
        array[:] = values


def _scratch(rater: Rater, facts: Facts) -> tuple[Any, ...]:
    """What the kernel writes on while it rates a batch (see `rated_rows.rate_rows`)."""
    keys = np.zeros(len(rater._codes.blank_keys), dtype=np.int64)
    memo = np.zeros(rows.SLOTS * (rows.M_VIEWS + rows.REMEMBERED * len(rater.views)), dtype=np.int64)
    return facts.absent.copy(), keys, facts.absent.copy(), keys.copy(), memo


def _text_buffers(column: pa.Array) -> tuple[Any, Any]:
    """The bytes of a string column and the offset of each value; a null is an empty text."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if column.type != pa.string():
        column = column.cast(pa.string())
    if column.null_count:
        column = pc.fill_null(column, _few([""])[0])
    _, offsets, data = column.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    text = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, dtype=np.uint8)
    return text, at


@dataclass(frozen=True)
class Facts:
    """The facts of records, as the kernel takes them.

    `given`, `columns`: see `rated_rows.rate_rows`. `absent`: every fact of a record that gives none.
    """

    given: Any
    columns: tuple[list[Any], list[Any], list[Any]]
    absent: Any

    def row(self, record: int) -> list[int]:
        """All facts of one record."""
        facts: list[int] = self._filled(self.absent.copy(), record).tolist()
        return facts

    def matrix(self, count: int) -> Any:
        """All facts of all records, a row each."""
        return self._filled(np.repeat(self.absent[:, None], count, axis=1), slice(None)).T.copy()

    def _filled(self, facts: Any, records: int | slice) -> Any:
        indices, values, plain = self.columns
        coded = len(indices)
        for fact, where, table in zip(self.given[1 : 1 + coded], indices, values, strict=True):
            facts[fact] = table[where[records]]
        for fact, column in zip(self.given[2 + coded :], plain, strict=True):
            facts[fact] = column[records]
        return facts


def _facts(codes: _Codes, batch: pa.RecordBatch) -> Facts:
    """The facts of every record; those of columns that are absent, or all null, are not given."""
    there = zip(batch.schema.names, batch.columns, strict=True)
    columns = {name: column for name, column in there if column.null_count < len(column)}
    absent = np.zeros(k.FACTS, dtype=np.int64)
    coded: dict[int, tuple[Any, Any]] = {}
    plain: dict[int, Any] = {}
    for fact, name, nothing in NUMBERS:
        absent[fact] = nothing
        if name in columns:
            plain[fact] = _numbers(columns[name], nothing)
    for fact, name, numbers, nothing in (*codes.named_columns, (k.OPTIONS, "options", codes.option_masks, 0)):
        absent[fact] = nothing
        if name in columns:
            coded[fact] = _named(columns[name], numbers, nothing)
    if k.HOME_AREA in coded:
        where, areas = coded[k.HOME_AREA]
        coded[k.HOME_AREA] = where, np.maximum(areas, digits.NOT_GIVEN)
    absent[k.ANSWERED] = 1
    if "answered" in columns:
        coded[k.ANSWERED] = _flags(columns["answered"]).astype(np.int32), np.arange(2)
    given = np.array([len(coded), *coded, len(plain), *plain], dtype=np.int64)
    indices, values = ([pair[part] for pair in coded.values()] for part in (0, 1))
    return Facts(given, (indices, values, list(plain.values())), absent)


def _numbers(column: pa.Array, absent: int) -> Any:
    whole = column.cast(pa.int64())  # read from its buffer: `to_numpy` and `fill_null` would load pandas
    values = np.frombuffer(whole.buffers()[1], dtype=np.int64)[whole.offset :][: len(whole)]
    return np.where(_bits(whole.buffers()[0], whole), values, absent) if whole.null_count else values


def _flags(column: pa.Array) -> Any:
    """Of each record whether a boolean column is true or null."""
    values = _bits(column.buffers()[1], column)
    return values if not column.null_count else values | ~_bits(column.buffers()[0], column)


def _bits(buffer: Any, column: pa.Array) -> Any:
    """What Arrow has packed for a column, eight records a byte."""
    packed = np.frombuffer(buffer, dtype=np.uint8)
    count = column.offset + len(column)
    return np.unpackbits(packed, count=count, bitorder="little")[column.offset :].astype(np.bool_)


def _named(column: pa.Array, numbers: Mapping[str, int], absent: int) -> tuple[Any, Any]:
    """The number of each text, by index; few distinct texts are expected."""
    if not isinstance(column, pa.DictionaryArray):
        column = column.cast(pa.string()).dictionary_encode()
    found = [absent if not text else numbers.get(text, digits.NOT_KNOWN) for text in column.dictionary.to_pylist()]
    indices = column.indices.cast(pa.int32())
    where = np.frombuffer(indices.buffers()[1], dtype=np.int32)[indices.offset :][: len(indices)]
    if column.null_count:
        where = np.where(_bits(indices.buffers()[0], indices), where, np.int32(len(found)))
    return where, np.array([*found, absent], dtype=np.int64)
