"""`tariffs compare`: scenarios side by side over a file of calls."""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from gettext import gettext as _
from pathlib import Path
from typing import Any, Final

import click

from tariffs.cli import options
from tariffs.cli.extras import require
from tariffs.language import Words

_SHOWN: Final = (
    "summary", "winners", "gap-measures", "premium", "assumptions", "goals", "sweep", "sensitivity", "slip",
)  # fmt: skip
_SECTIONS: Final = ("summary", "people", "cities", "goals", "sweep", "sensitivity", "slip", "assumptions")
_ENDINGS: Final = (".html", ".docx", ".xlsx")


def _share(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Fraction, ...]:
    """Percentages as shares."""
    found = []
    for text in value:
        try:
            share = Fraction(text.removesuffix("%")) / 100
        except (ValueError, ZeroDivisionError):
            share = Fraction(-1)
        if not 0 <= share <= 1:
            raise click.BadParameter(_("write a percentage from 0 to 100, such as 30%"))
        found.append(share)
    return tuple(dict.fromkeys(found))


def _values(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`NAME=A,B` as values by name."""
    pairs = options.pairs(value, "NAME=A,B")
    return {name: tuple(dict.fromkeys(part.strip() for part in text.split(","))) for name, text in pairs.items()}


def _slips(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """`SCENARIO:PHASE=MONTHS` as months by phase."""
    found = {}
    for name, text in options.pairs(value, "SCENARIO:PHASE=MONTHS").items():
        scenario, colon, phase = name.partition(":")
        if not colon or not text.isdecimal():
            raise click.BadParameter(_("{text!r} is not of the form {form}").format(
                text=f"{name}={text}", form="SCENARIO:PHASE=MONTHS"
            ))  # fmt: skip
        found[scenario, phase] = int(text)
    return found


def _goals(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Any, ...]:
    """`NAME` or `NAME=P%`."""
    found = []
    for text in dict.fromkeys(value):
        name, equals, share = text.partition("=")
        found.append((name, _share(ctx, param, (share,))[0] if equals else None))
    return tuple(found)


def _percent(ctx: click.Context, param: click.Parameter, value: str | None) -> Decimal | None:
    if value is None:
        return None
    from tariffs.compare.measures.segments import plain_number

    number = plain_number(value.removesuffix("%"), Decimal(0))
    if number is None:
        raise click.BadParameter(_("write a percentage from 0 on, such as 3%"))
    return number


def _reports(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if Path(name).suffix.casefold() not in _ENDINGS:
            raise click.BadParameter(_("{name!r} must end in {endings}").format(name=name, endings=", ".join(_ENDINGS)))
    return tuple(dict.fromkeys(value))


def measures(command: Any) -> Any:
    """What is worked out beside the charges."""
    for option in (
        click.option(
            "--slip", "slips", multiple=True, callback=_slips, metavar="SCENARIO:PHASE=MONTHS",
            help=_("What if a phase begins so many months later. Repeatable."),
        ),
        click.option(
            "--vary", "ranges", multiple=True, callback=_values, metavar="NAME=A,B",
            help=_("Values of a parameter to try when assumptions are ranked. Repeatable."),
        ),
        click.option(
            "--sweep", "sweeps", multiple=True, callback=_values, metavar="NAME=A,B,C",
            help=_("Show what each of these values of a parameter does. Repeatable."),
        ),
        click.option(
            "--goal", "goals", multiple=True, callback=_goals, metavar="NAME[=P%]",
            help=_("Seek the price at which revenue is as under the base, or at most P% of accounts are worse off."),
        ),
        click.option("--seed", type=int, metavar="N", help=_("Seed of the intervals of a sample.")),
        click.option(
            "--population", type=click.IntRange(min=1), metavar="N", help=_("Lines that the file is a sample of.")
        ),
        click.option(
            "--take-up", "take_ups", multiple=True, callback=_share, metavar="P%",
            help=_("Share of the eligible lines that take an add-on. Repeatable."),
        ),
        click.option(
            "--elasticities", metavar="FILE",
            help=_("Demand response: CSV with relation, service, period, group, low, central, high."),
        ),
        click.option(
            "--realised", metavar="FILE",
            help=_("Share of list prices that is paid: CSV with relation, service, period, group, factor."),
        ),
        click.option("--settlement", metavar="FILE", help=_("Settlement in yuan a minute: CSV with from, to, price.")),
        click.option("--tax", metavar="P%", callback=_percent, help=_("Tax contained in prices.")),
        click.option(
            "--city", "cities", multiple=True, metavar="NAME",
            help=_("City of the tariff gap; default: the first region of cities of the rulebook. Repeatable."),
        ),
        click.option(
            "--accounts", metavar="FILE",
            help=_("Account list: CSV or Parquet with account, number, from, until, group, operator, kind, options."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "compare",
    help=_(
        "Compares scenarios over CALLS (files as for `rate`): who wins and who loses, what it does to revenue, how far "
        "prices between cities lie apart. Without --as-of each call is priced by the rules of its own day, and then "
        "all calls as of each phase of the scenarios."
    ),
)
@click.argument("calls", nargs=-1, required=True)
@options.rules
@click.option("--base", default="baseline", show_default=True, metavar="NAME", help=_("Scenario to compare with."))
@click.option(
    "--scenario", "scenarios", multiple=True, required=True, metavar="NAME",
    help=_("Scenario to compare; repeat it for several; stack scenarios with + (a+b)."),
)  # fmt: skip
@options.as_of
@options.assume
@options.no_assumptions
@options.holders
@options.reading
@measures
@click.option(
    "-o", "--output", "outputs", multiple=True, callback=_reports, metavar="FILE",
    help=_("Report: .html, .docx or .xlsx. Repeatable."),
)  # fmt: skip
@click.option("--tables", metavar="FOLDER", help=_("Folder for every table as CSV and Parquet."))
@options.quiet
@options.language
def command(words: Words, quiet: bool, **given: Any) -> None:
    require("report", words)
    from tariffs.cli.comparing import compared, written
    from tariffs.compare.report.sections import report

    comparison, explored, again = compared(given, words)
    made = report(comparison, words, again, explored, proofs=True).numbered()
    files = written(made, given["outputs"], given["tables"], words)
    if not quiet:
        _show(made, files, words)


def _show(made: Any, files: list[str], words: Words) -> None:
    """The summary and the figures that a person asks for first; everything is in the files."""
    from rich.console import Console

    from tariffs.cli.table_text import room, shown

    console = Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)
    sections = [s for s in made.sections if s.key in _SECTIONS]
    listed = [t for section in sections for t in section.tables if t.key.startswith(_SHOWN)]
    tables = {table.number: shown(table, made.labels["table"]) for table in listed}
    while (needed := max(room(table, console) for table in tables.values())) > console.width:
        console.width = needed  # and now columns share the room otherwise, so it is measured again
    for line in (made.title, *made.banners, *(words.colon(label, value) for label, value in made.facts)):
        console.print(line, soft_wrap=True)
    for section in sections:
        console.print()
        for table in section.tables:
            if table.number in tables:
                console.print(tables[table.number])
                console.print()
        for paragraph in section.closing:
            console.print(paragraph, soft_wrap=True)
    for name in files:
        console.print(words.colon(words.gettext("written"), name), soft_wrap=True)
    if not files:
        console.print(words.gettext("More tables: -o report.html, .docx or .xlsx, or --tables FOLDER."), soft_wrap=True)


__all__ = ["command"]
