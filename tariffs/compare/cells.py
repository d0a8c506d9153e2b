"""Cells: calls that no rule of a rulebook tells apart, counted.

A cell is a *kind* (who called whom from where, how, and in which segment of days) with a *shape* (in which rate periods
and how long). Whatever prices, tariffs or dates the parameters of the rulebook choose, the calls of a cell cost the
same, as long as `Basis` says so. Cells hold no telephone number and no time of any call.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr.totals import Counts
from tariffs.compare.priced import Accounts, HourTable, Int32s, Int64s
from tariffs.compare.shapes import Mode, Shapes
from tariffs.rating.rater import Rater
from tariffs.rating.tables import Compiled, moves
from tariffs.rulebook.book import Rulebook

FULL, PAYS, HIDDEN = 0, 1, 2
"""How much a cell tells of its calls: all; what tariffs ask for (no operator of the called party, no group or plan that
no rule reads); or only what they pay, its places standing for others between which as much is paid."""

NAMES = ("places", "line", "called", "access", "operator", "group", "plan", "options")


@dataclass(frozen=True)
class Basis:
    """What the cells tell apart, and so which questions they answer.

    `rulebook`, `digest`: the rules at hand when the cells were made. `located`: a hash of all that decides what a call
    is (numbers, places, zones, names). `clock`: a hash of the rate periods and the calendar. `modes`: how lengths are
    measured and cut. `bounds`: the first days (ordinals) of the segments of days. `names`: what the numbers in kinds
    mean, by NAMES. `zone`: of the clock.
    """

    rulebook: str
    digest: str
    located: str
    clock: str
    modes: tuple[Mode, ...]
    bounds: tuple[int, ...]
    names: tuple[tuple[str, ...], ...]
    zone: str

    def of(self, what: str) -> tuple[str, ...]:
        """The names of one of NAMES."""
        return self.names[NAMES.index(what)]


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells and what they hold.

    `kinds`: rows of `rating.rows.KIND`; `shapes`: rows of `rating.rows.SHAPE`, of calls that stand for all of their
    class; `kind`, `shape`: of each cell; sorted by both. `calls`, `weight` (in `1 / weight_scale`), `microseconds` and
    `minutes` are sums over the calls of the cell, as in `Priced`. `hours`, `accounts`: the second and third table,
    where there are any. `counts`: of the records that are in no cell; those of the cells come in once they are priced.
    `detail`: of cells made to be handed on, how much each tells of its own calls (see FULL and what follows it); None:
    everything. `lost`, `tables`: of such cells, what was coarsened and suppressed, and what was computed inside, as
    their slip says it.
    """

    basis: Basis
    kinds: Int64s
    shapes: Int64s
    kind: Int32s
    shape: Int32s
    calls: Int64s
    weight: Int64s
    weight_scale: int
    microseconds: Int64s
    minutes: Int64s
    hours: HourTable | None
    accounts: Accounts | None
    counts: Counts
    days: tuple[dt.date, dt.date] | None
    files: tuple[tuple[str, str], ...] = ()
    weights: bool = False
    synthetic: bool = False
    detail: NDArray[np.int8] | None = None
    lost: Mapping[str, Any] | None = None
    tables: Sequence[Mapping[str, Any]] = ()

    def __len__(self) -> int:
        return len(self.calls)

    def only(self, wanted: NDArray[np.bool_]) -> Cells:
        """The cells that are wanted, with what the other tables hold of them."""
        number = np.cumsum(wanted) - 1
        hours, accounts = self.hours, self.accounts
        if hours is not None:
            kept = wanted[hours.cell]
            hours = HourTable(
                number[hours.cell[kept]].astype(np.int32), hours.hour[kept], hours.calls[kept], hours.weight[kept],
                hours.microseconds[kept],
            )  # fmt: skip
        if accounts is not None:
            kept = wanted[accounts.cell]
            there = int(self.calls[wanted].sum()) - int(accounts.calls[kept].sum())
            accounts = replace(
                accounts, account=accounts.account[kept], cell=number[accounts.cell[kept]].astype(np.int32),
                calls=accounts.calls[kept], weight=accounts.weight[kept], unlisted=there,
            )  # fmt: skip
        return replace(
            self, kind=self.kind[wanted], shape=self.shape[wanted], calls=self.calls[wanted],
            weight=self.weight[wanted], microseconds=self.microseconds[wanted], minutes=self.minutes[wanted],
            hours=hours, accounts=accounts, detail=None if self.detail is None else self.detail[wanted],
        )  # fmt: skip


def basis_of(rater: Rater, shapes: Shapes, bounds: Int64s) -> Basis:
    """The basis of cells that are made with a rater."""
    compiled = rater.compiled
    values = compiled.vocabulary.values
    named = (compiled.geography.names, *(values[name] for name in NAMES[1:-1]), compiled.vocabulary.options)
    book = compiled.book
    return Basis(
        book.rulebook_id, book.digest, located_digest(compiled), clock_digest(compiled.book), shapes.modes,
        tuple(bounds.tolist()), named, book.rulebook.timezone,
    )  # fmt: skip


def located_digest(compiled: Compiled) -> str:
    """A hash of all that decides what a call is: two raters with the same one locate every call alike."""
    book, values = compiled.book, compiled.values
    header = book.rulebook
    dates = {name: item.value for name, item in values.used.items() if item.parameter.kind == "date"}
    said = [
        header.timezone, str(header.longest_call), header.defaults.model_dump(mode="json"),
        {name: (place.level, place.in_, place.kind) for name, place in book.places.items()},
        {name: list(values) for name, values in compiled.vocabulary.values.items()}, compiled.vocabulary.options,
        book.numbering.model_dump(mode="json"), compiled.geography.zoning.model_dump(mode="json"),
        dates if moves(book) else {}, {name: item.names for name, item in sorted(book.operators.items())},
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())
    for path in sorted(book.tables):
        digest.update(f"\n{path}\n".encode())
        digest.update("\n".join(map(",".join, book.tables[path])).encode())
    return digest.hexdigest()


def clock_digest(book: Rulebook) -> str:
    """A hash of the rate periods of a rulebook and of its calendar."""
    calendar = book.calendar.model_dump(mode="json") if book.calendar is not None else None
    said = {name: scheme.model_dump(mode="json", exclude={"name"}) for name, scheme in sorted(book.periods.items())}
    return hashlib.sha256(json.dumps([said, calendar], ensure_ascii=False).encode()).hexdigest()
