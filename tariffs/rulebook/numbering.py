"""The numbering plan holds together: on no day do the same digits mean two things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from tariffs.rulebook.book import Sections
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.values import Dated

_SINGLE: Final[tuple[tuple[str, str, str], ...]] = (
    ("areas", "code", "area code"),
    ("mobile", "prefix", "mobile range"),
    ("special", "prefix", "special service"),
    ("access", "code", "access code"),
    ("countries", "code", "country code"),
)


def check_numbering(book: Sections, notes: Notes) -> None:
    """Digits are listed once for any day; area codes are written without the trunk prefix; lengths make sense."""
    plan = book.numbering
    if plan is None:
        return
    for section, key, what in _SINGLE:
        _once(getattr(plan, section), (key,), what, notes)
    _once(plan.exchanges, ("area", "prefix"), "exchange", notes)
    for area in plan.areas:
        if area.code and plan.trunk and area.code.startswith(plan.trunk):
            message = f"the area code {area.code} begins with the trunk prefix {plan.trunk}"
            hint = f"write it without: {area.code.removeprefix(plan.trunk)}"
            notes.add("bad-value", notes.at(area, "code"), message, hint)
    for section in ("areas", "special", "countries"):
        for entry in getattr(plan, section):
            if "digits" in entry.model_fields_set and (not entry.digits or not all(0 < n <= 20 for n in entry.digits)):
                message = "numbers have from 1 to 20 digits"
                notes.add("bad-value", notes.at(entry, "digits"), message, "for example digits: [7, 8]")


def _once(entries: Iterable[Dated], keys: tuple[str, ...], what: str, notes: Notes) -> None:
    """Notes entries with the same digits under `keys` that are in force on a same day."""
    seen: dict[tuple[str | None, ...], list[Dated]] = {}
    for entry in entries:
        digits = tuple(getattr(entry, key) for key in keys)
        if None in digits:
            continue
        others = seen.setdefault(digits, [])
        for other in others:
            if _meet(entry, other):
                message = f"this {what} is listed twice for the same days"
                hint = "remove one, or let one end (`until`) where the other begins (`from`)"
                notes.add("duplicate-name", notes.at(entry, keys[-1]), message, hint, (notes.at(other, keys[-1]),))
                break
        others.append(entry)


def _meet(one: Dated, two: Dated) -> bool:
    """Whether two entries share a day. Bounds that are parameters are not known, and taken for apart."""
    if any(isinstance(bound, str) for entry in (one, two) for bound in (entry.from_, entry.until)):
        return False
    starts = [e.from_ if isinstance(e.from_, dt.date) else dt.date.min for e in (one, two)]
    ends = [e.until if isinstance(e.until, dt.date) else dt.date.max for e in (one, two)]
    return max(starts) < min(ends)
