"""Rows as lines of text: CSV and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tariffs.cdr import columns as arrow
from tariffs.cdr import joining, native

_FEW: Final = 1000
"""Amounts, of more of which each distinct one is put into words only once."""


def cell(text: str) -> str:
    """A text as a cell of CSV: quoted where it holds a quote, a comma or a line end."""
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def csv_lines(batch: Any) -> list[Any]:
    """Rows as lines of CSV, in pieces of bytes."""
    if native.at_hand():
        columns = [column if joining.is_number(column) else coded_text(column) for column in batch.columns]
        return [joining.joined(columns, len(batch))]
    return joined_by_arrow(batch)


def joined_by_arrow(batch: Any) -> list[Any]:
    """Rows as lines of CSV without compiled code."""
    empty = arrow.scalar("")
    cells = [pc.coalesce(_plain(column, _quoted), empty) for column in batch.columns]
    cells[-1] = pc.binary_join_element_wise(cells[-1], arrow.scalar("\n"), empty)
    return _pieces(pc.binary_join_element_wise(*cells, arrow.scalar(",")))


def json_lines(batch: Any) -> list[Any]:
    """Rows as JSON objects, a line each, in pieces of bytes."""
    null, nothing = arrow.scalar("null"), arrow.scalar("")
    parts: list[Any] = []
    for number, (name, column) in enumerate(zip(batch.schema.names, batch.columns, strict=True)):
        parts.append(arrow.scalar(("{" if number == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": "))
        parts.append(pc.coalesce(_plain(column, _json_text), null))
    return _pieces(pc.binary_join_element_wise(*parts, arrow.scalar("}\n"), nothing))


def _pieces(lines: Any) -> list[Any]:
    """Lines as pieces of bytes."""
    pieces = []
    for chunk in lines.chunks if hasattr(lines, "chunks") else [lines]:
        offsets = arrow.offsets(chunk)
        pieces.append(memoryview(chunk.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
    return pieces


def coded_text(column: Any) -> Any:
    """A column as its cells stand in CSV, each different one once where there are few."""
    if pa.types.is_decimal(column.type) and len(column) > _FEW:
        found = column.dictionary_encode()
        return pa.DictionaryArray.from_arrays(found.indices, _amounts(found.dictionary, _quoted))
    if arrow.is_coded(column):
        return pa.DictionaryArray.from_arrays(column.indices, _plain(column.dictionary, _quoted))
    return _plain(column, _quoted)


def _plain(column: Any, text_form: Callable[[Any], Any]) -> Any:
    """A column as it stands in a line of text. Money has two decimals, or as many as it needs; JSON has it as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        values = _plain(column.dictionary, text_form)
        return values.take(column.indices)
    if pa.types.is_decimal(kind):
        if len(column) > _FEW:
            found = column.dictionary_encode()
            return _amounts(found.dictionary, text_form).take(found.indices)
        return _amounts(column, text_form)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind) and text_form is _json_text:
        return pc.if_else(pc.is_finite(column), column.cast(pa.string()), arrow.texts([None])[0])
    return text_form(arrow.as_text(column))


def _amounts(column: Any, text_form: Callable[[Any], Any]) -> Any:
    text = pc.replace_substring_regex(column.cast(pa.string()), r"(\.\d\d\d*?)0+$", r"\1")
    return _wrapped(text) if text_form is _json_text else text


def _holds(column: Any, signs: bytes, below: bytes = b"") -> bool:
    """Whether one of these ASCII signs, or a byte below one, stands in any value."""
    look = arrow.bytes_of(column)
    return any(bool((look == sign).any()) for sign in signs) or bool(below and (look < ord(below)).any())


def _quoted(column: Any) -> Any:
    """CSV cells: quoted where a value holds a quote, a comma or a line end."""
    if not (joining.maybe_special(column) if native.at_hand() else _holds(column, b'",\r\n')):
        return column
    special = pc.match_substring_regex(column, '[",\r\n]')
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(special, _wrapped(doubled), column)


def _json_text(column: Any) -> Any:

    if not _holds(column, b'"\\', below=b" "):
        return _wrapped(column)
    return arrow.texts([None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_pylist()])


def _wrapped(column: Any) -> Any:
    quote = arrow.scalar('"')
    return pc.binary_join_element_wise(quote, column, quote, arrow.scalar(""))
