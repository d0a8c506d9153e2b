"""Whole comparisons over generated calls: what must hold whatever the calls are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import tariffs
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.compare import explore
from tariffs.compare.cells import Cells
from tariffs.compare.comparison import Comparison, Part, Question, compare
from tariffs.compare.explore import Goal
from tariffs.compare.gather import gather
from tariffs.compare.measures.totals import GROUPINGS, total
from tariffs.compare.report.sections import report
from tariffs.language import words

CALLS = Path(__file__).parent.parent.parent / "examples" / "guangdong-2011-10.csv"
PLAN = Question(base="baseline", scenarios=("plan-2010",), as_of=("plan-2010:2",))


@pytest.fixture(scope="module")
def book() -> tariffs.Rulebook:
    return tariffs.load("prd")


@pytest.fixture(scope="module")
def cells(book: tariffs.Rulebook) -> Cells:
    request = RateRequest(inputs=(str(CALLS),), output="-")
    with open_inputs(request) as inputs:
        return gather(inputs, book.rater("baseline"), request=request).cells


@pytest.fixture(scope="module")
def plan(cells: Cells, book: tariffs.Rulebook) -> Part:
    (part,) = compare(cells, book, PLAN).parts
    return part


def only(comparison: Comparison) -> Part:
    (part,) = comparison.parts
    return part


def test_the_totals_are_those_of_rating_every_call(plan: Part, book: tariffs.Rulebook, tmp_path: Path) -> None:
    from tariffs.cdr.run import run

    rater = book.rater(["baseline", "plan-2010"], as_of="plan-2010:2")
    rated = run(RateRequest(inputs=(str(CALLS),), output=str(tmp_path / "rated.parquet")), rater)
    assert tuple(Decimal(tally.total.charge).scaleb(-6) for tally in rated.views) == plan.total.charges
    assert rated.total.rated == plan.total.calls


def test_a_scenario_without_changes_changes_nothing(cells: Cells, book: tariffs.Rulebook) -> None:
    same = book.scenarios["baseline"].model_copy(update={"changes": ()})
    twice = book.model_copy(update={"scenarios": dict(book.scenarios) | {"same": same}})
    part = only(compare(cells, twice, Question(base="baseline", scenarios=("same",), as_of=("2015-01-01",))))
    assert Decimal(0) == part.total.change(1)
    assert [("unchanged", len(part.priced.accounts or ()))] == [
        (share.name, share.accounts) for share in part.winners[1].classes if share.accounts
    ]
    assert part.gaps[0].calls == part.gaps[1].calls
    assert {Decimal(0)} == {group.change(1) for groups in part.groups.values() for group in groups}


def test_swapping_base_and_scenario_negates_every_difference(plan: Part, cells: Cells, book: tariffs.Rulebook) -> None:
    back = only(compare(cells, book, Question(base="plan-2010", scenarios=("baseline",), as_of=("plan-2010:2",))))
    assert plan.total.change(1) == -back.total.change(1)
    assert (plan.total.dearer[1], plan.total.cheaper[1]) == (back.total.cheaper[1], back.total.dearer[1])
    for by in ("city-pair", "service", "hour", "month"):
        there = {group.name: group.change(1) for group in plan.groups[by]}
        assert there == {group.name: -group.change(1) for group in back.groups[by]}


def test_disjoint_changes_stack_either_way(cells: Cells, book: tariffs.Rulebook) -> None:
    plan = book.scenarios["plan-2010"]
    by_line = {
        name: plan.model_copy(update={"changes": tuple(c for c in plan.changes if (c.pay == ("inter-zone",)) is fixed)})
        for name, fixed in (("lines", True), ("mobiles", False))
    }
    two = book.model_copy(update={"scenarios": dict(book.scenarios) | by_line})
    charges = [
        only(compare(cells, two, Question(base="baseline", scenarios=(stack,), as_of=("2015-06-01",)))).total.charges
        for stack in ("lines+mobiles", "mobiles+lines")
    ]
    assert charges[0] == charges[1]
    whole = only(compare(cells, book, Question(base="baseline", scenarios=("plan-2010",), as_of=("2015-06-01",))))
    assert whole.total.charges == charges[0]


@pytest.mark.parametrize("by", [by for by in GROUPINGS if by not in ("operator", "group", "kind")])
def test_parts_add_up_to_the_total(by: str, plan: Part) -> None:
    for view in range(2):
        assert plan.total.charges[view] == sum((group.charges[view] for group in plan.groups[by]), Decimal(0))
    assert plan.total.calls == sum(group.calls for group in plan.groups[by])


def test_the_goal_is_that_of_trying_every_price(plan: Part) -> None:
    wanted = Goal("inter-zone-price", Fraction(1, 100), highest=Decimal("0.45"))
    found = explore.reach(plan, wanted, 1)
    held = []
    for fen in range(46):
        (step,) = explore.sweep(plan, "inter-zone-price", [f"{fen / 100:.2f}"])
        share = step.worse[1]
        assert share is not None
        if share <= Fraction(1, 100):
            held.append(fen)
    assert Decimal(max(held)) / 100 == found.price


def test_revenue_is_equal_between_the_two_prices_that_goal_seek_gives(plan: Part) -> None:
    found = explore.reach(plan, Goal("inter-zone-price"), 1)
    assert found.neutral is not None
    (low, below), (high, above) = found.neutral.neighbours
    assert high == low + 1
    assert below <= 0 <= above
    for step, expected in found.neutral.neighbours:
        priced = plan.what_if.price(assume={"inter-zone-price": f"{step / 100:.2f}"})
        assert expected == Fraction(total(priced).change(1))


def test_a_goal_that_no_price_reaches(plan: Part) -> None:
    assert not explore.reach(plan, Goal("inter-zone-price", highest=Decimal("0.10")), 1).found
    assert not explore.reach(plan, Goal("inter-zone-price", Fraction(0), highest=Decimal("0.10")), 1).found


def test_prices_that_do_not_follow_a_line_are_all_tried(cells: Cells, book: tariffs.Rulebook) -> None:
    tariff = book.tariffs["inter-zone"]
    capped = tariff.model_copy(update={"charge": tariff.charge.model_copy(update={"maximum": Decimal("0.60")})})
    bent = book.model_copy(update={"tariffs": dict(book.tariffs) | {"inter-zone": capped}, "digest": "bent"})
    part = only(compare(cells, bent, PLAN))
    found = explore.reach(part, Goal("inter-zone-price", Fraction(1, 100), highest=Decimal("0.40")), 1)
    assert not found.straight
    for first, last in found.intervals:
        for price in (first, last):
            (step,) = explore.sweep(part, "inter-zone-price", [f"{price:f}"])
            assert (step.worse[1] or 0) <= Fraction(1, 100)


def test_the_assumption_that_moves_most_stands_first(plan: Part) -> None:
    found = explore.sensitivity(plan, {"inter-zone-price": ["0.20"]})
    assert [item.swing for item in found] == sorted((item.swing for item in found), reverse=True)
    moved = next(item for item in found if item.parameter == "inter-zone-price")
    at_fen = plan.what_if.price(assume={"inter-zone-price": "0.20"})
    assert {"0.20": total(at_fen).change(1) - plan.total.change(1)} == moved.changes
    assert ("illustrative",) == next(item for item in found if item.parameter == "business-zones").unanswered


def test_a_phase_that_slips_past_the_calls(cells: Cells, book: tariffs.Rulebook) -> None:
    days = {"plan-phase-1": "2011-01-01", "plan-phase-2": "2011-10-01"}
    early = Question(base="baseline", scenarios=("plan-2010",), assume=days)
    slipped = explore.slip(compare(cells, book, early), "plan-2010", "2", 1)
    phase_1 = compare(cells, book, Question(base="baseline", scenarios=("plan-2010",), as_of=("plan-2010:1",)))
    assert only(phase_1).total.charges == slipped.later.charges
    assert slipped.planned.change(1) < slipped.later.change(1) < 0


def test_by_default_every_phase_is_looked_at(cells: Cells, book: tariffs.Rulebook) -> None:
    found = compare(cells, book, Question(base="baseline", scenarios=("plan-2010", "delivery-2012")))
    assert ["", "plan-2010:1", "delivery-2012:1", "plan-2010:2"] == [part.reference for part in found.parts]
    own = found.parts[0]
    assert Decimal(0) == own.total.change(1)  # no phase has begun when the calls are made


def test_both_values_on_which_sources_differ(plan: Part) -> None:
    (other,) = plan.otherwise
    assert ("inter-zone-price", "0.20") == (other.parameter, other.value)
    assert other.total.change(1) < plan.total.change(1)


def test_the_base_is_not_compared_with_itself(cells: Cells, book: tariffs.Rulebook) -> None:
    with pytest.raises(ValueError, match="than itself"):
        compare(cells, book, Question(base="baseline", scenarios=("baseline",)))


def test_no_calls_in_the_period(book: tariffs.Rulebook, tmp_path: Path) -> None:
    empty = tmp_path / "calls.csv"
    empty.write_text("id,caller,called,start,duration\n", encoding="utf-8")
    request = RateRequest(inputs=(str(empty),), output="-")
    with open_inputs(request) as inputs:
        nothing = gather(inputs, book.rater("baseline"), request=request).cells
    part = only(compare(nothing, book, PLAN))
    assert (0, None) == (part.total.calls, part.total.dearer_share(1))
    assert part.basket is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_proves_which_calls_become_dearer(language: str, cells: Cells, book: tariffs.Rulebook) -> None:
    made = report(compare(cells, book, PLAN), words(language), proofs=True)
    (table,) = (table for table in made.tables() if table.key == "dearer")
    between = "、" if language == "zh" else ", "
    assert between.join(["1–42", "61–84", "121–132"]) in table.column("ranges")
    assert "1–24" in table.column("ranges")
    assert Decimal("0.26") in table.column("worst")


def test_no_report_holds_a_telephone_number(cells: Cells, book: tariffs.Rulebook) -> None:
    import csv
    import re

    from tariffs.compare.report.html import html

    page = html(report(compare(cells, book, PLAN), words("en"), proofs=True))
    with CALLS.open(encoding="utf-8") as file:
        numbers = {row[end] for row in csv.DictReader(file) for end in ("caller", "called") if len(row[end]) > 6}
    assert set() == set(re.findall(r"[0-9]{7,}", page)) & numbers
