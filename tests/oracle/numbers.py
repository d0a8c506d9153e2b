"""What a dialled number means: every prefix of the numbering plan is compared, and the longest one decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tariffs.rulebook.numbers import AccessCode, AreaCode, CountryCode, Exchange, MobileRange, SpecialService
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

    code: Literal["unknown-number", "unknown-home"] = "unknown-number"


@dataclass(frozen=True)
class _Pattern:
    prefix: str
    entry: AreaCode | MobileRange | SpecialService | CountryCode | None
    lead: int  # digits of the prefix that come before the national (or special, or international) number


def digits_of(world: World, number: str) -> str | None:
    """The digits dialled, a leading + read as the international prefix; None for what is no number."""
    plain = "".join(c for c in number if c not in SEPARATORS)
    if plain.startswith("+"):
        plain = world.book.numbering.international + plain[1:]
    return plain if plain and all(c in "0123456789" for c in plain) else None


def patterns(world: World) -> Iterator[_Pattern]:
    """Every prefix under which a number of the plan can be dialled, a local number in its own area apart."""
    plan = world.book.numbering
    leads = (plan.trunk, plan.international + plan.country_code, plan.country_code)
    yield _Pattern(plan.international + plan.country_code, None, 0)
    for area in plan.areas:
        for lead in leads:
            yield _Pattern(lead + area.code, area, len(lead))
    for mobile in plan.mobile:
        for lead in ("", *leads):
            yield _Pattern(lead + mobile.prefix, mobile, len(lead))
    for special in plan.special:
        yield _Pattern(special.prefix, special, 0)
    for country in plan.countries:
        yield _Pattern(plan.international + country.code, country, len(plan.international))


def exchanges(world: World, area: str) -> list[Exchange]:
    """Leading digits of subscriber numbers of an area: those of the plan and those of the zoning in use."""
    found = [exchange for exchange in world.book.numbering.exchanges if exchange.area == area]
    file = world.zoning.exchanges
    if file is not None:
        rows = world.book.tables[file]
        found += [Exchange(area=a, prefix=p, place=place) for a, p, place in rows if a == area]
    return found


def read_number(world: World, number: str, date: dt.date, area: str | None) -> Reading | Unknown:
    """What `number` means on `date` to a caller in the area `area` (its code without the trunk prefix)."""
    digits = digits_of(world, number)
    if digits is None:
        return Unknown()
    plan = world.book.numbering
    access = "none"
    codes = {code.code for code in plan.access if digits.startswith(code.code)}
    if codes and not number.strip().startswith("+"):
        longest = max(codes, key=len)
        if not _one_in_force(world, [code for code in plan.access if code.code == longest], date):
            return Unknown()
        access, digits = longest, digits[len(longest) :]
    return _read_rest(world, digits, date, area, access)


def _read_rest(world: World, digits: str, date: dt.date, area: str | None, access: str) -> Reading | Unknown:
    plan = world.book.numbering
    found = [pattern for pattern in patterns(world) if digits.startswith(pattern.prefix)]
    if found:
        deepest = max(len(pattern.prefix) for pattern in found)
        entries = [pattern for pattern in found if len(pattern.prefix) == deepest]
        for pattern in entries:
            if pattern.entry is not None and world.in_force(pattern.entry.from_, pattern.entry.until, date):
                return _read_entry(world, pattern, digits, date, access)
        return Unknown()
    if digits.startswith((plan.trunk, plan.international)) or area is None:
        return Unknown()
    for own in plan.areas:
        if own.code == area and world.in_force(own.from_, own.until, date):
            return _read_subscriber(world, own, digits, date, access)
    return Unknown()


def _read_entry(world: World, pattern: _Pattern, digits: str, date: dt.date, access: str) -> Reading | Unknown:
    entry, rest = pattern.entry, digits[pattern.lead :]
    match entry:
        case AreaCode():
            return _read_subscriber(world, entry, rest[len(entry.code) :], date, access)
        case MobileRange():
            if len(rest) != entry.digits:
                return Unknown()
            home = _home(world, rest)
            return Unknown("unknown-home") if home is None else Reading("mobile", home, entry.operator, access)
        case SpecialService():
            if len(rest) not in entry.digits:
                return Unknown()
            return Reading(entry.service, entry.place, None, access)
        case CountryCode():
            return Reading("fixed", entry.place, None, access) if len(rest) in entry.digits else Unknown()
    raise AssertionError(entry)


def _read_subscriber(world: World, area: AreaCode, digits: str, date: dt.date, access: str) -> Reading | Unknown:
    if len(digits) not in area.digits:
        return Unknown()
    place, operator = area.place, area.operator
    matching = sorted(
        (exchange for exchange in exchanges(world, area.code) if digits.startswith(exchange.prefix)),
        key=lambda exchange: len(exchange.prefix),
    )
    for prefix in dict.fromkeys(exchange.prefix for exchange in matching):
        known = _one_in_force(world, [exchange for exchange in matching if exchange.prefix == prefix], date)
        if known is None and prefix == matching[-1].prefix:
            return Unknown()
        if known is not None:
            assert isinstance(known, Exchange)
            place, operator = known.place or place, known.operator or operator
    return Reading("fixed", place, operator, access, area.code)


def _home(world: World, mobile: str) -> str | None:
    segments = world.book.numbering.segments
    assert segments is not None
    rows = [(prefix, place) for prefix, place in world.book.tables[segments.file] if mobile.startswith(prefix)]
    return max(rows, key=lambda row: len(row[0]))[1] if rows else None


def _one_in_force(
    world: World, entries: list[AccessCode] | list[Exchange], date: dt.date
) -> AccessCode | Exchange | None:
    return next((entry for entry in entries if world.in_force(entry.from_, entry.until, date)), None)


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
