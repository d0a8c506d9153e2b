"""`tariffs check` as a command: exit codes, what to look for, where to write, and input of every wrong kind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tariffs.checks.findings import CODES
from tariffs.checks.properties import MEANINGS
from tests.checks.page import ROOT, findings_of
from tests.checks.rulebooks import accepting, rulebook
from tests.cli.commands import complaint, run

CLAIM = "No counter-example to these properties for this rulebook and its declared domain."


# --- How it ends ------------------------------------------------------------------------------------------------------


def test_nothing_found_ends_with_0_and_says_no_more_than_is_proved() -> None:
    ended = run("check", "shenfu", "--only", "gap,conflict")
    assert 0 == ended.exit_code
    assert ["Looked for: gap, conflict", CLAIM, "0 to look at, 0 accepted, 0 notes"] == ended.stdout.splitlines()
    assert not any(word in ended.stdout for word in ("lawful", "fair"))


def test_a_finding_that_nobody_accepted_ends_with_3_and_nothing_is_claimed() -> None:
    ended = run("check", rulebook("gap"))
    assert 3 == ended.exit_code
    assert "counter-example" not in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("1 to look at")


def test_accepted_findings_end_with_0_and_the_claim_leaves_them_out(tmp_path: Path) -> None:
    ended = run("check", accepting(tmp_path, "{code: redial, of: local, reason: known}"), "--only", "redial")
    assert 0 == ended.exit_code
    assert f"Besides what is accepted above, n{CLAIM[1:]}" in ended.stdout.splitlines()


def test_notes_alone_end_with_0() -> None:
    ended = run("check", rulebook("gap"), "--only", "unit")
    assert 0 == ended.exit_code
    assert "0 to look at, 0 accepted, 1 notes" in ended.stdout


def test_what_was_not_looked_at_is_said() -> None:
    said = run("check", "prd", "--only", "gap").stdout
    needs = "agreement-level, agreement-phase-1, agreement-phase-2"
    assert f"Not checked: agreement-2011, which needs {needs} (--assume)" in said
    given = [f"--assume={name}=2012-01-01" for name in ("agreement-phase-1", "agreement-phase-2")]
    full = run("check", "prd", "--only", "gap", "--assume", "agreement-level=inter-zone", *given)
    assert "Not checked" not in full.output
    assert 0 == full.exit_code, full.output


# --- What to look for -------------------------------------------------------------------------------------------------


def codes(*arguments: str) -> set[str]:
    return {finding["code"] for finding in json.loads(run("check", *arguments, "--format", "json").stdout)}


def test_only_and_skip_take_codes_joined_by_commas_or_repeated() -> None:
    path = rulebook("symmetry")
    assert codes(path, "--only", "symmetry,redial") == codes(path, "--only", "symmetry", "--only", "redial")
    assert codes(path) - {"symmetry", "unit"} == codes(path, "--skip", "symmetry,unit")
    assert {"symmetry"} == codes(path, "--only", "symmetry,unit", "--skip", "unit")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--only", "gaps"], "there is no code 'gaps'. Did you mean gap? There are: gap, conflict, dead"),
        (["--skip", "gap,nix"], "there is no code 'nix'. There are: gap, conflict"),
        (["--only", "gap", "--skip", "gap"], "--skip leaves nothing to look for."),
        (["--skip", ",".join(CODES)], "--skip leaves nothing to look for."),
        (["--today", "soon"], "write a day as 2012-01-01"),
        (["--stale", "-1"], "-1 is not in the range"),
        (["--format", "xml"], "'xml'"),
        (["--scenario", "plan-2010"], "there is no scenario 'plan-2010'"),
        (["--base", "plan-2010"], "there is no scenario 'plan-2010'"),
        (["--base", "baselin", "--scenario", "baseline"], "did you mean baseline?"),
        (["--scenario", "baseline+nix"], "there is no scenario 'nix'"),
        (["--assume", "price=1"], "There is no parameter 'price' in the rulebook. There are none."),
        (["--assume", "price"], "'price' is not of the form NAME=VALUE"),
        (["--map", "no-such-mapping"], "no-such-mapping"),
        (["--explain", "gaps"], "There is no code 'gaps'. Did you mean gap?"),
        (["second-rulebook"], "second-rulebook"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(arguments: list[str], said: str) -> None:
    assert said in complaint(run("check", rulebook("gap"), *arguments), 2)


@pytest.mark.parametrize("language, colon", [("en", ": "), ("zh", "：")])
@pytest.mark.parametrize("code", CODES)
def test_every_code_explains_itself_in_both_languages(code: str, language: str, colon: str) -> None:
    said = run("check", "--explain", code, "--lang", language)
    assert 0 == said.exit_code
    assert f"{code}{colon}{MEANINGS[code].in_(language)}\n" == said.stdout  # type: ignore[arg-type]


def test_no_rulebook_is_wrong_usage() -> None:
    assert "Name the rulebook to check." in complaint(run("check"), 2)


@pytest.mark.parametrize("name", ["no-such-book", "", "tests", str(Path("tests", "conftest.py"))])
def test_what_is_no_rulebook_ends_with_2(name: str) -> None:
    complaint(run("check", name), 2)


def test_a_rulebook_with_mistakes_is_refused_with_all_of_them() -> None:
    said = complaint(run("check", str(ROOT / "tests" / "rulebooks" / "bad" / "unknown-name.yaml")), 2)
    assert 4 == said.count(": unknown-name: ")


def test_a_file_of_calls_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("id,caller\n1,2\n", encoding="utf-8")
    assert "calls.csv" in complaint(run("check", rulebook("gap"), "--map", str(tmp_path / "calls.csv")), 2)


def test_a_scenario_that_lacks_a_value_is_refused_when_it_is_asked_for() -> None:
    said = complaint(run("check", "prd", "--scenario", "agreement-2011"), 2)
    assert "agreement-level" in said
    assert "missing-parameter" in said


def test_a_mapping_tells_the_resolution_of_the_records(tmp_path: Path) -> None:
    mapping = tmp_path / "minutes.yaml"
    columns = "columns: {caller: a, called: b, start: c, duration: {from: d, unit: min}}"
    mapping.write_text(f'dates: "%Y-%m-%d %H:%M:%S"\ntimezone: Asia/Shanghai\n{columns}\n', encoding="utf-8")
    ended = run("check", rulebook("gap"), "--only", "unit", "--map", str(mapping))
    assert 3 == ended.exit_code, ended.output
    assert "local: bills by 1 s, and the records tell only 60 s" in ended.stdout
    assert 0 == run("check", rulebook("gap"), "--only", "unit", "--map", "asterisk-cdr-csv").exit_code


# --- Where it writes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_findings_are_written_into_a_file(form: str, tmp_path: Path) -> None:
    file = tmp_path / "findings"
    ended = run("check", rulebook("gap"), "--format", form, "-o", str(file))
    assert (3, "") == (ended.exit_code, ended.stdout)
    assert run("check", rulebook("gap"), "--format", form).stdout == file.read_text("utf-8")
    assert [file] == list(tmp_path.iterdir())


def test_an_output_that_cannot_be_written_ends_with_4(tmp_path: Path) -> None:
    for output in (tmp_path / "none" / "findings.json", tmp_path):
        assert str(output) in complaint(run("check", rulebook("gap"), "-o", str(output)), 4)
    assert [] == list(tmp_path.iterdir())


def test_findings_do_not_replace_a_rule_file(tmp_path: Path) -> None:
    path = Path(accepting(tmp_path, "{code: redial, of: local, reason: known}"))
    before = path.read_text("utf-8")
    assert "findings are not written into a rule file" in complaint(run("check", str(path), "-o", str(path)), 2)
    assert before == path.read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_ends_with_4() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "tariffs", "check", rulebook("gap")],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert 4 == ended.returncode
    assert b"Traceback" not in ended.stderr


# --- Chinese ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_finding_is_chinese_where_the_command_is(code: str) -> None:
    said = run("check", rulebook(code), "--lang", "zh").stdout
    assert re.search(rf"(?m)^(\S+ )?{code}: (错误|警告|提示): .*[\u4e00-\u9fff]", said), said
    for finding in findings_of(code):
        assert finding.message.en not in said
        assert finding.witness is None or finding.witness.outcome.en not in said
