"""Reads the project's own documents: fenced blocks and the tables that follow them.

    python -m tests.project.documents README.md sh 2

prints the second fenced `sh` block of README.md.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the words after its opening fence, its text, the line it opens on, and the heading above it."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int
    heading: str


def blocks(path: Path, language: str | None = None) -> tuple[Block, ...]:
    """The fenced blocks of a Markdown file in order, all or those of one language."""
    source = path.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(source):
        before = source[: match.start()]
        info = match["info"].split()
        headings = re.findall(r"^#+ +(.+)$", _FENCE.sub("", before), re.MULTILINE)
        found.append(
            Block(
                language=info[0] if info else "",
                words=tuple(info[1:]),
                text=match["body"],
                line=before.count("\n") + 1,
                heading=headings[-1] if headings else "",
            )
        )
    return tuple(b for b in found if language is None or b.language == language)


def command(path: Path, number: int) -> str:
    """The one line of the `number`-th fenced `sh` block, counted from 1. Raises ValueError if it has more lines."""
    lines = blocks(path, "sh")[number - 1].text.splitlines()
    if len(lines) != 1:
        raise ValueError(f"{path.name}: the command in `sh` block {number} has {len(lines)} lines and must have one")
    return lines[0]


if __name__ == "__main__":
    name, language, position = sys.argv[1:]
    sys.stdout.write(blocks(ROOT / name, language)[int(position) - 1].text)
