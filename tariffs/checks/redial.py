"""`redial`: two calls, the second starting when the first ends, cheaper than the one they add up to.

Hanging up anywhere but at the end of a paid unit saves nothing, and behind the last step the pattern of prices repeats;
so the ends of the units of the steps and of one repetition are all that must be tried. Where a tariff has rate periods,
starts before each boundary are tried in the same way, hanging up at the ends of units and at the boundary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tariffs.checks.dearer import clock, in_units
from tariffs.checks.findings import Finding, Witness, text
from tariffs.checks.staircases import Staircase, tick_of
from tariffs.checks.starts import DAY_SECONDS
from tariffs.checks.study import Reached, Study
from tariffs.checks.witnesses import call_of, described, outcome
from tariffs.rating import kernel as k
from tariffs.rating.call import yuan
from tariffs.rating.pricing import CONVERSATION

CODE: Final = "redial"
MEANING: Final = text(
    "分成前后相接的两次通话比一次通话便宜",
    "Two calls, the second starting when the first ends, cost less than the one they add up to.",
)
_MOST_ENDS: Final = 400
_MOST_WITH_PERIODS: Final = 40
Bundle = tuple[int, ...]


class Split(NamedTuple):
    """A call of `whole` microseconds from a second of a day that is cheaper as `first` and the rest, by `gain`
    micro-yuan.
    """

    gain: int
    first: int
    whole: int
    day: int
    second: int


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each bundle of tariffs of time that some call pays and that hanging up makes cheaper."""
    told: set[Bundle] = set()
    for view in range(len(study.views)):
        for reached in study.reached([view]):
            pays = study.leaf(reached.leaves[0]).pay or ()
            bundle = study.bundle(view, pays)
            if bundle and bundle not in told and _is_timed(study, bundle):
                told.add(bundle)
                split = best_split(study, bundle, reached)
                if split is not None:
                    yield _finding(study, view, reached, pays, split)


def _is_timed(study: Study, bundle: Bundle) -> bool:
    t = study.compiled.tables.heap
    return all(t[tariff + k.T_MEASURE] == CONVERSATION for tariff in bundle)


def best_split(study: Study, bundle: Bundle, reached: Reached) -> Split | None:
    """The split with the largest gain, of calls up to the longest."""
    found = [_split(study, bundle, *moment) for moment in study.prices.moments(bundle, reached.days)]
    return max((split for split in found if split is not None), default=None)


def _split(study: Study, bundle: Bundle, day: int, second: int) -> Split | None:
    """The best split of calls from one start."""
    whole = study.prices.stairs(bundle, day, second)
    last, tick = min(s.last for s in whole), tick_of(whole)
    cuts = study.prices.boundaries_behind(bundle, day, second)
    firsts = sorted({*_ends(whole, tick), *(c * 1_000_000 for c in cuts if c * 1_000_000 < last)})
    most = _MOST_ENDS if not cuts else _MOST_WITH_PERIODS
    best: Split | None = None
    for first in firsts[:most]:
        paid = _at(whole, first)
        days, rest = divmod(second - (-first // 1_000_000), DAY_SECONDS)
        # Behind a start in another rate period, the second call has prices of its own.
        then = study.prices.stairs(bundle, day + days, rest) if cuts else whole
        longest = min(last - first, *(s.last for s in then))
        for more in {*_ends(then, tick)[:most], last - first}:
            if 0 < more <= longest:
                gain = _at(whole, first + more) - paid - _at(then, more)
                if gain > 0 and (best is None or gain > best.gain):
                    best = Split(gain, first, first + more, day, second)
    return best


def _ends(stairs: Sequence[Staircase], tick: int) -> list[int]:
    """The last amounts of usage before the price goes up, over all steps and one repetition behind them."""
    last = min((s.last for s in stairs), default=0)
    if last <= 0:
        return []
    cuts = sorted({0, last, *(c for s in stairs for pair in s.breaks() for c in pair if 0 < c < last)})
    found: set[int] = set()
    for low, high in pairwise(cuts):
        period = max(s.period(low, high) for s in stairs)
        for s in stairs:
            found |= {e - tick for e in s.edges(low, min(high, low + 2 * period), tick) if e > tick}
    return sorted(found)


def _at(stairs: Sequence[Staircase], amount: int) -> int:
    return sum(s.at(amount) for s in stairs)


def _finding(study: Study, view: int, reached: Reached, pays: tuple[str, ...], split: Split) -> Finding:
    day = split.day if reached.days.first <= split.day < reached.days.until else reached.days.first
    call = call_of(study, reached.days, reached.point, reached.ends, second=split.second, exact=split.whole, day=day)
    shown = Witness(call, study.views[view], described(study, reached.ends, reached.point), outcome(study, view, call))
    first, whole = in_units(split.first, timed=True), in_units(split.whole, timed=True)
    tariffs, names = study.compiled.scenarios[view].tariffs, " + ".join(pays)
    gain = yuan(split.gain)
    return Finding(
        CODE, "warning",
        text(f"{names}：{whole} 秒的通话在 {first} 秒时挂断重拨，省 {gain} 元（{clock(split.second)} 开始）",
             f"{names}: a call of {whole} s costs {gain} yuan less when it is hung up and redialled after {first} s "
             f"(from {clock(split.second)})"),
        tuple(tariffs[name].at for name in pays), shown, (study.views[view],), pays,
        {"first": first, "whole": whole, "gain": str(gain), "start": clock(split.second)},
    )  # fmt: skip
