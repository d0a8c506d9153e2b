"""Blocks of delimited text into records, quickly: by compiled code or Arrow's reader where nothing in them is unusual,
else line by line (`csvtext`), with the same result."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tariffs.cdr import cutting, native
from tariffs.cdr.chunks import Chunk
from tariffs.cdr.columns import Int64s, bytes_of, integers, is_coded, texts
from tariffs.cdr.csvtext import Layout, Record, Rest, record_of, records_chunk, records_of, too_long
from tariffs.cdr.lines import LONGEST_LINE, Block
from tariffs.cdr.sources import Source

WORTH_COMPILED, WORTH_IT = 1 << 12, 1 << 16
"""Bytes from which compiled code and Arrow's reader are quicker."""
_BEGINNING: Final = 2000
_FEW: Final = 100


def taken(source: Source, block: Block, rest: Rest, layout: Layout) -> tuple[list[Chunk], Rest]:
    """The records of a block of one file, its header already taken, and what it leaves to the next block.

    `rest`: what the block before has left.
    """
    if block.too_long:
        chunks = [records_chunk(source, [too_long(block.data, block.line)], layout)]
        if rest.data:
            chunks.insert(0, records_chunk(source, records_of(*rest, layout, final=True)[0], layout))
        return chunks, Rest()
    data, line = (rest.data + block.data, rest.line) if rest.data else (block.data, block.line)
    chunk = None if rest.data else _fast(source, data, line, layout)
    left = Rest()
    if chunk is None:
        records, used = records_of(data, line, layout, final=block.last)
        left = Rest(data[used:], line + data.count(b"\n", 0, used))
        chunk = records_chunk(source, records, layout)
    return ([chunk] if len(chunk) else []), left


def _fast(source: Source, data: bytes, line: int, layout: Layout) -> Chunk | None:
    """The block through compiled code or Arrow's reader; None when anything in it is unusual, or it is small."""
    if len(data) < WORTH_COMPILED or len(layout.delimiter.encode()) != 1 or len(layout.quote.encode()) != 1:
        return None
    chunk = _compiled(source, data, line, layout, ascii_only=True) if _is_utf8(layout.encoding) else None
    if chunk is not None:
        return chunk
    decoded = _utf8(data, layout.encoding) if len(data) >= WORTH_IT else None
    if decoded is None or b"\0" in decoded:
        return None
    data = decoded
    chunk = _compiled(source, data, line, layout, ascii_only=False)
    if chunk is not None:
        return chunk
    turns = data.count(b"\r") if b"\r" in data else 0
    if turns and turns != data.count(b"\r\n"):
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    look = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(look == 10).astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (ends - starts).max(initial=0) > LONGEST_LINE:
        return None
    quoted = layout.quote.encode() in data
    if quoted and not _well_quoted(look, ends, layout):
        return None
    blank = ends - starts <= (1 if turns else 0)
    if turns:
        blank &= (ends == starts) | (look[starts] == 13)
    lines = line + np.arange(len(ends), dtype=np.int64)
    if blank.any():
        kept = [data[s : e + 1] for s, e in zip(starts[~blank].tolist(), ends[~blank].tolist(), strict=True)]
        data, lines = b"".join(kept), lines[~blank]
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10).astype(np.int64)
        starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    if not len(lines):
        return Chunk(source, _empty(layout), lines, lambda position: "")
    return _parsed(source, data, (starts, ends, lines), layout, quoted=quoted)


def _compiled(source: Source, data: bytes, line: int, layout: Layout, *, ascii_only: bool) -> Chunk | None:
    """The block through compiled code, where that is at hand; None where it holds quotes, line ends of other kinds, or
    lines that differ. `ascii_only`: or bytes that are not ASCII, which nobody has looked at yet."""
    width = len(layout.names)
    if not native.at_hand() or width < 2 or not data.endswith(b"\n"):
        return None
    found = cutting.cells(data, ord(layout.delimiter), ord(layout.quote), width, ascii_only=ascii_only)
    if found is None or found.longest > LONGEST_LINE:
        return None
    import pyarrow as pa

    ends = found.ends

    def raw(position: int) -> str:
        return data[ends[position - 1] + 1 if position else 0 : ends[position]].decode()

    # Short texts that repeat have been found as they were cut.
    columns = [_repeated(column) if _is_long(column) else column for column in found.columns]
    batch = pa.RecordBatch.from_arrays(columns, names=list(layout.names))
    return Chunk(source, batch, line + np.arange(len(ends), dtype=np.int64), raw)


def _is_long(column: Any) -> bool:
    """Whether the texts of a column are longer than `cutting` looks at for repetitions, one with the other."""
    return not is_coded(column) and len(bytes_of(column)) > cutting.SHORT * len(column)


def _utf8(data: bytes, encoding: str) -> bytes | None:
    if data.isascii() and _is_utf8(encoding):
        return data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return data if _is_utf8(encoding) or text.isascii() else text.encode()


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "ascii")


def _well_quoted(look: Any, ends: Int64s, layout: Layout) -> bool:
    """Whether every quote opens or closes a whole field on one line, or is doubled inside one."""
    quote, delimiter = ord(layout.quote), ord(layout.delimiter)
    at = np.flatnonzero(look == quote)
    if len(at) % 2 or (np.searchsorted(at, ends) % 2).any():
        return False
    opening, closing = at[::2], at[1::2]
    before = np.where(opening > 0, look[opening - 1], 10)
    after = look[closing + 1]
    doubled = np.zeros(len(opening), np.bool_)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    opens = (before == delimiter) | (before == 10) | doubled
    closes = (after == delimiter) | (after == 10) | (after == 13)
    closes[:-1] |= doubled[1:]
    return bool(opens.all() and closes.all())


def _empty(layout: Layout) -> Any:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([texts([]) for _ in layout.names], names=list(layout.names))


def _parsed(
    source: Source, data: bytes, where: tuple[Int64s, Int64s, Int64s], layout: Layout, *, quoted: bool
) -> Chunk | None:
    """Lines that each hold one record. Rows of another width than the first are read one by one and put in place."""
    import pyarrow as pa
    import pyarrow.csv as reader

    starts, ends, lines = where
    first = record_of(data[: ends[0]].rstrip(b"\r"), 0, layout, any_width=True)
    if first is None or first.fields is None or not layout.fewest <= len(first.fields) <= len(layout.names):
        return None
    odd: list[int] = []

    def skip(row: Any) -> str:
        odd.append(row.number - 1)
        return "skip"

    names = layout.names[: len(first.fields)]
    read = reader.read_csv(
        pa.BufferReader(data),
        reader.ReadOptions(column_names=_positions(names), use_threads=False, block_size=len(data) + 1),
        reader.ParseOptions(
            delimiter=layout.delimiter,
            quote_char=layout.quote if quoted else False,
            invalid_row_handler=skip,
            ignore_empty_lines=False,
        ),
        reader.ConvertOptions(
            column_types=dict.fromkeys(_positions(names), pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    columns = [pa.concat_arrays(column.chunks) for column in read.columns]
    columns += [pa.nulls(read.num_rows, pa.string()) for _ in layout.names[len(names) :]]
    batch = pa.RecordBatch.from_arrays(columns, names=list(layout.names))

    def raw(position: int) -> bytes:
        return data[starts[position] : ends[position]].rstrip(b"\r")

    chunk = Chunk(source, batch, lines, lambda position: raw(position).decode())
    if odd:
        records = [record_of(raw(i), int(lines[i]), _in_utf8(layout), any_width=False) for i in odd]
        _put_in_place(chunk, odd, [r for r in records if r is not None], layout)
    if len(chunk.columns) != len(lines):
        return None
    coded = [_repeated(column) for column in chunk.columns.columns]
    chunk.columns = pa.RecordBatch.from_arrays(coded, names=list(layout.names))
    return chunk


def _repeated(column: Any) -> Any:
    """A column that repeats a few texts, as far as its beginning tells, with each of them once."""
    if len(column) < _BEGINNING or len(column.slice(0, _BEGINNING).dictionary_encode().dictionary) > _FEW:
        return column
    return column.dictionary_encode()


def _positions(names: Sequence[str]) -> list[str]:
    """Column names for Arrow, which wants them distinct."""
    return [str(i) for i in range(len(names))]


def _in_utf8(layout: Layout) -> Layout:
    return Layout(layout.names, layout.delimiter, layout.quote, "utf-8", layout.least)


def _put_in_place(chunk: Chunk, odd: list[int], records: list[Record], layout: Layout) -> None:
    """Inserts the records of the positions `odd` (sorted) among those that Arrow read."""
    import pyarrow as pa

    extra = records_chunk(chunk.source, records, layout)
    total = len(chunk.lines)
    order = np.empty(total, np.int64)
    regular = np.ones(total, np.bool_)
    regular[odd] = False
    order[regular] = np.arange(total - len(odd))
    order[odd] = total - len(odd) + np.arange(len(odd))
    both = pa.Table.from_batches([chunk.columns, extra.columns]).take(integers(order)).combine_chunks()
    chunk.columns = both.to_batches()[0]
    chunk.unreadable = {odd[i]: problem for i, problem in extra.unreadable.items()}
