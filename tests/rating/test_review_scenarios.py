"""Scenarios that unite in steps, that give one name to two things, and changes that say more than is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

import tariffs
from tariffs import RulebookError, Suspended
from tests.rating.review import call, paid, problems, rulebook
from tests.smallworld import LEAVE

HEAD = "name: {zh: 方案, en: plan}, base: baseline, source: gazette"


def scenarios(**bodies: str) -> str:
    return "scenarios: {" + ", ".join(f"{name}: {{{HEAD}, {body}}}" for name, body in bodies.items()) + "}"


def test_unions_in_steps_hold_together(tmp_path: Path) -> None:
    """Foshan joins Guangzhou, then Zhaoqing joins Foshan: all three are one, and nobody falls out again."""
    first = "{from: 2012-01-01, unite: {places: [guangzhou, foshan], as: zone}}"
    second = "{from: 2013-01-01, unite: {places: [foshan, zhaoqing], as: zone}}"
    rate = rulebook(tmp_path, "steps", "night", scenarios(u=f"changes: [{first}, {second}]")).rater("u", allow=LEAVE)
    assert ["0.99 same-zone"] == paid(rate, call(600, "2012-06-01 10:00:00"))
    assert ["7.00 same-province"] == paid(rate, call(600, "2012-06-01 10:00:00", called="07588123456"))
    assert ["0.99 same-zone"] == paid(rate, call(600, "2013-06-01 10:00:00"))
    assert ["0.99 same-zone"] == paid(rate, call(600, "2013-06-01 10:00:00", called="07588123456"))


def test_a_district_that_is_united_with_another_city_stays_in_its_own(tmp_path: Path) -> None:
    places = """
    rulebook: {zoning: zz}
    zonings:
      zz: {name: {zh: z, en: z}, zones: {a: {name: {zh: a, en: a}, members: [tianhe]},
           b: {name: {zh: b, en: b}, members: [panyu]}, c: {name: {zh: c, en: c}, members: [foshan]}}}
    places:
      tianhe: {name: {zh: 天河, en: Tianhe}, level: district, in: guangzhou}
      panyu: {name: {zh: 番禺, en: Panyu}, level: district, in: guangzhou}
    numbering: {exchanges: [{area: 20, prefix: 8, place: tianhe}, {area: 20, prefix: 3, place: panyu}]}
    tariffs: {inter-zone: {name: {zh: 区间, en: z}, charge: {per: 60 s, price: 0.30}, source: gazette}}
    rules: {inter-zone: {when: {relation: same-city}, pay: inter-zone}}
    """
    united = scenarios(u="changes: [{from: 2012-01-01, unite: {places: [panyu, foshan], as: zone}}]")
    rate = rulebook(tmp_path, "steps", "night", places, united).rater(["baseline", "u"], allow=LEAVE)
    at, panyu, tianhe = "2012-06-01 10:00:00", "02031234567", "02081234567"
    assert ["0.30 same-city", "0.30 same-city"] == paid(rate, call(60, at, caller=tianhe, called=panyu))
    assert ["0.70 same-province", "0.22 same-zone"] == paid(rate, call(60, at, caller=panyu))
    assert ["0.70 same-province", "0.30 same-city"] == paid(rate, call(60, at, caller=tianhe))


def test_a_union_that_begins_inside_another_and_outlasts_it_has_an_effect(tmp_path: Path) -> None:
    changes = ("{from: 2012-01-01, until: 2013-01-01, unite: {places: [guangzhou, foshan], as: zone}}",
               "{from: 2012-06-01, unite: {places: [guangzhou, foshan], as: zone}}")  # fmt: skip
    rate = rulebook(tmp_path, "steps", "night", scenarios(u=f"changes: [{', '.join(changes)}]")).rater("u", allow=LEAVE)
    assert ["0.99 same-zone"] == paid(rate, call(600, "2014-06-01 10:00:00"))


def test_a_union_inside_another_is_told(tmp_path: Path) -> None:
    changes = ("{from: 2012-01-01, unite: {places: [guangzhou, foshan], as: zone}}",
               "{from: 2012-06-01, unite: {places: [guangzhou, foshan], as: city}}")  # fmt: skip
    book = rulebook(tmp_path, "steps", "night", scenarios(u=f"changes: [{', '.join(changes)}]"))
    assert ["no-effect"] == problems(lambda: book.rater("u", allow=LEAVE))


PACK = "tariffs: {pack-rate: {name: {zh: 包, en: pack}, charge: {per: 60 s, price: 0.20}, source: gazette}}"


def pack(home: str) -> str:
    """A scenario's own add-on `pack`, for lines of one city."""
    return (
        f"options: {{pack: {{name: {{zh: 包, en: pack}}, fee: 5, eligible: {{home: {home}}}, source: gazette}}}}, "
        "changes: [{from: 2012-01-01, when: {option: pack}, instead-of: long-distance, pay: pack-rate}]"
    )


def test_add_ons_of_one_name_are_those_of_their_own_scenario(tmp_path: Path) -> None:
    book = rulebook(tmp_path, "steps", "night", PACK, scenarios(a=pack("guangzhou"), b=pack("foshan")))
    a_call = call(61, "2012-03-01 10:00:00", options=frozenset({"pack"}))
    assert ["0.40 same-province", "0.77 same-province"] == paid(book.rater(["a", "b"], allow=LEAVE), a_call)
    assert ["0.40 same-province"] == paid(book.rater("a", allow=LEAVE), a_call)
    assert ["clash"] == problems(lambda: book.rater("a+b"))


def own(price: str, to: str) -> str:
    """A scenario's own tariff `special`, for calls to one city."""
    return (
        f"tariffs: {{special: {{name: {{zh: 特, en: s}}, charge: {{per: 60 s, price: {price}}}, source: gazette}}}}, "
        f"changes: [{{from: 2012-01-01, when: {{to: {to}}}, instead-of: long-distance, pay: special}}]"
    )


def test_stacked_scenarios_do_not_price_with_each_others_tariffs(tmp_path: Path) -> None:
    book = rulebook(tmp_path, "steps", "night", scenarios(a=own("0.20", "foshan"), b=own("0.30", "zhaoqing")))
    assert ["clash"] == problems(lambda: book.rater("a+b"))
    same = rulebook(tmp_path, "steps", "night", scenarios(a=own("0.20", "foshan"), b=own("0.20", "zhaoqing")))
    assert ["0.20 same-province"] == paid(same.rater("a+b", allow=LEAVE), call(60, "2012-03-01 10:00:00"))


def test_what_would_not_be_heard_is_refused(tmp_path: Path) -> None:
    text = scenarios(n="changes: [{from: 2012-01-01, instead-of: local, pay: pack-rate, overrides: long-distance}]")
    assert ["bad-value"] == problems(lambda: rulebook(tmp_path, "steps", "night", PACK, text))


def test_a_conflict_of_the_base_is_no_clash_of_a_stack(tmp_path: Path) -> None:
    """Two rules of the base disagree on calls to 110; stacking a scenario that changes nothing there is no clash."""
    plan = "changes: [{from: 2012-01-01, instead-of: long-distance, pay: pack-rate}]"
    free = "rules: {urgent: {when: {called: emergency}, pay: pack-rate}}"
    book = rulebook(tmp_path, "steps", "night", PACK, free, scenarios(p=plan))
    assert ["0.20 same-province"] == paid(book.rater("baseline+p", allow=LEAVE), call(60, "2012-03-01 10:00:00"))
    result = book.rater("baseline+p", allow=LEAVE)(call(60, called="110"))
    assert isinstance(result, Suspended)
    assert "two-rules" == result.code


def test_a_scenario_stacked_on_what_changes_nothing_is_itself() -> None:
    rate = tariffs.load("prd").rater(["plan-2010", "baseline+plan-2010"])
    for start in ("2011-10-10 06:59:50", "2012-03-01 06:59:50", "2015-03-01 06:59:50"):
        alone, stacked = paid(rate, call(61, start))
        assert alone == stacked


def test_without_assumptions_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(RulebookError) as caught:
        tariffs.load("prd").rater("plan-2010", assumptions=False)
    assert {"missing-parameter"} == {problem.code for problem in caught.value.problems}
    missing = {problem.message.split(" ")[0] for problem in caught.value.problems}
    assert {"business-zones", "plan-phase-1", "plan-phase-2", "inter-zone-price", "crossing"} <= missing


def test_wrong_words_for_holders_and_no_scenarios_at_all_are_misuse(tmp_path: Path) -> None:
    book = rulebook(tmp_path, "steps", "night", PACK, scenarios(a=pack("guangzhou")))
    assert ["bad-value"] == problems(lambda: book.rater("a", holders={"pack": "ALL"}))
    with pytest.raises(ValueError, match="scenario"):
        book.rater([])
