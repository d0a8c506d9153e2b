"""Why calls cannot be read or results written is said in Chinese to the last sentence."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tariffs
from tariffs.cli.phrases import said
from tariffs.language import words
from tests.checks.rulebooks import rulebook
from tests.cli.commands import SMALL, complaint, run
from tests.cli.test_rule_phrases import english

CDR = Path(tariffs.__file__).parent / "cdr"
COMPARE = CDR.parent / "compare"
FAILURES = ("InputError", "RequestError")
SAID_ELSEWHERE = {"x: x"}  # a record's own problem, or what the system says
WHOLE = {
    "x:1: the columns must be from, to, price": "a.csv:1: the columns must be x",
    "x: no such file or folderx": "cals.csv: no such file or folder; did you mean calls.csv?",
    "x: this x": "calls: this holds results of earlier runs only; name one to rate its calls again",
    "x: x; say --map x if that is what it is": "a.csv: 3 of its first 4 records look like freepbx, and the others do "
    "not; say --map freepbx if that is what it is",
}


def failures() -> Iterator[str]:
    """The sentences with which reading and writing fail, with an x for each value."""
    for path in sorted([*CDR.glob("*.py"), *COMPARE.rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAILURES:
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    yield str(text.value)
                elif isinstance(text, ast.JoinedStr):
                    yield "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in text.values)


@pytest.mark.parametrize("sentence", sorted(set(failures()) - SAID_ELSEWHERE))
def test_every_failure_has_chinese_words(sentence: str) -> None:
    chinese = said(words("zh"), WHOLE.get(sentence, sentence))
    assert re.search(r"[\u4e00-\u9fff]", chinese), f"{sentence!r} is not in file_phrases"
    assert [] == english(re.sub(r"“[^”]*”|'[^']*'", "", chinese))


@pytest.mark.parametrize(
    "expected, sentence",
    [
        (
            "a.csv：没有 `duration` 的列；现有各列：id, caller。请给列改名，或用映射（--map）写明它们在哪里。",
            "a.csv: no column for `duration`; its columns are: id, caller. Rename the columns, or say with a mapping "
            "(--map) where they are.",
        ),
        (
            "a.csv：没有 `start` 的列；是否指 'strat'？现有各列：strat。请给列改名，或用映射（--map）写明它们在哪里。",
            "a.csv: no column for `start`; did you mean 'strat'?; its columns are: strat. Rename the columns, or say "
            "with a mapping (--map) where they are.",
        ),
        ("a.csv：无法写入：没有权限", "a.csv: cannot be written: Permission denied"),
        ("a.csv：没有权限", "a.csv: Permission denied"),
        ("a.csv：这是本次运行的密钥，会被覆盖；请另选输出名称",
         "a.csv: this is the key of this run, and would be overwritten; choose another output name"),
    ],
)  # fmt: skip
def test_what_stands_in_a_sentence_is_said_too(expected: str, sentence: str) -> None:
    assert expected == said(words("zh"), sentence)
    assert sentence == said(words("en"), sentence)


def test_the_command_says_it(tmp_path: Path) -> None:
    arguments = ("--rules", SMALL, "-o", str(tmp_path / "rated.csv"), "--lang", "zh")
    assert "没有此文件或文件夹" in complaint(run("rate", str(tmp_path / "calls.csv"), *arguments), 4)
    (tmp_path / "calls.csv").write_text("id,caller\n", encoding="utf-8")
    assert "现有各列：id, caller" in complaint(run("rate", str(tmp_path / "calls.csv"), *arguments), 4)


@pytest.mark.skipif(os.name == "nt", reason="another system says it in other words")
def test_what_the_system_says_is_said_in_chinese(tmp_path: Path) -> None:
    output = str(tmp_path / "none" / "findings.txt")
    assert f"{output}：没有此文件或文件夹" in complaint(run("check", rulebook("gap"), "-o", output, "--lang", "zh"), 4)
