"""Who holds an add-on, from a file: number, option, from, until (days; an empty one is open)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls
from tariffs.cdr.csvtext import Layout, Record, first_records
from tariffs.cdr.failures import InputError
from tariffs.cdr.numbers import NO_AREA, NumberReader
from tariffs.cdr.shapes import text_blocks
from tariffs.cdr.sources import find_sources

COLUMNS: Final = ("number", "option", "from", "until")
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_DAY: Final = 86_400_000_000


@dataclass(frozen=True)
class Holders:
    """Holdings by number: option and the days `[from, until)` counted from 1970. `options`: those that files decide."""

    options: tuple[str, ...]
    holdings: Mapping[str, tuple[tuple[str, int, int], ...]]
    reader: NumberReader

    def apply(self, calls: Calls) -> None:
        """Writes who holds these options on the day of the call into `options`, beside others that stand there."""
        names = calls.batch.schema.names
        columns = dict(zip(names, calls.batch.columns, strict=True))
        said = columns["options"].to_pylist() if "options" in columns else [None] * len(calls.status)
        received = columns["direction"].to_pylist() if "direction" in columns else [None] * len(calls.status)
        homes = columns["home_area"].to_pylist() if "home_area" in columns else [None] * len(calls.status)
        starts = arrow.as_numpy(columns["start"]).tolist()
        rows = zip(columns["caller"].to_pylist(), columns["called"].to_pylist(), received, homes, strict=True)
        held = [self._held(*row, start, text) for row, start, text in zip(rows, starts, said, strict=True)]
        columns["options"] = arrow.texts(held)
        calls.batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _held(
        self,
        caller: str | None,
        called: str | None,
        direction: str | None,
        home: str | None,
        start: int,
        said: str | None,
    ) -> str:
        served = called if direction == "received" else caller
        number = self.reader.read(served, self.reader.area(home), start) if served else None
        day = start // _DAY
        found = (
            {o for o, since, until in self.holdings.get(number.form, ()) if since <= day < until} if number else set()
        )
        others = {o.strip() for o in (said or "").split(";")} - {"", *self.options}
        return ";".join(sorted(found | others))


def read_holders(files: Mapping[str, str], reader: NumberReader) -> Holders:
    """The holders of some options, each with the file that says who holds it.

    Raises InputError with file and line for what cannot be read.
    """
    found: dict[str, list[tuple[str, int, int]]] = {}
    for option, path in files.items():
        count = 0
        for place, row in _rows(path):
            if row["option"] in ("", option):
                number = reader.read(row["number"], NO_AREA, None)
                if number is None or not number.known:
                    raise InputError(
                        f"{place}: not a number of the rulebook's numbering plan; write it with its area code"
                    )
                days = (_day(place, row["from"], -(1 << 40)), _day(place, row["until"], 1 << 40))
                found.setdefault(number.form, []).append((option, *days))
                count += 1
        if not count:
            raise InputError(f"{path}: no line of the file is about the add-on {option!r}")
    return Holders(tuple(files), {form: tuple(held) for form, held in found.items()}, reader)


def _rows(path: str) -> list[tuple[str, dict[str, str]]]:
    """Place (FILE:LINE) and values of each line."""
    source = find_sources([path])[0]
    data = b""
    with text_blocks(source, "utf-8") as (pieces, codec, _):
        for block in pieces:
            if block.too_long:
                raise InputError(f"{path}:{block.line}: the line is too long")
            data += block.data
    records, _ = first_records(data, 1, Layout((), encoding=codec), -1)
    if not records or records[0].fields is None:
        raise InputError(f"{path}: holders are CSV with a header: {', '.join(COLUMNS)}")
    header = [name.strip().casefold() for name in records[0].fields]
    if "number" not in header:
        raise InputError(f"{path}:{records[0].line}: there is no column `number`; holders have {', '.join(COLUMNS)}")
    return [_row(path, record, header) for record in records[1:]]


def _row(path: str, record: Record, header: list[str]) -> tuple[str, dict[str, str]]:
    place = f"{path}:{record.line}"
    if record.fields is None or len(record.fields) != len(header):
        raise InputError(f"{place}: {record.problem or f'{len(record.fields or ())} columns instead of {len(header)}'}")
    row = dict(zip(header, (field.strip() for field in record.fields), strict=True))
    return place, {name: row.get(name, "") for name in COLUMNS}


def _day(place: str, text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    try:
        return dt.date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError as error:
        raise InputError(f"{place}: not a day; write it as 2012-01-01") from error


def any_holders(files: Mapping[str, str], rater: Any) -> Holders | None:
    """The holders of the files; None where there are none."""
    return read_holders(files, NumberReader(rater)) if files else None
