"""Delimited text into records: every column as text, broken rows kept apart, line by line and without guessing.

This is the definition; most blocks are cut more quickly, with the same result (`csvblocks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from tariffs.cdr.chunks import Chunk
from tariffs.cdr.columns import texts
from tariffs.cdr.lines import KEPT_OF_LONG, LONGEST_LINE
from tariffs.cdr.sources import Source

MOST_LINES: Final = 100
"""A quoted field may run over line ends; beyond this many lines the quote is taken for a stray one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a file are cut into columns. Rows have `least` to `len(names)` columns."""

    names: tuple[str, ...]
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    least: int = 0

    @property
    def fewest(self) -> int:
        return self.least or len(self.names)


class Record(NamedTuple):
    """One record: where it begins, its bytes, and its fields or why there are none."""

    line: int
    raw: bytes
    fields: list[str] | None
    problem: str = ""


class Rest(NamedTuple):
    """What a block leaves to the next one: a record whose quotes are still open, and the line on which it begins."""

    data: bytes = b""
    line: int = 0


def first_records(data: bytes, line: int, layout: Layout, most: int) -> tuple[list[Record], int]:
    """Up to `most` records from the beginning of whole lines, and the number of bytes they take."""
    return records_of(data, line, layout, final=True, most=most, any_width=True)


def records_of(
    data: bytes, line: int, layout: Layout, *, final: bool, most: int = -1, any_width: bool = False
) -> tuple[list[Record], int]:
    """Records of `data`, which begins with line `line`; and how many bytes are used up.

    A record whose quoted field is still open at the end of `data` is left, unless `final`. A quoted field that never
    closes, or closes where the columns do not come out right, costs its first line only.
    """
    records: list[Record] = []
    at, size = 0, len(data)
    while at < size and len(records) != most:
        end = data.find(b"\n", at)
        end = size if end < 0 else end
        raw = data[at:end].rstrip(b"\r")
        if raw:
            record, lines = record_of(raw, line, layout, any_width), 1
            if record is None:
                record, lines, end = _continued(data, at, end, line, layout, final=final, any_width=any_width)
                if record is None:
                    return records, at
            records.append(record)
            line += lines
        else:
            line += 1
        at = end + 1
    return records, min(at, size)


def record_of(raw: bytes, line: int, layout: Layout, any_width: bool) -> Record | None:
    """The record of these bytes; None when a quoted field is still open."""
    if len(raw) > LONGEST_LINE:
        return too_long(raw, line)
    if b"\0" in raw:
        return Record(line, raw, None, "the line holds a NUL byte")
    try:
        text = raw.decode(layout.encoding)
    except UnicodeDecodeError:
        return Record(line, raw, None, f"the line is not {layout.encoding} text; name the encoding in the mapping")
    fields = text.split(layout.delimiter) if layout.quote not in text else _quoted(text, layout)
    if fields is None:
        return None
    if not any_width and not layout.fewest <= len(fields) <= len(layout.names):
        return Record(line, raw, None, _width(len(fields), layout))
    return Record(line, raw, fields)


def _width(found: int, layout: Layout) -> str:
    least, most = layout.fewest, len(layout.names)
    return f"{found} columns instead of {most}" if least == most else f"{found} columns instead of {least} to {most}"


def too_long(raw: bytes, line: int) -> Record:
    return Record(line, raw[:KEPT_OF_LONG], None, f"longer than {LONGEST_LINE:,} bytes; only its beginning is kept")


def _quoted(text: str, layout: Layout) -> list[str] | None:
    """The fields of a line with quotes; None when the last one is still open.

    A doubled quote inside quotes is one quote. What follows a closing quote before the next delimiter is taken
    literally, as is a quote in the middle of an unquoted field.
    """
    quote, delimiter = layout.quote, layout.delimiter
    fields, at, size = [], 0, len(text)
    while True:
        if not text.startswith(quote, at):
            end = text.find(delimiter, at)
            end = size if end < 0 else end
            fields.append(text[at:end])
        else:
            value, end = [], at + 1
            while True:
                closing = text.find(quote, end)
                if closing < 0:
                    return None
                value.append(text[end:closing])
                end = closing + 1
                if not text.startswith(quote, end):
                    break
                value.append(quote)
                end += 1
            stop = text.find(delimiter, end)
            stop = size if stop < 0 else stop
            fields.append("".join(value) + text[end:stop])
            end = stop
        if end >= size:
            return fields
        at = end + 1


def _continued(
    data: bytes, at: int, end: int, line: int, layout: Layout, *, final: bool, any_width: bool
) -> tuple[Record | None, int, int]:
    """A record that may run over line ends: the record, its lines, and where it ends; None to wait for more data."""
    first, stop = data[at:end].rstrip(b"\r"), end
    for lines in range(2, MOST_LINES + 1):
        if stop >= len(data):
            if not final:
                return None, 0, 0
            break
        following = data.find(b"\n", stop + 1)
        stop = len(data) if following < 0 else following
        if stop - at > LONGEST_LINE:
            break
        if stop >= len(data) and not data.endswith(b"\n") and not final:
            return None, 0, 0
        record = record_of(data[at:stop].rstrip(b"\r"), line, layout, any_width)
        if record is not None:
            if record.fields is not None:
                return record, lines, stop
            break
    return Record(line, first, None, "a quote is opened and not closed"), 1, end


def whole_record(raw: bytes, line: int, layout: Layout) -> Record:
    """The record that these bytes are, whatever line ends they hold."""
    record = record_of(raw, line, layout, any_width=False)
    return Record(line, raw, None, "a quote is opened and not closed") if record is None else record


def records_chunk(source: Source, records: Sequence[Record], layout: Layout) -> Chunk:
    """Records as a chunk, one row each."""
    import pyarrow as pa

    width = len(layout.names)
    rows = [[None] * width if r.fields is None else [*r.fields, *[None] * (width - len(r.fields))] for r in records]
    columns = [texts([row[i] for row in rows]) for i in range(width)]
    return Chunk(
        source,
        pa.RecordBatch.from_arrays(columns, names=list(layout.names)),
        np.array([record.line for record in records], np.int64),
        lambda position: shown(records[position].raw, layout.encoding),
        {i: record.problem for i, record in enumerate(records) if record.fields is None},
    )


def shown(raw: bytes, encoding: str) -> str | bytes:
    """A record as text; as bytes where it is not text of its encoding."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw
