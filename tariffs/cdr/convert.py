"""From columns as read to the canonical columns that rating reads, exactly; what cannot be converted is suspended."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls, Chunk
from tariffs.cdr.durations import LONGEST, durations_of, read_duration
from tariffs.cdr.failures import InputError
from tariffs.cdr.mapping import CANONICAL, Column, Mapping
from tariffs.cdr.moments import Clock
from tariffs.cdr.privacy import without_numbers
from tariffs.rating.outcome import IMPOSSIBLE_TIME, NOT_A_CALL, UNKNOWN_NAME, UNREADABLE
from tariffs.rulebook.problems import NOWHERE

NAMES: Final = {"service": ("voice", "message", "data"), "direction": ("originated", "received")}
_YES: Final = frozenset({"true", "1", "yes", "y", "t", "answered", "是"})
_NO: Final = frozenset({"false", "0", "no", "n", "f", "no answer", "unanswered", "否"})
_ALIASES: Final = {"id": ("id", "call_id")}
REQUIRED: Final = ("caller", "called", "start")
_TIMES: Final = ("duration", "seizure")


@dataclass
class Converter:
    """Converts the chunks of one file, each by itself: in several threads at once if need be."""

    mapping: Mapping
    home: ZoneInfo
    names: Sequence[str]
    file: str
    _where: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _uses: dict[str, Column] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.mapping.timezone) if self.mapping.timezone else self.home
        self._clock = Clock(self.home, zone, self.mapping.dates, self.mapping.year)
        self._uses, self._where = resolve(self.mapping, self.names, self.file)

    def source_columns(self, canonical: str) -> tuple[str, ...]:
        """The columns of the file that a canonical column is read from."""
        return tuple(self.names[i] for i in self._where.get(canonical, ()))

    def convert(self, chunk: Chunk) -> Calls:
        """The chunk's calls. A record that cannot be read stays in its place, with its reason."""
        length = len(chunk)
        calls = Calls(chunk, None, np.zeros(length, np.int8))
        for position, problem in chunk.unreadable.items():
            calls.suspend(position, UNREADABLE, problem)
        made: dict[str, Any] = {name: self._plain(chunk, name) for name in ("caller", "called")}
        if "other" in self._uses:
            made |= self._two_parties(chunk)
        made["start"] = self._start(chunk, calls)
        for name in _TIMES:
            if name in self._uses:
                made[name] = self._duration(chunk, calls, name)
        made.setdefault("duration", pa.nulls(length, pa.int64()))
        if "quantity" in self._uses:
            made["quantity"] = self._amount(chunk, calls, "quantity", _whole, "a whole number")
        if "answered" in self._uses or "answered" in self.mapping.constants:
            made["answered"] = self._answered(chunk, calls)
        for name in CANONICAL:
            if name not in made and (name in self._uses or name in self.mapping.constants):
                made[name] = self._name(chunk, calls, name)
        self._set_aside(chunk, calls, made)
        names = [name for name in CANONICAL if name in made and made[name] is not None]
        calls.batch = pa.RecordBatch.from_arrays([made[name] for name in names], names=names)
        return calls

    def column(self, calls: Calls, name: str) -> Any:
        """A canonical column as converted, or any other as it stands, as text without outer blanks; blanks are null."""
        at = calls.batch.schema.get_field_index(name)
        if at >= 0:
            return arrow.as_text(calls.batch.column(at))
        if name in self._uses:
            return self._plain(calls.chunk, name)
        index = find_column(name, self.names)
        if index is None:
            raise InputError(_missing(self.file, f"the key {name!r}", (name,), self.names, self._uses))
        return arrow.as_text(self._unblank(calls.chunk.columns.column(index), Column(from_=(name,))))

    def _raw(self, chunk: Chunk, name: str) -> Any:
        """A canonical column as it stands in the file, blanks as null; None where the file has none."""
        if name not in self._uses:
            value = self.mapping.constants.get(name)  # type: ignore[call-overload]
            return None if value is None else arrow.constant(value, len(chunk))
        use = self._uses[name]
        found = [self._unblank(chunk.columns.column(i), use) for i in self._where[name]]
        if len(found) == 1:
            return found[0]
        typed = pa.types.is_timestamp(found[0].type) and len({array.type for array in found}) == 1
        return pc.coalesce(*found) if typed else pc.coalesce(*map(arrow.as_text, found))

    def _unblank(self, array: Any, use: Column) -> Any:
        """Texts without outer blanks, blanks as null; exact values as they are."""
        kind = array.type
        exact = pa.types.is_decimal128(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
        if pa.types.is_timestamp(kind) or (exact and not use.blank):
            return array
        if arrow.is_coded(array):
            return arrow.recoded(array, self._unblank(arrow.as_text(array.dictionary), use))
        array = arrow.as_text(array)
        if array.null_count == len(array) or (not use.blank and arrow.is_tidy(array)):
            return array
        array = pc.utf8_trim_whitespace(array)
        blank = pc.is_in(array, value_set=arrow.texts(["", *use.blank]))
        return pc.if_else(blank, arrow.texts([None])[0], array) if pc.any(blank).as_py() else array

    def _text(self, chunk: Chunk, name: str) -> Any:
        """A canonical column as texts, perhaps coded."""
        raw = self._raw(chunk, name)
        if raw is None:
            return None
        values = self._uses[name].values if name in self._uses else {}
        text = raw if arrow.is_coded(raw) else arrow.as_text(raw)
        return _translated(text, values.get) if values else text

    def _plain(self, chunk: Chunk, name: str) -> Any:
        text = self._text(chunk, name)
        return None if text is None else arrow.as_text(text)

    def _two_parties(self, chunk: Chunk) -> dict[str, Any]:
        """Caller and called where a record has the subscriber's own number and the other party's."""
        own, other, direction = (self._plain(chunk, name) for name in ("own", "other", "direction"))
        if direction is None:
            return {"caller": own, "called": other}
        received = pc.is_in(direction, value_set=arrow.texts(["received"]))
        return {"caller": pc.if_else(received, other, own), "called": pc.if_else(received, own, other)}

    def _start(self, chunk: Chunk, calls: Calls) -> Any:
        said = self._raw(chunk, "start")
        read = self._clock.column(said if pa.types.is_timestamp(said.type) else arrow.as_text(said))
        calls.naive = read.naive
        for position, impossible in read.wrong.items():
            if impossible:
                calls.suspend(position, IMPOSSIBLE_TIME, "start: no such time on any calendar")
            else:
                calls.suspend(position, UNREADABLE, f"start: not a time in the form {' or '.join(self.mapping.dates)}")
        valid = read.valid
        if not valid.all():
            for position in np.flatnonzero(~valid).tolist():
                calls.suspend(position, UNREADABLE, "start: there is none")
        wall = read.wall
        use = self._uses["start"]
        for sign, column in ((1, use.plus), (-1, use.minus)):
            if column is not None:
                shift = self._shift(chunk, calls, column, use)
                wall = wall + sign * shift
        return arrow.integers(wall, valid, pa.timestamp("us"))

    def _shift(self, chunk: Chunk, calls: Calls, column: str, use: Column) -> Any:
        index = find_column(column, self.names)
        if index is None:
            raise InputError(_missing(self.file, f"start (its {column!r})", (column,), self.names))
        array = self._unblank(chunk.columns.column(index), Column(from_=(column,)))
        values, valid, wrong = converted(array, read_duration(use.unit))
        for position in wrong:
            calls.suspend(position, UNREADABLE, f"{column}: not a duration in {use.unit}")
        return np.where(valid, np.clip(values, -LONGEST >> 8, LONGEST >> 8), 0)

    def _duration(self, chunk: Chunk, calls: Calls, name: str) -> Any:
        use = self._uses[name]
        quick = None if use.values else durations_of(self._raw(chunk, name), use.unit)
        return quick or self._amount(chunk, calls, name, read_duration(use.unit), "a duration")

    def _amount(self, chunk: Chunk, calls: Calls, name: str, read: Callable[[str], int | None], what: str) -> Any:
        values, valid, wrong = converted(self._text(chunk, name), read)
        unit = f" in {self._uses[name].unit}" if name in _TIMES else ""
        for position in wrong:
            calls.suspend(position, UNREADABLE, f"{name}: not {what}{unit}")
        return arrow.integers(values, valid)

    def _answered(self, chunk: Chunk, calls: Calls) -> Any:
        """Null (silence) counts as answered, unless the mapping says which values mean that."""
        raw, use = self._raw(chunk, "answered"), self._uses.get("answered")
        if pa.types.is_boolean(raw.type) and not (use is not None and (use.is_ or use.is_not)):
            return raw
        text = raw if arrow.is_coded(raw) else arrow.as_text(raw)
        if use is not None and (use.is_ or use.is_not):
            listed = frozenset(use.is_ or use.is_not)
            wanted = bool(use.is_)
            values, valid, _ = converted(text, lambda value: int((value in listed) == wanted))
            return arrow.booleans(np.where(valid, values, int(not wanted and "" not in listed)).astype(np.bool_))
        values, valid, wrong = converted(text, _yes_or_no)
        for position in wrong:
            calls.suspend(position, UNREADABLE, "answered: neither true nor false")
        return arrow.booleans(values.astype(np.bool_), valid)

    def _name(self, chunk: Chunk, calls: Calls, name: str) -> Any:
        array = self._text(chunk, name)
        allowed = NAMES.get(name)
        if allowed is not None and array is not None:
            known = arrow.texts([*allowed, None])
            if arrow.is_coded(array) and pc.all(pc.is_in(array.dictionary, value_set=known)).as_py():
                return array
            array = arrow.as_text(array)
            fits = pc.is_in(array, value_set=known)
            if not pc.all(fits).as_py():
                for position in np.flatnonzero(~arrow.as_numpy(fits).astype(np.bool_)).tolist():
                    calls.suspend(position, UNKNOWN_NAME, f"{name}: not one of {', '.join(allowed)}")
        return array

    def _set_aside(self, chunk: Chunk, calls: Calls, made: dict[str, Any]) -> None:
        """Marks records that are no calls to charge for, as the mapping says: feature codes, voicemail."""
        for column, patterns in self.mapping.not_a_call.items():
            index = find_column(column, self.names)
            array = made.get(column) if column in CANONICAL else None
            if array is None:
                if index is None:
                    raise InputError(_missing(self.file, "`not-a-call`", (column,), self.names))
                array = arrow.as_text(chunk.columns.column(index))
            expressions = [re.compile(pattern) for pattern in patterns]
            values, valid, _ = converted(
                arrow.as_text(array),
                lambda text: int(any(e.fullmatch(text) for e in expressions)),  # noqa: B023
            )
            there = valid & (values == 1) & (calls.status == 0)
            calls.status[there] = NOT_A_CALL


def resolve(mapping: Mapping, names: Sequence[str], file: str) -> tuple[dict[str, Column], dict[str, tuple[int, ...]]]:
    """Which columns of a file hold the canonical ones. Raises InputError that lists the columns, with near names."""
    uses = {str(name): column for name, column in mapping.columns.items()}
    own = not uses
    if own:
        for name in (*CANONICAL, "id", "weight"):
            found = [alias for alias in _ALIASES.get(name, (name,)) if find_column(alias, names) is not None]
            if found:
                uses[name] = Column(from_=tuple(found[:1]))
    where: dict[str, tuple[int, ...]] = {}
    for name, column in uses.items():
        where[name] = tuple(i for text in column.from_ if (i := find_column(text, names)) is not None)
    absent = {name: uses[name] for name, places in where.items() if not places}
    if absent:
        raise InputError(_not_there(file, absent, names))
    filled = set(uses) | set(mapping.constants)
    if "other" in filled:
        filled |= {"caller", "called"}
    lacking = [name for name in REQUIRED if name not in filled]
    if not filled & {"duration", "quantity", "seizure"}:
        lacking.append("duration")
    if lacking:
        raise InputError(_missing(file, ", ".join(f"`{name}`" for name in lacking), lacking, names))
    return uses, where


def find_column(text: str, names: Sequence[str]) -> int | None:
    """The position of a column by name, else by number counted from 1; names compare without case and outer blanks."""
    if text in names:
        return list(names).index(text)
    folded = [name.strip().casefold() for name in names]
    wanted = text.strip().casefold()
    if wanted in folded:
        return folded.index(wanted)
    if text.isascii() and text.isdigit() and 0 < int(text) <= len(names):
        return int(text) - 1
    return None


def _missing(file: str, what: str, wanted: Sequence[str], names: Sequence[str], also: Iterable[str] = ()) -> str:
    """`also`: further names that may have been meant."""
    hint = _near(wanted, [*names, *also])
    remedy = "Rename the columns, or say with a mapping (--map) where they are."
    return f"{file}: no column for {what}{hint}; its columns are: {_listed(names)}. {remedy}"


def _not_there(file: str, absent: dict[str, Column], names: Sequence[str]) -> str:
    """What to say of columns that a mapping names and the file has not."""
    said = []
    for name, column in absent.items():
        wanted = " or ".join(map(repr, map(without_numbers, column.from_)))
        place = f"{column.at} reads " if column.at != NOWHERE else ""
        reading = f"{place}`{name}` from it" if place else f"for `{name}`"
        said.append(f"{wanted} ({reading}{_near(column.from_, names)})")
    remedy = "Mend the mapping, or rename the columns."
    return f"{file}: no column {', '.join(said)}; its columns are: {_listed(names)}. {remedy}"


def _near(wanted: Iterable[str], names: Sequence[str]) -> str:
    near = [close[0] for text in wanted if (close := difflib.get_close_matches(text, list(names), 1, 0.6))]
    return f"; did you mean {', '.join(map(repr, map(without_numbers, dict.fromkeys(near))))}?" if near else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(without_numbers(name) for name in list(names)[:40]) or "none"


def converted(array: Any, read: Callable[[str], int | None]) -> tuple[Any, Any, list[int]]:
    """Each distinct text read once: values, where there are any, and positions of texts that `read` refuses."""
    length = len(array)
    if array.null_count == length:
        return np.zeros(length, np.int64), np.zeros(length, np.bool_), []
    coded = arrow.coded(array)
    found = [None if text is None else read(text) for text in coded.dictionary.to_pylist()]
    readable = np.array([value is not None for value in found], np.bool_)
    values = np.array([0 if value is None else value for value in found], np.int64)
    valid = arrow.valid_of(coded.indices)
    indices = np.where(valid, arrow.as_numpy(coded.indices), 0)
    wrong = np.flatnonzero(valid & ~readable[indices]).tolist()
    return values[indices], valid & readable[indices], wrong


def _translated(array: Any, translate: Callable[[str], str | None]) -> Any:
    """Each distinct text replaced by its translation, where it has one."""
    coded = arrow.coded(array)
    texts = [None if text is None else translate(text) or text for text in coded.dictionary.to_pylist()]
    return arrow.recoded(coded, arrow.texts(texts))


def _whole(text: str) -> int | None:
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 40):
        return None
    return max(min(int(text), LONGEST), -1)


def _yes_or_no(text: str) -> int | None:
    folded = text.casefold()
    return 1 if folded in _YES else 0 if folded in _NO else None
