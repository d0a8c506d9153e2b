"""The account list: which lines an account has on which days, and what else is known of them.

Columns: account, number; and as known from, until, group, operator, kind (urban or rural), options (joined by `;`). A
line holds on days `[from, until)`. CSV or Parquet. Account names and numbers stay in this module: what leaves it is a
pseudonym, and messages name only the place in the file.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tariffs.cdr import columns as arrow
from tariffs.cdr import parquet
from tariffs.cdr.chunks import Calls
from tariffs.cdr.csvtext import Layout, first_records
from tariffs.cdr.failures import InputError
from tariffs.cdr.numbers import NumberReader
from tariffs.cdr.shapes import text_blocks, what_it_is
from tariffs.cdr.sources import Source, find_sources
from tariffs.compare.compress import Uint64s
from tariffs.compare.payers import Owners, replaced
from tariffs.compare.priced import NOT_KNOWN, Dimension, Int64s
from tariffs.rating import kernel as k
from tariffs.rating.located import Locator
from tariffs.rating.rater import Rater
from tariffs.rulebook.wording import did_you_mean, listed

COLUMNS: Final = ("account", "number", "from", "until", "group", "operator", "kind", "options")
_ALIASES: Final = {"urban/rural": "kind", "urban-rural": "kind", "urban_rural": "kind", "option": "options"}
KINDS: Final = ("urban", "rural")
MIXED: Final = "mixed"
"""The name of what the lines of one account do not agree on."""
_ALWAYS: Final = 1 << 40
_SHOWN: Final = 50
_LINE: Final = re.compile(r":(\d+)(?::|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an account on days `[since, until)` counted from 1970. Names are the rulebook's. `place`: FILE:LINE."""

    account: int
    since: int
    until: int
    group: str
    operator: str
    kind: str
    options: tuple[str, ...]
    place: str


@dataclass(frozen=True, eq=False)
class _Columns:
    """Of each line, and last of no line: its account (from 1; 0), its days, and what it says as (names, codes). Of each
    number, and last of no number: its line if it has one only, and whether it has several."""

    account: Uint64s
    since: Int64s
    until: Int64s
    single: Int64s
    several: Any
    said: Mapping[str, tuple[list[str], Any]]


@dataclass
class AccountList:
    """The accounts of a list in their order and their lines. `numbers`: the distinct numbers of the list, sorted, as
    `Owners` writes them; `of_number`: the lines that each of them has."""

    names: list[str]
    lines: list[Line]
    numbers: Uint64s
    of_number: list[list[int]]
    owners: Owners
    options: tuple[str, ...]
    source: tuple[str, str] = ("", "")

    def of(self, calls: Calls) -> Uint64s:
        """The account of each record, counted from 1; 0 where the list has none on that day.

        Where a record does not say the group or the operator of its line, the list does; which of its add-ons a line
        holds, the list says alone.
        """
        line = self._lines_of(calls)
        columns = {name: self._filled(calls, name, line) for name in ("group", "operator")}
        if self.options:
            columns["options"] = self._held(calls, line)
        replaced(calls, {name: column for name, column in columns.items() if column is not None})
        return np.asarray(self._columns.account[line])

    def _lines_of(self, calls: Calls) -> Int64s:
        """The line of each record, or the place behind the last one."""
        start = calls.batch.column(calls.batch.schema.get_field_index("start"))
        days = np.where(arrow.valid_of(start), arrow.as_numpy(start), 0) // k.DAY
        owners = self.owners.of(calls.batch)
        at = np.minimum(np.searchsorted(self.numbers, owners), len(self.numbers) - 1)
        at = np.where(self.numbers[at] == owners, at, len(self.numbers))
        nobody, held = len(self.lines), self._columns
        single = held.single[at]
        line = np.where((held.since[single] <= days) & (days < held.until[single]), single, nobody)
        for row in np.flatnonzero(held.several[at]).tolist():
            day = int(days[row])
            on = [n for n in self.of_number[at[row]] if self.lines[n].since <= day < self.lines[n].until]
            line[row] = on[0] if on else nobody
        return np.asarray(line)

    @cached_property
    def _columns(self) -> _Columns:
        """The lines as columns, made once."""
        lines, nobody = self.lines, len(self.lines)
        said = {}
        for name in ("group", "operator"):
            names = sorted({getattr(line, name) for line in lines} - {""})
            number = {text: code for code, text in enumerate(names)}
            said[name] = names, np.array([*(number.get(getattr(line, name), -1) for line in lines), -1], np.int32)
        return _Columns(
            np.array([*(line.account + 1 for line in lines), 0], np.uint64),
            np.array([*(line.since for line in lines), _ALWAYS], np.int64),
            np.array([*(line.until for line in lines), _ALWAYS], np.int64),
            np.array([*(rows[0] if len(rows) == 1 else nobody for rows in self.of_number), nobody], np.int64),
            np.array([*(len(rows) > 1 for rows in self.of_number), False], np.bool_),
            said,
        )  # fmt: skip

    def _filled(self, calls: Calls, name: str, line: Int64s) -> Any:
        """A column in which the list says what the record leaves open; None where the list says nothing at all."""
        names, of_line = self._columns.said[name]
        if not names:
            return None
        codes = of_line[line]
        listed_ = arrow.dictionary(np.maximum(codes, 0), names, codes >= 0).cast("string")
        at = calls.batch.schema.get_field_index(name)
        if at < 0:
            return listed_
        return pc.coalesce(arrow.as_text(calls.batch.column(at)), listed_)

    def _held(self, calls: Calls, line: Int64s) -> Any:
        """The add-ons of each record: those of the list by the list, others as the record says."""
        at = calls.batch.schema.get_field_index("options")
        said = arrow.as_text(calls.batch.column(at)).to_pylist() if at >= 0 else [None] * len(line)
        held = [*(row.options for row in self.lines), ()]
        made: dict[tuple[str | None, int], str] = {}
        texts = []
        for text, number in zip(said, line.tolist(), strict=True):
            key = text, number
            if key not in made:
                others = {part.strip() for part in (text or "").split(";")} - {"", *self.options}
                made[key] = ";".join(sorted(others | set(held[number])))
            texts.append(made[key])
        return arrow.texts(texts)

    def months(self, days: tuple[dt.date, dt.date]) -> tuple[Int64s, dict[str, Int64s]]:
        """Of each account the calendar months of the period on which it had a line, and held each add-on."""
        spans = _months(*days)
        existed = np.zeros((len(self.names), len(spans)), np.bool_)
        held = {option: np.zeros_like(existed) for option in self.options}
        for line in self.lines:
            for number, (since, until) in enumerate(spans):
                if line.since < until and since < line.until:
                    existed[line.account, number] = True
                    for option in line.options:
                        held[option][line.account, number] = True
        return existed.sum(axis=1).astype(np.int64), {o: m.sum(axis=1).astype(np.int64) for o, m in held.items()}

    def telephone_lines(self) -> Int64s:
        """How many numbers each account has."""
        counts = np.zeros(len(self.names), np.int64)
        for rows in self.of_number:
            for account in {self.lines[row].account for row in rows}:
                counts[account] += 1
        return counts

    def group(self, name: str) -> Dimension:
        """What the lines of each account agree on; MIXED where they do not, NOT_KNOWN where none says anything."""
        said: list[set[str]] = [set() for _ in self.names]
        for line in self.lines:
            if getattr(line, name):
                said[line.account].add(getattr(line, name))
        names = sorted({value for values in said for value in values})
        names += [MIXED] if any(len(values) > 1 for values in said) else []
        codes = [NOT_KNOWN if not v else names.index(next(iter(v)) if len(v) == 1 else MIXED) for v in said]
        return Dimension(np.array(codes, np.int32), tuple(names))


def _months(first: dt.date, last: dt.date) -> list[tuple[int, int]]:
    """The calendar months that the days touch, as days `[since, until)` counted from 1970."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    starts = [dt.date(m // 12, m % 12 + 1, 1).toordinal() - k.EPOCH for m in months]
    return list(itertools.pairwise(starts))


def read_accounts(path: str, rater: Rater) -> AccountList:
    """Reads an account list. Raises InputError with every problem of the file, each with its line."""
    source = find_sources([path])[0]
    reading = _Reading(rater)
    for place, row in _rows(source):
        reading.add(place, row)
    owners = Owners(Locator(rater), NumberReader(rater))
    numbers, of_number = reading.numbers(owners)
    if reading.problems:
        reading.problems.sort(key=_place)
        shown = reading.problems[:_SHOWN]
        more = len(reading.problems) - len(shown)
        raise InputError("\n".join([*shown, *([f"{source.name}: and {more:,} more problems"] if more else [])]))
    if not reading.lines:
        raise InputError(f"{source.name}: the account list has no lines")
    options = tuple(sorted({option for line in reading.lines for option in line.options}))
    return AccountList(
        list(reading.accounts), reading.lines, numbers, of_number, owners, options, (source.name, source.digest)
    )


@dataclass
class _Reading:
    """Checks line after line and keeps what is wrong."""

    rater: Rater
    accounts: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, place: str, row: Mapping[str, str] | str) -> None:
        if isinstance(row, str):
            self.problems.append(f"{place}: {row}")
            return
        if not row["account"]:
            self.problems.append(f"{place}: there is no account")
        since, until = self._day(place, row, "from", -_ALWAYS), self._day(place, row, "until", _ALWAYS)
        if until <= since:
            self.problems.append(f"{place}: `until` is not after `from`; a line holds its first day and not its last")
        vocabulary = self.rater.compiled.vocabulary
        group = self._name(place, row["group"], vocabulary.values["group"][1:], "not a known customer group")
        operator = self._operator(place, row["operator"])
        kind = self._name(place, row["kind"], KINDS, "neither urban nor rural")
        held = (option.strip() for option in row["options"].split(";"))
        options = {self._name(place, option, vocabulary.options, "not a known add-on") for option in held if option}
        account = self.accounts.setdefault(row["account"], len(self.accounts))
        names = tuple(sorted(options - {""}))
        self.lines.append(Line(account, since, until, group, operator, kind, names, place))
        self.texts.append(row["number"])

    def numbers(self, owners: Owners) -> tuple[Uint64s, list[list[int]]]:
        """The distinct numbers and the lines of each. Notes what is no number, and numbers of two lines on one day."""
        found = np.zeros(len(self.texts), np.uint64)
        texts = arrow.texts(self.texts)
        eras = [day for day in owners.reader.eras if k.FIRST_DAY < day < k.FIRST_DAY + k.DAYS]
        for day in (*reversed(eras), k.FIRST_DAY):  # as on the latest day on which the plan knows the number
            start = arrow.integers(np.full(len(found), (day - k.EPOCH) * k.DAY), None, pa.timestamp("us"))
            batch = pa.RecordBatch.from_arrays([texts, texts, start], names=["caller", "called", "start"])
            found = np.where(found > 0, found, owners.of(batch))
        for row in np.flatnonzero(found == 0).tolist():
            self.problems.append(
                f"{self.lines[row].place}: not a number of the rulebook's numbering plan; write it with its area code"
            )
        distinct, where = np.unique(found, return_inverse=True)
        rows: list[list[int]] = [[] for _ in distinct]
        for row, at in enumerate(where.tolist()):
            rows[at].append(row)
        if len(distinct) and distinct[0] == 0:
            distinct, rows = distinct[1:], rows[1:]
        self._overlaps(rows)
        return distinct, rows

    def _day(self, place: str, row: Mapping[str, str], name: str, otherwise: int) -> int:
        if not row[name]:
            return otherwise
        try:
            return dt.date.fromisoformat(row[name]).toordinal() - k.EPOCH
        except ValueError:
            self.problems.append(f"{place}: `{name}` is not a day; write it as 2012-01-01")
            return otherwise

    def _name(self, place: str, text: str, known: Sequence[str], what: str) -> str:
        """The name, if it is one of those known; else `what` is told."""
        if text and text not in known:
            hint = did_you_mean(text, known) or f"known: {listed(known) or 'none'}"
            self.problems.append(f"{place}: {what}; {hint}")
            return ""
        return text

    def _operator(self, place: str, text: str) -> str:
        """An operator by its name or as records write it."""
        names = self.rater.compiled.vocabulary.values["operator"]
        number = self.rater._codes.operators.get(text)
        return names[number] if text and number else self._name(place, text, names[1:], "not a known operator")

    def _overlaps(self, of_number: Sequence[Sequence[int]]) -> None:
        """A number belongs to one line a day."""
        for rows in of_number:
            ordered = sorted(rows, key=lambda row: self.lines[row].since)
            for one, two in itertools.pairwise(ordered):
                if self.lines[two].since < self.lines[one].until:
                    first, second = sorted((self.lines[one].place, self.lines[two].place), key=_place)
                    self.problems.append(f"{second}: the number stands in {first} too, for some of the same days")


def _place(text: str) -> int:
    """The line that a text FILE:LINE, with or without a message behind it, tells."""
    found = _LINE.search(text)
    return int(found[1]) if found else 0


def _rows(source: Source) -> Iterator[tuple[str, Mapping[str, str] | str]]:
    """Place (FILE:LINE) and values of each line, or what is wrong with it."""
    if what_it_is(source) == "parquet":
        yield from _rows_of_parquet(source)
        return
    with text_blocks(source, "utf-8") as (pieces, codec, stream):
        data = b""
        for block in pieces:
            if block.too_long:
                raise InputError(f"{source.name}:{block.line}: the line is too long")
            data += block.data
        del stream
    records, _ = first_records(data, 1, Layout((), encoding=codec), -1)
    if not records or records[0].fields is None:
        raise InputError(f"{source.name}: an account list is CSV with a header: {', '.join(COLUMNS)}")
    header = _header(records[0].fields, f"{source.name}:{records[0].line}")
    for record in records[1:]:
        place = f"{source.name}:{record.line}"
        if record.fields is None or len(record.fields) != len(header):
            yield place, record.problem or f"{len(record.fields or ())} columns instead of {len(header)}"
        else:
            row = dict(zip(header, (value.strip() for value in record.fields), strict=True))
            yield place, {name: row.get(name, "") for name in COLUMNS}


def _rows_of_parquet(source: Source) -> Iterator[tuple[str, Mapping[str, str]]]:
    names = parquet.read_schema(source).names
    header = _header(names, source.name)
    for batch, first in parquet.batches(source, names):
        columns = {name: arrow.as_text(column).to_pylist() for name, column in zip(header, batch.columns, strict=True)}
        for position in range(len(batch)):
            values = {name: (columns[name][position] or "").strip() if name in columns else "" for name in COLUMNS}
            yield f"{source.name}:{first + position}", values


def _header(names: Sequence[str], place: str) -> list[str]:
    folded = [name.strip().casefold() for name in names]
    header = [_ALIASES.get(name, name) for name in folded]
    missing = [name for name in COLUMNS[:2] if name not in header]
    if missing:
        raise InputError(
            f"{place}: there is no column {' and no column '.join(missing)}; an account list has {', '.join(COLUMNS)}"
        )
    return header
