"""128 bits of each row of some columns, many rows at a time: what tells records apart without keeping them.

The bytes of a text are taken eight at a time, as little-endian words. A word goes into two halves of 64 bits, each time
through all steps of a mixing function that spreads every bit over all (those of MurmurHash3 and SplitMix64). That
keeps records apart that differ by accident: among a thousand million records two different ones look alike with a
chance of 1 to 10^20. It is no protection against somebody who makes records in order to deceive.
The values are kept in key stores from run to run: whoever changes them raises `VERSION`.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tariffs.cdr import columns as arrow

VERSION: Final = 1
HASH: Final = np.dtype([("high", "<u8"), ("low", "<u8")])
_LONG: Final = 512
"""Bytes; longer texts are hashed one by one."""
_MASKS: Final = np.array([(1 << 8 * n) - 1 for n in range(8)] + [(1 << 64) - 1], np.uint64)

Words = NDArray[np.uint64]
Pair = tuple[Words, Words]


def hashes(columns: Sequence[Any], length: int) -> NDArray[Any]:
    """A hash of each row, as `HASH`. None among the columns is like a column of nulls; a null is not an empty text.

    Columns of texts, coded or not, of whole numbers, of times and of truth values.
    """
    made = np.zeros(length, HASH)
    high, low = np.zeros(length, np.uint64), np.zeros(length, np.uint64)
    for number, column in enumerate(columns):
        if column is None or column.null_count == length:
            continue
        one, other = _column(column)
        rows: Any = slice(None) if not column.null_count else np.flatnonzero(arrow.valid_of(column))
        place = np.uint64(number + 1)
        high[rows] = _first(high[rows] + place, one[rows])
        low[rows] = _second(low[rows] ^ place, other[rows])
    made["high"], made["low"] = high, low
    return made


def _first(state: Words, words: Words) -> Words:
    return _mixed(state ^ words, 33, 0xFF51AFD7ED558CCD, 33, 0xC4CEB9FE1A85EC53, 33)


def _second(state: Words, words: Words) -> Words:
    return _mixed(state + words + _GOLDEN, 30, 0xBF58476D1CE4E5B9, 27, 0x94D049BB133111EB, 31)


_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def _mixed(x: Words, a: int, m: int, b: int, n: int, c: int) -> Words:
    """x ^= x >> a; x *= m; x ^= x >> b; x *= n; x ^= x >> c."""
    x = x ^ (x >> np.uint64(a))
    x *= np.uint64(m)
    x ^= x >> np.uint64(b)
    x *= np.uint64(n)
    x ^= x >> np.uint64(c)
    return x


def _column(column: Any) -> Pair:
    """Both halves for each value; of nulls, anything."""
    if arrow.is_coded(column):
        pair = _column(column.dictionary)
        codes = np.where(arrow.valid_of(column.indices), arrow.as_numpy(column.indices), 0)
        return (pair[0][codes], pair[1][codes]) if len(column.dictionary) else (codes.astype(np.uint64),) * 2
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_timestamp(kind) or pa.types.is_boolean(kind):
        words = arrow.as_numpy(column).astype(np.int64).view(np.uint64)
        nothing = np.zeros_like(words)
        return _first(nothing, words), _second(nothing, words)
    return _texts(arrow.as_text(column))


def _texts(column: Any) -> Pair:
    at = arrow.offsets(column).astype(np.int64)
    starts, lengths = at[:-1], np.diff(at)
    words = _words(column)
    state = lengths.astype(np.uint64)
    high, low = _first(np.zeros_like(state), ~state), _second(np.zeros_like(state), state)
    most = int(lengths.max(initial=0))
    for offset in range(0, min(most, _LONG), 8):
        left = lengths - offset
        rows: Any = slice(None) if bool((left > 0).all()) else np.flatnonzero(left > 0)
        taken = words[starts[rows] + offset] & _MASKS[np.minimum(left[rows], 8)]
        high[rows], low[rows] = _first(high[rows], taken), _second(low[rows], taken)
    for row in np.flatnonzero(lengths > _LONG).tolist():
        digest = blake2b(column[row].as_buffer(), digest_size=16).digest()
        high[row], low[row] = np.frombuffer(digest, np.uint64)
    return high, low


def _words(column: Any) -> Words:
    """Eight bytes of a column's data, from wherever one asks."""
    data = column.buffers()[2]
    padded = np.zeros((data.size if data is not None else 0) + 8, np.uint8)
    if data is not None:
        padded[:-8] = np.frombuffer(data, np.uint8)
    return np.lib.stride_tricks.as_strided(padded.view(np.uint8)[:8].view("<u8"), (len(padded) - 7,), (1,))
