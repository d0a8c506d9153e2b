"""The tables as data: a CSV and a Parquet file each, exact, with column names that do not depend on the language.

A fraction that no decimal holds is rounded to 18 decimals, which the Parquet schema says.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tariffs.compare.money import shown
from tariffs.compare.tables import Column, Table, Value

if TYPE_CHECKING:
    import pyarrow as pa

DECIMALS: Final = 18
SYNTHETIC: Final = "synthetic"


def csv_text(table: Table) -> str:
    """The table as CSV with a header line; what is not known is empty. Made-up calls are said in a last column."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    marks = [SYNTHETIC] if table.synthetic else []
    writer.writerow([column.key for column in table.columns] + marks)
    for row in table.rows:
        writer.writerow([_plain(value) for value in row] + ["true" for _ in marks])
    return stream.getvalue()


def arrow(table: Table, facts: dict[str, str]) -> pa.Table:
    """The table for Parquet. `facts`: what it was made of, for its metadata."""
    import pyarrow as pa

    fields, arrays = [], []
    for place, column in enumerate(table.columns):
        kind = _type(column, [row[place] for row in table.rows])
        values = [_typed(row[place], kind) for row in table.rows]
        fields.append(pa.field(column.key, kind))
        arrays.append(pa.array(values, kind))
    about = {"title": table.title, "period": table.period, SYNTHETIC: str(table.synthetic).lower(), **facts}
    return pa.Table.from_arrays(
        arrays, schema=pa.schema(fields, metadata={f"tariffs.{k}": v for k, v in about.items()})
    )


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Fraction):
        value = _exact(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _exact(value: Fraction) -> Decimal:
    return shown(value, DECIMALS).normalize() + Decimal(0)


def _type(column: Column, values: list[Value]) -> pa.DataType:
    import pyarrow as pa

    if column.kind == "text":
        return pa.string()
    if column.kind == "date":
        return pa.date32()
    return (
        pa.int64() if all(value is None or isinstance(value, int) for value in values) else pa.decimal128(38, DECIMALS)
    )


def _typed(value: Value, kind: pa.DataType) -> Value:
    import pyarrow as pa

    if value is None or not pa.types.is_decimal(kind):
        return value
    assert isinstance(value, (int, Decimal, Fraction))  # a column of numbers holds nothing else
    return shown(value, DECIMALS)
