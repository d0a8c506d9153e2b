"""What reading and writing cost without rating: run as a process of its own, `python -m benchmarks.copying HOW IN OUT`.

`parquet`: the columns of IN, with pyarrow, written with the settings that the engine uses. `parquet-results`: the same,
with columns of results that are there already. `duckdb-*`: the same files copied by DuckDB with all cores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

COLUMNS: Final = {
    "id": "varchar", "caller": "varchar", "called": "varchar", "start": "timestamptz", "duration": "decimal(9,2)",
    "answered": "boolean", "service": "varchar", "direction": "varchar", "served_place": "varchar",
    "operator": "varchar", "group": "varchar", "source": "varchar",
}  # fmt: skip
ROWS: Final = 131_072


def parquet(source: str, target: str, *, results: bool = False) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tariffs.cdr.parquet import repetitive
    from tariffs.cdr.writers import parquet_settings

    writer: Any = None
    made = _results()
    with pq.ParquetFile(source, read_dictionary=repetitive(pq.read_metadata(source))) as file:
        for batch in file.iter_batches(ROWS):
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            if results:
                columns |= {name: column.slice(0, len(batch)) for name, column in made.items()}
            table = pa.table(columns)
            if writer is None:
                writer = pq.ParquetWriter(target, table.schema, **parquet_settings(table.schema))
            writer.write_table(table, row_group_size=len(table))
    writer.close()


def _results() -> dict[str, Any]:
    """Columns as two scenarios and the end of a rated file have them: a few values, coming and going."""
    import pyarrow as pa

    def coded(count: int) -> Any:
        return pa.DictionaryArray.from_arrays(
            pa.array([i * 7 % count for i in range(ROWS)], pa.int32()), pa.array([f"result-{i}" for i in range(count)])
        )

    money = pa.array([Decimal(i * 7 % 300) / 100 for i in range(ROWS)], pa.decimal128(18, 6))
    units = pa.array([i * 7 % 60 for i in range(ROWS)], pa.int64())
    made: dict[str, Any] = {}
    for view in ("one", "two"):
        made |= {f"{view}.charge": money, f"{view}.tariff": coded(9), f"{view}.rule": coded(30), f"{view}.units": units}
        made[f"{view}.relation"] = coded(6)
    return made | {"rated_service": coded(20), "status": coded(3), "rules_digest": coded(1)}


def _duckdb(statement: str) -> None:
    import duckdb

    duckdb.execute("set preserve_insertion_order = true; set timezone = 'UTC'")
    duckdb.execute(statement)


def _csv(source: str, *, typed: bool) -> str:
    kinds = ", ".join(f"'{name}': '{kind if typed else 'varchar'}'" for name, kind in COLUMNS.items())
    return f"select * from read_csv('{source}', header = true, columns = {{{kinds}}})"


_PARQUET: Final = "(format parquet, compression zstd, row_group_size 131072)"
WAYS: Final[dict[str, Callable[[str, str], None]]] = {
    "parquet": parquet,
    "parquet-results": lambda source, target: parquet(source, target, results=True),
    "duckdb-parquet": lambda source, target: _duckdb(f"copy (select * from '{source}') to '{target}' {_PARQUET}"),
    "duckdb-csv-parquet": lambda source, target: _duckdb(f"copy ({_csv(source, typed=True)}) to '{target}' {_PARQUET}"),
    "duckdb-csv-csv": lambda source, target: _duckdb(f"copy ({_csv(source, typed=False)}) to '{target}' (header true)"),
}


if __name__ == "__main__":
    WAYS[sys.argv[1]](*sys.argv[2:])
