"""YAML as text with positions: every scalar stays the text that was written, every mapping knows where it stands.

The parser's events are read one by one, without recursion, so that depth, size and alias expansion are bounded
before anything is built. Only the plain part of YAML is admitted: no tags, no merge keys, one document a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import yaml

from tariffs.rulebook.problems import Position, Problem

LARGEST_FILE: Final = 20_000_000
"""Bytes."""
MOST_NODES: Final = 2_000_000
"""Scalars, lists and mappings in one file, aliases counted as often as they are used."""
DEEPEST: Final = 40

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

AT: Final = "__at__"


class Mark(Protocol):
    """Where the parser stood; line and column count from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Mapping(dict[str, Any]):
    """A mapping as written. `marks`: where each key and its value stand. `named`: its keys are names, not keywords."""

    __slots__ = ("at", "marks", "named")
    at: Position
    marks: dict[str, tuple[Mark | Position, Mark | Position]]
    named: bool

    def key_at(self, key: str) -> Position:
        """Where a key stands; an absent key stands where the mapping does."""
        return position(self.at.file, self.marks[key][0]) if key in self.marks else self.at

    def value_at(self, key: str) -> Position:
        """Where the value of a key stands."""
        return position(self.at.file, self.marks[key][1]) if key in self.marks else self.at


class Listing(list[Any]):
    """A list as written. `marks`: where each of its values stands."""

    __slots__ = ("marks",)
    marks: list[Mark | Position]


def position(file: str, mark: Mark | Position) -> Position:
    """A mark of the parser as a position in `file`; a position stays what it is."""
    return mark if isinstance(mark, Position) else Position(file, mark.line + 1, mark.column + 1)


@dataclass(slots=True)
class SourceText:
    """A rule file as text, kept for excerpts. `broken`: it is not YAML; what it defines is not known."""

    file: str
    text: str
    broken: bool = False
    _lines: list[str] | None = None

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; empty beyond the end."""
        if self._lines is None:
            self._lines = _BREAK.split(self.text)
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class _Stop(Exception):
    """The rest of this file cannot be read; the problem is already noted."""


def decode(data: bytes, file: str) -> SourceText | Problem:
    """The bytes of a rule file as text, or the one problem that forbids reading them."""
    if len(data) > LARGEST_FILE:
        return Problem(
            "yaml-too-big",
            Position(file),
            f"the file has {len(data):,} bytes; a rule file may have {LARGEST_FILE:,}",
            "split it; long lists of numbers belong in a table file (`segments`, `exchanges`)",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(
            "unreadable-file",
            Position(file, line, 1),
            "the file is not UTF-8 text",
            f"save it as UTF-8{_guess(data)}",
        )
    refused = _REFUSED.search(text)
    if refused:
        before = _BREAK.split(text[: refused.start()])
        return Problem(
            "unreadable-file",
            Position(file, len(before), len(before[-1]) + 1),
            f"the character U+{ord(refused[0]):04X} cannot stand in a rule file",
            "remove it; an editor that shows invisible characters finds it",
        )
    return SourceText(file, text)


def _guess(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "; it looks like UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "; it looks like GBK"


def read_yaml(source: SourceText, named: frozenset[str], problems: list[Problem]) -> Mapping | None:
    """The mapping that a rule file holds; None, with problems noted, where it holds none.

    `named`: the keys whose mappings hold things by name; such a thing stands where its name stands, every other
    mapping where it begins.
    """
    builder = _Builder(source.file, named, problems)
    loader = _LOADER(source.text)
    try:
        for event in _events(loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax(error, source))
        source.broken = True
        return builder.whole_part()
    except _Stop:
        source.broken = True
        return None if problems[-1].code == "yaml-too-big" else builder.whole_part()
    finally:
        loader.dispose()
    root = builder.root
    if isinstance(root, Mapping):
        return root
    start = Position(source.file, 1, 1) if source.text else Position(source.file)
    if root is None or root == "":
        problems.append(
            Problem("missing-section", start, "the file says nothing", "write a section, or remove the file")
        )
    else:
        kind = "a list" if isinstance(root, Listing) else "a text"
        hint = "begin with a section, such as `tariffs:` or `rules:`"
        problems.append(Problem("yaml-syntax", start, f"a rule file holds sections by name, and this is {kind}", hint))
    return None


def _events(loader: Any) -> Iterator[Any]:
    while (event := loader.get_event()) is not None:
        yield event


_SYNTAX: Final = (
    ("found a tab", "a tab stands where only spaces may", "indent with spaces"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`, with a space after the colon"),
    ("mapping values are not allowed", "a colon where no key can stand", "put a text that holds a colon in quotes"),
    ("expected key", "the lines before and here do not fit together", "check indentation, commas and quotes"),
    ("expected '-' indicator", "a list ends in something that is no entry", "check the indentation"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing", "check the line, and the ones before"),
    ("unexpected end of stream", "a quote or bracket is never closed", "close it"),
    ("cannot start any token", "this character cannot begin a value", "put the value in quotes"),
)
"""What the parser says, in part, and what it means."""


def _syntax(error: yaml.MarkedYAMLError, source: SourceText) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = Position(source.file, mark.line + 1, mark.column + 1) if mark else Position(source.file)
    said = error.problem or "this is not YAML"
    if mark and source.line(at.line)[mark.column : mark.column + 1] == "\t":
        said = "found a tab"
    began = error.context_mark
    also = (
        (Position(source.file, began.line + 1, began.column + 1),) if began and mark and began.line < mark.line else ()
    )
    for part, message, hint in _SYNTAX:
        if part in said:
            return Problem("yaml-syntax", at, message, hint, also=also)
    return Problem("yaml-syntax", at, f"this is not YAML: {said}", "check indentation, brackets and quotes")


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(slots=True)
class _Frame:
    """An open list or mapping: what it goes into, under which key, and where it began."""

    outer: Any
    key: str | None
    key_mark: Any
    anchor: str | None
    nodes: int
    start: Any


class _Builder:
    """Builds mappings and lists from parser events, within the bounds of this module."""

    def __init__(self, file: str, named: frozenset[str], problems: list[Problem]) -> None:
        self.file = file
        self.named = named
        self.problems = problems
        self.root: Any = None
        self.nodes = 0
        self.documents = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.stack: list[_Frame] = []
        self.into: Any = None
        self.key: str | None = None
        self.key_mark: Mark | None = None

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._count(1, event.start_mark)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._count(1, event.start_mark)
            self._open(event, kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                hint = "put it into a file of its own; all files of a folder are read together"
                self._stop("yaml-syntax", event.start_mark, "a second document begins here", hint)

    def _note(self, code: str, mark: Mark | Position, message: str, hint: str, *also: Mark | Position) -> None:
        where = tuple(position(self.file, m) for m in also)
        self.problems.append(Problem(code, position(self.file, mark), message, hint, also=where))

    def _stop(self, code: str, mark: Mark, message: str, hint: str) -> None:
        self._note(code, mark, message, hint)
        raise _Stop

    def _count(self, more: int, mark: Mark) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            message = f"the file grows beyond {MOST_NODES:,} values"
            self._stop("yaml-too-big", mark, message, "split it, and write out what aliases repeat")

    def _scalar(self, event: Any) -> None:
        value: str = event.value
        mark = event.start_mark
        if event.tag is not None and event.tag != "!":
            self._note(
                "yaml-syntax", mark, f"`{_short(event.tag)}`: tags are not used here", "remove it: every value is text"
            )
        if self.key is None and self.into is not None and type(self.into) is Mapping:
            self._take_key(value, event)
            return
        if value == "" and not event.style and self.stack:
            what = f"`{_short(self.key)}`" if self.key is not None else "this entry"
            self._note("bad-value", mark, f"{what} has no value", 'write one, or remove the line; an empty text is ""')
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self._put(value, mark)

    def _take_key(self, value: str, event: Any) -> None:
        mark = event.start_mark
        if value == "<<" and not event.style:
            self._note("yaml-syntax", mark, "merge keys (`<<`) are not used here", "write the keys out")
        self.key, self.key_mark = value, mark

    def _open(self, event: Any, mapping: bool) -> None:
        mark = event.start_mark
        if len(self.stack) >= DEEPEST:
            self._stop(
                "yaml-too-big", mark, f"nested more than {DEEPEST} deep", "rule files are at most about ten deep"
            )
        if event.tag is not None and event.tag != "!":
            self._note("yaml-syntax", mark, f"`{_short(event.tag)}`: tags are not used here", "remove it")
        outer, new = self.into, self._new(mark, mapping)
        if type(outer) is Mapping and self.key is None:
            self._stop(
                "yaml-syntax", mark, "a list or mapping stands where a key belongs", "write the key as plain text"
            )
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame(outer, self.key, self.key_mark, event.anchor, self.nodes, mark))
        self.into, self.key, self.key_mark = new, None, None

    def _new(self, mark: Mark, mapping: bool) -> Mapping | Listing:
        if not mapping:
            listing = Listing()
            listing.marks = []
            return listing
        outer = self.into
        new = Mapping()
        new.marks = {}
        inside = type(outer) is Mapping
        new.named = inside and not outer.named and self.key in self.named
        by_name = inside and outer.named and self.key_mark is not None
        new.at = position(self.file, self.key_mark if by_name and self.key_mark is not None else mark)
        if not new.named:
            new[AT] = new.at
        return new

    def _close(self) -> None:
        done, frame = self.into, self.stack.pop()
        self.into, self.key, self.key_mark = frame.outer, frame.key, frame.key_mark
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (done, self.nodes - frame.nodes + 1)
        self._put(done, frame.start)

    def whole_part(self) -> Mapping | None:
        """The sections and entries that ended before the text broke off."""
        if len(self.stack) < 2:
            return self.into if type(self.into) is Mapping else self.root if type(self.root) is Mapping else None
        frame = self.stack[1]
        root, section = frame.outer, self.stack[2].outer if len(self.stack) > 2 else self.into
        if type(root) is not Mapping:
            return None
        if frame.key is not None and frame.key not in root.marks and (type(section) is Listing or section.named):
            root[frame.key], root.marks[frame.key] = section, (frame.key_mark, frame.start)
        return root

    def _alias(self, event: Any) -> None:
        mark = event.start_mark
        if event.anchor not in self.anchors:
            self._stop("yaml-syntax", mark, f"`*{_short(event.anchor)}` has no anchor before it", "write the value out")
        found = self.anchors[event.anchor]
        if found is None:
            self._stop("yaml-too-big", mark, f"`*{_short(event.anchor)}` stands inside itself", "write the value out")
        assert found is not None
        value, size = found
        self._count(size, mark)
        if type(self.into) is Mapping and self.key is None:
            if not isinstance(value, str):
                self._stop(
                    "yaml-syntax", mark, "a list or mapping stands where a key belongs", "write the key as plain text"
                )
            self.key, self.key_mark = value, mark
        else:
            self._put(value, mark)

    def _put(self, value: Any, mark: Mark) -> None:
        into = self.into
        if type(into) is Mapping:
            key, key_mark = self.key, self.key_mark
            self.key = self.key_mark = None
            assert key is not None and key_mark is not None
            if key in into.marks:
                first = into.marks[key][0]
                self._note(
                    "duplicate-key",
                    key_mark,
                    f"`{_short(key)}` stands here a second time",
                    "keep one of the two",
                    first,
                )
            elif key == AT:
                self._note("unknown-key", key_mark, f"`{AT}` is not a key", "remove it")
            elif key != "<<":
                into[key] = value
                into.marks[key] = (key_mark, mark)
        elif type(into) is Listing:
            into.append(value)
            into.marks.append(mark)
        else:
            self.root = value
