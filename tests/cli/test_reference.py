"""docs/cli.md: every command and every option, as they are."""

from __future__ import annotations

import click
import pytest

from tariffs.cli.program import COMMANDS, program
from tests.cli.reference import PAGE, page


def test_the_page_is_what_the_commands_say_today() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run python -m tests.cli.reference"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_stands_on_the_page_and_says_what_it_does(name: str) -> None:
    section = PAGE.read_text(encoding="utf-8").split(f"## tariffs {name}\n")[1].split("\n## ")[0]
    command = program.get_command(click.Context(program), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert all(option in section for option in parameter.opts)
