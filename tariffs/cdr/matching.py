"""Records that belong together: duplicates, pieces of one long call, and second legs of one call.

Two passes over the inputs. The first gathers what tells records apart as 128-bit hashes (`Gathered`), then decides
(`Matcher.decide`); the second marks the records (`Matches.mark`). Memory is bounded by `spill`.
A record is known by its ordinal: a number that grows from record to record, over all inputs in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import DUPLICATE, MERGED, READ, Calls
from tariffs.cdr.columns import Int64s
from tariffs.cdr.convert import Converter, converted
from tariffs.cdr.hashing import HASH, hashes
from tariffs.cdr.keystore import CHANGED, SAME, KeyStore
from tariffs.cdr.mapping import CANONICAL, Partial, SecondLeg
from tariffs.cdr.partial import AMOUNTS, PIECES, Merge, PieceGroups
from tariffs.cdr.spill import Ordinals, Records, Spill, by_key, repeated
from tariffs.rating.outcome import CONFLICTING_DUPLICATE, PARTIAL_RECORD, UNREADABLE

HELD = 1_000_000
"""Records of each kind kept in memory before they go to the disk."""
KEYS: Final = np.dtype([("key", HASH), ("content", HASH), ("ordinal", "i8"), ("day", "i4")])
"""Key and content of a record, its ordinal, and the day on which it starts, counted from 1970."""
DIFFER: Final = "records of the same key differ in what is rated"
_CHANGED: Final = "an earlier run has rated a record of the same key that differs in what is rated"
_DAY: Final = 86_400_000_000
_LEGS: Final = np.dtype([("key", HASH), ("partner", HASH), ("ordinal", "i8"), ("refers", "i1")])


class Declared(NamedTuple):
    """What the mapping of a file, or the request, says about records that belong together."""

    key: tuple[str, ...] = ()
    partial: Partial | None = None
    second_leg: SecondLeg | None = None


@dataclass
class Matches:
    """What was decided, by ordinal (sorted). `blank`: records without a key, which were compared with none.

    `changed`: records of whose key an earlier run has rated another; `known`: how many of the duplicates an earlier run
    has rated.
    """

    duplicate: Int64s
    conflicting: Int64s
    changed: Int64s
    absorbed: Int64s
    suspended: dict[int, tuple[int, str]]
    merges: dict[int, Merge]
    known: int = 0
    blank: int = 0

    def __post_init__(self) -> None:
        self._suspended = np.array(sorted(self.suspended), np.int64)
        self._merged = np.array(sorted(self.merges), np.int64)

    def mark(self, calls: Calls, first: int) -> None:
        """Marks the records of a chunk whose first record has the ordinal `first`."""
        last = first + len(calls.status)
        for ordinals, code in ((self.duplicate, DUPLICATE), (self.absorbed, MERGED)):
            calls.status[_within(ordinals, first, last)] = code
        for position in _within(self.conflicting, first, last).tolist():
            calls.suspend(position, CONFLICTING_DUPLICATE, DIFFER)
        for position in _within(self.changed, first, last).tolist():
            calls.suspend(position, CONFLICTING_DUPLICATE, _CHANGED)
        for position in _within(self._suspended, first, last).tolist():
            calls.suspend(position, *self.suspended[first + position])
        found = {position: self.merges[first + position] for position in _within(self._merged, first, last).tolist()}
        if found:
            _merge(calls, found)


def _within(ordinals: Int64s, first: int, last: int) -> Int64s:
    found: Int64s = ordinals[np.searchsorted(ordinals, first) : np.searchsorted(ordinals, last)] - first
    return found


def _merge(calls: Calls, found: dict[int, Merge]) -> None:
    """Puts the sums of merged pieces in place of the amounts of the first piece."""
    batch = calls.batch
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in AMOUNTS:
        if name not in columns:
            continue
        kind = columns[name].type
        values, valid = _numbers(columns[name])
        values, valid = values.copy(), valid.copy()
        for position, merge in found.items():
            value = getattr(merge, name)
            values[position], valid[position] = value or 0, value is not None
        made = arrow.integers(values, valid, kind if pa.types.is_timestamp(kind) else None)
        columns[name] = arrow.booleans(values != 0, valid) if name == "answered" else made
    calls.batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    calls.pieces |= {position: merge.pieces for position, merge in found.items()}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What tells the records of one chunk apart: keys, pieces and legs as records of fixed size.

    `unreadable`: why a record cannot be compared, by ordinal; `blank`: records without a key.
    """

    keys: Records
    pieces: Records
    legs: Records
    unreadable: dict[int, tuple[int, str]]
    blank: int

    @classmethod
    def of(cls, calls: Calls, converter: Converter, declared: Declared, first: int) -> Gathered:
        """Of a chunk whose first record has the ordinal `first`. Records set aside already are left out."""
        ready = calls.status == READ
        ordinals = first + np.arange(len(ready), dtype=np.int64)
        piece, pieces, wrong = None, np.empty(0, PIECES), dict[int, tuple[int, str]]()
        if declared.partial is not None:
            piece, pieces, wrong = _pieces(calls, converter, ordinals, declared.partial)
            ready = ready & ~np.isin(ordinals, list(wrong))
        keys, blank = np.empty(0, KEYS), 0
        rows = _Rows(ready, ordinals)
        if declared.key:
            keys, blank = _keys(calls, rows, [converter.column(calls, name) for name in declared.key], piece)
        legs = np.empty(0, _LEGS)
        if declared.second_leg is not None:
            own, other = declared.second_leg.own, declared.second_leg.other
            legs = _legs(rows, converter.column(calls, own), converter.column(calls, other))
        return cls(keys, pieces, legs, wrong, blank)


def _keys(calls: Calls, rows: _Rows, columns: list[Any], piece: Any) -> tuple[Records, int]:
    """Keys and contents; and how many records have no key."""
    known = rows.ready & ~blank(columns)
    records = key_records(calls, known, [*columns, piece])
    records["ordinal"] = rows.ordinals[known]
    return records, int((rows.ready & ~known).sum())


def _pieces(
    calls: Calls, converter: Converter, ordinals: Int64s, partial: Partial
) -> tuple[Any, Records, dict[int, tuple[int, str]]]:
    """Each record's piece number as text, null for whole calls; the pieces; and where there is no piece number."""
    text = converter.column(calls, partial.piece)
    whole = pc.is_in(text, value_set=arrow.texts([None, *partial.whole]))
    text = pc.if_else(whole, arrow.texts([None])[0], text)
    numbers, there, wrong_at = converted(text, _ordinal)
    problem = (UNREADABLE, f"{partial.piece}: not the number of a piece")
    wrong = {int(ordinals[position]): problem for position in wrong_at if calls.status[position] == READ}
    there = there & (calls.status == READ)
    records = np.zeros(int(there.sum()), PIECES)
    records["key"] = _hashed([converter.column(calls, name) for name in partial.key], there)
    records["content"] = _hashed(_rated(calls, [n for n in CANONICAL if n not in AMOUNTS]), there)
    records["ordinal"], records["piece"] = ordinals[there], numbers[there] - partial.first + 1
    last = pc.is_in(converter.column(calls, partial.last.column), value_set=arrow.texts(list(partial.last.is_)))
    records["last"] = arrow.as_numpy(last)[there]
    for name in AMOUNTS:
        at = calls.batch.schema.get_field_index(name)
        if at >= 0:
            values, valid = _numbers(calls.batch.column(at))
            records[name], records[f"has_{name}"] = values[there], valid[there]
    return text, records, wrong


def _legs(rows: _Rows, own: Any, other: Any) -> Records:
    found = []
    for key, partner, refers in ((own, other, 0), (other, own, 1)):
        known = rows.ready & ~blank([key])
        records = np.zeros(int(known.sum()), _LEGS)
        records["key"], records["partner"] = _hashed([key], known), _hashed([partner], known)
        records["ordinal"], records["refers"] = rows.ordinals[known], refers
        found.append(records)
    return np.concatenate(found)


class Matcher:
    """Takes in what was gathered, then decides. Spilled records lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = Spill(KEYS, folder, "keys", HELD)
        self._pieces = Spill(PIECES, folder, "pieces", HELD)
        self._legs = Spill(_LEGS, folder, "legs", HELD)
        self._unreadable: dict[int, tuple[int, str]] = {}
        self.blank = 0

    def add(self, gathered: Gathered) -> None:
        self.keys.add(gathered.keys)
        self._pieces.add(gathered.pieces)
        self._legs.add(gathered.legs)
        self._unreadable |= gathered.unreadable
        self.blank += gathered.blank

    def decide(self, store: KeyStore | None = None) -> Matches:
        """What the gathered records are to one another, and to those of earlier runs."""
        found = _Found(self.folder)
        for part in self.keys.parts():
            found.take(part, store)
        legs = _second_legs(self._legs)
        aside = [found.duplicate.sorted(), found.conflicting.sorted(), found.changed.sorted()]
        groups = PieceGroups(aside)
        for part in self._pieces.parts():
            groups.take(part)
        broken = {ordinal: (PARTIAL_RECORD, reason) for ordinal, reason in groups.broken.items()}
        found.duplicate.add(legs)
        found.duplicate.add(np.array(groups.repeated, np.int64))
        return Matches(
            duplicate=found.duplicate.sorted(),
            conflicting=aside[1],
            changed=aside[2],
            absorbed=np.array(sorted(groups.absorbed), np.int64),
            suspended=self._unreadable | broken,
            merges=groups.merges,
            known=found.known,
            blank=self.blank,
        )

    def close(self) -> None:
        for spill in (self.keys, self._pieces, self._legs):
            spill.close()


class _Found:
    """Ordinals of repeated records, of records that share a key and differ, and of such as an earlier run has rated."""

    def __init__(self, folder: Path) -> None:
        names = ("duplicate", "conflicting", "changed")
        self.duplicate, self.conflicting, self.changed = (Ordinals(folder, name) for name in names)
        self.known = 0

    def take(self, part: Records, store: KeyStore | None) -> None:
        """Decides about a part; records of one key are all in it."""
        records, begins = by_key(part if store is not None else repeated(part))
        if not len(records):
            return
        group = np.repeat(np.arange(len(begins)), np.diff([*begins, len(records)]))
        clash = np.zeros(len(begins), np.bool_)
        clash[group[records["content"] != records["content"][begins][group]]] = True
        earlier = np.zeros(len(begins), np.int8) if store is None else store.compare(records[begins])
        later = np.ones(len(records), np.bool_)
        later[begins] = False
        same, changed = (earlier == SAME) & ~clash, (earlier == CHANGED) & ~clash
        self.conflicting.add(records["ordinal"][clash[group]])
        self.changed.add(records["ordinal"][changed[group]])
        self.duplicate.add(records["ordinal"][~(clash | changed)[group] & (later | same[group])])
        self.known += int(same[group].sum())


class _Rows(NamedTuple):
    """Which records of a chunk count, and their ordinals."""

    ready: NDArray[np.bool_]
    ordinals: Int64s


def key_records(calls: Calls, known: NDArray[np.bool_], columns: Sequence[Any]) -> NDArray[Any]:
    """Hashes of the key (these columns) and of what is rated of the chosen records of a chunk; ordinals are 0."""
    records = np.zeros(int(known.sum()), KEYS)
    records["key"] = _hashed(columns, known)
    records["content"] = _hashed(_rated(calls, CANONICAL), known)
    starts = arrow.as_numpy(calls.batch.column(calls.batch.schema.get_field_index("start")))
    records["day"] = (starts // _DAY)[known]
    return records


def _ordinal(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _hashed(columns: Sequence[Any], chosen: NDArray[np.bool_]) -> NDArray[Any]:
    """Hashes of the chosen rows of some columns."""
    return hashes(columns, len(chosen))[chosen]


def _rated(calls: Calls, names: Sequence[str]) -> list[Any]:
    """The canonical columns that decide a charge; None for those that are not there."""
    present = calls.batch.schema.names
    return [calls.batch.column(present.index(name)) if name in present else None for name in names]


def _numbers(column: Any) -> tuple[Int64s, NDArray[np.bool_]]:
    return arrow.as_numpy(column).astype(np.int64), arrow.valid_of(column)


def blank(columns: Sequence[Any]) -> NDArray[np.bool_]:
    """Records in which every one of these columns is blank."""
    found = np.ones(len(columns[0]), np.bool_)
    for column in columns:
        found &= ~arrow.valid_of(column)
    return found


def _second_legs(legs: Spill) -> Int64s:
    """Ordinals of records that another one names as its other leg; where two name each other, the later of them."""
    found: set[int] = set()
    for part in legs.parts():
        naming: dict[bytes, list[tuple[int, bytes]]] = {}
        for key, partner, ordinal, _ in part[part["refers"] == 1].tolist():
            naming.setdefault(key, []).append((ordinal, partner))
        for key, partner, ordinal, _ in part[part["refers"] == 0].tolist() if naming else ():
            if any(o != ordinal and (partner != owner or ordinal > o) for o, owner in naming.get(key, ())):
                found.add(ordinal)
    return np.array(sorted(found), np.int64)
