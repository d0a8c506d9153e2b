"""CSV without quotes cut into columns, and decimals read, in compiled code (`native`).

A column that repeats a few short texts comes with each of them once, as codes of a dictionary.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tariffs.cdr import columns as arrow
from tariffs.cdr import native
from tariffs.cdr.columns import Int64s
from tariffs.cdr.native import LONGS, LONGS_EACH, OCTETS, OCTETS_EACH, WHOLE, WHOLE_EACH
from tariffs.cdr.steps import (
    BEYOND_ASCII,
    LINE_END,
    STEP,
    TURN,
    WIDE,
    WORD,
    beyond,
    copied,
    lowest,
    marks,
    strange,
    word,
)
from tariffs.rating import compiled

SURE: Final = 18
"""Digits that 64 bits can always hold."""
POINT, ZERO, DASH, COLON, PLUS, BLANK, UPPER_T, UPPER_Z = b".0-:+ TZ"
WIDTH_OF_TIME, EARLIEST = 19, 1600
BEGINNING: Final = 2000
"""Rows from which it pays to look for repetitions."""
SHORT = 2 * WORD
"""Bytes of the longest text that is looked for."""
MOST: Final = 200
"""Different texts up to which a column repeats a few."""

# What is known of a text of a column, in the column's table: its words, its bytes, its number + 1.
FIRST, SECOND, LENGTH, NUMBER = range(4)
KNOWN, SLOTS = 4, 256  # fields; slots, a power of two above MOST
LOW, SHIFT = (1 << 30) - 1, 14
SPREAD = (0x3779B1B5, 0x2F0B4C47, 0x1B873593)


def mark(data: Any, size: int, delimiter: int, quote: int, ascii_only: int, places: Any) -> int:
    """Notes where each cell ends; returns how many there are, or -1 where there is something unusual.

    Unusual are quotes, carriage returns, bytes of 0, and with `ascii_only` what is not ASCII.
    """
    found, at = 0, 0
    while at + WIDE <= size:
        if strange(data, at, quote) or (ascii_only and beyond(data, at)):
            return -1
        bits = marks(data, at, delimiter)
        while bits != 0:
            places[found] = at + lowest(bits)
            found += 1
            bits &= bits - 1
        at += WIDE
    for at in range(size - size % WIDE, size):
        byte = data[at]
        if byte in (quote, TURN, 0) or (ascii_only and byte >= BEYOND_ASCII):
            return -1
        if byte in (delimiter, LINE_END):
            places[found] = at
            found += 1
    return found


def regular(data: Any, places: Any, rows: int, columns: int, sizes: Any) -> int:
    """The length of the longest line, where all have so many columns; else -1. `sizes` becomes the bytes of each
    column."""
    longest, begin, cell = 0, 0, 0
    for _ in range(rows):
        line = begin
        for column in range(columns):
            end = places[cell]
            if (data[end] == LINE_END) != (column == columns - 1):
                return -1
            sizes[column] += end - begin
            begin = end + 1
            cell += 1
        longest = max(longest, begin - 1 - line)
    return longest


def cut(
    data: Any, size: int, places: Any, columns: int, rows: int, texts: Any, ends: Any, codes: Any, tables: Any,
    entries: Any, counts: Any,
) -> int:  # fmt: skip
    """Puts each cell into its column; returns how many there are.

    `counts`: of each column how many different texts it has, or -1, which it also becomes where they are many: then
    `texts` and `ends` hold the column. Else `codes` does, and `entries` says where the data has each text: begin and
    length. `tables`: of each column, see KNOWN.
    """
    cell, begin = 0, 0
    for row in range(rows):
        for column in range(columns):
            length = places[cell] - begin
            if counts[column] >= 0:
                code = code_of(data, size, begin, length, tables[column], entries[column], counts, column)
                if code >= 0:
                    codes[column][row] = code
                else:
                    spell(data, size, texts[column], ends[column], codes[column], entries[column], row)
                    counts[column] = -1
            if counts[column] < 0:
                end = ends[column]
                end[row + 1] = copied(data, size, begin, length, texts[column], end[row])
            begin = places[cell] + 1
            cell += 1
    return cell


def code_of(
    data: Any, size: int, begin: int, length: int, table: Any, entries: Any, counts: Any, column: int
) -> int:  # fmt: skip
    """The number of a text in its column, perhaps a new one; -1 for a long one, and where there are too many."""
    if length > SHORT:
        return -1
    first = head(data, size, begin, min(length, WORD))
    second = head(data, size, begin + WORD, length - WORD) if length > WORD else 0
    number = (first & LOW) * SPREAD[0] + ((first >> 32) & LOW) * SPREAD[1] + (second & LOW) * SPREAD[2] + length
    slot = (number >> SHIFT) & (SLOTS - 1)
    while table[slot * KNOWN + NUMBER] != 0:
        at = slot * KNOWN
        if table[at + FIRST] == first and table[at + SECOND] == second and table[at + LENGTH] == length:
            known: int = table[at + NUMBER] - 1
            return known
        slot = (slot + 1) & (SLOTS - 1)
    code = counts[column]
    if code == MOST:
        return -1
    at = slot * KNOWN
    table[at + FIRST], table[at + SECOND], table[at + LENGTH], table[at + NUMBER] = first, second, length, code + 1
    entries[2 * code], entries[2 * code + 1] = begin, length
    counts[column] = code + 1
    added: int = code
    return added


def head(data: Any, size: int, begin: int, length: int) -> int:
    """Up to WORD bytes as a number."""
    if begin + WORD <= size:
        whole: int = word(data, begin)
        return whole if length == WORD else whole & ((1 << 8 * length) - 1)
    value = 0
    for place in range(length):
        value |= int(data[begin + place]) << 8 * place
    return value


def spell(data: Any, size: int, text: Any, end: Any, codes: Any, entries: Any, rows: int) -> None:
    """Writes out a column that was thought to repeat a few texts."""
    at = 0
    for row in range(rows):
        code = codes[row]
        at = copied(data, size, entries[2 * code], entries[2 * code + 1], text, at)
        end[row + 1] = at


class Cells(NamedTuple):
    """`columns`: of texts, perhaps coded; `ends`: where each line ends; `longest`: bytes of the longest line."""

    columns: list[Any]
    ends: NDArray[np.int32]
    longest: int


def cells(data: bytes, delimiter: int, quote: int, columns: int, *, ascii_only: bool) -> Cells | None:
    """Whole lines as columns; None where one has not so many, or something unusual (see `mark`) stands in them."""
    look = np.frombuffer(data, np.uint8)
    size, address, places = len(look), look.ctypes.data, np.empty(len(look) + 1, np.int32)
    marking, checking, cutting = (compiled.kept(make) for make in (_MARK, _REGULAR, _CUT))
    found = marking.call(address, size, delimiter, quote, ascii_only, places.ctypes.data)
    if found <= 0 or found % columns:
        return None
    rows, sizes = found // columns, np.zeros(columns, np.int64)
    longest = checking.call(address, places.ctypes.data, rows, columns, sizes.ctypes.data)
    if longest < 0:
        return None
    texts = [np.empty(length + STEP, np.uint8) for length in sizes.tolist()]
    ends, codes = (_each(columns, rows + 1, np.int32) for _ in range(2))
    tables, entries = _each(columns, SLOTS * KNOWN, np.int64, empty=False), _each(columns, 2 * MOST, np.int32)
    counts = np.full(columns, 0 if rows >= BEGINNING else -1, np.int64)
    for end in ends:
        end[0] = 0
    held = [native.addresses(arrays) for arrays in (texts, ends, codes, tables, entries)]
    told = [table.ctypes.data for table in held]
    cutting.call(address, size, places.ctypes.data, columns, rows, *told, counts.ctypes.data)
    made = [
        _texts(texts[i][: sizes[i]], ends[i])
        if counts[i] < 0
        else _coded(look, codes[i][:rows], entries[i][: 2 * counts[i]])
        for i in range(columns)
    ]  # fmt: skip
    return Cells(made, places[columns - 1 : found : columns].copy(), longest)


def _each(columns: int, length: int, kind: Any, *, empty: bool = True) -> list[Any]:
    return [(np.empty if empty else np.zeros)(length, kind) for _ in range(columns)]


def _texts(text: Any, ends: Any) -> Any:
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(text)])


def _coded(look: Any, codes: Any, entries: Any) -> Any:
    """A column of codes, with the texts that `entries` finds in the data."""
    pairs = entries.reshape(-1, 2)
    data = b"".join(look[begin : begin + length].tobytes() for begin, length in pairs.tolist())
    ends = np.concatenate(([0], np.cumsum(pairs[:, 1]))).astype(np.int32)
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(indices, _texts(data, ends), safe=False)


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
    text, ends, values = arrow.text_of(strings), arrow.offsets(strings), np.empty(len(strings), np.int64)
    reading = compiled.kept(_DECIMALS)
    read = reading.call(text.ctypes.data, ends.ctypes.data, len(values), places, values.ctypes.data)
    return values if read == len(values) else None


def times(text: Any, first: int, rows: int, width: int, values: Any) -> int:
    """Reads times as `2012-03-01T06:59:50`, with `Z` or `+08:00` behind where `width` has room for it, as microseconds
    since 1970 (of Greenwich, where they say a zone); returns how many are such: up to the first that is not."""
    for row in range(rows):
        at = first + row * width
        year = two(text, at) * 100 + two(text, at + 2)
        month, day, hour = two(text, at + 5), two(text, at + 8), two(text, at + 11)
        minute, second, offset = two(text, at + 14), two(text, at + 17), 0
        if min(two(text, at), two(text, at + 2), minute, second) < 0 or not (0 <= hour < 24 and minute < 60 > second):
            return row
        if text[at + 4] != DASH or text[at + 7] != DASH or text[at + 13] != COLON or text[at + 16] != COLON:
            return row
        if text[at + 10] not in (UPPER_T, BLANK) or year < EARLIEST or not 1 <= month <= 12:
            return row
        if not 1 <= day <= days_of(year, month):
            return row
        if width == WIDTH_OF_TIME + 1 and text[at + 19] != UPPER_Z:
            return row
        if width == WIDTH_OF_TIME + 6:
            hours, minutes = two(text, at + 20), two(text, at + 23)
            if not (0 <= hours < 24 and 0 <= minutes < 60) or text[at + 22] != COLON:
                return row
            if text[at + 19] not in (PLUS, DASH):
                return row
            offset = (hours * 60 + minutes) * (60 if text[at + 19] == PLUS else -60)
        clock = hour * 3600 + minute * 60 + second - offset
        values[row] = (days_since_1970(year, month, day) * 86_400 + clock) * 1_000_000
    return rows


def two(text: Any, at: int) -> int:
    """The number that two digits are; below 0 where they are none."""
    tens, ones = text[at] - ZERO, text[at + 1] - ZERO
    return tens * 10 + ones if 0 <= tens <= 9 and 0 <= ones <= 9 else -10_000


def days_of(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_since_1970(year: int, month: int, day: int) -> int:
    """The number of a day of the Gregorian calendar. Counted from March on, a leap day ends the year."""
    from_march = (month + 9) % 12
    years = year - (1 if month <= 2 else 0)
    days = years * 365 + years // 4 - years // 100 + years // 400 + (from_march * 306 + 5) // 10 + day - 1
    return days - 719_468


def times_of(strings: Any, width: int) -> Int64s | None:
    """Texts of one width (19, 20 or 25 bytes) without nulls as microseconds, as `times`; None where one is no such."""
    text, first, values = arrow.text_of(strings), int(arrow.offsets(strings)[0]), np.empty(len(strings), np.int64)
    read = compiled.kept(_TIMES).call(text.ctypes.data, first, len(values), width, values.ctypes.data)
    return values if read == len(values) else None


_entry = partial(native.entry, sys.modules[__name__])
_MARK: Final = partial(_entry, "mark", [OCTETS, int, int, int, int, WHOLE])
_REGULAR: Final = partial(_entry, "regular", [OCTETS, WHOLE, int, int, LONGS])
_CUT: Final = partial(
    _entry, "cut",
    [OCTETS, int, WHOLE, int, int, OCTETS_EACH, WHOLE_EACH, WHOLE_EACH, LONGS_EACH, WHOLE_EACH, LONGS],
)  # fmt: skip
_TIMES: Final = partial(_entry, "times", [OCTETS, int, int, int, LONGS])
_DECIMALS: Final = partial(_entry, "decimals", [OCTETS, WHOLE, int, int, LONGS])
