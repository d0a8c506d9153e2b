"""The scenarios of the Pearl River Delta: which calls change on which day, and which do not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import tariffs
from tariffs import RulebookError
from tests.rules.calls import CHINA_MOBILE, FIXED, MOBILE, NOON_2012, charge, charges, pays, rater, yuan

AGREEMENT = {"agreement-phase-1": "2012-01-01", "agreement-phase-2": "2013-01-01", "agreement-level": "inter-zone"}
SCENARIOS = ["plan-2010", "delivery-2012", "agreement-2011", "guangfo-same-city", "one-area"]
LONG, ZONE, LOCAL = ("domestic-long-distance",), ("inter-zone",), ("fixed-local",)
TODAY = {
    "2011": "2011-12-31 12:00:00",
    "2012": "2012-01-01 12:00:00",
    "2014": "2014-12-31 23:00:00",
    "2015": "2015-01-01 12:00:00",
}


def scenario(name: str, **assume: str) -> Any:
    given = {**(AGREEMENT if name == "agreement-2011" else {}), **{k.replace("_", "-"): v for k, v in assume.items()}}
    return rater(name, assume=given)


def test_the_rulebook_has_these_scenarios_and_says_which_are_made_up() -> None:
    book = tariffs.load("prd")
    assert {"baseline", *SCENARIOS} == set(book.scenarios)
    assert {"guangfo-same-city", "one-area"} == {n for n, s in book.scenarios.items() if s.illustrative}
    for name in ("guangfo-same-city", "one-area"):
        assert book.scenarios[name].name.zh.startswith("示例")
        assert book.scenarios[name].name.en.startswith("Illustration")
    assert "illustrative" == book.zonings["illustrative"].mark
    assert "示例" in book.zonings["illustrative"].name.zh


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_changes_the_price_of_a_call(name: str) -> None:
    before, after = scenario("baseline"), scenario(name)
    call = (FIXED["guangzhou"], FIXED["foshan"], "2015-06-01 12:00:00", 600)
    held = frozenset({"telecom-add-on"})
    assert charge(before, *call, options=held) > charge(after, *call, options=held)


@pytest.mark.parametrize(
    "ends, in_2011, in_2012, in_2015",
    [
        (("guangzhou", "foshan"), LONG, ZONE, ZONE),
        (("zhuhai", "jiangmen"), LONG, ZONE, ZONE),
        (("shenzhen", "huizhou"), LONG, ZONE, ZONE),
        (("guangzhou", "zhaoqing"), LONG, LONG, ZONE),  # Zhaoqing is in no circle of the plan
        (("foshan", "shenzhen"), LONG, LONG, ZONE),
        (("guangzhou", "shaoguan"), LONG, LONG, LONG),
        (("guangzhou", "beijing"), LONG, LONG, LONG),
        (("guangzhou", "guangzhou"), LOCAL, LOCAL, LOCAL),
    ],
)
def test_fixed_lines_under_the_plan(ends: tuple[str, str], in_2011: Any, in_2012: Any, in_2015: Any) -> None:
    caller, called = (FIXED[end] for end in ends)
    plan = rater("plan-2010")
    paid = [pays(plan, caller, called, TODAY[year]) for year in ("2011", "2012", "2014", "2015")]
    assert [in_2011, in_2012, in_2012, in_2015] == paid


HOME, LD, ROAM = ("mobile-local",), ("mobile-long-distance",), ("roaming-made",)


@pytest.mark.parametrize(
    "home, where, called, in_2011, in_2012, in_2015",
    [
        # at home
        ("guangzhou", None, "foshan", LD, HOME, HOME),
        ("guangzhou", None, "shenzhen", LD, LD, HOME),
        ("shenzhen", None, "dongguan", LD, LD, HOME),  # a circle, but mobile phase 1 is Guangzhou–Foshan only
        ("guangzhou", None, "beijing", LD, LD, LD),
        # visiting
        ("guangzhou", "foshan", "foshan", ROAM, HOME, HOME),
        ("guangzhou", "foshan", "guangzhou", ROAM, HOME, HOME),
        ("guangzhou", "foshan", "shenzhen", ROAM, LD, HOME),
        ("guangzhou", "foshan", "beijing", ROAM, LD, LD),
        ("guangzhou", "shenzhen", "shenzhen", ROAM, ROAM, HOME),
        ("guangzhou", "shenzhen", "beijing", ROAM, ROAM, LD),
        ("shenzhen", "foshan", "guangzhou", ROAM, ROAM, HOME),
        ("guangzhou", "shaoguan", "guangzhou", ROAM, ROAM, ROAM),
        ("guangzhou", "other-mainland", "beijing", ROAM, ROAM, ROAM),
    ],
)
def test_mobiles_under_the_plan(
    home: str, where: str | None, called: str, in_2011: Any, in_2012: Any, in_2015: Any
) -> None:
    plan = rater("plan-2010")
    years = ("2011", "2012", "2014", "2015")
    paid = [pays(plan, MOBILE[home], FIXED[called], TODAY[year], served_place=where) for year in years]
    assert [in_2011, in_2012, in_2012, in_2015] == paid


@pytest.mark.parametrize(
    "where, in_2012, in_2015",
    [(None, "mobile-received", "mobile-received"), ("foshan", "mobile-received", "mobile-received"),
     ("shenzhen", "roaming-received", "mobile-received"), ("other-mainland", "roaming-received", "roaming-received")],
)  # fmt: skip
def test_calls_received_by_a_mobile_under_the_plan(where: str | None, in_2012: str, in_2015: str) -> None:
    plan = rater("plan-2010")
    facts = {"direction": "received", "served_place": where}
    assert (in_2012,) == pays(plan, FIXED["beijing"], MOBILE["guangzhou"], TODAY["2012"], **facts)
    assert (in_2015,) == pays(plan, FIXED["beijing"], MOBILE["guangzhou"], TODAY["2015"], **facts)


@pytest.mark.parametrize("year", ["2012", "2015"])
def test_the_plan_leaves_fixed_to_mobile_and_ip_calls_alone(year: str) -> None:
    for called in (MOBILE["foshan"], "17909" + FIXED["foshan"], "17909" + MOBILE["foshan"]):
        costs = charges(rater("baseline", "plan-2010"), FIXED["guangzhou"], called, TODAY[year], 61)
        assert costs["baseline"] == costs["plan-2010"]


def test_an_ip_call_of_a_visitor_keeps_its_ip_price_and_loses_roaming() -> None:
    facts = {"served_place": "foshan"}
    ip = pays(rater("plan-2010"), MOBILE["guangzhou"], "17909" + FIXED["beijing"], TODAY["2012"], **facts)
    assert ("ip-long-distance", "mobile-local") == ip


@pytest.mark.parametrize(
    "phase, guangzhou_foshan, guangzhou_zhaoqing",
    [("0", "7.00", "7.00"), ("1", "3.00", "7.00"), ("2", "3.00", "3.00")],
)
def test_ten_minutes_as_of_each_phase(phase: str, guangzhou_foshan: str, guangzhou_zhaoqing: str) -> None:
    rate = rater("plan-2010", as_of=[f"plan-2010:{phase}"])
    assert yuan(guangzhou_foshan) == charge(rate, FIXED["guangzhou"], FIXED["foshan"], "2011-10-11 12:00:00", 600)
    assert yuan(guangzhou_zhaoqing) == charge(rate, FIXED["guangzhou"], FIXED["zhaoqing"], "2011-10-11 12:00:00", 600)


def test_the_day_a_phase_starts_is_an_assumption_that_can_be_replaced() -> None:
    late = rater("plan-2010", assume={"plan-phase-1": "2012-07-01"})
    assert LONG == pays(late, FIXED["guangzhou"], FIXED["foshan"], NOON_2012)
    assert ZONE == pays(late, FIXED["guangzhou"], FIXED["foshan"], "2012-07-01 00:00:00")


# The add-ons of 2012


def test_only_holders_of_the_add_on_pay_its_rate_and_only_from_its_day() -> None:
    rate = rater("delivery-2012")
    call = (FIXED["zhaoqing"], FIXED["guangzhou"])
    held = frozenset({"telecom-add-on"})
    assert ("all-inclusive",) == pays(rate, *call, "2012-10-09 12:00:00", options=held)
    assert LONG == pays(rate, *call, "2012-10-09 12:00:00")
    assert LONG == pays(rate, *call, "2012-08-31 23:59:59", options=held)


@pytest.mark.parametrize("caller, called", [("shenzhen", "guangzhou"), ("guangzhou", "shenzhen"), ("foshan", "zhuhai")])
def test_the_add_on_is_for_calls_between_its_three_cities(caller: str, called: str) -> None:
    held = frozenset({"telecom-add-on"})
    assert LONG == pays(rater("delivery-2012"), FIXED[caller], FIXED[called], "2012-10-09 12:00:00", options=held)


@pytest.mark.parametrize(
    "where, called, expected",
    [(None, "foshan", HOME), (None, "zhaoqing", HOME), ("foshan", "foshan", HOME), ("foshan", "beijing", LD),
     (None, "shenzhen", LD), ("shenzhen", "guangzhou", ROAM)],
)  # fmt: skip
def test_china_mobiles_add_on_brings_home_rates(where: str | None, called: str, expected: Any) -> None:
    held = {"options": frozenset({"mobile-add-on"}), "served_place": where}
    at = "2012-10-09 12:00:00"
    assert expected == pays(rater("delivery-2012"), CHINA_MOBILE["guangzhou"], FIXED[called], at, **held)


def test_china_mobiles_add_on_makes_incoming_calls_free_and_is_for_its_own_customers() -> None:
    at, facts = "2012-10-09 12:00:00", {"direction": "received", "served_place": "foshan"}
    held = frozenset({"mobile-add-on"})
    rate = rater("delivery-2012")
    assert ("free-of-charge",) == pays(rate, FIXED["beijing"], CHINA_MOBILE["guangzhou"], at, options=held, **facts)
    assert ("roaming-received",) == pays(rate, FIXED["beijing"], MOBILE["guangzhou"], at, options=held, **facts)


def test_the_fee_of_china_mobiles_add_on_is_not_known_and_not_made_up() -> None:
    options = tariffs.load("prd").scenarios["delivery-2012"].options
    assert options["mobile-add-on"].fee is None
    assert Decimal("5.00") == options["telecom-add-on"].fee


# The agreement of 2011


def test_the_agreement_needs_its_level_and_its_dates() -> None:
    with pytest.raises(RulebookError) as raised:
        tariffs.load("prd").rater(["agreement-2011"])
    missing = {p.message for p in raised.value.problems}
    assert {"missing-parameter"} == {p.code for p in raised.value.problems}
    for name in ("agreement-level", "agreement-phase-1", "agreement-phase-2"):
        assert any(name in message for message in missing), name


@pytest.mark.parametrize("level, expected", [("in-zone", "0.99"), ("inter-zone", "3.00"), ("flat", "2.50")])
def test_ten_minutes_guangzhou_to_foshan_at_each_level(level: str, expected: str) -> None:
    rate = scenario("agreement-2011", agreement_level=level, agreement_flat_price="0.25")
    assert yuan("7.00") == charge(rate, FIXED["guangzhou"], FIXED["foshan"], TODAY["2011"], 600)
    assert yuan(expected) == charge(rate, FIXED["guangzhou"], FIXED["foshan"], NOON_2012, 600)


def test_the_agreements_first_phase_is_fixed_lines_of_two_cities_its_second_all_services_of_nine() -> None:
    rate = scenario("agreement-2011")
    first, second = "2012-06-01 12:00:00", "2013-01-01 12:00:00"
    assert [LONG, ZONE] == [pays(rate, FIXED["guangzhou"], FIXED["zhaoqing"], at) for at in (first, second)]
    assert [LD, HOME] == [pays(rate, MOBILE["guangzhou"], FIXED["foshan"], at) for at in (first, second)]
    mobile = [pays(rate, FIXED["guangzhou"], MOBILE["foshan"], at) for at in (first, second)]
    assert [LONG, ("fixed-to-mobile",)] == mobile


# The illustrations


@pytest.mark.parametrize("zones", ["one-per-city", "illustrative"])
def test_guangzhou_and_foshan_as_one_zone_leave_no_call_between_them_dearer_than_to_panyu(zones: str) -> None:
    rate = rater("guangfo-same-city", assume={"business-zones": zones})
    for ends in (("guangzhou", "foshan"), ("guangzhou", "panyu"), ("foshan", "panyu")):
        assert LOCAL == pays(rate, FIXED[ends[0]], FIXED[ends[1]], NOON_2012)
    assert LONG == pays(rate, FIXED["guangzhou"], FIXED["shenzhen"], NOON_2012)


def test_one_area_makes_the_nine_cities_one_zone_for_fixed_and_mobile() -> None:
    rate = rater("one-area")
    nine = [c for c in FIXED if c not in ("shaoguan", "beijing", "changsha", "hong-kong", "abroad")]
    assert {LOCAL} == {pays(rate, FIXED[a], FIXED[b], NOON_2012) for a in nine for b in nine}
    assert LONG == pays(rate, FIXED["guangzhou"], FIXED["shaoguan"], NOON_2012)
    assert HOME == pays(rate, MOBILE["guangzhou"], MOBILE["shenzhen"], NOON_2012, served_place="zhuhai")
