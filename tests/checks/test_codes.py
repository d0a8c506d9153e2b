"""Every code has a bad rulebook that shows it; output, acceptances and exit codes are those of the documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tariffs
from tariffs.checks import check
from tariffs.checks.findings import CODES
from tariffs.checks.properties import MEANINGS, PROPERTIES
from tests.checks.page import PAGE, findings_of, page
from tests.checks.rulebooks import accepting, changed, rulebook
from tests.cli.commands import run

BAD = sorted(CODES)


def test_every_code_says_what_it_means() -> None:
    assert list(MEANINGS) == [*(item.code for item in PROPERTIES), "acceptance"]
    assert set(CODES) == set(MEANINGS)


def test_the_page_is_what_the_checks_say_today() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run python -m tests.checks.page"


@pytest.mark.parametrize("code", BAD)
def test_a_bad_rulebook_shows_its_code_with_a_position(code: str) -> None:
    found = [finding for finding in findings_of(code) if finding.code == code]
    assert any(finding.counts for finding in found)
    assert all(at.line for finding in found if finding.counts for at in finding.positions)


@pytest.mark.parametrize("code", [code for code in BAD if code != "provenance"])
def test_without_the_code_nothing_of_it_is_found(code: str) -> None:
    found = check(tariffs.load(rulebook(code)), skip=[code])
    assert code not in {finding.code for finding in found}
    assert {code} == {finding.code for finding in check(tariffs.load(rulebook(code)), only=[code])}


def test_a_gap_shows_the_call_and_what_the_engine_makes_of_it() -> None:
    shown = findings_of("gap")[0].witness
    assert shown is not None
    assert "no-rule: no rule prices the call" == shown.outcome.en
    assert ("2011-01-01", "originated") == (shown.call.start.date().isoformat(), shown.call.direction)


def test_a_rulebook_that_promises_nothing_is_told_so(tmp_path: Path) -> None:
    calls = "{when: {line: fixed, called: fixed, from: province, to: province}, from: 2011-01-01, until: 2013-01-01}"
    found = check(tariffs.load(changed(tmp_path, "gap", (f"covers:\n  - {calls}\n", ""))))
    assert [("gap", ("covers",))] == [(finding.code, finding.subject) for finding in found if finding.counts]


def test_the_way_back_is_priced_beside_the_way_there() -> None:
    found = next(finding for finding in findings_of("symmetry") if finding.code == "symmetry")
    assert [["local"], ["long-distance"]] == found.data["pays"]


def test_six_minutes_cost_more_than_twice_three() -> None:
    found = next(finding for finding in findings_of("redial") if finding.code == "redial")
    assert (180, 360, "0.11") == (found.data["first"], found.data["whole"], found.data["gain"])


def test_a_rule_known_late_says_how_late() -> None:
    late = [finding.data["days_late"] for finding in findings_of("date") if "days_late" in finding.data]
    assert [21] == late


def test_a_resolution_finer_than_the_records_is_told() -> None:
    book = tariffs.load(rulebook("gap"))
    assert [True] == [finding.counts for finding in check(book, only=["unit"], mapping=60_000_000)]
    assert () == check(book, only=["unit"], mapping=1_000_000)


# --- Acceptances ------------------------------------------------------------------------------------------------------


def test_an_accepted_finding_is_shown_with_its_reason_and_does_not_count(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: redial, of: local, reason: three minutes first, source: price-list}")
    found = next(finding for finding in check(tariffs.load(path)) if finding.code == "redial")
    assert not found.counts
    assert found.accepted is not None
    assert ("three minutes first", ("price-list",)) == (found.accepted.reason.en, found.accepted.source)
    ended = run("check", path)
    assert 0 == ended.exit_code, ended.output
    assert "three minutes first" in ended.stdout


@pytest.mark.parametrize("entry", ["{code: redial, of: far, reason: none}", "{code: nearer, reason: none}"])
def test_an_acceptance_that_matches_nothing_is_told(tmp_path: Path, entry: str) -> None:
    path = accepting(tmp_path, entry)
    assert ["acceptance"] == [f.code for f in check(tariffs.load(path)) if f.counts and f.code != "redial"]


def test_an_acceptance_is_not_judged_where_nobody_looked(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: nearer, reason: none}")
    assert () == check(tariffs.load(path), only=["gap"])
    assert ["acceptance"] == [finding.code for finding in check(tariffs.load(path), only=["acceptance"])]


def test_what_is_accepted_does_not_change_what_calls_cost(tmp_path: Path) -> None:
    plain = tariffs.load(changed(tmp_path, "redial")).digest
    assert plain == tariffs.load(accepting(tmp_path, "{code: redial, of: local, reason: known}")).digest


# --- The command ------------------------------------------------------------------------------------------------------


def test_json_is_a_list_of_findings() -> None:
    found = json.loads(run("check", rulebook("dearer"), "--format", "json").stdout)
    first = next(item for item in found if item["code"] == "dearer")
    assert [[1, 6]] == first["ranges"]
    assert ("baseline", "harmonised", "fixed-to-fixed") == (first["base"], first["scenario"], first["service"])
    assert ("00:00:00", "24:00:00") == (first["start_from"], first["start_until"])
    assert ("2012-01-01", None) == (first["dates_from"], first["accepted"])
    assert {"amount": 1, "start": "00:00:00", "more": "0.03", "old": "0.07", "new": "0.10"} == first["worst"]
    assert [7] == first["break_even"]
    assert first["positions"][0]["file"].endswith("dearer.yaml")
