"""Row groups of one Parquet file, each made by itself: in several threads at once, where pyarrow's writer takes one.

pyarrow writes every row group as a small file in memory. Its bytes, without beginning and footer, go into the one file,
and its footer says where; only the places counted from the beginning of the file are moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tariffs.cdr import thrift
from tariffs.cdr.thrift import LIST, LONG, STRUCT, Struct

MAGIC: Final = b"PAR1"
_LENGTH: Final = 4
"""Bytes that say, behind the footer, how long it is."""
# Numbers of fields, as https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift has them.
_FILE_ROWS, _FILE_GROUPS = 3, 4
_GROUP_COLUMNS, _GROUP_PLACE, _GROUP_ORDINAL = 1, 5, 7
_COLUMN_PLACES, _COLUMN_ABOUT = (2, 4, 6), 3
_ABOUT_PLACES: Final = (9, 10, 11, 14)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows as a Parquet file in memory: `data` between its beginning and its footer."""

    data: memoryview
    footer: Struct


def piece(table: Any, settings: dict[str, Any]) -> Piece:
    """A table as one row group; none where it has no rows. `settings`: of `ParquetWriter`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = pa.BufferOutputStream()
    with pq.ParquetWriter(stream, table.schema, **settings) as writer:
        if len(table):
            writer.write_table(table, row_group_size=len(table))
        writer.add_key_value_metadata(table.schema.metadata)
    made = memoryview(stream.getvalue())
    behind = len(made) - len(MAGIC) - _LENGTH
    begin = behind - int.from_bytes(made[behind : behind + _LENGTH], "little")
    return Piece(made[len(MAGIC) : begin], thrift.Reader(bytes(made[begin:behind])).struct())


class Joined:
    """Pieces of one schema as one file. Begins with `MAGIC`, then each `data`, in the order of `add`, then `ending`."""

    def __init__(self) -> None:
        self._footer: Struct | None = None
        self._groups: list[bytes] = []
        self._at, self._rows = len(MAGIC), 0

    def add(self, one: Piece) -> None:
        self._footer = one.footer if self._footer is None else self._footer
        for group in one.footer[_FILE_GROUPS][1][1]:
            _move(group, self._at - len(MAGIC))
            if _GROUP_ORDINAL in group:
                group[_GROUP_ORDINAL] = group[_GROUP_ORDINAL][0], len(self._groups)
            self._groups.append(thrift.written(group))  # a tenth of what it takes as an object
        self._at += len(one.data)
        self._rows += one.footer[_FILE_ROWS][1]

    def ending(self) -> bytes:
        """What stands behind the data of all pieces; there was one at least."""
        assert self._footer is not None  # a file has a schema, which comes with a piece
        groups = LIST, (STRUCT, self._groups)
        footer = thrift.written({**self._footer, _FILE_ROWS: (LONG, self._rows), _FILE_GROUPS: groups})
        return footer + len(footer).to_bytes(_LENGTH, "little") + MAGIC


def _move(group: Struct, by: int) -> None:
    """Moves all places of a row group."""
    _move_fields(group, (_GROUP_PLACE,), by)
    for column in group[_GROUP_COLUMNS][1][1]:
        _move_fields(column, _COLUMN_PLACES, by)
        _move_fields(column[_COLUMN_ABOUT][1], _ABOUT_PLACES, by)


def _move_fields(struct: Struct, numbers: tuple[int, ...], by: int) -> None:
    for number in numbers:
        kind, place = struct.get(number, (LONG, 0))
        if place:  # 0 says that there is none
            struct[number] = kind, place + by
