"""README: two commands of one line each, the same in both languages, and an example that does what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.documents import ROOT, blocks, command

README = ROOT / "README.md"
TWIN = ROOT / "README.zh.md"


def test_the_first_two_sh_blocks_are_one_line_each_and_there_are_no_others() -> None:
    assert 2 == len(blocks(README, "sh"))
    assert command(README, 1).count(" && ") == 2
    assert command(README, 2).endswith(" -m pytest")


def test_the_first_command_rates_the_example_and_names_only_what_exists() -> None:
    words = shlex.split(command(README, 1).split(" && ")[-1])
    assert [".venv/bin/tariffs", "rate"] == words[:2]
    assert (ROOT / words[2]).is_file()
    assert (ROOT / "rules" / words[words.index("--rules") + 1]).is_dir()


def test_both_languages_have_the_same_commands_and_examples() -> None:
    for language in ("sh", "python", "text"):
        assert [b.text for b in blocks(README, language)] == [b.text for b in blocks(TWIN, language)]


def test_the_python_example_prints_what_stands_below_it() -> None:
    (example,) = blocks(README, "python")
    shown = blocks(README, "text")[0]
    done = subprocess.run(
        [sys.executable, "-c", example.text], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ("", shown.text) == (done.stderr, done.stdout)


@pytest.mark.parametrize("page, language", [(README, "en"), (TWIN, "zh")], ids=["en", "zh"])
def test_the_command_line_example_prints_what_stands_below_it(page: Path, language: str) -> None:
    """`…` on a line of its own stands for lines left out."""
    (block,) = blocks(page, "console")
    line, _, shown = block.text.partition("\n")
    words = [sys.executable, "-m", "tariffs", *shlex.split(line)[2:]]
    spoken = os.environ | {"TARIFFS_LANG": language}
    done = subprocess.run(words, cwd=ROOT, env=spoken, capture_output=True, text=True, encoding="utf-8", check=False)
    parts = [re.escape(part) for part in shown.split("…\n")]
    assert "" == done.stderr
    assert re.fullmatch("(?:.*\n)*?".join(parts) + "(?:.*\n)*", done.stdout), done.stdout
