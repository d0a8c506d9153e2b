"""Problems are data: collected, sorted and shown all at once, never raised one at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a rule file; line and column count from 1. Line 0: the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE: Final = Position("", 0, 0)

CODES: Final[dict[str, str]] = {
    "unreadable-file": "the file cannot be read as text",
    "yaml-syntax": "the text is not YAML",
    "yaml-too-big": "the YAML is too large, too deep or full of aliases",
    "duplicate-key": "the same key stands twice in one mapping",
    "duplicate-name": "two things of one kind have the same name",
    "unknown-key": "a key that the rule language does not have",
    "missing-key": "a key that the rule language requires is absent",
    "bad-value": "a value of the wrong kind",
    "unknown-name": "a name that nothing in the rulebook defines",
    "missing-section": "a section that every rulebook needs is absent",
    "bad-interval": "an interval that ends before it starts",
    "region-does-not-nest": "two circles overlap without one holding the other",
    "clash": "two scenarios in one stack change the same calls differently",
    "no-effect": "a change that changes no call",
    "missing-parameter": "a parameter without a value",
    "no-such-scenario": "a scenario that the rulebook does not have",
    "not-exact": "a price that is not exact in the minor unit, without a declared rounding",
    "overflow": "a charge that could grow beyond what the engine can hold",
    "missing-table": "a table file that is absent or malformed",
    "rate-period-gap": "rate periods that leave a second without a price, or price it twice",
    "gap": "calls that the rulebook promises to price and no rule does",
    "conflict": "calls that two rules price differently",
    "circular": "scenarios, places or tariffs that rest on one another in a circle",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a rulebook: what, where, and what to do about it.

    `excerpt` is the line of the file as written; `also` are further positions involved. `chinese` is the message in
    Chinese, of whoever speaks both languages; for the others the command line has the words.
    """

    code: str
    at: Position
    message: str
    hint: str = ""
    excerpt: str = ""
    also: tuple[Position, ...] = field(default=())
    chinese: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is not a problem code")

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at.file else ""  # what stands in no file came from the call or command
        lines = [f"{where}{self.code}: {self.message}"]
        if self.excerpt:
            lines.append(f"    {self.at.line:>5} | {self.excerpt}")
            if self.at.column <= len(self.excerpt) + 1:
                lines.append(f"          | {''.join(map(_blank, self.excerpt[: self.at.column - 1]))}^")
        lines += [f"    see also {where}" for where in self.also]
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


def _blank(character: str) -> str:
    """A blank as wide as the character, so that the mark under a line with Chinese text stands where it should."""
    if character == "\t":
        return "\t"
    return "\u3000" if unicodedata.east_asian_width(character) in "WF" else " "


class RulebookError(Exception):
    """A rulebook cannot be used. `problems` holds every problem of every file, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.at, p.code, p.message)))
        super().__init__("\n".join(str(p) for p in self.problems))
