"""README: two commands of one line each, the same in both languages, and an example that does what it says."""

from __future__ import annotations

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
    for language in ("sh", "console", "python", "text"):
        assert [b.text for b in blocks(README, language)] == [b.text for b in blocks(TWIN, language)]


def test_the_python_example_prints_what_stands_below_it() -> None:
    (example,) = blocks(README, "python")
    shown = blocks(README, "text")[0]
    done = subprocess.run(
        [sys.executable, "-c", example.text], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ("", shown.text) == (done.stderr, done.stdout)


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=lambda p: p.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [] == [link for link in links if not (page.parent / link).exists()]
