"""What an input is, found out before its records are read: format, columns, encoding, mapping."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any, Final

from tariffs.cdr import jsontext, parquet
from tariffs.cdr.convert import REQUIRED, find_column
from tariffs.cdr.csvtext import Layout, first_records
from tariffs.cdr.failures import InputError
from tariffs.cdr.known import SAMPLE, load_mapping, recognise
from tariffs.cdr.lines import Block, blocks, text_stream
from tariffs.cdr.mapping import CANONICAL_MAPPING, Mapping
from tariffs.cdr.privacy import without_numbers
from tariffs.cdr.sources import PIECE, Source, failures_named, format_of, open_bytes

_DELIMITERS: Final = (",", "\t", ";", "|")
_START: Final = 64
MOST_COLUMNS: Final = 2000


@dataclass(frozen=True, slots=True)
class Shape:
    """An input and how it is read. `types` are Arrow types of its columns, `mapping_name` where the mapping comes from
    (empty: canonical columns); `skip` bytes stand before the first record, which is on line `line`.
    """

    source: Source
    kind: str
    mapping: Mapping
    names: tuple[str, ...]
    types: tuple[Any, ...]
    mapping_name: str = ""
    layout: Layout | None = None
    encoding: str = "utf-8"
    skip: int = 0
    line: int = 1
    sections: tuple[Any, ...] = field(default=())


@contextmanager
def text_blocks(source: Source, encoding: str, report: Any = None) -> Iterator[tuple[Iterator[Block], str, IO[bytes]]]:
    """The blocks of a text input, its encoding as Python names it, and the stream below (to finish reading)."""
    with open_bytes(source, report) as stream:
        text, codec = text_stream(stream, encoding, source.name)
        yield blocks(text), codec, stream


def what_it_is(source: Source) -> str:
    """`csv`, `jsonl`, `parquet` or `suspense`. Raises InputError where an input is empty or not what it says."""
    with open_bytes(source) as stream:
        text, _ = text_stream(stream, "utf-8", source.name)
        return format_of(source, text.read(_START))


def is_empty(source: Source) -> bool:
    """Whether an input holds nothing but blanks, if that."""
    with failures_named(source), open_bytes(source) as stream:
        text, _ = text_stream(stream, "utf-8", source.name)
        data = text.read(PIECE).removeprefix(codecs.BOM_UTF8)
        while data and not data.strip():
            data = text.read(PIECE)
    return not data


def find_shape(source: Source, mapping: Mapping | None, mapping_name: str = "", encoding: str | None = None) -> Shape:
    """Looks at the beginning of an input. `encoding`: in place of the mapping's.

    Raises InputError where the input is not what it says, or has not the columns.
    """
    kind = what_it_is(source)
    if kind == "parquet":
        return _of_parquet(source, mapping, mapping_name)
    encoding = encoding or (mapping.encoding if mapping else "utf-8")
    shape = (_of_json if kind == "jsonl" else _of_csv)(source, mapping, mapping_name, encoding)
    return replace(shape, mapping=shape.mapping.model_copy(update={"encoding": encoding}))


def _of_parquet(source: Source, mapping: Mapping | None, mapping_name: str) -> Shape:
    if source.ending()[1]:
        raise InputError(f"{source.name}: Parquet compresses its own columns; unpack the file first")
    schema = parquet.read_schema(source)
    return columns_shape(source, schema.names, schema.types, mapping, mapping_name)


def columns_shape(
    source: Source, columns: Sequence[str], types: Sequence[Any], mapping: Mapping | None, mapping_name: str = ""
) -> Shape:
    """The shape of an input whose columns have names and Arrow types."""
    names = distinct(columns, source.name)
    mapping, mapping_name = _chosen(mapping, mapping_name, names, [], source)
    return Shape(source, "parquet", mapping, names, tuple(types), mapping_name)


def _of_json(source: Source, mapping: Mapping | None, mapping_name: str, encoding: str) -> Shape:
    with failures_named(source), text_blocks(source, encoding) as (pieces, codec, _):
        names = tuple(jsontext.keys_in(pieces, codec))
    if not names:
        raise InputError(f"{source.name}: no line holds a JSON object")
    mapping, mapping_name = _chosen(mapping, mapping_name, names, [], source)
    return Shape(source, "jsonl", mapping, names, texts_of(names), mapping_name, encoding=codec)


def _of_csv(source: Source, mapping: Mapping | None, mapping_name: str, encoding: str) -> Shape:
    with failures_named(source), text_blocks(source, encoding) as (pieces, codec, _):
        head = next(pieces)
    if head.too_long:
        raise InputError(f"{source.name}: the first line is too long to be a header or a record")
    skip, line = 0, 1
    for _ in range(mapping.skip_lines if mapping else 0):
        skip, line = head.data.find(b"\n", skip) + 1 or len(head.data), line + 1
    if mapping is not None and not mapping.header:
        layout = Layout(mapping.names, mapping.delimiter or ",", mapping.quote, codec, mapping.least_columns or 0)
        return Shape(
            source, "csv", mapping, mapping.names, texts_of(mapping.names), mapping_name, layout, codec, skip, line
        )
    delimiter = _delimiter(source, head.data[skip:], mapping, codec)
    quote = mapping.quote if mapping else '"'
    start = Layout((), delimiter, quote, codec)
    records, used = first_records(head.data[skip:], line, start, 1)
    if not records or records[0].fields is None:
        reason = records[0].problem if records else "there is none"
        raise InputError(f"{source.name}:{line}: the header cannot be read: {reason}")
    sample, _ = first_records(head.data[skip:], line, start, SAMPLE)
    header = records[0].fields
    mapping, mapping_name = _chosen(mapping, mapping_name, header, [r.fields for r in sample if r.fields], source)
    if not mapping.header:
        layout = Layout(mapping.names, mapping.delimiter or ",", mapping.quote, codec, mapping.least_columns or 0)
        return Shape(source, "csv", mapping, mapping.names, texts_of(mapping.names), mapping_name, layout, codec)
    names = distinct(header, source.name)
    line += head.data.count(b"\n", skip, skip + used)
    skip += used
    for _ in range(mapping.skip_after_header):
        skip, line = head.data.find(b"\n", skip) + 1 or len(head.data), line + 1
    layout = Layout(names, delimiter, mapping.quote, codec)
    return Shape(source, "csv", mapping, names, texts_of(names), mapping_name, layout, codec, skip, line)


def texts_of(names: Sequence[str]) -> tuple[Any, ...]:
    import pyarrow as pa

    return (pa.string(),) * len(names)


def _delimiter(source: Source, data: bytes, mapping: Mapping | None, codec: str) -> str:
    """The declared delimiter; else the first that yields the columns we know; else a comma, or a tab in a .tsv file."""
    if mapping is not None and mapping.delimiter is not None:
        return mapping.delimiter
    wanted = [c.from_[0] for c in mapping.columns.values()] if mapping and mapping.columns else list(REQUIRED)
    counts: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        records, _ = first_records(data, 1, Layout((), delimiter, encoding=codec), 1)
        fields = records[0].fields if records else None
        counts[delimiter] = sum(find_column(name, fields) is not None for name in wanted) if fields else 0
    best = max(counts, key=lambda delimiter: counts[delimiter])
    plain = "\t" if source.name.lower().endswith((".tsv", ".tsv.gz", ".tsv.zst")) else ","
    return best if counts[best] > 1 else plain


def _chosen(
    mapping: Mapping | None, mapping_name: str, header: Sequence[str], records: Sequence[Sequence[str]], source: Source
) -> tuple[Mapping, str]:
    """The mapping that was asked for; none where the columns are canonical; else the shipped one that fits."""
    if mapping is not None and mapping.columns:
        return mapping, mapping_name
    if mapping is None and not all(find_column(name, header) is not None for name in REQUIRED):
        found = recognise(header, records, source.name)
        if found is not None:
            return load_mapping(found), found
    return mapping or CANONICAL_MAPPING, mapping_name


def distinct(header: Sequence[str], file: str) -> tuple[str, ...]:
    """Column names as read; an empty one gets its number, a repeated one a suffix."""
    if len(header) > MOST_COLUMNS:
        raise InputError(f"{file}: {len(header):,} columns; at most {MOST_COLUMNS:,} can be read")
    names: list[str] = []
    taken = set(header)
    for number, name in enumerate(header, 1):
        name = name.replace("\0", "")
        if not name.strip():
            name = f"column_{number}"
        if name in names:
            if name in REQUIRED:
                raise InputError(f"{file}: two columns are called {without_numbers(name)!r}")
            suffix = 2
            while f"{name}_{suffix}" in taken or f"{name}_{suffix}" in names:
                suffix += 1
            name = f"{name}_{suffix}"
        names.append(name)
    return tuple(names)
