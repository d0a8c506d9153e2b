"""A rulebook of many rules that cut all calls into parts, without gap and without overlap: the worst case for a proof.

A box holds every call that is promised. Again and again one box, drawn at random, is cut in two along a dimension,
drawn too: on a day, or by putting some of its values on one side and the rest on the other. Everything follows from
the seed. A day more or less in the dates of one rule is then an overlap or a gap, if there are such calls, and nothing
else is.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tariffs
from benchmarks.rate_periods import Stretch, section
from tariffs import Rulebook

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2005, 1, 1), dt.date(2020, 1, 1)
"""The promised days, `[FIRST, LAST)`."""
CITIES = tuple(f"city-{number}" for number in range(1, 10))
TARIFFS = 20

VALUES: Mapping[str, tuple[str, ...]] = {
    "line": ("fixed", "mobile"),
    "called": ("fixed", "mobile", "hotline"),
    "direction": ("originated", "received"),
    "usage": ("voice", "message", "data"),
    "access": ("none", "17901", "17908", "17909"),
    "operator": ("north", "south", "west"),
    "called-operator": ("north", "south", "west"),
    "group": ("home", "office"),
    "plan": ("none", "happy", "simple"),
    "from": CITIES,
    "to": CITIES,
    "packet": ("held", "not held"),
}
"""The dimensions beside the date. `packet` is an add-on. A received call is one to a line of the same kind, and the
hotline, which never calls back, is called at the caller's own place; any other combination is a call that there can be.
"""

Allowed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """The calls of one rule: days `[since, until)` and the values allowed on each dimension."""

    since: dt.date
    until: dt.date
    allowed: Allowed
    pay: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    def met(self, other: Part) -> Allowed:
        """The values that the calls of both parts have, on whatever day."""
        return {n: tuple(v for v in allowed if v in other.allowed[n]) for n, allowed in self.allowed.items()}

    def meets(self, other: Part) -> bool:
        """Whether there are calls, on whatever day, of both."""
        met = self.met(other)
        return all(met.values()) and bool(kinds(met))


def kinds(allowed: Allowed) -> set[tuple[str, str, str]]:
    """Line, direction and called kind of the calls that there are with these values."""
    same_place = bool(set(allowed["from"]) & set(allowed["to"]))
    return {
        (line, direction, called)
        for line in allowed["line"]
        for direction in allowed["direction"]
        for called in allowed["called"]
        if (called == line if direction == "received" else same_place or called != "hotline")
    }


@dataclass(frozen=True, slots=True)
class Planted:
    """A day more (`days` 1) or less (-1) in rule `number`, which holds until another day than it did."""

    number: int
    days: int
    day: dt.date
    until: dt.date


def plant(found: Sequence[Part], draw: random.Random) -> Planted:
    """An overlap or a gap of one day, on `day`, somewhere in a partition; perhaps of calls that nobody can make."""
    days = draw.choice((1, -1))
    ends = [n for n, part in enumerate(found) if part.until < LAST and (days > 0 or part.days > 1)]
    number = draw.choice(ends)
    until = found[number].until
    return Planted(number, days, until if days > 0 else until - DAY, until + days * DAY)


def changed(book: Rulebook, planted: Planted) -> Rulebook:
    """The rulebook of a partition with the fault in it."""
    name = f"rule-{planted.number}"
    rule = book.rules[name].model_copy(update={"until": planted.until})
    return book.model_copy(update={"rules": {**book.rules, name: rule}})


def expected(found: Sequence[Part], planted: Planted) -> dict[str, str]:
    """What the fault must give: of a gap nothing but `gap` (or not even that, if there are no such calls), of an
    overlap each rule that it meets, with `error` or, where both rules price alike, `note`.
    """
    part = found[planted.number]
    if planted.days < 0:
        return {"gap": "error"} if kinds(part.allowed) else {}
    others = {f"rule-{n}": o for n, o in enumerate(found) if n != planted.number and o.since <= planted.day < o.until}
    return {name: "error" if o.pay != part.pay else "note" for name, o in others.items() if o.meets(part)}


def parts(count: int, seed: int) -> list[Part]:
    """`count` parts of all calls that are promised."""
    draw = random.Random(seed)
    found = [Part(FIRST, LAST, VALUES)]
    while len(found) < count:
        number = draw.randrange(len(found))
        part = found[number]
        ways = [name for name, allowed in part.allowed.items() if len(allowed) > 1] + ["date"] * (part.days > 1)
        if ways:
            found[number : number + 1] = _cut(part, draw.choice(ways), draw)
    return [replace(part, pay=f"tariff-{draw.randrange(TARIFFS)}") for part in found]


def _cut(part: Part, dimension: str, draw: random.Random) -> tuple[Part, Part]:
    if dimension == "date":
        day = part.since + draw.randrange(1, part.days) * DAY
        return replace(part, until=day), replace(part, since=day)
    allowed = part.allowed[dimension]
    chosen = set(draw.sample(allowed, draw.randrange(1, len(allowed))))
    sides = (tuple(v for v in allowed if (v in chosen) is side) for side in (True, False))
    one, two = (replace(part, allowed={**part.allowed, dimension: side}) for side in sides)
    return one, two


def rulebook(found: Sequence[Part], periods: Sequence[Stretch] = ()) -> str:
    """The text of a rule file with a rule for each part, called `rule-0` and so on, priced by rate periods if any."""
    rules = "".join(f"  rule-{number}: {_rule(part)}\n" for number, part in enumerate(found))
    everything = _when({name: values for name, values in VALUES.items() if name != "packet"})
    covers = f"covers:\n  - {{when: {{{everything}}}, from: {FIRST}, until: {LAST}}}\n"
    clock = f"calendar: {{from: {FIRST}, until: {LAST + DAY}}}\n{section(periods)}" if periods else ""
    return f"{_HEAD}{_places()}{clock}{_tariffs(len(periods))}{covers}rules:\n{rules}"


def _rule(part: Part) -> str:
    cut = {name: allowed for name, allowed in part.allowed.items() if len(allowed) < len(VALUES[name])}
    cut |= {name: part.allowed[name] for name in ("usage", "direction", "access")}  # which otherwise have defaults
    return f"{{when: {{{_when(cut)}}}, from: {part.since}, until: {part.until}, pay: {part.pay}}}"


def _when(allowed: Allowed) -> str:
    keys = {name: f"[{', '.join(values)}]" for name, values in allowed.items() if name != "packet"}
    if "packet" in allowed:
        keys["option" if allowed["packet"] == ("held",) else "without-option"] = "packet"
    return ", ".join(f"{name}: {values}" for name, values in keys.items())


def _named(name: str) -> str:
    return f"{{zh: {name}, en: {name}}}"


def _places() -> str:
    cities = "".join(f"  {c}: {{name: {_named(c)}, level: city, in: province}}\n" for c in CITIES)
    areas = "".join(f"    - {{code: {750 + n}, place: {c}, digits: [8]}}\n" for n, c in enumerate(CITIES))
    access = ", ".join(f"{{code: {code}}}" for code in VALUES["access"][1:])
    return (
        f"places:\n  province: {{name: {_named('province')}, level: province}}\n{cities}"
        f"numbering:\n  areas:\n{areas}  access: [{access}]\n"
        "  mobile: [{prefix: 13}]\n  segments: {file: segments.csv, vintage: made up}\n"
        "  special: [{service: hotline, prefix: 12, digits: [5]}]\n"
    )


def load(found: Sequence[Part], folder: Path, periods: Sequence[Stretch] = ()) -> Rulebook:
    """The rulebook of a partition, written to a folder and loaded from there. Raises RulebookError for periods that
    are none.
    """
    file = folder / "partition.yaml"
    file.write_text(rulebook(found, periods), encoding="utf-8")
    segments = "".join(f"13{n},{city}\n" for n, city in enumerate(CITIES))
    (folder / "segments.csv").write_text(f"prefix,place\n{segments}", encoding="utf-8")
    return tariffs.load(file)


def _tariffs(periods: int) -> str:
    charges = "".join(
        f"  tariff-{n}: {{name: {_named(f'tariff-{n}')}, charge: {{per: 60 s, price: {_price(n, periods)}}}}}\n"
        for n in range(TARIFFS)
    )
    return f"tariffs:\n{charges}"


def _price(number: int, periods: int) -> str:
    if not periods:
        return f"0.{number + 10}"
    prices = ", ".join(f"p{n}: 0.{(number + n) % 90 + 10}" for n in range(periods))
    return f"{{{prices}}}, periods: week, crossing: each-unit"


_HEAD = """\
rulebook:
  name: {zh: 拼图, en: Partition}
  minor-unit: 0.01
  timezone: Asia/Shanghai
  longest-call: 1 h
  zoning: cities
  defaults: {served-place: home}
zonings: {cities: {name: {zh: 一市一区, en: A zone a city}, each: city}}
operators: {north: {name: {zh: 北, en: North}}, south: {name: {zh: 南, en: South}}, west: {name: {zh: 西, en: West}}}
groups: {home: {name: {zh: 住宅, en: Home}}, office: {name: {zh: 办公, en: Office}}}
plans: {happy: {name: {zh: 乐, en: Happy}}, simple: {name: {zh: 简, en: Simple}}}
options: {packet: {name: {zh: 包, en: Packet}}}
scenarios: {baseline: {name: {zh: 现行资费, en: As it is}}}
"""
