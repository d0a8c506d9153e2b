"""Chinese and English: which one is spoken, and that nothing is left unsaid in either."""

from __future__ import annotations

import string
from collections.abc import Mapping

import pytest

from tariffs.cli.failures import problem_text
from tariffs.cli.phrases import said
from tariffs.language import chosen, words
from tariffs.rulebook.problems import Position, Problem
from tests.cli import catalogues
from tests.cli.commands import SMALL, process, run


@pytest.mark.parametrize(
    "expected, option, environment",
    [
        ("en", None, {}),
        ("zh", "zh", {"TARIFFS_LANG": "en", "LANG": "en_GB.UTF-8"}),
        ("zh", None, {"TARIFFS_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}),
        ("zh", None, {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}),
        ("zh", None, {"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}),
        ("zh", None, {"LANG": "zh_CN.GBK"}),
        ("en", None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}),
        ("en", None, {"LANG": "de_DE.UTF-8"}),
    ],
)
def test_the_option_goes_before_our_variable_and_that_before_the_locale(
    expected: str, option: str | None, environment: Mapping[str, str]
) -> None:
    assert expected == chosen(option, environment)


def test_every_message_of_the_code_has_chinese_words() -> None:
    catalogue = catalogues.current()
    missing = []
    for message in catalogues.messages():
        found = catalogue.get(message if isinstance(message, str) else message[0])
        if found is None or not catalogues.said(found):
            missing.append(message)
    assert [] == missing, "run python -m tests.cli.catalogues and fill in the empty msgstr"


def test_the_catalogue_holds_no_message_that_the_code_lost() -> None:
    asked = {message if isinstance(message, str) else message[0] for message in catalogues.messages()}
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogues.current()}
    assert set() == known - asked - {""}


def test_the_compiled_catalogue_is_the_one_that_is_written() -> None:
    assert catalogues.compiled(catalogues.current()) == catalogues.CHINESE.with_suffix(".mo").read_bytes()


def fields(text: str) -> set[str]:
    """The places that a message has for values."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_translation_has_a_place_for_each_value_and_for_no_other() -> None:
    for message in catalogues.current():
        if message.id:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            assert fields(singular) == fields(catalogues.said(message)), singular


def test_lists_and_asides_are_put_as_each_language_puts_them() -> None:
    assert "Guangzhou, Foshan or Zhaoqing" == words("en").either(["Guangzhou", "Foshan", "Zhaoqing"])
    assert "广州、佛山或肇庆" == words("zh").either(["广州", "佛山", "肇庆"])
    assert "区内通话（资费上限）" == words("zh").aside("区内通话", "资费上限")
    assert "In-zone call" == words("en").aside("In-zone call", "")
    assert "note: seen" == words("en").colon("note", "seen")
    assert "" == words("en").either([])


def test_the_environment_and_the_option_decide_what_a_command_says() -> None:
    assert "两市资费" in run("show", SMALL, TARIFFS_LANG="zh").stdout
    assert "Tariffs of two cities" in run("show", SMALL, "--lang", "en", TARIFFS_LANG="zh").stdout


@pytest.mark.parametrize("arguments", [["show", "--lang", "zh"], ["show", "--lang=zh"]])
def test_clicks_own_words_are_chinese_too(arguments: list[str]) -> None:
    said = process(*arguments).stderr.decode("utf-8")
    assert "用法：" in said
    assert "错误：缺少参数 'RULEBOOK'" in said


def test_help_is_chinese_where_the_environment_is() -> None:
    said = process("--help", TARIFFS_LANG="zh").stdout.decode("utf-8")
    assert "逐段解释一次通话的费用。" in said


@pytest.mark.parametrize(
    "expected, english",
    [
        ("没有方案 'nix'", "there is no scenario 'nix'"),
        ("是否指 plan？已有：baseline, plan", "did you mean plan? known: baseline, plan"),
        ("是否指 `far`？", "did you mean `far`?"),
        ("`westen` 不在地点之列", "`westen` is not one of the places"),
        ("level 的取值不可用：'x' 不是 a, b 之一", "the value of level cannot be used: 'x' is not one of a, b"),
        ("no such sentence", "no such sentence"),
    ],
)
def test_what_the_layers_below_say_in_english_is_said_in_chinese(expected: str, english: str) -> None:
    assert expected == said(words("zh"), english)
    assert english == said(words("en"), english)


def test_a_problem_is_framed_in_chinese() -> None:
    at, also = Position("a.yaml", 3, 5), Position("a.yaml", 1, 1)
    problem = Problem("duplicate-key", at, "`pay` stands here a second time", "keep one of the two", also=(also,))
    assert [
        "a.yaml:3:5: duplicate-key（同一映射中键重复）: `pay` 在此第二次出现",
        "    另见 a.yaml:1:1",
        "    两者只留其一",
    ] == problem_text(problem, words("zh")).splitlines()


def test_the_code_of_a_problem_is_explained_in_chinese() -> None:
    said = run("explain", "--rules", SMALL, "--scenario", "nix", "--from", "1", "--to", "2", "--at", "2012-03-01",
               "--lang", "zh").stderr  # fmt: skip
    assert "no-such-scenario（规则书中没有的方案）" in said
