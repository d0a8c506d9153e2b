"""The page without a browser: what it answers, what it refuses, what it gives to take away."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import tariffs
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.cli.studio_desk import explained_lines, load_text, refused
from tariffs.compare.cells import Cells
from tariffs.compare.comparison import Question, compare
from tariffs.compare.gather import gather
from tariffs.compare.measures.segments import SegmentTable
from tariffs.compare.report.sections import report
from tariffs.compare.studio.app import Studio
from tariffs.compare.studio.desk import Choice, Desk
from tariffs.compare.tables import Column, text
from tariffs.language import words
from tariffs.rating.rater import Rater, make_rater
from tests.compare.visitor import Visitor

CALLS = Path(__file__).parent.parent.parent / "examples" / "guangdong-2011-10.csv"
PLAN = "base=baseline&scenario=plan-2010&reference=plan-2010:2&lang=en"


def read(rater: Rater) -> Cells:
    request = RateRequest(inputs=(str(CALLS),), output="-")
    with open_inputs(request) as inputs:
        return gather(inputs, rater, request=request).cells


@pytest.fixture(scope="module")
def desk() -> Desk:
    book = tariffs.load("prd")
    question = Question(base="baseline", scenarios=("plan-2010",))
    return Desk(read(book.rater(["baseline", "plan-2010"])), book, "prd", question, read)


@pytest.fixture(scope="module")
def page(desk: Desk) -> Visitor:
    return Visitor(Studio(desk, explained_lines, load_text, "en", refused))


def change_at(desk: Desk, price: str) -> str:
    """What the comparison of the library says, as tables show it."""
    question = Question(base="baseline", scenarios=("plan-2010",), as_of=("plan-2010:2",),
                        assume={"inter-zone-price": price})  # fmt: skip
    (part,) = compare(desk.cells, desk.book, question).parts
    return text(part.total.change(1), Column("", "", "yuan-change"))


def test_the_page_holds_the_form_and_the_first_result(page: Visitor) -> None:
    answer = page.get("/")
    assert 200 == answer.status_code
    assert 'name="value.inter-zone-price"' in answer.text
    assert 'value="plan-2010:1" selected' in answer.text
    assert "Synthetic data" in answer.text


@pytest.mark.parametrize("price", ["0.20", "0.25", "0.30"])
def test_another_price_gives_what_the_command_line_gives(price: str, page: Visitor, desk: Desk) -> None:
    answer = page.get(f"/results?{PLAN}&value.inter-zone-price={price}")
    assert f">{change_at(desk, price)}<" in answer.text


def test_a_table_of_segments_that_lacks_a_call_is_said_in_place_of_the_report(desk: Desk) -> None:
    lacking = replace(desk.question, elasticities=SegmentTable("demand.csv", ("low", "central", "high"), ()))
    mine = Desk(desk.cells, desk.book, "prd", lacking, read)
    page = Visitor(Studio(mine, explained_lines, load_text, "en", refused))
    for address in (f"/whole?{PLAN}", f"/?{PLAN}&whole=1", f"/report.html?{PLAN}"):
        answer = page.get(address)
        assert (200 if address.startswith("/?") else 422) == answer.status_code
        assert "demand.csv" in answer.text


def test_every_label_belongs_to_a_field(page: Visitor) -> None:
    body = page.get("/").text
    ids = set(re.findall(r'id="([^"]+)"', body))
    assert set() == set(re.findall(r'for="([^"]+)"', body)) - ids
    assert set() == set(re.findall(r'aria-describedby="([^"]+)"', body)) - ids


def test_in_chinese(page: Visitor) -> None:
    body = page.get("/?lang=zh").text
    assert '<html lang="zh-CN">' in body
    assert "资费试算" in body and "区间通话费" in body


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"}, {"host": "127.0.0.1:80"}, {"host": "127.0.0.1.evil.example:8765"},
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "https://127.0.0.1:8765"},
    ],
)  # fmt: skip
def test_whoever_was_sent_from_elsewhere_is_refused(headers: dict[str, str], page: Visitor) -> None:
    assert 403 == page.get("/", headers=headers).status_code


def test_nothing_is_asked_of_anybody_else(page: Visitor) -> None:
    answer = page.get("/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    links = re.findall(r'(?:src|href|action)="([^"]+)"', answer.text)
    assert [] == [link for link in links if not link.startswith(("/", "#", "data:,"))]


def test_one_call_is_explained(page: Visitor) -> None:
    call = {"caller": "02081234567", "called": "075781234567", "start": "2012-03-01 06:59:50", "seconds": "61"}
    answer = page.post(f"/explain?{PLAN}", data=call)
    assert "0.71" in answer.text and "0.60" in answer.text


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"caller": "1", "called": "2", "start": "yesterday", "seconds": "9"},
        {"caller": "02081234567", "called": "110", "start": "2012-03-01", "seconds": "x"},
    ],
)
def test_a_call_that_cannot_be_read(call: dict[str, str], page: Visitor) -> None:
    answer = page.post(f"/explain?{PLAN}", data=call)
    assert 200 == answer.status_code
    assert "Write two numbers" in answer.text


def test_the_rule_file_that_is_taken_away_says_the_same(page: Visitor, desk: Desk) -> None:
    saved = page.get(f"/rules.yaml?{PLAN}&value.inter-zone-price=0.25")
    assert 200 == saved.status_code
    book = load_text(saved.text)
    question = Question(base="baseline", scenarios=("plan-2010",), as_of=("plan-2010:2",))
    (part,) = compare(read(book.rater("baseline")), book, question).parts
    assert change_at(desk, "0.25") == text(part.total.change(1), Column("", "", "yuan-change"))


@pytest.mark.parametrize("rules", ["mine.yaml", "folder"])
def test_rules_of_ones_own_are_taken_away_wherever_they_lie(
    rules: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / rules / "own.yaml" if rules == "folder" else tmp_path / rules
    path.parent.mkdir(exist_ok=True)
    path.write_text("rulebook: {include: prd}\n", "utf-8")
    own = Desk(desk.cells, tariffs.load(rules), rules, desk.question)
    text = own.saved(Choice("baseline", ("plan-2010",), "", {"inter-zone-price": "0.25"}))
    assert "0.25" == load_text(text).assumptions["inter-zone-price"].value


def test_values_that_nobody_changed_are_not_saved(page: Visitor) -> None:
    saved = page.get(f"/rules.yaml?{PLAN}&value.inter-zone-price=0.30")
    assert "rulebook: {include: prd}\n" == saved.text


@pytest.mark.parametrize("ending", ["html", "docx", "xlsx"])
def test_the_report_is_taken_away(ending: str, page: Visitor) -> None:
    answer = page.get(f"/report.{ending}?{PLAN}")
    assert 200 == answer.status_code
    assert f'filename="report.{ending}"' in answer.headers["content-disposition"]
    assert len(answer.content) > 5000


def test_there_is_no_other_kind_of_report(page: Visitor) -> None:
    assert 404 == page.get(f"/report.exe?{PLAN}").status_code


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("base=baseline&lang=en", "Choose at least one scenario"),
        ("base=plan-2010&scenario=plan-2010&lang=en", "Choose at least one scenario"),
        (f"{PLAN}&value.inter-zone-price=cheap", "is not a price"),
        ("base=baseline&scenario=agreement-2011&reference=&lang=en", "has no value"),
        ("base=baseline&scenario=plan-2010&reference=plan-2010:9&lang=en", "has no phase"),
        ("base=baseline&scenario=plan-2010&day=soon&lang=en", "is no reference date"),
    ],
)
def test_what_cannot_be_answered_is_said(query: str, said: str, page: Visitor) -> None:
    answer = page.get(f"/results?{query}")
    assert 422 == answer.status_code
    assert said in answer.text


def test_other_zones_have_the_calls_read_again_and_say_so(page: Visitor) -> None:
    answer = page.get(f"/results?{PLAN}&value.business-zones=illustrative")
    assert 200 == answer.status_code
    assert "The calls were read again:" in answer.text


def test_calls_that_were_read_again_give_what_reading_them_at_first_gives(desk: Desk) -> None:
    values = {"business-zones": "illustrative"}
    answer = desk.answer(Choice("baseline", ("plan-2010",), "plan-2010:2", values))
    assert answer.read_again is not None
    fresh = read(make_rater(desk.book, ["baseline", "plan-2010"], assume=values))
    question = Question(base="baseline", scenarios=("plan-2010",), as_of=("plan-2010:2",), assume=values)
    (expected,), (found,) = compare(fresh, desk.book, question).parts, answer.comparison.parts
    (before,) = desk.answer(Choice("baseline", ("plan-2010",), "plan-2010:2")).comparison.parts
    assert expected.total == found.total
    assert before.total != found.total


def test_a_choice_is_answered_once(desk: Desk) -> None:
    choice = Choice("baseline", ("plan-2010",), "plan-2010:2", {"inter-zone-price": "0.27"})
    assert desk.answer(choice) is desk.answer(choice)


def test_while_sources_differ_on_a_price_there_is_no_single_headline(page: Visitor) -> None:
    both = page.get(f"/results?{PLAN}").text
    assert 2 == both.count('<article class="card">')
    assert "Inter-zone price 0.30" in both and "Inter-zone price 0.20" in both
    assert 1 == page.get(f"/results?{PLAN}&value.inter-zone-price=0.25").text.count('<article class="card">')


def test_a_changed_value_is_marked_and_its_assumption_still_named(page: Visitor) -> None:
    body = page.get(f"/?{PLAN}&value.inter-zone-price=0.25").text
    assert "assumed was 0.30" in body


@pytest.mark.parametrize("value", ["inter-zone-price=cheap", "inter-zone-prise=0.25"])
def test_after_a_value_that_is_none_the_form_is_still_there(value: str, page: Visitor) -> None:
    answer = page.get(f"/?{PLAN}&value.{value}")
    assert 422 == answer.status_code
    assert 'name="value.inter-zone-price"' in answer.text and 'name="value.plan-phase-2"' in answer.text
    assert value.endswith("cheap") == ('aria-invalid="true"' in answer.text)


def test_all_tables_are_those_of_the_report(page: Visitor, desk: Desk) -> None:
    answer = page.get(f"/whole?{PLAN}&value.inter-zone-price=0.25")
    assert 200 == answer.status_code
    choice = Choice("baseline", ("plan-2010",), "plan-2010:2", {"inter-zone-price": "0.25"})
    made = report(desk.answer(choice).comparison, words("en"))
    assert len(list(made.tables())) == answer.text.count("<table>")
    assert 422 == page.get("/whole?base=baseline&lang=en").status_code


def test_from_cells_alone_other_zones_cannot_be_answered(desk: Desk) -> None:
    alone = Desk(desk.cells, desk.book, "prd", desk.question)
    visitor = Visitor(Studio(alone, explained_lines, load_text, "en", refused))
    answer = visitor.get(f"/results?{PLAN}&value.business-zones=illustrative")
    assert 422 == answer.status_code
    assert "must be read again" in answer.text


def test_fields_are_the_parameters_that_the_scenarios_look_up(desk: Desk) -> None:
    plan = {field.name for field in desk.fields(Choice("baseline", ("plan-2010",)))}
    assert {"inter-zone-price", "plan-phase-2"} <= plan
    assert "delivery-day" not in plan
    missing = {field.name: field.value for field in desk.fields(Choice("baseline", ("agreement-2011",)))}
    assert "" == missing["agreement-level"]
