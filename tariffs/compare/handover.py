"""What is computed where the accounts are, so that they need not leave: winners and losers, and why losers lose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tariffs.cdr.totals import yuan
from tariffs.compare.cells import Cells
from tariffs.compare.comparison import fees
from tariffs.compare.measures.winners import CLASSES, Winners, bills_with_fees, winners
from tariffs.compare.money import MICRO
from tariffs.compare.priced import Accounts, Priced
from tariffs.compare.suppress import shown, total_shown
from tariffs.rating.rater import Rater

LARGEST: Final = 100
"""One in so many accounts counts among the largest losers; `k` of them at least."""
_TOLD: Final = 3


@dataclass(frozen=True)
class Told:
    """Winners and losers under one view, as a slip tells them. `day`: as of which all calls were priced (None: each by
    its own day); `assumed`: values that nobody knows; of `classes` and `by` a null is too small to be told."""

    scenario: str
    base: str
    day: dt.date | None
    holding: tuple[tuple[str, str], ...]
    listed: bool
    fees: bool
    assumed: Mapping[str, str]
    classes: Mapping[str, Any]
    by: Mapping[str, Mapping[str, Mapping[str, int | None]]]
    losers: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario, "base": self.base, "as-of": None if self.day is None else self.day.isoformat(),
            "holding": dict(self.holding), "unit": "account" if self.listed else "charged number",
            "charges": "calls and fees" if self.fees else "calls", "assumed": dict(self.assumed),
            "classes": self.classes, "by": self.by, "largest-losers": self.losers,
        }  # fmt: skip

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Told:
        """Raises KeyError and ValueError where this is none."""
        return cls(
            said["scenario"], said["base"], dt.date.fromisoformat(said["as-of"]) if said["as-of"] else None,
            tuple(said["holding"].items()), said["unit"] == "account", said["charges"] != "calls", said["assumed"],
            said["classes"], said["by"], said["largest-losers"],
        )  # fmt: skip


def people_tables(priced: Priced, cells: Cells, rater: Rater, k: int) -> list[dict[str, Any]]:
    """Winners and losers under each view; nothing that fewer than `k` accounts share.

    `cells`: those that `priced` prices; `rater`: with which.
    """
    accounts = priced.accounts
    made: list[dict[str, Any]] = []
    for view in range(len(priced.views)) if accounts is not None else ():
        dues, base = (fees(cells, priced, rater, number) for number in (view, priced.base))
        found = winners(priced, view, dues, base) if view != priced.base else None
        if found is None or accounts is None:
            continue
        item, as_of = priced.views[view], priced.views[view].as_of
        told = Told(
            item.scenario, priced.views[priced.base].scenario, None if as_of is None else dt.date.fromordinal(as_of),
            tuple(item.holding), accounts.listed, dues is not None,
            {used.name: used.value for used in priced.assumed[view] if used.origin == "assumed"},
            _classes(found, k), {key: _by(groups, k) for key, groups in found.by.items()},
            largest_losers(priced, accounts, view, k),
        )  # fmt: skip
        made.append(told.as_json())
    return made


def _classes(found: Winners, k: int) -> dict[str, Any]:
    """Accounts and change of each class; what is too small is null."""
    counts = [[share.accounts for share in found.classes]]
    seen = shown(counts, k)[0] if total_shown(counts[0], k) else [False] * len(counts[0])
    return {
        share.name: {"accounts": share.accounts, "yuan": yuan(round(share.change * MICRO))} if visible else None
        for share, visible in zip(found.classes, seen, strict=True)
    }


def _by(groups: Mapping[str | None, tuple[Any, ...]], k: int) -> dict[str, Any]:
    """The classes of each group, by its name (an empty one where it is not known); one group alone says nothing new."""
    if len(groups) < 2:
        return {}
    counts = [[share.accounts for share in shares] for shares in groups.values()]
    seen = shown(counts, k)
    return {
        name or "": {
            CLASSES[at]: share.accounts if visible else None
            for at, (share, visible) in enumerate(zip(shares, row, strict=True))
        }
        for (name, shares), row in zip(groups.items(), seen, strict=True)
    }


def largest_losers(priced: Priced, accounts: Accounts, view: int, k: int) -> dict[str, Any] | None:
    """What the calls have in common by which the largest losers lose: a pattern, and no person.

    Of the accounts that lose most (one in LARGEST, `k` at least), the share of their rise that comes from the calls of
    one relation, service and rate period, where `k` of them make such calls. None where fewer than `k` lose.
    """
    after, before = (bills_with_fees(priced, accounts, number, None) for number in (view, priced.base))
    change = np.asarray(after - before)
    losing = np.flatnonzero(change > 0)
    if len(losing) < k:
        return None
    most = losing[np.argsort(-change[losing].astype(np.float64), kind="stable")][: max(k, len(accounts) // LARGEST)]
    chosen = np.zeros(len(accounts), np.bool_)
    chosen[most] = True
    pairs = np.flatnonzero(chosen[accounts.account])
    cell = accounts.cell[pairs]
    rise = (priced.amounts[cell, view] - priced.amounts[cell, priced.base]) * accounts.calls[pairs]
    dims = [priced.dims[name] for name in ("relation", "service", "period")]
    keys = np.stack([dim.codes[cell] for dim in dims], axis=1)
    distinct, where = np.unique(keys, axis=0, return_inverse=True)
    where = where.reshape(-1)
    whole, found = int(rise.sum()), []
    for number, codes in enumerate(distinct.tolist()):
        mine = where == number
        part, people = int(rise[mine].sum()), len(np.unique(accounts.account[pairs][mine]))
        if part > 0 and people >= k:
            names = {name: dim.name(code) for name, dim, code in
                     zip(("relation", "service", "period"), dims, codes, strict=True)}  # fmt: skip
            found.append((part, {**names, "accounts": people, "percent-of-rise": part * 100 // whole}))
    found.sort(key=lambda each: -each[0])
    return {
        "accounts": len(most), "yuan": yuan(whole), "mostly": [said for _, said in found[:_TOLD]],
    }  # fmt: skip
