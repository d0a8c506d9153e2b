"""README: two commands of one line each, the same in both languages, and an example that does what it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.project.documents import ROOT, blocks, command

README = ROOT / "README.md"
TWIN = ROOT / "README.zh.md"


def run(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    spoken = os.environ | environment
    return subprocess.run(words, cwd=ROOT, env=spoken, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_first_two_sh_blocks_are_one_line_each_and_there_are_no_others() -> None:
    assert 2 == len(blocks(README, "sh"))
    assert command(README, 1).count(" && ") == 2
    assert " -m pytest" in command(README, 2)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first command says, as JSON; it runs in this environment and writes into a folder of its own."""
    program, *words = shlex.split(command(README, 1).split(" && ")[-1])
    assert ".venv/bin/tariffs" == program
    output = tmp_path_factory.mktemp("readme") / words.pop()
    assert "-o" == words[-1]
    done = run([sys.executable, "-m", "tariffs", *words, str(output), "--json", "--lang", "en"])
    assert 0 == done.returncode, done.stderr
    assert output.is_file()
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("page", [README, TWIN], ids=["en", "zh"])
def test_the_first_command_gives_the_charges_of_the_table(page: Path, example: dict[str, Any]) -> None:
    views = {view["view"]: view for view in example["views"]}
    views["baseline"] = views["baseline@plan-2010:1"]
    rows = blocks(page, "sh")[0].rows
    assert 4 == len(rows)
    for row in rows:
        view = views[row["view"].strip("`")]
        assert (row["charge"], row["against baseline"]) == (view["charge"], view["difference"] or "")


@pytest.mark.parametrize("page", [README, TWIN], ids=["en", "zh"])
def test_the_first_command_rates_as_many_calls_as_the_page_says(page: Path, example: dict[str, Any]) -> None:
    counts = example["counts"]
    assert (3000, 2274, 0) == (counts["read"], counts["rated"], counts["suspended"])
    assert {"3,000", "2,274"} <= set(re.findall(r"\d,\d{3}", page.read_text("utf-8")))


def test_both_languages_have_the_same_commands_and_examples() -> None:
    for language in ("sh", "python", "text"):
        assert [b.text for b in blocks(README, language)] == [b.text for b in blocks(TWIN, language)]


def test_the_python_example_prints_what_stands_below_it() -> None:
    (example,) = blocks(README, "python")
    shown = blocks(README, "text")[0]
    done = run([sys.executable, "-c", example.text])
    assert ("", shown.text) == (done.stderr, done.stdout)


@pytest.mark.parametrize("example", [0, 1], ids=["explain", "check"])
@pytest.mark.parametrize("page, language", [(README, "en"), (TWIN, "zh")], ids=["en", "zh"])
def test_a_command_line_example_prints_what_stands_below_it(page: Path, language: str, example: int) -> None:
    """`…` on a line of its own stands for lines left out."""
    line, _, shown = blocks(page, "console")[example].text.partition("\n")
    done = run([sys.executable, "-m", "tariffs", *shlex.split(line)[2:]], TARIFFS_LANG=language)
    parts = [re.escape(part) for part in shown.split("…\n")]
    assert "" == done.stderr
    assert re.fullmatch("(?:.*\n)*?".join(parts) + "(?:.*\n)*", done.stdout), done.stdout
