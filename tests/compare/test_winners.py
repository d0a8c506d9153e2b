"""Who wins and who loses: accounts by what their bill becomes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tariffs.compare.measures.winners import CLASSES, Winners, winners
from tariffs.compare.priced import Priced
from tests.compare.priced import Account, Cell, priced

ADD_ON = 5_000_000


def found(cells: Priced, fee: int = 0) -> Winners:
    assert cells.accounts is not None
    held = cells.accounts.holds.get("add-on")
    result = winners(cells, 1, None if held is None else held * fee)
    assert result is not None
    return result


def counts(result: Winners) -> dict[str, int]:
    return {share.name: share.accounts for share in result.classes if share.accounts}


def account_of(before: str, after: str) -> Priced:
    return priced([Cell((before, after))], accounts=[Account({0: 1})])


def test_exactly_five_per_cent_is_not_more_than_five_per_cent() -> None:
    assert {"worse": 1} == counts(found(account_of("1.00", "1.05")))
    assert {"much-worse": 1} == counts(found(account_of("1.00", "1.050001")))
    assert {"better": 1} == counts(found(account_of("1.00", "0.95")))
    assert {"much-better": 1} == counts(found(account_of("1.00", "0.949999")))


def test_who_paid_nothing_is_newly_charged_or_unchanged() -> None:
    assert {"newly-charged": 1} == counts(found(account_of("0", "0.01")))
    assert {"unchanged": 1} == counts(found(account_of("0", "0")))
    assert {"unchanged": 1} == counts(found(account_of("0.70", "0.70")))


def test_the_add_on_gains_from_the_eleventh_minute() -> None:
    cells = [Cell(("0.70", "0.20"))]
    holders = [Account({0: 9}, holds={"add-on": 1}), Account({0: 10}, holds={"add-on": 1}),
               Account({0: 11}, holds={"add-on": 1}), Account({}, holds={"add-on": 1})]  # fmt: skip
    result = found(priced(cells, accounts=holders), ADD_ON)
    assert {"much-worse": 1, "unchanged": 1, "much-better": 1, "newly-charged": 1} == counts(result)


def test_a_change_of_a_month_is_in_its_band() -> None:
    cells = [Cell(("1.00", "2.00")), Cell(("6.00", "1.00")), Cell(("1.00", "1.09"))]
    result = found(priced(cells, accounts=[Account({0: 2}, months=2), Account({1: 1}), Account({2: 1})]))
    bands = {(band.above, band.below): band.accounts for band in result.bands if band.accounts}
    assert {
        (None, Decimal(-5)): 1,
        (Decimal("-0.1"), Decimal("0.1")): 1,
        (Decimal(1), Decimal(5)): 1,
    } == bands
    assert Fraction(1 - 5, 3) + Fraction(9, 300) == result.monthly


def test_accounts_with_equally_many_minutes_are_in_one_decile() -> None:
    cells = [Cell(("0.70", "0.30"))]
    result = found(priced(cells, accounts=[Account({0: n}) for n in (1, 1, 1, 1, 1, 2, 3, 4, 5, 6)]))
    assert [5, 1, 1, 1, 1, 1] == [decile.accounts for decile in result.deciles]
    assert (1, 1) == result.deciles[0].minutes


def test_groups_of_accounts() -> None:
    cells = [Cell(("0.70", "0.30")), Cell(("0.07", "0.30"))]
    accounts = [Account({0: 1}, kind="urban"), Account({1: 1}, kind="rural"), Account({1: 1})]
    by = found(priced(cells, accounts=accounts)).by["kind"]
    assert {"urban": "much-better", "rural": "much-worse", None: "much-worse"} == {
        kind: next(share.name for share in shares if share.accounts) for kind, shares in by.items()
    }


def test_charged_numbers_have_no_groups() -> None:
    result = found(priced([Cell(("0.70", "0.30"))], accounts=[Account({0: 1})], listed=False))
    assert not result.listed
    assert {} == result.by


def test_a_sampled_account_stands_for_several() -> None:
    cells = [Cell(("0.70", "0.30"), calls=2, weight=50), Cell(("0.07", "0.30"), weight=10)]
    result = found(priced(cells, accounts=[Account({0: 2}), Account({1: 1})], weight_scale=10))
    assert {"much-better": Fraction(5, 7), "much-worse": Fraction(2, 7)} == {
        share.name: share.share for share in result.classes if share.accounts
    }


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 3)), min_size=1, max_size=12))
def test_classes_bands_and_deciles_hold_every_account_once_as_the_definition_says(
    rows: list[tuple[int, int, int]],
) -> None:
    cells = [Cell((f"0.{x:06d}", f"0.{y:06d}")) for x, y, _ in rows]
    accounts = [Account({i: n} if n else {}) for i, (_, _, n) in enumerate(rows)]
    result = found(priced(cells, accounts=accounts))
    expected = dict.fromkeys(CLASSES, 0)
    for x, y in ((x * n, y * n) for x, y, n in rows):
        if x == y:
            expected["unchanged"] += 1
        elif x == 0:
            expected["newly-charged"] += 1
        elif y < x:
            expected["much-better" if 100 * (y - x) < -5 * x else "better"] += 1
        else:
            expected["much-worse" if 100 * (y - x) > 5 * x else "worse"] += 1
    assert {name: n for name, n in expected.items() if n} == counts(result)
    assert len(rows) == sum(band.accounts for band in result.bands) == sum(d.accounts for d in result.deciles)
    assert 1 == sum((share.share or Fraction(0) for share in result.classes), Fraction(0))
