"""The documents: commands that exist with the options they name, links that lead somewhere, mappings that are valid."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tariffs.cli.program import program
from tests.project.documents import ROOT, blocks

PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))
COMMANDS = sorted(
    {
        line.removeprefix("$ ")
        for page in PAGES
        for language in ("console", "sh")
        for block in blocks(page, language)
        for line in block.text.split(" && ")[-1].splitlines()
        if re.match(r"(\$ )?(\.venv/bin/)?tariffs ", line)
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_shown_has_the_options_it_names(line: str) -> None:
    _, name, *words = shlex.split(line)
    command = program.get_command(click.Context(program), name)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert [] == [w for w in words if re.fullmatch(r"--?[a-z][a-z-]*", w) and w not in options]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [] == [link for link in links if not (page.parent / link).exists()]
