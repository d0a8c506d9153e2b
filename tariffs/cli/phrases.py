"""What the layers below say in English, for they know no language, said in the language of the run.

A sentence that is none of these stays English; names, paths and values in it stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from string import Formatter
from typing import Final

from tariffs.cli import cell_phrases, file_phrases, rule_phrases
from tariffs.cli.rule_phrases import PARTS, WORDS
from tariffs.language import N_, Words

_SENTENCES: Final = (
    # problems of what was asked for
    N_("there is no scenario {name}"),
    N_("there is no parameter {name}"),
    N_("there is no add-on {name}"),
    N_("scenario {name} has no phase {phase}"),
    N_("{text} is no reference date"),
    N_("the add-on {name} cannot be held by {held}"),
    N_("the value of {name} cannot be used: {why}"),
    N_("{name} ({chinese}, {english}) has no value: one of {choices} is needed"),
    N_("{name} ({chinese}, {english}) has no value: a price in {unit} is needed"),
    N_("{name} ({chinese}, {english}) has no value: a price is needed"),
    N_("{name} ({chinese}, {english}) has no value: a date is needed"),
    N_("{text} is not a date: write it as 2012-01-01"),
    N_("{name} is not one of the {kind}"),
    N_("{text} is not one of {choices}"),
    N_("{text} is not a price: write plain decimal text, for example 0.30"),
    N_("{text} is not a price from 0 to 999,999,999 with at most nine decimals"),
    # problems of rule files, beside those of `rule_phrases`
    N_("{key} is not a key of {kind}"),
    N_("this {kind} has no {key}"),
    N_("{value} cannot stand for {whose}"),
    N_("{value} is not a value of {whose}"),
    N_("{key} stands here a second time"),
    N_("{name} is defined a second time in {section}"),
    N_("no file has the section {section}"),
    N_("there is no such file"),
    N_("there is no such file, folder or shipped rulebook"),
    N_("{file}: there is no such file"),
    # remedies
    N_("did you mean {names}?"),
    N_("known: {names}"),
    N_("its phases: {names}"),
    N_("write a day as 2012-01-01, or a phase as plan-2010:1"),
    N_("write all, none or record"),
    N_("give it with --assume {name} (in Python: {python})"),
    N_("add {key}; {kind} needs it"),
    N_("add {key} to one of the files"),
    N_("{kind} may have {names}"),
    N_("one of {names}"),
    N_("rulebooks by name: {names}; else give the path of a file or folder"),
    N_("check the path"),
    N_("correct it"),
    N_("change the value"),
    N_("keep one of the two"),
    N_("rename one of them"),
    N_("rename or remove one of the two"),
    N_("write it as 2012-01-01"),
    N_("write plain decimal text, for example 0.07"),
    N_("write a price in yuan as plain decimal text, for example {example}"),
    N_("say in a scenario of its own which of them holds"),
    N_("check the dates, the places and the tariffs named, or take the change out"),
    # reasons why a record is set aside
    N_("{field}: less than nothing"),
    N_("{field}: absent"),
    N_("if it is written without area code, say its home area"),
    N_("the rulebook promises prices from {first} to before {last}"),
    # what a run rests on
    N_("{data}, read {day} – today's homes of the segments, not those of {first} to {last}"),
)


def said(words: Words, text: str) -> str:
    """The text in the language of the run, sentence by sentence."""
    if words.language == "en" or not text:
        return text
    whole = _sentence(words, text)
    if whole is not None:
        return whole
    if (near := re.match(r"(did you mean .+?\?) (?=\S)", text)) is not None:
        return said(words, near[1]) + said(words, text[near.end() :])
    file, _, system = text.rpartition(": ")
    if system in file_phrases.SYSTEM:
        return words.colon(file, words.gettext(system)) if file else words.gettext(system)
    parts = text.split("; ")
    if len(parts) > 1:
        return words.gettext("; ").join(said(words, part) for part in parts)
    if (known := re.fullmatch(r"([^:]+): (`.+)", text)) is not None and (kind := _part(words, known[1])) != known[1]:
        return words.colon(kind, _list(words, known[2]))
    return text


def _sentence(words: Words, text: str) -> str | None:
    for template, pattern in _patterns():
        if (found := pattern.fullmatch(text)) is not None:
            return _spaced(words.gettext(template).format(**_values(words, found)))
    return None


def _spaced(text: str) -> str:
    """A blank between a Chinese character and what is quoted from a rule file."""
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=`)|(?<=`)(?=[\u4e00-\u9fff])", " ", text)


def _values(words: Words, found: re.Match[str]) -> dict[str, str]:
    """What stands in the places of a sentence, each read as its name asks for."""
    return {name: _READERS.get(name, _as_it_is)(words, value) for name, value in found.groupdict().items()}


def _as_it_is(_words: Words, text: str) -> str:
    return text


def _part(words: Words, text: str) -> str:
    """A word or a part of a sentence: `a rule`, `this charge`, `places, circles and regions`; else as it is."""
    bare = re.sub(r"^an? (?!list|mapping|text)", "", text)
    for word in (bare, bare.removesuffix("s"), re.sub("ies$", "y", bare)):
        if word in WORDS:
            return words.gettext(word)
    for template, pattern in _parts():
        if (found := pattern.fullmatch(text)) is not None:
            return words.gettext(template).format(**_values(words, found))
    several = re.split(", | and ", text)
    if len(several) > 1 and all(_part(words, one) != one for one in several):
        return words.join([_part(words, one) for one in several])
    return text


def _input(words: Words, text: str) -> str:
    """What a run reads; else as it is."""
    return words.gettext(text) if text in file_phrases.INPUTS else text


def _list(_words: Words, text: str) -> str:
    """Names in backquotes as a Chinese list; what else is listed stays as it is."""
    if "`" not in text:
        return text
    return re.sub(r"` and (\d+) more$", r"` 等，另有 \1 个", text).replace("`, `", "`、`").replace("` and `", "` 和 `")


def _both(_words: Words, text: str) -> str:
    return re.sub(r" \(pays (.+?)\)", r"（\1）", text).replace("） and ", "）与").replace(" and ", " 与 ")


_READERS: Final[dict[str, Callable[[Words, str], str]]] = {
    "why": said, "kind": _part, "kind_too": _part, "whose": _part, "value": _part, "when": _part, "days": _part,
    "weekday": _part, "names": _list, "rules": _both, "columns": _both, "input": _input,
}  # fmt: skip
"""How what stands in a place is said in Chinese, by the name of the place; the others stay as they are."""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences, those first that hold another one, then those that say most themselves."""
    found = dict.fromkeys((*_SENTENCES, *rule_phrases.SENTENCES, *file_phrases.SENTENCES, *cell_phrases.SENTENCES))
    ordered = sorted(found, key=lambda template: ("{why}" not in template, -_said_by(template)))
    return tuple((template, _pattern(template)) for template in ordered)


def _said_by(template: str) -> int:
    """How much of a sentence does not change."""
    return sum(len(text) for text, *_ in Formatter().parse(template))


@cache
def _parts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _pattern(template)) for template in sorted(PARTS, key=lambda t: -_said_by(t)))


def _pattern(template: str) -> re.Pattern[str]:
    """What the sentence looks like with any values in its places."""
    parts = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        parts.append(re.escape(text))
        if name is not None:
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
