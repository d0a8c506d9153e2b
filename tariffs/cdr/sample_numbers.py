"""Telephone numbers that a rulebook's numbering plan accepts throughout a month, drawn at random by place.

They are synthetic: any likeness to the number of a real line is chance.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final, NamedTuple

from tariffs.cdr.sample_profile import Choice, Draw
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.numbers import CountryCode, MobileRange, Numbering
from tariffs.rulebook.values import Dated

ABROAD: Final = ("1", "44", "49", "61", "65", "81", "82")
"""Country codes to call where the plan has one entry for all other countries."""

_PEOPLE_OF_AN_EXCHANGE: Final = 100_000


class Number(NamedTuple):
    """A drawn number: `national` as dialled from another area (`075781234567`, `13800138000`), `local` from its own."""

    national: str
    local: str
    mobile: bool
    operator: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """`size` numbers from `lowest` on, all of one length. `lead` is dialled before them from elsewhere.

    `others`: longer area codes that begin like this block's; numbers that would be read as those are left out.
    """

    lead: str
    lowest: int
    size: int
    mobile: bool = False
    operator: str | None = None
    others: tuple[str, ...] = ()

    def draw(self, draw: Draw) -> Number:
        while True:
            local = str(self.lowest + draw.below(self.size))
            national = self.lead + local
            if not self.others or not national.startswith(self.others):
                return Number(national, local, self.mobile, self.operator)


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
        self._special: dict[str, Choice[Block]] = {}
        for service in sorted({s.service for s in special}):
            chosen = [s for s in special if s.service == service]
            self._special[service] = Choice([(_block("", s.prefix, n), 1) for s in chosen for n in s.digits])
        self.services: tuple[str, ...] = tuple(self._special)
        self._fixed = self._areas(book)
        self._mobile = self._segments(book)
        self._abroad = self._countries()
        self.fixed, self.mobile, self.abroad = map(frozenset, (self._fixed, self._mobile, self._abroad))
        """The places that have fixed lines, mobile lines, lines behind the international prefix."""

    def _throughout(self, item: Dated) -> bool:
        """Whether `item` holds on every day; one whose dates are parameters is not counted on."""
        starts = item.from_ is None or (isinstance(item.from_, dt.date) and item.from_ <= self._first)
        ends = item.until is None or (isinstance(item.until, dt.date) and item.until >= self._until)
        return starts and ends

    def _areas(self, book: Rulebook) -> dict[str, Choice[Block]]:
        """City → its areas, cut by exchange where the plan or any zoning tells more than the city, by people there."""
        exchanges: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
        for known in self._plan.exchanges:
            if self._throughout(known):
                exchanges[known.area].append((known.prefix, known.place, known.operator))
        for zoning in book.zonings.values():
            for code, prefix, inner in book.tables.get(zoning.exchanges or "", ()):
                exchanges[code].append((prefix, inner, None))
        found: dict[str, list[tuple[Block, int]]] = defaultdict(list)
        for area in self._plan.areas:
            if not self._throughout(area):
                continue
            cuts = exchanges[area.code] or [("", None, None)]
            shared = Counter(place for _, place, _ in cuts)
            lead = self._plan.trunk + area.code
            longer = (a.code for a in self._plan.areas if a.code != area.code and a.code.startswith(area.code))
            others = tuple(self._plan.trunk + code for code in longer)
            for prefix, place, operator in cuts:
                people = book.places[place or area.place].people or _PEOPLE_OF_AN_EXCHANGE
                for length in area.digits:
                    block = _block(lead, prefix, length, operator=operator or area.operator, others=others)
                    found[area.place].append((block, people // shared[place] + 1))
        return {place: Choice(areas) for place, areas in found.items()}

    def _segments(self, book: Rulebook) -> dict[str, Choice[Block]]:
        """Home city → segments of the table that a mobile range holds and that no longer segment cuts up."""
        if self._plan.segments is None:
            return {}
        rows = sorted(book.tables[self._plan.segments.file])
        ranges = {m.prefix: m for m in self._plan.mobile if self._throughout(m)}
        found: dict[str, list[tuple[Block, int]]] = defaultdict(list)
        for (prefix, place), (following, _) in zip(rows, [*rows[1:], ("", "")], strict=True):
            held = _longest(ranges, prefix)
            if held is None or following.startswith(prefix):
                continue
            found[place].append((_block("", prefix, held.digits, mobile=True, operator=held.operator), 1))
        return {place: Choice(segments) for place, segments in found.items()}

    def _countries(self) -> dict[str, Choice[Block]]:
        listed = [c for c in self._plan.countries if self._throughout(c)]
        codes = tuple(c.code for c in listed if c.code)
        found: dict[str, list[tuple[Block, int]]] = defaultdict(list)
        for country in listed:
            others = [code for code in ABROAD if not code.startswith(codes)] if not country.code else [country.code]
            for code in others:
                lead = self._plan.international + code
                found[country.place].append((_block(lead, "", _usual_length(country, code)), 1))
        return {place: Choice(countries) for place, countries in found.items()}

    def subscriber(self, draw: Draw, place: str) -> Number:
        """A fixed line of a city."""
        return self._fixed[place].draw(draw).draw(draw)

    def handset(self, draw: Draw, place: str) -> Number:
        """A mobile line whose home is a city."""
        return self._mobile[place].draw(draw).draw(draw)

    def foreign(self, draw: Draw, place: str) -> Number:
        """A number behind the international prefix."""
        return self._abroad[place].draw(draw).draw(draw)

    def service(self, draw: Draw, service: str) -> Number:
        """The number of a special service."""
        return self._special[service].draw(draw).draw(draw)

    def without_area(self, number: Number) -> str:
        """The number without its area code, unless that would be taken for something else."""
        return number.national if number.local.startswith(self._taken) else number.local

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


def _block(
    lead: str,
    prefix: str,
    length: int,
    *,
    mobile: bool = False,
    operator: str | None = None,
    others: tuple[str, ...] = (),
) -> Block:
    """Numbers of `length` digits that begin with `prefix`; without one, as subscriber numbers do, with 2 to 8."""
    rest = 10 ** (length - len(prefix or "2"))
    lowest, size = (int(prefix) * rest, rest) if prefix else (2 * rest, 7 * rest)
    return Block(lead, lowest, size, mobile, operator, others)
