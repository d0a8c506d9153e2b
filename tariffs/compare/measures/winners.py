"""Winners and losers: the bills of accounts under the base and under another view.

A bill is what the account's calls cost, and the recurring fees of the add-ons it holds where accounts are given.
Without an account list the unit is the charged number and a bill is call charges only.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tariffs.compare import sums
from tariffs.compare.money import MICRO
from tariffs.compare.priced import Accounts, Dimension, Priced

MUCH: Final = 5
"""Per cent of the base bill from which on an account is much better or much worse off."""

CLASSES: Final = ("much-better", "better", "unchanged", "worse", "much-worse", "newly-charged")
"""Better by more than 5 %, better, unchanged, worse, worse by more than 5 %; newly charged: nothing before."""

BANDS: Final = (Decimal("0.1"), Decimal(1), Decimal(5))
"""Yuan a month that part small changes from large ones, either way."""

Fees = Any
"""What each account pays in recurring fees in the period: micro-yuan, an array of int64; None: nothing."""


@dataclass(frozen=True)
class Share:
    """Accounts of a class. `weight`, `lines`: how many accounts and telephone lines they stand for; `share`: of the
    weight of all; `change`: yuan by which all of these bills change."""

    name: str
    accounts: int
    lines: Fraction
    weight: Fraction
    share: Fraction | None
    change: Fraction


@dataclass(frozen=True)
class Band:
    """Accounts whose monthly change lies in [from, until) yuan; None: no bound. The middle one holds 0 alone or less
    than the smallest bound either way."""

    above: Decimal | None
    below: Decimal | None
    accounts: int
    weight: Fraction


@dataclass(frozen=True)
class Decile:
    """Accounts with about as many billed minutes under the base as their neighbours. `minutes`: from and to; `base`,
    `charge`: yuan of all the bills that they stand for."""

    number: int
    accounts: int
    minutes: tuple[int, int]
    base: Fraction
    charge: Fraction
    better: int
    worse: int


@dataclass(frozen=True)
class Winners:
    """Who wins and who loses under a view. `listed`: accounts of a list, else charged numbers, call charges only.

    `lines`: telephone lines that they stand for; `monthly`: the mean change of a month and a line in yuan (None without
    lines). `unlisted`: rated calls that belong to no account of the list and are not in here. `by`: classes of each
    group of accounts.
    """

    view: int
    listed: bool
    accounts: int
    lines: Fraction
    classes: tuple[Share, ...]
    bands: tuple[Band, ...]
    deciles: tuple[Decile, ...]
    monthly: Fraction | None
    unlisted: int
    by: Mapping[str, Mapping[str | None, tuple[Share, ...]]]


def winners(priced: Priced, view: int, fees: Fees = None, base_fees: Fees = None) -> Winners | None:
    """Winners and losers under a view; None where the cells hold no accounts.

    `fees`, `base_fees`: what accounts pay besides their calls under the view and under the base.
    """
    accounts = priced.accounts
    if accounts is None:
        return None
    before = bills_with_fees(priced, accounts, priced.base, base_fees)
    after = bills_with_fees(priced, accounts, view, fees)
    weights = account_weights(priced, accounts)
    where = classes_of(before, after)
    everyone = np.arange(len(accounts))
    months = _months(priced, accounts)
    change = after - before
    lines = Fraction(_sum(weights * accounts.lines))
    spans = np.unique(months).tolist()
    mean = sum((Fraction(_sum((change * weights)[months == n]), n) for n in spans), Fraction(0))
    return Winners(
        view=view,
        listed=accounts.listed,
        accounts=len(accounts),
        lines=lines,
        classes=_shares(accounts, where, weights, change, everyone),
        bands=_bands(change, months, weights),
        deciles=_deciles(_minutes(priced, accounts), before, after, weights),
        monthly=mean / lines / MICRO if lines else None,
        unlisted=accounts.unlisted,
        by={
            key: _by(accounts, dimension, where, weights, change)
            for key, dimension in (("kind", accounts.kind), ("group", accounts.group), ("operator", accounts.operator))
            if accounts.listed
        },
    )


def _months(priced: Priced, accounts: Accounts) -> Any:
    """Months of each account in the period; a charged number is taken to have been there in all of them."""
    return np.maximum(accounts.months if accounts.listed else np.full(len(accounts), priced.months), 1)


def bills_with_fees(priced: Priced, accounts: Accounts, view: int, fees: Fees) -> Any:
    """The bill of each account in micro-yuan: its calls, and its fees."""
    bill = sums.bills(priced, accounts, view)
    return bill if fees is None else bill + fees


def account_weights(priced: Priced, accounts: Accounts) -> Any:
    """How many accounts each stands for: the mean weight of its calls (a Fraction); 1 without weights or calls."""
    if not priced.weights:
        return np.ones(len(accounts), np.int64)
    ones = np.ones(len(priced), np.int64)
    weight, calls = (sums.by_account(accounts, ones, times) for times in (accounts.weight, accounts.calls))
    scale = priced.weight_scale
    each = [Fraction(int(w), int(n) * scale) if n else Fraction(1) for w, n in zip(weight, calls, strict=True)]
    weights = np.empty(len(each), dtype=object)
    weights[:] = each
    return weights


def _sum(values: Any) -> Any:
    """An exact sum, also of 64-bit numbers whose sum is longer."""
    return sum(values.tolist()) if len(values) else 0


def classes_of(before: Any, after: Any) -> Any:
    """The class of each account, as its place in CLASSES. Both bills 0: unchanged."""
    change = after - before
    much = 100 * abs(change) > MUCH * before
    found = np.full(len(before), CLASSES.index("unchanged"))
    found[change < 0] = CLASSES.index("better")
    found[(change < 0) & much] = CLASSES.index("much-better")
    found[change > 0] = CLASSES.index("worse")
    found[(change > 0) & much] = CLASSES.index("much-worse")
    found[(before == 0) & (after > 0)] = CLASSES.index("newly-charged")
    return found


def _shares(accounts: Accounts, where: Any, weights: Any, change: Any, which: Any) -> tuple[Share, ...]:
    """The classes of some accounts; their shares add up to 1."""
    whole = Fraction(_sum(weights[which]))
    rows = []
    for code, name in enumerate(CLASSES):
        members = which[where[which] == code]
        weight = Fraction(_sum(weights[members]))
        rows.append(
            Share(
                name=name,
                accounts=len(members),
                lines=Fraction(_sum((weights * accounts.lines)[members])),
                weight=weight,
                share=weight / whole if whole else None,
                change=_yuan((change * weights)[members]),
            )
        )
    return tuple(rows)


def _by(
    accounts: Accounts, dimension: Dimension, where: Any, weights: Any, change: Any
) -> dict[str | None, tuple[Share, ...]]:
    """The classes of each group of accounts that occurs."""
    seen = sorted(np.unique(dimension.codes).tolist(), key=lambda code: (code < 0, code))
    return {
        dimension.name(code): _shares(accounts, where, weights, change, np.flatnonzero(dimension.codes == code))
        for code in seen
    }


def _bands(change: Any, months: Any, weights: Any) -> tuple[Band, ...]:
    """Accounts by their change in yuan a month: from the largest fall to the largest rise."""
    bounds = [-bound for bound in reversed(BANDS)] + list(BANDS)
    edges = [int(bound * MICRO) for bound in bounds]
    # change / months >= edge, without dividing; a fall of exactly a bound is in the band of the larger falls
    place = sum(
        ((change > edge * months) if edge < 0 else (change >= edge * months)).astype(np.int64) for edge in edges
    )
    rows = []
    for band in range(len(edges) + 1):
        members = np.flatnonzero(place == band)
        rows.append(
            Band(
                above=bounds[band - 1] if band else None,
                below=bounds[band] if band < len(bounds) else None,
                accounts=len(members),
                weight=Fraction(_sum(weights[members])),
            )
        )
    return tuple(rows)


def _yuan(micro: Any) -> Fraction:
    """The sum of micro-yuan as yuan."""
    return Fraction(_sum(micro)) / MICRO


def _minutes(priced: Priced, accounts: Accounts) -> Any:
    """Billed minutes of each account: the started ones of its calls."""
    each = priced.minutes // np.maximum(priced.calls, 1)
    return np.asarray(sums.by_account(accounts, each, accounts.calls), dtype=np.int64)


def _deciles(minutes: Any, before: Any, after: Any, weights: Any) -> tuple[Decile, ...]:
    """Tenths of the accounts by billed minutes; accounts with equally many stay together, in the lower tenth."""
    change = after - before
    distinct, where = np.unique(minutes, return_inverse=True)
    held = np.zeros(len(distinct), weights.dtype)
    np.add.at(held, where.reshape(-1), weights)
    everyone = _sum(held)
    below = itertools.accumulate(held.tolist()[:-1], initial=0)
    tenths = np.array([int(part * 10 // everyone) for part in below] if everyone else [], np.int64)
    rows = []
    for tenth in np.unique(tenths).tolist():
        members = np.flatnonzero((tenths == tenth)[where.reshape(-1)])
        rows.append(
            Decile(
                number=tenth + 1,
                accounts=len(members),
                minutes=(int(minutes[members].min()), int(minutes[members].max())),
                base=_yuan((before * weights)[members]),
                charge=_yuan((after * weights)[members]),
                better=int((change[members] < 0).sum()),
                worse=int((change[members] > 0).sum()),
            )
        )
    return tuple(rows)
