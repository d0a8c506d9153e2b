"""What calls cost in Guangdong before harmonisation: every figure of the published prices."""

from __future__ import annotations

import pytest

from tests.rules.calls import CHINA_MOBILE, FIXED, MOBILE, NOON_2012, charge, charges, pays, rater, suspended, yuan

NIGHT = "2012-03-01 03:00:00"
WORKED = [
    # seconds, long distance, its night, local 3+1, inter-zone, add-on
    (1, "0.07", "0.04", "0.22", "0.30", "0.20"),
    (60, "0.70", "0.40", "0.22", "0.30", "0.20"),
    (61, "0.77", "0.44", "0.22", "0.60", "0.40"),
    (180, "2.10", "1.20", "0.22", "0.90", "0.60"),
    (181, "2.17", "1.24", "0.33", "1.20", "0.80"),
    (600, "7.00", "4.00", "0.99", "3.00", "2.00"),
]


@pytest.mark.parametrize("seconds, day, night, local, inter_zone, add_on", WORKED)
def test_the_worked_table(seconds: int, day: str, night: str, local: str, inter_zone: str, add_on: str) -> None:
    before, plan = rater("baseline"), rater("plan-2010", assume={"inter-zone-price": "0.30"})
    delivery = rater("delivery-2012", assume={"delivery-day": "2012-01-01"})
    guangzhou, foshan = FIXED["guangzhou"], FIXED["foshan"]
    held = frozenset({"telecom-add-on"})
    assert yuan(day) == charge(before, guangzhou, foshan, NOON_2012, seconds)
    assert yuan(night) == charge(before, guangzhou, foshan, NIGHT, seconds)
    assert yuan(local) == charge(before, guangzhou, FIXED["panyu"], NOON_2012, seconds)
    assert yuan(inter_zone) == charge(plan, guangzhou, foshan, NOON_2012, seconds)
    assert yuan(add_on) == charge(delivery, guangzhou, foshan, NOON_2012, seconds, options=held)


def test_the_call_of_the_design_crosses_seven_o_clock() -> None:
    rate = rater("baseline", "plan-2010", assume={"inter-zone-price": "0.30"})
    costs = charges(rate, FIXED["guangzhou"], FIXED["foshan"], "2012-03-01 06:59:50", 61)
    assert {"baseline": yuan("0.71"), "plan-2010": yuan("0.60")} == costs  # 2 × 0.04 + 9 × 0.07; 2 × 0.30


def test_the_whole_call_takes_the_price_of_its_start_when_that_is_chosen() -> None:
    rate = rater("baseline", assume={"crossing": "call-start"})
    assert yuan("0.44") == charge(rate, FIXED["guangzhou"], FIXED["foshan"], "2012-03-01 06:59:50", 61)
    assert yuan("0.77") == charge(rate, FIXED["guangzhou"], FIXED["foshan"], "2012-02-29 23:59:50", 61)


@pytest.mark.parametrize(
    "called, expected, tariffs",
    [
        (FIXED["guangzhou"], "0.22", ("fixed-local",)),
        (FIXED["shenzhen"], "0.77", ("domestic-long-distance",)),
        (FIXED["shaoguan"], "0.77", ("domestic-long-distance",)),
        (FIXED["beijing"], "0.77", ("domestic-long-distance",)),
        (FIXED["hong-kong"], "2.20", ("hong-kong-macao-taiwan",)),
        ("0085328123456", "2.20", ("hong-kong-macao-taiwan",)),
        ("00886212345678", "2.20", ("hong-kong-macao-taiwan",)),
        (FIXED["abroad"], "8.80", ("international",)),
        (MOBILE["guangzhou"], "0.40", ("fixed-to-mobile",)),
        (MOBILE["foshan"], "0.77", ("domestic-long-distance",)),
        (MOBILE["beijing"], "0.77", ("domestic-long-distance",)),
        ("4008123456", "0.22", ("fixed-local",)),
        ("8008123456", "0.00", ("free-of-charge",)),
        ("110", "0.00", ("free-of-charge",)),
        ("119", "0.00", ("free-of-charge",)),
        ("120", "0.00", ("free-of-charge",)),
        ("122", "0.00", ("free-of-charge",)),
    ],
)
def test_61_seconds_from_a_fixed_line_in_guangzhou(called: str, expected: str, tariffs: tuple[str, ...]) -> None:
    assert yuan(expected) == charge(rater("baseline"), FIXED["guangzhou"], called, NOON_2012, 61)
    assert tariffs == pays(rater("baseline"), FIXED["guangzhou"], called, NOON_2012)


@pytest.mark.parametrize("code", ["17909", "17908", "17931", "17911"])
def test_an_ip_call_is_the_ip_price_and_the_local_call_at_the_callers_own_rate(code: str) -> None:
    rate = rater("baseline", assume={"ip-price": "0.15", "mobile-local-price": "0.25"})
    assert yuan("0.52") == charge(rate, FIXED["guangzhou"], code + FIXED["beijing"], NOON_2012, 61)  # 2 × 0.15 + 0.22
    assert yuan("0.80") == charge(rate, MOBILE["guangzhou"], code + FIXED["beijing"], NOON_2012, 61)
    roaming = charge(rate, MOBILE["guangzhou"], code + FIXED["beijing"], NOON_2012, 61, served_place="foshan")
    assert yuan("1.50") == roaming  # 2 × 0.15 + 2 × 0.60


def test_no_ip_price_to_hong_kong_is_known_so_the_call_is_suspended() -> None:
    assert "no-rule" == suspended(rater("baseline"), FIXED["guangzhou"], "17909" + FIXED["hong-kong"], NOON_2012)


def test_old_districts_to_panyu_are_one_zone_or_two() -> None:
    one, two = rater("baseline"), rater("baseline", assume={"business-zones": "illustrative"})
    assert ("fixed-local",) == pays(one, FIXED["guangzhou"], FIXED["panyu"], NOON_2012)
    assert ("inter-zone",) == pays(two, FIXED["guangzhou"], FIXED["panyu"], NOON_2012)
    assert ("fixed-local",) == pays(two, FIXED["panyu"], FIXED["panyu"], NOON_2012)


@pytest.mark.parametrize("city", ["20", "757"])
def test_the_illustrative_exchanges_give_every_subscriber_number_a_zone(city: str) -> None:
    rate = rater("baseline", assume={"business-zones": "illustrative"})
    for leading in range(200, 900):
        number = f"0{city}{leading}12345"
        assert ("fixed-local",) == pays(rate, number, number, NOON_2012)


@pytest.mark.parametrize(
    "called, where, expected",
    [
        (MOBILE["guangzhou"], None, "0.40"),  # local, 2 × 0.20
        (FIXED["guangzhou"], None, "0.40"),
        ("4008123456", None, "0.40"),
        (FIXED["foshan"], None, "0.77"),  # long distance, one fee: 11 × 0.07
        (MOBILE["beijing"], None, "0.77"),
        (FIXED["hong-kong"], None, "2.20"),  # only the long-distance fee
        (FIXED["abroad"], None, "8.80"),
        (FIXED["guangzhou"], "foshan", "1.20"),  # roaming, 2 × 0.60, long distance included
        (FIXED["foshan"], "foshan", "1.20"),
        (FIXED["beijing"], "other-mainland", "1.20"),
        ("4008123456", "foshan", "1.20"),
        (FIXED["hong-kong"], "foshan", "2.20"),  # no roaming charge on top
        (FIXED["abroad"], "other-mainland", "8.80"),
        ("110", "other-mainland", "0.00"),
    ],
)
def test_61_seconds_made_by_a_mobile_of_guangzhou(called: str, where: str | None, expected: str) -> None:
    rate = rater("baseline", assume={"mobile-local-price": "0.20"})
    assert yuan(expected) == charge(rate, MOBILE["guangzhou"], called, NOON_2012, 61, served_place=where)


@pytest.mark.parametrize("where, expected", [(None, "0.24"), ("foshan", "0.80"), ("other-mainland", "0.80")])
def test_61_seconds_received_by_a_mobile_of_guangzhou(where: str | None, expected: str) -> None:
    rate = rater("baseline", assume={"mobile-received-price": "0.12"})
    received = {"direction": "received", "served_place": where}
    for caller in (FIXED["guangzhou"], MOBILE["beijing"], FIXED["hong-kong"], FIXED["abroad"]):
        assert yuan(expected) == charge(rate, caller, MOBILE["guangzhou"], NOON_2012, 61, **received)


def test_a_fixed_line_pays_nothing_for_a_call_it_receives() -> None:
    paid = charge(rater("baseline"), FIXED["beijing"], FIXED["guangzhou"], NOON_2012, 61, direction="received")
    assert yuan("0.00") == paid


def test_a_mobile_abroad_is_outside_of_the_rulebook() -> None:
    for place in ("hong-kong", "abroad"):
        code = suspended(rater("baseline"), MOBILE["guangzhou"], FIXED["foshan"], NOON_2012, served_place=place)
        assert "no-rule" == code


def test_another_operators_fixed_line_has_no_price_here() -> None:
    code = suspended(rater("baseline"), FIXED["guangzhou"], FIXED["foshan"], NOON_2012, operator="china-unicom")
    assert "no-rule" == code


@pytest.mark.parametrize("at", ["2009-12-31 23:59:59", "2017-09-01 00:00:00"])
def test_before_2010_and_after_the_end_of_roaming_nothing_is_priced(at: str) -> None:
    assert "no-rule" == suspended(rater("baseline"), FIXED["guangzhou"], FIXED["foshan"], at)
    assert "no-rule" == suspended(rater("baseline"), MOBILE["guangzhou"], FIXED["foshan"], at)


@pytest.mark.parametrize("hotline", ["10000", "10086", "10010", "12345", "95588"])
def test_hotlines_have_no_published_price_and_are_suspended(hotline: str) -> None:
    assert "unknown-number" == suspended(rater("baseline"), FIXED["guangzhou"], hotline, NOON_2012)


def test_a_call_from_a_line_outside_of_guangdong_is_not_priced() -> None:
    assert "no-rule" == suspended(rater("baseline"), FIXED["beijing"], FIXED["guangzhou"], NOON_2012)
    assert "no-rule" == suspended(rater("baseline"), MOBILE["beijing"], FIXED["guangzhou"], NOON_2012)


def test_a_mobile_of_china_mobile_pays_what_any_mobile_pays() -> None:
    for city in ("guangzhou", "foshan"):
        assert ("mobile-local",) == pays(rater("baseline"), CHINA_MOBILE[city], FIXED[city], NOON_2012)
