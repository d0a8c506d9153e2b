"""Keys kept from run to run: finds records that an earlier run has rated, be they the same or changed.

A DuckDB file. It holds hashes, days and digests of files, no record and no number. What a run adds is there when its
results have their names, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr import columns as arrow
from tariffs.cdr import hashing
from tariffs.cdr.failures import InputError
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.sources import Source
from tariffs.cdr.spill import Records, Spill, among, by_key

NEW, SAME, CHANGED = 0, 1, 2
_MEMORY: Final = "400MB"
_TABLES: Final = """
create table if not exists about (what varchar, value integer);
create table if not exists runs (run integer, digest varchar, source varchar);
create table if not exists files (run integer, sha256 varchar);
create table if not exists keys (
    high ubigint, low ubigint, content_high ubigint, content_low ubigint, day integer, run integer
);
"""


@dataclass
class KeyStore:
    """The keys of earlier runs over records of one source. `days`: so many days before the calls of a run, keys of
    other runs are kept; None: all.

    A run that is made again, of the same inputs to the same output, does not find itself.
    """

    path: Path
    source: str
    days: int | None
    folder: Path
    _connection: Any = field(default=None, repr=False)
    _digest: str = ""

    def open(self) -> None:
        """Raises InputError where the file is none, or another run uses it."""
        import duckdb

        shown = shown_name(str(self.path))
        try:
            self._connection = duckdb.connect(str(self.path))
            self._connection.execute(f"set memory_limit = '{_MEMORY}'; set temp_directory = '{_quoted(self.folder)}'")
            self._connection.execute(_TABLES)
            found = self._connection.execute("select value from about where what = 'hashes'").fetchall()
            if not found:
                self._connection.execute("insert into about values ('hashes', ?)", [hashing.VERSION])
        except duckdb.Error as error:
            raise InputError(f"{shown}: the key store cannot be opened: {_first_line(error)}") from error
        if found and found[0][0] != hashing.VERSION:
            raise InputError(f"{shown}: the key store is of another version; begin a new one under another name")

    def close(self) -> None:
        """Lets go of the file; what has not been kept is forgotten."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def begin(self, sources: Sequence[Source], output: str) -> list[Source]:
        """Says which run this is. Returns the inputs that an earlier run has read already."""
        told = "\n".join([*(source.digest for source in sources), output])
        self._digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
        rows = self._connection.execute(
            "select distinct sha256 from files join runs using (run) where digest <> ? and source = ?",
            [self._digest, self.source],
        ).fetchall()
        known = {row[0] for row in rows}
        return [source for source in sources if source.digest in known]

    def compare(self, records: Records) -> NDArray[np.int8]:
        """NEW, SAME or CHANGED for each of these records (`matching.KEYS`), each of another key, sorted by it."""
        found = np.zeros(len(records), np.int8)
        if not len(records):
            return found
        bounds = [int(records["key"]["high"][i]) for i in (0, -1)]
        self._connection.register("asked", _table(records))
        rows = self._connection.execute(
            """select place, max(if(k.content_high = a.content_high and k.content_low = a.content_low, 1, 2)) as what
            from asked a join (select * from keys where high between ? and ?) k using (high, low)
            join runs r on r.run = k.run where r.source = ? and r.digest <> ? group by place""",
            [*bounds, self.source, self._digest],
        ).fetchnumpy()
        self._connection.unregister("asked")
        found[rows["place"].astype(np.int64)] = rows["what"]
        return found

    def remember(self, keys: Spill, aside: Sequence[NDArray[np.int64]], sources: Iterable[Source]) -> None:
        """Adds the first record of each key, unless its ordinal is among those set `aside` (each sorted).

        Nothing is kept before `keep`.
        """
        execute = self._connection.execute
        execute("begin")
        execute("create temp table again as select run from runs where digest = ? and source = ?", [*self._run])
        for table in ("keys", "files", "runs"):
            execute(f"delete from {table} where run in (select run from again)")
        execute("drop table again")
        (run,) = execute("select coalesce(max(run), 0) + 1 from runs").fetchone()
        execute("insert into runs values (?, ?, ?)", [run, *self._run])
        for source in sources:
            execute("insert into files values (?, ?)", [run, source.digest])
        for part in keys.parts():
            records, begins = by_key(part)
            firsts = records[begins]
            for ordinals in aside:
                firsts = firsts[~among(firsts["ordinal"], ordinals)]
            if len(firsts):
                self._connection.register("added", _table(firsts))
                execute(f"insert into keys select high, low, content_high, content_low, day, {run} from added")
                self._connection.unregister("added")
        if self.days is not None:  # by the calls in the middle of the run: a clock gone wrong must not clear the store
            middle = f"select median(day) from keys where run = {run}"
            execute(f"delete from keys where run <> {run} and day < ({middle}) - ?", [self.days])

    @property
    def _run(self) -> tuple[str, str]:
        return self._digest, self.source

    def keep(self) -> None:
        """What was remembered stays. Raises InputError where it cannot be written."""
        import duckdb

        try:
            self._connection.execute("commit")
        except duckdb.Error as error:
            raise InputError(
                f"{shown_name(str(self.path))}: the keys of this run could not be kept: {_first_line(error)}; "
                "its results are complete; run it again to keep its keys"
            ) from error


def _table(records: Records) -> Any:
    import pyarrow as pa

    words = {
        "high": records["key"]["high"], "low": records["key"]["low"],
        "content_high": records["content"]["high"], "content_low": records["content"]["low"],
    }  # fmt: skip
    made = {name: arrow.integers(values, type_=pa.uint64()) for name, values in words.items()}
    made["day"] = arrow.integers(records["day"].astype(np.int64))
    made["place"] = arrow.integers(np.arange(len(records), dtype=np.int64))
    return pa.table(made)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
