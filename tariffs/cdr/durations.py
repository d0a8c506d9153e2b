"""Durations as records write them, as whole microseconds, exactly: never through a binary fraction."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tariffs.cdr import columns as arrow
from tariffs.cdr import cutting, native
from tariffs.cdr.cutting import SURE

LONGEST: Final = 1 << 61
"""Microseconds. Anything longer is this long: over the limit of every rulebook."""

_DIGITS: Final = 30
_NUMBER: Final = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?", re.ASCII)
_PLACES: Final = {"s": 6, "0.1 s": 5, "0.01 s": 4, "ms": 3, "us": 0}
_CLOCK: Final = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,9}(?:\.\d*)?)", re.ASCII)
_WORDS: Final = re.compile(
    r"(?:(\d{1,6})\s*(?:小时|时|h))?\s*(?:(\d{1,6})\s*(?:分钟|分|m(?:in)?))?\s*(?:(\d{1,9}(?:\.\d*)?)\s*(?:秒钟|秒|s))?",
    re.ASCII,
)


def read_duration(unit: str) -> Callable[[str], int | None]:
    """The reader of durations in a unit of `mapping.Unit`: text to microseconds; None for what is no duration."""
    if unit in _PLACES:
        places = _PLACES[unit]
        return lambda text: _number(text, places)
    if unit == "min":
        return _minutes
    if unit == "1分30秒":
        return lambda text: _parts(_WORDS, text, 0)
    colons = 2 if unit == "hh:mm:ss" else 1
    return lambda text: _parts(_CLOCK, text, colons)


def durations_of(array: Any, unit: str) -> Any:
    """A column of decimals, whole numbers or texts of such as int64 microseconds; None where it is not so simple."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if unit not in _PLACES:
        return None
    places = _PLACES[unit]
    if pa.types.is_string(kind):
        if native.at_hand() and not array.null_count:
            values = cutting.decimals_of(array, places)
            if values is not None:
                return arrow.integers(values)
        if not _only_decimals(array):
            return None
    elif not (pa.types.is_decimal128(kind) or pa.types.is_integer(kind)):
        return None
    if pa.types.is_decimal128(kind) and 0 <= kind.scale <= places and kind.precision + places - kind.scale <= SURE:
        return arrow.integers(arrow.low_words(array) * 10 ** (places - kind.scale), arrow.valid_of(array))
    try:
        exact = pc.cast(array, pa.decimal128(38, places))
    except pa.ArrowInvalid:  # finer than a microsecond, too large, or no number
        return None
    valid, values, beyond = arrow.valid_of(exact), arrow.low_words(exact), arrow.high_words(exact)
    if ((beyond != values >> 63) | (values > LONGEST) | (values < -LONGEST))[valid].any():
        return None
    return arrow.integers(values, valid)


def _only_decimals(array: Any) -> bool:
    """Whether texts hold nothing but digits and points, and not so many that a decimal could not hold them."""
    look = arrow.bytes_of(array)
    few = bool((np.diff(arrow.offsets(array)) <= _DIGITS).all())
    return few and bool((((look >= 48) & (look <= 57)) | (look == 46)).all())


def _number(text: str, places: int) -> int | None:
    """A decimal number of units of 10^places microseconds. What is finer than a microsecond counts up."""
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return None
    whole, fraction = found[2] or "0", found[3] or ""
    if len(whole) > 19:
        return LONGEST if found[1] != "-" else -1
    value: int = int(whole) * 10**places + int(fraction[:places].ljust(places, "0") or "0")
    value += bool(fraction[places:].strip("0"))
    return max(-value, -LONGEST) if found[1] == "-" else min(value, LONGEST)


def _minutes(text: str) -> int | None:
    value = _number(text, 6)
    return None if value is None else max(min(value * 60, LONGEST), -LONGEST)


def _parts(pattern: re.Pattern[str], text: str, colons: int) -> int | None:
    """Hours, minutes and seconds. `colons`: 1 for mm:ss, where minutes may exceed 59; 2 for hh:mm:ss."""
    found = pattern.fullmatch(text)
    if found is None or not text or text.count(":") != colons:
        return None
    seconds = _number(found[3] or "0", 6)
    hours, minutes = int(found[1] or 0), int(found[2] or 0)
    if seconds is None or (colons and seconds >= 60_000_000) or (colons == 2 and minutes > 59):
        return None
    return (hours * 3600 + minutes * 60) * 1_000_000 + seconds
