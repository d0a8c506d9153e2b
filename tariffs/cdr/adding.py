"""Sums of written charges by kind of call: in compiled code (`native`) where that is at hand, else by NumPy."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, Final

import numpy as np

from tariffs.cdr import columns as arrow
from tariffs.cdr import native
from tariffs.cdr.columns import Int64s
from tariffs.cdr.native import LONGS, OCTETS, WHOLE
from tariffs.rating import compiled

Sums = tuple[Int64s, Int64s, Int64s]


def sums(charge: Any, keys: Any, durations: Int64s, most: int) -> Sums:
    """How many rows have a charge, their charges (micro-yuan) and durations (microseconds), for each key below `most`.

    `charge`: decimal128 of six places; `keys`: int32.
    """
    made = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most, np.int64)
    if native.at_hand():
        flags, keys = charge.buffers()[0] if charge.null_count else None, np.ascontiguousarray(keys, np.int32)
        words = np.frombuffer(charge.buffers()[1], np.int64)[2 * charge.offset :]
        told = [words, np.ascontiguousarray(durations, np.int64), *made]
        compiled.kept(_ADD).call(
            len(charge), flags is not None, 0 if flags is None else flags.address, charge.offset, keys.ctypes.data,
            *(array.ctypes.data for array in told),
        )  # fmt: skip
        return made
    there = arrow.valid_of(charge)
    chosen = keys[there]
    made[0][:] = np.bincount(chosen, minlength=most)
    np.add.at(made[1], chosen, arrow.low_words(charge)[there])
    np.add.at(made[2], chosen, durations[there])
    return made


def add(
    rows: int, flagged: int, flags: Any, first: int, keys: Any, words: Any, durations: Any,
    calls: Any, amounts: Any, lengths: Any,
) -> int:  # fmt: skip
    """Adds up rows by their keys; returns how many have a charge.

    `flags`: with `flagged`, a bit for each row that has one, from the bit `first` on. `words`: two for each row.
    """
    found = 0
    for row in range(rows):
        bit = first + row
        if flagged == 0 or (flags[bit >> 3] >> (bit & 7)) & 1:
            key = keys[row]
            calls[key] += 1
            amounts[key] += words[2 * row]
            lengths[key] += durations[row]
            found += 1
    return found


_ADD: Final = partial(
    native.entry, sys.modules[__name__], "add", [int, int, OCTETS, int, WHOLE, LONGS, LONGS, LONGS, LONGS, LONGS]
)
