"""Reads the project's own documents: fenced blocks, and the tables of expected charges that follow them.

    python -m tests.project.documents README.md sh 2

prints the second fenced `sh` block of README.md.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Block:
    """A fenced block: the words after its opening fence, the line it opens on, its text, and the rows of all tables
    with a `charge` column between it and the next block.
    """

    language: str
    words: tuple[str, ...]
    line: int
    text: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)


def blocks(path: Path, language: str | None = None) -> list[Block]:
    """The fenced blocks of a Markdown file in order, all or those of one language."""
    found: list[Block] = []
    inside = False
    header: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            if not inside:
                info = line[3:].split() or [""]
                found.append(Block(info[0], tuple(info[1:]), number))
            inside = not inside
        elif inside:
            found[-1].text += line + "\n"
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not header:
                header = cells
            elif "charge" in header and found and not re.fullmatch(r"[-:| ]+", line):
                found[-1].rows.append(dict(zip(header, cells, strict=True)))
        else:
            header = []
    return [block for block in found if language is None or block.language == language]


def command(path: Path, number: int) -> str:
    """The one line of the `number`-th fenced `sh` block, counted from 1. Raises ValueError if it has more lines."""
    lines = blocks(path, "sh")[number - 1].text.splitlines()
    if len(lines) != 1:
        raise ValueError(f"{path.name}: the command in `sh` block {number} has {len(lines)} lines and must have one")
    return lines[0]


if __name__ == "__main__":
    name, fence, position = sys.argv[1:]
    sys.stdout.write(blocks(ROOT / name, fence)[int(position) - 1].text)
