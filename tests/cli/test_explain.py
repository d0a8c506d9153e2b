"""`tariffs explain`: the charge of one call and how it comes about."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result

from tests.cli.commands import FEES, SMALL, complaint, run

CALL = ("--from", "02081234567", "--to", "075781234567", "--at", "2012-03-01 06:59:50", "--for", "61")


def explain(*arguments: str, rules: str = SMALL, call: tuple[str, ...] = CALL) -> Result:
    return run("explain", "--rules", rules, *arguments, *call)


def document(*arguments: str, rules: str = SMALL, call: tuple[str, ...] = CALL) -> Any:
    result = explain(*arguments, "--json", rules=rules, call=call)
    assert (0, "") == (result.exit_code, result.stderr)
    return json.loads(result.stdout)


def test_the_call_of_the_issue_under_the_plan_of_2010() -> None:
    assert "0.60" == document("--scenario", "plan-2010", rules="prd")["charge"]


def test_the_same_call_before_and_after() -> None:
    found = document("--scenario", "baseline", "--scenario", "plan-2010", rules="prd")
    assert ["0.71", "0.60"] == [scenario["charge"] for scenario in found["scenarios"].values()]
    assert ("baseline", {"plan-2010": "-0.11"}) == (found["base"], found["differences"])


def test_the_spans_of_a_call_that_runs_over_seven_o_clock() -> None:
    assert [
        "baseline – The tariffs as they stand: 0.71 yuan",
        "  2012-03-01 06:59:50, fixed line to fixed line: Guangzhou → Foshan, relation of the two ends: same province",
        f"  rule long-distance ({SMALL}:73:3)",
        "  Domestic long distance (price ceiling): 0.71 yuan for 61 seconds",
        "    from 06:59:50: 2 × 6 seconds at 0.04 = 0.08 yuan (Night)",
        "    from 07:00:02: 9 × 6 seconds at 0.07 = 0.63 yuan (Day)",
        "  source: [gazette] The Gazette, 2011-10-01: Price list (read in a reprint)",
    ] == explain().stdout.splitlines()


def test_the_same_in_chinese() -> None:
    shown = explain("--lang", "zh").stdout.splitlines()
    assert "baseline – 现行资费：0.71 元" == shown[0]
    assert "    06:59:50 起：2 × 6秒，单价 0.04，计 0.08 元（夜间）" in shown


def test_two_scenarios_end_with_their_difference_and_name_the_assumption() -> None:
    shown = explain("--scenario", "baseline", "--scenario", "plan").stdout
    assert "  Inter-zone call (inference from published facts): 0.60 yuan for 61 seconds\n" in shown
    assert (
        "  assumed value: inter-zone-price = 0.30 yuan per minute, Inter-zone price "
        "(the price of two other provinces; The Gazette 2011-10-01 [gazette])\n" in shown
    )
    assert shown.endswith("\nplan against baseline: −0.11 yuan\n")


def test_the_spans_for_machines_add_up_to_the_charge() -> None:
    (component,) = document()["components"]
    assert ["0.04", "0.07"] == [span["price"] for span in component["spans"]]
    assert [(0, 12_000_000), (12_000_000, 61_000_000)] == [(s["first"], s["last"]) for s in component["spans"]]
    assert Decimal("0.71") == sum(Decimal(span["amount"]) for span in component["spans"])


def test_a_given_value_goes_before_the_assumed_one_and_is_named_as_given() -> None:
    found = document("--scenario", "plan", "--assume", "inter-zone-price=0.20")
    assert "0.40" == found["charge"]
    (value,) = found["assumptions"]
    assert ("inter-zone-price", "0.20", "given") == (value["name"], value["value"], value["origin"])


def test_as_of_a_phase_prices_a_call_of_another_year_under_it() -> None:
    before = ("--from", "02081234567", "--to", "075781234567", "--at", "2011-03-01 10:00:00", "--for", "61")
    found = document("--scenario", "plan", "--as-of", "plan:1", call=before)
    assert ("plan@1", "0.60", "2011-03-01T10:00:00") == (found["view"], found["charge"], found["start"])


def test_a_scenario_with_no_phase_in_force_says_so_and_how_to_look_at_one() -> None:
    before = ("--from", "02081234567", "--to", "075781234567", "--at", "2011-03-01 10:00:00", "--for", "61")
    shown = explain("--scenario", "plan", call=before).stdout
    assert (
        "  plan: no phase in force on 2011-03-01; priced as its base. Use --as-of plan:1 to see its changes.\n" in shown
    )


def test_a_phase_in_force_that_changes_no_price_is_called_so() -> None:
    before = (*CALL[:4], "--at", "2011-03-01 10:00:00", "--for", "61")
    shown = explain("--scenario", "plan-2010", rules="prd", call=before).stdout
    assert (
        "  plan-2010: its phase 0, in force on 2011-03-01, changes no price; priced as its base. "
        "Use --as-of plan-2010:1 to see its changes.\n" in shown
    )
    assert "no phase in force" in explain("--scenario", "plan-2010", "--as-of", "2010-05-01", rules="prd").stdout


def test_a_scenario_without_phases_has_no_phase_that_could_be_in_force() -> None:
    before = (*CALL[:4], "--at", "2011-03-01 10:00:00", "--for", "61")
    shown = explain("--scenario", "pack", call=before).stdout
    assert (
        "  pack: no change of it is in force on 2011-03-01; priced as its base. "
        "Use --as-of 2012-01-01 to see its changes.\n" in shown
    )


def test_a_stack_is_in_force_as_soon_as_one_of_its_members_is() -> None:
    may = (
        *CALL[:4],
        "--at",
        "2012-05-01 10:00:00",
        "--for",
        "61",
    )  # plan-2010 from January, delivery-2012 from September
    assert "in force" not in explain("--scenario", "plan-2010+delivery-2012", rules="prd", call=may).stdout


def test_a_caller_without_area_code_is_told_how_to_give_it() -> None:
    local = ("--from", "81234567", *CALL[2:])
    result = explain(call=local)
    assert 3 == result.exit_code
    assert result.stdout.endswith("  The caller has no area code: write it, or give --home-area CODE.\n")
    assert "0.71" == document("--home-area", "020", call=local)["charge"]
    nowhere = ("--from", "02081234567", "--to", "09991234567", *CALL[4:])
    assert "--home-area" not in explain(call=nowhere).stdout


def test_the_reason_of_a_suspended_call_is_told_in_chinese() -> None:
    shown = explain("--lang", "zh", rules="prd", call=(*CALL[:4], "--at", "2022-03-01", "--for", "1")).stdout
    assert "没有规则为该通话定价" in shown
    assert "no rule" not in shown
    unknown = explain("--lang", "zh", rules="prd", call=("--from", "19900138000", *CALL[2:])).stdout
    assert "the numbering plan" not in unknown
    assert "号码不在当日的编号计划内" in unknown


def test_what_a_choice_stands_for_is_told() -> None:
    assert (
        "  given: level = in-zone, Level of same-city treatment: In-zone call\n"
        in explain("--scenario", "agreement", "--assume", "level=in-zone").stdout
    )
    shown = explain("--lang", "zh", rules="prd").stdout
    assert "假设值：crossing = each-unit，跨时段计费方式：跨时段通话：每个计费单位按其开始时刻的价格计费（" in shown


def test_an_add_on_counts_for_a_line_that_holds_it() -> None:
    assert "0.40" == document("--scenario", "pack", "--option", "city-pack")["charge"]
    assert "0.71" == document("--scenario", "pack")["charge"]


def test_the_start_of_another_zone_is_taken_to_the_zone_of_the_rulebook() -> None:
    call = ("--from", "02081234567", "--to", "075781234567", "--at", "2012-02-29T22:59:50+00:00", "--for", "61")
    assert ("0.71", "2012-03-01T06:59:50") == ((found := document(call=call))["charge"], found["start"])


FEE = ("--from", "02081234567", "--to", "81234568", "--at", "2011-03-01", "--assume", "crossing=by-unit")


def test_fees_bounds_and_the_one_rounding_are_shown() -> None:
    shown = explain("--for", "61", "--seizure", "70.3", rules=FEES, call=FEE).stdout.splitlines()
    assert "baseline – The tariffs as they stand: 0.33 yuan" == shown[0]
    assert [
        "  Conversation (government-guided price): 0.33 yuan for 70.3 seconds",
        "    from 00:00:00: 1 × 5 seconds at 0.00 = 0.00 yuan (step 1)",
        "    from 00:00:05: 1 × 30 seconds at 0.10 = 0.10 yuan (step 2)",
        "    from 00:00:35: 2 × 10 seconds at 0.05 = 0.10 yuan (step 3)",
        "    from 00:00:55: 16 × 1 second at 11/6000 = 11/375 yuan (step 4)",
        "    for the connection: 0.10 yuan",
        "    at least 0.25 yuan",
        "    at most 2.00 yuan",
        "    247/750 → 0.33  rounded half to even to 0.01 yuan",
    ] == shown[3:12]


def test_a_call_of_no_duration_that_a_rule_prices_pays_the_minimum() -> None:
    shown = explain("--for", "0", "--seizure", "0", rules=FEES, call=FEE).stdout
    assert "0.25 yuan for no billed usage" in shown


@pytest.mark.parametrize("service, quantity, charge", [("message", "3", "0.30"), ("data", "3000", "0.09")])
def test_messages_and_data_are_explained_too(service: str, quantity: str, charge: str) -> None:
    more = ("--service", service, "--quantity", quantity)
    assert charge == document(*more, rules=FEES, call=FEE)["charge"]


def test_a_call_of_no_duration_is_not_chargeable() -> None:
    call = ("--from", "02081234567", "--to", "075781234567", "--at", "2012-03-01", "--for", "0")
    assert (None, "zero-duration") == ((found := document(call=call))["charge"], found["reason"])
    assert "not chargeable: no duration, and no rule prices that" in explain(call=call).stdout


def test_a_call_that_cannot_be_rated_ends_with_its_reason_and_exit_code_3() -> None:
    call = ("--from", "02081234567", "--to", "09991234567", "--at", "2012-03-01", "--for", "60")
    result = explain(call=call)
    assert (3, "") == (result.exit_code, result.stderr)
    assert "suspended: a number that the numbering plan of the day does not hold [unknown-number]" in result.stdout
    assert "1234567" not in result.stdout


@pytest.mark.parametrize(
    "seconds, code", [("-5", "impossible-time"), ("90000", "over-limit"), ("NaN", "impossible-time")]
)
def test_an_absurd_duration_is_suspended(seconds: str, code: str) -> None:
    result = explain("--json", call=("--from", "02081234567", "--to", "110", "--at", "2012-03-01", "--for", seconds))
    assert (3, code) == (result.exit_code, json.loads(result.stdout)["reason"])


def test_the_year_9999_is_suspended() -> None:
    call = ("--from", "02081234567", "--to", "110", "--at", "9999-12-31T23:59:59-12:00", "--for", "60")
    assert "impossible-time" == json.loads(explain("--json", call=call).stdout)["reason"]


def test_a_missing_parameter_is_named_with_the_line_that_needs_it() -> None:
    said = complaint(explain("--scenario", "agreement"), 2)
    assert f"{SMALL}:96:9: missing-parameter: level" in said
    assert "--assume level=" in said


def test_without_assumptions_every_parameter_that_is_missing_is_listed() -> None:
    said = complaint(explain("--scenario", "plan", "--no-assumptions"), 2)
    assert "missing-parameter: inter-zone-price" in said


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--scenario", "plann"], "there is no scenario 'plann'"),
        (["--as-of", "plan:9"], "scenario plan has no phase '9'"),
        (["--as-of", "soon"], "'soon' is no reference date"),
        (["--scenario", "plan+pack"], "price the same calls differently"),
        (["--option", "pack"], "There is no add-on 'pack' in the rulebook. Did you mean city-pack?"),
        (["--assume", "inter-zone-price=cheap"], "Error: --assume inter-zone-price: 'cheap' is not a price"),
        (["--served-place", "foshn"], "There is no place 'foshn' in the rulebook. Did you mean foshan? There are: "),
        (["--served-place", "佛山城"], "There is no place '佛山城' in the rulebook. Did you mean 佛山?"),
        (["--operator", "foo"], "There is no operator 'foo' in the rulebook."),
        (["--called-operator", "foo"], "There is no operator 'foo' in the rulebook."),
        (["--group", "foo"], "There is no customer group 'foo' in the rulebook. There are none."),
        (["--plan", "foo"], "There is no plan 'foo' in the rulebook. There are none."),
        (["--home-area", "999"], "There is no area code '999' in the rulebook. There are: 020, 0757, 0758."),
        (["--at", "yesterday"], "write the start as"),
        (["--for", "a minute"], "write seconds as a number"),
    ],
)
def test_a_wrong_name_or_value_is_answered_with_what_to_write(arguments: list[str], said: str) -> None:
    assert said in complaint(explain(*CALL, *arguments, call=()), 2)


@pytest.mark.parametrize(
    "wrong", [["02087654321"], ["--fro", "02087654321"], ["--for", "02087654321x"], ["--02087654321"]]
)
def test_no_message_about_wrong_usage_repeats_a_number(wrong: list[str]) -> None:
    assert "87654321" not in complaint(explain(*CALL, *wrong, call=()), 2)
