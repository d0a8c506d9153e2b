"""The basket of calls by which cities are compared: what it holds, and what it costs between any two cities.

What is in it (rate period and whole duration, with their shares) is frozen from the calls as the base scenario
prices them, and is the same for every pair of cities: only places and tariffs differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, Final

import numpy as np

from tariffs.compare.priced import Int64s, Priced
from tariffs.rating.rater import Rater
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.values import Name

SERVICE: Final = "fixed-to-fixed"
"""The basket is one of calls between fixed lines: the commitment with a price list behind it."""

DAY: Final = 86_400_000_000
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, eq=False)
class Basket:
    """Kinds of calls. `start`: a moment in the rate period of each, at its beginning (microseconds since 1970);
    `duration`: microseconds; `weight`: how much of it the calls hold, in any unit."""

    start: Int64s
    duration: Int64s
    weight: Int64s

    def __len__(self) -> int:
        return len(self.weight)


def basket_of(priced: Priced, rater: Rater, service: str = SERVICE) -> Basket:
    """The calls of a service by rate period (of every scheme of the rulebook) and duration."""
    services = priced.dims["service"]
    wanted = services.codes == (services.names.index(service) if service in services.names else -2)
    start, duration, weight = (array[wanted] for array in (priced.start, priced.duration, priced.weight))
    if not len(start):
        nothing = np.zeros(0, np.int64)
        return Basket(nothing, nothing, nothing)
    moment, period = _periods(rater, start)
    _, first, where = np.unique(np.stack((period, duration)), axis=1, return_index=True, return_inverse=True)
    # the same kind on several days: the moment of the first stands for all of them
    moments = np.full(int(period.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(moments, period, moment)
    total = np.zeros(len(first), np.int64)
    np.add.at(total, where.reshape(-1), weight)
    return Basket(moments[period[first]], duration[first], total)


def _periods(rater: Rater, start: Int64s) -> tuple[Int64s, Int64s]:
    """Of each start: when the rate period it falls into began that day, and a number for the periods of all schemes."""
    periods = rater.compiled.pricing.periods
    days, of_day = np.unique(start // DAY, return_inverse=True)
    begin, kind = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
    kinds: dict[tuple[int, ...], int] = {}
    for number, day in enumerate(days.tolist()):
        rows = [periods.rows[row] for scheme in sorted(periods.day_rows)
                if (row := periods.day_rows[scheme][day + _EPOCH - dt.date(1990, 1, 1).toordinal()]) >= 0]  # fmt: skip
        bounds = np.array(sorted({0, *(since for row in rows for since, _ in row)}), np.int64)
        names = [tuple(_in_row(row, bound) for row in rows) for bound in bounds.tolist()]
        members = np.flatnonzero(of_day == number)
        at = np.searchsorted(bounds, start[members] - day * DAY, side="right") - 1
        begin[members] = day * DAY + bounds[at]
        kind[members] = np.array([kinds.setdefault(name, len(kinds)) for name in names], np.int64)[at]
    return begin, kind


def _in_row(row: Sequence[tuple[int, int]], moment: int) -> int:
    return next(period for since, period in reversed(row) if since <= moment)


@dataclass(frozen=True, eq=False)
class BasketPrices:
    """`prices[from, to, view]`: yuan (a fraction of micro-yuan) that a call of the basket costs on average; None where
    some call of it has no price. `zones`: works out `inter_zone`."""

    cities: tuple[Name, ...]
    prices: Any
    zones: Callable[[], Any]

    @cached_property
    def inter_zone(self) -> Any:
        """`inter_zone[city, view]`: the same at the city's own inter-zone price."""
        return self.zones()


def basket_prices(rater: Rater, basket: Basket, cities: Sequence[Name]) -> BasketPrices:
    """What the basket costs between all cities, each with itself too, under every view of a rater."""
    numbers = [number_in(rater.compiled.book, city, basket) for city in cities]
    pairs = [(a, b) for a in numbers for b in numbers]
    prices = np.array(_mean_prices(rater, basket, pairs), dtype=object)
    return BasketPrices(
        tuple(cities), prices.reshape(len(cities), len(cities), len(rater.views)),
        partial(_inter_zone, rater, basket, numbers),
    )  # fmt: skip


def _inter_zone(rater: Rater, basket: Basket, numbers: Sequence[str]) -> Any:
    """What the basket costs in each city at its inter-zone price."""
    tariff = inter_zone_tariff(rater.compiled.book)
    if tariff is None:
        return np.full((len(numbers), len(rater.views)), None, dtype=object)
    own = _only(rater, tariff)
    zones = np.array(_mean_prices(own, basket, [(number, number) for number in numbers]), dtype=object)
    return zones.reshape(len(numbers), len(rater.views))


def _mean_prices(rater: Rater, basket: Basket, pairs: Sequence[tuple[str, str]]) -> list[list[Fraction | None]]:
    """The mean price of a call of the basket for each pair of numbers under each view; None where one has no price."""
    import pyarrow as pa

    from tariffs.rating.batch import rate_batch

    size, views = len(basket), len(rater.views)
    whole = int(basket.weight.sum())
    if not whole:
        return [[None] * views for _ in pairs]
    outcome = rate_batch(rater, pa.RecordBatch.from_pydict({
        "caller": pa.array(np.repeat([a for a, _ in pairs], size)),
        "called": pa.array(np.repeat([b for _, b in pairs], size)),
        "start": pa.array(np.tile(basket.start, len(pairs))).cast(pa.timestamp("us")),
        "duration": pa.array(np.tile(basket.duration, len(pairs))),
    }))  # fmt: skip
    known = np.all((np.asarray(outcome.status) >= 0).reshape(len(pairs), size), axis=1).tolist()
    rows: list[list[Fraction | None]] = []
    for pair in range(len(pairs)):
        part = slice(pair * size, (pair + 1) * size)
        amounts = [np.asarray(outcome.charge(view))[part] for view in range(views)]
        rows.append([Fraction(_dot(a, basket.weight), whole) / 1_000_000 if known[pair] else None for a in amounts])
    return rows


def _dot(amounts: Int64s, weight: Int64s) -> int:
    from tariffs.compare import sums

    return sums.total(amounts, weight)


def number_in(book: Rulebook, city: Name, basket: Basket) -> str:
    """A subscriber number of a city as dialled from anywhere in the country, never one that somebody has: all its
    digits but the first are alike. Raises KeyError where the numbering plan knows none."""
    plan = book.numbering
    day = dt.date.fromordinal(int(basket.start.min()) // DAY + _EPOCH) if len(basket) else None
    areas = [area for area in plan.areas if area.place == city]
    for area in areas:
        since, until = area.from_, area.until
        if isinstance(since, dt.date) and day is not None and day < since:
            continue
        if isinstance(until, dt.date) and day is not None and day >= until:
            continue
        leading = (area.leading or plan.leading)[0]
        return plan.trunk + area.code + leading + "0" * (area.digits[0] - 1)
    raise KeyError(city)


def inter_zone_tariff(book: Rulebook) -> tuple[Name, ...] | None:
    """What a call between two zones of one city pays between fixed lines, as the rules say; None if none says it."""
    for rule in book.rules.values():
        when = rule.when
        if (
            "same-city" in when.relation
            and "fixed" in when.line
            and "fixed" in when.called
            and when.access == ("none",)
        ):
            return tuple(rule.pay)
    return None


def _only(rater: Rater, pay: tuple[Name, ...]) -> Rater:
    """A rater with the same views under whose rules every call pays one tariff."""
    from tariffs.rating.tables import compile_tables
    from tariffs.rating.values import Values
    from tariffs.rulebook.decisions import When

    book = rater.compiled.book
    when = When.model_construct(**{**When().__dict__, "line": ("fixed",), "called": ("fixed",)})
    rule = next(iter(book.rules.values())).model_copy(
        update={"when": when, "pay": pay, "from_": None, "until": None, "overrides": ()}
    )
    scenarios = {
        name: scenario.model_copy(update={"changes": (), "rules": {}}) for name, scenario in book.scenarios.items()
    }
    flat = book.model_copy(update={"rules": {"all": rule}, "scenarios": scenarios})
    given = {name: item.value for name, item in rater.compiled.values.used.items()}
    return Rater(compile_tables(flat, rater.views, Values.of(flat, given, assumptions=True)))


__all__ = ["SERVICE", "Basket", "BasketPrices", "basket_of", "basket_prices", "inter_zone_tariff", "number_in"]
