"""Calls into cells: reads the inputs as a rating run does, locates each call once, and adds equal ones up."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import DUPLICATE, MERGED, Calls
from tariffs.cdr.convert import converted, resolve
from tariffs.cdr.failures import InputError
from tariffs.cdr.holders import any_holders
from tariffs.cdr.inputs import Inputs
from tariffs.cdr.notes import Note
from tariffs.cdr.numbers import NumberReader
from tariffs.cdr.request import RateRequest
from tariffs.cdr.sample import SOURCE as SYNTHETIC
from tariffs.cdr.shapes import Shape
from tariffs.cdr.sources import Source
from tariffs.cdr.stream import CallStream
from tariffs.cdr.totals import Counts
from tariffs.compare.accounts import AccountList
from tariffs.compare.cells import Cells, basis_of
from tariffs.compare.compress import Compressor, Prepared, Tables, Uint64s
from tariffs.compare.dates import Interval, bounds_of
from tariffs.compare.payers import ChargedNumbers, Owners, Payers, new_key, number_keys, pseudonym
from tariffs.compare.priced import NOT_KNOWN, Accounts, Dimension, HourTable, Int64s
from tariffs.compare.shapes import Shapes
from tariffs.rating import rows
from tariffs.rating.located import Locator
from tariffs.rating.outcome import RATED, STATUS, UNREADABLE
from tariffs.rating.rater import Rater

SCALE: Final = 1_000_000
"""Weights are whole millionths."""
HEAVIEST: Final = 1_000_000
_LARGEST: Final = 1 << 62
_MOMENT: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks of the rulebook's zone


@dataclass(frozen=True, eq=False)
class Gathered:
    """The cells of some inputs, and what is to be remarked on reading them."""

    cells: Cells
    remarks: tuple[Note, ...]
    looked_for: tuple[Note, ...]


def gather(
    inputs: Inputs,
    rater: Rater,
    *,
    request: RateRequest,
    movable: Iterable[Interval] = (),
    accounts: AccountList | None = None,
    numbers: bool = True,
    key: bytes | None = None,
) -> Gathered:
    """Reads the calls of the inputs of a request into cells.

    `rater`: of any scenarios of the rulebook; the cells serve all. `movable`: days that dates may be moved to.
    `accounts`: an account list; without one each charged number counts as an account, unless `numbers` is False.
    `key`: of the pseudonyms; by default one that nobody keeps.
    Raises InputError where an input cannot be read.
    """
    with ExitStack() as stack:
        made = _Gatherer(rater, tuple(movable), accounts, numbers, key)

        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory()))

        holders = any_holders(request.holders, rater)
        stream = CallStream(inputs.shapes, rater.timezone, folder, request.duplicate_key, holders)
        for shape, done in stream.each(made.work):
            made.add(done, shape.source.name)
        remarks = [*inputs.notes]
        if made.naive:
            remarks.append(Note("no-zone", {"n": made.naive, "zone": rater.timezone.key}))
        return Gathered(made.cells(inputs.sources), tuple(remarks), stream.looked_for)


def cells_of(rater: Rater, batch: pa.RecordBatch, *, movable: Iterable[Interval] = ()) -> Cells:
    """The cells of a batch of canonical columns (see `rating.batch.rate_batch`), without accounts and weights."""
    made = _Gatherer(rater, tuple(movable), None, False, None)
    done = _Done(Counts(read=batch.num_rows))
    made.take(batch, np.full(batch.num_rows, SCALE, np.int64), None, done)
    made.add(done, "")
    return made.cells(())


@dataclass
class _Done:
    """A chunk whose calls are located. `first`, `last`: microseconds of the earliest and latest start."""

    counts: Counts
    ready: Prepared | None = None
    weight: int = 0
    first: int = _LARGEST
    last: int = -_LARGEST
    naive: int = 0
    synthetic: bool = False


@dataclass
class _Gatherer:
    """`work` may run in several threads; `add` takes what it makes, in the order of the input."""

    rater: Rater
    movable: tuple[Interval, ...]
    accounts: AccountList | None
    numbers: bool
    key: bytes | None
    counts: Counts = field(default_factory=Counts)
    weights: bool = False
    weight: int = 0
    first: int = _LARGEST
    last: int = -_LARGEST
    naive: int = 0
    synthetic: bool = False

    def __post_init__(self) -> None:
        compiled = self.rater.compiled
        self.locator = Locator(self.rater)
        self.shapes = Shapes.of(compiled.book, compiled.pricing.periods)
        self.bounds = bounds_of(compiled.book, compiled.values, self.movable)
        self.compressor = Compressor(self.shapes, self.bounds)
        self.payers: Payers | None = self.accounts
        if self.payers is None and self.numbers:
            self.payers = ChargedNumbers(Owners(self.locator, NumberReader(self.rater), self.key or new_key()))
        self._where: dict[int, int] = {}

    def work(self, shape: Shape, calls: Calls) -> _Done:
        done = _Done(Counts(read=len(calls.status)), synthetic=_says_synthetic(calls.chunk.columns))
        done.naive = 0 if shape.mapping.timezone else calls.naive
        weight = self._weight(shape, calls)
        payers = self.payers.of(calls) if self.payers is not None else None
        ready = np.flatnonzero(calls.status == RATED)
        if len(ready) == len(calls.status):
            self.take(calls.batch, weight, payers, done)
        else:
            _count(calls.status[calls.status != RATED], done.counts)
            batch = calls.batch.take(arrow.integers(ready))
            self.take(batch, weight[ready], None if payers is None else payers[ready], done)
        return done

    def take(self, batch: pa.RecordBatch, weight: Int64s, payers: Uint64s | None, done: _Done) -> None:
        """Locates calls and sorts them out."""
        found = self.locator.locate(batch)
        there = found.status == RATED
        _count(found.status[~there], done.counts)
        if not there.any():
            return
        shapes, weight = found.shapes[there], weight[there]
        done.first, done.last = int(shapes[:, rows.W_START].min()), int(shapes[:, rows.W_START].max())
        done.weight = sum(weight.tolist()) if weight.max() > _LARGEST // len(weight) else int(weight.sum())
        owners = None if payers is None else payers[there]
        done.ready = self.compressor.prepare(found.kinds[there], shapes, weight, owners)

    def add(self, done: _Done, name: str) -> None:
        self.counts.add(done.counts)
        self.first, self.last = min(self.first, done.first), max(self.last, done.last)
        self.naive += done.naive
        self.synthetic = self.synthetic or done.synthetic
        self.weight += done.weight
        if self.weight > _LARGEST:
            raise InputError(f"{name}: the weights add up to more than can be held")
        if done.ready is not None:
            self.compressor.add(done.ready)

    def _weight(self, shape: Shape, calls: Calls) -> Int64s:
        """The weight of each record in millionths; one whose weight cannot be read is suspended."""
        if id(shape) not in self._where:
            places = resolve(shape.mapping, shape.names, shape.source.name)[1].get("weight", ())
            self._where[id(shape)] = places[0] if places else -1
        at = self._where[id(shape)]
        if at < 0:
            return np.full(len(calls.status), SCALE, np.int64)
        self.weights = True
        values, valid, _ = converted(arrow.as_text(calls.chunk.columns.column(at)), _millionths)
        for position in np.flatnonzero(~valid).tolist():
            calls.suspend(position, UNREADABLE, _WEIGHT)
        return np.asarray(values)

    def cells(self, sources: Sequence[Source]) -> Cells:
        tables = self.compressor.tables()
        days = None
        if self.first <= self.last:
            days = _day(self.first), _day(self.last)
        scale, weight, hours, pairs = self._scaled(tables)
        calls, _, microseconds, minutes = tables.sums
        return Cells(
            basis=basis_of(self.rater, self.shapes, self.bounds),
            kinds=tables.kinds, shapes=tables.shapes, kind=tables.kind, shape=tables.shape,
            calls=calls, weight=weight, weight_scale=scale, microseconds=microseconds, minutes=minutes,
            hours=HourTable(tables.hour_cell, tables.hour, tables.hour_sums[0], hours, tables.hour_sums[2]),
            accounts=self._accounts(tables, pairs, days),
            counts=self.counts, days=days,
            files=tuple((source.name, source.digest) for source in sources),
            weights=self.weights, synthetic=self.synthetic,
        )  # fmt: skip

    def _scaled(self, tables: Tables) -> tuple[int, Int64s, Int64s, Int64s]:
        """The scale of weights, as small as it can be, and the weights of cells, hours and pairs in it."""
        held = [tables.sums[1], tables.hour_sums[1], tables.pairs[3] if tables.pairs is not None else np.zeros(0, int)]
        common = math.gcd(SCALE, *(int(np.gcd.reduce(array)) for array in held if len(array)))
        cut = max(10**n for n in range(7) if common % 10**n == 0)
        cell, hour, pair = (array // cut for array in held)
        return SCALE // cut, cell, hour, pair

    def _accounts(self, tables: Tables, weight: Int64s, days: tuple[dt.date, dt.date] | None) -> Accounts | None:
        if self.payers is None:
            return None
        if tables.pairs is None or tables.payers is None:
            nothing = np.zeros(0, np.int32)
            account, cell, calls, payers = nothing, nothing, np.zeros(0, np.int64), np.zeros(0, np.uint64)
        else:
            account, cell, calls, _ = tables.pairs
            payers = tables.payers
        unlisted = int(tables.sums[0].sum() - calls.sum())
        if self.accounts is None:
            return _numbers(number_keys(payers, self.key), account, cell, calls, weight, unlisted)
        listed = self.accounts
        account = np.asarray(payers.astype(np.int64) - 1, np.int32)[account]
        order = np.lexsort((cell, account))
        account, cell, calls, weight = account[order], cell[order], calls[order], weight[order]
        months, holds = listed.months(days) if days else (np.zeros(len(listed.names), np.int64), {})
        key = self.key or new_key()
        keys = [pseudonym(name, key) for name in listed.names]
        return Accounts(
            np.array(keys, np.uint64), account, cell, calls, weight, True,
            listed.telephone_lines(), months, holds, listed.group("group"), listed.group("operator"),
            listed.group("kind"), unlisted,
        )  # fmt: skip


def _count(status: Any, counts: Counts) -> None:
    """Counts what is in no cell."""
    codes, numbers = np.unique(status, return_counts=True)
    for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
        if code < 0:
            counts.suspended[STATUS[code]] += number
        elif code == DUPLICATE:
            counts.duplicate += number
        elif code == MERGED:
            counts.merged += number
        else:
            counts.not_chargeable[STATUS[code]] += number


_WEIGHT: Final = "weight: not a number from 0 to 999,999 with at most six decimals"


def _numbers(keys: Uint64s, account: Any, cell: Any, calls: Int64s, weight: Int64s, unlisted: int) -> Accounts:
    """Charged numbers as accounts: one line each, nothing else known."""
    nothing = Dimension(np.full(len(keys), NOT_KNOWN, np.int32), ())
    ones = np.ones(len(keys), np.int64)
    return Accounts(
        keys, account, cell, calls, weight, False, ones, np.zeros(len(keys), np.int64), {}, nothing, nothing, nothing,
        unlisted,
    )  # fmt: skip


def _millionths(text: str) -> int | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or value >= HEAVIEST:
        return None
    scaled = value.scaleb(6)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _day(microseconds: int) -> dt.date:
    return (_MOMENT + dt.timedelta(microseconds=microseconds)).date()


def _says_synthetic(columns: Any) -> bool:
    """Whether a column `source` says of some record that it was generated."""
    index = columns.schema.get_field_index("source")
    if index < 0:
        return False
    return SYNTHETIC in arrow.as_text(columns.column(index)).dictionary_encode().dictionary.to_pylist()
