"""How a command ends: 0 done, 2 wrong usage or rulebook, 3 more suspended than allowed, 4 input or output broken.

1 is what a crash gives, and is never meant. 130 and 141 are what a shell expects after Ctrl-C and a closed pipe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import IO, TYPE_CHECKING, Any, Final

import click

from tariffs.language import Words

if TYPE_CHECKING:
    from tariffs.cdr.failures import CdrError
    from tariffs.rulebook.problems import Problem, RulebookError

WRONG: Final = 2
SUSPENDED: Final = 3
BROKEN: Final = 4
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141

_NUMBER = re.compile(r"\d{5,}")


class Wrong(click.ClickException):
    """The command or the rulebook cannot be used as it stands."""

    exit_code = WRONG


class Broken(click.ClickException):
    """An input cannot be read, or an output cannot be written."""

    exit_code = BROKEN


class Refused(Wrong):
    """A rulebook with problems: every one of them is shown, then how many there are."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


def of_rulebook(error: RulebookError, words: Words) -> Refused:
    lines = [problem_text(problem, words) for problem in error.problems]
    if len(lines) > 1:
        files = len({problem.at.file for problem in error.problems})
        count = words.ngettext("{n} problems in {files} file", "{n} problems in {files} files", files)
        lines.append(count.format(n=len(lines), files=files))
    return Refused("\n".join(lines))


def of_records(error: CdrError) -> click.ClickException:
    """A failure of reading, rating or writing, which knows its own exit code."""
    return Wrong(str(error)) if error.exit_code == WRONG else Broken(str(error))


def of_system(error: OSError) -> Broken:
    """An operating system error as one sentence: which file, and what the system says."""
    said = error.strerror or str(error)
    return Broken(f"{error.filename}: {said}" if error.filename else said)


def problem_text(problem: Problem, words: Words) -> str:
    """FILE:LINE:COL, what is wrong, excerpt, remedy; in Chinese with the meaning of the code in Chinese."""
    from tariffs.rulebook.problems import CODES

    text = str(problem).removeprefix(": ")  # a problem of the command line stands in no file
    if words.language == "en":
        return text
    return text.replace(f"{problem.code}:", f"{problem.code}（{words.gettext(CODES[problem.code])}）:", 1)


def did_you_mean(asked: str, known: Iterable[str], words: Words) -> str:
    """The nearest names, then all of them: the last part of a message about an unknown name."""
    names = list(known)
    near = get_close_matches(asked, names, 3)
    listed = words.gettext("There are: {names}.").format(names=words.join(names)) if names else ""
    if near:
        listed = words.gettext("Did you mean {names}?").format(names=words.either(near)) + " " + listed
    return listed.strip()


def without_numbers(text: str) -> str:
    """The text with every run of five or more digits blotted out: no message shows a telephone number."""
    return _NUMBER.sub("#####", text)
