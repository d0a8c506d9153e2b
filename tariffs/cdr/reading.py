"""Inputs into records: each file by its own format, in parts that can be worked on at the same time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tariffs.cdr import csvblocks, jsontext, parquet, suspense
from tariffs.cdr.chunks import Chunk
from tariffs.cdr.csvtext import Rest
from tariffs.cdr.lines import Block
from tariffs.cdr.shapes import Shape, text_blocks
from tariffs.cdr.sources import failures_named, finish, open_bytes

Report = Callable[[int], None]
NOTHING = Rest()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an input, as it was read: a block of text, a batch of columns, or lines of a suspense file.

    `number` counts the parts of all inputs from 0.
    """

    shape: Shape
    number: int
    content: Any

    def chunks(self, rest: Rest = NOTHING) -> tuple[list[Chunk], Rest]:
        """Its records. `rest`: what the part before has left to this one; also returned: what this one leaves.

        Nearly always nothing is left, so that parts can be read before it is known.
        """
        shape, content = self.shape, self.content
        with failures_named(shape.source):
            if shape.kind == "parquet":
                return [parquet.chunk(shape.source, content[0], content[1])], NOTHING
            if shape.kind == "suspense":
                return [suspense.chunk(shape, content)], NOTHING
            if shape.kind == "jsonl":
                return jsontext.chunks(shape.source, content, shape.names, shape.encoding), NOTHING
            assert shape.layout is not None  # every text of columns has one
            return csvblocks.taken(shape.source, content, rest, shape.layout)


def read_parts(
    shapes: Sequence[Shape], report: Report | None = None, numbers: Mapping[int, int] | None = None
) -> Generator[Part, None, None]:
    """The parts of all inputs in their order. When those of an input are exhausted, its digest is known.

    `numbers`: of the first part of each shape, by its `id`, where not all of them are read.
    """
    number = 0
    for shape in shapes:
        number = number if numbers is None else numbers.get(id(shape), number)
        for content in _contents(shape, report):
            yield Part(shape, number, content)
            number += 1


def _contents(shape: Shape, report: Report | None) -> Iterator[Any]:
    if shape.kind == "parquet":
        yield from parquet.batches(shape.source, shape.names, report)
        with open_bytes(shape.source) as stream:  # once more, for its digest
            finish(shape.source, stream)
    elif shape.kind == "suspense":
        yield from suspense.lines(shape, report)
    else:
        encoding = shape.mapping.encoding
        with failures_named(shape.source), text_blocks(shape.source, encoding, report) as (pieces, _, stream):
            yield from pieces if shape.kind == "jsonl" else _after_header(pieces, shape)
            finish(shape.source, stream)


def _after_header(pieces: Iterator[Block], shape: Shape) -> Iterator[Block]:
    first = next(pieces)
    if not first.too_long:
        first = Block(first.data[shape.skip :], shape.line, last=first.last)
    return chain([first], pieces)
