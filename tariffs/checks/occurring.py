"""Which rate periods some call meets: on the days on which a tariff is paid, and while such a call goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tariffs.checks.domain import Days, Situation
from tariffs.checks.study import Study, merged
from tariffs.checks.walking import Leaves
from tariffs.rating import kernel as k
from tariffs.rating.diagram import Leaf
from tariffs.rating.pricing import Priced
from tariffs.rulebook.clock import DAY

_DAY = DAY * 1_000_000


def paid(study: Study) -> dict[int, tuple[Days, ...]]:
    """The tariffs with rate periods that some call pays, by their numbers, with the days on which it does."""
    pricing, found = study.compiled.pricing, dict[int, list[Days]]()
    for view in range(len(study.views)):
        tariffs = study.compiled.scenarios[view].tariffs
        numbers = {name: pricing.number(name, tariffs[name]) for name in study.paid_under(view)}
        by_clock = {name: number for name, number in numbers.items() if pricing.items[number].scheme}
        if not by_clock:
            continue

        def wants(leaf: Leaf, names: Collection[str] = by_clock) -> bool:
            return any(name in names for name in leaf.pay or ())

        for (leaf, _), reached in study.kinds(view, wants, _by_leaf):
            for name in study.leaf(leaf).pay or ():
                if name in by_clock:
                    found.setdefault(by_clock[name], []).append(reached.days)
    return {number: merged(list(dict.fromkeys(days))) for number, days in found.items()}


def _by_leaf(leaves: Leaves, situations: frozenset[Situation]) -> Iterator[tuple[int, Situation]]:
    yield leaves[0], min(situations)


def periods_met(study: Study) -> dict[str, set[int]]:
    """The schemes of rate periods that some call is priced by, with the numbers of the periods that some unit is in."""
    met: dict[str, set[int]] = {}
    for number, spans in paid(study).items():
        item = study.compiled.pricing.items[number]
        met.setdefault(item.scheme, set()).update(_met(study, item, spans))
    return met


def _met(study: Study, item: Priced, spans: tuple[Days, ...]) -> Iterator[int]:
    tables = study.compiled.pricing.periods
    by_day, rows = tables.day_rows[item.scheme], tables.rows
    for days in spans:
        for row in set(by_day[days.first - k.FIRST_DAY : days.until - k.FIRST_DAY]) - {-1}:
            yield from (period for _, period in rows[row])
    longest = study.book.rulebook.longest_call.amount
    most = k.rounded(longest, item.resolution, item.fraction) * item.resolution
    for later in range(1, most // _DAY + 2 if item.crossing else 1):
        for days in spans:
            row = by_day[min(days.until - 1 + later - k.FIRST_DAY, len(by_day) - 1)]
            for start, end, period in _stretches(rows[row]) if row >= 0 else ():
                if _unit_between(item, later * _DAY - _DAY + start, min(later * _DAY + end, most)):
                    yield period


def _stretches(row: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int, int]]:
    """Microseconds of the day `[start, end)` and the period that they are in."""
    for (start, period), end in zip(row, [*(start for start, _ in row[1:]), _DAY], strict=True):
        yield start, end, period


def _unit_between(item: Priced, after: int, before: int) -> bool:
    """Whether some unit of a call begins between two lengths of it, neither included."""
    begins = 0
    for until, unit, _ in item.steps:
        start = 0 if item.whole else begins  # of a step that prices the whole call
        first = start + max(0, (after - start) // unit + 1) * unit
        if first < min(until, before):
            return True
        begins = until
    return False
