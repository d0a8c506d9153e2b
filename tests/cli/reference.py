"""Writes docs/cli.md, the reference of all commands, from the commands themselves.

python -m tests.cli.reference
"""

from __future__ import annotations

from pathlib import Path

import click

from tariffs.cli.program import COMMANDS, program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"

_HEAD = """\
# Commands

Written by `python -m tests.cli.reference` from the commands themselves; a test fails when it is out of date.
`tariffs --help` and `tariffs COMMAND --help` say the same, in English or Chinese.

## How a command ends

| exit code | meaning |
|---|---|
| 0 | done |
| 2 | wrong usage, or a rulebook with problems: nothing was rated |
| 3 | done, but more records were suspended than `--max-suspended` allows, or `check` found what nobody has accepted |
| 4 | an input cannot be read, or an output cannot be written |
| 130 | stopped with Ctrl-C: nothing was left under the final name |
| 141 | whoever read the output stopped reading |

1 is what a crash gives, and is never meant. Messages go to standard error, results to standard output.
No message holds a telephone number.
"""


def page() -> str:
    """The whole page as it must stand in docs/."""
    parts = [_HEAD, _parameters(program, click.Context(program, info_name="tariffs"))]
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        assert command is not None  # every entry leads to a command
        parts.append(_command(name, command))
    return "\n".join(parts)


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"tariffs {name}")
    usage = " ".join(["tariffs", name, *command.collect_usage_pieces(context)])
    lines = [f"## tariffs {name}", "", command.help or "", "", "```text", usage, "```", ""]
    lines.append(_parameters(command, context))
    if command.epilog:
        lines += [command.epilog, ""]
    return "\n".join(lines)


def _parameters(command: click.Command, context: click.Context) -> str:
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [record for record in records if record and record[0].startswith("-")]
    cells = [f"| `{_cell(names)}` | {_cell(meaning)} |" for names, meaning in rows]
    return "\n".join(["| option | meaning |", "|---|---|", *cells, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
