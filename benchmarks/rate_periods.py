"""Rate periods that cut every second of every kind of day into parts, and a second too many or too few among them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tariffs.rulebook.charges import DayType, Weekday
from tariffs.rulebook.clock import DAY, DAYS

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_TYPES: tuple[DayType, ...] = ("working-day", "rest-day", "holiday")
Kind = tuple[DayType, Weekday]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The seconds `[start, end)` of a day that make one rate period, on days of these types that are these weekdays."""

    weekdays: tuple[Weekday, ...] = WEEKDAYS
    types: tuple[DayType, ...] = DAY_TYPES
    start: int = 0
    end: int = DAY

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of day that there are: a rest day is a Saturday or a Sunday."""
        return tuple(kind for kind in DAYS if kind[0] in self.types and kind[1] in self.weekdays)

    def text(self) -> str:
        clock = "-".join(f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in (self.start, self.end))
        return f"weekdays: [{', '.join(self.weekdays)}], days: [{', '.join(self.types)}], clock: ['{clock}']"


def stretches(count: int, seed: int) -> list[Stretch]:
    """`count` stretches: again and again one of them is cut in two, at a second, by weekdays or by types of day."""
    draw = random.Random(seed)
    found = [Stretch()]
    while len(found) < count:
        number = draw.randrange(len(found))
        one = found[number]
        found[number : number + 1] = draw.choice((_by_clock, _by_clock, _by_weekday, _by_type))(one, draw)
    return found


def _by_clock(one: Stretch, draw: random.Random) -> Sequence[Stretch]:
    if one.end - one.start < 2:
        return (one,)
    second = draw.randrange(one.start + 1, one.end)
    return replace(one, end=second), replace(one, start=second)


def _by_weekday(one: Stretch, draw: random.Random) -> Sequence[Stretch]:
    if len(one.weekdays) < 2:
        return (one,)
    cut = draw.randrange(1, len(one.weekdays))
    return replace(one, weekdays=one.weekdays[:cut]), replace(one, weekdays=one.weekdays[cut:])


def _by_type(one: Stretch, draw: random.Random) -> Sequence[Stretch]:
    if len(one.types) < 2:
        return (one,)
    cut = draw.randrange(1, len(one.types))
    return replace(one, types=one.types[:cut]), replace(one, types=one.types[cut:])


def section(found: Sequence[Stretch]) -> str:
    """The section `periods` with the scheme `week`, whose periods are called `p0` and so on."""
    periods = "".join(f"      p{n}: {{name: {{zh: p{n}, en: p{n}}}, {one.text()}}}\n" for n, one in enumerate(found))
    return f"periods:\n  week:\n    periods:\n{periods}"


@dataclass(frozen=True, slots=True)
class Planted:
    """A stretch that is a second longer or shorter, at its end or its beginning; `second`: which one that is."""

    number: int
    second: int
    stretch: Stretch
    more: bool


def plant(found: Sequence[Stretch], draw: random.Random) -> Planted:
    """An overlap or a gap of one second somewhere in a partition; perhaps of a kind of day that there is not."""
    while True:
        number, more, at_end = draw.randrange(len(found)), draw.random() < 0.5, draw.random() < 0.5
        one = found[number]
        second = (one.end - (not more)) if at_end else (one.start - more)
        if not 0 <= second < DAY or (not more and one.end - one.start < 2):
            continue
        edge = one.end if at_end else one.start
        moved = edge + (1 if more == at_end else -1)
        changed = replace(one, end=moved) if at_end else replace(one, start=moved)
        return Planted(number, second, changed, more)


def expected(found: Sequence[Stretch], planted: Planted) -> set[tuple[Kind, tuple[str, ...]]]:
    """What is wrong with that second: each kind of day, with the names of the periods that have it."""
    if not planted.more:
        return {(kind, ()) for kind in planted.stretch.kinds}
    others = [(n, o) for n, o in enumerate(found) if n != planted.number and o.start <= planted.second < o.end]
    return {
        (kind, tuple(f"p{m}" for m in sorted((n, planted.number))))
        for n, other in others
        for kind in planted.stretch.kinds
        if kind in other.kinds
    }
