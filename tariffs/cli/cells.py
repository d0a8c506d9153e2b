"""`tariffs cells`: calls into a file of cells, which are priced without the calls; and what such a file says."""

from __future__ import annotations

import datetime as dt
import json
from gettext import gettext as _
from typing import Any, Final

import click

from tariffs.cli import options
from tariffs.cli.extras import require
from tariffs.language import Words

_DAYS: Final = "FROM:UNTIL"


def _movable(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[tuple[dt.date, dt.date], ...]:
    """Intervals of days, half-open."""
    found = []
    for text in value:
        try:
            since, until = map(dt.date.fromisoformat, text.split(":"))
        except ValueError:
            raise click.BadParameter(_("write two days, such as 2012-01-01:2012-07-01")) from None
        if until <= since:
            raise click.BadParameter(_("the second day must come after the first"))
        found.append((since, until))
    return tuple(found)


def _sharing(command: Any) -> Any:
    """What may be handed on."""
    for option in (
        click.option(
            "--at-least", "k", type=click.IntRange(min=3), default=10, show_default=True, metavar="K",
            help=_("Records that every shareable cell, and accounts that every shareable group, holds at least."),
        ),
        click.option(
            "--scenario", "scenarios", multiple=True, metavar="NAME",
            help=_("Scenario under which a shareable file must stay exact; default: all that have their values."),
        ),
        click.option(
            "--shareable", is_flag=True,
            help=_("Make a file that may leave: no account, phases instead of dates, nothing that fewer than K share."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "cells",
    help=_(
        "Compresses CALLS (files as for `rate`) into cells that no rule of the rulebook tells apart, which `tariffs "
        "compare` takes in place of the calls. Without -o, CALLS is a file of cells: its slip is checked and shown. "
        "No file of cells holds a telephone number; the internal kind holds pseudonyms of accounts, and pseudonymised "
        "data is still personal data."
    ),
)
@click.argument("calls", nargs=-1, required=True)
@options.rules
@click.option("-o", "--output", metavar="FILE", help=_("File of cells: .parquet; its other tables and slip go beside."))
@_sharing
@click.option(
    "--accounts", metavar="FILE",
    help=_("Account list: CSV or Parquet with account, number, from, until, group, operator, kind, options."),
)  # fmt: skip
@click.option(
    "--key", metavar="KEYFILE", help=_("Key of the pseudonyms; without one, nobody can make the same ones again.")
)
@click.option(
    "--movable", multiple=True, callback=_movable, metavar=_DAYS,
    help=_("Days to which a date may be moved without reading the calls again. Repeatable."),
)  # fmt: skip
@options.assume
@options.no_assumptions
@options.allow
@options.holders
@options.reading
@options.as_json
@options.quiet
@options.language
def command(words: Words, as_json: bool, quiet: bool, **given: Any) -> None:
    require("files", words)
    if given["output"] is not None and not given["output"].endswith(".parquet"):
        raise click.UsageError(words.gettext("A file of cells ends in .parquet."))
    from tariffs.cli.cells_run import inspected, made, told

    slip = inspected(given, words) if given["output"] is None else made(given, words)
    if as_json:
        click.echo(json.dumps(slip.as_json(), ensure_ascii=False, indent=2))
    elif not quiet:
        for line in told(slip, given["output"], words):
            click.echo(line)


__all__ = ["command"]
