"""docs/comparing.md: its program prints what the page says, and its options are those of the command."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from click.testing import CliRunner

from tariffs.cli.program import program
from tests.project.documents import ROOT, blocks

PAGE = ROOT / "docs" / "comparing.md"


def test_the_program_prints_what_the_page_says() -> None:
    (code,), (printed,) = (blocks(PAGE, kind) for kind in ("python", "text"))
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


def test_every_option_of_the_page_is_one() -> None:
    helped = CliRunner().invoke(program, ["compare", "--help"], prog_name="tariffs").output
    named = set(re.findall(r"`(--[a-z-]+)", PAGE.read_text("utf-8")))
    assert set() == named - set(re.findall(r"--[a-z-]+", helped))
