"""Options that several commands share, read and checked in one place."""

from __future__ import annotations

import os
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from tariffs.language import LANGUAGES, Words, chosen, words


def _speak(ctx: click.Context, param: click.Parameter, value: str | None) -> Words:
    spoken = words(chosen(value, os.environ))
    ctx.find_root().obj = spoken
    return spoken


language = click.option(
    "--lang",
    "words",
    type=click.Choice(LANGUAGES),
    callback=_speak,
    is_eager=True,
    help=_("Language of messages and results; default: TARIFFS_LANG, else the locale."),
)

rules = click.option(
    "--rules",
    required=True,
    metavar="NAME|PATH",
    help=_("Rulebook: the name of a shipped one (prd), a folder or a file."),
)


def _once(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """What is said twice counts once."""
    return tuple(dict.fromkeys(value))


scenarios = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    default=("baseline",),
    callback=_once,
    metavar="NAME",
    help=_("Scenario to price under; repeat it to compare; stack scenarios with + (a+b). Default: baseline."),
)

as_of = click.option(
    "--as-of",
    "as_of",
    multiple=True,
    callback=_once,
    metavar="DATE|SCENARIO:PHASE",
    help=_("Price every call under the rules in force on that day or in that phase; it keeps its clock. Repeatable."),
)


def pairs(value: tuple[str, ...], form: str) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; the same name twice with two values is refused."""
    found: dict[str, str] = {}
    for text in value:
        name, equals, given = text.partition("=")
        if not (equals and name and given):
            raise click.BadParameter(_("{text!r} is not of the form {form}").format(text=text, form=form))
        if found.setdefault(name, given) != given:
            raise click.BadParameter(_("{name} is given two values").format(name=name))
    return found


def _held(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Add-on → all, none, record, or a file that there is."""
    held = pairs(value, "OPTION=all|none|record|FILE")
    for name, by in held.items():
        pattern = by == "-" or any(character in by for character in "*?[")
        if by not in ("all", "none", "record") and not pattern and not Path(by).exists():
            said = _("{name}={by}: {by!r} is neither all, none nor record, and there is no file of that name")
            raise click.BadParameter(said.format(name=name, by=by))
    return held


assume = click.option(
    "--assume",
    multiple=True,
    metavar="NAME=VALUE",
    callback=lambda ctx, param, value: pairs(value, "NAME=VALUE"),
    help=_("Value of a parameter that the sources do not give, before the rulebook's own assumption. Repeatable."),
)

no_assumptions = click.option(
    "--no-assumptions",
    "assumptions",
    flag_value=False,
    default=True,
    help=_("Use none of the rulebook's assumptions; the parameters that are then missing are listed."),
)

holders = click.option(
    "--holders",
    multiple=True,
    metavar="OPTION=all|none|record|FILE",
    callback=_held,
    help=_(
        "Who holds an add-on: every line, no line, those whose record says so, or those of a CSV file (number, option, "
        "from, until). Where neither calls nor options say, both bounds are shown. Repeatable."
    ),
)

allow = click.option(
    "--allow",
    multiple=True,
    type=click.Choice(["gap", "conflict"]),
    help=_(
        "Rate although the rules leave a promised call without a price (gap) or give a call two (conflict): such calls "
        "are suspended. Without it such rules are refused; tariffs check shows them. Repeatable."
    ),
)

quiet = click.option("--quiet", is_flag=True, help=_("No progress bar and no closing words; errors are still said."))

as_json = click.option("--json", "as_json", is_flag=True, help=_("Write the result as JSON."))


def pricing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say under which tariffs calls are priced."""
    for option in (no_assumptions, assume, as_of, scenarios, rules):
        command = option(command)
    return command


def reading(command: Any) -> Any:
    """The options that say how files of calls are read."""
    for option in (
        click.option("--home-area", metavar="CODE", help=_("Area code of callers written without one.")),
        click.option("--encoding", metavar="NAME", help=_("Encoding of text files, such as gbk; default: utf-8.")),
        click.option("--timezone", metavar="ZONE", help=_("Zone of times that say none, such as Asia/Shanghai.")),
        click.option(
            "--map", "mapping", metavar="NAME|FILE",
            help=_("How to read columns that are not ours: the name of a shipped mapping or a mapping file."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command
