"""Arrow arrays made from Python and NumPy values.

`pyarrow.array` and Python scalars in `pyarrow.compute` import pandas wherever pandas is installed, which takes longer
than rating a small file; building from buffers does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MONEY = pa.decimal128(18, 6)
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


def texts(values: Sequence[str | None]) -> Any:
    """An array of strings; None is null. A lone surrogate becomes `?`, since Arrow holds UTF-8."""
    encoded = [b"" if value is None else value.encode("utf-8", "replace") for value in values]
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(piece) for piece in encoded], out=offsets[1:])
    valid = None
    if None in values:
        valid = np.fromiter((value is not None for value in values), np.bool_, len(values))
    data = pa.py_buffer(b"".join(encoded))
    return pa.Array.from_buffers(pa.string(), len(values), [bitmap(valid), pa.py_buffer(offsets), data])


def integers(values: Int64s, valid: Bools | None = None, type_: Any = None) -> Any:
    """An array of int64 (or of another type of that width, such as a timestamp); null where `valid` is False."""
    data = pa.py_buffer(np.ascontiguousarray(values, np.int64))
    return pa.Array.from_buffers(type_ or pa.int64(), len(values), [bitmap(valid), data])


def booleans(values: Bools, valid: Bools | None = None) -> Any:
    return pa.Array.from_buffers(pa.bool_(), len(values), [bitmap(valid), bitmap(values, always=True)])


def bitmap(flags: Bools | None, *, always: bool = False) -> Any:
    """Flags as Arrow packs them; None where all are set, unless `always`."""
    if flags is None or (flags.all() and not always):
        return None
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def constant(text: str | None, length: int) -> Any:
    """The same text `length` times."""
    if text is None:
        return pa.nulls(length, pa.string())
    return dictionary(np.zeros(length, np.int32), [text]).cast(pa.string())


def dictionary(indices: NDArray[np.int32], values: Sequence[str], valid: Bools | None = None) -> Any:
    """Texts given as positions in `values`; each must be one."""
    codes = pa.Array.from_buffers(
        pa.int32(), len(indices), [bitmap(valid), pa.py_buffer(np.ascontiguousarray(indices, np.int32))]
    )
    return pa.DictionaryArray.from_arrays(codes, texts(values), safe=False)


def scalar(text: str) -> Any:
    """One text as an Arrow scalar, for compute functions."""
    return texts([text])[0]


def as_numpy(array: Any) -> NDArray[Any]:
    """The values of an array of fixed width as NumPy sees them, without the nulls' meaning (`valid_of` has that)."""
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    width: Any = {8: np.int64, 4: np.int32, 2: np.int16, 1: np.uint8}[array.type.bit_width // 8]
    data = array.buffers()[1]
    if data is None:
        return np.zeros(len(array), width)
    found: NDArray[Any] = np.frombuffer(data, width)[array.offset : array.offset + len(array)]
    return found


def valid_of(array: Any) -> Bools:
    """True where the array holds a value."""
    if array.null_count == 0:
        return np.ones(len(array), np.bool_)
    flags = array.is_valid()
    packed = np.frombuffer(flags.buffers()[1], np.uint8)
    found = np.unpackbits(packed, count=flags.offset + len(flags), bitorder="little")
    valid: Bools = found[flags.offset :].view(np.bool_)
    return valid


def as_text(array: Any) -> Any:
    """Any column as strings: numbers as decimal text, lists and structures as JSON, durations in seconds."""
    import json

    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if pa.types.is_nested(kind):
        shown = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in array.to_pylist()]
        return texts(shown)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return texts([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()])
    if pa.types.is_duration(kind):
        return seconds(array.cast(pa.duration("us"), safe=False).cast(pa.int64())).cast(pa.string())
    return array.cast(pa.string())


def is_coded(array: Any) -> bool:
    """Whether a column repeats a few texts (or other values) by their codes."""
    return bool(pa.types.is_dictionary(array.type))


def coded(array: Any) -> Any:
    """A column of texts with each distinct text once."""
    return array if is_coded(array) else as_text(array).dictionary_encode()


def recoded(array: Any, values: Any) -> Any:
    """A coded column with other values in place of its own. Where one of them is null, so are the rows that have it."""
    if not values.null_count:
        return pa.DictionaryArray.from_arrays(array.indices, values, safe=False)
    there = valid_of(values)
    if not there.any():
        return pa.nulls(len(array), values.type)
    codes, valid = as_numpy(array.indices).astype(np.int32, copy=False), None
    if array.null_count:
        valid = valid_of(array)
        codes = np.where(valid, codes, 0)
    found = there.take(codes)
    flags = bitmap(found if valid is None else found & valid)
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [flags, pa.py_buffer(np.ascontiguousarray(codes))])
    return pa.DictionaryArray.from_arrays(indices, values.fill_null(values[int(there.argmax())]), safe=False)


def unify(types: Iterable[Any]) -> Any:
    """The type of a column that several files have: theirs if they agree, else text."""
    found = list(dict.fromkeys(types))
    return found[0] if len(found) == 1 else pa.string()


def low_words(decimals: Any) -> Int64s:
    """The unscaled values of a decimal128 column; they must fit 64 bits."""
    words = np.frombuffer(decimals.buffers()[1], np.int64)
    found: Int64s = words[decimals.offset * 2 : (decimals.offset + len(decimals)) * 2 : 2]
    return found


def high_words(decimals: Any) -> Int64s:
    """What is above the 64 bits of `low_words`: their sign, where the values fit them."""
    words = np.frombuffer(decimals.buffers()[1], np.int64)
    found: Int64s = words[decimals.offset * 2 + 1 : (decimals.offset + len(decimals)) * 2 : 2]
    return found


def offsets(strings: Any) -> NDArray[np.int32]:
    """Where each value of a string column begins in its data, and where the last one ends."""
    found: NDArray[np.int32] = np.frombuffer(strings.buffers()[1], np.int32)
    return found[strings.offset : strings.offset + len(strings) + 1]


def text_of(strings: Any) -> NDArray[np.uint8]:
    """The data of a string column, which `offsets` counts in; one byte at least."""
    data = strings.buffers()[2]
    return np.zeros(1, np.uint8) if data is None or not data.size else np.frombuffer(data, np.uint8)


def bytes_of(strings: Any) -> NDArray[np.uint8]:
    """All bytes of the values of a string column, one after the other."""
    at, data = offsets(strings), strings.buffers()[2]
    if data is None:
        return np.empty(0, np.uint8)
    return np.frombuffer(data, np.uint8)[int(at[0]) : int(at[-1])]


def is_tidy(strings: Any) -> bool:
    """Whether every value is there and is text of ASCII without blanks, as numbers and codes are."""
    if strings.null_count or not len(strings):
        return False
    look = bytes_of(strings)
    return bool(np.diff(offsets(strings)).min() > 0 and look.min() > ord(" ") and look.max() < 127)


def seconds(microseconds: Any) -> Any:
    """int64 microseconds as decimal seconds."""
    low = as_numpy(microseconds)
    words = np.empty((len(low), 2), np.int64)
    words[:, 0] = low
    words[:, 1] = low >> 63
    return pa.Array.from_buffers(MONEY, len(low), [bitmap(valid_of(microseconds)), pa.py_buffer(words)])
