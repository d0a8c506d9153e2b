"""The closed form of the kernel against a walk over days, and calls that go on from where a unit ended."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.rating import kernel as k
from tests.engine import agrees, as_batch, one_by_one, rater_of
from tests.oracle import World, rate
from tests.smallworld import SCHEMES, Draft, Section, one_tariff
from tests.strategies import fixed_call, starts, tariff_books, time_charges

DAY, SECOND = 86_400, 1_000_000
MONDAY = 1_320_624_000 * SECOND  # 2011-11-07 00:00 as the kernel counts


def for_weeks(draft: Draft) -> Draft:
    """The same tariff in a rulebook whose longest call lasts forty days."""
    return draft.but(rulebook={**draft.sections["rulebook"], "longest-call": "960 h"})


@settings(max_examples=max(8, settings().max_examples // 4))  # the walk goes unit by unit
@given(time_charges(), starts(), st.integers(DAY, 12 * DAY), st.sampled_from(["0", "0.01", "0.5"]))
def test_a_call_of_many_days_costs_what_its_units_cost(
    charge: Section, start: dt.datetime, spent: int, more: str
) -> None:
    for step in charge.get("steps", [charge]):  # units of a second and more, or the walk takes too long
        step.pop("billed-by", None)
    draft = for_weeks(one_tariff(charge, SCHEMES))
    call = fixed_call(start, spent + Decimal(more), seizure=spent + 3)
    _, rater = rater_of(draft, ["baseline"])
    [[row]] = one_by_one(rater, [call])
    assert agrees(rate(World(draft.book()), call), row)
    assert [[row]] == as_batch(rater, [call], compiled=True)


@given(st.data())
def test_a_call_that_goes_on_from_the_edge_of_a_unit_adds_up_to_the_whole(data: st.DataObject) -> None:
    _, rater = rater_of(data.draw(tariff_books()), ["baseline"])
    tables, tariff = rater.compiled.tables.heap, rater.compiled.tariff_at[0]
    start = MONDAY + data.draw(st.integers(0, 7 * DAY)) * SECOND
    total = data.draw(st.integers(1, 4 * 3600)) * SECOND
    whole = units(tables, tariff, (0, tariff + k.T_STEP), total, start)
    stop = data.draw(st.integers(0, len(whole)))
    # Carried on: how long the call has lasted, and the step in which it stands.
    edge = total if stop == len(whole) else whole[stop].offset
    first = units(tables, tariff, (0, tariff + k.T_STEP), edge, start)
    rest = [] if stop == len(whole) else units(tables, tariff, (edge, whole[stop].step), total, start)
    assert whole == first + rest


class Unit(NamedTuple):
    """A unit of a call: where it starts in the call and in which step, and its price over the tariff's denominator."""

    offset: int
    step: int
    price: int


def units(tables: Any, tariff: int, state: tuple[int, int], total: int, start: int) -> list[Unit]:
    """The units of a call from a state (offset, step) to `total`, by the kernel's spans."""
    offset, step = state
    found: list[Unit] = []
    while offset < total and step < tariff + k.T_STEP + k.STEP * tables[tariff + k.T_STEPS]:
        count, after, price, _, following = k.next_span(tables, tariff, step, offset, total, start)
        found += [Unit(offset + n * tables[step + k.S_UNIT], step, price) for n in range(count)]
        offset, step = after, following
    return found
