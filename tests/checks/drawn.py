"""Drawn rulebooks with promises, and every call of their small world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, Phase, reject, seed, settings
from hypothesis import strategies as st

from tariffs import Call, RulebookError
from tariffs.checks.checking import study_of
from tariffs.checks.domain import Days
from tariffs.checks.study import Study
from tests.engine import rater_of
from tests.smallworld import CIRCLES, Draft
from tests.strategies import SHANGHAI, conditions, intervals, rulebooks, scenario_books

CALLERS = ("02038123456", "02084123456", "02061234567", "075581234567", "13800138000", "13820123456", "0085221234567")
CALLED = (*CALLERS, "110", "4001234567", "12345", "18912345678")
PLACES = (None, "guangzhou", "foshan", "hong-kong")


@st.composite
def promising_books(draw: st.DrawFn) -> Draft:
    """A drawn rulebook, with or without a scenario, that promises to price some calls."""
    draft = draw(st.one_of(rulebooks(), scenario_books()))
    covers = [
        {"when": draw(conditions(options=list(draft.sections["options"])))} | draw(intervals())
        for _ in range(draw(st.integers(1, 3)))
    ]
    if any(circle in repr(covers) for circle in CIRCLES):
        draft = draft.but(circles=CIRCLES)
    return draft.but(covers=covers)


Test = TypeVar("Test", bound=Callable[..., None])


def drawn(examples: int, part: int | None = None) -> Callable[[Test], Test]:
    """That many rulebooks. None is made smaller after a failure: that takes longer than reading it as it is.

    `part`: where a profile draws the same every time, it is this part of what there is, however the test is written.
    """
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(
        suppress_health_check=slow, max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.generate]
    )

    def of(test: Test) -> Test:
        return chosen(test if part is None or not chosen.derandomize else seed(part)(test))

    return of


def study(draft: Draft) -> Study:
    """The rulebook of a draft as the checks see it, without the changes that the engine refuses as useless."""
    scenarios = [name for name in draft.sections["scenarios"] if name != "baseline"]
    try:
        kept, _ = rater_of(draft, ["baseline", *scenarios])
    except RulebookError as error:
        if {"bad-interval"} == {problem.code for problem in error.problems}:
            reject()  # a phase whose day is a parameter was drawn before the phase that it follows
        raise
    return study_of(kept.book(), "baseline", scenarios)


def every_call(days: Days, draft: Draft) -> Iterator[Call]:
    """Calls from everywhere to everywhere on the first of these days, in every direction and by every way."""
    start = dt.datetime.combine(days.dates[0], dt.time(12), SHANGHAI)
    options = list(draft.sections["options"])
    for caller in CALLERS:
        for called in CALLED:
            for direction in ("originated", "received"):
                for served in PLACES:
                    for access in ("", "17909"):
                        for held in (frozenset[str](), frozenset(options)):
                            yield Call(
                                id="every", caller=caller, called=access + called, start=start, seconds=60,
                                seizure=60, quantity=1, direction=direction, served_place=served, options=held,
                            )  # fmt: skip
