"""The `tariffs` program: its commands, found without importing them, and the one place where failures end.

Starting must stay as quick as importing click: nothing heavier is imported here before a command runs.
"""

from __future__ import annotations

import os
import sys
from gettext import gettext as _
from importlib import import_module
from typing import Any, Final, NamedTuple

import click

import tariffs
from tariffs.cli import failures
from tariffs.language import Words, chosen, words


class Entry(NamedTuple):
    """Where a command is, and its line in the list of commands (so that the list imports nothing)."""

    module: str
    short_help: str


COMMANDS: Final[dict[str, Entry]] = {
    "rate": Entry("tariffs.cli.rate", _("Rate files of calls under one scenario or several.")),
    "explain": Entry("tariffs.cli.explain", _("Explain the charge of one call, span by span.")),
    "show": Entry("tariffs.cli.show", _("Show a rulebook, a tariff, a rule or a scenario in plain words.")),
    "check": Entry("tariffs.cli.check", _("Check whether the rules are complete, unambiguous and even-handed.")),
    "compare": Entry("tariffs.cli.compare", _("Compare scenarios: who wins, who loses, what it costs.")),
    "studio": Entry("tariffs.cli.studio", _("Open a page on this machine to try prices and dates.")),
    "cells": Entry("tariffs.cli.cells", _("Compress calls into cells that can be priced and handed on.")),
    "sample": Entry("tariffs.cli.sample", _("Make a synthetic file of Guangdong calls.")),
}


WORDS: Final = "tariffs.words"
"""Where a context keeps the words of the command line, for the manifest's "make this again"."""


class Program(click.Group):
    """The group of commands. Every failure that a command may meet becomes a message and an exit code here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name].module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, entry.short_help) for name, entry in COMMANDS.items()])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        said = tuple(args)
        try:
            context = super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            raise failures.discreet(error) from None
        context.meta[WORDS] = said
        return context

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._invoke(ctx)
        except click.ClickException as error:
            raise failures.discreet(error) from error.__cause__

    def _invoke(self, ctx: click.Context) -> Any:
        from tariffs.cdr.failures import CdrError, Paused
        from tariffs.rulebook.problems import RulebookError

        try:
            return super().invoke(ctx)
        except RulebookError as error:
            raise failures.of_rulebook(error, spoken(ctx)) from error
        except CdrError as error:
            raise failures.of_records(error, spoken(ctx)) from error
        except BrokenPipeError:
            _silence()
            ctx.exit(failures.CLOSED_PIPE)
        except OSError as error:
            raise failures.of_system(error, spoken(ctx)) from error
        except Paused:
            _ = spoken(ctx).gettext
            said = _("Interrupted: what is finished stays in the folder; the same command with --resume does the rest.")
            click.echo("\n" + said, err=True)
            ctx.exit(failures.INTERRUPTED)
        except KeyboardInterrupt:
            click.echo("\n" + spoken(ctx).gettext("Interrupted: nothing was left under the final name."), err=True)
            ctx.exit(failures.INTERRUPTED)


def spoken(ctx: click.Context) -> Words:
    """The language of this run: set by `--lang` of the command, else by the environment."""
    found = ctx.find_root().obj
    return found if isinstance(found, Words) else words(chosen(None, os.environ))


def _silence() -> None:
    """Nobody reads on: what is still buffered goes nowhere, so that the interpreter does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # a stream without a file, as under a test
            continue


@click.group(
    name="tariffs",
    cls=Program,
    help=_("Rates calls before and after a tariff harmonisation, and explains every charge."),
    epilog=_("Chinese or English: --lang zh|en, else TARIFFS_LANG, else the locale."),
)
@click.version_option(tariffs.__version__, prog_name="tariffs")
def program() -> None:
    """The commands are in COMMANDS."""
