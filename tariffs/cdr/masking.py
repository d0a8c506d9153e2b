"""Keyed pseudonyms in place of telephone numbers (去标识化): `~PREFIX~LENGTH~PSEUDONYM`.

PREFIX are the leading digits that the rulebook reads, LENGTH counts all digits as dialled, PSEUDONYM is 128 bits of
BLAKE2b under the key, 32 hexadecimal digits: the same for every way to write one number. Numbers of services stay.
Masked calls are still personal data: whoever has the key can find a number again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls
from tariffs.cdr.convert import resolve
from tariffs.cdr.failures import InputError
from tariffs.cdr.moments import looks_like_a_time
from tariffs.cdr.numbers import NO_AREA, Number, NumberReader
from tariffs.cdr.shapes import Shape
from tariffs.rating.outcome import IMPOSSIBLE_TIME, OVER_LIMIT

FEW: Final = 5
"""So many digits may be a telephone number; fewer are none that tells anything."""
SHORTEST_KEY: Final = 16
_LONGEST_KEY: Final = 64
_PERSON: Final = b"tariffs-number"
_RUN: Final = r"\+?\d{5,}"
_TOKEN: Final = r"~[0-9+]*~[0-9]{1,2}~[0-9a-f]{32}"
_SIGN: Final = "[ ().\u00a0\u2010-\u2015-]"
"""What stands between the digits of telephone numbers. No colon does: that is a clock's."""
_DATE: Final = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_CLOCK: Final = r"[0-9]{1,2}[-/.][0-9]{1,2}(?:[-/.][0-9]{4})?[ T][0-9]{1,2}:[0-9]{2}"
_WHOLE: Final = rf"(?<![0-9])(?<![0-9]{_SIGN})(?:{_DATE}|{_CLOCK})(?![0-9])"
_LOOSE: Final = re.compile(rf"(?P<kept>{_TOKEN}|{_WHOLE})|\+?\d(?:{_SIGN}{{0,3}}\d){{4,}}")
_LONG: Final = re.compile(r"\d{7}")
_TOKENS: Final = re.compile(_TOKEN)
_FREE: Final = re.compile(rf"(?P<kept>{_TOKEN})|{_RUN}")
_MEASURED: Final = ("start", "duration", "seizure", "quantity", "answered", "weight")
_NUMBERS: Final = ("caller", "called", "own", "other")


class Masker:
    """Masks the columns and the raw text of records."""

    def __init__(self, key: bytes, reader: NumberReader) -> None:
        self._key = key if len(key) <= _LONGEST_KEY else blake2b(key, digest_size=_LONGEST_KEY).digest()
        self._reader = reader
        self._where: dict[int, dict[str, tuple[int, ...]]] = {}

    @classmethod
    def of(cls, path: str, rater: Any) -> Masker:
        """The masker of a key file. Raises InputError where it cannot be read or is too short to be a key."""
        return cls(read_key(path), NumberReader(rater))

    def _roles(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """The positions of the columns that each canonical column is read from."""
        if id(shape) not in self._where:
            self._where[id(shape)] = resolve(shape.mapping, shape.names, shape.source.name)[1]
        return self._where[id(shape)]

    def _kept(self, shape: Shape, position: int) -> bool:
        roles = self._roles(shape)
        return any(position in roles.get(name, ()) for name in _MEASURED)

    def kind(self, shape: Shape, position: int) -> Any:
        """The type of an input column once it is masked."""
        kind = shape.types[position]
        loose = pa.types.is_floating(kind) or pa.types.is_temporal(kind) or pa.types.is_boolean(kind)
        return kind if loose or self._kept(shape, position) else pa.string()

    def columns(self, calls: Calls, shape: Shape) -> Any:
        """The columns of a chunk as read, with numbers masked."""
        pairs = self._pairs(calls)
        named = {i for name in _NUMBERS for i in self._roles(shape).get(name, ())}
        ids = self._roles(shape).get("id", ())
        made = []
        for position, column in enumerate(calls.chunk.columns.columns):
            if self._kept(shape, position) or self.kind(shape, position) != pa.string():
                made.append(column)
                continue
            values = arrow.as_text(column).to_pylist()
            if position in named:
                values = [self._number(v, pair) for v, pair in zip(values, pairs, strict=True)]
            elif position in ids:
                values = [_without(v, pair) for v, pair in zip(values, pairs, strict=True)]
            else:
                values = [self._free(v, pair) for v, pair in zip(values, pairs, strict=True)]
            made.append(arrow.texts(values))
        return pa.RecordBatch.from_arrays(made, names=calls.chunk.columns.schema.names)

    def _pairs(self, calls: Calls) -> list[dict[str, str]]:
        """For each record its caller and called as written, and what stands in their place."""
        names = calls.batch.schema.names

        def values(name: str) -> Sequence[Any]:
            if name not in names:
                return [None] * len(calls.status)
            return list(calls.batch.column(names.index(name)).to_pylist())

        at = calls.batch.column(names.index("start"))
        walls, known = arrow.as_numpy(at).tolist(), arrow.valid_of(at).tolist()
        rows = zip(
            values("caller"), values("called"), values("home_area"), values("served_place"), walls, known, strict=True
        )
        return [
            self._pair(caller, called, home, place, wall if ok else None)
            for caller, called, home, place, wall, ok in rows
        ]

    def _pair(
        self, caller: str | None, called: str | None, home: str | None, place: str | None, wall: int | None
    ) -> dict[str, str]:
        pair: dict[str, str] = {}
        area = NO_AREA
        if caller:
            number = self._reader.read(caller, self._reader.area(home), wall)
            pair[caller] = self._token(caller, number)
            area = number.area if number is not None else NO_AREA
            if number is not None and place and not number.form.startswith("0"):
                area = self._reader.area_of_place(place)
        if called:
            pair.setdefault(called, self._token(called, self._reader.read(called, area, wall)))
        return pair

    def _token(self, written: str, number: Number | None) -> str:
        """What stands in place of a number; a text that is none keeps what is not digits."""
        if number is None:
            masked = self._loose(written)
            left = sum(map(str.isdigit, _TOKENS.sub("", masked)))
            return masked if left < FEW else f"~~0~{self._pseudonym(written)}"  # of no length: never read as a number
        if number.special or written.startswith("~"):
            return written
        shown = number.digits[: number.used]
        if not number.known and number.used == number.length:
            shown = self._reader.trunk  # hides the number, and leaves it as unknown as it was
        return f"~{shown}~{number.length}~{self._pseudonym(number.form)}"

    def _pseudonym(self, form: str) -> str:
        return blake2b(form.encode("utf-8", "replace"), digest_size=16, key=self._key, person=_PERSON).hexdigest()

    def _number(self, value: str | None, pair: dict[str, str]) -> str | None:
        """A value of a column of numbers."""
        if value is None or not value.strip():
            return value
        return pair.get(value.strip()) or self._token(value, self._reader.read(value, NO_AREA, None))

    def _free(self, value: str | None, pair: dict[str, str]) -> str | None:
        """A value of any other column: runs of five or more digits are masked."""
        if value is None or len(value) < 3:
            return value
        return pair.get(value) or _FREE.sub(self._replaced, _without(value, pair) or "")

    def _loose(self, text: str) -> str:
        """Free text: runs of digits are masked, also those with separators inside; dates stay."""
        return _LOOSE.sub(self._replaced, text)

    def _replaced(self, found: re.Match[str]) -> str:
        if found["kept"]:
            return found[0]
        text = unicodedata.normalize("NFKC", found[0])
        number = self._reader.read(text, NO_AREA, None)
        if number is None:
            return f"~~0~{self._pseudonym(re.sub('[^0-9]', '', text))}"
        return self._token(text, number)

    def text(self, value: str) -> str:
        """A single number or text outside of any record."""
        return self._number(value, {}) or ""

    def raw(self, calls: Calls, position: int, shape: Shape, raw: str) -> str:
        """The raw text of a suspended record without its numbers; start and amounts stay where they could be read."""
        roles = self._roles(shape)
        row = calls.chunk.columns.slice(position, 1)
        cells = {name: [self._cell(row, i) for i in roles.get(name, ())] for name in (*_MEASURED, *_NUMBERS)}
        one = Calls(calls.chunk, calls.batch.slice(position, 1), calls.status[position : position + 1])
        pair = self._pairs(one)[0]
        exact = {cell: pair[cell.strip()] for name in _NUMBERS for cell in cells[name] if cell.strip() in pair}
        kept = {cell for name in _MEASURED for cell in cells[name] if self._was_read(calls, position, name)}
        if calls.status[position] in (OVER_LIMIT, IMPOSSIBLE_TIME):  # a number in the wrong column reads as such
            kept = {cell for cell in kept if not _LONG.search(cell)}
        kept |= {cell for cell in cells["start"] if looks_like_a_time(cell, shape.mapping.dates)}
        wanted = sorted({*exact, *kept} - {""}, key=len, reverse=True)
        if not wanted:
            return self._loose(raw)
        pattern = "|".join(rf"(?<![0-9]){re.escape(cell)}(?![0-9])" for cell in wanted)
        parts = re.split(f"({pattern})", raw)
        return "".join(self._loose(p) if i % 2 == 0 else exact.get(p, p) for i, p in enumerate(parts))

    def _cell(self, row: Any, position: int) -> str:
        return arrow.as_text(row.column(position)).to_pylist()[0] or ""

    def _was_read(self, calls: Calls, position: int, name: str) -> bool:
        at = calls.batch.schema.get_field_index(name)
        return at >= 0 and bool(calls.batch.column(at)[position].is_valid)


def read_key(path: str) -> bytes:
    """The key of a file. Raises InputError where it cannot be read or is too short to be a key."""
    try:
        key = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the key cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(key.strip()) < SHORTEST_KEY:
        raise InputError(
            f"{path}: a key needs at least {SHORTEST_KEY} bytes, and this has {len(key.strip())}; "
            "make one with: head -c 32 /dev/urandom > KEYFILE"
        )
    return key


def _without(value: str | None, pair: dict[str, str]) -> str | None:
    """A text in which the record's own numbers are replaced wherever they stand."""
    for number, token in pair.items():
        if value is not None and number != token and len(number) >= 5 and number in value:
            value = value.replace(number, token)
    return value
