"""`dearer`: every set of calls that costs more under a scenario than under the base."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from tariffs.checks import wording
from tariffs.checks.domain import Days
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.grouping import Group
from tariffs.checks.moves import Move, Moves
from tariffs.checks.staircases import Comparison, tick_of
from tariffs.checks.starts import DAY_SECONDS, Starts
from tariffs.checks.study import Study
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating.call import yuan
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import Text

CODE: Final = "dearer"
MEANING: Final = text("某些通话在方案下比基准更贵", "Some calls cost more under a scenario than under the base.")


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each kind of call, span of dates and class of starts from which some durations cost more."""
    moves = Moves(study)
    for view in range(1, len(study.views)):
        for group in moves.groups(0, view):
            for days in group.days:
                old, new = group.key.bundles
                for starts, comparison in study.prices.comparisons(old, new, days):
                    if comparison.dearer:
                        yield _finding(study, view, group, days, starts, comparison)


def _finding(
    study: Study, view: int, group: Group[Move], days: Days, starts: Starts, comparison: Comparison
) -> Finding:
    move = group.key
    stairs = [study.prices.stairs(bundle, starts.day, starts.first) for bundle in move.bundles]
    tick = tick_of([*stairs[0], *stairs[1]])
    timed = move.service not in ("message", "data")
    ranges = [[in_units(first, timed=timed), in_units(last, timed=timed)] for first, last in comparison.dearer]
    worst = comparison.worst or (0, tick)
    shown = _witness(study, view, group, days, starts, worst[1])
    span = _clock(starts)
    longest = min(s.last for part in stairs for s in part)
    breaks = [in_units(last + tick, timed=timed) for _, last in comparison.dearer if last < longest]
    message = _message(study, view, move, days, span, ranges, yuan(worst[0]))
    first, until = days.dates
    data = {
        "base": study.views[0], "scenario": study.views[view], "relation": move.relation,
        "access": list(move.access),
        "relation_after": move.relation_after, "roaming": move.roaming, "service": move.service,
        "pays": [list(move.old), list(move.new)], "start_from": span[0], "start_until": span[1],
        "dates_from": first.isoformat(), "dates_until": until.isoformat(), "days": starts.days, "ranges": ranges,
        "unit": "second" if timed else "message" if move.service == "message" else "byte",
        "break_even": breaks,
        "worst": {
            "amount": in_units(worst[1], timed=timed), "more": str(yuan(worst[0])),
            "old": str(yuan(sum(s.at(worst[1]) for s in stairs[0]))),
            "new": str(yuan(sum(s.at(worst[1]) for s in stairs[1]))),
        },
    }  # fmt: skip
    subject = tuple(dict.fromkeys((move.service, move.relation, move.relation_after, *move.old, *move.new)))
    positions = _positions(study, group)
    return Finding(CODE, "warning", message, positions, shown, (study.views[view],), subject, data)


def _positions(study: Study, group: Group[Move]) -> tuple[Position, ...]:
    """The rules that decide, the scenario's first."""
    found = []
    for leaf in reversed(group.first.leaves):
        item = study.leaf(leaf)
        found += [study.rules(item.scenario)[rule].at for rule in item.on_top[-1:]]
    return tuple(dict.fromkeys(found))


def _witness(study: Study, view: int, group: Group[Move], days: Days, starts: Starts, amount: int) -> Witness:
    """The worst call, under the base and under the scenario."""
    reached, prices = group.first, study.prices
    day = starts.day
    if not reached.days.first <= day < reached.days.until:
        # The numbers are those of the first days: better a day of these, if it has the same rate periods.
        first = prices.compared(*group.key.bundles, reached.days.first, starts.first)
        day = reached.days.first if first == prices.compared(*group.key.bundles, day, starts.first) else day
    call = call_of(study, reached.days, reached.point, reached.ends, second=starts.first, exact=amount, day=day)
    before, after = outcome(study, 0, call), outcome(study, view, call)
    result = text(f"{study.views[0]}：{before.zh}；{study.views[view]}：{after.zh}",
                  f"{study.views[0]}: {before.en}; {study.views[view]}: {after.en}")  # fmt: skip
    return Witness(call, study.views[view], described(study, reached.ends, reached.point), result)


def in_units(amount: int, *, timed: bool) -> int | str:
    """Seconds (as text where they are no whole ones), messages or bytes."""
    if not timed:
        return amount
    seconds = Decimal(amount).scaleb(-6)
    return int(seconds) if seconds == seconds.to_integral_value() else f"{seconds.normalize():f}"


def clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _clock(starts: Starts) -> tuple[str, str]:
    return clock(starts.first), clock(starts.until)


def _message(
    study: Study, view: int, move: Move, days: Days, span: tuple[str, str], ranges: list[list[Any]], worst: Decimal
) -> Text:
    sets = ", ".join(f"{first}–{last}" for first, last in ranges[:12])
    sets += "" if len(ranges) <= 12 else f" … {len(ranges)}"
    dates, relation = wording.dates(days), wording.RELATION[move.relation_after]
    all_day = span == (clock(0), clock(DAY_SECONDS))
    zh = "" if all_day else f"，{span[0]} 至 {span[1]} 前开始"
    en = "" if all_day else f", starting from {span[0]} to before {span[1]}"
    old, new = (" + ".join(names) for names in (move.old, move.new))
    return text(
        f"{move.service}（{relation.zh}）在 {study.views[view]} 下比 {study.views[0]} 更贵（{old} → {new}）"
        f"，{dates.zh}{zh}：{sets}；最多贵 {worst} 元",
        f"{move.service} ({relation.en}) costs more under {study.views[view]} than under {study.views[0]} "
        f"({old} → {new}), {dates.en}{en}: {sets}; by {worst} yuan at most",
    )
