"""The oracle itself against figures worked by hand: what it says of a call must not rest on the engine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle import Priced, Reading, Unknown, World, day_type, rate, read_number, relation
from tests.smallworld import CIRCLES, NUMBERING, PLACES, SEGMENTS, ZONINGS, Draft, Section, named, one_tariff
from tests.strategies import SHANGHAI, fixed_call

LONG_DISTANCE: Section = {
    "per": "6 s", "price": {"day": "0.07", "night": "0.04"}, "periods": "night-and-day", "crossing": "each-unit",
}  # fmt: skip
LOCAL: Section = {"steps": [{"for": "180 s", "price": "0.22"}, {"per": "60 s", "price": "0.11"}]}
INTER_ZONE: Section = {"per": "60 s", "price": "0.30"}
NOON = dt.datetime(2012, 3, 1, 12, tzinfo=SHANGHAI)
DAY = dt.date(2012, 3, 1)


def yuan(charge: Section, start: dt.datetime, seconds: int) -> Decimal:
    priced = rate(World(one_tariff(charge).book()), fixed_call(start, seconds))
    assert isinstance(priced, Priced)
    cents = priced.amount * 100
    assert cents.denominator == 1
    return Decimal(int(cents)).scaleb(-2)


@pytest.mark.parametrize(
    "seconds, day, night, local, inter_zone",
    [
        (1, "0.07", "0.04", "0.22", "0.30"),
        (60, "0.70", "0.40", "0.22", "0.30"),
        (61, "0.77", "0.44", "0.22", "0.60"),
        (180, "2.10", "1.20", "0.22", "0.90"),
        (181, "2.17", "1.24", "0.33", "1.20"),
        (600, "7.00", "4.00", "0.99", "3.00"),
    ],
)
def test_the_worked_table(seconds: int, day: str, night: str, local: str, inter_zone: str) -> None:
    assert Decimal(day) == yuan(LONG_DISTANCE, NOON, seconds)
    assert Decimal(night) == yuan(LONG_DISTANCE, NOON.replace(hour=3), seconds)
    assert Decimal(local) == yuan(LOCAL, NOON, seconds)
    assert Decimal(inter_zone) == yuan(INTER_ZONE, NOON, seconds)


def test_a_call_over_seven_pays_each_unit_by_its_own_start() -> None:
    # 06:59:50: units at 50 and 56 s of the night, nine of the day.
    assert Decimal("0.71") == yuan(LONG_DISTANCE, NOON.replace(hour=6, minute=59, second=50), 61)


def test_a_quoted_minute_billed_by_the_second_is_exact_until_it_is_rounded() -> None:
    charge = {"per": "60 s", "billed-by": "1 s", "price": "0.11", "rounding": {"to": "0.01", "mode": "half-up"}}
    priced = rate(World(one_tariff(charge).book()), fixed_call(NOON, 50))
    assert isinstance(priced, Priced)
    assert Fraction(11, 120) == priced.components[0].exact  # type: ignore[union-attr]
    assert Fraction(9, 100) == priced.amount


@pytest.mark.parametrize(
    "expected, day",
    [
        ("working-day", "2011-10-08"), ("holiday", "2011-10-01"), ("rest-day", "2011-10-15"), ("holiday", "2012-01-01"),
        ("working-day", "2012-03-01"),
    ],
)  # fmt: skip
def test_day_types(expected: str, day: str) -> None:
    assert expected == day_type(one_tariff(INTER_ZONE).book().calendar, dt.date.fromisoformat(day))


def world(**sections: Section) -> World:
    base = one_tariff(INTER_ZONE).but(places=PLACES, zonings=ZONINGS, circles=CIRCLES, numbering=NUMBERING)
    operators = {name: {"name": named(name)} for name in ("telecom", "unicom", "mobile")}
    return World(Draft({**base.sections, "operators": operators, **sections}, {"segments.csv": SEGMENTS}).book())


@pytest.mark.parametrize(
    "expected, one, other",
    [
        ("same-zone", "tianhe", "panyu"),
        ("same-zone", "guangzhou", "guangzhou"),
        ("same-circle", "tianhe", "shunde"),
        ("same-circle", "shenzhen", "foshan"),
        ("same-circle", "changsha", "zhuzhou"),
        ("same-province", "guangzhou", "guangdong"),
        ("mainland", "guangzhou", "changsha"),
        ("mainland", "beijing", "beijing"),
        ("mainland", "beijing", "guangzhou"),
        ("hong-kong-macao-taiwan", "hong-kong", "guangzhou"),
        ("international", "hong-kong", "abroad"),
    ],
)
def test_how_near_two_places_are(expected: str, one: str, other: str) -> None:
    assert expected == relation(world(), one, other, DAY) == relation(world(), other, one, DAY)


def test_zones_cut_a_city_and_a_circle_has_its_dates() -> None:
    districts = world(rulebook={**one_tariff(INTER_ZONE).sections["rulebook"], "zoning": "districts"})
    assert "same-zone" == relation(districts, "panyu", "conghua", DAY)
    assert "same-city" == relation(districts, "panyu", "tianhe", DAY)
    assert "same-zone" == relation(districts, "shunde", "foshan", DAY)
    assert "same-province" == relation(world(), "changsha", "zhuzhou", dt.date(2011, 6, 27))
    assert "same-circle" == relation(world(), "changsha", "zhuzhou", dt.date(2011, 6, 28))


@pytest.mark.parametrize(
    "expected, number",
    [
        (Reading("fixed", "tianhe", None, "none", "20"), "38123456"),
        (Reading("fixed", "panyu", "unicom", "none", "20"), "+86 20 8412 3456"),
        (Reading("fixed", "conghua", None, "17909", "20"), "17909 020 87901234"),
        (Reading("fixed", "shunde", None, "none", "757"), "(0757) 2234-5678"),
        (Reading("fixed", "guangzhou", None, "none", "20"), "86212345"),
        (Reading("mobile", "panyu", "mobile"), "013820123456"),
        (Reading("mobile", "changsha", "telecom"), "18931234567"),
        (Reading("hotline", "foshan"), "12345"),
        (Reading("emergency", None), "110"),
        (Reading("fixed", "hong-kong"), "0085221234567"),
        (Reading("fixed", "abroad"), "+1 212 555 0100"),
        (Unknown("unknown-home"), "13999999999"),
        (Unknown("unreadable"), "*60"),
        (Unknown(), "+86 400 123 4567"),
        (Unknown(), "0757123456"),
        (Unknown(), "0733281234"),
    ],
)
def test_what_a_number_means_in_guangzhou(expected: Reading | Unknown, number: str) -> None:
    assert expected == read_number(world(), number, DAY, "20")


@pytest.mark.parametrize("day, known", [("2012-06-27", True), ("2012-06-28", False)])
def test_a_withdrawn_code_ends_with_its_day(day: str, known: bool) -> None:
    assert known == isinstance(read_number(world(), "073328123456", dt.date.fromisoformat(day), "20"), Reading)
