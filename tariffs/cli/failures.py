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

_MANY: Final = 20
_NUMBER: Final = re.compile(r"\d{7,}")
_DAY_IN_NAME: Final = re.compile(
    r"(?<=[-_./\\])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?(?!\d)"
)
"""A day in the name of a file, perhaps with its time: no telephone number stands there so."""


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


def of_records(error: CdrError, words: Words) -> click.ClickException:
    """A failure of reading, rating or writing, which knows its own exit code."""
    from tariffs.cli.phrases import said

    message = "\n".join(said(words, line) for line in str(error).split("\n"))
    return Wrong(message) if error.exit_code == WRONG else Broken(message)


def of_system(error: OSError, words: Words) -> Broken:
    """An operating system error as one sentence: which file, and what the system says."""
    from tariffs.cli.phrases import said

    what = said(words, error.strerror or str(error))
    return Broken(words.colon(str(error.filename), what) if error.filename else what)


def problem_text(problem: Problem, words: Words) -> str:
    """FILE:LINE:COL, what is wrong, excerpt, remedy; in Chinese with the meaning of the code in Chinese."""
    from dataclasses import replace

    from tariffs.cli.phrases import said
    from tariffs.rulebook.problems import CODES

    if words.language == "en":
        return str(problem)
    message = problem.chinese or said(words, problem.message)
    told = replace(problem, message=message, hint=said(words, problem.hint))
    head, *rest = str(told).split("\n")
    head = head.replace(f"{problem.code}:", f"{problem.code}（{words.gettext(CODES[problem.code])}）:", 1)
    also = words.gettext("see also {where}").format(where="")
    return "\n".join([head, *(line.replace("    see also ", f"    {also}", 1) for line in rest)])


def did_you_mean(asked: str, known: Iterable[str], words: Words, also: Iterable[str] = ()) -> str:
    """The nearest names, then all of them: the last part of a message about an unknown name.

    `also`: names that may be near, but are not listed. Of very many names only the nearest are told.
    """
    names = list(known)
    close = get_close_matches(asked, list(dict.fromkeys([*names, *also])), 3)
    near = list({name.casefold(): name for name in reversed(close)}.values())[::-1]
    listed = words.gettext("There are: {names}.").format(names=words.join(names))
    if not names:
        listed = words.gettext("There are none.")
    elif len(names) > _MANY:
        few = words.gettext("There are {n}, such as {names}.")
        listed = "" if near else few.format(n=len(names), names=words.join(names[:_MANY]))
    guess = words.gettext("Did you mean {names}?").format(names=words.either(near)) if near else ""
    return words.sentences(guess, listed)


def without_numbers(text: str) -> str:
    """The text with every run of seven or more digits blotted out, days in names of files left as they are.

    No message shows a telephone number, whichever argument somebody wrote it as.
    """
    parts, place = [], 0
    for day in _DAY_IN_NAME.finditer(text):
        parts += [_NUMBER.sub("#######", text[place : day.start()]), day.group()]
        place = day.end()
    return "".join([*parts, _NUMBER.sub("#######", text[place:])])


def discreet(error: click.ClickException) -> click.ClickException:
    """The failure, without telephone numbers in what it says."""
    said = error.format_message()
    if (blotted := without_numbers(said)) == said:
        return error
    if isinstance(error, (Wrong, Broken)):
        return type(error)(blotted)
    return click.UsageError(blotted, error.ctx if isinstance(error, click.UsageError) else None)
