"""Names and values given on the command line: those that the rulebook does not know are wrong usage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from tariffs.cli.failures import Wrong, did_you_mean
from tariffs.cli.phrases import said
from tariffs.language import N_, Words
from tariffs.library import Rulebook
from tariffs.rating.rater import Rater
from tariffs.rulebook.scenarios import Parameter

T = TypeVar("T")

_KINDS = {
    "served_place": N_("place"),
    "operator": N_("operator"),
    "called_operator": N_("operator"),
    "group": N_("customer group"),
    "plan": N_("plan"),
    "home_area": N_("area code"),
}


def named(known: Mapping[str, T], name: str, kind: str, words: Words, also: Iterable[str] = ()) -> T:
    """What is called `name`. Raises Wrong with the nearest names, `also` among them, where there is no such thing."""
    if name not in known:
        raise unknown(name, kind, words, known, also)
    return known[name]


def unknown(name: str, kind: str, words: Words, listed: Iterable[str], also: Iterable[str] = ()) -> Wrong:
    """That there is no such name. `listed`: what there is; `also`: other ways to write it, which may be near too."""
    text = words.gettext("There is no {kind} {name!r} in the rulebook.").format(kind=kind, name=name)
    return Wrong(words.sentences(text, did_you_mean(name, listed, words, also)))


def check_options(book: Rulebook, held: Iterable[str], words: Words) -> None:
    """Refuses an add-on that no scenario of the rulebook has."""
    known = set(book.options).union(*(scenario.options for scenario in book.scenarios.values()))
    for name in held:
        if name not in known:
            raise unknown(name, words.gettext("add-on"), words, sorted(known))


def check_facts(rater: Rater, given: Mapping[str, str | None], words: Words) -> None:
    """Refuses a place, operator, group, plan or area code (by the fields of a call) that the rulebook does not know."""
    known = {field: numbers for _fact, field, numbers, _absent in rater._codes.named_columns}
    book = rater.compiled.book
    trunk = book.numbering.trunk
    listed: dict[str, Iterable[str]] = {
        "served_place": book.places,
        "operator": book.operators,
        "called_operator": book.operators,
        "group": book.groups,
        "plan": book.plans,
        "home_area": sorted({trunk + area.code for area in book.numbering.areas}),
    }
    for field, kind in _KINDS.items():
        name = given.get(field)
        if name is not None and name not in known[field]:
            raise unknown(name, words.gettext(kind), words, listed[field], known[field])


def values_given(book: Rulebook, assume: Mapping[str, str], words: Words) -> dict[str, str]:
    """The values of `--assume`, each read as its parameter demands. Raises Wrong for one that cannot be."""
    known: dict[str, Parameter] = dict(book.parameters)
    for scenario in book.scenarios.values():
        known |= scenario.parameters
    values = {}
    for name, text in assume.items():
        parameter = named(known, name, words.gettext("parameter"), words)
        try:
            values[name] = parameter.read(text)
        except ValueError as error:
            raise Wrong(words.colon(f"--assume {name}", said(words, str(error)))) from error
    return values
