"""Findings that a rule file accepts: shown with the reason, for what they name, and told when they match nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import tariffs
from tariffs import RulebookError
from tariffs.checks import Finding, check
from tests.checks.rulebooks import accepting
from tests.cli.commands import run

SHIPPED = ["prd", "changzhutan", "shenfu", "unicom"]


def findings(path: str, code: str) -> list[Finding]:
    return [finding for finding in check(tariffs.load(path)) if finding.code == code]


def test_the_reason_is_shown_in_the_language_of_the_run(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: redial, of: local, reason: {zh: 三加一, en: three and one}, source: price-list}")
    (found,) = findings(path, "redial")
    assert found.accepted is not None
    assert ("三加一", "three and one") == (found.accepted.reason.zh, found.accepted.reason.en)
    line = 1 + Path(path).read_text("utf-8").splitlines().index("accept:") + 1
    assert f"accepted: three and one ({path}:{line}:5)" in run("check", path).stdout
    assert f"已接受：三加一 ({path}:{line}:5)" in run("check", path, "--lang", "zh").stdout


@pytest.mark.parametrize("reason", ["''", "{zh: 已知, en: ''}"])
def test_an_acceptance_says_why(reason: str, tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="say why it is accepted"):
        tariffs.load(accepting(tmp_path, f"{{code: redial, reason: {reason}}}"))


@pytest.mark.parametrize(
    "accepted, scope",
    [
        (True, ""),
        (True, "of: local, "),
        (True, "of: local, scenario: baseline, "),
        (False, "of: [local, far], "),
        (False, "scenario: plan, "),
    ],
)
def test_an_acceptance_is_for_the_scope_that_it_names(accepted: bool, scope: str, tmp_path: Path) -> None:
    plan = "\n\nscenarios: {plan: {name: {zh: 规划, en: Plan}}}"
    path = accepting(tmp_path, f"{{code: redial, {scope}reason: known}}{plan}")
    (found,) = findings(path, "redial")
    assert accepted == (found.accepted is not None)
    assert accepted == (findings(path, "acceptance") == [])


def test_an_acceptance_is_not_judged_under_other_values_than_the_rulebook_assumes() -> None:
    book = tariffs.load("prd")
    assert not [f for f in check(book, only=["acceptance"], skip=["dearer"]) if f.counts]
    values = {"inter-zone-price": "0.01", "mobile-local-price": "0.01"}
    assert () == check(book, only=["acceptance"], assume=values)


def test_an_acceptance_of_what_is_told_on_a_day_only_is_judged_on_a_day_only(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: provenance, of: [price-list, checked], reason: printed and never changed}")
    assert [] == findings(path, "acceptance")
    book = tariffs.load(path)
    (old,) = check(book, only=["provenance"], today=dt.date(2020, 1, 1))
    assert old.accepted is not None
    (stray,) = check(book, only=["acceptance"], today=dt.date(2011, 1, 2))
    assert ("provenance", "price-list", "checked") == stray.subject


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rulebook_passes_with_its_acceptances_stated(name: str) -> None:
    ended = run("check", name, "--lang", "zh")
    assert 0 == ended.exit_code, ended.stdout
    assert "待处理 0 项" in ended.stdout
    for finding in check(tariffs.load(name)):
        if finding.accepted is not None:
            assert finding.accepted.reason.zh != finding.accepted.reason.en, "a reason in both languages"
            assert finding.accepted.at.line
    uncited = [entry.code for entry in tariffs.load(name).accept if entry.mark == "published" and not entry.source]
    assert [] == uncited, "an acceptance has a source, or says what it rests on"


@pytest.mark.parametrize("name, seconds", [("prd", "1–24"), ("changzhutan", "1–24"), ("shenfu", "1–12")])
def test_short_calls_that_become_dearer_are_shown(name: str, seconds: str) -> None:
    said = run("check", name, "--only", "dearer").stdout
    assert "costs more under" in said
    assert "accepted: a unit of " in said or "accepted: the plan names the inter-zone level" in said
    assert seconds in said
