"""The bad rulebooks of tests/rulebooks/bad and what their own first lines say must be told about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tariffs.rulebook.problems import Problem

FOLDER: Final = Path(__file__).parent.parent / "rulebooks" / "bad"
_EXPECT: Final = re.compile(
    r"^# expect: (?P<code>\S+) (?:(?P<file>[\w.-]+):)?(?P<line>\d+):(?P<column>\d+) (?P<words>.*)$"
)


@dataclass(frozen=True)
class Expected:
    """A problem that must be told: where, and with which words."""

    code: str
    file: str
    line: int
    column: int
    words: tuple[str, ...]

    def tells(self, problem: Problem) -> bool:
        """Whether a problem is this one."""
        file = Path(problem.at.file).name if problem.at.line else self.file
        here = (self.code, self.file, self.line, self.column)
        return here == (problem.code, file, problem.at.line, problem.at.column)


@dataclass(frozen=True)
class BadRulebook:
    """A bad rulebook. `scenarios`: what to ask of it where loading succeeds; empty where loading must fail."""

    path: Path
    expected: tuple[Expected, ...]
    scenarios: tuple[str, ...]

    @property
    def codes(self) -> set[str]:
        return {expected.code for expected in self.expected}


def bad_rulebooks() -> list[BadRulebook]:
    """All of them, by name."""
    return [_read(path) for path in sorted(FOLDER.iterdir()) if path.name not in ("shared", "README.md")]


def _read(path: Path) -> BadRulebook:
    expected: list[Expected] = []
    scenarios: tuple[str, ...] = ()
    for file in [path] if path.is_file() else sorted(path.glob("*.yaml")):
        for line in file.read_bytes().decode("utf-8", errors="replace").splitlines():
            found = _EXPECT.match(line)
            if found:
                words = tuple(part.strip() for part in found["words"].split(" | "))
                where = (found["file"] or file.name, int(found["line"]), int(found["column"]))
                expected.append(Expected(found["code"], *where, words))
            elif line.startswith("# scenarios: "):
                scenarios = (line.removeprefix("# scenarios: "),)
    return BadRulebook(path, tuple(expected), scenarios)
