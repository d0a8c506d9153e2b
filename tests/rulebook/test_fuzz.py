"""Whatever is done to a rule file, it loads or its problems are told: nothing else ever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.rulebook.load import load_rulebook
from tariffs.rulebook.problems import Problem, RulebookError

GOOD = Path(__file__).parent.parent / "rulebooks" / "good"
TEXT = (GOOD / "phased.yaml").read_text("utf-8")
LINES = TEXT.splitlines(keepends=True)
WORDS = sorted(set(TEXT.replace("{", " ").replace("}", " ").replace(",", " ").split()))
NASTY = [
    "&a",
    "*a",
    "!!int",
    "<<:",
    "---",
    "[",
    "{",
    "}",
    "]",
    "|",
    ">",
    "'",
    '"',
    "\t",
    "\0",
    "\ufeff",
    "0757",
    "~",
    "",
    "#",
]
TOKENS = st.sampled_from(WORDS + NASTY * 5) | st.text(max_size=5)

Mutation = Callable[[str], str]


@st.composite
def cut_line(draw: st.DrawFn) -> Mutation:
    line = draw(st.sampled_from(LINES))
    return lambda text: text.replace(line, "", 1)


@st.composite
def repeat_line(draw: st.DrawFn) -> Mutation:
    line, after = draw(st.sampled_from(LINES)), draw(st.sampled_from(LINES))
    return lambda text: text.replace(after, after + line, 1)


@st.composite
def indent_line(draw: st.DrawFn) -> Mutation:
    line, by = draw(st.sampled_from(LINES)), draw(st.integers(-4, 4))
    new = " " * by + line if by > 0 else line.removeprefix(" " * -by)
    return lambda text: text.replace(line, new, 1)


@st.composite
def change_word(draw: st.DrawFn) -> Mutation:
    word, new = draw(st.sampled_from(WORDS)), draw(TOKENS)
    return lambda text: text.replace(word, new, 1)


@st.composite
def insert(draw: st.DrawFn) -> Mutation:
    where, token = draw(st.integers(0, len(TEXT))), draw(TOKENS)
    return lambda text: text[:where] + token + text[where:]


@st.composite
def break_off(draw: st.DrawFn) -> Mutation:
    where = draw(st.integers(0, len(TEXT)))
    return lambda text: text[:where]


MUTATIONS = st.lists(
    st.one_of(cut_line(), repeat_line(), indent_line(), change_word(), insert(), break_off()), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "phased-segments.csv").write_bytes((GOOD / "phased-segments.csv").read_bytes())
    return folder


@given(mutations=MUTATIONS)
def test_a_changed_rule_file_loads_or_its_problems_are_told(folder: Path, mutations: list[Mutation]) -> None:
    text = TEXT
    for mutation in mutations:
        text = mutation(text)
    told_or_loaded(folder, text.encode("utf-8", errors="surrogatepass"))


@given(data=st.binary(max_size=200))
def test_bytes_load_or_their_problems_are_told(folder: Path, data: bytes) -> None:
    told_or_loaded(folder, data)


def told_or_loaded(folder: Path, data: bytes) -> None:
    path = folder / "phased.yaml"
    path.write_bytes(data)
    problems: tuple[Problem, ...] = ()
    try:
        load_rulebook(path)
    except RulebookError as error:
        problems = error.problems or pytest.fail("an error without problems")
    assert all(problem.message and str(problem.at).startswith(str(folder)) for problem in problems)
