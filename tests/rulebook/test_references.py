"""Every name that a rulebook uses is the name of something that fits the place of use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rulebook.drafts import load_text, told

PARAMETERS = """
parameters:
  a-price: {name: {zh: 价格, en: A price}, kind: price}
  a-day: {name: {zh: 日期, en: A day}, kind: date}
  a-level: {name: {zh: 水平, en: A level}, kind: choice, choices: {near: local, far: long-distance}}
  a-zoning: {name: {zh: 划分, en: A zoning}, kind: choice, choices: {one: one-zone-a-city}}
  a-crossing: {name: {zh: 跨时段, en: A crossing}, kind: choice, choices: {start: call-start, unit: each-unit}}
"""


@pytest.mark.parametrize(
    "text, what",
    [
        ("places: {a: {name: {zh: 甲, en: A}, level: city, in: «pravince»}}", "is not one of the places"),
        ("places: {a: {name: {zh: 甲, en: A}, level: city, source: «me»}}", "is not one of the sources"),
        ("circles: {a: {name: {zh: 甲, en: A}, members: [easton, «bo»]}}", "is not one of the places"),
        ("regions: {a: {name: {zh: 甲, en: A}, members: «bo»}}", "is not one of the places"),
        ("numbering: {areas: [{code: 9, place: «bo», digits: [8]}]}", "is not one of the places"),
        ("numbering: {areas: [{code: 9, place: easton, digits: [8], operator: «me»}]}", "is not one of the operators"),
        ("numbering: {areas: [], exchanges: [{area: «9», prefix: 3}]}", "is not one of the area codes"),
        ("numbering: {areas: [], access: [{code: 179, operator: «me»}]}", "is not one of the operators"),
        ("numbering: {areas: [], countries: [{code: 1, place: «bo»}]}", "is not one of the places"),
        ("rules: {a: {when: {}, pay: «lokal»}}", "is not one of the tariffs"),
        ("rules: {a: {when: {}, pay: [local, «lokal»]}}", "is not one of the tariffs"),
        ("rules: {a: {when: {}, pay: local, overrides: «nar»}}", "is not one of the rules"),
        ("rules: {a: {when: {}, pay: local, from: «someday»}}", "is no date and no parameter"),
        ("covers: [{when: {line: [fixed, «fax»]}}]", "is not one of the lines"),
        ("covers: [{when: {called: «emergency»}}]", "is not one of the lines and special services"),
        ("covers: [{when: {access: «17909»}}]", "is not one of the access codes"),
        ("covers: [{when: {operator: «me»}}]", "is not one of the operators"),
        ("covers: [{when: {called-operator: «me»}}]", "is not one of the operators"),
        ("covers: [{when: {group: «students»}}]", "is not one of the groups"),
        ("covers: [{when: {plan: «family»}}]", "is not one of the plans"),
        ("covers: [{when: {option: «add-on»}}]", "is not one of the options"),
        ("covers: [{when: {without-option: «add-on»}}]", "is not one of the options"),
        ("covers: [{when: {between: [easton, «bo»]}}]", "is not one of the places, circles and regions"),
        ("covers: [{when: {home: «each-circle»}}]", "is not one of the places, circles and regions"),
        ("covers: [{when: {roaming-within: «bo»}}]", "is not one of the places, circles and regions"),
        ("plans: {a: {name: {zh: 甲, en: A}, fee: «a-fee»}}", "is no price and no parameter"),
        (
            "plans: {a: {name: {zh: 甲, en: A}, allowances: [{amount: 60 min, of: [«lokal»]}]}}",
            "is not one of the tariffs",
        ),
        ("scenarios: {a: {name: {zh: 甲, en: A}, base: «b»}}", "is not one of the scenarios"),
        ("assumptions: {«a-fee»: {value: 1, reason: because}}", "is not one of the parameters"),
    ],
)
def test_an_unknown_name_is_told_where_it_stands(tmp_path: Path, text: str, what: str) -> None:
    """The name stands in « »."""
    name = text[text.index("«") + 1 : text.index("»")]
    (said,) = told(tmp_path, text.replace("«", "").replace("»", ""))
    assert said.startswith(f"1:{text.index('«') + 1} unknown-name: `{name}` {what}")


def test_the_zoning_in_use_must_exist(tmp_path: Path) -> None:
    assert ["rulebook.yaml:7:11 unknown-name: `by-hand` is not one of the zonings"] == told(
        tmp_path, "covers: []", zoning="by-hand"
    )


def test_built_in_words_are_known(tmp_path: Path) -> None:
    text = """
    covers:
      - when: {line: [fixed, mobile], called: [fixed, mobile], access: [none], plan: none, within: each-circle}
      - when: {access: any, roaming-within: each-circle}
    """
    assert 2 == len(load_text(tmp_path, text).covers)


# --- Parameters ---


def test_parameters_stand_for_tariffs_zonings_crossings_prices_and_days(tmp_path: Path) -> None:
    text = f"""{PARAMETERS}
periods:
  halves:
    periods:
      night: {{name: {{zh: 夜间, en: Night}}, clock: 00:00-12:00}}
      day: {{name: {{zh: 日间, en: Day}}, otherwise: true}}
tariffs:
  split:
    name: {{zh: 分时, en: Split}}
    charge: {{per: 60 s, price: {{day: a-price, night: 0.10}}, periods: halves, crossing: a-crossing, minimum: a-price}}
rules:
  mine: {{when: {{line: fixed}}, pay: [split, a-level], overrides: [near, far], from: a-day}}
"""
    assert ("split", "a-level") == load_text(tmp_path, text, zoning="a-zoning").rules["mine"].pay


@pytest.mark.parametrize(
    "use, expected",
    [
        ("rules: {a: {when: {}, pay: a-price}}", "`a-price` is a parameter of kind price; a tariff stands here"),
        (
            "rules: {a: {when: {}, pay: local, from: a-level}}",
            "`a-level` is a parameter of kind choice; a date stands here",
        ),
        ("plans: {a: {name: {zh: 甲, en: A}, fee: a-day}}", "`a-day` is a parameter of kind date; a price stands here"),
    ],
)
def test_a_parameter_of_another_kind_is_told(tmp_path: Path, use: str, expected: str) -> None:
    (said,) = told(tmp_path, f"{use}\n{PARAMETERS}")
    assert said.endswith(f"bad-value: {expected}")


def test_what_a_choice_stands_for_must_fit_each_place_of_use(tmp_path: Path) -> None:
    (said,) = told(tmp_path, "rules: {a: {when: {}, pay: a-zoning}}\n" + PARAMETERS)
    assert "7:73 unknown-name: `one-zone-a-city` is not one of the tariffs, which `a-zoning` stands for" == said


def test_a_choice_stands_for_something_even_where_nobody_uses_it(tmp_path: Path) -> None:
    choice = "parameters: {p: {name: {zh: 甲, en: A}, kind: choice, choices: {a: local, b: lokal}}}"
    assert ["1:77 unknown-name: `lokal` is not one of the tariffs, zonings and crossings"] == told(tmp_path, choice)


# --- Names mean one thing ---


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "parameters: {local: {name: {zh: 甲, en: A}, kind: price}}",
            "`local` is the name of a parameter and of a tariff",
        ),
        (
            "parameters: {one-zone-a-city: {name: {zh: 甲, en: A}, kind: date}}",
            "`one-zone-a-city` is the name of a parameter and of a zoning",
        ),
        (
            "parameters: {each-unit: {name: {zh: 甲, en: A}, kind: date}}",
            "`each-unit` is the name of a parameter and of a crossing",
        ),
        (
            "circles: {easton: {name: {zh: 甲, en: A}, members: easton}}",
            "`easton` is the name of a circle and of a place",
        ),
        (
            "regions: {easton: {name: {zh: 甲, en: A}, members: easton}}",
            "`easton` is the name of a region and of a place",
        ),
        ("plans: {none: {name: {zh: 甲, en: A}}}", "`none` means no plan"),
        (
            "numbering: {areas: [], special: [{service: fixed, prefix: 9, digits: [3]}]}",
            "`fixed` is the kind of a line and cannot be a special service",
        ),
        (
            "scenarios: {a: {name: {zh: 甲, en: A}, options: {add-on: {name: {zh: 乙, en: B}}}}}\n"
            "options: {add-on: {name: {zh: 甲, en: A}}}",
            "`add-on` names two options",
        ),
        (
            "scenarios: {a: {name: {zh: 甲, en: A}, rules: {near: {when: {}, pay: local}}}}",
            "`near` names two rules",
        ),
    ],
)
def test_a_name_with_two_meanings_is_told(tmp_path: Path, text: str, expected: str) -> None:
    (said,) = told(tmp_path, text)
    assert said.endswith(f"duplicate-name: {expected}")


def test_a_circle_of_a_scenario_may_replace_one_of_the_rulebook(tmp_path: Path) -> None:
    text = """
circles:
  west: {name: {zh: 西圈, en: The west}, members: [easton, weston]}
scenarios:
  wider:
    name: {zh: 更大, en: Wider}
    circles:
      west: {name: {zh: 西圈, en: The west}, members: [easton, weston, northton]}
"""
    assert 3 == len(load_text(tmp_path, text).scenarios["wider"].circles["west"].members)


# --- What a scenario defines ---

SCENARIOS = """
scenarios:
  plan:
    name: {zh: 方案, en: The plan}
    circles: {two: {name: {zh: 两市, en: Two cities}, members: [easton, weston]}}
    regions: {area: {name: {zh: 区域, en: The area}, members: [easton, weston]}}
    parameters: {level: {name: {zh: 价格, en: The price}, kind: price}}
    tariffs: {plan-price: {name: {zh: 方案价, en: Plan price}, charge: {per: 60 s, price: level}}}
    options: {add-on: {name: {zh: 叠加包, en: Add-on}, eligible: {home: two}}}
    rules: {plan-rule: {when: {line: fixed, within: two}, pay: plan-price, overrides: [near, far]}}
  more:
    name: {zh: 更多, en: More}
    base: plan
    changes:
      - {from: 2012-01-01, when: {within: area, option: add-on}, pay: plan-price, overrides: [plan-rule, near, far]}
"""


def test_what_a_scenario_defines_is_visible_in_it_and_in_those_that_rest_on_it(tmp_path: Path) -> None:
    assert ["plan", "more"] == list(load_text(tmp_path, SCENARIOS).scenarios)


def test_what_a_scenario_defines_is_not_visible_elsewhere(tmp_path: Path) -> None:
    said = told(tmp_path, SCENARIOS.replace("    base: plan\n", ""))
    assert ["area", "add-on", "plan-price", "plan-rule"] == [line.split("`")[1] for line in said]
    (cover,) = told(tmp_path, SCENARIOS + "covers: [{when: {within: two}}]")
    assert "`two` is not one of the places, circles and regions" in cover


def test_a_choice_of_the_rulebook_may_stand_for_a_tariff_of_the_scenario_that_uses_it(tmp_path: Path) -> None:
    choice = """
parameters: {which: {name: {zh: 水平, en: Level}, kind: choice, choices: {a: plan-price, b: local}}}
"""
    change = "    changes: [{from: 2012-01-01, instead-of: long-distance, pay: which}]\n"
    text = choice + SCENARIOS.replace("  more:\n", change + "  more:\n")
    assert load_text(tmp_path, text).scenarios["plan"].changes
    (said,) = told(tmp_path, text + "covers: [{when: {}}]\nrules: {mine: {when: {access: any}, pay: which}}")
    assert "`plan-price` is not one of the tariffs, which `which` stands for" in said


def test_scenarios_do_not_rest_on_one_another_in_a_circle(tmp_path: Path) -> None:
    text = "{name}: {{name: {{zh: 甲, en: A}}, base: {base}}}"
    names = ", ".join(text.format(name=name, base=base) for name, base in {"a": "c", "b": "a", "c": "b"}.items())
    (said,) = told(tmp_path, f"scenarios: {{{names}}}")
    assert said.endswith("circular: `a` rests on itself by way of `c` and `b`")
    (said,) = told(tmp_path, "scenarios: {a: {name: {zh: 甲, en: A}, base: a}}")
    assert said.endswith("circular: `a` rests on itself")
