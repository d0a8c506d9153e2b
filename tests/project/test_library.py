"""docs/library.md: its examples print what stands below them, and its tables are complete."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import re
from itertools import pairwise
from typing import Any

import pytest

import tariffs
from tariffs.rating.outcome import NOT_CHARGEABLE, SUSPENSE
from tests.project.documents import ROOT, Block, blocks

PAGE = ROOT / "docs" / "library.md"
BLOCKS = blocks(PAGE)
SHOWN = {one.line: two.text for one, two in pairwise(BLOCKS) if two.language == "text"}
EXAMPLES = [block for block in BLOCKS if block.language == "python" and not block.words]
OPTIONAL = [block for block in BLOCKS if block.language == "python" and block.words]


def table(*header: str) -> list[list[str]]:
    """The rows of the table with that header, each a list of its cells."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^\| {re.escape(' | '.join(header))} \|\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found, f"no table | {' | '.join(header)} |"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found[1].splitlines()]


def names(cells: list[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def run(block: Block, scope: dict[str, Any]) -> str:
    """What an example prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block.text, f"{PAGE.name}:{block.line}", "exec"), scope)
    return said.getvalue()


@pytest.fixture(scope="module")
def done() -> tuple[dict[str, Any], dict[int, str]]:
    """What the examples define, run one after the other, and what each prints, by its line."""
    scope: dict[str, Any] = {}
    return scope, {block.line: run(block, scope) for block in EXAMPLES}


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: f"line {block.line}")
def test_an_example_prints_what_stands_below_it(block: Block, done: tuple[dict[str, Any], dict[int, str]]) -> None:
    assert SHOWN[block.line] == done[1][block.line]


@pytest.mark.parametrize("block", OPTIONAL, ids=lambda block: block.words[0])
def test_an_example_of_another_library(block: Block, done: tuple[dict[str, Any], dict[int, str]]) -> None:
    pytest.importorskip(block.words[0])
    assert SHOWN[block.line] == run(block, dict(done[0]))


@pytest.mark.parametrize("wrong, raised", [names(row) for row in table("wrong", "raises")])
def test_misuse_raises_what_the_page_says(wrong: str, raised: str, done: tuple[dict[str, Any], dict[int, str]]) -> None:
    with pytest.raises(Exception) as caught:
        eval(wrong, dict(done[0]))
    assert raised in [kind.__name__ for kind in type(caught.value).__mro__[:3]]


def test_every_reason_and_every_code_is_told_with_its_meaning() -> None:
    for header, words in (("reason", NOT_CHARGEABLE), ("code", SUSPENSE)):
        told = {name.strip("`"): meaning.removesuffix("; files only") for name, meaning in table(header, "meaning")}
        assert {name: meaning.en for name, meaning in words.items()} == told


def test_every_field_of_a_call_is_told() -> None:
    told = names([row[0] for row in table("field", "type", "meaning")])
    assert sorted(field.name for field in dataclasses.fields(tariffs.Call)) == sorted(told)


def test_every_option_of_a_rater_is_told_with_its_default() -> None:
    told = {row[0].strip("`"): eval(row[1].strip("`")) for row in table("option", "default", "meaning")}
    parameters = inspect.signature(tariffs.Rulebook.rater).parameters
    assert {name: each.default for name, each in parameters.items() if name != "self"} == told
