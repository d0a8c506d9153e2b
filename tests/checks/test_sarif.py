"""SARIF logs of every shape are what the published schema of SARIF 2.1.0 asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tariffs
from tariffs.checks import check
from tariffs.checks.documents import as_sarif
from tariffs.checks.findings import CODES, Finding, text
from tariffs.checks.properties import MEANINGS
from tariffs.rulebook.problems import Position
from tests.checks.page import findings_of
from tests.checks.rulebooks import accepting, changed, rulebook
from tests.checks.sarif import complaints
from tests.cli.commands import run


def log_of(*arguments: str, **environment: str) -> dict[str, Any]:
    """The log that the command writes, which the schema has nothing against."""
    log: dict[str, Any] = json.loads(run("check", *arguments, "--format", "sarif", **environment).stdout)
    assert [] == complaints(log)
    return log


def results(log: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [result for result in log["runs"][0]["results"] if result["ruleId"] == code]


def test_the_schema_refuses_what_is_no_log() -> None:
    log = log_of(rulebook("gap"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    del log["runs"][0]["tool"]
    assert 2 == len(complaints(log))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_a_finding_of_every_code_is_valid(code: str, language: str) -> None:
    log = log_of(rulebook(code), "--lang", language)
    found = [finding for finding in findings_of(code) if finding.code == code]
    assert [f.severity for f in found] == [result["level"] for result in results(log, code)]
    for finding, result in zip(found, results(log, code), strict=True):
        assert result["message"]["text"].startswith(finding.message.zh if language == "zh" else finding.message.en)
    assert language == log["runs"][0]["tool"]["driver"]["language"]


def test_every_code_is_a_rule_and_every_result_points_to_its_own() -> None:
    (report,) = log_of(rulebook("redial"))["runs"]
    rules = [rule["id"] for rule in report["tool"]["driver"]["rules"]]
    assert list(MEANINGS) == rules
    assert report["results"]
    for result in report["results"]:
        assert result["ruleId"] == rules[result["ruleIndex"]]


def test_no_finding_is_an_empty_list_of_results() -> None:
    (report,) = log_of(rulebook("gap"), "--only", "conflict")["runs"]
    assert [] == report["results"]


def test_what_was_not_looked_at_is_said_too() -> None:
    (report,) = log_of("prd", "--only", "gap")["runs"]
    (invocation,) = report["invocations"]
    told = [note["message"]["text"] for note in invocation["toolConfigurationNotifications"]]
    assert ["Not checked: agreement-2011", "Looked for: gap"] == [text.partition(", which")[0] for text in told]


def test_an_accepted_finding_is_suppressed_in_the_rule_file_with_its_reason(tmp_path: Path) -> None:
    path = accepting(tmp_path, "{code: redial, of: local, reason: three minutes first}")
    (redial,) = results(log_of(path), "redial")
    ((said, kind, where),) = [(s["justification"], s["kind"], s["location"]) for s in redial["suppressions"]]
    assert ("three minutes first", "inSource") == (said, kind)
    line = 1 + Path(path).read_text("utf-8").splitlines().index(
        "  - {code: redial, of: local, reason: three minutes first}"
    )
    assert line == where["physicalLocation"]["region"]["startLine"]
    assert redial["locations"][0]["physicalLocation"]["region"]["startLine"] > 0


def test_a_finding_without_a_place_in_a_file_has_no_location() -> None:
    (told,) = results(log_of(rulebook("gap"), "--only", "unit"), "unit")
    assert ("note", []) == (told["level"], told["locations"])


def test_a_row_of_a_table_is_a_place_and_so_is_a_file_as_a_whole() -> None:
    at = (Position("prd/exchanges.csv", 12, 1), Position("prd/rulebook.yaml"))
    log = as_sarif([Finding("dead", "warning", text("不起作用", "It decides nothing"), at)], "en", "0.1.0")
    assert [] == complaints(log)
    (dead,) = results(log, "dead")
    row, file = dead["locations"][0]["physicalLocation"], dead["relatedLocations"][0]["physicalLocation"]
    assert ("prd/exchanges.csv", 12) == (row["artifactLocation"]["uri"], row["region"]["startLine"])
    assert {"artifactLocation": {"uri": "prd/rulebook.yaml"}} == file


def test_a_shipped_rulebook_with_all_its_ranges_is_valid() -> None:
    log = as_sarif(check(tariffs.load("shenfu")), "zh", tariffs.__version__)
    assert [] == complaints(log)
    assert all("suppressions" in result for result in results(log, "dearer"))


def test_a_file_with_blanks_and_chinese_in_its_name_becomes_a_uri(tmp_path: Path) -> None:
    folder = tmp_path / "规则 书"
    folder.mkdir()
    (result, *_) = results(log_of(changed(folder, "gap"), "--only", "gap"), "gap")
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (folder / "gap.yaml").as_uri() == uri
    assert uri.isascii()
