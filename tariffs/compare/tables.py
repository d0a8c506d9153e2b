"""Tables as every output shows them: terminal, CSV, Parquet, spreadsheet, document, page.

A table holds exact values and says how each column is to be shown; nothing is rounded before it is shown, and a value
that is not known is None and shown as a dash, never as 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from tariffs.compare.money import shown

Kind = Literal["text", "count", "number", "yuan", "percent", "percent-change", "yuan-change", "date", "seconds"]
Value = str | int | Decimal | Fraction | dt.date | None

PLACES: Final[dict[Kind, int]] = {
    "count": 0, "number": 2, "yuan": 2, "yuan-change": 2, "percent": 1, "percent-change": 1, "seconds": 0,
}  # fmt: skip
"""Decimals with which a kind is shown, unless its column says otherwise."""

NOT_KNOWN: Final = "–"
MINUS: Final = "−"


@dataclass(frozen=True)
class Column:
    """`key`: the name in files, in English whatever the language; `title`: in the language of the table.

    `kind`: percent is held as a share of 1. `scale`: values are divided by it to be shown (10,000 for 万元), the title
    saying so; files hold them unscaled.
    """

    key: str
    title: str
    kind: Kind = "text"
    places: int | None = None
    scale: int = 1


@dataclass(frozen=True)
class Table:
    """`key`: the name of its file; `number`: its place in the report; `period`: of which calls and rules it speaks.

    `notes`: whole sentences below it; `assumptions`: names of the parameters whose assumed values it rests on;
    `synthetic`: it speaks of made-up calls; `emphasis`: rows that stand out (a total).
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    number: int = 0
    period: str = ""
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    synthetic: bool = False
    emphasis: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.columns)]
        if wrong:
            raise ValueError(f"{self.key}: a row of {len(wrong[0])} values under {len(self.columns)} columns")

    def texts(self) -> Iterator[tuple[str, ...]]:
        """The rows as they are shown."""
        for row in self.rows:
            yield tuple(text(value, column) for value, column in zip(row, self.columns, strict=True))

    def column(self, key: str) -> tuple[Value, ...]:
        """The values of a column. Raises KeyError."""
        keys = {column.key: place for place, column in enumerate(self.columns)}
        place = keys[key]
        return tuple(row[place] for row in self.rows)


def text(value: Value, column: Column) -> str:
    """A value as it is shown in a column."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    return number(value, column)


def number(value: int | Decimal | Fraction, column: Column) -> str:
    """A number as it is shown: thousands apart, a true minus, and a plus where a change is meant."""
    kind = column.kind
    places = PLACES.get(kind, 2) if column.places is None else column.places
    exact = Fraction(value) / column.scale * (100 if kind.startswith("percent") else 1)
    rounded = shown(exact, places)
    if column.places is None and kind in ("yuan", "yuan-change") and column.scale == 1 and exact != Fraction(rounded):
        rounded = shown(exact, 4)  # fen do not hold it: a price of a second, a mean
    sign = MINUS if rounded < 0 else "+" if rounded > 0 and kind.endswith("-change") else ""
    return f"{sign}{abs(rounded):,f}" + ("%" if kind.startswith("percent") else "")


def numbered(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables with their numbers from 1 on."""
    return tuple(replace(table, number=place) for place, table in enumerate(tables, start=1))
