"""`tariffs sample`: a synthetic file of Guangdong calls."""

from __future__ import annotations

from fractions import Fraction
from gettext import gettext as _
from pathlib import Path

import click

from tariffs.cdr.sample import Sample, read_share
from tariffs.cdr.sample_files import write_sample
from tariffs.cli import options, progress
from tariffs.cli.failures import Wrong
from tariffs.language import Words
from tariffs.library import load


def _share(ctx: click.Context, param: click.Parameter, value: str) -> Fraction:
    try:
        return read_share(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "sample",
    help=_(
        "Makes a synthetic file of Guangdong calls: lengths, hours, weekdays and city pairs as in real traffic, some "
        "unanswered, some dialled with an IP access code. The same options give the same file, and every record says "
        "that it is synthetic."
    ),
)
@click.option("--month", required=True, metavar="YYYY-MM", help=_("Month of the calls, such as 2011-10."))
@click.option("--calls", required=True, type=click.INT, metavar="N", help=_("How many calls."))
@click.option("--seed", required=True, type=click.INT, metavar="S", help=_("Another seed gives other calls."))
@click.option(
    "-o", "--output", required=True, metavar="FILE", help=_("Where to: .csv, .jsonl (also .gz, .zst) or .parquet.")
)
@click.option(
    "--bad", default="0", metavar="SHARE", callback=_share, help=_("Share of malformed records, such as 0.05 or 5%.")
)
@click.option(
    "--rules", default="prd", show_default=True, metavar="NAME|PATH", help=_("Rulebook that gives places and numbers.")
)
@options.quiet
@options.language
def command(
    month: str, calls: int, seed: int, output: str, bad: Fraction, rules: str, quiet: bool, words: Words
) -> None:
    book = load(rules)
    try:
        sample = Sample(book, month, calls, seed, bad)
        with progress.bar(words.gettext("calls"), calls, quiet=quiet) as done:
            write_sample(sample, Path(output), done)
    except ValueError as error:
        raise Wrong(str(error)) from error
    if not quiet:
        said = words.ngettext("{n} synthetic call written to {file}", "{n} synthetic calls written to {file}", calls)
        click.echo(said.format(n=calls, file=output), err=True)
