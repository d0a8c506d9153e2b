"""`redial`: two calls, the second starting when the first ends, cheaper than the one they add up to.

What is told of each bundle of tariffs is the split that saves most, over all calls up to the longest. The second call
may start in another rate period, on another day, and behind a change of the rules at midnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from tariffs.checks import wording
from tariffs.checks.again import Again, Border, Paid
from tariffs.checks.dearer import clock_at, in_units
from tariffs.checks.domain import Days
from tariffs.checks.findings import Finding, Severity, Witness, text
from tariffs.checks.splits import Split, Splitting, TooMany
from tariffs.checks.study import Reached, Study
from tariffs.checks.timelines import Timeline
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating import kernel as k
from tariffs.rating.call import Call, yuan
from tariffs.rulebook.values import Text

CODE: Final = "redial"
MEANING: Final = text(
    "分成前后相接的两次通话比一次通话便宜",
    "Two calls, the second starting when the first ends, cost less than the one they add up to.",
)


MIDNIGHT: Final = "midnight"
"""What a finding about a midnight behind which other prices hold is about, for acceptances."""


class Range(NamedTuple):
    """From when and until when calls are made again, in microseconds since the day of the first call began."""

    low: int
    high: int


ANY: Final = Range(0, 1 << 62)


@dataclass
class Best:
    """The best split that was found; `left_out`: not all were tried."""

    split: Split | None = None
    left_out: bool = False

    def add(self, other: Best) -> None:
        if other.split is not None and (self.split is None or other.split.gain > self.split.gain):
            self.split = other.split
        self.left_out |= other.left_out


@dataclass
class _Search:
    """Splits of calls under the views of a study; each combination of prices is searched once."""

    study: Study
    _found: dict[object, Best] = field(default_factory=dict)

    @property
    def reach(self) -> int:
        """Days behind the first on which a call may be made again."""
        return -(-self.study.book.rulebook.longest_call.amount // k.DAY)

    def same(self, again: Again, runs: Sequence[Days]) -> Best:
        """Calls that pay the same when they are made again. `runs`: days behind one another on which they do."""
        best = Best()
        for run in runs:
            inner = Days(run.first, max(run.until - self.reach, run.first))
            known = set[Timeline]()
            if inner.first < inner.until:
                for kind in self._kinds(again, inner):
                    known.add(kind[0])
                    best.add(self._split(again, kind[1], kind[0], ANY))
            for day in range(inner.until, run.until):
                for timeline, _ in self._kinds(again, Days(day, day + 1)):
                    if timeline not in known:
                        best.add(self._split(again, day, timeline, Range(0, (run.until - day) * k.DAY)))
        return best

    def across(self, again: Again, border: Border) -> Best:
        """Calls that pay something else when they are made again behind a border."""
        best = Best()
        for day in range(max(border.before.until - self.reach, border.before.first), border.before.until):
            for timeline, _ in self._kinds(again, Days(day, day + 1)):
                low = (border.before.until - day) * k.DAY
                best.add(self._split(again, day, timeline, Range(low, ANY.high)))
        return best

    def _kinds(self, again: Again, days: Days) -> list[tuple[Timeline, int]]:
        first, second = again.bundles
        kinds = self.study.prices.timelines.kinds((*first, *second), days, again=True)
        return [(kind.timeline, kind.days.first) for kind in kinds]

    def _split(self, again: Again, day: int, timeline: Timeline, moments: Range) -> Best:
        key = (again.bundles, timeline, moments)
        if key not in self._found:
            search = Splitting(self.study.prices, *again.bundles, day, timeline, *moments)
            try:
                self._found[key] = Best(search.run())
            except TooMany:
                self._found[key] = Best(search.best, left_out=True)
        found = self._found[key]
        # It may have been found on another day that is alike.
        return found if found.split is None else replace(found, split=found.split._replace(day=day))


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each bundle of tariffs of time that some call pays and that hanging up makes cheaper; and one for
    each midnight behind which other prices make it so.

    What saves no more under a later scenario is told under the first.
    """
    search, gains = _Search(study), dict[object, int]()
    for view in range(len(study.views)):
        paid = Paid(study, view)
        for again, reached in paid.bundles.items():
            calls = paid.calls(again) if _by_day(study, again) else [reached]
            runs = _runs(paid, again, calls) if _by_day(study, again) else [reached.days]
            best = search.same(again, runs)
            more = best.split is not None and best.split.gain > gains.get(again.bundles, 0)
            if best.split is not None and more:
                yield _finding(study, view, again, calls, best.split)
            if best.left_out and (more or again.bundles not in gains):
                yield _left_out(study, view, again)
            gains[again.bundles] = max(best.split.gain if best.split else 0, gains.get(again.bundles, 0))
        for border in paid.borders:
            yield from _behind(study, view, border, search)


def _by_day(study: Study, again: Again) -> bool:
    """Whether it matters on which days calls pay so."""
    t = study.compiled.tables.heap
    longest = study.book.rulebook.longest_call.amount
    return longest > k.DAY or any(t[tariff + k.T_SCHEME] > 0 for bundle in again.bundles for tariff in bundle)


def _runs(paid: Paid, again: Again, calls: Sequence[Reached]) -> list[Days]:
    """The days on which calls pay so, those together between which nobody comes to pay something else."""
    borders = {border.before.until: border for border in paid.borders}
    runs: list[Days] = []
    for call in sorted(calls, key=lambda each: each.days.first):
        day = call.days.first
        goes_on = bool(runs) and runs[-1].until == day and (day not in borders or again in borders[day].paid)
        runs.append(Days(runs.pop().first if goes_on else day, call.days.until))
    return runs


def _finding(study: Study, view: int, again: Again, calls: Sequence[Reached], split: Split) -> Finding:
    fits = [call for call in calls if call.days.first <= split.day < call.days.until]
    reached, day = (fits[0], split.day) if fits else (calls[0], calls[0].days.first)
    told, names, start = _told(again, split), " + ".join(again.first), clock_at(split.at)
    message = text(
        f"{names}：{told['whole']} 秒的通话在 {told['first']} 秒时挂断重拨，省 {told['gain']} 元（{start} 开始）",
        f"{names}: a call of {told['whole']} s costs {told['gain']} yuan less when it is hung up and redialled after "
        f"{told['first']} s (from {start})",
    )
    return _made(study, view, [again], "warning", message, _witness(study, view, reached, split, day), told)


def _told(again: Again, split: Split) -> dict[str, object]:
    return {
        "first": in_units(split.first, timed=True), "whole": in_units(split.whole, timed=True),
        "gain": str(yuan(split.gain)), "start": clock_at(split.at), "pays": [list(again.first), list(again.second)],
    }  # fmt: skip


def _behind(study: Study, view: int, border: Border, search: _Search) -> Iterator[Finding]:
    """A finding for a midnight behind which calls that began before it cost less when they are made again."""
    found = {
        again: search.across(again, border)
        for again in sorted(border.paid)
        if again.bundles[0] != again.bundles[1]
    }  # fmt: skip
    yield from (_left_out(study, view, again) for again, best in found.items() if best.left_out)
    splits = {again: best.split for again, best in found.items() if best.split is not None}
    if not splits:
        return
    again, split = max(splits.items(), key=lambda item: item[1].gain)
    told, midnight = _told(again, split), border.before.dates[1]
    changes = [" + ".join(each.first) + " → " + " + ".join(each.second) for each in splits]
    listed = wording.names(changes)
    message = text(
        f"{midnight} 零点前开始的通话仍按旧价，零点后重拨更便宜（{listed.zh}）：{told['whole']} 秒的通话"
        f"在 {told['first']} 秒时挂断重拨，省 {told['gain']} 元（{told['start']} 开始）",
        f"Calls begun before midnight of {midnight} keep their price and cost less redialled behind it ({listed.en}): "
        f"one of {told['whole']} s costs {told['gain']} yuan less when it is hung up and redialled after "
        f"{told['first']} s (from {told['start']})",
    )
    data = {**told, "midnight": midnight.isoformat(), "changes": [_told(*item) for item in splits.items()]}
    witness = _witness(study, view, border.paid[again], split, split.day)
    yield _made(study, view, list(splits), "warning", message, witness, data, MIDNIGHT)


def _left_out(study: Study, view: int, again: Again) -> Finding:
    names = " + ".join(again.first)
    message = text(
        f"{names}：舍入与时段组合过多，未试遍所有拆分方式，可能有更省的拆分",
        f"{names}: rounding and rate periods give more ways to hang up than were tried; another may save more",
    )
    return _made(study, view, [again], "note", message, None, {"left_out": True})


def _made(
    study: Study, view: int, pairs: Sequence[Again], severity: Severity, message: Text, witness: Witness | None,
    data: dict[str, object], *about: str,
) -> Finding:  # fmt: skip
    tariffs = study.compiled.scenarios[view].tariffs
    names = tuple(dict.fromkeys(name for again in pairs for pays in (again.first, again.second) for name in pays))
    at = tuple(tariffs[name].at for name in names)
    return Finding(CODE, severity, message, at, witness, (study.views[view],), (*about, *names), data)


def _witness(study: Study, view: int, reached: Reached, split: Split, day: int) -> Witness:
    """The whole call, and what the two cost instead."""

    def call(at: int, amount: int) -> Call:
        days, rest = divmod(at, k.DAY)
        return call_of(study, reached.days, reached.point, reached.ends, at=rest, exact=amount, day=day + days)

    whole = call(split.at, split.whole)
    parts = call(split.at, split.first), call(split.at + split.first, split.whole - split.first)
    said = [outcome(study, view, each) for each in (whole, *parts)]
    both = text(f"{said[0].zh}；分成两次：{said[1].zh}，{said[2].zh}",
                f"{said[0].en}; as two calls: {said[1].en} and {said[2].en}")  # fmt: skip
    return Witness(whole, study.views[view], described(study, reached.ends, reached.point), both)
