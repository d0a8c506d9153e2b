"""Telephone numbers that a rulebook's numbering plan accepts throughout a month, drawn at random by place.

They are synthetic: any likeness to the number of a real line is chance.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from tariffs.cdr.sample_profile import Choice, Draw
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.numbers import CountryCode, MobileRange, Numbering
from tariffs.rulebook.values import Dated

ABROAD: Final = ("1", "44", "49", "61", "65", "81", "82")
"""Country codes to call where the plan has one entry for all other countries."""

_PEOPLE_OF_AN_EXCHANGE: Final = 100_000
_FIRST_DIGITS: Final = "2345678"


@dataclass(frozen=True, slots=True)
class Number:
    """A drawn number: `national` as dialled from another area (`075781234567`, `13800138000`), `local` from its own.

    `local` is `national` where the number without its area would be taken for something else.
    """

    national: str
    local: str
    mobile: bool = False
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """Subscriber numbers of `length` digits in an area that begin with `prefix`.

    `others`: longer area codes that begin with this one; together with its number they would be read as those.
    """

    code: str
    prefix: str
    length: int
    others: tuple[str, ...]
    operator: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Mobile numbers of `length` digits that begin with `prefix`."""

    prefix: str
    length: int
    operator: str | None


@dataclass(frozen=True, slots=True)
class Abroad:
    """Numbers behind the international prefix: country code and how many digits follow it."""

    code: str
    length: int


@dataclass(frozen=True, slots=True)
class Special:
    """Numbers of `length` digits that are no subscriber (emergency, 400, 800)."""

    prefix: str
    length: int


class Numbers:
    """What the numbering plan of `book` holds from `first` to the last day before `until`, ready to draw from."""

    def __init__(self, book: Rulebook, first: dt.date, until: dt.date) -> None:
        self._plan: Numbering = book.numbering
        self._first, self._until = first, until
        plan = self._plan
        special = [s for s in plan.special if self._throughout(s)]
        self.access: tuple[tuple[str, str | None], ...] = tuple(
            (code.code, code.operator) for code in plan.access if self._throughout(code)
        )
        self._taken: tuple[str, ...] = (
            plan.country_code,
            *(code.code for code in plan.access),
            *(item.prefix for item in plan.special),
            *(item.prefix for item in plan.mobile),
        )
        self.special: dict[str, Choice[Special]] = {}
        for service in sorted({s.service for s in special}):
            chosen = [s for s in special if s.service == service]
            self.special[service] = Choice([(Special(s.prefix, n), 1) for s in chosen for n in s.digits])
        self.fixed: dict[str, Choice[Area]] = self._areas(book)
        self.mobile: dict[str, Choice[Segment]] = self._segments(book)
        self.abroad: dict[str, Choice[Abroad]] = self._countries()

    def _throughout(self, item: Dated) -> bool:
        """Whether `item` holds on every day; one whose dates are parameters is not counted on."""
        starts = item.from_ is None or (isinstance(item.from_, dt.date) and item.from_ <= self._first)
        ends = item.until is None or (isinstance(item.until, dt.date) and item.until >= self._until)
        return starts and ends

    def _areas(self, book: Rulebook) -> dict[str, Choice[Area]]:
        """City → its areas, cut by exchange where the plan or any zoning tells more than the city, by people there."""
        exchanges: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
        for known in self._plan.exchanges:
            if self._throughout(known):
                exchanges[known.area].append((known.prefix, known.place, known.operator))
        for zoning in book.zonings.values():
            for code, prefix, inner in book.tables.get(zoning.exchanges or "", ()):
                exchanges[code].append((prefix, inner, None))
        found: dict[str, list[tuple[Area, int]]] = defaultdict(list)
        for area in self._plan.areas:
            if not self._throughout(area):
                continue
            cuts = exchanges[area.code] or [("", None, None)]
            shared = Counter(place for _, place, _ in cuts)
            others = tuple(a.code for a in self._plan.areas if a.code != area.code and a.code.startswith(area.code))
            for prefix, place, operator in cuts:
                people = book.places[place or area.place].people or _PEOPLE_OF_AN_EXCHANGE
                for length in area.digits:
                    drawn = Area(area.code, prefix, length, others, operator or area.operator)
                    found[area.place].append((drawn, people // shared[place] + 1))
        return {place: Choice(areas) for place, areas in found.items()}

    def _segments(self, book: Rulebook) -> dict[str, Choice[Segment]]:
        """Home city → segments of the table that a mobile range holds and that no longer segment cuts up."""
        if self._plan.segments is None:
            return {}
        rows = sorted(book.tables[self._plan.segments.file])
        ranges = {m.prefix: m for m in self._plan.mobile if self._throughout(m)}
        found: dict[str, list[tuple[Segment, int]]] = defaultdict(list)
        for (prefix, place), (following, _) in zip(rows, [*rows[1:], ("", "")], strict=True):
            held = _longest(ranges, prefix)
            if held is None or following.startswith(prefix):
                continue
            found[place].append((Segment(prefix, held.digits, held.operator), 1))
        return {place: Choice(segments) for place, segments in found.items()}

    def _countries(self) -> dict[str, Choice[Abroad]]:
        listed = [c for c in self._plan.countries if self._throughout(c)]
        codes = tuple(c.code for c in listed if c.code)
        found: dict[str, list[tuple[Abroad, int]]] = defaultdict(list)
        for country in listed:
            others = [code for code in ABROAD if not code.startswith(codes)] if not country.code else [country.code]
            for code in others:
                found[country.place].append((Abroad(code, _usual_length(country, code)), 1))
        return {place: Choice(countries) for place, countries in found.items()}

    def subscriber(self, draw: Draw, place: str) -> Number:
        """A fixed line of a city."""
        area = self.fixed[place].draw(draw)
        while True:
            local = area.prefix or _FIRST_DIGITS[draw.below(len(_FIRST_DIGITS))]
            local += _digits(draw, area.length - len(local))
            if not (area.code + local).startswith(area.others):
                break
        national = self._plan.trunk + area.code + local
        return Number(national, national if local.startswith(self._taken) else local, operator=area.operator)

    def handset(self, draw: Draw, place: str) -> Number:
        """A mobile line whose home is a city."""
        segment = self.mobile[place].draw(draw)
        digits = segment.prefix + _digits(draw, segment.length - len(segment.prefix))
        return Number(digits, digits, mobile=True, operator=segment.operator)

    def foreign(self, draw: Draw, place: str) -> Number:
        """A number behind the international prefix."""
        country = self.abroad[place].draw(draw)
        digits = self._plan.international + country.code + "2" + _digits(draw, country.length - 1)
        return Number(digits, digits)

    def service(self, draw: Draw, service: str) -> str:
        """The number of a special service."""
        special = self.special[service].draw(draw)
        return special.prefix + _digits(draw, special.length - len(special.prefix))

    def unassigned_area(self) -> str | None:
        """An area code that the plan holds on no day, nor anything longer or shorter; None where every one is taken."""
        codes = (*(a.code for a in self._plan.areas), *(m.prefix for m in self._plan.mobile))
        for candidate in map(str, range(999, 199, -1)):
            if not candidate.startswith(codes) and not any(code.startswith(candidate) for code in codes):
                return candidate
        return None


def _longest(ranges: dict[str, MobileRange], digits: str) -> MobileRange | None:
    for length in range(len(digits), 0, -1):
        if digits[:length] in ranges:
            return ranges[digits[:length]]
    return None


def _usual_length(country: CountryCode, code: str) -> int:
    """How many digits follow `code`, whose own digits the plan counts too: eight, or what it allows next to that."""
    return max(1, min((n - len(code) for n in country.digits), key=lambda n: (abs(n - 8), n)))


def _digits(draw: Draw, count: int) -> str:
    return f"{draw.below(10**count):0{count}d}" if count > 0 else ""
