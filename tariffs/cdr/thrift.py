"""The compact protocol of Thrift, in which the footer of a Parquet file is written: bytes to values and back.

Nothing is known here of what the fields mean; what is read and written again gives the same bytes. The protocol:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any, Final

STOP: Final = 0
TRUE, FALSE, BYTE, SHORT, INT, LONG, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
_LARGE: Final = 15
"""Elements from which a list says how many they are in bytes of their own, and fields that one header can skip."""

Struct = dict[int, tuple[int, Any]]
"""The fields of a structure by their number: kind and value. Of a list: the kind of its elements, and these."""


class Reader:
    """Reads values from bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while (header := self._byte()) != STOP:
            kind = header & _LARGE
            number = number + (header >> 4) if header >> 4 else self._signed()
            found[number] = kind, kind == TRUE if kind in (TRUE, FALSE) else self._value(kind)
        return found

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        value, shift = 0, 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)

    def _value(self, kind: int) -> Any:
        if kind in (SHORT, INT, LONG):
            return self._signed()
        if kind == BINARY:
            return self._take(self._unsigned())
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            header = self._byte()
            count = header >> 4 if header >> 4 < _LARGE else self._unsigned()
            return header & _LARGE, [self._value(header & _LARGE) for _ in range(count)]
        if kind in (TRUE, FALSE, BYTE):  # a truth value in a list is a byte
            return self._byte()
        if kind == DOUBLE:
            return self._take(8)
        raise ValueError(f"values of the kind {kind} are not in the footer of a Parquet file")


def written(struct: Struct) -> bytes:
    """The bytes of a structure."""
    into = bytearray()
    _put_struct(into, struct)
    return bytes(into)


def _put_struct(into: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in struct.items():
        kind = (TRUE if value else FALSE) if kind in (TRUE, FALSE) else kind
        skipped = number - before
        if 0 < skipped <= _LARGE:
            into.append(skipped << 4 | kind)
        else:
            into.append(kind)
            _put_signed(into, number)
        if kind not in (TRUE, FALSE):
            _put(into, kind, value)
        before = number
    into.append(STOP)


def _put(into: bytearray, kind: int, value: Any) -> None:
    if kind in (SHORT, INT, LONG):
        _put_signed(into, value)
    elif kind == BINARY:
        _put_unsigned(into, len(value))
        into += value
    elif kind == STRUCT and isinstance(value, bytes):  # as `written` has made it
        into += value
    elif kind == STRUCT:
        _put_struct(into, value)
    elif kind in (LIST, SET):
        of, elements = value
        into.append(min(len(elements), _LARGE) << 4 | of)
        if len(elements) >= _LARGE:
            _put_unsigned(into, len(elements))
        for element in elements:
            _put(into, of, element)
    elif kind == DOUBLE:
        into += value
    else:
        into.append(value)


def _put_signed(into: bytearray, value: int) -> None:
    _put_unsigned(into, value << 1 if value >= 0 else (-value << 1) - 1)


def _put_unsigned(into: bytearray, value: int) -> None:
    while value > 0x7F:
        into.append(value & 0x7F | 0x80)
        value >>= 7
    into.append(value)
