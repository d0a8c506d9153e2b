"""Mappings: those that come with the package, by name; mapping files; and which of them fits a file."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from tariffs.cdr.convert import NAMES
from tariffs.cdr.failures import InputError
from tariffs.cdr.mapping import Mapping
from tariffs.cdr.privacy import without_numbers
from tariffs.rulebook.problems import Position, Problem, RulebookError
from tariffs.rulebook.reading import read_item
from tariffs.rulebook.wording import did_you_mean, listed
from tariffs.rulebook.yamltext import LARGEST_FILE, SourceText, decode, read_yaml
from tariffs.rulebook.yamltext import Mapping as YamlMapping

BY_NAME: Final = frozenset({"columns", "constants", "values", "not-a-call"})
"""Keys of a mapping file whose mappings hold things by name."""
_CALLS: Final = (".csv", ".tsv", ".jsonl", ".ndjson")
SAMPLE: Final = 20
"""Records that are looked at to recognise a file."""


@cache
def mapping_names() -> tuple[str, ...]:
    """The mappings that come with the package."""
    folder = resources.files("tariffs.cdr") / "mappings"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def load_mapping(name_or_path: str) -> Mapping:
    """The mapping of that name, or of that file. Raises RulebookError with every problem of the file."""
    if name_or_path in mapping_names():
        return _shipped(name_or_path)
    path = Path(name_or_path)
    try:
        with path.open("rb") as stream:
            source = decode(stream.read(LARGEST_FILE + 1), name_or_path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path cannot be used"
        near = did_you_mean(name_or_path, mapping_names()) or f"mappings by name: {listed(mapping_names())}"
        raise RulebookError([Problem("unreadable-file", Position(name_or_path), reason, near)]) from error
    if isinstance(source, Problem):
        raise RulebookError([source])
    return _read(source)


@cache
def _shipped(name: str) -> Mapping:
    text = (resources.files("tariffs.cdr") / "mappings" / f"{name}.yaml").read_text("utf-8")
    return _read(SourceText(f"{name}.yaml", text))


def _read(source: SourceText) -> Mapping:
    problems: list[Problem] = []
    root = read_yaml(source, BY_NAME, problems)
    if source.file.lower().endswith(_CALLS) and (root is None or "columns" not in root):
        raise RulebookError([_no_mapping(source)])
    if root is None:
        raise RulebookError(map(_reworded, problems))
    mapping = read_item(Mapping, root, root.at, problems)
    problems += _not_ours(root)
    if mapping.year_needed and "year" not in root:
        message, hint = "dates without a year need `year:`", "say the year of the dates: `year: 2011`"
        problems.append(Problem("missing-key", root.value_at("dates"), message, hint))
    if problems:
        # A mapping may hold the subscriber's own number.
        raise RulebookError(replace(p, excerpt=without_numbers(source.line(p.at.line))) for p in problems)
    return _with_places(mapping, root)


def _no_mapping(source: SourceText) -> Problem:
    hint = f"--map takes a mapping file (YAML, with `columns:`), or one of {listed(mapping_names())}"
    return Problem("bad-value", Position(source.file), "this is no mapping, but looks like a file of calls", hint)


def _reworded(problem: Problem) -> Problem:
    """A problem of a text that is no YAML mapping, in the words of mappings."""
    if not problem.message.startswith(("a rule file", "the file says nothing")):
        return problem
    hint = f"begin with a key, such as `columns:`; mappings by name: {listed(mapping_names())}"
    return replace(problem, message="a mapping file holds `key: value` lines, and this holds none", hint=hint)


def _not_ours(root: YamlMapping) -> list[Problem]:
    """Values that are to stand for those of the calls, and that calls cannot have."""
    places = [(constants, name, name) for constants in [root.get("constants")] for name in NAMES]
    columns = root.get("columns")
    for name in NAMES:
        column = columns.get(name) if isinstance(columns, YamlMapping) else None
        values = column.get("values") if isinstance(column, YamlMapping) else None
        places += [(values, key, name) for key in (values if isinstance(values, YamlMapping) else ())]
    found = []
    for table, key, name in places:
        value = table.get(key) if isinstance(table, YamlMapping) else None
        if isinstance(table, YamlMapping) and isinstance(value, str) and value.strip() not in NAMES[name]:
            hint = did_you_mean(value, NAMES[name]) or f"write one of {listed(NAMES[name])}"
            message = f"`{without_numbers(value)}` is no {name}"
            found.append(Problem("bad-value", table.value_at(key), message, hint))
    return found


def _with_places(mapping: Mapping, root: YamlMapping) -> Mapping:
    """The mapping with the place of each column in the file, however shortly it is written."""
    columns = root.get("columns")
    if not isinstance(columns, YamlMapping):
        return mapping
    placed = {name: use.model_copy(update={"at": columns.value_at(name)}) for name, use in mapping.columns.items()}
    return mapping.model_copy(update={"columns": placed})


def recognise(header: Sequence[str], records: Sequence[Sequence[str]], file: str) -> str | None:
    """The name of the shipped mapping that a file calls for; None where no one does.

    `records` are its first ones, the line that may be a header included. Raises InputError where several fit, or one
    fits most of the records and not all.
    """
    records = records[:SAMPLE]
    like = {name: _alike(load_mapping(name), header, records) for name in mapping_names()}
    fitting = [name for name, number in like.items() if number == len(records)]
    if len(fitting) > 1:
        raise InputError(f"{file}: this could be {' or '.join(fitting)}: say which with --map")
    near = max(like, key=lambda name: like[name])
    if not fitting and like[near] * 2 > len(records):
        found = f"{like[near]} of its first {len(records)} records look like {near}, and the others do not"
        raise InputError(f"{file}: {found}; say --map {near} if that is what it is")
    return fitting[0] if fitting else None


def _alike(mapping: Mapping, header: Sequence[str], records: Sequence[Sequence[str]]) -> int:
    """How many of the records look as the mapping says; of a file with a header all or none (-1)."""
    signs = mapping.recognise
    if signs is None:
        return -1
    if mapping.header:
        folded = {name.strip().casefold() for name in header}
        return len(records) if signs.header and all(name.casefold() in folded for name in signs.header) else -1
    looks = {mapping.names.index(name): re.compile(look) for name, look in signs.columns.items()}
    least, most = mapping.least_columns or len(mapping.names), len(mapping.names)
    return sum(_looks_right(record, looks, least, most) for record in records) or -1


def _looks_right(record: Sequence[str], looks: Table[int, re.Pattern[str]], least: int, most: int) -> bool:
    if not least <= len(record) <= most:
        return False
    return all(look.fullmatch(record[i]) is not None for i, look in looks.items() if i < len(record))
