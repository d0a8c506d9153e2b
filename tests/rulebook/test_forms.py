"""The forms that the sections must have: what contradicts itself or is not complete is told, with the remedy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tariffs.rulebook.charges import Charge, clock_span
from tariffs.rulebook.problems import Position, Problem
from tariffs.rulebook.scenarios import Parameter
from tariffs.rulebook.values import Quantity, Text
from tests.rulebook.drafts import problems, told, write

NAMED = "{{name: {{zh: 甲, en: A}}, {}}}"


@pytest.mark.parametrize(
    "charge, remedy",
    [
        ("{per: 60 s}", "a charge needs a price"),
        ("{price: 1}", "a step needs `per`"),
        (
            "{per: 60 s, price: 1, steps: [{per: 60 s, price: 1}]}",
            "write the steps under `steps`, or one step without it",
        ),
        ("{steps: [{per: 60 s, price: 1}, {per: 60 s, price: 1}]}", "every step but the last says how long it lasts"),
        ("{per: 60 s, price: {day: 1}}", "prices by rate period need `periods`"),
        ("{per: 60 s, price: {day: 1}, periods: week}", "prices by rate period need `crossing`"),
        ("{steps-apply: whole-call, per: 60 s, price: 1}", "list two or more"),
        (
            "{steps-apply: whole-call, steps: [{for: 60 s, price: 1}, {for: 60 s, price: 1}]}",
            "says with `per` what its price is for",
        ),
        (
            "{steps-apply: whole-call, free: 5 s, steps: [{for: 60 s, price: 1}, {per: 60 s, price: 1}]}",
            "write a first step at price 0",
        ),
        ("{per: 60 s, billed-by: 1 message, price: 1}", "a step counts time, messages or volume"),
    ],
)
def test_a_charge_that_is_not_whole_is_told(tmp_path: Path, charge: str, remedy: str) -> None:
    text = f"tariffs: {{a: {NAMED.format('charge: ' + charge)}}}"
    if "week" in charge:
        text += "\nperiods: {week: {periods: {day: {name: {zh: 甲, en: A}}}}}"
    (problem,) = problems(write(tmp_path, text))
    assert "bad-value" == problem.code
    assert remedy in problem.hint


@pytest.mark.parametrize(
    "text, remedy",
    [
        (f"circles: {{a: {NAMED.format('source: price-list')}}}", "give either `members` or `versions`"),
        (f"zonings: {{a: {NAMED.format('source: price-list')}}}", "give either `each: city` or `zones`"),
        (f"parameters: {{a: {NAMED.format('kind: choice')}}}", "`choices` belongs to parameters of kind `choice`"),
        (f"parameters: {{a: {NAMED.format('kind: date, choices: {a: local}')}}}", "`choices` belongs to parameters"),
        ("numbering: {areas: [], mobile: [{prefix: 138}]}", "mobile ranges need a table of `segments`"),
        (f"scenarios: {{a: {NAMED.format('changes: [{from: 2012-01-01}]')}}}", "a change says what calls `pay`"),
        (f"scenarios: {{a: {NAMED.format('changes: [{from: 2012-01-01, pay: local}]')}}}", "say which calls: `when`"),
        (f"scenarios: {{a: {NAMED.format('changes: [{when: {}, pay: local}]')}}}", "give one of the two"),
        (
            f"scenarios: {{a: {NAMED.format('changes: [{from: 2012-01-01, unite: {places: [easton]}, pay: local}]')}}}",
            "`unite` stands alone",
        ),
    ],
)
def test_what_contradicts_itself_is_told(tmp_path: Path, text: str, remedy: str) -> None:
    (problem,) = problems(write(tmp_path, text))
    assert "bad-value" == problem.code
    assert remedy in problem.hint


@pytest.mark.parametrize(
    "text, expected",
    [
        ("rules: [near]", "1:1 bad-value: `rules` must be a mapping of names, and this is a list"),
        ("rules: near", "1:1 bad-value: `rules` must be a mapping of names, and this is `near`"),
        ("covers: {a: b}", "1:1 bad-value: `covers` must be a list, and this is a mapping"),
        ("covers: [everything]", "1:10 bad-value: a cover is a mapping, and this is `everything`"),
        ("numbering: 86", "1:1 bad-value: a numbering is a mapping, and this is `86`"),
        ("calendar: 2011", "1:1 bad-value: a calendar is a mapping, and this is `2011`"),
        ("rules: {Near: {when: {}, pay: local}}", "1:9 bad-value: `Near` cannot be a name"),
        ("rules: {a: {when: {}, pay: {b: c}}}", "1:23 bad-value: `pay` must be a list, and this is a mapping"),
        (
            "rules: {a: {when: near, pay: local}}",
            "1:19 bad-value: `when` must be a mapping, and this is one text: `near`",
        ),
        ("places: {a: {name: A, level: city}}", "1:20 bad-value: `name` must be a mapping, and this is one text: `A`"),
        (
            "places: {a: {name: {zh: [A], en: A}, level: city}}",
            "1:21 bad-value: `zh` must be one text, and this is a list",
        ),
        ("operators: {a: {name: {zh: A, en: A}, names: A}}", "1:46 bad-value: `names` must be a list"),
        (f"scenarios: {{a: {NAMED.format('illustrative: perhaps')}}}", "is neither true nor false"),
        (f"scenarios: {{a: {NAMED.format('phases: {Phase 1: {from: 2012-01-01}}')}}}", "`Phase 1` cannot be a name"),
        (f"places: {{a: {NAMED.format('level: city, people: -5')}}}", "`-5`: `people` must be at least 0"),
        (f"places: {{a: {NAMED.format('level: city, people: many')}}}", "`many` is not a whole number"),
        (f"places: {{a: {NAMED.format('level: village')}}}", "`village` is not a value of `level`"),
        (f"plans: {{a: {NAMED.format('discount: 200')}}}", "`200`: `discount` must be at most 100"),
    ],
)
def test_a_value_of_the_wrong_form_is_told(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in said for said in told(tmp_path, text))


def test_a_name_has_an_end(tmp_path: Path) -> None:
    (said,) = told(tmp_path, f"groups: {{{'a' * 65}: {{name: {{zh: 甲, en: A}}}}}}")
    assert f"1:10 bad-value: `{'a' * 57}...` cannot be a name" == said


def test_a_price_may_be_one_for_all_or_one_for_each_period(tmp_path: Path) -> None:
    (said,) = told(tmp_path, f"tariffs: {{a: {NAMED.format('charge: {per: 60 s, price: [1, 2]}')}}}")
    assert "bad-value: `price` cannot be a list" in said
    (said,) = told(tmp_path, f"tariffs: {{a: {NAMED.format('charge: {per: 60 s, price: {day: dear!}}')}}}")
    assert "bad-value: `dear!` cannot stand for `day`" in said


# --- Small values ---


def test_amounts_are_whole_microseconds_messages_and_bytes() -> None:
    assert ("time", 1_500_000) == _quantity("1.5 s")
    assert ("time", 60_000_000) == _quantity("1 min")
    assert ("time", 86_400_000_000) == _quantity("24 h")
    assert ("message", 2) == _quantity("2 messages")
    assert ("volume", 1024) == _quantity("1 KB")


def _quantity(text: str) -> tuple[str, int]:
    quantity = Quantity.model_validate(text)
    return quantity.measure, quantity.amount


@pytest.mark.parametrize("text", ["6 s", "0.5 s", "3600 s", "1 message", "10 byte"])
def test_an_amount_is_shown_as_it_may_be_written(text: str) -> None:
    assert text == str(Quantity.model_validate(text))


def test_a_free_beginning_is_a_first_step_that_costs_nothing() -> None:
    charge = Charge.model_validate({"per": "60 s", "price": "0.11", "free": "5 s"})
    assert [Decimal(0), Decimal("0.11")] == [step.price for step in charge.all_steps]
    assert "5 s" == str(charge.all_steps[0].for_)


def test_a_span_of_the_clock_is_seconds_of_the_day() -> None:
    assert (79200, 25200) == clock_span("22:00-07:00")
    assert (0, 86400) == clock_span("00:00-24:00")
    assert (1, 59) == clock_span("00:00:01-00:00:59")


@pytest.mark.parametrize(
    "text", ["7-22", "07:00", "07:00-07:00", "07:60-08:00", "24:01-25:00", "٠٧:00-08:00", "a:b-c:d"]
)
def test_what_is_no_span_of_the_clock_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="write a span of the clock as"):
        clock_span(text)


def test_a_parameter_reads_its_values() -> None:
    name = Text(zh="甲", en="A")
    assert "0.30" == Parameter(name=name, kind="price").read(" 0.30 ")
    assert "2012-01-01" == Parameter(name=name, kind="date").read("2012-01-01")
    assert "near" == Parameter(name=name, kind="choice", choices={"near": "local"}).read("near")
    for text in ("1e400", "NaN", "-1", "1000000000", "0.0000000001"):
        with pytest.raises(ValueError, match="is not a price"):
            Parameter(name=name, kind="price").read(text)


# --- Problems ---


def test_a_problem_has_one_of_the_known_codes() -> None:
    with pytest.raises(ValueError, match="'no-such-code' is not a problem code"):
        Problem("no-such-code", Position("rules.yaml", 1, 1), "wrong")


def test_a_problem_is_shown_with_its_line_the_places_it_involves_and_the_remedy() -> None:
    at, other = Position("rules.yaml", 12, 8), Position("more.yaml", 3, 1)
    problem = Problem("unknown-name", at, "`lokal` is unknown", "did you mean `local`?", "  pay: lokal", (other,))
    assert (
        "rules.yaml:12:8: unknown-name: `lokal` is unknown\n"
        "       12 |   pay: lokal\n"
        "          |        ^\n"
        "    see also more.yaml:3:1\n"
        "    did you mean `local`?"
    ) == str(problem)


def test_the_mark_follows_tabs() -> None:
    problem = Problem("yaml-syntax", Position("rules.yaml", 1, 2), "a tab", excerpt="\tx: 1")
    assert "          | \t^" == str(problem).splitlines()[2]
