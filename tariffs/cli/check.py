"""`tariffs check`: whether a rulebook is complete, unambiguous and even-handed, before any call is rated."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from typing import TYPE_CHECKING, Any

import click

import tariffs
from tariffs.cli import checked, failures, options
from tariffs.language import Words

if TYPE_CHECKING:
    from tariffs.checks import Finding


def _codes(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Codes, each of which there is."""
    from tariffs.checks.findings import CODES

    found = tuple(code.strip() for text in value for code in text.split(",") if code.strip())
    for code in found:
        if code not in CODES:
            said = _("there is no code {code}; known: {known}").format(code=code, known=", ".join(CODES))
            raise click.BadParameter(said)
    return found


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    try:
        return None if value is None else dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(_("write a day as 2012-01-01")) from None


@click.command(
    "check",
    help=_(
        "Checks RULEBOOK (the name of a shipped one, a folder or a file) over all calls of its declared domain, and "
        "shows the very call that goes wrong. Finding nothing means: no counter-example to these properties for this "
        "rulebook and its declared domain; it never means lawful or fair."
    ),
)
@click.argument("rulebook", required=False)
@click.option("--base", metavar="NAME", help=_("Scenario that the others are compared with. Default: baseline."))
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME",
    help=_("Scenario to check, stacked with + if need be; repeatable. Default: all that have what they need."),
)  # fmt: skip
@click.option("--only", multiple=True, callback=_codes, metavar="CODE", help=_("Look for this only. Repeatable."))
@click.option("--skip", multiple=True, callback=_codes, metavar="CODE", help=_("Do not look for this. Repeatable."))
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True,
    help=_("Form of the findings."),
)  # fmt: skip
@click.option("--explain", "explain", metavar="CODE", help=_("Say what a code means, and stop."))
@click.option(
    "--today", callback=_day, metavar="DATE",
    help=_("Warn of sources that nobody has checked for a year on that day. Without it, their age is not looked at."),
)  # fmt: skip
@click.option("--map", "mapping", metavar="FILE", help=_("Mapping of call records: is their resolution fine enough?"))
@options.assume
@options.no_assumptions
@options.language
def command(
    rulebook: str | None, base: str | None, scenarios: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...],
    form: str, explain: str | None, today: dt.date | None, mapping: str | None, assume: Mapping[str, str],
    assumptions: bool, words: Words,
) -> None:  # fmt: skip
    from tariffs.checks.checking import examine

    if explain is not None:
        click.echo(checked.meaning(explain, words))
        return
    if rulebook is None:
        raise click.UsageError(words.gettext("Name the rulebook to check."))
    resolution = checked.resolution(mapping) if mapping else None
    book = tariffs.load(rulebook)
    examined = examine(
        book, base, scenarios, assume=assume, assumptions=assumptions, only=only, skip=skip, today=today,
        mapping=resolution,
    )  # fmt: skip
    _show(examined.findings, examined.skipped, form, words)
    if any(finding.counts for finding in examined.findings):
        raise click.exceptions.Exit(failures.SUSPENDED)


def _show(findings: Sequence[Finding], skipped: Mapping[str, str], form: str, words: Words) -> None:
    if form == "text":
        click.echo("\n".join(checked.text(findings, skipped, words)))
        return
    from tariffs.checks.documents import as_json, as_sarif

    document: Any = as_json(findings)
    if form == "sarif":
        document = as_sarif(findings, words.language, tariffs.__version__)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
