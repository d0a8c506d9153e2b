"""Telephone numbers as the rulebook reads them: how many digits tell something, and the one form of every writing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from tariffs.rating import kernel as k

NO_AREA: Final = -1
_MOST_REMEMBERED: Final = 200_000
_EPOCH_DAY: Final = k.EPOCH
_DAY: Final = k.DAY


class Number(NamedTuple):
    """A number read. `digits`: all as dialled (of a masked number, its prefix); `used`: how many of them the rulebook
    looks at; `form`: the same for every way to write the number; `special`: a service, whose number is no secret;
    `known`: the numbering plan of the day holds it; `area`: where numbers without area code lie that it calls.
    """

    digits: str
    used: int
    length: int
    form: str
    special: bool
    known: bool
    area: int


@dataclass
class NumberReader:
    """Reads numbers by the numbering plan of a rater."""

    rater: Any
    _seen: dict[tuple[str, int, int], Number | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        automaton = self.rater.compiled.automaton
        self._tables: Any = self.rater.compiled.tables.heap
        self._segments: Any = self.rater.compiled.tables.segments
        self._bounds = sorted({*automaton.since, *automaton.until})
        self._codes: tuple[str, ...] = tuple(automaton.area_codes)

    @cached_property
    def _trunk(self) -> str:
        return str(self.rater.compiled.book.numbering.trunk)

    @cached_property
    def _abroad(self) -> str:
        return str(self.rater.compiled.book.numbering.international)

    def area(self, code: str | None) -> int:
        """The area of a code with or without trunk prefix; NO_AREA where there is none such."""
        bare = (code or "").removeprefix(self._trunk)
        return self._codes.index(bare) if bare in self._codes else NO_AREA

    def area_of_place(self, name: str | None) -> int:
        """The area that a place (as a record names it) lies in."""
        place = self.rater._codes.places.get(name) if name else None
        return NO_AREA if place is None else int(self._tables[self._tables[k.H_AREA_OF_PLACE] + place])

    def read(self, text: str, area: int, wall: int | None) -> Number | None:
        """A number as written; None where the text is none. `wall`: microseconds of the call's start.

        Without a start, as on the latest day on which the plan knows the number. What a number means changes only on
        few days, so that numbers are remembered from one of these to the next.
        """
        day = (wall // _DAY + _EPOCH_DAY) if wall is not None else 0
        key = (text, area, bisect_right(self._bounds, day) if wall is not None else -1)
        if key not in self._seen:
            if len(self._seen) >= _MOST_REMEMBERED:
                self._seen.clear()
            self._seen[key] = self._read(text, area, day) if wall is not None else self._some_day(text, area)
        return self._seen[key]

    def _some_day(self, text: str, area: int) -> Number | None:
        number = None
        for day in (*reversed(self._bounds), 0):
            number = self._read(text, area, day)
            if number is None or number.known:
                break
        return number

    def _read(self, written: str, area: int, day: int) -> Number | None:
        t, text = self._tables, written.encode("utf-8", "replace")
        begin, shown, count, abroad = k.measure_number(text, 0, len(text))
        if count < 0:
            return None
        digits = bytes(c for c in text[begin:shown] if 48 <= c <= 57).decode()
        length, stripped = count, 0
        start = t[k.H_ABROAD] if abroad else t[k.H_ROOT]
        entry, after, base, used = k.walk(t, text, begin, shown, start, count, day)
        if entry > 0 and t[entry + k.E_STRIP] > 0:
            stripped, count, begin = base, count - base, after
            entry, after, base, used = k.walk(t, text, begin, shown, t[k.H_ROOT], count, day)
        if entry == 0 and not abroad and area >= 0:
            entry, after, base, local = k.walk(t, text, begin, shown, t[t[k.H_AREA_ROOTS] + area], count, day)
            used = max(used, local)
        used = min(used + stripped, len(digits))
        special = entry > 0 and t[entry + k.E_KIND] > k.MOBILE
        form = self._form(entry, digits[stripped:], base) if entry > 0 else digits
        if shown < len(text):
            form = written[shown:]
        home = self._area_of(entry, text, begin, shown, base) if entry > 0 else NO_AREA
        return Number(digits, used, length, form, special, entry > 0, home)

    def _form(self, entry: int, digits: str, base: int) -> str:
        t: Any = self._tables
        proper = digits[base:]
        if t[entry + k.E_AREA] >= 0:
            code: str = self._codes[t[entry + k.E_AREA]]
            return self._trunk + code + proper
        return proper if t[entry + k.E_SEGMENTED] or t[entry + k.E_KIND] > k.MOBILE else self._abroad + proper

    def _area_of(self, entry: int, text: bytes, begin: int, shown: int, base: int) -> int:
        t = self._tables
        if not t[entry + k.E_SEGMENTED]:
            return int(t[entry + k.E_AREA])
        home = k.segment_home(self._segments, text, begin, shown, base)
        return NO_AREA if home < 0 else int(t[t[k.H_AREA_OF_PLACE] + home])
