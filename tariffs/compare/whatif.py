"""Instant what-if: another price, another date, another tariff, and no call is read again.

A `WhatIf` holds cells and prices them under views, as often as asked. Only what changed is worked out anew: a cell is
priced again where the tariffs that its calls pay are not the ones they were.

    whatif = WhatIf(cells, book, ["baseline", "plan-2010"], as_of=["plan-2010:1", "plan-2010:2"])
    before = whatif.price()
    after = whatif.price(assume={"inter-zone-price": "0.25"})
    apart = whatif.price(apart={"plan-2010": {"inter-zone-price": "0.25"}})     # the base keeps its own
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr.failures import InternalError
from tariffs.cdr.totals import Counts
from tariffs.checks.admission import admit
from tariffs.compare.answers import CannotAnswer, check_basis, check_dates
from tariffs.compare.cells import Cells
from tariffs.compare.dims import Dims, circle, pays
from tariffs.compare.priced import Dimension, Int32s, Int64s, Priced
from tariffs.compare.shapes import DAY, Clock, modes_of
from tariffs.rating import located, rows
from tariffs.rating.kernel import EPOCH, FIRST_DAY
from tariffs.rating.outcome import RATED, STATUS
from tariffs.rating.rater import Rater, make_rater
from tariffs.rating.values import Assumed
from tariffs.rulebook.book import Rulebook

__all__ = ["CannotAnswer", "WhatIf"]

SMALL = 20_000
"""Cells times views up to which the kernel as it stands is quicker than loading the compiled one."""

_REMEMBERED = 4

Assume = Mapping[str, str]


_SERIAL = itertools.count(1)


@dataclass
class _Column:
    """What one view made of the cells: what each kind pays (a number of WhatIf), and status and amount of each cell.

    `serial`: the same where nothing has changed since an earlier question.
    """

    pays: Int32s
    status: NDArray[np.int8]
    amounts: Int64s
    serial: int = field(default_factory=lambda: next(_SERIAL))


@dataclass(frozen=True)
class _Part:
    """Some scenarios under one set of values: their rater, and leaves and relations of kinds under its views."""

    rater: Rater
    leaves: Int64s
    relations: Int64s


@dataclass
class _Rated:
    """The cells that are rated, what is known of them whatever the prices, and a start for each, in its segment of
    days, that costs what the starts of its calls cost. `kept`: which of all cells they are (None: all)."""

    kept: NDArray[np.bool_] | None
    cells: Cells
    starts: Int64s
    plain: dict[str, Dimension] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)


@dataclass
class WhatIf:
    """Prices cells under the views of some scenarios.

    `scenarios`, `as_of`, `holders`, `both`, `assumptions`, `allow`: as `Rulebook.rater` takes them; `assume`: values
    that hold unless a question says otherwise. `base`: the scenario that others are compared with (default: the first);
    its view of the first reference is the base view. `compiled`: whether to use the compiled kernel; by default for
    many cells.
    """

    cells: Cells
    book: Rulebook
    scenarios: Sequence[str]
    base: str | None = None
    assume: Assume = field(default_factory=dict)
    as_of: Sequence[str | dt.date] = ()
    holders: Mapping[str, str] | None = None
    both: bool = False
    assumptions: bool = True
    allow: Collection[str] = ()
    compiled: bool | None = None
    _columns: dict[str, _Column] = field(default_factory=dict, repr=False)
    _known: dict[object, int] = field(default_factory=dict, repr=False)
    _raters: dict[object, tuple[dict[str, str], Rater]] = field(default_factory=dict, repr=False)
    _last: _Rated | None = field(default=None, repr=False)

    def price(
        self, *, assume: Assume | None = None, apart: Mapping[str, Assume] | None = None, book: Rulebook | None = None
    ) -> Priced:
        """The cells under all views. `assume`: values on top of those that hold; `apart`: values for one scenario
        only, by its name, on top of these; `book`: changed rules in place of those of the start.

        Raises CannotAnswer where the cells do not tell apart what the question needs told apart, so that the calls must
        be read again; RulebookError as `Rulebook.rater` does.
        """
        book = book or self.book
        common = {**self.assume, **(assume or {})}
        apart = {name: {**common, **values} for name, values in (apart or {}).items() if name in self.scenarios}
        groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for name in self.scenarios:
            groups.setdefault(tuple(sorted(apart.get(name, common).items())), []).append(name)
        parts = [self._part(book, names, dict(values)) for values, names in groups.items()]
        return self._together(parts)

    def rater(self, assume: Assume | None = None, book: Rulebook | None = None) -> Rater:
        """A rater of all scenarios under these values: what `price` prices with. Raises as `price` does."""
        return self._rater(book or self.book, self.scenarios, {**self.assume, **(assume or {})})

    @property
    def rated(self) -> Cells:
        """The cells that the last question priced: those of `Priced`, in their order. Raises ValueError before any."""
        if self._last is None:
            raise ValueError("nothing has been priced")
        return self._last.cells

    def _rater(self, book: Rulebook, names: Sequence[str], assume: Assume) -> Rater:
        holders = tuple(sorted((self.holders or {}).items()))
        key = id(book), tuple(names), tuple(self.as_of), holders, self.both, self.assumptions
        before, like = self._raters.get(key, (None, None))
        if like is not None and before == assume:
            return like
        rater = make_rater(
            book, names, assume=assume, as_of=self.as_of, holders=self.holders, both=self.both,
            assumptions=self.assumptions, like=like,
        )  # fmt: skip
        if like is None or like.compiled.automaton is not rater.compiled.automaton:
            check_basis(self.cells.basis, rater)
        if like is None or like.compiled.diagram is not rater.compiled.diagram:
            admit(rater, set(self.allow), assume=assume, assumptions=self.assumptions)
        check_dates(self.cells, rater)
        self._raters.pop(key, None)
        while len(self._raters) >= _REMEMBERED:
            del self._raters[next(iter(self._raters))]
        self._raters[key] = dict(assume), rater
        return rater

    def _part(self, book: Rulebook, names: Sequence[str], assume: Assume) -> _Part:
        rater = self._rater(book, names, assume)
        leaves, relations = located.decide(rater, self.cells.kinds, compiled=self._compile(rater))
        return _Part(rater, leaves, relations)

    def _compile(self, rater: Rater) -> bool:
        many = max(len(self.cells), len(self.cells.kinds)) * len(rater.views) > SMALL
        return many if self.compiled is None else self.compiled

    def _together(self, parts: Sequence[_Part]) -> Priced:
        """The views of all parts in the order of the scenarios."""
        found = [(part, number) for part in parts for number in range(len(part.rater.views))]
        found.sort(key=lambda each: self.scenarios.index(each[0].rater.views[each[1]].scenario))
        base_name = self.base or self.scenarios[0]
        base = next(n for n, (part, v) in enumerate(found) if part.rater.views[v].scenario == base_name)
        columns = self._price(found)
        kept, counts = self._counted(columns)
        part, view = found[base]
        rated = self._rated_cells(kept, part.rater)
        cells = rated.cells
        amounts = np.empty((len(cells), len(columns)), np.int64, order="F")
        for number, column in enumerate(columns):
            amounts[:, number] = column.amounts if kept is None else column.amounts[kept]
        return Priced(
            views=tuple(part.rater.views[number] for part, number in found),
            base=base, calls=cells.calls, weight=cells.weight, weight_scale=cells.weight_scale,
            microseconds=cells.microseconds, minutes=cells.minutes,
            duration=np.maximum(cells.shapes[:, rows.W_DURATION], 0)[cells.shape], start=rated.starts, amounts=amounts,
            dims=Dims(cells, part.rater, view, part.leaves, part.relations, rated.plain, _by_view(cells, found)),
            hours=cells.hours, accounts=cells.accounts, counts=counts, days=cells.days,
            assumed=tuple(_assumed(part, number) for part, number in found),
            columns=tuple(column.serial for column in columns),
            digest=_digest(self.cells, [part.rater for part in parts]), files=cells.files, weights=cells.weights,
            synthetic=cells.synthetic, book=part.rater.compiled.book, held=rated.held,
        )  # fmt: skip

    def _price(self, found: Sequence[tuple[_Part, int]]) -> list[_Column]:
        """A column for each view; where kinds pay what they paid before, or in another view, amounts stay."""
        made: list[_Column] = []
        kind, shape = self.cells.kind, self.cells.shape
        for part, number in found:
            leaves = np.ascontiguousarray(part.leaves[:, number])
            label = part.rater.views[number].label
            pays = self._pays(part.rater, leaves)
            near = self._nearest(pays, [*([self._columns[label]] if label in self._columns else ()), *made])
            if near is None:
                status, amounts = np.zeros(len(kind), np.int8), np.zeros(len(kind), np.int64)
                wanted = np.arange(len(kind), dtype=np.int32)
            else:
                changed = near.pays != pays
                if not changed.any():
                    made.append(_Column(pays, near.status, near.amounts, near.serial))
                    self._columns[label] = made[-1]
                    continue
                status, amounts = near.status.copy(), near.amounts.copy()
                wanted = np.flatnonzero(changed[kind]).astype(np.int32)
            located.charge(
                part.rater, leaves, kind, shape, self.cells.shapes, wanted, status, amounts,
                compiled=self._compile(part.rater),
            )  # fmt: skip
            made.append(_Column(pays, status, amounts))
            self._columns[label] = made[-1]
        return made

    @staticmethod
    def _nearest(pays: Int32s, columns: Sequence[_Column]) -> _Column | None:
        """The column in which most kinds pay the same."""
        return max(columns, key=lambda column: int((column.pays == pays).sum()), default=None)

    def _pays(self, rater: Rater, leaves: Int64s) -> Int32s:
        """What each kind pays, as a number that is the same for the same tariffs at the same prices."""
        compiled = rater.compiled
        numbers = {place: number for number, place in compiled.leaf_at.items()}
        distinct, where = np.unique(leaves, return_inverse=True)
        pays = []
        for place in distinct.tolist():
            leaf = compiled.diagram.leaves[numbers[place]]
            said: list[object] = [compiled.book.digest, leaf.pay is None, bool(leaf.on_top)]
            tariffs = compiled.scenarios[leaf.scenario].tariffs
            for name in leaf.pay or ():
                p = compiled.pricing.items[compiled.pricing.number(name, tariffs[name])]
                said.append((
                    p.denominator, p.quantum, p.rounded_to, p.rounding, p.connection, p.minimum, p.maximum, p.scheme,
                    p.crossing, p.measure, p.resolution, p.fraction, p.charges_zero, p.whole, p.steps,
                ))  # fmt: skip
            pays.append(self._known.setdefault(tuple(said), len(self._known)))
        return np.array(pays, np.int32)[where.reshape(-1)]

    def _counted(self, columns: Sequence[_Column]) -> tuple[NDArray[np.bool_] | None, Counts]:
        """Which cells are rated (None: all), and the counts of all records. A record is rated under all views or none;
        it is not chargeable only where no view charges it."""
        counts, calls = deepcopy(self.cells.counts), self.cells.calls
        distinct = list({id(column.status): column.status for column in columns}.values())
        if all(not status.any() for status in distinct):
            counts.rated = int(calls.sum())
            kept = None
        else:
            outcome = np.full(len(calls), max(STATUS), np.int8)
            for status in distinct:
                outcome = np.where(outcome < 0, outcome, np.where(status < 0, status, np.minimum(outcome, status)))
            kept = outcome == RATED
            counts.rated = int(calls[kept].sum())
            for code in np.unique(outcome[~kept]).tolist():
                number = int(calls[outcome == code].sum())
                (counts.suspended if code < 0 else counts.not_chargeable)[STATUS[code]] += number
        if counts.read != counts.found:
            raise InternalError(f"{counts.read:,} records were read, and {counts.found:,} accounted for")
        return kept, counts

    def _rated_cells(self, kept: NDArray[np.bool_] | None, rater: Rater) -> _Rated:
        """The rated cells; those of the last question, if they are the same."""
        last = self._last
        same = last is not None and (
            last.kept is kept or (last.kept is not None and kept is not None and bool((last.kept == kept).all()))
        )
        if last is None or not same:
            cells = self.cells if kept is None else self.cells.only(kept)
            last = self._last = _Rated(kept, cells, _starts(cells, rater))
        return last


def _starts(cells: Cells, rater: Rater) -> Int64s:
    """The first day of each cell's segment whose rate periods are those of the cell's shape, at the shape's moment."""
    pattern = Clock.of(rater.compiled.pricing.periods, modes_of(rater.compiled.book)).rows
    days, moments = np.divmod(cells.shapes[:, rows.W_START], DAY)
    of_kind, kind_at = np.unique(cells.kinds[:, rows.N_DAY], return_inverse=True)
    of_shape, shape_at = np.unique(days, return_inverse=True)
    bounds = np.array(cells.basis.bounds)
    table = np.zeros((len(of_kind), len(of_shape)), np.int64)
    for i, first in enumerate(of_kind.tolist()):
        last = int(bounds[min(np.searchsorted(bounds, first, side="right"), len(bounds) - 1)])
        mine = pattern[first - FIRST_DAY : max(last, first + 1) - FIRST_DAY + 1]
        for j, day in enumerate(of_shape.tolist()):
            wanted = day + EPOCH - FIRST_DAY
            same = mine[:-1] == pattern[wanted]
            pairs = np.flatnonzero(same & (mine[1:] == pattern[wanted + 1]))
            at = pairs if len(pairs) else np.flatnonzero(same)
            table[i, j] = first - EPOCH + int(at[0]) if len(at) else day
    return np.asarray(table[kind_at.reshape(-1)[cells.kind], shape_at.reshape(-1)[cells.shape]] * DAY
                      + moments[cells.shape])  # fmt: skip


def _by_view(cells: Cells, found: Sequence[tuple[_Part, int]]) -> dict[str, Callable[[], Dimension]]:
    """How to work out the circle and the tariffs paid under each view; `circle` is that of the first view whose
    scenario has circles."""
    made: dict[str, Callable[[], Dimension]] = {}
    first: Callable[[], Dimension] | None = None
    for part, number in found:
        view = part.rater.views[number]
        work = functools.partial(circle, cells, part.rater, number)
        made[f"circle:{view.label}"] = work
        made[f"pays:{view.label}"] = functools.partial(pays, cells, part.rater, part.leaves[:, number])
        scenario = next(rules for rules in part.rater.compiled.scenarios if rules.name == view.scenario)
        if first is None and scenario.circles:
            first = work
    return {"circle": first or next(iter(made.values())), **made}


def _assumed(part: _Part, view: int) -> tuple[Assumed, ...]:
    """The parameter values that the results of one view rest on."""
    compiled = part.rater.compiled
    numbers = {place: number for number, place in compiled.leaf_at.items()}
    leaves = [numbers[place] for place in np.unique(part.leaves[:, view]).tolist()]
    others: set[str] = set()
    mine: set[str] = set()
    for scenario in compiled.scenarios:
        named = {name for rule in scenario.rules for name in rule.parameters}
        if scenario.name == compiled.views[view].scenario:
            mine = named
        else:
            others |= named
    return tuple(item for item in compiled.assumed_by(leaves) if item.name in mine or item.name not in others)


def _digest(cells: Cells, raters: Sequence[Rater]) -> str:
    """Pins what prices rest on: cells, rules, views and values."""
    said = [cells.basis.located, *(digest for _, digest in cells.files), *sorted(rater.digest for rater in raters)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
