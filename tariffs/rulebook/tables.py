"""Table files: long lists of digits and places, kept out of the rule files (mobile segments, exchanges)."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tariffs.rulebook.book import Sections, TableFile
from tariffs.rulebook.folder import RuleFile
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import Item
from tariffs.rulebook.wording import hint_for

Table = tuple[tuple[str, ...], ...]

_MOST_SHOWN: Final = 20
"""Problems told of one table; of the rest, the number."""
_NUMBER: Final = re.compile("[0-9]{5,}")
"""What could be a telephone number, in a file that is no table of places; no message shows one."""
_LARGEST: Final = 200_000_000
"""Bytes of a table, unpacked."""

SEGMENTS: Final = ("prefix", "place")
EXCHANGES: Final = ("area", "prefix", "place")


@dataclass(frozen=True, slots=True)
class _Named:
    """A table that the rules name: its path as written, the item and key that name it, the columns it must have.

    `areas`: the area codes that its rows may be of; None where they are of none, or the plan is missing.
    """

    path: str
    item: Item
    key: str
    header: tuple[str, ...]
    areas: frozenset[str] | None = None


def read_tables(
    book: Sections, files: dict[str, RuleFile], notes: Notes
) -> tuple[dict[str, Table], dict[str, TableFile]]:
    """The rows of every table file that the sections name, by its path as written in the rules, and where they stand.

    A path leads from the rule file that names the table.
    """
    tables: dict[str, Table] = {}
    where: dict[str, TableFile] = {}
    origins: dict[str, tuple[Path, _Named]] = {}
    for named in _named_tables(book):
        file = files.get(named.item.at.file)
        if file is None:
            continue
        path = file.path.parent / named.path
        first_path, first = origins.setdefault(named.path, (path, named))
        if first is not named:
            if first_path.resolve() != path.resolve() or first.header != named.header:
                message = f"`{named.path}` means another table than where it is named first"
                also = (notes.at(first.item, first.key),)
                notes.add(
                    "missing-table", notes.at(named.item, named.key), message, "give each a name of its own", also
                )
            continue
        shown = str(Path(file.shown).parent / named.path)
        table = _read(path, shown, named, notes)
        if table is not None:
            tables[named.path], where[named.path] = table
    return tables, where


def _named_tables(book: Sections) -> Iterator[_Named]:
    segments = book.numbering.segments if book.numbering is not None else None
    if segments is not None and segments.file:
        yield _Named(segments.file, segments, "file", SEGMENTS)
    areas = frozenset(area.code for area in book.numbering.areas) if book.numbering is not None else None
    for zoning in book.zonings.values():
        if zoning.exchanges:
            yield _Named(zoning.exchanges, zoning, "exchanges", EXCHANGES, areas)


def _read(path: Path, shown: str, named: _Named, notes: Notes) -> tuple[Table, TableFile] | None:
    text = _text(path, shown, named, notes)
    if text is None:
        return None
    header, _, body = text.partition("\n")
    if [name.strip() for name in header.split(",")] != list(named.header):
        wanted = ",".join(named.header)
        message = f"the first line of this table must be `{wanted}`"
        notes.add(
            "missing-table", Position(shown, 1, 1), message, "add it above the rows", (notes.at(named.item, named.key),)
        )
        return None
    try:
        rows = tuple(map(tuple, filter(None, csv.reader(io.StringIO(body, newline="")))))
    except csv.Error as error:
        notes.add(
            "missing-table",
            Position(shown),
            f"this is no CSV file: {error}",
            "check its quotes",
            (notes.at(named.item, named.key),),
        )
        return None
    if not _faultless(rows, named, notes.places):
        _tell_faults(body, shown, named, notes)
    return rows, TableFile(shown, _lines(body, len(rows)))


def _lines(body: str, count: int) -> Sequence[int]:
    """The line of each row: one after another below the header, unless some lines are empty."""
    if count == body.count("\n") + (body[-1:] not in ("", "\n")):
        return range(2, count + 2)
    reader = csv.reader(io.StringIO(body, newline=""))
    return tuple(reader.line_num + 1 for row in reader if row)


def _text(path: Path, shown: str, named: _Named, notes: Notes) -> str | None:
    """The text of a table file, unpacked where it is gzip; None, with the problem noted, where there is none."""
    reason, hint = "there is no such file", f"put it at {shown}, or correct the path"
    try:
        if path.is_file():
            with path.open("rb") as packed:
                opened = gzip.GzipFile(fileobj=packed) if packed.read(2) == b"\x1f\x8b" else packed
                packed.seek(0)
                data = opened.read(_LARGEST + 1)
            if len(data) <= _LARGEST:
                return data.decode("utf-8-sig")
            reason, hint = (
                f"it has more than {_LARGEST:,} bytes",
                "shorten prefixes where all that follow lead to one place",
            )
        elif path.exists():
            reason = "it is no file"
    except UnicodeDecodeError:
        reason, hint = "it is not UTF-8 text", "save it as UTF-8"
    except (OSError, EOFError, ValueError, zlib.error) as error:
        said = error.strerror if isinstance(error, OSError) else None
        reason, hint = said or "it is not whole", "check the file"
    notes.add(
        "missing-table", notes.at(named.item, named.key), f"the table `{named.path}` cannot be read: {reason}", hint
    )
    return None


def _faultless(rows: Table, named: _Named, places: Collection[str]) -> bool:
    """Whether all rows are as they must be: the common case, looked at by columns because tables are long."""
    if not rows:
        return True
    if set(map(len, rows)) != {len(named.header)}:
        return False
    *digits, places_named = zip(*rows, strict=True)
    if not all(0 < len(min(c, key=len)) and len(max(c, key=len)) <= 20 and _all_digits("".join(c)) for c in digits):
        return False
    keys = set(digits[0]) if len(digits) == 1 else set(zip(*digits, strict=True))
    if named.areas is not None and not named.areas.issuperset(digits[0]):
        return False
    return len(keys) == len(rows) and set(places_named) <= set(places)


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _tell_faults(body: str, shown: str, named: _Named, notes: Notes) -> None:
    """Notes what is wrong with the rows, one problem a row, at most `_MOST_SHOWN`, then how many more there are."""
    reader = csv.reader(io.StringIO(body, newline=""))
    also = (notes.at(named.item, named.key),)
    seen: dict[tuple[str, ...], tuple[str, Position]] = {}
    faults: list[tuple[str, Position, str, str, tuple[Position, ...]]] = []
    for row in filter(None, reader):
        at = Position(shown, reader.line_num + 1, 1)
        digits, place = tuple(row[:-1]), row[-1]
        if len(row) != len(named.header) or not all(0 < len(d) <= 20 and _all_digits(d) for d in digits):
            hint = f"write {' and '.join(named.header[:-1])} in digits, then the name of a place"
            faults.append(("missing-table", at, "this row is malformed", hint, ()))
        elif named.areas is not None and digits[0] not in named.areas:
            code, kind = _NUMBER.sub("…", digits[0]), "area codes in `numbering`"
            hint = hint_for(code, named.areas, kind) if len(faults) < _MOST_SHOWN else ""
            faults.append(("unknown-name", at, f"`{code}` is not one of the {kind}", hint, also))
        elif place not in notes.places:
            if not notes.may_be_defined(place):
                name = _NUMBER.sub("…", place[:60])
                hint = hint_for(name, notes.places, "places") if len(faults) < _MOST_SHOWN else ""
                faults.append(("unknown-name", at, f"`{name}` is not one of the places", hint, also))
        else:
            other, first = seen.setdefault(digits, (place, at))
            if other != place:
                message = f"these digits lead to `{place}` here and to `{other}` elsewhere"
                faults.append(("duplicate-name", at, message, "remove one of the two rows", (first,)))
    for fault in faults[:_MOST_SHOWN]:
        notes.add(*fault)
    if len(faults) > _MOST_SHOWN:
        message = f"{len(faults) - _MOST_SHOWN} more rows of this table are wrong"
        notes.add("missing-table", Position(shown), message, "correct those above first")
