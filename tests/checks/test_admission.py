"""Rating refuses rules that leave a promised call without a price or give a call two, unless told otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

import tariffs
from tariffs import RulebookError
from tariffs.checks import conflict, gap
from tariffs.checks.admission import admit
from tests.checks.drawn import drawn, promising_books, study
from tests.checks.rulebooks import accepting, changed, rulebook
from tests.cli.commands import complaint, run
from tests.cli.test_program import loaded_after
from tests.smallworld import Draft

SHIPPED = {"prd": ["baseline", "plan-2010", "delivery-2012"], "changzhutan": [], "shenfu": [], "unicom": []}
SCENARIOS = (
    "\nrules:",
    """
scenarios:
  dear:
    name: {zh: 贵, en: Dear}
    tariffs: {dear: {name: {zh: 贵, en: Dear}, charge: {per: 60 s, price: 0.90}, source: price-list}}
    rules: {to-weston: {when: {to: weston}, pay: dear, source: price-list}}

rules:""",
)


def refused(path: str, *scenarios: str, allow: tuple[str, ...] = ()) -> list[str]:
    """The problems for which a rulebook is refused."""
    with pytest.raises(RulebookError) as caught:
        tariffs.load(path).rater(scenarios or "baseline", allow=allow)
    return [str(problem) for problem in caught.value.problems]


def test_a_gap_is_shown_with_its_line_and_the_call_before_any_call_is_rated() -> None:
    (said,) = refused(rulebook("gap"))
    assert "gap.yaml:11:5: gap: A promised call has no rule: call: Easton → fixed line, Weston" in said
    assert "one at 2011-01-01 12:00:00 under baseline gives no-rule: no rule prices the call" in said
    assert 'with --allow gap (in Python: allow=["gap"])' in said


def test_a_conflict_is_shown_with_both_lines() -> None:
    (said,) = refused(rulebook("conflict"))
    assert "conflict.yaml:19:3: conflict: The rules every-call (pays local) and from-easton" in said
    assert re.search(r"see also .*conflict\.yaml:18:3", said)
    assert "gives two-rules: two rules price the call differently" in said


@pytest.mark.parametrize("code", ["gap", "conflict"])
def test_what_is_allowed_is_rated_and_its_calls_are_suspended(code: str, tmp_path: Path) -> None:
    assert tariffs.load(rulebook(code)).rater(allow=code).views[0].label == "baseline"
    other = {"gap": "conflict", "conflict": "gap"}[code]
    assert 1 == len(refused(rulebook(code), allow=(other,)))
    calls = tmp_path / "calls.csv"
    calls.write_text("id,caller,called,start,duration\n1,02081234567,075781234567,2012-03-01T10:00:00,60\n", "utf-8")
    arguments = ("rate", str(calls), "--rules", rulebook(code), "-o", str(tmp_path / "rated.csv"))
    assert f": {code}: " in complaint(run(*arguments), 2)
    assert not (tmp_path / "rated.csv").exists()
    assert {"gap": "[no-rule]", "conflict": "[two-rules]"}[code] in run(*arguments, "--allow", code).output


def test_only_gaps_and_conflicts_can_be_allowed() -> None:
    with pytest.raises(ValueError, match="dead: only gap and conflict can be allowed"):
        tariffs.load(rulebook("gap")).rater(allow=["gap", "dead"])


def test_an_accepted_gap_does_not_refuse(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: gap, of: same-province, reason: priced by the other operator}", "gap")
    assert tariffs.load(path).rater().views[0].label == "baseline"
    other = accepting(tmp_path, "{code: gap, of: mainland, reason: another relation}", "gap")
    assert 1 == len(refused(other))


def test_two_rules_that_agree_do_not_refuse(tmp_path: Path) -> None:
    path = changed(tmp_path, "conflict", ("pay: long-distance", "pay: local"))
    assert tariffs.load(path).rater().views[0].label == "baseline"


def test_rules_that_promise_nothing_are_refused(tmp_path: Path) -> None:
    covers = "covers:\n  - {when: {line: fixed, called: fixed, from: province, to: province}, "
    covers += "from: 2011-01-01, until: 2013-01-01}\n"
    (said,) = refused(changed(tmp_path, "redial", (covers, "")))
    assert "redial.yaml:3:3: gap: The rulebook has no `covers`" in said


def test_only_the_scenarios_asked_for_are_looked_at(tmp_path: Path) -> None:
    to_all = ("{when: {line: fixed, called: fixed, relation: same-zone}", "{when: {}")
    path = changed(tmp_path, "gap", SCENARIOS, to_all)
    assert tariffs.load(path).rater("baseline").views[0].label == "baseline"
    (said,) = refused(path, "dear")
    assert "(pays dear)" in said


def test_views_of_a_day_or_of_holders_are_those_of_their_scenarios() -> None:
    book = tariffs.load("prd")
    labels = [view.label for view in book.rater("delivery-2012", as_of=["delivery-2012:1"], both=True).views]
    assert ["delivery-2012@1[none]", "delivery-2012@1[all]"] == labels
    assert 1 == len(refused(rulebook("gap"), "baseline+baseline"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rulebook_is_rated_as_it_is(name: str) -> None:
    book = tariffs.load(name)
    wanted = SHIPPED[name] or list(book.scenarios)
    assert wanted == [view.label for view in book.rater(wanted).views]


@drawn(25)
@given(promising_books())
def test_a_drawn_rulebook_is_refused_for_what_the_checks_find(draft: Draft) -> None:
    examined = study(draft)
    found = {f.code for item in (gap, conflict) for f in item.examine(examined) if f.counts}
    refused_for: set[str] = set()
    try:
        admit(examined.rater)
    except RulebookError as error:
        refused_for = {problem.code for problem in error.problems}
    assert found == refused_for


def test_a_call_is_explained_under_rules_that_rating_refuses() -> None:
    said = run("explain", "--rules", rulebook("conflict"), "--from", "02081234567", "--to", "075781234567",
               "--at", "2012-03-01 10:00:00", "--for", "60")  # fmt: skip
    assert 3 == said.exit_code
    assert "two-rules" in said.output


def test_the_refusal_is_chinese_where_the_command_is(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("id,caller,called,start,duration\n", "utf-8")
    output = str(tmp_path / "rated.csv")
    said = complaint(run("rate", str(calls), "--rules", rulebook("gap"), "-o", output, "--lang", "zh"), 2)
    assert "承诺计费（covers）的通话没有规则" in said
    assert "用 --allow gap 只为其余通话批价" in said


def test_one_call_loads_of_the_checks_only_what_admits_it() -> None:
    loaded = loaded_after("import tariffs; tariffs.load('shenfu').rater()")
    assert "tariffs.checks.admission" in loaded
    heavy = {"pyarrow", "numpy", "numba", "duckdb", "rich", "click"}
    assert set() == loaded & {*heavy, "tariffs.checks.properties", "tariffs.checks.starts", "tariffs.checks.checking"}
