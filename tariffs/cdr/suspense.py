"""The suspense file: records that could not be rated, as they stood, ready to be mended and rated again.

JSON Lines. The first line says what the file is. A line with `section` says how the records of one input are to be
read (its mapping included), and goes before them; every other line is a record: file, line, code, detail, raw.
`raw` is the record as it stood (`bytes: true`: byte by byte, where it is not text of its encoding).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from tariffs.cdr import csvtext, jsontext
from tariffs.cdr.chunks import Calls, Chunk
from tariffs.cdr.csvtext import Layout, Record, shown
from tariffs.cdr.failures import InputError
from tariffs.cdr.mapping import Mapping
from tariffs.cdr.masking import Masker
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import RemotePath
from tariffs.cdr.shapes import Shape, texts_of
from tariffs.cdr.sources import Source, finish, open_bytes
from tariffs.rating.outcome import STATUS

VERSION: Final = "1"
_MARK: Final = b'{"tariffs-suspense"'
_TOGETHER: Final = 10_000


class SuspenseWriter:
    """Writes records below the section of their input, their numbers masked if there is a `masker`."""

    def __init__(self, stream: IO[bytes], rules: str, masker: Masker | None = None) -> None:
        self._stream, self._lines = stream, SuspenseLines(masker)
        self._section: tuple[int, str] | None = None
        self.rows = 0
        self._stream.write(first_line(rules))

    def put(self, shape: Shape, record: bytes) -> None:
        """A record as its line, after the section of its input if another one stood before."""
        here = (shape.source.index, shape.source.written)
        if self._section != here:
            self._section = here
            self._stream.write(self._lines.section(shape))
        self._stream.write(record)
        self.rows += 1


class SuspenseLines:
    """The lines of a suspense file, their numbers masked if there is a `masker`."""

    def __init__(self, masker: Masker | None = None) -> None:
        self._masker = masker

    def record(self, calls: Calls, position: int, shape: Shape) -> bytes:
        """One suspended record of a chunk."""
        record: dict[str, Any] = {
            "file": self._name(calls.chunk.source),
            "line": int(calls.chunk.lines[position]),
            "code": STATUS[int(calls.status[position])],
            "detail": calls.details.get(position, ""),
        }
        raw = calls.chunk.raw(position)
        if not isinstance(raw, str):
            record["bytes"] = True
            raw = raw.decode("latin-1")
        record["raw"] = raw if self._masker is None else self._masker.raw(calls, position, shape, raw)
        return _line(record)

    def section(self, shape: Shape) -> bytes:
        """What goes before the records of an input."""
        section = _section(shape, self._name(shape.source))
        own = section["mapping"].get("constants", {}).get("own")
        if self._masker is not None and own is not None:
            section["mapping"]["constants"]["own"] = self._masker.text(own)
        return _line(section)

    def _name(self, source: Source) -> str:
        """The file as the user wrote it, unless its name must not tell a number."""
        return source.name if self._masker is not None else source.written or source.name


def first_line(rules: str) -> bytes:
    """What a suspense file begins with."""
    return _line({"tariffs-suspense": VERSION, "rules": rules})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _section(shape: Shape, name: str) -> dict[str, Any]:
    mapping = shape.mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said: dict[str, Any] = {"section": name, "format": "jsonl" if shape.layout is None else "csv", "mapping": mapping}
    said["names"] = list(shape.names)
    if shape.layout is not None:
        layout = shape.layout
        said |= {
            "delimiter": layout.delimiter,
            "quote": layout.quote,
            "least": layout.least,
            "encoding": layout.encoding,
        }
    return said


def is_suspense(path: Path | RemotePath) -> bool:
    """Whether a file is one that this module wrote."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_MARK)) == _MARK


def suspense_shapes(source: Source) -> list[Shape]:
    """How each input that the suspense file quotes is to be read. Raises InputError where the file is broken."""
    shapes: list[Shape] = []
    with open_bytes(source) as stream:
        for number, value in _values(source, stream):
            if "section" in value:
                shapes.append(_shape(source, number, value, len(shapes)))
            elif not shapes and "raw" in value:
                raise InputError(f"{source.name}:{number}: a record stands before any section")
    if not shapes:
        raise InputError(f"{source.name}: the suspense file holds no record: there is nothing to rate again")
    return shapes


def _values(source: Source, stream: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{source.name}:{number}: this line of the suspense file is not JSON; mend it") from error
        if not isinstance(value, dict):
            raise InputError(f"{source.name}:{number}: this line of the suspense file is no JSON object; mend it")
        yield number, value


def _shape(source: Source, number: int, value: dict[str, Any], index: int) -> Shape:
    from pydantic import ValidationError

    try:
        mapping = Mapping.model_validate(value["mapping"])
        names = tuple(str(name) for name in value["names"])
        layout = None
        if value["format"] == "csv":
            layout = Layout(names, value["delimiter"], value["quote"], value["encoding"], int(value["least"]))
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise InputError(
            f"{source.name}:{number}: this section of the suspense file is not as it was written"
        ) from error
    section = str(value["section"])
    quoted = Source(shown_name(section), source.index, source.path, section)
    return Shape(quoted, "suspense", mapping, names, texts_of(names), layout=layout, sections=(source, index))


def lines(shape: Shape, report: Callable[[int], None] | None = None) -> Iterator[list[tuple[int, bytes]]]:
    """The records of one section, some at a time: the line that each had in its own file, and its bytes."""
    source, wanted = shape.sections
    section, held = -1, list[tuple[int, bytes]]()
    with open_bytes(source, report) as stream:
        for number, value in _values(source, stream):
            if "section" in value:
                section += 1
            elif section == wanted and "raw" in value:
                held.append(_raw(source, number, value, shape.mapping.encoding))
                if len(held) == _TOGETHER:
                    yield held
                    held = []
        finish(source, stream)
    if held:
        yield held


def _raw(source: Source, number: int, value: dict[str, Any], encoding: str) -> tuple[int, bytes]:
    """Line and bytes of a record, in UTF-8 where they are text. Bytes are text if they are of the encoding by now."""
    raw, line = value["raw"], value.get("line")
    if not isinstance(raw, str) or not isinstance(line, int):
        raise InputError(
            f"{source.name}:{number}: a record of the suspense file needs `raw` (a text) and `line` (a number)"
        )
    if value.get("bytes") is True:
        with suppress(UnicodeEncodeError):  # mended: it is text now
            read = shown(raw.encode("latin-1"), encoding)
            return line, read.encode() if isinstance(read, str) else read
    return line, raw.encode("utf-8", "replace")


def chunk(shape: Shape, held: list[tuple[int, bytes]]) -> Chunk:
    """Lines of a section (`lines`) as records."""
    if shape.layout is None:
        return jsontext.objects_chunk(shape.source, held, shape.names, "utf-8")
    layout = Layout(shape.layout.names, shape.layout.delimiter, shape.layout.quote, "utf-8", shape.layout.least)
    records: list[Record] = [csvtext.whole_record(raw, line, layout) for line, raw in held]
    return csvtext.records_chunk(shape.source, records, layout)
