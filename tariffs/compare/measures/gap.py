"""The tariff gap between cities (资费差距) and the premium of a call across a city's border (跨城资费溢价).

The part of the aim that tariffs can show. List prices are alike in every city, so what differs is whom one can call
at which price: every city is given the same destinations, by the people who live there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from tariffs.compare.measures.basket import BasketPrices
from tariffs.compare.priced import Priced
from tariffs.rulebook.values import Name

_PRECISE = Context(prec=40)


@dataclass(frozen=True)
class Gap:
    """Under one view: `calls[city]`, yuan of 100 calls of the common basket; `own`: of 100 calls to the city's own
    destinations (None: no calls from there). `shares`: people of each city over all of them. The measures are None
    where some city's basket has no price: nothing is left out in silence. `variation` is rounded to 30 digits, the
    rest is exact."""

    view: int
    cities: tuple[Name, ...]
    shares: tuple[Fraction, ...]
    calls: tuple[Fraction | None, ...]
    own: tuple[Fraction | None, ...]
    spread: Fraction | None
    ratio: Fraction | None
    mean: Fraction | None
    variation: Decimal | None
    gini: Fraction | None


@dataclass(frozen=True)
class Premium:
    """What a call across a border costs above the mean of both cities' own inter-zone prices: a share, and yuan a
    call. `pairs`: (from, to) → (share, yuan). `circles`: circle → the mean by the base's traffic both ways."""

    view: int
    pairs: Mapping[tuple[Name, Name], tuple[Fraction | None, Fraction | None]]
    circles: Mapping[Name, tuple[Fraction | None, Fraction | None]]


@dataclass(frozen=True)
class Nearer:
    """Where a call inside a city, between two of its zones, costs more than one across the border to a neighbour:
    yuan of a call of the basket inside and across."""

    view: int
    city: Name
    neighbour: Name
    inside: Fraction
    across: Fraction


def gap(view: int, prices: BasketPrices, people: Mapping[Name, int], traffic: Mapping[tuple[Name, Name], int]) -> Gap:
    """The gap under a view. `people`: residents of each city; `traffic`: the base's calls from city to city (weights).

    Raises KeyError where the people of a city are not known.
    """
    cities = prices.cities
    everyone = sum(people[city] for city in cities)
    shares = tuple(Fraction(people[city], everyone) for city in cities)
    table = prices.prices[:, :, view]
    calls = tuple(_weighed(table[c], shares) for c in range(len(cities)))
    own = tuple(_own(table[c], [traffic.get((city, d), 0) for d in cities]) for c, city in enumerate(cities))
    if any(item is None for item in calls):
        return Gap(view, cities, shares, calls, own, None, None, None, None, None)
    known = [item for item in calls if item is not None]
    mean = sum((s * p for s, p in zip(shares, known, strict=True)), Fraction(0))
    variance = sum((s * (p - mean) ** 2 for s, p in zip(shares, known, strict=True)), Fraction(0))
    apart = sum(
        (a * b * abs(p - q) for a, p in zip(shares, known, strict=True) for b, q in zip(shares, known, strict=True)),
        Fraction(0),
    )
    return Gap(
        view=view,
        cities=cities,
        shares=shares,
        calls=calls,
        own=own,
        spread=max(known) - min(known),
        ratio=max(known) / min(known) if min(known) else None,
        mean=mean,
        variation=_root(variance) / _decimal(mean) if mean else None,
        gini=apart / (2 * mean) if mean else None,
    )


def premium(
    view: int, prices: BasketPrices, traffic: Mapping[tuple[Name, Name], int], circles: Mapping[Name, Sequence[Name]]
) -> Premium:
    """The premium of every pair of cities, and of each circle."""
    cities = prices.cities
    pairs: dict[tuple[Name, Name], tuple[Fraction | None, Fraction | None]] = {}
    for c, origin in enumerate(cities):
        for d, destination in enumerate(cities):
            if c != d:
                pairs[origin, destination] = _premium(
                    prices.prices[c, d, view], prices.inter_zone[c, view], prices.inter_zone[d, view]
                )
    return Premium(view, pairs, {name: _of_circle(members, pairs, traffic) for name, members in circles.items()})


def nearer(view: int, prices: BasketPrices, one_zone: Collection[Name] = ()) -> tuple[Nearer, ...]:
    """Where nearer is dearer: every city whose inter-zone price exceeds what a call to another city costs.

    `one_zone`: cities that are one zone under the view, so that no call inside them pays that price.
    """
    found = []
    for c, city in enumerate(prices.cities):
        if city in one_zone:
            continue
        inside = prices.inter_zone[c, view]
        for d, neighbour in enumerate(prices.cities):
            across = prices.prices[c, d, view]
            if c != d and inside is not None and across is not None and inside > across:
                found.append(Nearer(view, city, neighbour, inside, across))
    return tuple(found)


def traffic_between(priced: Priced, service: str) -> dict[tuple[Name, Name], int]:
    """Weights of the calls of a service from city to city (inside a city too), those with both ends known."""
    origin, destination = priced.dims["origin-city"], priced.dims["destination-city"]
    services = priced.dims["service"]
    wanted = (origin.codes >= 0) & (destination.codes >= 0)
    wanted &= services.codes == (services.names.index(service) if service in services.names else -2)
    width = len(destination.names)
    joint = origin.codes[wanted].astype(np.int64) * width + destination.codes[wanted]
    found, where = np.unique(joint, return_inverse=True)
    weights = np.zeros(len(found), np.int64)
    np.add.at(weights, where, priced.weight[wanted])
    return {
        (origin.names[int(j) // width], destination.names[int(j) % width]): int(w)
        for j, w in zip(found, weights, strict=True)
    }


def _weighed(prices: Any, shares: Sequence[Fraction]) -> Fraction | None:
    """Yuan of 100 calls; None where one of the prices is not known."""
    if any(price is None for price in prices):
        return None
    return 100 * sum((share * price for share, price in zip(shares, prices, strict=True)), Fraction(0))


def _own(prices: Any, calls: Sequence[int]) -> Fraction | None:
    whole = sum(calls)
    if not whole or any(price is None for price, n in zip(prices, calls, strict=True) if n):
        return None
    return 100 * sum((Fraction(n, whole) * price for price, n in zip(prices, calls, strict=True) if n), Fraction(0))


def _premium(
    price: Fraction | None, here: Fraction | None, there: Fraction | None
) -> tuple[Fraction | None, Fraction | None]:
    if price is None or here is None or there is None:
        return None, None
    own = (here + there) / 2
    return (price / own - 1 if own else None), price - own


def _of_circle(
    members: Sequence[Name],
    pairs: Mapping[tuple[Name, Name], tuple[Fraction | None, Fraction | None]],
    traffic: Mapping[tuple[Name, Name], int],
) -> tuple[Fraction | None, Fraction | None]:
    """The mean of a circle's pairs by traffic; None without traffic or where a price is not known."""
    inside = [(a, b) for a in members for b in members if (a, b) in pairs and traffic.get((a, b), 0)]
    whole = sum(traffic[pair] for pair in inside)
    shares, yuan = ([pairs[pair][i] for pair in inside] for i in (0, 1))
    return _mean(shares, inside, traffic, whole), _mean(yuan, inside, traffic, whole)


def _mean(
    values: Sequence[Fraction | None],
    pairs: Sequence[tuple[Name, Name]],
    traffic: Mapping[tuple[Name, Name], int],
    whole: int,
) -> Fraction | None:
    if not whole or any(value is None for value in values):
        return None
    return sum((v * traffic[p] for v, p in zip(values, pairs, strict=True) if v is not None), Fraction(0)) / whole


def _decimal(value: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def _root(value: Fraction) -> Decimal:
    return _PRECISE.sqrt(_decimal(value))
