"""An add-on whose monthly fee is a parameter: its value counts wherever bills do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import tariffs
from tariffs import Rulebook, RulebookError
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.compare.accounts import read_accounts
from tariffs.compare.comparison import Comparison, Part, Question, compare
from tariffs.compare.explore import Goal, explore, sweep
from tariffs.compare.gather import gather
from tests.cli.commands import SMALL

START = dt.date(2012, 3, 1)
DEAR, CHEAP = "500.00", "0.10"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The small rulebook, its add-on at a fee that somebody has to name."""
    folder = tmp_path_factory.mktemp("fees")
    text = Path(SMALL).read_text("utf-8").replace("fee: 5.00, eligible", "fee: pack-fee, eligible")
    head, _, rest = text.partition("\nparameters:\n")
    (folder / "fees.yaml").write_text(
        f"{head}\nparameters:\n  pack-fee: {{name: {{zh: 月费, en: Fee}}, kind: price, unit: yuan}}\n{rest}", "utf-8"
    )
    return tariffs.load(folder / "fees.yaml")


def part(book: Rulebook, folder: Path, fee: str | None) -> Part:
    """Five calls of ten minutes from one line, which may take the add-on."""
    calls, accounts = folder / "calls.csv", folder / "accounts.csv"
    rows = [f"02081234567,075781234567,2012-03-0{day}T10:00:00,600\n" for day in range(1, 6)]
    calls.write_text("caller,called,start,duration\n" + "".join(rows), "utf-8")
    accounts.write_text("account,number\nA,02081234567\n", "utf-8")
    rater = book.rater(["baseline", "pack"], assume={"pack-fee": CHEAP})
    request = RateRequest(inputs=(str(calls),), output="-")
    with open_inputs(request) as inputs:
        cells = gather(inputs, rater, request=request, accounts=read_accounts(str(accounts), rater)).cells
    given = {} if fee is None else {"pack-fee": fee}
    return compare(cells, book, Question(base="baseline", scenarios=("pack",), as_of=(START,), assume=given)).parts[0]


def one(found: Part) -> Comparison:
    return Comparison(found.question, found.rater.compiled.book, found.cells, (found,))


def worse(found: Part) -> list[Fraction | None]:
    dearer = ("worse", "much-worse", "newly-charged")
    return [
        sum((c.share or Fraction(0) for c in who.classes if c.name in dearer), Fraction(0))
        for who in found.winners.values()
    ]


def test_a_row_of_fees_says_of_each_what_a_comparison_at_it_says(book: Rulebook, tmp_path: Path) -> None:
    at = {fee: part(book, tmp_path, fee) for fee in (CHEAP, DEAR)}
    rows = {step.value: list(step.worse.values()) for step in sweep(at[CHEAP], "pack-fee", [CHEAP, DEAR])}
    assert {fee: worse(found) for fee, found in at.items()} == rows
    assert 1 in rows[DEAR] and 1 not in rows[CHEAP]


def test_a_goal_may_be_a_fee(book: Rulebook, tmp_path: Path) -> None:
    """The dearest fee at which nobody is worse off; a fen more, and somebody is."""
    found = part(book, tmp_path, CHEAP)
    (who,) = (
        r
        for n, many in explore(one(found), goals=[Goal("pack-fee", Fraction(0), Decimal(100))]).goals.items()
        for r in many
    )
    assert who.price is not None
    dearest = part(book, tmp_path, f"{who.price}")
    assert 1 not in worse(dearest)
    assert 1 in worse(part(book, tmp_path, f"{who.price + Decimal('0.01')}"))


def test_a_fee_that_nobody_names_is_asked_for_and_not_taken_for_nothing(book: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="pack-fee"):
        part(book, tmp_path, None)
