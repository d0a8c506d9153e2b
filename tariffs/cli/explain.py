"""`tariffs explain`: the charge of one call, span by span, under one scenario or several."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from gettext import gettext as _
from typing import Any
from zoneinfo import ZoneInfo

import click

from tariffs.cli import explained, failures, names, options
from tariffs.cli.in_force import Standing
from tariffs.cli.plain import Plain, money, signed
from tariffs.language import Words
from tariffs.library import Rulebook, load
from tariffs.rating.call import Call, Result, Suspended
from tariffs.rating.explain import Explanation
from tariffs.rating.rater import Rater, make_rater


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        raise click.BadParameter(_("write seconds as a number, decimals allowed, such as 61 or 61.5")) from None


def _moment(ctx: click.Context, param: click.Parameter, value: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        hint = _('write the start as "2012-03-01 06:59:50", with an offset such as +08:00 if it is of another zone')
        raise click.BadParameter(hint) from None


def _details(command: Any) -> Any:
    """What a record may say about a call beyond its two numbers, start and duration."""
    for option in (
        click.option("--home-area", metavar="CODE", help=_("Area code of a caller written without one.")),
        click.option("--quantity", type=click.INT, metavar="N", help=_("Messages, or bytes.")),
        click.option(
            "--seizure", callback=_seconds, metavar="SECONDS", help=_("Seizure to release, where a tariff bills it.")
        ),
        click.option("--plan", metavar="PLAN", help=_("Plan that the paying line holds.")),
        click.option("--group", metavar="GROUP", help=_("Customer group of the paying line.")),
        click.option("--called-operator", metavar="OPERATOR", help=_("Operator of the called line.")),
        click.option("--operator", metavar="OPERATOR", help=_("Operator of the paying line.")),
        click.option("--served-place", metavar="PLACE", help=_("Where the paying line is, such as foshan.")),
        click.option(
            "--direction", type=click.Choice(["originated", "received"]), default="originated", show_default=True,
            help=_("Whether the caller pays for it or the called line."),
        ),
        click.option(
            "--service", type=click.Choice(["voice", "message", "data"]), default="voice", show_default=True,
            help=_("What kind of usage it is."),
        ),
        click.option(
            "--option", "held", multiple=True, metavar="OPTION", help=_("Add-on that the line holds. Repeatable.")
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "explain",
    help=_(
        "Prints the charge of one call and how it comes about: components, spans of units, rate periods, steps, rules "
        "with file and line, rounding, assumptions and sources. Several scenarios are shown one after the other, with "
        "the differences to the first."
    ),
)
@options.pricing
@click.option("--from", "caller", required=True, metavar="NUMBER", help=_("Calling number."))
@click.option("--to", "called", required=True, metavar="NUMBER", help=_("Called number, as dialled."))
@click.option(
    "--at", "start", required=True, callback=_moment, metavar="TIME",
    help=_("Start, ISO 8601; without an offset it is in the rulebook's zone."),
)  # fmt: skip
@click.option(
    "--for", "seconds", callback=_seconds, metavar="SECONDS", help=_("How long the call lasted; decimals are allowed.")
)
@_details
@options.as_json
@options.language
def command(words: Words, as_json: bool, rules: str, start: dt.datetime, held: tuple[str, ...], **given: Any) -> None:
    book = load(rules)
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(book.rulebook.timezone))
    pricing = {name: given.pop(name) for name in ("assume", "as_of", "assumptions")}
    pricing["assume"] = names.values_given(book, pricing["assume"], words)
    rater = make_rater(book, given.pop("scenarios"), **pricing)  # also where the rules have gaps or conflicts
    names.check_options(book, held, words)
    names.check_facts(rater, given, words)
    call = Call(id="explain", start=start, options=frozenset(held), **given)
    found = [rater.explain(call, view.label) for view in rater.views]
    if as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(book, words, rater, found)))
        if _lacks_area(rater, call):
            click.echo("  " + words.gettext("The caller has no area code: write it, or give --home-area CODE."))
    if isinstance(found[0].result, Suspended):
        click.get_current_context().exit(failures.SUSPENDED)


def _lacks_area(rater: Rater, call: Call) -> bool:
    """Whether the call cannot be rated only because nobody says in which area the caller is."""
    if call.home_area is not None or not _of_no_number(rater(call)):
        return False
    codes = [area.code for area in rater.compiled.book.numbering.areas]
    return any(not _of_no_number(rater(replace(call, home_area=code))) for code in codes)


def _of_no_number(result: Result) -> bool:
    return isinstance(result, Suspended) and result.code == "unknown-number"


def _text(book: Rulebook, words: Words, rater: Rater, found: list[Explanation]) -> Iterator[str]:
    for number, explanation in enumerate(found):
        if number:
            yield ""
        plain = Plain(book, words, book.scenarios.get(explanation.view.scenario))
        yield from explained.text(plain, explanation)
        day = explanation.start.date()
        standing = Standing.of(rater, explanation.view, day, day)
        if standing.idle:
            yield "  " + standing.note(words)
    base = found[0]
    for explanation in found[1:]:
        if base.total is not None and explanation.total is not None:
            yield ""
            yield words.gettext("{view} against {base}: {difference} yuan").format(
                view=explanation.view.label, base=base.view.label, difference=signed(explanation.total - base.total)
            )


def _document(found: list[Explanation]) -> dict[str, Any]:
    """One scenario: its explanation. Several: each by its label, and the differences to the first."""
    if len(found) == 1:
        return explained.document(found[0])
    base = found[0]
    differences = {
        other.view.label: money(other.total - base.total)
        for other in found[1:]
        if other.total is not None and base.total is not None
    }
    scenarios = {explanation.view.label: explained.document(explanation) for explanation in found}
    return {"base": base.view.label, "scenarios": scenarios, "differences": differences}
