"""What the layers below say in English, for they know no language, said in the language of the run.

A sentence that is none of these stays English; names, paths and values in it stay as they are.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import Final

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
    # problems of rule files
    N_("{key} is not a key of {kind}"),
    N_("this {kind} has no {key}"),
    N_("{value} cannot stand for {key}"),
    N_("{value} is not a value of {key}"),
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
    parts = text.split("; ")
    if len(parts) > 1:
        return words.gettext("; ").join(said(words, part) for part in parts)
    return text


def _sentence(words: Words, text: str) -> str | None:
    for template, pattern in _patterns():
        if (found := pattern.fullmatch(text)) is not None:
            values = {name: said(words, value) if name == "why" else value for name, value in found.groupdict().items()}
            return words.gettext(template).format(**values)
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _pattern(template)) for template in _SENTENCES)


def _pattern(template: str) -> re.Pattern[str]:
    """What the sentence looks like with any values in its places."""
    parts = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        parts.append(re.escape(text))
        if name is not None:
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
