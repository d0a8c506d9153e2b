"""The sections of all files of a rulebook, joined as written; names that two files define are problems."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final, get_origin

from pydantic import TypeAdapter, ValidationError

from tariffs.rulebook.book import Sections
from tariffs.rulebook.complaints import A_NAME, keys_of, model_in
from tariffs.rulebook.problems import Position, Problem
from tariffs.rulebook.reading import holds_dict, read_item
from tariffs.rulebook.values import Name
from tariffs.rulebook.wording import did_you_mean, listed, quoted
from tariffs.rulebook.yamltext import AT, Listing, Mapping, position

_LISTS_JOIN: Final = "numbering"
"""The section whose lists are joined over files; of every other single section there is one."""

_YIELDING: Final = "assumptions"
"""The section in which an entry of a shipped rulebook, included by its name, yields to one of the user's own files:
nobody knows the value, so whoever includes the rules may choose another."""

_NAME: Final = TypeAdapter(Name)


class Joined:
    """Sections by key: named entries, lists and single mappings, each with the position where it stands."""

    def __init__(self, model: type[Sections], problems: list[Problem]) -> None:
        self.model = model
        self.problems = problems
        self.named: dict[str, dict[str, tuple[Any, Position]]] = {}
        self.lists: dict[str, list[tuple[Any, Position]]] = {}
        self.single: dict[str, tuple[Any, Position]] = {}
        self._keys = keys_of(model)
        self._yields: set[str] = set()

    def add(self, root: Mapping, *, without: Container[str] = (), shipped: bool = False) -> None:
        """Takes in one file; unknown sections and names that another file defines are noted.

        `shipped`: the file is of a rulebook included by its name; such files come before one's own.
        """
        for key in root:
            if key not in without:
                self.add_section(root, key)
        if shipped and isinstance(root.get(_YIELDING), Mapping):
            self._yields |= set(root[_YIELDING])

    def add_section(self, root: Mapping, key: str) -> None:
        """Takes in one section of a file."""
        value, at = root[key], root.key_at(key)
        if key == AT or value == "":
            return
        if key not in self._keys:
            hint = did_you_mean(key, self._keys) or f"sections: {listed(sorted(self._keys), 40)}"
            self._note("unknown-key", at, f"{quoted(key)} is not a section of a rule file", hint)
        elif holds_dict(self._keys[key]):
            self._add_named(key, value, at)
        elif get_origin(self._keys[key]) is tuple:
            self._add_list(key, value, at)
        else:
            self._add_single(key, value, at)

    def _note(self, code: str, at: Position, message: str, hint: str, *also: Position) -> None:
        self.problems.append(Problem(code, at, message, hint, also=also))

    def _add_named(self, key: str, value: Any, at: Position) -> None:
        section = self.named.setdefault(key, {})
        if not isinstance(value, Mapping):
            hint = "write `name: …` lines below it"
            return self._note("bad-value", at, f"`{key}` must be a mapping of names, and this is {quoted(value)}", hint)
        for name, entry in value.items():
            here = value.key_at(name)
            if key == _YIELDING and name in self._yields:
                self._yields.discard(name)
                del section[name]
            if name in section:
                message = f"{quoted(name)} is defined a second time in `{key}`"
                self._note("duplicate-name", here, message, "rename or remove one of the two", section[name][1])
                continue
            try:
                section[_NAME.validate_python(name)] = (entry, here)
            except ValidationError:
                self._note("bad-value", here, f"{quoted(name)} cannot be a name", A_NAME)

    def _add_list(self, key: str, value: Any, at: Position) -> None:
        entries = self.lists.setdefault(key, [])
        if not isinstance(value, Listing):
            hint = "write lines that begin with `- `"
            return self._note("bad-value", at, f"`{key}` must be a list, and this is {quoted(value)}", hint)
        entries += [(entry, position(at.file, mark)) for entry, mark in zip(value, value.marks, strict=True)]

    def _add_single(self, key: str, value: Any, at: Position) -> None:
        if key not in self.single:
            self.single[key] = (value, at)
            return
        first, first_at = self.single[key]
        if key == _LISTS_JOIN and isinstance(first, Mapping) and isinstance(value, Mapping):
            self.single[key] = (self._join_lists(first, value), first_at)
        else:
            self._note("duplicate-name", at, f"`{key}` stands in a second file", "keep one of the two", first_at)

    def _join_lists(self, first: Mapping, second: Mapping) -> Mapping:
        """Two mappings as one: lists are joined, anything else may stand in one of them only."""
        joined = Mapping(first)
        joined.at, joined.named, joined.marks = first.at, False, dict(first.marks)
        for key, (key_mark, mark) in second.marks.items():
            value, file = second[key], second.at.file
            if key not in joined:
                joined[key], joined.marks[key] = value, (position(file, key_mark), position(file, mark))
            elif isinstance(value, Listing) and isinstance(joined[key], Listing):
                both = Listing([*joined[key], *value])
                both.marks = [*joined[key].marks, *(position(file, m) for m in value.marks)]
                joined[key] = both
            else:
                message = f"`{key}` is given in a second file"
                self._note("duplicate-name", second.key_at(key), message, "keep one of the two", first.key_at(key))
        return joined


def read_sections(joined: Joined, problems: list[Problem]) -> dict[str, Any]:
    """The values of a rulebook by field name, every entry read on its own."""
    values: dict[str, Any] = {}
    for name, field in joined.model.model_fields.items():
        key = field.alias or name
        model = model_in(field.annotation)
        if model is None:
            continue
        if key in joined.named:
            values[name] = {entry: read_item(model, *found, problems) for entry, found in joined.named[key].items()}
        elif key in joined.lists:
            values[name] = tuple(read_item(model, *found, problems) for found in joined.lists[key])
        elif key in joined.single:
            values[name] = read_item(model, *joined.single[key], problems)
    return values
