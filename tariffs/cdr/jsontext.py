"""JSON Lines into records: every value as the text that stands in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tariffs.cdr.chunks import Chunk
from tariffs.cdr.columns import texts
from tariffs.cdr.csvtext import shown
from tariffs.cdr.lines import KEPT_OF_LONG, LONGEST_LINE, Block
from tariffs.cdr.sources import Source


class _Refused(ValueError):
    """Not a record; the reason is for the user."""


def read_object(raw: bytes, encoding: str) -> dict[str, str | None]:
    """The record on one line. Raises ValueError with the reason where there is none."""
    if len(raw) > LONGEST_LINE:
        raise _Refused(f"longer than {LONGEST_LINE:,} bytes; only its beginning is kept")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise _Refused(f"the line is not {encoding} text; name the encoding in the mapping") from None
    try:
        value = _DECODER.decode(text.strip())
    except RecursionError:
        raise _Refused("JSON nested too deep") from None
    except json.JSONDecodeError as error:
        raise _Refused(f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(value, dict):
        raise _Refused("a JSON value that is no object")
    record = {key: _text(item) for key, item in value.items()}
    if "\0" in text or ("\\u0000" in text and any("\0" in (item or "") for item in record.values())):
        raise _Refused("the line holds a NUL character")
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused("a key stands twice in one JSON object")
    return found


class _Number(str):
    """A JSON number as written, told from a text inside lists and objects."""


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_int=_Number, parse_float=_Number, parse_constant=str)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _nested(value)


def _nested(value: Any) -> str:
    """A list or object as JSON, its numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_nested(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def keys_in(pieces: Iterator[Block], encoding: str) -> list[str]:
    """Every key of every record, in the order of first appearance."""
    keys: dict[str, None] = {}
    for block in pieces:
        for line in [] if block.too_long else block.data.split(b"\n"):
            if line.strip():
                try:
                    keys |= dict.fromkeys(read_object(line.rstrip(b"\r"), encoding))
                except ValueError:
                    continue  # told when the record is read
    return list(keys)


def chunks(source: Source, block: Block, names: Sequence[str], encoding: str) -> list[Chunk]:
    """The records of a block of one file."""
    if block.too_long:
        return [objects_chunk(source, [(block.line, block.data)], names, encoding, too_long=True)]
    lines = enumerate(block.data.split(b"\n"), block.line)
    raws = [(line, raw.rstrip(b"\r")) for line, raw in lines if raw.strip()]
    return [objects_chunk(source, raws, names, encoding)] if raws else []


def objects_chunk(
    source: Source, raws: Sequence[tuple[int, bytes]], names: Sequence[str], encoding: str, *, too_long: bool = False
) -> Chunk:
    """Lines (number, bytes) that each hold one JSON object, as a chunk."""
    import pyarrow as pa

    unreadable: dict[int, str] = {}
    rows: list[dict[str, str | None]] = []
    for position, (_, raw) in enumerate(raws):
        try:
            rows.append({} if too_long else read_object(raw, encoding))
        except ValueError as error:
            rows.append({})
            unreadable[position] = str(error)
    if too_long:
        unreadable[0] = f"longer than {LONGEST_LINE:,} bytes; only its beginning is kept"
    columns = [texts([row.get(name) for row in rows]) for name in names]
    return Chunk(
        source,
        pa.RecordBatch.from_arrays(columns, names=list(names)),
        np.array([line for line, _ in raws], np.int64),
        lambda position: shown(
            raws[position][1][:KEPT_OF_LONG] if position in unreadable else raws[position][1], encoding
        ),
        unreadable,
    )
