"""What a dialled number means: every prefix of the numbering plan is compared, and the longest one decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tariffs.rulebook.numbers import AreaCode, CountryCode, Exchange, MobileRange, SpecialService
from tariffs.rulebook.values import Dated
from tests.oracle.world import World

SEPARATORS = " -()."


@dataclass(frozen=True)
class Reading:
    """`kind`: fixed, mobile or the name of a special service; `place`: home, or None at the caller's own place.

    `area`: the area code of the number, for those who dial without one.
    """

    kind: str
    place: str | None
    operator: str | None = None
    access: str = "none"
    area: str | None = None


@dataclass(frozen=True)
class Unknown:
    """A number without a meaning. `code`: why its call is suspended."""

    code: Literal["unknown-number", "unknown-home", "unreadable"] = "unknown-number"


Entry = AreaCode | MobileRange | SpecialService | CountryCode


@dataclass(frozen=True)
class Pattern:
    """Digits dialled and what starts with them. `lead`: how many of them come before the number of the entry itself.

    Without an entry, or with an area code, it opens a part of the plan: what shorter prefixes mean is forgotten.
    """

    prefix: str
    entry: Entry | None = None
    lead: int = 0


def digits_of(world: World, number: str) -> str | None:
    """The digits dialled, a leading + read as the international prefix; None for what is no number."""
    plain = "".join(c for c in number if c not in SEPARATORS)
    if plain.startswith("+"):
        plain = world.book.numbering.international + plain[1:]
    return plain if plain and all(c in "0123456789" for c in plain) else None


def patterns(world: World) -> Iterator[Pattern]:
    """Every prefix under which a number of the plan can be dialled, a local number in its own area apart."""
    plan = world.book.numbering
    leads = (plan.trunk, plan.international + plan.country_code, plan.country_code)
    for lead in leads:
        yield Pattern(lead)
        for area in plan.areas:
            yield Pattern(lead + area.code, area, len(lead))
    for mobile in plan.mobile:
        for lead in ("", *leads):
            yield Pattern(lead + mobile.prefix, mobile, len(lead))
    for special in plan.special:
        yield Pattern(special.prefix, special)
    for country in plan.countries:
        yield Pattern(plan.international + country.code, country, len(plan.international))


def exchanges(world: World, area: AreaCode) -> list[Exchange]:
    """Leading digits of subscriber numbers of an area, by the plan and by the zoning in use, on days that it has."""
    found = [exchange for exchange in world.book.numbering.exchanges if exchange.area == area.code]
    file = world.zoning.exchanges
    if file is not None:
        rows = world.book.tables[file]
        found += [Exchange(area=a, prefix=p, place=place) for a, p, place in rows if a == area.code]
    return [exchange for exchange in found if _share_a_day(world, exchange, area)]


def _share_a_day(world: World, one: Dated, other: Dated) -> bool:
    firsts = [day for day in (world.day(one.from_), world.day(other.from_)) if day is not None]
    ends = [day for day in (world.day(one.until), world.day(other.until)) if day is not None]
    return not firsts or not ends or max(firsts) < min(ends)


def read_number(world: World, number: str, date: dt.date, area: str | None) -> Reading | Unknown:
    """What `number` means on `date` to a caller in the area `area` (its code without the trunk prefix)."""
    digits = digits_of(world, number)
    if digits is None:
        return Unknown("unreadable")
    plan = world.book.numbering
    access = "none"
    codes = {code.code for code in plan.access if digits.startswith(code.code)}
    if codes:
        access = max(codes, key=len)
        if not any(code.code == access and _holds(world, code, date) for code in plan.access):
            return Unknown()
        digits = digits[len(access) :]
    return _read_rest(world, digits, date, area, access)


def _read_rest(world: World, digits: str, date: dt.date, area: str | None, access: str) -> Reading | Unknown:
    found = [pattern for pattern in patterns(world) if digits.startswith(pattern.prefix)]
    opened = max((len(p.prefix) for p in found if p.entry is None or isinstance(p.entry, AreaCode)), default=0)
    deepest = max((len(p.prefix) for p in found if p.entry is not None and len(p.prefix) >= opened), default=-1)
    entries = [(p.entry, digits[p.lead :]) for p in found if len(p.prefix) == deepest and p.entry is not None]
    fitting = [(entry, number) for entry, number in entries if fits(world, entry, number)]
    if fitting:
        return next(
            (_read(world, e, number, date, access) for e, number in fitting if _holds(world, e, date)), Unknown()
        )
    own = [code for code in world.book.numbering.areas if code.code == area and fits(world, code, area + digits)]
    return next((_read(world, e, e.code + digits, date, access) for e in own if _holds(world, e, date)), Unknown())


def fits(world: World, entry: Entry, number: str) -> bool:
    """Whether a number has the length of an entry; a subscriber number also a digit that such numbers begin with."""
    match entry:
        case AreaCode():
            subscriber = number[len(entry.code) :]
            leading = entry.leading or world.book.numbering.leading
            known = any(subscriber.startswith(exchange.prefix) for exchange in exchanges(world, entry))
            return len(subscriber) in entry.digits and (known or subscriber[0] in leading)
        case MobileRange():
            return len(number) == entry.digits
        case SpecialService() | CountryCode():
            return len(number) in entry.digits


def _read(world: World, entry: Entry, number: str, date: dt.date, access: str) -> Reading | Unknown:
    match entry:
        case AreaCode():
            return _read_subscriber(world, entry, number[len(entry.code) :], date, access)
        case MobileRange():
            home = _home(world, number)
            return Unknown("unknown-home") if home is None else Reading("mobile", home, entry.operator, access)
        case SpecialService():
            return Reading(entry.service, entry.place, None, access)
        case CountryCode():
            return Reading("fixed", entry.place, None, access)


def _read_subscriber(world: World, area: AreaCode, subscriber: str, date: dt.date, access: str) -> Reading | Unknown:
    matching = [exchange for exchange in exchanges(world, area) if subscriber.startswith(exchange.prefix)]
    if not matching:
        return Reading("fixed", area.place, area.operator, access, area.code)
    deepest = max(len(exchange.prefix) for exchange in matching)
    for exchange in matching:
        if len(exchange.prefix) == deepest and _holds(world, exchange, date):
            operator = exchange.operator or area.operator
            return Reading("fixed", exchange.place or area.place, operator, access, area.code)
    return Unknown()


def _home(world: World, mobile: str) -> str | None:
    segments = world.book.numbering.segments
    assert segments is not None
    rows = [(prefix, place) for prefix, place in world.book.tables[segments.file] if mobile.startswith(prefix)]
    return max(rows, key=lambda row: len(row[0]))[1] if rows else None


def _holds(world: World, entry: Dated, date: dt.date) -> bool:
    return world.in_force(entry.from_, entry.until, date)


def longest_known_prefix(world: World, number: str, date: dt.date, area: str | None) -> int:
    """The fewest leading digits that, whatever follows, already settle how the number is read.

    Found by trial: the digits behind are replaced in several ways, and the reading must stay.
    """
    digits = digits_of(world, number)
    assert digits is not None
    meaning = read_number(world, digits, date, area)
    for kept in range(len(digits) + 1):
        tails = [digits[kept:].translate(str.maketrans("0123456789", shuffled)) for shuffled in _SHUFFLES]
        if all(read_number(world, digits[:kept] + tail, date, area) == meaning for tail in tails):
            return kept
    return len(digits)


_SHUFFLES = ("1234567890", "9876543210", "5555555555", "0000000000", "8888888888", "1357924680")
