"""Revenue with tax and settlement, demand, opt-in, goal seek and intervals: figures that can be worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from tariffs.cdr.failures import InputError
from tariffs.compare.measures import goal, opt_in
from tariffs.compare.measures.demand import BANDS, demand
from tariffs.compare.measures.interval import interval
from tariffs.compare.measures.revenue import revenue
from tariffs.compare.measures.segments import SegmentTable, read_segments, segments_of
from tariffs.compare.priced import Priced
from tests.compare.priced import Account, Cell, priced

CIRCLE = {"relation": "same-circle", "service": "fixed-to-fixed", "period": "day", "group": "home",
          "operator": "china-telecom", "called-operator": "china-telecom"}  # fmt: skip
ZONE = CIRCLE | {"relation": "same-zone", "period": "none", "called-operator": "china-mobile"}
TWO_KINDS = [Cell(("0.70", "0.30"), calls=10, is_=CIRCLE), Cell(("0.22", "0.22"), calls=5, is_=ZONE)]


def table(tmp_path: Path, text: str, *columns: str) -> SegmentTable:
    path = tmp_path / "segments.csv"
    path.write_text(text, encoding="utf-8")
    return read_segments(str(path), columns)


# ---- revenue


def test_revenue_less_tax_and_settlement() -> None:
    rates = {("china-telecom", "china-mobile"): Decimal("0.06")}
    found = revenue(priced(TWO_KINDS), tax=Decimal(3), rates=rates)
    before, after = found.views
    assert (Decimal("8.10"), Decimal("4.10")) == (before.gross, after.gross)
    assert Fraction("8.10") * 3 / 103 == before.tax
    assert Fraction("0.30") == before.settlement  # five minutes to the other operator; inside one network nothing
    assert Fraction("8.10") * 100 / 103 - Fraction("0.30") == before.net


def test_without_a_rate_nobody_knows_what_is_left() -> None:
    found = revenue(priced(TWO_KINDS), rates={})
    assert (("china-telecom", "china-mobile"),) == found.unsettled
    assert (None, None) == (found.views[0].settlement, found.views[0].net)


def test_what_is_not_asked_for_is_not_shown_as_nothing() -> None:
    found = revenue(priced(TWO_KINDS)).views[0]
    assert (None, None, None, None) == (found.tax, found.settlement, found.net, found.realised)


def test_half_of_the_list_price_is_realised_in_a_circle(tmp_path: Path) -> None:
    factors = table(tmp_path, "relation,service,period,group,factor\nsame-circle,any,any,any,0.5\nany,any,any,any,1\n",
                    "factor")  # fmt: skip
    assert Fraction("4.60") == revenue(priced(TWO_KINDS), realised=factors).views[0].realised


# ---- demand


def elasticities(tmp_path: Path, *lines: str) -> SegmentTable:
    return table(tmp_path, "\n".join(["relation,service,period,group,low,central,high", *lines]), *BANDS)


def test_an_elasticity_of_minus_one_keeps_what_is_spent(tmp_path: Path) -> None:
    low, central, high = demand(priced(TWO_KINDS), 1, elasticities(tmp_path, "any,any,any,any,0,-1,-1"))
    assert Decimal("4.10") == low.revenue.normalize() == low.static.normalize()
    assert Decimal("8.10") == central.revenue.quantize(Decimal("0.000001")).normalize() + Decimal(0)
    grown = central.responses[0].minutes[1]
    assert Decimal(70) / 3 == grown.quantize(Decimal(1).scaleb(-26)).quantize(Decimal(1).scaleb(-26))
    assert Decimal("0.4") / 2 * (10 + grown) - central.gain < Decimal("1e-30")
    assert 1 == central.outside  # 0.70 to 0.30 is less than half
    assert central.revenue == high.revenue


def test_what_stays_free_stays_and_what_becomes_free_is_refused(tmp_path: Path) -> None:
    any_ = elasticities(tmp_path, "any,any,any,any,-0.1,-0.2,-0.3")
    free = priced([*TWO_KINDS, Cell(("0", "0"), is_=CIRCLE | {"service": "emergency"})])
    (emergency,) = (r for r in demand(free, 1, any_)[1].responses if r.segment[1] == "emergency")
    assert Decimal(0) == emergency.revenue[1]
    with pytest.raises(InputError, match=r"becomes 0 or was 0.*emergency"):
        demand(priced([Cell(("0.10", "0"), is_=CIRCLE | {"service": "emergency"})]), 1, any_)


def test_a_table_that_lacks_a_segment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="same-zone × fixed-to-fixed × none × home"):
        demand(priced(TWO_KINDS), 1, elasticities(tmp_path, "same-circle,any,any,any,-0.1,-0.2,-0.3"))


def test_the_line_that_names_most_decides(tmp_path: Path) -> None:
    found = elasticities(
        tmp_path, "any,any,any,any,0,0,0", "same-circle,any,any,any,1,1,1", "same-circle,any,day,any,2,2,2"
    )
    _, segments = segments_of(priced(TWO_KINDS))
    assert {"same-circle": 2, "same-zone": 0} == {
        segment[0]: int(value[0]) for segment, value in found.of(segments).items()
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["any,any,any,any,a,0,0"], ":2: 'a': write a plain number"),
        (["any,any,any,any,0,0"], ":2: 6 columns instead of 7"),
        (["any,any,any,any,0,0,0", "any,any,any,any,1,1,1"], ":3: line 2 is about the same calls"),
        (["a,any,any,any,0,0,0", "any,b,any,any,1,1,1"], ":3: some calls fit line 2 as well"),
    ],
)
def test_bad_tables(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        elasticities(tmp_path, *lines)


# ---- opt-in


def fees(cells: Priced) -> Any:
    """Five yuan an account."""
    assert cells.accounts is not None
    return np.full(len(cells.accounts), 5_000_000, np.int64)


def minutes(*numbers: int) -> Priced:
    """Accounts by their minutes between cities: 0.70 a minute, 0.20 with the add-on."""
    return priced([Cell(("0.70", "0.20"))], accounts=[Account({0: n} if n else {}) for n in numbers])


def test_the_add_on_breaks_even_at_ten_minutes() -> None:
    found = minutes(9, 10, 11)
    assert found.accounts is not None
    assert [-500_000, 0, 500_000] == opt_in.gains(found, found.accounts, 1, fees(found)).tolist()


def test_three_ways_to_choose_half_of_the_eligible() -> None:
    everyone = np.ones(4, bool)
    (found,) = opt_in.opt_in(minutes(0, 10, 30, 50), 1, fees(minutes(0, 10, 30, 50)), everyone, [Fraction(1, 2)]) or ()
    largest, eligible, gaining = found.uptakes
    assert (Fraction(4), Fraction(2)) == (found.eligible, found.gaining)
    assert (Fraction(30), Fraction(10)) == (largest.gain, largest.fees)  # 10 + 20 yuan
    assert Fraction(25, 2) == eligible.gain  # half of −5 + 0 + 10 + 20
    assert Fraction(30) == gaining.gain
    assert (Fraction(25, 2), Fraction(30)) == found.envelope
    assert Fraction(25) == found.universal


def test_nobody_takes_it_for_a_loss_when_only_gainers_do() -> None:
    (found,) = opt_in.opt_in(minutes(0, 5), 1, fees(minutes(0, 5)), np.ones(2, bool), [Fraction(1)]) or ()
    assert [Fraction("-7.5"), Fraction("-7.5"), Fraction(0)] == [uptake.gain for uptake in found.uptakes]


def test_without_accounts_there_is_no_figure() -> None:
    assert opt_in.opt_in(priced([Cell(("0.70", "0.20"))]), 1, None, np.ones(0, bool), [Fraction(1)]) is None


# ---- goal seek


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 2 * 10**6), st.integers(1, 3)),
             min_size=1, max_size=8),
    st.fractions(0, 1, max_denominator=8),
)  # fmt: skip
def test_the_largest_price_is_that_of_trying_each(accounts: list[tuple[int, int, int, int]], target: Fraction) -> None:
    a, b, base, weights = (np.array(column, np.int64) for column in zip(*accounts, strict=True))

    def holds(price: int) -> bool:
        worse = sum(w for x, y, z, w in accounts if x + y * price > z)
        return Fraction(worse) <= target * sum(w for _, _, _, w in accounts)

    intervals = goal.satisfying(holds, (0, 40))
    assert (intervals[-1][1] if intervals else None) == goal.at_most_worse(a, b, base, weights, target, (0, 40))
    assert [p for p in range(41) if holds(p)] == [p for first, last in intervals for p in range(first, last + 1)]


def test_the_price_of_equal_revenue_and_its_neighbours() -> None:
    # 100 minutes at p and 5 yuan besides; the base earned 38.50: p is 0.335
    at = {step: 5_000_000 + 100 * step * goal.STEP for step in (0, 1)}
    found = goal.neutral(at[0], at[1], 38_500_000, (0, 100))
    assert Fraction("0.335") == found.exact
    assert ((33, Fraction("-0.5")), (34, Fraction("0.5"))) == found.neighbours


def test_no_price_of_equal_revenue() -> None:
    assert goal.Neutral(None, ()) == goal.neutral(0, 10_000, 2_000_000, (0, 100))


def test_prices_of_prd_make_straight_bills() -> None:
    book = tariffs.load("prd")
    assert goal.is_straight(book, ["plan-2010"], "inter-zone-price")
    local = book.tariffs["inter-zone"]
    capped = local.model_copy(update={"charge": local.charge.model_copy(update={"maximum": Decimal(5)})})
    bent = book.model_copy(update={"tariffs": dict(book.tariffs) | {"inter-zone": capped}})
    assert not goal.is_straight(bent, ["plan-2010"], "inter-zone-price")
    assert goal.is_straight(bent, ["plan-2010"], "ip-price")


# ---- intervals


def test_equal_accounts_leave_no_doubt() -> None:
    found = interval(priced([Cell(("0.70", "0.30"))], accounts=[Account({0: 1})] * 5), 1, population=50)
    assert found is not None
    assert ((Decimal("-2.00"),) * 2, Fraction(1, 10)) == (found.change, found.coverage)
    assert (Fraction(-4, 7),) * 2 == found.relative


def test_the_same_seed_draws_the_same_accounts() -> None:
    cells = priced([Cell(("0.70", "0.30"))], accounts=[Account({0: n}) for n in range(1, 9)])
    assert interval(cells, 1, seed=1) == interval(cells, 1, seed=1)
    assert interval(cells, 1, seed=1) != interval(cells, 1, seed=2)


def test_the_interval_holds_the_change_itself() -> None:
    found = interval(priced([Cell(("0.70", "0.30"))], accounts=[Account({0: n}) for n in range(1, 40)]), 1)
    assert found is not None
    assert found.change[0] < Decimal("-0.40") * sum(range(1, 40)) < found.change[1]
