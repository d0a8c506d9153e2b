"""docs/comparing.md and docs/cells.md: programs print what the pages say, and options are those of the commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tariffs.cli.program import program
from tests.project.documents import ROOT, blocks

PAGE, CELLS = ROOT / "docs" / "comparing.md", ROOT / "docs" / "cells.md"


@pytest.mark.parametrize("page", [PAGE, CELLS], ids=lambda page: page.name)
def test_the_program_prints_what_the_page_says(page: Path) -> None:
    (code,), (printed,) = (blocks(page, kind) for kind in ("python", "text"))
    done = subprocess.run(
        [sys.executable, "-c", code.text], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert printed.text == done.stdout


def test_the_command_says_what_the_page_says() -> None:
    shown = blocks(PAGE, "console")[0].text
    first, *lines = shown.splitlines()
    words = first.removeprefix("$ tariffs ").replace("examples/", f"{ROOT}/examples/").split()
    said = CliRunner().invoke(program, words, prog_name="tariffs").output
    assert [] == [line for line in lines if line != "…" and line not in said]


@pytest.mark.parametrize("page, command", [(PAGE, "compare"), (CELLS, "cells")])
def test_every_option_of_the_page_is_one(page: Path, command: str) -> None:
    helped = CliRunner().invoke(program, [command, "--help"], prog_name="tariffs").output
    named = set(re.findall(r"`(--[a-z-]+)", page.read_text("utf-8")))
    assert set() == named - set(re.findall(r"--[a-z-]+", helped))
