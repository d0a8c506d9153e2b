"""`tariffs check`: whether a rulebook is complete, unambiguous and even-handed, before any call is rated."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import tariffs
from tariffs.cli import checked, failures, names, options
from tariffs.cli.claim import closing, limits
from tariffs.cli.failures import Wrong
from tariffs.language import Words, chosen, words

if TYPE_CHECKING:
    from tariffs.checks.checking import Examined


def _codes(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Codes, each of which there is."""
    from tariffs.checks.findings import CODES

    found = tuple(code.strip() for text in value for code in text.split(",") if code.strip())
    for code in found:
        if code not in CODES:
            spoken = ctx.find_root().obj or words(chosen(None, os.environ))
            said = _("there is no code {code!r}.").format(code=code)
            raise click.BadParameter(spoken.sentences(said, failures.did_you_mean(code, CODES, spoken)))
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
@click.option("-o", "--output", metavar="FILE", help=_("Write the findings there. Default: standard output."))
@click.option("--explain", "explain", metavar="CODE", help=_("Say what a code means, and stop."))
@click.option(
    "--today", callback=_day, metavar="DATE",
    help=_("Warn of sources that on that day nobody has checked for long. Without it, their age is not looked at."),
)  # fmt: skip
@click.option(
    "--stale", type=click.IntRange(min=0), default=365, show_default=True, metavar="DAYS",
    help=_("With --today: how many days after its last check a source may be used."),
)  # fmt: skip
@click.option("--map", "mapping", metavar="FILE", help=_("Mapping of call records: is their resolution fine enough?"))
@options.assume
@options.no_assumptions
@options.language
def command(
    words: Words, rulebook: str | None, explain: str | None, mapping: str | None, assume: Mapping[str, str], form: str,
    output: str | None, **asked: Any,
) -> None:  # fmt: skip
    from tariffs.checks.checking import examine
    from tariffs.checks.findings import CODES

    if explain is not None:
        click.echo(checked.meaning(explain, words))
        return
    if rulebook is None:
        raise click.UsageError(words.gettext("Name the rulebook to check."))
    if not set(asked["only"] or CODES).difference(asked["skip"]):
        raise click.UsageError(words.gettext("--skip leaves nothing to look for."))
    resolution = checked.resolution(mapping) if mapping else None
    book = tariffs.load(rulebook)
    assume = names.values_given(book, assume, words)
    examined = examine(book, assume=assume, mapping=resolution, **asked)
    shown = _shown(examined, form, words)
    if output is None or output == "-":
        click.echo(shown)
    else:
        _write(Path(output), shown + "\n", words)
    if any(finding.counts for finding in examined.findings):
        raise click.exceptions.Exit(failures.SUSPENDED)


def _shown(examined: Examined, form: str, words: Words) -> str:
    if form == "text":
        return "\n".join([*checked.text(examined.findings, words), *closing(examined, words)])
    from tariffs.checks.documents import as_json, as_sarif

    document: Any = as_json(examined.findings)
    if form == "sarif":
        document = as_sarif(examined.findings, words.language, tariffs.__version__, list(limits(examined, words)))
    return json.dumps(document, ensure_ascii=False, indent=2)


def _write(path: Path, text: str, words: Words) -> None:
    """The file appears when it is whole. Raises Wrong for a file that is no place for findings, OSError otherwise."""
    if path.suffix in (".yaml", ".yml"):
        raise Wrong(words.gettext("{path}: findings are not written into a rule file.").format(path=path))
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a device or pipe; of a folder the system says what it is
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
