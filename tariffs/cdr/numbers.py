"""Telephone numbers as the rulebook reads them: how many digits tell something, and the one form of every writing."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from tariffs.rating import digits
from tariffs.rating import kernel as k

NO_AREA: Final = -1
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d+)?[eE]\+?\d+")
_MOST_REMEMBERED: Final = 200_000
_EPOCH_DAY: Final = k.EPOCH
_DAY: Final = k.DAY


def why_unreadable(batch: Any, row: int) -> str:
    """Which party of a call is no telephone number, and why: the caller if it is so, else the called one."""
    for name in ("caller", "called"):
        text = batch.column(batch.schema.get_field_index(name))[row].as_py()
        reason = _why_unreadable(text)
        if reason:
            return f"{name}: {reason}"
    return ""


def _why_unreadable(text: str | None) -> str:
    """Why a text is no telephone number, in words that hold none; an empty text where it may be one."""
    if text is None or not text.strip():
        return "there is none"
    if digits.measure_number(text.encode("utf-8", "replace"), 0, len(text.encode("utf-8", "replace")))[2] >= 0:
        return ""
    if _SCIENTIFIC.fullmatch(text):
        return "a number with an exponent, as spreadsheets write it; export the column as text"
    if "*" in text:
        return "digits are hidden behind `*`"
    if any(sign.isalpha() for sign in text):
        return "not a telephone number: it holds letters" + _lookalike(text)
    return "not a telephone number"


def _lookalike(text: str) -> str:
    return " (the letter O for the digit 0?)" if set(filter(str.isalpha, text)) <= set("Oo") else ""


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


class _Plan(NamedTuple):
    """What the plan says of all numbers of one length that begin alike: as `Number`, and how to make `form`."""

    used: int
    special: bool
    known: bool
    area: int
    head: str
    cut: int


@dataclass
class NumberReader:
    """Reads numbers by the numbering plan of a rater."""

    rater: Any
    _plans: dict[tuple[str, int, int, int], _Plan] = field(default_factory=dict, repr=False)
    _depths: list[int] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        automaton = self.rater.compiled.automaton
        self._tables: Any = self.rater.compiled.tables.heap
        self._segments: Any = self.rater.compiled.tables.segments
        self._bounds = sorted({*automaton.since, *automaton.until})
        self._codes: tuple[str, ...] = tuple(automaton.area_codes)

    @property
    def eras(self) -> list[int]:
        """Days (ordinals) on which the numbering plan changes, sorted; between two of them numbers mean the same."""
        return self._bounds

    @cached_property
    def trunk(self) -> str:
        """What is dialled before an area code."""
        return str(self.rater.compiled.book.numbering.trunk)

    @cached_property
    def _abroad(self) -> str:
        return str(self.rater.compiled.book.numbering.international)

    def area(self, code: str | None) -> int:
        """The area of a code with or without trunk prefix; NO_AREA where there is none such."""
        bare = (code or "").removeprefix(self.trunk)
        return self._codes.index(bare) if bare in self._codes else NO_AREA

    def area_of_place(self, name: str | None) -> int:
        """The area that a place (as a record names it) lies in."""
        place = self.rater._codes.places.get(name) if name else None
        return NO_AREA if place is None else int(self._tables[self._tables[k.H_AREA_OF_PLACE] + place])

    def read(self, text: str, area: int, wall: int | None) -> Number | None:
        """A number as written; None where the text is none. `wall`: microseconds of the call's start.

        Without a start, as on the latest day on which the plan knows the number. A leading `+` is read as the
        international prefix, which a masked number can show.
        """
        if "+" in text:
            text = text.replace("+", self._abroad, 1)
        if wall is not None:
            return self._on(text, area, wall // _DAY + _EPOCH_DAY)
        number = None
        for day in (*reversed(self._bounds), 0):
            number = self._on(text, area, day)
            if number is None or number.known:
                break
        return number

    def _on(self, text: str, area: int, day: int) -> Number | None:
        """The number as the plan of a day has it. What begins alike is looked up once, until the plan changes."""
        era = bisect_right(self._bounds, day)
        if not (text.isascii() and text.isdigit()):
            return self._walked(text, area, day)
        for depth in self._depths:
            plan = self._plans.get((text[:depth], len(text), area, era))
            if plan is not None:
                form = plan.head + text[plan.cut :]
                return Number(text, plan.used, len(text), form, plan.special, plan.known, plan.area)
        number = self._walked(text, area, day)
        if number is not None:
            self._remember(text, number, (area, era))
        return number

    def _remember(self, text: str, number: Number, place: tuple[int, int]) -> None:
        """Keeps what the digits up to the first that did not matter have told."""
        depth = number.used + 1
        if len(self._plans) >= _MOST_REMEMBERED:
            self._plans.clear()
        if depth not in self._depths:
            self._depths.append(depth)
        proper = next(n for n in range(len(text) + 1) if number.form.endswith(text[n:]))
        head = number.form.removesuffix(text[proper:])
        plan = _Plan(number.used, number.special, number.known, number.area, head, proper)
        self._plans[text[:depth], len(text), *place] = plan

    def _walked(self, written: str, area: int, day: int) -> Number | None:
        t, text = self._tables, written.encode("utf-8", "replace")
        begin, shown, count, abroad = digits.measure_number(text, 0, len(text))
        if count < 0:
            return None
        dialled = bytes(c for c in text[begin:shown] if 48 <= c <= 57).decode()
        length, stripped = count, 0
        start = t[digits.H_ABROAD] if abroad else t[digits.H_ROOT]
        entry, after, base, used = digits.walk(t, text, begin, shown, start, count, day)
        if entry > 0 and t[entry + digits.E_STRIP] > 0:
            stripped, count, begin = base, count - base, after
            entry, after, base, used = digits.walk(t, text, begin, shown, t[digits.H_ROOT], count, day)
        if entry == 0 and not abroad and area >= 0:
            entry, after, base, local = digits.walk(t, text, begin, shown, t[t[digits.H_AREA_ROOTS] + area], count, day)
            used = max(used, local)
        used = min(used + stripped, len(dialled))
        if entry <= 0:
            return Number(dialled, used, length, dialled, special=False, known=False, area=NO_AREA)
        form = self._head(entry) + dialled[stripped + base :] if shown == len(text) else written[shown:]
        home = self._area_of(entry, text, begin, shown, base)
        return Number(dialled, used, length, form, t[entry + digits.E_KIND] > k.MOBILE, known=True, area=home)

    def _head(self, entry: int) -> str:
        """What goes before the proper digits of a number, so that every way to dial it looks the same."""
        t: Any = self._tables
        if t[entry + digits.E_AREA] >= 0:
            code: str = self._codes[t[entry + digits.E_AREA]]
            return self.trunk + code
        return "" if t[entry + digits.E_SEGMENTED] or t[entry + digits.E_KIND] > k.MOBILE else self._abroad

    def _area_of(self, entry: int, text: bytes, begin: int, shown: int, base: int) -> int:
        t = self._tables
        if not t[entry + digits.E_SEGMENTED]:
            return int(t[entry + digits.E_AREA])
        home = digits.segment_home(t, self._segments, text, begin, shown, base)
        return NO_AREA if home < 0 else int(t[t[k.H_AREA_OF_PLACE] + home])
