"""The calls that the checks walk over are the calls that there can be: none missing, none made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tariffs.checks.study import Study
from tariffs.checks.witnesses import call_of, charge
from tariffs.rating import kernel as k
from tests.checks.drawn import drawn, every_call, promising_books, study
from tests.smallworld import Draft
from tests.strategies import calls

UNDECIDED = (k.NO_RULE, k.TWO_RULES)


def reached_leaves(examined: Study, view: int) -> set[int]:
    return {reached.leaves[0] for reached in examined.reached([view])}


@drawn(60)
@given(promising_books())
def test_every_leaf_that_is_said_to_be_reached_is_reached_by_the_call_shown(draft: Draft) -> None:
    examined = study(draft)
    for view in range(len(examined.views)):
        for reached in examined.reached([view]):
            call = call_of(examined, reached.days, reached.point, reached.ends)
            assert reached.leaves[0] == charge(examined, view, call)[2]


@drawn(8)
@given(promising_books(), st.data())
def test_no_call_reaches_a_leaf_that_was_not_walked_to(draft: Draft, data: st.DataObject) -> None:
    examined = study(draft)
    few = data.draw(st.lists(calls(draft, valid=True), max_size=20))
    for view in range(len(examined.views)):
        known = reached_leaves(examined, view)
        days = data.draw(st.sampled_from(examined.days))
        for call in [*few, *every_call(days, draft)]:
            status, _, leaf = charge(examined, view, call)
            if status in (k.RATED, k.ZERO_DURATION, k.TWO_RULES) or (status == k.NO_RULE and leaf >= 0):
                assert leaf in known
