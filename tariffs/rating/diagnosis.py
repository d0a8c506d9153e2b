"""What is to be said of a record that could not be rated: which of its fields, and which rules. Never a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.outcome import STATUS, SUSPENSE
from tariffs.rating.tables import Compiled
from tariffs.rating.values import Values
from tariffs.rulebook.values import Quantity

NAMED = {
    k.USAGE: "service",
    k.DIRECTION: "direction",
    k.OPERATOR: "operator",
    k.CALLED_OPERATOR: "called_operator",
    k.GROUP: "group",
    k.PLAN: "plan",
    k.OPTIONS: "options",
}
AMOUNTS = {k.DURATION: "duration", k.SEIZURE: "seizure", k.QUANTITY: "quantity"}


def diagnose(compiled: Compiled, status: int, leaf: int, caller: bytes, called: bytes, facts: Sequence[int]) -> str:
    """The reason of a negative status in English, with the field or the rules that it comes from."""
    words = SUSPENSE[STATUS[status]].en
    if status == k.TWO_RULES:
        item = compiled.diagram.leaves[leaf]
        rules = compiled.scenarios[item.scenario].rules
        return words + ": " + "; ".join(f"{rules[r].name} ({rules[r].at})" for r in item.on_top)
    if status in (digits.UNREADABLE, digits.UNKNOWN_NUMBER, k.UNKNOWN_HOME):
        return f"{_which(compiled, caller, facts)}: {words}{_remark(compiled, status, caller, facts)}"
    if status == k.UNKNOWN_NAME:
        return f"{', '.join(n for fact, n in NAMED.items() if facts[fact] == digits.NOT_KNOWN)}: {words}"
    if status == k.UNKNOWN_PLACE:
        return (
            f"served_place: {words}" if facts[k.SERVED_PLACE] == digits.NOT_KNOWN else f"served_place: absent; {words}"
        )
    if status == k.IMPOSSIBLE_TIME:
        negative = [name for fact, name in AMOUNTS.items() if k.MISSING < facts[fact] < 0]
        return f"{', '.join(negative)}: less than nothing" if negative else f"start: {words}"
    if status == k.OVER_LIMIT:
        return f"{words} ({Quantity(measure='time', amount=compiled.book.rulebook.longest_call.amount)})"
    if status == k.NO_RULE:
        return words + _promised(compiled, facts)
    return words


def _which(compiled: Compiled, caller: bytes, facts: Sequence[int]) -> str:
    """Whether the caller's number is to blame; else the called one is."""
    entry, place = _read(compiled, caller, facts)
    fine = entry > 0 and place >= 0 and compiled.tables.heap[entry + digits.E_KIND] <= k.MOBILE
    return "called" if fine else "caller"


def _remark(compiled: Compiled, status: int, caller: bytes, facts: Sequence[int]) -> str:
    segments = compiled.book.numbering.segments
    if status == k.UNKNOWN_HOME and segments is not None:
        return f" ({segments.vintage})"
    if status == digits.UNKNOWN_NUMBER and facts[k.HOME_AREA] < 0 and _which(compiled, caller, facts) == "caller":
        count = digits.measure_number(caller, 0, len(caller))[2]
        if any(count in area.digits for area in compiled.book.numbering.areas):
            return "; if it is written without area code, say its home area"
    return ""


def _read(compiled: Compiled, text: bytes, facts: Sequence[int]) -> tuple[int, int]:
    heap, segments = compiled.tables
    measured = digits.measure_number(text, 0, len(text))
    day = facts[k.START] // k.DAY + k.EPOCH
    entry, _, place, _ = digits.read_number(heap, segments, text, measured, facts[k.HOME_AREA], day)
    return entry, place


def _promised(compiled: Compiled, facts: Sequence[int]) -> str:
    """The days for which the rulebook promises prices, where the day looked at is none of them."""
    values = Values.of(compiled.book, {}, assumptions=True)
    spans = [(values.date(c.from_, c.at) or dt.date.min, values.date(c.until, c.at) or dt.date.max)
             for c in compiled.book.covers]  # fmt: skip
    days = [facts[k.START] // k.DAY + k.EPOCH, *(v.as_of for v in compiled.views if v.as_of is not None)]
    outside = [day for day in days if not any(a.toordinal() <= day < b.toordinal() for a, b in spans)]
    if not spans or not outside:
        return ""
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    return f"; the rulebook promises prices from {first} to before {last}"
