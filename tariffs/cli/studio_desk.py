"""What the page borrows from the command line: the words of explanations and of problems, and loading a rule file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tariffs.cli import explained, failures
from tariffs.cli.plain import Plain
from tariffs.language import Words
from tariffs.library import Rulebook, load
from tariffs.rating.call import Call
from tariffs.rating.rater import Rater
from tariffs.rulebook.problems import RulebookError


def explained_lines(rater: Rater, call: Call, words: Words) -> list[str]:
    """How a call gets its price under every view of a rater."""
    lines: list[str] = []
    book = rater.compiled.book
    for view in rater.views:
        found = rater.explain(call, view.label)
        lines += [*explained.text(Plain(book, words, book.scenarios.get(view.scenario)), found), ""]
    return lines


def load_text(text: str) -> Rulebook:
    """The rulebook of a rule file that is not on the disk. Raises RulebookError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my-rules.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)


def refused(words: Words, error: RulebookError) -> list[str]:
    """The problems of rules, one each, in the language of the page."""
    return failures.of_rulebook(error, words).format_message().splitlines()
