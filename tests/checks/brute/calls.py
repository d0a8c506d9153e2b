"""Who can call whom in a tiny world, found by reading every string of digits that is short enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.decisions import When
from tests.oracle.numbers import Reading, read_number
from tests.oracle.world import World


class Way(NamedTuple):
    """Where a call is: the pair of the call, and the pair of roaming."""

    origin: str
    destination: str
    home: str
    present: str


class Use(NamedTuple):
    """What a call is, apart from places."""

    line: str
    called: str
    direction: str
    usage: str
    access: str
    operator: str | None
    called_operator: str | None
    group: str | None
    plan: str | None
    options: frozenset[str]

    @property
    def service(self) -> str:
        """What results call such a call."""
        if self.usage != "voice":
            return self.usage
        if self.direction == "received":
            return f"{self.line}-received"
        if self.access != "none":
            return f"{self.line}-ip-{self.access}"
        return f"{self.line}-to-{self.called}" if self.called in ("fixed", "mobile") else self.called


class Call(NamedTuple):
    way: Way
    use: Use


@dataclass(frozen=True)
class Subscribers:
    """What numbers there are on a day: homes of lines, services with their place (None: wherever the caller is), and
    which entries of the plan some number reaches (`areas-0`, `exchanges-2`, the name of a service, an access code).
    """

    fixed: frozenset[str]
    mobile: frozenset[str]
    special: frozenset[tuple[str, str | None]]
    access: frozenset[str]
    entries: frozenset[str]


_READ: Final[dict[object, Subscribers]] = {}
"""What was read under a plan and what of it is in force; few plans are drawn, again and again."""


def subscribers(book: Rulebook, day: dt.date) -> Subscribers:
    plan, world = book.numbering, World(book)
    entries = (*plan.areas, *plan.exchanges, *plan.mobile, *plan.special, *plan.access)
    key = (repr(plan), tuple(world.in_force(entry.from_, entry.until, day) for entry in entries))
    if key not in _READ:
        _READ[key] = _read_all(book, day)
    return _READ[key]


def _strings(length: int) -> Iterator[str]:
    return ("".join(digits) for digits in product("0123456789", repeat=length))


def _read_all(book: Rulebook, day: dt.date) -> Subscribers:
    """Reads every national number, every short one, and one of each segment of mobile numbers."""
    world, plan = World(_marked(book)), book.numbering
    national = [plan.trunk + rest for rest in _strings(3)]
    short = [number for length in (1, 2, 3) for number in _strings(length)]
    segments = [prefix.ljust(11, "1") for prefix, _ in book.tables.get("segments.csv", ())]
    behind = [code.code + number for code in plan.access for number in national]
    read = (read_number(world, number, day, None) for number in (*national, *short, *segments, *behind))
    found = {reading for reading in read if isinstance(reading, Reading)}
    plain = [reading for reading in found if reading.access == "none"]
    access = frozenset(reading.access for reading in found) - {"none"}
    return Subscribers(
        frozenset(r.place for r in plain if r.kind == "fixed" and r.place is not None),
        frozenset(r.place for r in plain if r.kind == "mobile" and r.place is not None),
        frozenset((r.kind, r.place) for r in plain if r.kind not in ("fixed", "mobile")),
        access,
        frozenset(r.operator or r.kind for r in plain) | access,
    )


def _marked(book: Rulebook) -> Rulebook:
    """The rulebook with an operator of its own for each entry of its plan."""
    plan = book.numbering
    marked = {
        kind: tuple(entry.model_copy(update={"operator": f"{kind}-{n}"}) for n, entry in enumerate(getattr(plan, kind)))
        for kind in ("areas", "exchanges", "mobile")
    }
    return book.model_copy(update={"numbering": plan.model_copy(update=marked)})


def calls(book: Rulebook, whens: Sequence[When], known: Subscribers) -> list[Call]:
    """Every call that there can be between these numbers, as far as some condition tells it from others."""
    directions = {name for when in whens for name in when.direction}
    sorts = [sort for sort in _sorts(book, known) if sort[3] in directions]
    rest = list(_rest(book, whens, known))
    return [Call(way, Use(line, called, direction, *more)) for way, line, called, direction in sorts for more in rest]


def _sorts(book: Rulebook, known: Subscribers) -> list[tuple[Way, str, str, str]]:
    lines = [("fixed", place) for place in sorted(known.fixed)] + [("mobile", place) for place in sorted(known.mobile)]
    found: dict[tuple[Way, str, str, str], None] = {}
    for line, home in lines:
        for present in [home] if line == "fixed" else list(book.places):
            for called, place in [*lines, *sorted(known.special, key=str)]:
                found[Way(present, place or present, home, present), line, called, "originated"] = None
            for _, origin in lines:
                found[Way(origin, home, home, present), line, line, "received"] = None
    return list(found)


def _rest(
    book: Rulebook, whens: Sequence[When], known: Subscribers
) -> Iterator[tuple[str, str, str | None, str | None, str | None, str | None, frozenset[str]]]:
    """(usage, access, operators, group, plan, add-ons): what no condition names is alike, and stands once."""
    asked = {name for when in whens for name in when.model_fields_set}
    usage = sorted({name for when in whens for name in when.usage})
    access = ["none", *sorted(known.access)] if "access" in asked else ["none"]
    named: list[list[str | None]] = [
        [None, *names] if key in asked else [None]
        for key, names in (
            ("operator", book.operators), ("called_operator", book.operators),
            ("group", book.groups), ("plan", book.plans),
        )
    ]  # fmt: skip
    held = [frozenset[str](), *(frozenset({name}) for name in book.options)]
    return product(usage, access, *named, held)  # type: ignore[return-value]
