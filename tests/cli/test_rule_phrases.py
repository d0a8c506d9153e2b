"""What is wrong in a rule file is said in Chinese to the last sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tariffs
from tariffs.cli.failures import problem_text
from tariffs.cli.phrases import said
from tariffs.language import words
from tests.rulebook.bad import BadRulebook, bad_rulebooks
from tests.rulebook.test_bad_rulebooks import problems_of

PACKAGE = Path(tariffs.__file__).parent
TELLING = [
    *(path for path in sorted((PACKAGE / "rulebook").glob("*.py")) if path.stem not in ("problems", "schema")),
    *(PACKAGE / "rating" / f"{n}.py" for n in ("derivation", "numbering", "pricing", "tables", "values", "views")),
    PACKAGE / "cdr" / "mapping.py",
]
"""The modules that tell what is wrong in rule files and mappings."""

NO_SENTENCES = {
    "found a tab",  # what the parser says, which is looked up and not shown
    "could not find expected ':'",
    "mapping values are not allowed",
    "expected '-' indicator",
    "expected ',' or",
    "unexpected end of stream",
    "cannot start any token",
    "this is not YAML",
    r"^\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*(s|min|h|messages?|bytes?|KB|MB|GB)\s*$",
}
WHOLE = {  # parts of sentences, as the code puts them together
    "must be one text": "`x` must be one text, and this is a list",
    "must be a mapping": "this rule must be a mapping, and this is one text: `x`",
    "must be a list": "`x` must be a list, and this is a mapping",
    "is not a whole number": "`x` is not a whole number",
    "is not a number": "`x` is not a number",
    "is neither true nor false": "`x` is neither true nor false",
    "is not a date": "`x` is not a date",
    "must be at least": "`x`: `y` must be at least 1",
    "must be more than": "`x`: `y` must be more than 1",
    "must be at most": "`x`: `y` must be at most 1",
    "must be less than": "`x`: `y` must be less than 1",
    "x x, and this is x": "`x` must be one text, and this is one text: `y`",
    "`x` rests on itselfx": "`x` rests on itself",
    "save it as UTF-8x": "save it as UTF-8",
    "did you mean x? ": "did you mean x? known: y",
    "area codes in `numbering`": "`x` is not one of the area codes in `numbering`",
    "lines and special services": "`x` is not one of the lines and special services",
    "parameters of kind `x`": "there are no parameters of kind `x`: define it, or remove the name",
    "periods of `x`": "periods of `x`: `y` and `z`",
    "phases of this scenario": "`x` is not one of the phases of this scenario",
    "places, circles and regions": "places, circles and regions: `x`, `y` and `z`",
    "rate-period schemes in `periods`": "rate-period schemes in `periods`: `x`",
    "tariffs, zonings and crossings": "`x` is not one of the tariffs, zonings and crossings",
    " and x other kinds of day": "07:00–08:00 on a rest day that is a monday and 3 other kinds of day "
    "belongs to no period of `x`",
    "a x that is a xx": "07:00–08:00 on a rest day that is a monday belongs to no period of `x`",
    " by way of x": "`x` rests on itself by way of `y` and `z`",
    " and x more": "`tariff` is not one of the tariffs; tariffs: `a`, `b` and 3 more",
    "; it looks like GBK": "save it as UTF-8; it looks like GBK",
    "; it looks like UTF-16": "save it as UTF-8; it looks like UTF-16",
    "x (pays x)": "a+b: far/a (pays x) and far/b (pays y) price the same calls differently",
}
PLACED = {  # sentences in whose places not anything can stand
    "write x, x or x": "write all, none or record",
    "`x` is the name of a x and of a x": "`x` is the name of a tariff and of a parameter",
    "`x` names two xs": "`x` names two circles",
    "there are no x: define it, or remove the name": "there are no access codes: define it, or remove the name",
    "x belongs to no period of `x`": "07:00–08:00 on holidays and rest days belongs to no period of `x`",
    "x (x, x) has no value: xx is needed": "x (x, x) has no value: a price in yuan is needed",
}


def templates(path: Path) -> Iterator[str]:
    """The texts of three words or more in a module, with an x for each value; no docstrings, no descriptions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left_out |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg == "description"}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            if id(node) not in left_out:
                yield "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value


def english(text: str) -> list[str]:
    """Runs of English words that are no quotations from a rule file, names of files or of people's making."""
    bare = re.sub(r"`[^`]*`|\([^()]*\)|（[^（）]*）|\S*[/=]\S*|--\S+", " ", text)
    return re.findall(r"\b[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}\b)+", bare)


def sentences() -> list[str]:
    found = {text for path in TELLING for text in templates(path) if len(text.split()) > 2}
    return sorted(text for text in found if re.search(r"[a-z]{2,}", text) and text.strip(" x") not in NO_SENTENCES)


@pytest.mark.parametrize("bad", bad_rulebooks(), ids=lambda bad: bad.path.stem)
def test_what_a_bad_rulebook_is_told_holds_no_english_sentence(bad: BadRulebook) -> None:
    for problem in problems_of(bad):
        shown = problem_text(problem, words("zh")).splitlines()
        head = shown[0].partition(f"{problem.code}（")[2]
        assert [] == english(head), shown[0]
        if problem.hint:
            assert [] == english(shown[-1]), shown[-1]


def test_an_english_sentence_is_known_for_one() -> None:
    assert ["save it as UTF"] == english("save it as UTF-8；看起来是 `GBK or so` (a b c)")


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_about_rule_files_has_chinese_words(sentence: str) -> None:
    chinese = said(words("zh"), WHOLE.get(sentence) or PLACED.get(sentence) or sentence)
    assert re.search(r"[\u4e00-\u9fff]", chinese), f"{sentence!r} is in neither phrases nor rule_phrases"
    assert [] == english(chinese)


@pytest.mark.parametrize(
    "expected, english",
    [
        ("这不是字段映射，看起来是话单文件", "this is no mapping, but looks like a file of calls"),
        ("按名称可用的映射：`a` 和 `b`", "mappings by name: `a` and `b`"),
        ("`sms` 不是业务", "`sms` is no service"),
        ("没有年份的日期须有 `year:`", "dates without a year need `year:`"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_said_in_chinese(expected: str, english: str) -> None:
    assert expected == said(words("zh"), english)
