"""Inputs into records: each file by its own format, in order, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from tariffs.cdr import csvtext, jsontext, parquet, suspense
from tariffs.cdr.chunks import Chunk
from tariffs.cdr.lines import Block
from tariffs.cdr.shapes import Shape, text_blocks
from tariffs.cdr.sources import failures_named, finish, open_bytes


def read_chunks(shape: Shape, report: Callable[[int], None] | None = None) -> Iterator[Chunk]:
    """The records of one input. When it is exhausted, the digest of the input is known."""
    if shape.kind == "parquet":
        yield from parquet.read_chunks(shape.source, shape.names)
        with open_bytes(shape.source, report) as stream:
            finish(shape.source, stream)
        return
    if shape.kind == "suspense":
        yield from suspense.read_chunks(shape, report)
        return
    with (
        failures_named(shape.source),
        text_blocks(shape.source, shape.mapping.encoding, report) as (pieces, codec, stream),
    ):
        if shape.kind == "jsonl":
            yield from jsontext.read_chunks(shape.source, pieces, shape.names, codec)
        else:
            assert shape.layout is not None  # every text of columns has one
            yield from csvtext.read_chunks(shape.source, _after_header(pieces, shape), shape.layout)
        finish(shape.source, stream)


def _after_header(pieces: Iterator[Block], shape: Shape) -> Iterator[Block]:
    first = next(pieces)
    if not first.too_long:
        first = Block(first.data[shape.skip :], shape.line, last=first.last)
    return chain([first], pieces)
