"""The calls of the one-call benchmark: each drawn from what it is, so that a rival that reads no digits can be told.

Everything follows from the seed and the shipped table of mobile segments.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import tariffs

ZONE = ZoneInfo("Asia/Shanghai")
SEGMENTS = Path(__file__).resolve().parents[1] / "rules" / "prd" / "mobile-segments.csv"

CITIES = {
    "guangzhou": ("020", 8),
    "foshan": ("0757", 8),
    "zhaoqing": ("0758", 7),
    "shenzhen": ("0755", 8),
    "dongguan": ("0769", 8),
    "huizhou": ("0752", 7),
    "zhuhai": ("0756", 7),
    "zhongshan": ("0760", 8),
    "jiangmen": ("0750", 7),
    "shaoguan": ("0751", 7),
    "other-mainland": ("010", 8),
}
"""Area code with its trunk 0, and digits of a subscriber number."""

FROM_ABROAD = {"hong-kong": "0085223456789", "abroad": "00442079460000"}
SERVICES = {"400": "4008123456", "emergency": "110"}

KINDS = {
    "fixed, same city": 25,
    "fixed, other city": 30,
    "fixed to mobile": 12,
    "fixed, IP": 5,
    "fixed, far": 3,
    "fixed, service": 3,
    "mobile at home": 14,
    "mobile roaming": 5,
    "mobile received": 3,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call as a billing system hands it in, and what it is, for those who cannot read numbers.

    `line`, `home`, `present`: of the served party; `origin`, `destination`: places of the call; `called`: fixed,
    mobile, or a service.
    """

    call: tariffs.Call
    line: str
    home: str
    present: str
    origin: str
    destination: str
    called: str
    access: str

    @property
    def fixed_only(self) -> bool:
        """Whether no mobile number takes part."""
        return self.line == "fixed" and self.called != "mobile"


class Numbers:
    """Telephone numbers of a city, fixed or mobile."""

    def __init__(self, random_: random.Random) -> None:
        self.random = random_
        self.segments: dict[str, list[str]] = {}
        with SEGMENTS.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if len(row["prefix"]) == 7:
                    self.segments.setdefault(row["place"], []).append(row["prefix"])

    def fixed(self, city: str) -> str:
        code, digits = CITIES[city]
        return f"{code}8{self.random.randrange(10 ** (digits - 1)):0{digits - 1}}"

    def mobile(self, city: str) -> str:
        return f"{self.random.choice(self.segments[city])}{self.random.randrange(10_000):04}"


def draw(count: int, seed: int = 2011) -> list[Drawn]:
    """`count` calls of 2010 to 2016: every kind of the tariff, whole seconds up to two hours, all hours of the day."""
    random_ = random.Random(seed)
    numbers = Numbers(random_)
    chosen = random_.choices(list(KINDS), weights=list(KINDS.values()), k=count)
    return list(_drawn(chosen, random_, numbers))


def _drawn(kinds: list[str], random_: random.Random, numbers: Numbers) -> Iterator[Drawn]:
    for number, kind in enumerate(kinds):
        home, other = random_.sample([c for c in CITIES if c != "other-mainland"], 2)
        if random_.random() < 0.1:
            other = "other-mainland"
        start = datetime(2010, 1, 1, tzinfo=ZONE) + timedelta(seconds=random_.randrange(7 * 365 * 86400))
        common = {
            "id": str(number),
            "start": start,
            "seconds": min(7200, 1 + int(random_.expovariate(1 / 132.5))),
        }
        yield _made(kind, home, other, common, random_, numbers)


def _made(
    kind: str, home: str, other: str, common: dict[str, object], random_: random.Random, numbers: Numbers
) -> Drawn:
    line, _, what = kind.replace(",", "").partition(" ")
    caller = numbers.fixed(home) if line == "fixed" else numbers.mobile(home)
    present, direction, served = home, "originated", None
    if what in ("roaming", "received"):
        present = other
        served = present
    destination = home if what in ("same city", "at home") and random_.random() < 0.6 else other
    called_kind, access = "fixed", ""
    if what in ("to mobile", "at home", "roaming") and (what == "to mobile" or random_.random() < 0.5):
        called_kind = "mobile"
    if what == "same city":
        destination = home
    called = numbers.mobile(destination) if called_kind == "mobile" else numbers.fixed(destination)
    origin = present
    if what == "IP":
        access = "17909"
        called = access + called
    elif what == "far":
        destination = random_.choice(list(FROM_ABROAD))
        called = FROM_ABROAD[destination]
    elif what == "service":
        called_kind = random_.choice(list(SERVICES))
        destination, called = home, SERVICES[called_kind]
    elif what == "received":
        # the served party is called: a fixed line of another city calls the mobile at its home
        direction, called_kind = "received", "mobile"
        origin, destination = other, home
        caller, called = numbers.fixed(other), caller
    call = tariffs.Call(caller=caller, called=called, direction=direction, served_place=served, **common)  # type: ignore[arg-type]
    return Drawn(call, line, home, present, origin, destination, called_kind, access)
