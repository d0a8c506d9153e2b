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
        text = (resources.files("tariffs.cdr") / "mappings" / f"{name_or_path}.yaml").read_text("utf-8")
        return _read(SourceText(f"{name_or_path}.yaml", text))
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


def _read(source: SourceText) -> Mapping:
    problems: list[Problem] = []
    root = read_yaml(source, BY_NAME, problems)
    mapping = read_item(Mapping, root, root.at, problems) if root is not None else Mapping()
    if problems:
        raise RulebookError(replace(p, excerpt=source.line(p.at.line)) for p in problems)
    return mapping


def recognise(header: Sequence[str], records: Sequence[Sequence[str]], file: str) -> str | None:
    """The name of the shipped mapping that a file calls for; None where no one does.

    `records` are its first ones, the line that may be a header included. Raises InputError where several fit.
    """
    fitting = [name for name in mapping_names() if _fits(load_mapping(name), header, records)]
    if len(fitting) > 1:
        raise InputError(f"{file}: this could be {' or '.join(fitting)}: say which with --map")
    return fitting[0] if fitting else None


def _fits(mapping: Mapping, header: Sequence[str], records: Sequence[Sequence[str]]) -> bool:
    signs = mapping.recognise
    if signs is None:
        return False
    if mapping.header:
        folded = {name.strip().casefold() for name in header}
        return bool(signs.header) and all(name.casefold() in folded for name in signs.header)
    looks = {mapping.names.index(name): re.compile(look) for name, look in signs.columns.items()}
    least, most = mapping.least_columns or len(mapping.names), len(mapping.names)
    return bool(records) and all(_looks_right(record, looks, least, most) for record in records[:SAMPLE])


def _looks_right(record: Sequence[str], looks: Table[int, re.Pattern[str]], least: int, most: int) -> bool:
    if not least <= len(record) <= most:
        return False
    return all(look.fullmatch(record[i]) is not None for i, look in looks.items() if i < len(record))
