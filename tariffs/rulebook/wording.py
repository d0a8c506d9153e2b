"""Small phrases that problems are told with: lists of names, near names, what a kind of item is called."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel

from tariffs.rulebook.yamltext import Listing, Mapping

_KINDS: Final = {"PeriodScheme": "rate-period scheme", "Header": "`rulebook` section", "Sections": "rule file"}
_MOST_CANDIDATES: Final = 500
_LONGEST: Final = 60


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint "did you mean …?", or nothing where no known word is near."""
    ends = (word[:1], word[-1:])
    # Comparing is slow and a rulebook may know thousands of names: those that begin and end otherwise are not compared.
    near = [name for name in known if abs(len(name) - len(word)) <= 4 and (name[:1] == ends[0] or name[-1:] == ends[1])]
    found = difflib.get_close_matches(word[:64], near[:_MOST_CANDIDATES], n=1, cutoff=0.6)
    return f"did you mean `{found[0]}`?" if found else ""


def listed(words: Sequence[str], most: int = 12) -> str:
    """`a`, `b` and `c`, cut after `most`."""
    shown = [f"`{word}`" for word in words[:most]]
    if len(words) > most:
        return ", ".join(shown) + f" and {len(words) - most} more"
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


def hint_for(word: str, known: Iterable[str], plural: str) -> str:
    """Did you mean …? or, where nothing is near, what there is. `plural`: what the known words are (`tariffs`)."""
    words = sorted(known)
    if not words:
        return f"there are no {plural}: define it, or remove the name"
    return did_you_mean(word, words) or f"{plural}: {listed(words)}"


def kind_of(model: type[BaseModel]) -> str:
    """What a model is called in messages: `rate-period scheme`, `rule`."""
    return _KINDS.get(model.__name__) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun.lstrip('`')[:1] in 'aeiou' else 'a'} {noun}"


def quoted(value: Any) -> str:
    """A value of a rule file as messages show it: short, and never a whole mapping."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Listing):
        return "a list"
    text = str(value)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 3]}...`"
