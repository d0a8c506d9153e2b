"""Loads a rulebook: find the files, read them with positions, join, check, freeze; or report every problem at once."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from typing import Any, Final, TypeVar, overload

from tariffs.rulebook.book import Rulebook, Sections
from tariffs.rulebook.checks import CHECKS
from tariffs.rulebook.collector import uninterrupted
from tariffs.rulebook.folder import RuleFile, included, locate, read_text
from tariffs.rulebook.joining import Joined, read_sections
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.problems import Position, Problem, RulebookError
from tariffs.rulebook.reading import named_keys
from tariffs.rulebook.tables import Table, read_tables
from tariffs.rulebook.yamltext import AT, Listing, Mapping, SourceText, position, read_yaml

_LONGEST: Final = 240
"""Characters of a line that an excerpt shows."""

BookT = TypeVar("BookT", bound=Rulebook)


@overload
def load_rulebook(where: str | os.PathLike[str]) -> Rulebook: ...


@overload
def load_rulebook(where: str | os.PathLike[str], kind: type[BookT]) -> BookT: ...


def load_rulebook(where: str | os.PathLike[str], kind: type[Rulebook] = Rulebook) -> Rulebook:
    """The rulebook in a file, in a folder, or shipped under a name (`prd`).

    Raises RulebookError with every problem of every file. Equal `digest`s mean equal rules and tables.
    """
    with uninterrupted():
        return _load(where, kind)


def _load(where: str | os.PathLike[str], kind: type[BookT]) -> BookT:
    rulebook_id, files = locate(where)
    reader = _Reader(kind)
    reader.read(files)
    values = read_sections(reader.joined, reader.problems)
    reader.miss_sections()
    book = Sections.model_construct(**{name: values[name] for name in values if name in Sections.model_fields})
    broken = (text.text for text in reader.texts.values() if text.broken)
    notes = Notes(reader.problems, reader.roots, None if reader.unread else broken, book.places)
    for check in CHECKS:
        check(book, notes)
    tables, table_files = read_tables(book, reader.paths, notes)
    if reader.problems:
        raise RulebookError(reader.told())
    return _freeze(kind, rulebook_id, values, tables).model_copy(update={"table_files": table_files})


class _Reader:
    """Reads files and what they include, each once; keeps their texts for excerpts."""

    def __init__(self, kind: type[Rulebook]) -> None:
        self.kind = kind
        self.problems: list[Problem] = []
        self.joined = Joined(kind, self.problems)
        self.texts: dict[str, SourceText] = {}
        self.paths: dict[str, RuleFile] = {}
        self.roots: list[Mapping] = []
        self.unread = False

    def read(self, files: list[RuleFile]) -> None:
        self.first = Position(files[0].shown)
        read: list[tuple[RuleFile, Mapping]] = []
        waiting: list[tuple[RuleFile, Position | None]] = [(file, None) for file in files]
        seen: set[str] = set()
        while waiting:
            file, asked = waiting.pop(0)
            real = os.path.realpath(file.path)
            if real in seen:
                continue
            seen.add(real)
            if file.shown in self.texts:  # a folder of one's own called as the shipped rulebook that it includes
                file = replace(file, shown=str(file.path))
            source = read_text(file, asked)
            if isinstance(source, Problem):
                self.problems.append(source)
                self.unread = True
                continue
            self.texts[file.shown], self.paths[file.shown] = source, file
            root = read_yaml(source, named_keys(self.kind), self.problems)
            if root is not None:
                self.roots.append(root)
                read.append((file, root))
                waiting += [(other, at) for path, at in _includes(root) for other in included(file, path)]
        self._join(read)

    def _join(self, read: list[tuple[RuleFile, Mapping]]) -> None:
        """Joins what was read; a name that stands twice is told where it stands in one's own file.

        The header stands in the rulebook's own files, else in those of a shipped rulebook that they include by its
        name. A header that does nothing but include is none, unless there is no other."""
        for file, root in sorted(read, key=lambda each: not each[0].shipped):
            self.joined.add(root, without=("rulebook",), shipped=file.shipped)
        headers = [(file, root) for file, root in read if "rulebook" in root]
        whole = [(file, root) for file, root in headers if not _only_includes(root)]
        own = [root for file, root in whole if not file.shipped]
        last_resort = [] if self.unread else [root for _, root in headers[:1]]
        for root in own or [root for _, root in whole] or last_resort:
            self.joined.add_section(root, "rulebook")

    def miss_sections(self) -> None:
        """Notes sections that every rulebook needs, unless a file that could not be read may hold them."""
        if self.unread or any(text.broken for text in self.texts.values()):
            return
        for key in ("rulebook", "numbering"):
            if key not in self.joined.single:
                message = f"no file has the section `{key}`"
                self.problems.append(
                    Problem("missing-section", self.first, message, f"add `{key}:` to one of the files")
                )

    def told(self) -> list[Problem]:
        """The problems, each once, with the lines they are about; what is very long is cut."""
        told: dict[tuple[Position, str, str], Problem] = {}
        for problem in self.problems:
            text = self.texts.get(problem.at.file)
            line = text.line(problem.at.line) if text is not None else ""
            excerpt = line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
            message, hint = problem.message[: 2 * _LONGEST], problem.hint[: 2 * _LONGEST]
            problem = replace(problem, message=message, hint=hint, excerpt=excerpt)
            told.setdefault((problem.at, problem.code, message), problem)
        return list(told.values())


def _includes(root: Mapping) -> list[tuple[str, Position]]:
    """The paths that a file includes, and where it names them."""
    header = root.get("rulebook")
    paths = header.get("include") if isinstance(header, Mapping) else None
    if isinstance(paths, Listing):
        file = root.at.file
        return [(p, position(file, m)) for p, m in zip(paths, paths.marks, strict=True) if isinstance(p, str) and p]
    if isinstance(paths, str) and paths and isinstance(header, Mapping):
        return [(paths, header.value_at("include"))]
    return []


def _only_includes(root: Mapping) -> bool:
    header = root["rulebook"]
    return isinstance(header, Mapping) and set(header) - {AT} == {"include"}


def _freeze(kind: type[BookT], rulebook_id: str, values: dict[str, Any], tables: dict[str, Table]) -> BookT:
    book = kind.model_validate(values)
    left_out: Any = {"rulebook": {"include"}, "accept": True}  # neither changes what a call costs
    said = book.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=left_out)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    for path in sorted(tables):
        digest.update(f"\n{path}\n".encode())
        digest.update("\n".join(map(",".join, tables[path])).encode())
    return book.model_copy(update={"rulebook_id": rulebook_id, "digest": digest.hexdigest(), "tables": tables})
