"""Columns joined into lines of CSV, in compiled code (`native`)."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr import native
from tariffs.cdr.native import LONGS, LONGS_EACH, OCTETS, OCTETS_EACH, WHOLE_EACH
from tariffs.cdr.steps import LINE_END, STEP, TURN, WIDE, copied, marks, strange
from tariffs.rating import compiled

COMMA, MINUS, POINT, ZERO, QUOTE = b',-.0"'
TEXT, CODED, WHOLE, MONEY = range(4)
"""What a column is: a text for each row; codes of texts; whole numbers; micro-yuan, two words each."""
# What is said of each column: its kind, the bit of the first row, whether there are such bits, the bytes of its texts.
KIND, FIRST, FLAGGED, SIZE = range(4)
SAID = 4
LONGEST_NUMBER: Final = 24
"""Bytes that a number may be: 19 digits, a sign, a point."""
PLENTY: Final = 8 << 20
"""Bytes of memory that may be asked for and not be used."""
CENT, PLACES, MICRO = 10_000, 6, 1_000_000


def join(
    said: Any, texts: Any, ends: Any, codes: Any, numbers: Any, flags: Any, rows: int, columns: int, into: Any
) -> int:  # fmt: skip
    """Writes cells as lines of CSV, one after the other; returns how many bytes they are.

    `said`: see SAID. `texts`, `ends`: of each column of texts their bytes and where each begins, the end of the last
    one too; `codes`: which of them a row has; `numbers`: those of a column of numbers; `flags`: a bit for each row that
    holds something.
    """
    at = 0
    for row in range(rows):
        for column in range(columns):
            about = column * SAID
            bit = said[about + FIRST] + row
            if said[about + FLAGGED] == 0 or (flags[column][bit >> 3] >> (bit & 7)) & 1:
                kind = said[about + KIND]
                if kind <= CODED:
                    value = codes[column][row] if kind == CODED else row
                    begin = ends[column][value]
                    length = ends[column][value + 1] - begin
                    at = copied(texts[column], said[about + SIZE], begin, length, into, at)
                elif kind == WHOLE:
                    at = put_whole(numbers[column][row], into, at)
                else:
                    at = put_money(numbers[column][2 * row], into, at)
            into[at] = COMMA
            at += 1
        into[at - 1] = LINE_END
    return at


def put_money(micro: int, into: Any, at: int) -> int:
    """An amount of micro-yuan with two decimals, or as many as it needs; returns where it ends."""
    if micro < 0:
        into[at] = MINUS
        return put_money_above(-micro, into, at + 1)
    return put_money_above(micro, into, at)


def put_money_above(micro: int, into: Any, at: int) -> int:
    whole = micro // MICRO
    rest = micro - whole * MICRO
    at = put_whole(whole, into, at)
    into[at] = POINT
    shown = 2
    if rest % CENT != 0:
        shown = PLACES
        while rest % 10 == 0:
            rest //= 10
            shown -= 1
    else:
        rest //= CENT
    for place in range(shown, 0, -1):
        into[at + place] = ZERO + rest % 10
        rest //= 10
    return at + 1 + shown


def put_whole(number: int, into: Any, at: int) -> int:
    """A whole number in decimal digits; returns where it ends. The least of all numbers is not among them."""
    if number < 0:
        into[at] = MINUS
        at += 1
        number = -number
    digits, left = 1, number
    while left >= 10:
        left //= 10
        digits += 1
    for place in range(digits - 1, -1, -1):
        into[at + place] = ZERO + number % 10
        number //= 10
    return at + digits


def special(text: Any, begin: int, end: int) -> int:
    """Whether a quote, a comma or a line end stands in these bytes; maybe a 0 as well."""
    at = begin
    while at + WIDE <= end:
        if marks(text, at, COMMA) or strange(text, at, QUOTE):
            return 1
        at += WIDE
    for last in range(at, end):
        if text[last] in (COMMA, QUOTE, LINE_END, TURN):
            return 1
    return 0


def maybe_special(strings: Any) -> bool:
    """Whether any text of a column might have to be quoted."""
    text, ends = arrow.text_of(strings), arrow.offsets(strings)
    return bool(compiled.kept(_SPECIAL).call(text.ctypes.data, int(ends[0]), int(ends[-1])))


_SPARE: deque[Any] = deque(maxlen=8)


class _Cells(NamedTuple):
    """A column as `join` takes it. `room`: bytes that its rows may be."""

    said: tuple[int, int, int, int]
    room: int
    text: Any = None
    ends: Any = None
    codes: Any = None
    numbers: Any = None
    flags: Any = None


def joined(columns: Sequence[Any], rows: int) -> memoryview:
    """Columns as lines of CSV: texts, plain or coded, whole numbers, and money. Null is an empty cell; quotes are the
    caller's business."""
    cells = [_cells(column) for column in columns]
    into = _memory(sum(one.room for one in cells) + rows * len(cells) + STEP)
    tables = [native.addresses(arrays) for arrays in list(zip(*cells, strict=True))[2:]]
    said = np.array([one.said for one in cells], np.int64)
    told = [table.ctypes.data for table in (said, *tables)]
    used = compiled.kept(_JOIN).call(*told, rows, len(cells), into.ctypes.data)
    lines: memoryview = into.data[:used]
    return lines


def _memory(size: int) -> Any:
    """So many bytes, of what has been written and is not needed any more: new memory would have to be cleared first."""
    with suppress(IndexError):  # there is none, or another thread has just taken the last
        if len(found := _SPARE.pop()) >= size:
            return found
    return np.empty(size + size // 8, np.uint8)


def done_with(lines: Any) -> None:
    """Lines of `joined` that nobody looks at any more."""
    if isinstance(lines, memoryview) and isinstance(lines.obj, np.ndarray):
        _SPARE.append(lines.obj)


def is_number(column: Any) -> bool:
    """Whether a column can be joined as it is, its numbers as numbers."""
    return bool(column.type == arrow.MONEY or (column.type == pa.int64() and _above_least(column)))


def _above_least(column: Any) -> bool:
    return bool(arrow.as_numpy(column).min(initial=0) > np.iinfo(np.int64).min)


def _cells(column: Any) -> _Cells:
    flags = np.frombuffer(column.buffers()[0], np.uint8) if column.null_count else None
    flagged = int(flags is not None)
    if column.type == pa.int64():
        numbers = arrow.as_numpy(column)
        return _Cells((WHOLE, column.offset, flagged, 0), len(column) * LONGEST_NUMBER, numbers=numbers, flags=flags)
    if column.type == arrow.MONEY:
        words = np.frombuffer(column.buffers()[1], np.int64)[2 * column.offset :]
        return _Cells((MONEY, column.offset, flagged, 0), len(column) * LONGEST_NUMBER, numbers=words, flags=flags)
    if not arrow.is_coded(column):
        ends, text = arrow.offsets(column), arrow.text_of(column)
        return _Cells((TEXT, column.offset, flagged, len(text)), int(ends[-1] - ends[0]), text, ends, flags=flags)
    values, codes = column.dictionary, arrow.as_numpy(column.indices.cast(pa.int32(), safe=False))
    values = values.fill_null(arrow.scalar("")) if len(values) else arrow.texts([""])
    ends, text = arrow.offsets(values), arrow.text_of(values)
    lengths = np.diff(ends)
    room = int(lengths.max()) * len(column)
    if room > PLENTY:
        room = int(lengths.take(codes if flags is None else codes[arrow.valid_of(column)]).sum())
    return _Cells((CODED, column.offset, flagged, len(text)), room, text, ends, codes, flags=flags)


_entry = partial(native.entry, sys.modules[__name__])
_SPECIAL: Final = partial(_entry, "special", [OCTETS, int, int])
_JOIN: Final = partial(
    _entry, "join",
    [LONGS, OCTETS_EACH, WHOLE_EACH, WHOLE_EACH, LONGS_EACH, OCTETS_EACH, int, int, OCTETS],
)  # fmt: skip
