"""What reading and writing cost without rating: run as a process of its own, `python -m benchmarks.copying HOW IN OUT`.

`parquet`: the columns of IN, with pyarrow, written with the settings that the engine uses. `parquet-results`: the same
with the columns of results of a third file, which the engine has rated. `duckdb-*`: the same files copied by DuckDB, on
all cores. `beginning`: a few of the calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

COLUMNS: Final = {
    "id": "varchar", "caller": "varchar", "called": "varchar", "start": "timestamptz", "duration": "decimal(9,2)",
    "answered": "boolean", "service": "varchar", "direction": "varchar", "served_place": "varchar",
    "operator": "varchar", "group": "varchar", "source": "varchar",
}  # fmt: skip
ROWS: Final = 131_072
BEGINNING: Final = 60_000


def parquet(source: str, target: str, rated: str | None = None) -> None:
    """Copies the columns of a file; with `rated`, those of the results in that file beside them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tariffs.cdr.parquet import repetitive
    from tariffs.cdr.writers import parquet_settings

    writer: Any = None
    with pq.ParquetFile(source, read_dictionary=repetitive(pq.read_metadata(source))) as file:
        made = {} if rated is None else _results(rated, file.schema_arrow.names)
        for batch in file.iter_batches(ROWS):
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            columns |= {name: column.slice(0, len(batch)) for name, column in made.items()}
            table = pa.table(columns)
            if writer is None:
                writer = pq.ParquetWriter(target, table.schema, **parquet_settings(table.schema))
            writer.write_table(table, row_group_size=len(table))
    writer.close()


def beginning(source: str, target: str) -> None:
    """The first calls of a file: so many that the compiled kernel rates them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        pq.write_table(pa.table(next(file.iter_batches(BEGINNING))), target)


def _results(rated: str, inputs: Sequence[str]) -> dict[str, Any]:
    """The results of the first calls of a rated file, in memory: written again and again, they are as hard to pack as
    those of all calls."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(rated)
    group, count = metadata.row_group(0), range(metadata.num_columns)
    coded = [group.column(i).path_in_schema for i in count if group.column(i).has_dictionary_page]
    texts = [name for name in coded if pq.read_schema(rated).field(name).type == "string"]
    with pq.ParquetFile(rated, read_dictionary=texts) as file:
        names = [name for name in file.schema_arrow.names if name not in inputs]
        first = file.read_row_group(0, columns=names).combine_chunks()
    return {name: first[name].chunk(0) for name in names}


def _duckdb(statement: str) -> None:
    import duckdb

    duckdb.execute("set preserve_insertion_order = true; set timezone = 'UTC'")
    duckdb.execute(statement)


def _csv(source: str, *, typed: bool) -> str:
    kinds = ", ".join(f"'{name}': '{kind if typed else 'varchar'}'" for name, kind in COLUMNS.items())
    return f"select * from read_csv('{source}', header = true, columns = {{{kinds}}})"


_PARQUET: Final = "(format parquet, compression zstd, row_group_size 131072)"
WAYS: Final[dict[str, Callable[..., None]]] = {
    "parquet": parquet,
    "parquet-results": parquet,
    "beginning": beginning,
    "duckdb-parquet": lambda source, target: _duckdb(f"copy (select * from '{source}') to '{target}' {_PARQUET}"),
    "duckdb-csv-parquet": lambda source, target: _duckdb(f"copy ({_csv(source, typed=True)}) to '{target}' {_PARQUET}"),
    "duckdb-csv-csv": lambda source, target: _duckdb(f"copy ({_csv(source, typed=False)}) to '{target}' (header true)"),
}


if __name__ == "__main__":
    WAYS[sys.argv[1]](*sys.argv[2:])
