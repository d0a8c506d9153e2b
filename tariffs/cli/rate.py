"""`tariffs rate`: files of calls in, a rated file out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from fractions import Fraction
from gettext import gettext as _
from typing import Any

import click

from tariffs.cli import failures, options
from tariffs.cli.extras import require
from tariffs.cli.failures import Wrong
from tariffs.language import Words


def _allowance(ctx: click.Context, param: click.Parameter, value: str) -> tuple[Fraction, bool]:
    """How many records may be suspended: a number, or a percentage of those read (then True)."""
    number, percent = value.removesuffix("%"), value.endswith("%")
    try:
        allowed = Fraction(number)
    except (ValueError, ZeroDivisionError):
        allowed = Fraction(-1)
    if allowed < 0 or (percent and allowed > 100) or (not percent and allowed.denominator != 1):
        raise click.BadParameter(_("write a number of records, or a percentage such as 0.5%"))
    return allowed, percent


def _columns(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


def _inputs(command: Any) -> Any:
    """How the calls are read."""
    for option in (
        click.option("--retry", is_flag=True, help=_("The inputs are suspense files of earlier runs.")),
        click.option(
            "--duplicate-key", callback=_columns, metavar="COLUMNS",
            help=_("Columns (a,b) that tell one call from another; without them no duplicates are looked for."),
        ),
        click.option(
            "--keys", metavar="FILE",
            help=_("Remember the keys of rated records in this file, and find those that an earlier run has rated."),
        ),
        click.option(
            "--keys-source", default="", metavar="NAME",
            help=_("Whose records these are: keys of different sources are never compared with --keys."),
        ),
        click.option(
            "--keys-days", type=click.IntRange(min=1), metavar="N",
            help=_("Forget keys of calls that lie more than N days before those of this run; default: keep all."),
        ),
    ):  # fmt: skip
        command = option(command)
    return options.reading(command)


def _outputs(command: Any) -> Any:
    """Where the results go, and in which form."""
    for option in (
        click.option(
            "--max-suspended", default="0", show_default=True, metavar="N|P%", callback=_allowance,
            help=_("So many suspended records, or such a share of those read, still end with exit code 0."),
        ),
        click.option(
            "--mask", metavar="KEYFILE",
            help=_("Write a keyed pseudonym in place of each number, with the prefix that the rulebook reads."),
        ),
        click.option("--csv-bom", is_flag=True, help=_("Begin a CSV output with a byte order mark, for spreadsheets.")),
        click.option(
            "--suspense", metavar="FILE", help=_("Where suspended records go; default: OUTPUT.suspense.jsonl.")
        ),
        click.option(
            "--format", "output_format", type=click.Choice(["parquet", "csv", "jsonl"]),
            help=_("Format of the output where its name does not say."),
        ),
        click.option(
            "--resume", is_flag=True,
            help=_("Go on with a run into a folder that was stopped: what is finished is not done again."),
        ),
        click.option(
            "-o", "--output", required=True, metavar="FILE",
            help=_(
                "Rated file: .parquet, .csv or .jsonl (the last two also .gz, .zst); - is standard output; FOLDER/ "
                "gets a file for each input."
            ),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _engine(command: Any) -> Any:
    """What rates: this process, or a cluster."""
    for option in (
        click.option(
            "--master", metavar="URL",
            help=_("Spark's master: local[2], yarn, k8s://URL, spark://URL; default: what its settings say."),
        ),
        click.option(
            "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True,
            help=_("What rates: this machine, or a Spark cluster (Parquet in, a folder of Parquet out)."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "rate",
    help=_(
        "Rates CALLS (files, folders, patterns, or - for standard input; CSV, Parquet, JSON Lines and the records of "
        "known exchanges, plain or .gz or .zst) under one scenario or several, and writes all columns of the input "
        "with the charges. What cannot be rated goes to a suspense file, never charged 0."
    ),
)
@click.argument("calls", nargs=-1, required=True)
@options.pricing
@options.allow
@options.holders
@_inputs
@_outputs
@_engine
@options.as_json
@options.quiet
@options.language
def command(words: Words, as_json: bool, quiet: bool, **given: Any) -> None:
    require("files", words)
    _require_spark(given, words)
    if as_json and given["output"] == "-":
        raise click.UsageError(words.gettext("Standard output takes calls or --json, not both: name a file for -o."))
    from tariffs.cli.closing import Closing
    from tariffs.cli.rating_run import rated

    summary, rater = rated(given, words, quiet=quiet)
    closing = Closing(summary, rater, words)
    if as_json:
        click.echo(json.dumps(closing.document(), ensure_ascii=False, indent=2))
    elif not quiet:
        _show(closing, to_stderr=given["output"] == "-")
    allowed, percent = given["max_suspended"]
    if summary.suspended > (allowed * summary.total.read / 100 if percent else allowed):
        said = words.ngettext(
            "{n} record was suspended, more than --max-suspended allows.",
            "{n} records were suspended, more than --max-suspended allows.",
            summary.suspended,
        )
        click.echo(said.format(n=f"{summary.suspended:,}"), err=True)
        click.get_current_context().exit(failures.SUSPENDED)


def _require_spark(given: Mapping[str, Any], words: Words) -> None:
    """Rating on a cluster needs the extra `spark`, and Java."""
    if given["engine"] != "spark":
        if given["master"] is not None:
            raise click.UsageError(words.gettext("--master belongs to --engine spark."))
        return
    from tariffs.cluster.session import JAVA, missing

    require("spark", words)
    if missing():
        said = words.gettext("Spark needs Java {version} or newer, and there is none: install it, or set JAVA_HOME.")
        raise Wrong(said.format(version=JAVA))


def _show(closing: Any, *, to_stderr: bool) -> None:
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    # Labels such as delivery-2012[all] are text and no markup; a file or pipe has no width to fit into.
    width = None if stream.isatty() else 160
    console = Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=False, width=width)
    for part in closing.shown():
        console.print(part, soft_wrap=isinstance(part, str))
        console.print()
