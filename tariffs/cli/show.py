"""`tariffs show`: a rulebook, a tariff, a rule or a scenario in words that a policy officer reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from gettext import gettext as _
from typing import Any

import click

from tariffs.cli import failures, options, shown
from tariffs.cli.derived import DerivedRule, derived_from, derived_rules, problems, scenario_of
from tariffs.cli.names import named, values_given
from tariffs.cli.plain import Plain, strings
from tariffs.language import Words
from tariffs.library import load
from tariffs.rulebook.problems import Problem
from tariffs.rulebook.values import Item


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
    plain = Plain(book, words, assume=values_given(book, assume, words))
    if rule and not scenario:
        scenario = scenario_of(book, rule)
    made: dict[str, DerivedRule] = {}
    if scenario:
        found = named(book.scenarios, scenario, words.gettext("scenario"), words)
        plain = Plain(book, words, found, plain.assume)
        made = derived_rules(plain, scenario)
        _warn(problems(book, scenario, plain), words)
    if rule in made:
        _show_derived(plain, rule, made[rule], as_json=as_json)
        return
    kind, name, item = _chosen(plain, scenario, tariff, rule, made)
    derived = dict(derived_from(made, name)) if kind == "rule" else {}
    if as_json:
        document = _document(plain, kind, name, item)
        if derived:
            document["derived"] = [_derived_document(*pair) for pair in derived.items()]
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(plain, kind, name, derived)))


def _warn(found: Sequence[Problem], words: Words) -> None:
    """Says on standard error why the scenario, though it can be shown, cannot be priced."""
    if found:
        lines = [words.gettext("Warning: no call can be priced under this scenario:")]
        lines += [failures.problem_text(problem, words) for problem in found]
        click.echo(failures.without_numbers("\n".join(lines)), err=True)


def _show_derived(plain: Plain, name: str, found: DerivedRule, *, as_json: bool) -> None:
    if as_json:
        document = _document(plain, "rule", name, found.change) | _derived_document(name, found)
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(shown.derived_rule(plain, name, found)))


def _derived_document(name: str, found: DerivedRule) -> dict[str, Any]:
    return {
        "name": name,
        "at": str(found.effective.at),
        "scenario": found.effective.scenario,
        "derived_from": found.parent.name if found.parent is not None else None,
        "definition": found.change.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }


def _chosen(
    plain: Plain, scenario: str | None, tariff: str | None, rule: str | None, made: Mapping[str, DerivedRule]
) -> tuple[str, str, Item]:
    _ = plain.words.gettext
    if tariff:
        return "tariff", tariff, named(plain.tariffs, tariff, _("tariff"), plain.words)
    if rule:
        rules = plain.book.rules | (plain.scenario.rules if plain.scenario else {})
        return "rule", rule, named(rules, rule, _("rule"), plain.words, made)
    if scenario and plain.scenario:
        return "scenario", scenario, plain.scenario
    return "rulebook", plain.book.rulebook_id, plain.book


def _text(plain: Plain, kind: str, name: str, derived: Mapping[str, DerivedRule]) -> Iterator[str]:
    if kind == "tariff":
        return shown.tariff(plain, name)
    if kind == "rule":
        return shown.rule(plain, name, derived.items())
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
