"""Each bad rulebook gives exactly the problems that its own first lines announce."""

from __future__ import annotations

import pytest

from tariffs import RulebookError, load
from tariffs.rulebook.problems import CODES, Problem
from tests.rulebook.bad import FOLDER, BadRulebook, bad_rulebooks

BAD = bad_rulebooks()


def use(bad: BadRulebook) -> None:
    """Loads a bad rulebook and, where that succeeds, asks for its scenarios."""
    book = load(bad.path)
    assert bad.scenarios, "loading must fail"
    book.rater(bad.scenarios)


def problems_of(bad: BadRulebook) -> tuple[Problem, ...]:
    with pytest.raises(RulebookError) as caught:
        use(bad)
    return caught.value.problems


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.path.stem)
def test_tells_what_is_wrong_and_where_and_nothing_else(bad: BadRulebook) -> None:
    told = problems_of(bad)
    unexpected = [problem for problem in told if not any(expected.tells(problem) for expected in bad.expected)]
    assert [] == unexpected
    for expected in bad.expected:
        texts = [str(problem) for problem in told if expected.tells(problem)]
        assert 1 == len(texts), f"{expected} among {[str(problem) for problem in told]}"
        for words in expected.words:
            assert words in texts[0]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.path.stem)
def test_shows_the_line_and_a_remedy(bad: BadRulebook) -> None:
    for problem in problems_of(bad):
        if problem.code != "overflow":
            assert problem.hint
        if (
            problem.at.line
            and not bad.scenarios
            and problem.at.file.endswith(".yaml")
            and problem.code != "unreadable-file"
        ):
            assert f"{problem.at.line:>5} | {problem.excerpt}" in str(problem)
            assert problem.excerpt


def test_every_code_has_a_bad_rulebook() -> None:
    assert set(CODES) == set().union(*(bad.codes for bad in BAD))


def test_the_list_of_bad_rulebooks_is_whole() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    assert [] == [bad.path.name for bad in BAD if f"]({bad.path.name})" not in text]
    assert len(BAD) == text.count("\n| [")
