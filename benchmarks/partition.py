"""A rulebook of many rules that cut all calls into parts, without gap and without overlap: the worst case for a proof.

A box holds every call that is promised. Again and again one box, drawn at random, is cut in two along a dimension,
drawn too: on a day, or by putting some of its values on one side and the rest on the other. Everything follows from
the seed. One day more or less in the dates of one rule is then an overlap or a gap, and nothing else is.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

FIRST, LAST = dt.date(2005, 1, 1), dt.date(2020, 1, 1)
"""The promised days, `[FIRST, LAST)`."""
CITIES = tuple(f"city-{number}" for number in range(1, 10))
TARIFFS = 20

VALUES: Mapping[str, tuple[str, ...]] = {
    "line": ("fixed", "mobile"),
    "called": ("fixed", "mobile"),
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
"""The dimensions beside the date. `packet` is an add-on; every combination of values is a call that there can be."""

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

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether calls with these values are among those of the rule, on its days."""
        return all(values[name] in allowed for name, allowed in self.allowed.items())

    def meets(self, other: Part) -> bool:
        """Whether some call, on whatever day, has the values of both."""
        return all(set(allowed) & set(other.allowed[name]) for name, allowed in self.allowed.items())


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
        day = part.since + dt.timedelta(days=draw.randrange(1, part.days))
        return replace(part, until=day), replace(part, since=day)
    allowed = part.allowed[dimension]
    chosen = set(draw.sample(allowed, draw.randrange(1, len(allowed))))
    sides = (tuple(v for v in allowed if (v in chosen) is side) for side in (True, False))
    one, two = (replace(part, allowed={**part.allowed, dimension: side}) for side in sides)
    return one, two


def rulebook(found: list[Part]) -> str:
    """The text of a rule file with a rule for each part, called `rule-0` and so on."""
    rules = "".join(f"  rule-{number}: {_rule(part)}\n" for number, part in enumerate(found))
    everything = _when({name: values for name, values in VALUES.items() if name != "packet"})
    covers = f"covers:\n  - {{when: {{{everything}}}, from: {FIRST}, until: {LAST}}}\n"
    return f"{_HEAD}{_places()}{_tariffs()}{covers}rules:\n{rules}"


def _rule(part: Part) -> str:
    cut = {name: allowed for name, allowed in part.allowed.items() if len(allowed) < len(VALUES[name])}
    cut |= {name: part.allowed[name] for name in ("usage", "access")}  # which otherwise have defaults
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
    )


def segments() -> str:
    """The table of mobile segments that the rule file names: a hundred thousand numbers of each city."""
    return "prefix,place\n" + "".join(f"13{n},{city}\n" for n, city in enumerate(CITIES))


def _tariffs() -> str:
    charges = "".join(
        f"  tariff-{n}: {{name: {_named(f'tariff-{n}')}, charge: {{per: 60 s, price: 0.{n + 10}}}}}\n"
        for n in range(TARIFFS)
    )
    return f"tariffs:\n{charges}"


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
