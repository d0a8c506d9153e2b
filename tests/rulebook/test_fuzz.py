"""Whatever is done to a rule file, it loads or its problems are told: nothing else ever happens."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
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
Way = tuple[str | int, ...]


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
    assert [] == badly_told(folder, text.encode("utf-8", errors="surrogatepass"))


TREE = yaml.load(TEXT, yaml.BaseLoader)


def paths(value: Any, path: Way = ()) -> Iterator[Way]:
    """The ways to every value of a rule file, as keys and indexes."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*path, key))


PATHS = [path for path in paths(TREE) if path]
SCALARS = st.sampled_from([word.strip('"[]:') for word in WORDS]) | st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3))
ELSEWHERE = st.sampled_from(PATHS).map(lambda path: at(TREE, path))


def at(tree: Any, path: Way) -> Any:
    for key in path:
        tree = tree[key]
    return tree


@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES | ELSEWHERE | st.none()), min_size=1, max_size=5))
def test_values_put_where_they_do_not_belong_are_told(folder: Path, changes: list[tuple[Way, Any]]) -> None:
    """Each change puts another value at a place, or takes away what is there (None)."""
    tree = copy.deepcopy(TREE)
    for path, value in changes:
        with suppress(KeyError, IndexError, TypeError):  # an earlier change may have taken the place away
            holder = at(tree, path[:-1])
            if value is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = copy.deepcopy(value)
    written = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")
    assert [] == badly_told(folder, written)


@given(data=st.binary(max_size=200))
def test_bytes_load_or_their_problems_are_told(folder: Path, data: bytes) -> None:
    assert [] == badly_told(folder, data)


def badly_told(folder: Path, data: bytes) -> list[Problem]:
    """Problems without a message or a place in the file; none where the file loads."""
    path = folder / "phased.yaml"
    path.write_bytes(data)
    problems: tuple[Problem, ...] = ()
    try:
        load_rulebook(path)
    except RulebookError as error:
        problems = error.problems or pytest.fail("an error without problems")
    return [problem for problem in problems if not problem.message or not str(problem.at).startswith(str(folder))]
