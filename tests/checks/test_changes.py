"""Changes without effect: rules of their own and united places that leave every call at what it paid before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tariffs import RulebookError
from tariffs.checks import date
from tariffs.checks.checking import study_of
from tests.rulebook.drafts import load_text

SCENARIO = """
parameters: {start: {name: {zh: 起, en: start}, kind: date}}
scenarios:
  baseline: {name: {zh: 现行资费, en: As it is}}
  plan:
    name: {zh: 方案, en: Plan}
    base: baseline
    changes:
"""


def idle(folder: Path, *changes: str) -> list[int]:
    """The numbers of the changes of a scenario that are told to have no effect."""
    text = SCENARIO + "".join(f"      - {change}\n" for change in changes)
    first = text.count("\n") - len(changes) + 1
    found = [f for f in date.examine(study_of(load_text(folder, text))) if f.positions[0].line >= first]
    return [finding.positions[0].line - first for finding in found]


NEAR = "{from: 2012-01-01, when: {line: fixed, called: fixed, from: easton, to: easton}, overrides: near, pay: PAY}"


@pytest.mark.parametrize("pay, expected", [("local", [0]), ("long-distance", [])])
def test_a_rule_of_its_own_that_pays_what_was_paid_has_no_effect(tmp_path: Path, pay: str, expected: list[int]) -> None:
    assert expected == idle(tmp_path, NEAR.replace("PAY", pay))


def test_what_an_earlier_change_has_done_is_not_done_again(tmp_path: Path) -> None:
    dear = NEAR.replace("PAY", "long-distance")
    assert [1] == idle(tmp_path, dear, dear.replace("2012", "2013"))
    assert [] == idle(tmp_path, dear.replace("2012", "2013"), dear)


def test_a_rule_of_its_own_for_calls_that_had_no_price_has_an_effect(tmp_path: Path) -> None:
    assert [] == idle(tmp_path, "{from: 2012-01-01, when: {line: fixed, called: fixed, usage: message}, pay: local}")


def test_united_places_that_make_calls_cheaper_have_an_effect(tmp_path: Path) -> None:
    assert [] == idle(tmp_path, "{from: 2012-01-01, unite: {places: [easton, weston], as: zone}}")


WITHIN = "{from: 2012-01-01, when: {line: fixed, called: fixed, from: easton, to: weston, relation: same-zone}, WHAT}"


def test_a_rule_for_places_that_a_later_change_unites_has_an_effect_and_so_has_the_change(tmp_path: Path) -> None:
    rule = WITHIN.replace("WHAT", "pay: long-distance, overrides: near")
    united = "{from: 2012-01-01, unite: {places: [easton, weston], as: zone}}"
    assert [] == idle(tmp_path, rule, united)
    assert [] == idle(tmp_path, united, rule)


def test_places_are_united_with_effect_where_only_a_later_change_prices_them_by_it(tmp_path: Path) -> None:
    alike = "{from: 2011-01-01, instead-of: long-distance, pay: local}"
    united = "{from: 2012-01-01, unite: {places: [easton, weston], as: zone}}"
    dear = WITHIN.replace("WHAT", "pay: long-distance, overrides: near")
    assert [] == idle(tmp_path, alike, united, dear)


def test_a_rule_for_places_that_a_scenario_on_top_of_it_unites_has_an_effect_and_so_have_they(tmp_path: Path) -> None:
    dear = WITHIN.replace("WHAT", "pay: long-distance, overrides: near")
    united = "{from: 2012-01-01, unite: {places: [easton, weston], as: zone}}"
    child = f"  child: {{name: {{zh: 后续, en: Child}}, base: plan, changes: [{united}]}}\n"
    book = load_text(tmp_path, f"{SCENARIO}      - {dear}\n{child}")
    assert [] == list(date.examine(study_of(book, "baseline", ["child"])))


def test_a_change_whose_tariff_a_later_change_replaces_has_an_effect(tmp_path: Path) -> None:
    cheap = "{from: 2012-01-01, instead-of: long-distance, pay: local}"
    dear = "{from: 2012-01-01, instead-of: local, pay: long-distance}"
    assert [] == idle(tmp_path, cheap, dear)


def test_a_city_of_places_that_pay_alike_has_no_effect(tmp_path: Path) -> None:
    alike = "{from: 2011-01-01, instead-of: long-distance, pay: local}"
    united = "{from: 2012-01-01, unite: {places: [easton, weston], as: city}}"
    assert [] == idle(tmp_path, united)
    assert [1] == idle(tmp_path, alike, united)


CIRCLES = """
parameters: {start: {name: {zh: 起, en: start}, kind: date}}
circles:
  first: {name: {zh: 一, en: First}, members: [easton, weston]}
  second:
    name: {zh: 二, en: Second}
    versions: [{members: [northton]}, {members: [weston, northton], from: start}]
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""


def test_circles_that_do_not_nest_from_a_day_that_is_given_are_refused(tmp_path: Path) -> None:
    text = CIRCLES.replace("{members: [northton]}", "{members: [northton], until: start}")
    with pytest.raises(RulebookError) as caught:
        study_of(load_text(tmp_path, text), assume={"start": "2012-01-01"})
    (problem,) = caught.value.problems
    assert "region-does-not-nest" == problem.code
    assert "the circles `first` and `second` share `weston`, and neither holds the other" == problem.message
    assert (4, 5) == (problem.also[0].line, problem.at.line)


LATE = """
numbering: {areas: [{code: 99, place: easton, digits: [7], from: 2012-01-01, known: 2012-01-22}]}
rules: {late: {when: {line: fixed, called: fixed, usage: message}, pay: local, from: 2012-01-01, known: 2012-01-04}}
scenarios:
  baseline:
    name: {zh: 现行资费, en: As it is}
    circles:
      pair: {name: {zh: 二市, en: Pair}, versions: [{members: [easton, weston], from: 2012-01-01, known: 2012-01-02}]}
      past: {name: {zh: 一市, en: Past}, versions: [{members: [northton], from: 2012-01-01, known: 2012-01-01}]}
"""


def test_whatever_was_known_only_after_it_applied_is_listed_with_the_days(tmp_path: Path) -> None:
    found = date.examine(study_of(load_text(tmp_path, LATE)))
    late = {finding.subject[0]: finding.data["days_late"] for finding in found if "days_late" in finding.data}
    assert {"99": 21, "late": 3, "pair": 1} == late
