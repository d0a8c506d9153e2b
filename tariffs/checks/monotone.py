"""`monotone`: for a fixed start, a longer call, or more messages or data, that costs less.

Prices are not below zero, and bounds and rounding keep order, so that only one thing can make a price fall: a step that
prices the whole call, where the step before it did until then. What is tried is therefore the last usage of each such
step and the next tick, from every start at which some unit of the call changes its rate period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tariffs.checks.dearer import clock, in_units
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.staircases import Staircase, most_billed, staircase, tick_of
from tariffs.checks.starts import DAY_SECONDS, Prices
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import Leaves
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating import kernel as k
from tariffs.rating.call import Call, yuan
from tariffs.rating.pricing import CONVERSATION, QUANTITY, unit_of

CODE: Final = "monotone"
MEANING: Final = text(
    "同一开始时刻，更长的通话（更多的短信或流量）反而更便宜",
    "For one start, a longer call (or more messages or data) costs less.",
)
Bundle = tuple[int, ...]
_SECOND: Final = 1_000_000


class Fall(NamedTuple):
    """Usage `more` costs `less` micro-yuan less than `usage`, from a second of a day."""

    less: int
    usage: int
    more: int
    day: int
    second: int


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each bundle of tariffs that some call pays and of which more usage costs less: its largest fall."""
    for view in range(len(study.views)):
        told: set[tuple[str, ...]] = set()
        for reached in study.reached([view]):
            pays = study.leaf(reached.leaves[0]).pay or ()
            if pays not in told:
                told.add(pays)
                yield from _of_bundle(study, view, pays)


def _of_bundle(study: Study, view: int, pays: tuple[str, ...]) -> Iterator[Finding]:
    t, bundle = study.compiled.tables.heap, study.bundle(view, pays)
    # Conversation, seizure and quantity grow each by itself.
    for measure in sorted({t[tariff + k.T_MEASURE] for tariff in bundle if t[tariff + k.T_WHOLE]}):
        alike = tuple(tariff for tariff in bundle if t[tariff + k.T_MEASURE] == measure)
        best: tuple[Fall, Reached] | None = None
        for reached in study.each_days([view], lambda leaves: _pays(study, leaves, pays)):
            fall = largest_fall(study.prices, alike, reached)
            if fall is not None and (best is None or fall.less > best[0].less):
                best = fall, reached
        if best is not None:
            yield _finding(study, view, pays, measure, *best)


def _pays(study: Study, leaves: Leaves, pays: tuple[str, ...]) -> bool:
    return study.leaf(leaves[0]).pay == pays


def largest_fall(prices: Prices, bundle: Bundle, reached: Reached) -> Fall | None:
    """The largest fall of the sum of some tariffs of one measure, on days on which some call pays them."""
    turns = sorted({turn for tariff in bundle for turn in _turns(prices, tariff)})
    if not turns:
        return None
    limit = min(turns[-1] + max(prices.table[tariff + k.T_RESOLUTION] for tariff in bundle), prices.most(bundle[0]))
    found = (_fall(prices, bundle, turns, limit, *start) for start in _starts(prices, bundle, limit, reached))
    return max((fall for fall in found if fall is not None), key=lambda fall: fall.less, default=None)


def _turns(prices: Prices, tariff: int) -> Iterator[int]:
    """The usage at which one step stops pricing whole calls and the next begins."""
    t = prices.table
    first = tariff + k.T_STEP
    if t[tariff + k.T_WHOLE]:
        yield from (t[step + k.S_UNTIL] for step in range(first, first + k.STEP * (t[tariff + k.T_STEPS] - 1), k.STEP))


def _fall(prices: Prices, bundle: Bundle, turns: Sequence[int], limit: int, day: int, second: int) -> Fall | None:
    start = ((day - k.EPOCH) * DAY_SECONDS + second) * _SECOND
    stairs = [staircase(prices.table, tariff, start, limit) for tariff in bundle]
    tick, last = tick_of(stairs), min(s.last for s in stairs)
    usages = {s.first_billed_as((turn // s.resolution + 1) * s.resolution, tick) for s in stairs for turn in turns}
    falls = [
        Fall(_at(stairs, more - tick) - _at(stairs, more), more - tick, more, day, second)
        for more in sorted(usages)
        if 0 < more <= last
    ]
    return max((fall for fall in falls if fall.less > 0), key=lambda fall: fall.less, default=None)


def _at(stairs: Sequence[Staircase], amount: int) -> int:
    return sum(s.at(amount) for s in stairs)


def _starts(prices: Prices, bundle: Bundle, limit: int, reached: Reached) -> Iterator[tuple[int, int]]:
    """(day, second) of every start from which some unit falls into another rate period than from the second before."""
    offsets = sorted({offset for tariff in bundle for offset in _offsets(prices.table, tariff, limit)})
    for day, turns in _boundaries(prices, bundle, limit, reached):
        seconds = {turn - offset // _SECOND for turn in turns for offset in offsets}
        yield from ((day, second) for second in sorted({0, *(s for s in seconds if 0 < s < DAY_SECONDS)}))


def _offsets(t: Any, tariff: int, limit: int) -> Iterator[int]:
    """Where in a call the units begin whose price depends on the clock."""
    yield 0
    if t[tariff + k.T_CROSSING] == 0:
        return
    begins, first, most = 0, tariff + k.T_STEP, most_billed(t, tariff, limit)
    for step in range(first, first + k.STEP * t[tariff + k.T_STEPS], k.STEP):
        until = min(t[step + k.S_UNTIL], most)
        yield from range(begins, until, t[step + k.S_UNIT])
        if not t[tariff + k.T_WHOLE]:
            begins = until


def _boundaries(prices: Prices, bundle: Bundle, limit: int, reached: Reached) -> Iterator[tuple[int, list[int]]]:
    """A day of each kind, with the seconds behind its midnight at which rate periods begin while calls last."""
    t = prices.table
    schemes = sorted({s for tariff in bundle if (s := t[tariff + k.T_SCHEME]) > 0})
    reach = 2 + limit // k.DAY
    first, count = reached.days.first - k.FIRST_DAY, reached.days.until - reached.days.first
    columns = [t[s + first + later : s + first + later + count] for s in schemes for later in range(reach)]
    each = list(zip(*columns, strict=True)) if schemes else [()]
    days = range(reached.days.first, reached.days.first + len(each))
    first_of = dict(zip(reversed(each), reversed(days), strict=True))
    for rows, day in sorted(first_of.items(), key=lambda kind: kind[1]):
        if all(rows[::reach]):
            turns = {
                number % reach * DAY_SECONDS + t[row + 1 + 2 * n] // _SECOND
                for number, row in enumerate(rows)
                if row
                for n in range(t[row])
            }
            yield day, sorted(turns)


def _finding(study: Study, view: int, pays: tuple[str, ...], measure: int, fall: Fall, reached: Reached) -> Finding:
    timed = measure != QUANTITY
    usage, more = (in_units(amount, timed=timed) for amount in (fall.usage, fall.more))
    tariffs, items = study.compiled.scenarios[view].tariffs, study.compiled.pricing.items
    priced = [items[study.compiled.pricing.number(name, tariffs[name])] for name in pays]
    first = next(item for item in priced if item.measure == measure)
    units = unit_of(first.tariff.charge.all_steps[-1]).measure
    zh, en = {"time": ("秒", "s"), "message": ("条", "messages"), "volume": ("字节", "bytes")}[units]
    names, less, start = " + ".join(pays), yuan(fall.less), clock(fall.second)
    return Finding(
        CODE, "warning",
        text(f"{names}：{more} {zh}比 {usage} {zh}便宜 {less} 元（{start} 开始）",
             f"{names}: {more} {en} cost {less} yuan less than {usage} {en} (from {start})"),
        tuple(tariffs[name].at for name in pays), _witness(study, view, measure, fall, reached),
        (study.views[view],), pays,
        {"usage": usage, "more": more, "less": str(less), "start": start,
         "unit": {"time": "second", "message": "message", "volume": "byte"}[units]},
    )  # fmt: skip


def _witness(study: Study, view: int, measure: int, fall: Fall, reached: Reached) -> Witness:
    """The longer call, with what it and the shorter one cost."""
    call = call_of(
        study, reached.days, reached.point, reached.ends, at=fall.second * _SECOND, exact=fall.more, day=fall.day
    )
    longer, shorter = _both(call, measure, fall)
    said = [outcome(study, view, each) for each in (longer, shorter)]
    both = text(f"{said[0].zh}；较短的：{said[1].zh}", f"{said[0].en}; the shorter one: {said[1].en}")
    return Witness(longer, study.views[view], described(study, reached.ends, reached.point), both)


def _both(call: Call, measure: int, fall: Fall) -> tuple[Call, Call]:
    """The call with more and with less of what is measured, and as much of everything else."""
    if measure == QUANTITY:
        return call, replace(call, quantity=fall.usage)
    less, more = (Decimal(amount).scaleb(-6) for amount in (fall.usage, fall.more))
    if measure == CONVERSATION:
        return call, replace(call, seconds=less, seizure=more)
    return replace(call, seconds=less), replace(call, seconds=less, seizure=less)
