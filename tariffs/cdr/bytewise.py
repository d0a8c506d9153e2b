"""Text byte by byte, in compiled code: cells joined into lines of CSV, such lines cut into cells, decimals read.

Plain functions that Numba compiles as they stand. They are used where the kernel runs compiled (`at_hand`), so that
nobody waits for a compiler; elsewhere Arrow does the same, some four times slower.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.columns import Int64s
from tariffs.rating import compiled
from tariffs.rating.compiled import Entry

COMMA, LINE_END, POINT, ZERO = b",\n.0"
SURE: Final = 18
"""Digits that 64 bits can always hold."""
_OCTETS, _WHOLE, _LONGS, _OCTETS_EACH, _WHOLE_EACH = "uint8", "int32", "int64", "each uint8", "each int32"
OPTIONS: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def at_hand() -> bool:
    """Whether the compiled kernel is in use, so that compiled code costs hardly any start."""
    return compiled.in_use()


def join(texts: Any, ends: Any, codes: Any, flags: Any, first: Any, rows: int, columns: int, into: Any) -> int:
    """Writes cells as lines of CSV, one after the other; returns how many bytes they are.

    `texts`, `ends`: of each column the bytes of its values and where each begins, the end of the last one too; `codes`:
    which value a row has, or nothing where there is one for each row; `flags`: a bit for each row that has any, or
    nothing where all have. `first`: of each column the bit of the first row, whether there are codes, and flags.
    """
    at = 0
    for row in range(rows):
        for column in range(columns):
            bit = first[3 * column] + row
            if first[3 * column + 2] == 0 or (flags[column][bit >> 3] >> (bit & 7)) & 1:
                value = codes[column][row] if first[3 * column + 1] != 0 else row
                text, begin = texts[column], ends[column][value]
                length = ends[column][value + 1] - begin
                for place in range(length):
                    into[at + place] = text[begin + place]
                at += length
            into[at] = COMMA
            at += 1
        into[at - 1] = LINE_END
    return at


class _Cells(NamedTuple):
    """A column as `join` takes it. `size`: how many bytes its rows are."""

    text: Any
    ends: Any
    codes: Any
    flags: Any
    first: int
    size: int


def joined(columns: Sequence[Any], rows: int) -> memoryview:
    """Columns of texts, plain or coded, as lines of CSV; null is an empty cell. Quotes are the caller's business."""
    cells = [_cells(column) for column in columns]
    into = np.empty(sum(one.size for one in cells) + rows * len(cells), np.uint8)
    tables = [_addresses(arrays) for arrays in list(zip(*cells, strict=True))[:4]]
    first = np.array([[one.first, one.codes is not None, one.flags is not None] for one in cells], np.int64)
    addresses = [table.ctypes.data for table in tables]
    used = compiled.kept(_compiled_join).call(*addresses, first.ctypes.data, rows, len(cells), into.ctypes.data)
    return into.data[:used]


def _cells(column: Any) -> _Cells:
    flags = np.frombuffer(column.buffers()[0], np.uint8) if column.null_count else None
    if not arrow.is_coded(column):
        ends = arrow.offsets(column)
        return _Cells(_text(column), ends, None, flags, column.offset, int(ends[-1] - ends[0]))
    values, codes = column.dictionary, arrow.as_numpy(column.indices.cast(pa.int32(), safe=False))
    values = values.fill_null(arrow.scalar("")) if len(values) else arrow.texts([""])
    ends = arrow.offsets(values)
    size = int(np.diff(ends)[codes if flags is None else codes[arrow.valid_of(column)]].sum())
    return _Cells(_text(values), ends, codes, flags, column.offset, size)


def _text(strings: Any) -> Any:
    data = strings.buffers()[2]
    return np.zeros(1, np.uint8) if data is None or not data.size else np.frombuffer(data, np.uint8)


def _addresses(arrays: Sequence[Any]) -> Any:
    """Where arrays lie; 0 for those that are none. Whoever uses it keeps the arrays meanwhile."""
    return np.array([0 if array is None else array.ctypes.data for array in arrays], np.uintp)


def mark(data: Any, size: int, delimiter: int, columns: int, rows: int, places: Any, sizes: Any) -> int:
    """Notes where each cell of whole lines ends, and how many bytes each column has.

    Returns whether there are so many rows, all of so many columns.
    """
    found, column, begin = 0, 0, 0
    for at in range(size):
        byte = data[at]
        if byte == delimiter or byte == LINE_END:  # noqa: SIM109 - a tuple would be built for every byte
            if column == columns:
                return 0
            places[found] = at
            found += 1
            sizes[column] += at - begin
            begin = at + 1
            column += 1
            if byte == LINE_END:
                if column != columns:
                    return 0
                column = 0
    return 1 if found == rows * columns else 0


def cut(data: Any, places: Any, columns: int, rows: int, texts: Any, ends: Any) -> int:
    """Copies each cell into the text of its column, and notes where it ends, behind a 0; returns how many there are."""
    cell, begin = 0, 0
    for row in range(rows):
        for column in range(columns):
            text, end = texts[column], ends[column]
            into, length = end[row], places[cell] - begin
            for place in range(length):
                text[into + place] = data[begin + place]
            end[row + 1] = into + length
            begin = places[cell] + 1
            cell += 1
    return cell


def cells(data: bytes, delimiter: int, columns: int) -> tuple[list[Any], Int64s] | None:
    """Whole lines without quotes as columns of texts, and where each line ends; None where one has not `columns`."""
    look = np.frombuffer(data, np.uint8)
    rows = int(np.count_nonzero(look == LINE_END))
    places, sizes = np.empty(rows * columns, np.int32), np.zeros(columns, np.int64)
    marking, cutting = compiled.kept(_compiled_mark), compiled.kept(_compiled_cut)
    address, marked = look.ctypes.data, places.ctypes.data
    if not marking.call(address, len(look), delimiter, columns, rows, marked, sizes.ctypes.data):
        return None
    texts = [np.empty(size, np.uint8) for size in sizes.tolist()]
    ends = [np.zeros(rows + 1, np.int32) for _ in texts]
    into, marks = _addresses(texts), _addresses(ends)
    cutting.call(address, marked, columns, rows, into.ctypes.data, marks.ctypes.data)
    made = [
        pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(end), pa.py_buffer(text)])
        for end, text in zip(ends, texts, strict=True)
    ]
    return made, places[columns - 1 :: columns].astype(np.int64)


def decimals(text: Any, ends: Any, rows: int, places: int, values: Any) -> int:
    """Reads each text as a decimal, in units of so many places; returns how many are digits, with one point at most,
    without more places, and fit 64 bits: up to the first that is not."""
    for row in range(rows):
        value, digits, behind = 0, 0, -1
        for at in range(ends[row], ends[row + 1]):
            digit = text[at] - ZERO
            if 0 <= digit <= 9:
                value = value * 10 + digit
                digits += 1
                if behind >= 0:
                    behind += 1
            elif text[at] == POINT and behind < 0:
                behind = 0
            else:
                return row
        missing = places - max(behind, 0)
        if digits == 0 or missing < 0 or digits + missing > SURE:
            return row
        for _ in range(missing):
            value *= 10
        values[row] = value
    return rows


def decimals_of(strings: Any, places: int) -> Int64s | None:
    """Texts without nulls as whole numbers of units of so many decimal places; None where one is no plain decimal."""
    text, ends, values = _text(strings), arrow.offsets(strings), np.empty(len(strings), np.int64)
    reading = compiled.kept(_compiled_decimals)
    read = reading.call(text.ctypes.data, ends.ctypes.data, len(values), places, values.ctypes.data)
    return values if read == len(values) else None


def _compiled_decimals(keep: bool) -> Entry:
    return _entry(decimals, [_OCTETS, _WHOLE, int, int, _LONGS], keep)


def _compiled_join(keep: bool) -> Entry:
    return _entry(join, [_OCTETS_EACH, _WHOLE_EACH, _WHOLE_EACH, _OCTETS_EACH, _LONGS, int, int, _OCTETS], keep)


def _compiled_mark(keep: bool) -> Entry:
    return _entry(mark, [_OCTETS, int, int, int, int, _WHOLE, _LONGS], keep)


def _compiled_cut(keep: bool) -> Entry:
    return _entry(cut, [_OCTETS, _WHOLE, int, int, _OCTETS_EACH, _WHOLE_EACH], keep)


def _entry(function: Callable[..., int], arguments: Sequence[Any], keep: bool) -> Entry:
    """Compiled code with these arguments: whole numbers, or addresses of what a name says."""
    import numba
    from numba import types

    pointer: Any = types.CPointer
    octets, whole = pointer(types.uint8), pointer(types.int32)
    kinds: dict[Any, Any] = {_OCTETS: octets, _WHOLE: whole, _LONGS: pointer(types.int64), int: types.int64}
    kinds |= {_OCTETS_EACH: pointer(octets), _WHOLE_EACH: pointer(whole)}
    signature = types.int64(*[kinds[argument] for argument in arguments])
    code: Any = numba.cfunc(signature, cache=keep, **OPTIONS)(function)
    given = [ctypes.c_int64 if argument is int else ctypes.c_void_p for argument in arguments]
    return Entry(ctypes.CFUNCTYPE(ctypes.c_int64, *given)(code.address), code)
