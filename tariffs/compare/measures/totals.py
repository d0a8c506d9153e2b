"""Totals and groups: calls, time and money under every view, and what changes against the base.

A group's change is the sum of the changes of its calls over the sum of their base charges, never a mean of ratios.
The total is the sum of the groups, whatever the grouping.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tariffs.compare import sums
from tariffs.compare.money import weight, yuan
from tariffs.compare.priced import Dimension, Int64s, Priced

CITY_PAIR: Final = "city-pair"
HOUR: Final = "hour"
GROUPINGS: Final = (
    "relation", "service", "period", CITY_PAIR, "circle", HOUR, "operator", "group", "kind", "month",
)  # fmt: skip
"""What calls are grouped by, in the order of a report."""

Name = tuple[str | None, ...]
"""What a group is called: one name, or two of a pair of cities; None: the records do not say."""


@dataclass(frozen=True)
class Total:
    """Calls of a group. `calls` and `minutes` (started ones) are counted; `weight`, `charges` weighted.

    `charges`: yuan under each view. `dearer`, `cheaper`: weight of the calls that cost more, or less, than under the
    base. `worst`: yuan, the largest rise of one call under each view (None: no call costs more).
    """

    name: Name
    base: int
    calls: int
    minutes: int
    weight: Decimal
    charges: tuple[Decimal, ...]
    dearer: tuple[Decimal, ...]
    cheaper: tuple[Decimal, ...]
    worst: tuple[Decimal | None, ...]

    def change(self, view: int) -> Decimal:
        """Yuan more (or less) than under the base."""
        return self.charges[view] - self.charges[self.base]

    def relative(self, view: int) -> Fraction | None:
        """The change over the base charge; None where the base charges nothing."""
        whole = self.charges[self.base]
        return Fraction(self.change(view)) / Fraction(whole) if whole else None

    def dearer_share(self, view: int) -> Fraction | None:
        """The share of calls that cost more; None without calls."""
        return Fraction(self.dearer[view]) / Fraction(self.weight) if self.weight else None


def total(priced: Priced) -> Total:
    """All calls."""
    everything = Dimension(np.zeros(len(priced), np.int32), ("",))
    found = _by(priced, everything, priced.calls, priced.weight, priced.minutes)
    if found:
        return Total((), *_fields(found[0]))
    nothing = (Decimal(0),) * len(priced.views)
    return Total((), priced.base, 0, 0, Decimal(0), nothing, nothing, nothing, (None,) * len(priced.views))


def groups(priced: Priced, by: str) -> tuple[Total, ...]:
    """The groups of GROUPINGS (or any key of `Priced.dims`) that occur; what is not known comes last.

    Raises KeyError where the calls cannot be grouped so; for `hour`, where there is no table of hours.
    """
    if by == HOUR:
        return _by_hour(priced)
    if by != CITY_PAIR:
        return _by(priced, priced.dims[by], priced.calls, priced.weight, priced.minutes)
    pairs, names = city_pairs(priced)
    found = _by(priced, pairs, priced.calls, priced.weight, priced.minutes)
    return tuple(Total(names[int(str(item.name[0]))], *_fields(item)) for item in found)


def city_pairs(priced: Priced) -> tuple[Dimension, tuple[tuple[str | None, str | None], ...]]:
    """Each cell's pair of cities, and the pairs (from, to) by code: only those that occur."""
    origin, destination = priced.dims["origin-city"], priced.dims["destination-city"]
    width = len(destination.names) + 1
    joint = (origin.codes.astype(np.int64) + 1) * width + destination.codes + 1
    found, codes = np.unique(joint, return_inverse=True)
    names = tuple((origin.name(int(j) // width - 1), destination.name(int(j) % width - 1)) for j in found)
    return Dimension(codes.astype(np.int32), tuple(str(i) for i in range(len(names)))), names


def _by_hour(priced: Priced) -> tuple[Total, ...]:
    if priced.hours is None:
        raise KeyError(HOUR)
    table = priced.hours
    hours = Dimension(table.hour, tuple(f"{hour:02d}" for hour in range(24)))
    one = np.maximum(priced.calls, 1)
    return _by(priced, hours, table.calls, table.weight, priced.minutes[table.cell] // one[table.cell] * table.calls,
               table.cell)  # fmt: skip


def _by(
    priced: Priced, groups: Dimension, calls: Int64s, weights: Int64s, minutes: Int64s, cell: Any = slice(None)
) -> tuple[Total, ...]:
    """Groups of rows; row i is of `cell[i]`. `minutes`: started minutes of each row."""
    size, scale = len(groups.names), priced.weight_scale
    counted, weighed = sums.by_code(groups.codes, size, calls), sums.by_code(groups.codes, size, weights)
    time = sums.by_code(groups.codes, size, minutes)
    base = priced.amounts[cell, priced.base]
    columns = []
    for view in range(len(priced.views)):
        amounts = np.ascontiguousarray(priced.amounts[cell, view])
        more = amounts - base
        columns.append((
            sums.by_code(groups.codes, size, amounts, weights),
            sums.by_code(groups.codes, size, weights * (more > 0)),
            sums.by_code(groups.codes, size, weights * (more < 0)),
            sums.largest(groups.codes, size, more),
        ))  # fmt: skip
    order = sorted(np.unique(groups.codes).tolist(), key=lambda code: (code < 0, code))
    return tuple(
        Total(
            name=(groups.name(code),),
            base=priced.base,
            calls=int(counted[code]),
            minutes=int(time[code]),
            weight=weight(weighed[code], scale),
            charges=tuple(yuan(money[code], scale) for money, _, _, _ in columns),
            dearer=tuple(weight(dearer[code], scale) for _, dearer, _, _ in columns),
            cheaper=tuple(weight(cheaper[code], scale) for _, _, cheaper, _ in columns),
            worst=tuple(yuan(worst[code]) if worst[code] > 0 else None for _, _, _, worst in columns),
        )
        for code in order
    )


def _fields(item: Total) -> tuple[Any, ...]:
    """All of a total but its name, in order."""
    return tuple(getattr(item, field) for field in Total.__dataclass_fields__ if field != "name")
