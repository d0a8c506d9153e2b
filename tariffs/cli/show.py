"""`tariffs show`: a rulebook, a tariff, a rule or a scenario in words that a policy officer reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from gettext import gettext as _
from typing import Any, TypeVar

import click

from tariffs.cli import options, shown
from tariffs.cli.failures import Wrong, did_you_mean
from tariffs.cli.plain import Plain, strings
from tariffs.language import Words
from tariffs.library import Rulebook, load
from tariffs.rulebook.scenarios import Parameter
from tariffs.rulebook.values import Item

T = TypeVar("T")


@click.command(
    "show",
    help=_(
        "Shows RULEBOOK (the name of a shipped one, a folder or a file), one of its tariffs or rules, or a scenario as "
        "its difference from its base, with sources, marks, assumptions and the parameters that nobody knows."
    ),
)
@click.argument("rulebook")
@click.option("--scenario", metavar="NAME", help=_("Show this scenario; beside --tariff or --rule: as it sees them."))
@click.option("--tariff", metavar="NAME", help=_("Show this tariff."))
@click.option("--rule", metavar="NAME", help=_("Show this rule of the decision table."))
@options.assume
@options.no_assumptions
@options.as_json
@options.language
def command(
    rulebook: str,
    scenario: str | None,
    tariff: str | None,
    rule: str | None,
    assume: Mapping[str, str],
    assumptions: bool,
    as_json: bool,
    words: Words,
) -> None:
    if tariff and rule:
        raise click.UsageError(words.gettext("Show a tariff or a rule, one at a time."))
    book = load(rulebook)
    if not assumptions:
        book = book.model_copy(update={"assumptions": {}})
    plain = Plain(book, words, assume=_read(book, assume, words))
    if scenario:
        found = _named(book.scenarios, scenario, words.gettext("scenario"), words)
        plain = Plain(book, words, found, plain.assume)
    kind, name, item = _chosen(plain, scenario, tariff, rule)
    if as_json:
        click.echo(json.dumps(_document(plain, kind, name, item), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(plain, kind, name)))


def _read(book: Rulebook, assume: Mapping[str, str], words: Words) -> dict[str, str]:
    """The given values, each read as its parameter demands."""
    known: dict[str, Parameter] = dict(book.parameters)
    for scenario in book.scenarios.values():
        known |= scenario.parameters
    values = {}
    for name, text in assume.items():
        parameter = _named(known, name, words.gettext("parameter"), words)
        try:
            values[name] = parameter.read(text)
        except ValueError as error:
            raise Wrong(f"--assume {name}: {error}") from error
    return values


def _chosen(plain: Plain, scenario: str | None, tariff: str | None, rule: str | None) -> tuple[str, str, Item]:
    _ = plain.words.gettext
    if tariff:
        return "tariff", tariff, _named(plain.tariffs, tariff, _("tariff"), plain.words)
    if rule:
        rules = plain.book.rules | (plain.scenario.rules if plain.scenario else {})
        return "rule", rule, _named(rules, rule, _("rule"), plain.words)
    if scenario and plain.scenario:
        return "scenario", scenario, plain.scenario
    return "rulebook", plain.book.rulebook_id, plain.book


def _named(known: Mapping[str, T], name: str, kind: str, words: Words) -> T:
    if name in known:
        return known[name]
    said = words.gettext("There is no {kind} {name!r} in the rulebook.").format(kind=kind, name=name)
    raise Wrong(f"{said} {did_you_mean(name, known, words)}")


def _text(plain: Plain, kind: str, name: str) -> Iterator[str]:
    if kind == "tariff":
        return shown.tariff(plain, name)
    if kind == "rule":
        return shown.rule(plain, name)
    return shown.scenario(plain, name) if kind == "scenario" else shown.rulebook(plain)


def _document(plain: Plain, kind: str, name: str, item: Item) -> dict[str, Any]:
    """The same for machines: the definition as the rule language spells it, and every parameter it needs."""
    items: list[Item] = [item]
    if plain.scenario is not None and kind == "scenario":
        items += shown.paid_tariffs(plain, plain.scenario)
    wanted = plain.parameters if kind == "rulebook" else shown.needed(plain, items)
    cited = {text for piece in items for text in strings(piece)}
    return {
        "kind": kind,
        "name": name,
        "rulebook": {"id": plain.book.rulebook_id, "digest": plain.book.digest},
        "definition": item.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"tables"}),
        "sources": {
            source: plain.book.sources[source].model_dump(mode="json", by_alias=True, exclude_defaults=True)
            for source in plain.book.sources
            if kind != "rulebook" and source in cited
        },
        "parameters": [_parameter(plain, parameter_name) for parameter_name in wanted],
    }


def _parameter(plain: Plain, name: str) -> dict[str, Any]:
    assumption = plain.book.assumptions.get(name)
    given = name in plain.assume
    document = {"name": name, "kind": plain.parameters[name].kind, "value": plain.value(name), "given": given}
    if assumption is not None and not given:
        document |= assumption.model_dump(mode="json", by_alias=True, include={"mark", "reason", "source"})
    return document
