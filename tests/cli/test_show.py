"""`tariffs show`: what a policy officer reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import FEES, ROOT, SMALL, complaint, run


def lines(*arguments: str) -> list[str]:
    result = run("show", *arguments)
    assert (0, "") == (result.exit_code, result.stderr)
    return result.stdout.splitlines()


def section(found: list[str], title: str) -> list[str]:
    """The lines below a heading, up to the next empty line."""
    rest = found[found.index(title) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_a_scenario_is_shown_as_its_difference_from_its_base() -> None:
    found = lines(SMALL, "--scenario", "plan")
    assert "plan – The plan" == found[0]
    assert "  as its difference from baseline – The tariffs as they stand" == found[1]
    assert [
        "  1. phase 1, from 2012-01-01",
        "    which calls: calls, on a fixed line, both ends inside Guangzhou and Foshan",
        "    instead of: Domestic long distance – 0.07 yuan (Day), 0.04 yuan (Night) for each started 6 seconds",
        "    they pay: Inter-zone call – 0.30 yuan [assumed value: Inter-zone price] for each started minute",
        "    source: The Gazette 2011-10-01 [gazette] (read in a published source)",
    ] == section(found, "Changes")[:5]
    assert [
        "  1 – first phase: from 2012-01-01",
        "    inference from published facts",
        "    note: a deadline is not a start",
        "  2 – second phase: from 2015-01-01 (known since 2014-12-20)",
    ] == section(found, "Phases")
    assert ["  guangfo – Guangzhou and Foshan: Guangzhou, Foshan"] == section(
        found, "Economic circles of this scenario"
    )[:1]
    assert ["  [gazette] The Gazette, 2011-10-01: Price list (read in a reprint)"] == section(found, "Sources")


def test_the_same_in_chinese() -> None:
    found = lines(SMALL, "--scenario", "plan", "--lang", "zh")
    assert "  与 baseline – 现行资费 的差别" == found[1]
    assert "    原付：国内长途 – 每6秒 0.07 元（日间）、0.04 元（夜间）（不足按一个单位计）" in found
    assert "    改付：区间通话 – 每分钟 0.30 元［假设值：区间通话费］（不足按一个单位计）" in found
    assert "  inter-zone-price – 区间通话费：0.30 元/分钟（假设值）" in section(found, "参数")


def test_an_unknown_that_a_scenario_rests_on_is_shown_with_the_way_to_give_it() -> None:
    found = lines(SMALL, "--scenario", "agreement")
    assert "    they pay: [not known: Level of same-city treatment]" in found
    assert [
        "  level – Level of same-city treatment: not known; give --assume level=VALUE (in-zone or inter-zone)",
        "    note: The agreement does not say.",
    ] == section(found, "Parameters")[-2:]


def test_a_given_value_stands_in_place_of_the_unknown() -> None:
    found = lines(SMALL, "--scenario", "agreement", "--assume", "level=in-zone")
    assert "    they pay: Level of same-city treatment [given: In-zone call]" in found
    assert "  level – Level of same-city treatment: in-zone, In-zone call (given)" in found


def test_a_phase_whose_day_nobody_knows_rests_on_no_assumed_value() -> None:
    start = "from [not known: First day of same-city fixed lines of Guangzhou and Foshan]"
    phases = section(lines("prd", "--scenario", "agreement-2011"), "Phases")
    assert f"  1 – Guangzhou–Foshan fixed lines as in one city: {start}" == phases[0]
    assert phases[1].startswith("  2 – ")
    given = lines("prd", "--scenario", "agreement-2011", "--assume", "agreement-phase-1=2012-01-01")
    assert "assumed value" not in "".join(section(given, "Phases"))


def test_the_rules_that_a_scenario_derives_from_a_rule_stand_below_it() -> None:
    found = lines("prd", "--scenario", "delivery-2012", "--rule", "fixed-long-distance")
    derived = section(found, "Rules that the scenario derives from it")
    name = "fixed-long-distance/delivery-2012:1"
    assert derived[0].startswith(f"  {name} – derived from fixed-long-distance (prd/scenarios/delivery-2012.yaml:")
    assert (
        "    they pay: All-inclusive rate in Guangzhou–Foshan–Zhaoqing – 0.20 yuan for each started minute" in derived
    )
    assert "  all-inclusive – All-inclusive rate in Guangzhou–Foshan–Zhaoqing" in section(found, "Tariffs")
    assert any(line.startswith("  delivery-day – ") for line in section(found, "Parameters"))
    assert any(line.startswith("  [foshan-daily-2012] ") for line in section(found, "Sources"))


def test_a_rule_that_a_scenario_leaves_alone_has_none_derived() -> None:
    assert "Rules that the scenario derives from it" not in lines(SMALL, "--scenario", "plan", "--rule", "local")


@pytest.mark.parametrize("scenario", [("--scenario", "plan"), ()])
def test_a_derived_rule_is_shown_by_the_name_that_explain_prints(scenario: tuple[str, ...]) -> None:
    call = ("--from", "02081234567", "--to", "075781234567", "--at", "2012-03-01", "--for", "61")
    explained = run("explain", "--rules", SMALL, "--scenario", "plan", *call).stdout
    assert "  rule long-distance/plan:1 (" in explained
    found = lines(SMALL, *scenario, "--rule", "long-distance/plan:1")
    assert found[0].startswith("long-distance/plan:1 – derived from long-distance (")
    assert "  phase 1, from 2012-01-01" == found[1]
    assert "  inter-zone – Inter-zone call" in section(found, "Tariffs")
    document = json.loads(run("show", SMALL, *scenario, "--rule", "long-distance/plan:1", "--json").stdout)
    assert ("long-distance/plan:1", "plan", "long-distance") == (
        document["name"], document["scenario"], document["derived_from"],
    )  # fmt: skip


def test_for_machines_the_derived_rules_stand_with_the_rule() -> None:
    found = json.loads(run("show", SMALL, "--scenario", "plan", "--rule", "long-distance", "--json").stdout)
    assert ["long-distance/plan:1", "long-distance/plan:2"] == [rule["name"] for rule in found["derived"]]


@pytest.mark.parametrize("name, code", [("no-effect", "no-effect"), ("not-exact", "not-exact")])
def test_a_scenario_that_cannot_be_priced_is_shown_with_a_warning(name: str, code: str) -> None:
    rules = str(ROOT / "tests" / "rulebooks" / "bad" / f"{name}.yaml")
    scenario = next(iter(json.loads(run("show", rules, "--json").stdout)["definition"]["scenarios"]))
    result = run("show", rules, "--scenario", scenario)
    assert 0 == result.exit_code
    assert result.stdout.startswith(f"{scenario} – ")
    warning, *problems = result.stderr.splitlines()
    assert "Warning: no call can be priced under this scenario:" == warning
    assert f": {code}: " in problems[0]


def test_without_assumptions_an_assumed_price_is_not_known() -> None:
    found = lines(SMALL, "--tariff", "inter-zone", "--no-assumptions")
    assert "  [not known: Inter-zone price] for each started minute" == found[1]
    assert "  inter-zone-price – Inter-zone price: not known; give --assume inter-zone-price=VALUE" in found


def test_an_illustrative_scenario_says_so_in_its_first_line() -> None:
    found = lines(SMALL, "--scenario", "one-network")
    assert "one-network – Guangzhou and Foshan as one (illustrative)" == found[0]
    assert "    Guangzhou, Foshan count as one local network and one business zone" in found


def test_an_add_on_is_shown_with_its_fee_and_for_whom_it_is() -> None:
    assert [
        "  city-pack – Two-city pack",
        "    fee a month: 5.00 yuan (never part of a call's charge)",
        "    for: calls, on a fixed line",
        "    source: The Gazette 2011-10-01 [gazette] (read in a published source)",
    ] == section(lines(SMALL, "--scenario", "pack"), "Add-ons")


def test_a_scenario_without_changes_says_that_it_changes_nothing() -> None:
    assert "It changes nothing." in lines(SMALL, "--scenario", "baseline")


def test_a_tariff_with_its_steps_regime_filing_and_who_pays_it() -> None:
    assert [
        "local – In-zone call",
        "  the first 3 minutes as one block: 0.22 yuan; then 0.11 yuan for each started minute",
        "  price ceiling",
        "  filing number: [C2011]001号",
        "  source: The Gazette 2011-10-01 [gazette] (read in a published source)",
        "",
        "Paid by",
        "  local",
        "    calls made, without an access code, called: fixed line, relation of the two ends: in-zone",
        "    → In-zone call",
        "",
        "Sources",
        "  [gazette] The Gazette, 2011-10-01: Price list (read in a reprint)",
    ] == lines(SMALL, "--tariff", "local")


def test_every_provision_of_a_charge_is_put_into_words() -> None:
    assert [
        "fees – Fees",
        "  5 seconds free of charge; the next 30 seconds as one block: 0.10 yuan; for 20 seconds 0.05 yuan for each "
        "started 10 seconds; then 0.11 yuan for 1 minute, charged by each started second",
        "  for the connection: 0.10 yuan",
        "  at least 0.25 yuan",
        "  at most 2.00 yuan",
        "  an answered call of no duration is charged too",
        "  the time from seizure to release is billed, not the conversation",
        "  billed to 0.1 seconds; half of 0.1 seconds or more counts as whole",
        "  rounded half to even to 0.01 yuan",
        "  government-guided price",
        "  market-regulated price (from 2012-06-01)",
    ] == lines(FEES, "--tariff", "fees")[:11]


def test_periods_by_day_and_weekday_and_a_crossing_that_nobody_knows() -> None:
    found = lines(FEES, "--tariff", "by-period")
    assert "  Off-peak: rest days, public holidays 20:00-22:00" in found
    assert "  Monday: working days, Mondays all day" in found
    assert "  [not known: Crossing]" in found
    given = lines(FEES, "--tariff", "by-period", "--assume", "crossing=by-start")
    assert "  a call that crosses a rate-period boundary pays the price of its start throughout (given)" in given


def test_messages_data_and_access_codes_are_put_into_words() -> None:
    rules = section(lines(FEES), "Rules")
    assert "    messages, without an access code" in rules
    assert "    calls made, called: fixed line" in rules
    assert "    calls made, dialled with no access code or 17909, called: fixed line" in rules
    assert (
        "    data made, dialled with 17909, from Guangzhou, to Guangdong, relation of home and present place: in-zone"
        in rules
    )
    assert "  0.03 yuan for each started KB" in lines(FEES, "--tariff", "traffic")
    assert "  0.10 yuan for each started message" in lines(FEES, "--tariff", "short-message")


def test_one_price_for_the_whole_call_by_its_length() -> None:
    assert (
        "  one price for the whole, by its length or amount: up to 3 minutes, 0.50 yuan for all of it; "
        "up to 10 minutes, 0.20 yuan for each started minute; "
        "above that, 0.10 yuan for 1 minute, charged by each started 6 seconds"
    ) == lines(FEES, "--tariff", "by-length")[1]
    chinese = lines(FEES, "--tariff", "by-length", "--lang", "zh")[1]
    assert "全程按总时长（或总量）所在档位计费：不超过3分钟：全程 0.50 元；不超过10分钟：每分钟 0.20 元" in chinese


def test_rate_periods_and_what_a_crossing_call_pays() -> None:
    found = lines(SMALL, "--tariff", "long-distance")
    assert "  a call that crosses a rate-period boundary pays for each unit the price of that unit's start" in found
    assert "  Night: every day 00:00-07:00" in found
    assert "  Day: the rest of the time" in found
    assert "  last checked: 2012-05-01" in found


def test_a_rule_with_its_name_and_the_tariff_it_names() -> None:
    found = lines(SMALL, "--rule", "emergency")
    assert "emergency – Emergency calls" == found[0]
    assert "  free – Free of charge" in found
    assert "    free of charge" in found


def test_a_whole_rulebook_shows_every_section() -> None:
    found = lines(SMALL)
    assert "small – Tariffs of two cities" == found[0]
    for title in ("Tariffs", "Rules", "Scenarios", "Parameters", "Sources"):
        assert section(found, title)
    assert [
        "  calls made, without an access code, called: fixed line or emergency "
        "(from 2010-01-01 until before 2017-09-01)"
    ] == section(found, "Calls that it promises to price")


@pytest.mark.parametrize("name", ["prd", "changzhutan", "shenfu", "unicom"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_rulebook_and_scenario_can_be_shown(name: str, language: str) -> None:
    scenarios = json.loads(run("show", name, "--json").stdout)["definition"]["scenarios"]
    assert lines(name, "--lang", language)
    for scenario in scenarios:
        assert lines(name, "--scenario", scenario, "--lang", language)[0].startswith(f"{scenario} – ")


def test_for_machines_the_definition_its_parameters_and_its_sources() -> None:
    found = json.loads(run("show", SMALL, "--scenario", "plan", "--json").stdout)
    assert ("scenario", "plan", "small") == (found["kind"], found["name"], found["rulebook"]["id"])
    assert ["inter-zone"] == found["definition"]["changes"][0]["pay"]
    assert ["gazette"] == list(found["sources"])
    (parameter,) = found["parameters"]
    assert ("inter-zone-price", "0.30", False) == (parameter["name"], parameter["value"], parameter["given"])


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--scenario", "plann"], "There is no scenario 'plann' in the rulebook. Did you mean plan? There are: base"),
        (["--tariff", "locl"], "There is no tariff 'locl' in the rulebook. Did you mean local?"),
        (["--rule", "long-distance/plan:7"], "Did you mean long-distance/plan:2, long-distance/plan:1 or long-"),
        (["--rule", "xyz"], "There is no rule 'xyz' in the rulebook. There are: local, long-distance, emergency."),
        (["--assume", "levl=flat"], "There is no parameter 'levl' in the rulebook. Did you mean level?"),
        (["--assume", "level=flat"], "--assume level: 'flat' is not one of in-zone, inter-zone"),
        (["--assume", "level"], "'level' is not of the form NAME=VALUE"),
        (["--assume", "level=in-zone", "--assume", "level=inter-zone"], "level is given two values"),
        (["--tariff", "local", "--rule", "local"], "Show a tariff or a rule, one at a time."),
    ],
)
def test_a_wrong_name_or_value_is_answered_with_what_there_is(arguments: list[str], said: str) -> None:
    assert said in complaint(run("show", SMALL, *arguments), 2)


def test_a_rulebook_that_does_not_exist(tmp_path: Path) -> None:
    assert "no such file, folder or shipped rulebook" in complaint(run("show", str(tmp_path / "none")), 2)
