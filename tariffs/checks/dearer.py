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
from tariffs.checks.staircases import tick_of
from tariffs.checks.starts import Dearer, Starts
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
                for dearer in study.prices.dearer(*group.key.bundles, days):
                    yield _finding(study, view, group, days, dearer)


def _finding(study: Study, view: int, group: Group[Move], days: Days, dearer: Dearer) -> Finding:
    move, starts, worst = group.key, dearer.starts, dearer.worst
    timed = move.service not in ("message", "data")
    ranges = [[in_units(first, timed=timed), in_units(last, timed=timed)] for first, last in dearer.ranges]
    costs = [study.prices.stairs(bundle, starts.days.first, worst.at) for bundle in move.bundles]
    tick, longest = tick_of([*costs[0], *costs[1]]), min(study.prices.most(t) for b in move.bundles for t in b)
    first, until = days.dates
    data = {
        "base": study.views[0], "scenario": study.views[view], "relation": move.relation,
        "access": list(move.access),
        "relation_after": move.relation_after, "roaming": move.roaming, "service": move.service,
        "pays": [list(move.old), list(move.new)], "start_from": clock_at(starts.first),
        "start_until": clock_at(starts.until), "dates_from": first.isoformat(), "dates_until": until.isoformat(),
        "days": len(starts.days.days), **starts.days.told,
        "ranges": ranges, "unit": "second" if timed else "message" if move.service == "message" else "byte",
        "break_even": [in_units(last + tick, timed=timed) for _, last in dearer.ranges if last < longest],
        "worst": {
            "amount": in_units(worst.amount, timed=timed), "start": clock_at(worst.at), "more": str(yuan(worst.more)),
            "old": str(yuan(sum(s.at(worst.amount) for s in costs[0]))),
            "new": str(yuan(sum(s.at(worst.amount) for s in costs[1]))),
        },
    }  # fmt: skip
    subject = tuple(dict.fromkeys((move.service, move.relation, move.relation_after, *move.old, *move.new)))
    heading, part = _heading(study, view, move), _part(days, starts, ranges, yuan(worst.more))
    message = text(f"{heading.zh}，{part.zh}", f"{heading.en}, {part.en}")
    return Finding(
        CODE, "warning", message, _positions(study, group), _witness(study, view, group, dearer),
        (study.views[view],), subject, data, None, heading, part,
    )  # fmt: skip


def _positions(study: Study, group: Group[Move]) -> tuple[Position, ...]:
    """The rules that decide, the scenario's first."""
    found = []
    for leaf in reversed(group.first.leaves):
        item = study.leaf(leaf)
        found += [study.rules(item.scenario)[rule].at for rule in item.on_top[-1:]]
    return tuple(dict.fromkeys(found))


def _witness(study: Study, view: int, group: Group[Move], dearer: Dearer) -> Witness:
    """The worst call, under the base and under the scenario."""
    reached, day = group.call_on(dearer.starts.days.days)
    worst = dearer.worst
    call = call_of(study, reached.days, reached.point, reached.ends, at=worst.at, exact=worst.amount, day=day)
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


def clock_at(microsecond: int) -> str:
    """A moment of the day as `06:59:48`, or `06:59:52.5` where it is no whole second."""
    second, rest = divmod(microsecond, 1_000_000)
    return clock(second) + (f".{rest:06}".rstrip("0") if rest else "")


def _heading(study: Study, view: int, move: Move) -> Text:
    relation = wording.RELATION[move.relation_after]
    if move.roaming is not None and move.roaming != move.relation_after:
        away = wording.RELATION[move.roaming]
        relation = text(f"{relation.zh}，漫游：{away.zh}", f"{relation.en}; roaming: {away.en}")
    old, new = (" + ".join(names) for names in (move.old, move.new))
    return text(
        f"{move.service}（{relation.zh}）在 {study.views[view]} 下比 {study.views[0]} 更贵（{old} → {new}）",
        f"{move.service} ({relation.en}) costs more under {study.views[view]} than under {study.views[0]} "
        f"({old} → {new})",
    )


def _part(days: Days, starts: Starts, ranges: list[list[Any]], worst: Decimal) -> Text:
    sets = ", ".join(f"{first}–{last}" for first, last in ranges[:12])
    sets += "" if len(ranges) <= 12 else f" … {len(ranges)}"
    dates, count = wording.dates(days), len(starts.days.days)
    span = wording.clocks(clock_at(starts.first), clock_at(starts.until))
    zh = f"{dates.zh}（其中 {count} 天）" if not starts.days.all else dates.zh
    en = f"{dates.en} ({count} of these days)" if not starts.days.all else dates.en
    return text(f"{zh}{span.zh}：{sets}；最多贵 {worst} 元", f"{en}{span.en}: {sets}; by {worst} yuan at most")
