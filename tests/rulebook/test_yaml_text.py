"""Scalars stay text, everything knows where it stands, and no YAML is too nasty to be told about."""

from __future__ import annotations

from typing import Any

import pytest

from tariffs.rulebook.problems import Position, Problem
from tariffs.rulebook.yamltext import LARGEST_FILE, Listing, Mapping, SourceText, decode, read_yaml

NAMED = frozenset({"tariffs", "price"})


def read(text: str) -> Mapping:
    found: list[Problem] = []
    root = read_yaml(SourceText("rules.yaml", text), NAMED, found)
    assert [] == found
    assert root is not None
    return root


def refused(text: str) -> list[str]:
    found: list[Problem] = []
    read_yaml(SourceText("rules.yaml", text), NAMED, found)
    return [f"{p.at.line}:{p.at.column} {p.code}: {p.message}" for p in found]


def plain(value: Any) -> Any:
    """A value without the positions."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items() if key != "__at__"}
    return [plain(inner) for inner in value] if isinstance(value, Listing) else value


@pytest.mark.parametrize("text", ["0757", "21:00", "NO", "1e3", "0x1F", "2012-01-01", "~", "null", "1_000", "0.10"])
def test_a_scalar_is_the_text_that_was_written(text: str) -> None:
    assert text == read(f"code: {text}")["code"]


def test_a_long_text_may_be_folded() -> None:
    assert "one two" == read("note: >-\n  one\n  two\n")["note"]


def test_an_empty_text_is_written_in_quotes() -> None:
    assert "" == read('code: ""')["code"]
    assert ["1:6 bad-value: `code` has no value"] == refused("code:")


def test_things_stand_where_their_names_stand_and_other_mappings_where_they_begin() -> None:
    root = read("tariffs:\n  local:\n    charge: {per: 60 s}\n")
    local = root["tariffs"]["local"]
    assert Position("rules.yaml", 2, 3) == local["__at__"]
    assert Position("rules.yaml", 3, 13) == local["charge"]["__at__"]
    assert "__at__" not in root["tariffs"]


def test_names_below_a_name_are_keys_again() -> None:
    """A tariff may be called `price`, like the key whose mappings hold prices by name."""
    root = read("tariffs:\n  price:\n    charge: {price: {day: 0.07}}\n")
    assert "__at__" in root["tariffs"]["price"]
    assert {"day": "0.07"} == root["tariffs"]["price"]["charge"]["price"]


def test_columns_count_characters() -> None:
    root = read("name: {zh: 广佛肇, en: Three cities}")
    assert Position("rules.yaml", 1, 17) == root["name"].key_at("en")
    assert Position("rules.yaml", 1, 21) == root["name"].value_at("en")


def test_a_windows_file_with_a_byte_order_mark_reads_the_same() -> None:
    source = decode("\ufeffa: 1\r\nb: 2\r\n".encode(), "rules.yaml")
    assert isinstance(source, SourceText)
    assert "b: 2" == source.line(2)
    assert {"a": "1", "b": "2"} == plain(read(source.text))


def test_an_alias_repeats_a_value() -> None:
    assert {"a": ["x"], "b": ["x"]} == plain(read("a: &list [x]\nb: *list\n"))
    assert {"a": "x", "b": ["x", "x"]} == plain(read("a: &x x\nb: [*x, *x]\n"))


@pytest.mark.parametrize(
    "text, problem",
    [
        ("a: *nothing", "1:4 yaml-syntax: `*nothing` has no anchor before it"),
        ("a: &a [*a]", "1:8 yaml-too-big: `*a` stands inside itself"),
        ("a: !python x", "1:4 yaml-syntax: `!python`: tags are not used here"),
        ("a: !!python/object:os.system {}", "1:4 yaml-syntax: `tag:yaml.org,2002:python/object:os.system`"),
        ("? [a, b]\n: c", "1:3 yaml-syntax: a list or mapping stands where a key belongs"),
        ("a: &x [b]\n*x : c", "2:1 yaml-syntax: a list or mapping stands where a key belongs"),
        ("- a", "1:1 yaml-syntax: a rule file holds sections by name, and this is a list"),
        ("a", "1:1 yaml-syntax: a rule file holds sections by name, and this is a text"),
        ("", "0:0 missing-section: the file says nothing"),
        ("# nothing\n", "1:1 missing-section: the file says nothing"),
        ("a: b: c", "1:5 yaml-syntax: a colon where no key can stand"),
        ("a: 'b", "1:6 yaml-syntax: a quote or bracket is never closed"),
        ("a: @b", "1:4 yaml-syntax: this character cannot begin a value"),
        ("a: 1\nb\n", "3:1 yaml-syntax: a key without a colon"),
        ("a:\n - b\n c: d\n", "3:2 yaml-syntax: a list ends in something that is no entry"),
        ("%what\n---\na: 1", "1:6 yaml-syntax: this is not YAML"),
        ("__at__: here", "1:1 unknown-key: `__at__` is not a key"),
        ("a: 1\na: 2", "2:1 duplicate-key: `a` stands here a second time"),
        ("{a: 1", "2:1 yaml-syntax:"),
        ("{}}", "1:3 yaml-syntax:"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_where_it_stands(text: str, problem: str) -> None:
    first, *more = refused(text)
    assert problem in first
    assert [] == more


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_endless_nesting_is_refused_before_it_is_built(opening: str) -> None:
    assert ["yaml-too-big"] == [text.split()[1].rstrip(":") for text in refused("a:\n  " + opening * 100_000)]


def test_a_file_beyond_the_limit_is_not_parsed() -> None:
    problem = decode(b"a" * (LARGEST_FILE + 1), "rules.yaml")
    assert isinstance(problem, Problem)
    assert "yaml-too-big" == problem.code


def test_sections_before_a_syntax_error_are_kept() -> None:
    """One mistake in the YAML does not hide the others of its file."""
    found: list[Problem] = []
    source = SourceText("rules.yaml", "places: [a]\ntariffs:\n  one: {x: 1}\n  two: {x: [\nrules: a\n")
    root = read_yaml(source, NAMED, found)
    assert ["yaml-syntax"] == [problem.code for problem in found]
    assert source.broken
    assert {"places": ["a"], "tariffs": {"one": {"x": "1"}}} == plain(root)
