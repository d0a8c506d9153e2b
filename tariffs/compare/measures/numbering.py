"""Numbers that change: an area code that a scenario withdraws into another one, or that the numbering plan ends on the
day of a phase. Which lines it is, and which tariffs their calls pay before and after.

The calls keep their own numbers: what follows for prices follows from the places that become one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from tariffs.compare import sums
from tariffs.compare.cells import Cells
from tariffs.compare.money import weight, yuan
from tariffs.compare.priced import NONE, Priced
from tariffs.rating import rows
from tariffs.rating.numbering import FIXED
from tariffs.rating.rater import Rater
from tariffs.rulebook.numbers import AreaCode
from tariffs.rulebook.values import Dated, Name

_ALWAYS: Final = dt.date.max.toordinal()


@dataclass(frozen=True)
class Recoded:
    """Numbers of a place with another area code, or another length, from a day on. `before`, `after`: area codes;
    `digits`, `digits_after`: lengths of subscriber numbers; `prefix`: the digits that they then begin with, where the
    plan says it. `asked`: a scenario withdraws the code, the plan itself does not."""

    place: Name
    day: dt.date
    before: str
    after: str
    digits: tuple[int, ...]
    digits_after: tuple[int, ...]
    prefix: str | None
    asked: bool

    @property
    def added(self) -> int | None:
        """How many digits each number gains; None where its length does not tell."""
        lengths = len(self.digits), len(self.digits_after)
        return self.digits_after[0] - self.digits[0] if lengths == (1, 1) else None


@dataclass(frozen=True)
class Followed:
    """Calls from or to such numbers by what they pay: names of tariffs, yuan weighted."""

    before: tuple[Name, ...]
    after: tuple[Name, ...]
    calls: int
    weight: Decimal
    base: Decimal
    charge: Decimal


@dataclass(frozen=True)
class Renumbered:
    """What one code's change does to the calls under a view. `payers`: accounts (or charged numbers) with calls from
    such a line, None where nobody knows; `calls_from`, `calls_to`: calls from such lines and to them."""

    view: int
    code: Recoded
    payers: int | None
    calls_from: int
    calls_to: int
    tariffs: tuple[Followed, ...]


def renumbered(priced: Priced, cells: Cells, rater: Rater, view: int) -> tuple[Renumbered, ...]:
    """The codes that are no longer what they were as of a view's day (or on the days of its calls), and their calls.

    `cells`: those that `priced` prices; `rater`: with which.
    """
    if priced.days is None:
        return ()
    return tuple(_affected(priced, cells, rater, view, code) for code in _recoded(priced, rater, view))


def _recoded(priced: Priced, rater: Rater, view: int) -> Iterator[Recoded]:
    """Codes that the view's scenario withdraws, then those that the plan ends between the calls and its day."""
    assert priced.days is not None  # asked before
    first, last = (day.toordinal() for day in priced.days)
    compiled, as_of = rater.compiled, priced.views[view].as_of
    rules = next(rules for rules in compiled.scenarios if rules.name == priced.views[view].scenario)
    for union in rules.unions:
        unite = union.change.unite
        held = union.since <= (last if as_of is None else as_of) < union.until
        if unite is None or unite.code is None or not held:
            continue
        names = compiled.geography.names
        inside = {names[place] for place in compiled.geography.find(union.places, rules, union.since, compiled.values)}
        after = next((a for a in _areas(rater, union.since) if a.code == unite.code), None)
        for area in _areas(rater, union.since - 1):
            if area.place in inside and after is not None and area.code != unite.code:
                day = dt.date.fromordinal(max(union.since, 1))
                yield Recoded(area.place, day, area.code, unite.code, area.digits, after.digits, None, True)
    for area in compiled.book.numbering.areas if as_of is not None else ():
        ends = _days(rater, area)[1]
        if first < ends <= (as_of or 0):
            yield from _ended(rater, area, ends)


def _ended(rater: Rater, area: AreaCode, ends: int) -> Iterator[Recoded]:
    """What becomes of the numbers of an area that the plan ends."""
    day, there = dt.date.fromordinal(ends), _areas(rater, ends)
    plan = rater.compiled.book.numbering
    for exchange in plan.exchanges:
        held = _days(rater, exchange)
        into = next((a for a in there if a.code == exchange.area), None)
        if into is not None and exchange.place == area.place and held[0] <= ends < held[1]:
            yield Recoded(area.place, day, area.code, into.code, area.digits, into.digits, exchange.prefix, False)
            return
    into = next((a for a in there if a.place == area.place), None)
    if into is not None and (into.code, into.digits) != (area.code, area.digits):
        yield Recoded(area.place, day, area.code, into.code, area.digits, into.digits, None, False)


def _areas(rater: Rater, day: int) -> list[AreaCode]:
    """The area codes in force on a day (an ordinal)."""
    found = []
    for area in rater.compiled.book.numbering.areas:
        since, until = _days(rater, area)
        if since <= day < until:
            found.append(area)
    return found


def _days(rater: Rater, item: Dated) -> tuple[int, int]:
    """From which day and until which an entry of the plan is in force."""
    values = rater.compiled.values
    since, until = (values.date(bound, item.at) for bound in (item.from_, item.until))
    return (0 if since is None else since.toordinal()), (_ALWAYS if until is None else until.toordinal())


def _affected(priced: Priced, cells: Cells, rater: Rater, view: int, code: Recoded) -> Renumbered:
    geography, kinds = rater.compiled.geography, cells.kinds
    mine = np.array([place for place, name in enumerate(geography.names) if code.place in geography.holders(name)])
    old = kinds[:, rows.N_DAY] < code.day.toordinal()
    when = old if not code.asked else ~old | (priced.views[view].as_of is not None)
    made = (kinds[:, rows.N_LINE] == FIXED) & np.isin(kinds[:, rows.N_HOME], mine) & when
    got = (kinds[:, rows.N_CALLED] == FIXED) & np.isin(kinds[:, rows.N_DESTINATION], mine) & when
    from_, to = made[cells.kind], got[cells.kind]
    return Renumbered(
        view, code, _payers(priced, from_), int(priced.calls[from_].sum()), int(priced.calls[to].sum()),
        _followed(priced, view, from_ | to),
    )  # fmt: skip


def _payers(priced: Priced, cells: Any) -> int | None:
    accounts = priced.accounts
    return None if accounts is None else len(np.unique(accounts.account[cells[accounts.cell]]))


def _followed(priced: Priced, view: int, cells: Any) -> tuple[Followed, ...]:
    """Calls by the tariffs that they pay under the base and under a view; those on which most is paid first."""
    before, after = (priced.dims[f"pays:{priced.views[number].label}"] for number in (priced.base, view))
    width = len(after.names) + 1
    joint = (before.codes.astype(np.int64) + 1) * width + after.codes + 1
    found = []
    for pair in np.unique(joint[cells]).tolist():
        these = cells & (joint == pair)
        names = before.name(pair // width - 1), after.name(pair % width - 1)
        weights, scale = priced.weight[these], priced.weight_scale
        charges = [
            yuan(sums.total(np.ascontiguousarray(priced.amounts[these, number]), weights), scale)
            for number in (priced.base, view)
        ]
        paid = [tuple(name.split("+")) if name not in (None, NONE) else () for name in names]
        of_all = weight(sum(weights.tolist()), scale)
        found.append(Followed(paid[0], paid[1], int(priced.calls[these].sum()), of_all, *charges))
    return tuple(sorted(found, key=lambda item: (-item.base, item.before, item.after)))
