"""Rate periods that hold on named days: dates and recurrences."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import tariffs
from tests.smallworld import LEAVE

BOOK = Path(__file__).with_name("dated-periods.yaml")
CHINA = ZoneInfo("Asia/Shanghai")


def price(moment: str, seconds: int) -> str:
    rate = tariffs.load(str(BOOK)).rater(["today"], allow=LEAVE)
    start = dt.datetime.fromisoformat(moment).replace(tzinfo=CHINA)
    result = rate(tariffs.Call(id="1", caller="01081234567", called="01082345678", start=start, seconds=seconds))
    assert isinstance(result, tariffs.Rated), result
    return str(result.charges["today"].amount)


@pytest.mark.parametrize(
    "expected, moment",
    [
        ("1.00", "2011-05-16 12:00"),
        ("0.10", "2011-05-17 12:00"),  # the day named
        ("0.10", "2011-05-17 08:00"),
        ("1.00", "2011-05-17 07:59"),  # outside its clock
        ("0.50", "2011-12-31 00:00"),  # the last day of every year
        ("0.50", "2015-12-31 23:59"),
        ("1.00", "2012-01-01 00:00"),
    ],
)
def test_a_minute_on_a_named_day_has_the_price_of_that_day(expected: str, moment: str) -> None:
    assert expected == price(moment, 60)


def test_a_call_into_a_named_day_pays_each_unit_by_its_own_start() -> None:
    assert "1.50" == price("2011-12-30 23:59", 120)


def test_periods_that_take_a_named_day_twice_are_told(tmp_path: Path) -> None:
    text = BOOK.read_text(encoding="utf-8").replace("2011-05-17]", "2011-12-31]")
    (tmp_path / "book.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(tariffs.RulebookError) as caught:
        tariffs.load(str(tmp_path / "book.yaml"))
    assert "08:00–24:00 on" in str(caught.value)
    assert ["rate-period-gap"] == [problem.code for problem in caught.value.problems]
