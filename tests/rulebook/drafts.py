"""Rulebooks written in a test: what the test is about stands in it, the rest comes from the bad rulebooks' world."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.load import load_rulebook
from tariffs.rulebook.problems import Problem, RulebookError

WORLD: Final = Path(__file__).parent.parent / "rulebooks" / "bad" / "shared" / "world.yaml"
"""Two cities and a third in one province, a local and a long-distance tariff, a rule for each."""

NO_TABLES: Final[Mapping[str, str]] = MappingProxyType({})

HEADER: Final = """
rulebook:
  name: {{zh: 试验, en: A test}}
  minor-unit: 0.01
  timezone: Asia/Shanghai
  longest-call: 24 h
  zoning: {zoning}
  include: [{include}]
"""


def write(
    folder: Path,
    text: str,
    *,
    zoning: str = "one-zone-a-city",
    world: Path = WORLD,
    tables: Mapping[str, str] = NO_TABLES,
) -> Path:
    """A rulebook of `text`, which stands in text.yaml, and the world; `tables`: CSV files by their names."""
    (folder / "rulebook.yaml").write_text(HEADER.format(zoning=zoning, include=world), encoding="utf-8")
    (folder / "text.yaml").write_text(text, encoding="utf-8")
    for name, rows in tables.items():
        (folder / name).write_text(rows, encoding="utf-8")
    return folder


def load_text(
    folder: Path, text: str, *, zoning: str = "one-zone-a-city", tables: Mapping[str, str] = NO_TABLES
) -> Rulebook:
    return load_rulebook(write(folder, text, zoning=zoning, tables=tables))


def problems(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the rulebook in a folder."""
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    return caught.value.problems


def told(
    folder: Path, text: str, *, zoning: str = "one-zone-a-city", tables: Mapping[str, str] = NO_TABLES
) -> list[str]:
    """What is wrong with a text, as `LINE:COLUMN CODE: message`; the file is named where it is another."""
    found = problems(write(folder, text, zoning=zoning, tables=tables))
    return [f"{_where(problem)} {problem.code}: {problem.message}" for problem in found]


def _where(problem: Problem) -> str:
    file = Path(problem.at.file).name
    return f"{'' if file == 'text.yaml' else file + ':'}{problem.at.line}:{problem.at.column}"
