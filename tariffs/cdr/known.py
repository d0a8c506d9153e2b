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

from tariffs.cdr.failures import InputError
from tariffs.cdr.mapping import Mapping
from tariffs.cdr.privacy import without_numbers
from tariffs.rulebook.problems import Position, Problem, RulebookError
from tariffs.rulebook.reading import read_item
from tariffs.rulebook.wording import did_you_mean, listed
from tariffs.rulebook.yamltext import LARGEST_FILE, SourceText, decode, read_yaml

BY_NAME: Final = frozenset({"columns", "constants", "values", "not-a-call"})
"""Keys of a mapping file whose mappings hold things by name."""
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
    mapping = read_item(Mapping, root, root.at, problems) if root is not None else Mapping()
    if problems:
        # A mapping may hold the subscriber's own number.
        raise RulebookError(replace(p, excerpt=without_numbers(source.line(p.at.line))) for p in problems)
    return mapping


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
