"""Tiny rulebooks, drawn by the thousand: so few places, numbers, days and seconds that every call can be tried.

Calls last some seconds at most and prices change at few moments, but rules, promises, dates, tariffs, rate periods,
add-ons, scenarios and sources are those of real rulebooks. Every flaw that `tariffs check` looks for is drawn often.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from tariffs.rulebook.problems import Position
from tests.smallworld import Draft, Section, named

PLACES: Section = {
    "east": {"name": named("East"), "level": "province"},
    "ash": {"name": named("Ash"), "level": "city", "in": "east"},
    "alder": {"name": named("Alder"), "level": "county", "in": "ash"},
    "birch": {"name": named("Birch"), "level": "city", "in": "east"},
    "west": {"name": named("West"), "level": "province"},
    "cedar": {"name": named("Cedar"), "level": "city", "in": "west"},
}
ZONINGS: Section = {
    "zones": {"name": named("Zones"), "zones": {"alder-zone": {"name": named("Alder"), "members": ["alder"]}}},
    "cities": {"name": named("Cities"), "each": "city"},
}
HOLDERS = ["east", "ash", "alder", "birch", "west", "cedar"]
NEAR = ["same-zone", "same-city"]
FAR = ["same-circle", "same-province", "mainland"]
DAYS = ["2011-01-03", "2011-01-06", "2011-01-10", "2011-02-01", "2011-03-01"]
"""A Monday, a Thursday, the next Monday, two Tuesdays."""

NIGHT: Section = {
    "night": {"name": named("night"), "clock": ["00:00-07:00"]},
    "day": {"name": named("day"), "otherwise": "true"},
}
FREE_DAYS: Section = {
    "night": {"name": named("free day"), "days": ["rest-day", "holiday"]},
    "day": {"name": named("working day"), "otherwise": "true"},
}
WEEKEND: Section = {
    "night": {"name": named("weekend"), "weekdays": ["saturday", "sunday"]},
    "day": {"name": named("week"), "otherwise": "true"},
}
NEVER: Section = {
    "night": {"name": named("night"), "clock": ["00:00-07:00"]},
    "day": {"name": named("day"), "clock": ["07:00-24:00"]},
    "gone": {"name": named("gone"), "dates": ["2011-01-05"], "days": ["rest-day"]},
}
"""2011-01-05 was a Wednesday."""


class Choice:
    """What a rulebook is drawn with. `fraction`, `resolution`: how its tariffs round durations."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.fraction = self.one("up", "up", "up", "up", "up", "up", "down", "half-up")
        self.resolution = self.one("1 s", "2 s")

    def one(self, *things: Any) -> Any:
        return self.random.choice(things)

    def some(self, *things: Any) -> list[Any]:
        """At least one of them, in their order."""
        kept = set(self.random.sample(range(len(things)), self.random.randint(1, len(things))))
        return [thing for n, thing in enumerate(things) if n in kept]

    def happens(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def fen(self, most: int) -> str:
        return f"0.{self.random.randint(0, most):02d}"


def tiny_book(random: Random) -> Draft:
    """A rulebook with the scenarios `baseline` and, mostly, `plan`."""
    choice = Choice(random)
    people: Section = {
        "options": choice.happens(25),
        "operators": choice.happens(10),
        "groups": choice.happens(10),
        "plans": choice.happens(10),
        "mobile": choice.happens(12),
        "access": choice.happens(15),
    }
    scheme = choice.one(*[None] * 9, "night", "night", "night", "free-days", "free-days", "weekend", "never")
    prices = ["local-price"] if choice.happens(15) else []
    names = ["one", "two", "three"][: choice.one(1, 2, 2, 3, 3)]
    tariffs = {name: tariff(choice, scheme, prices) for name in names}
    texts = choice.happens(15)
    if texts:
        tariffs["text"] = dressed(choice, counted(choice))
    circles = {"ring": circle(choice)} if choice.happens(35) else {}
    rules = table(choice, names, people, circles, texts=texts)
    sections: Section = {
        "rulebook": {
            "name": named("Tiny"),
            "minor-unit": "0.01",
            "timezone": "Asia/Shanghai",
            "longest-call": f"{choice.one(5, 7, 8, 10)} s",
            "zoning": choice.one("zones", "zones", "zones", "cities"),
            "defaults": {"served-place": "home"},
        },
        "sources": {name: source(choice) for name in ("gazette", "paper")},
        "parameters": {name: {"name": named("Local price"), "kind": "price"} for name in prices},
        "assumptions": {name: {"value": choice.fen(9), "reason": "drawn"} for name in prices},
        "places": PLACES,
        "circles": circles,
        "zonings": ZONINGS,
        "numbering": numbering(choice, people),
        "calendar": calendar(choice),
        "periods": {
            name: {"periods": periods}
            for name, periods in (("night", NIGHT), ("free-days", FREE_DAYS), ("weekend", WEEKEND), ("never", NEVER))
            if name == scheme
        },
        "options": {"add-on": subscription(choice)} if people["options"] else {},
        "operators": {"red": {"name": named("Red")}} if people["operators"] else {},
        "groups": {"office": {"name": named("Office")}} if people["groups"] else {},
        "plans": {"happy": subscription(choice)} if people["plans"] else {},
        "tariffs": tariffs,
        "rules": rules,
        "covers": [] if choice.happens(5) else [cover(choice, people, texts=texts) for _ in range(choice.one(1, 1, 2))],
        "scenarios": {"baseline": {"name": named("As it stands")}},
    }
    if choice.happens(75):
        sections["scenarios"]["plan"] = plan(choice, names, list(rules), people, scheme, circles)
    return Draft(sections, {"segments.csv": (("1380000", "ash"), ("1380001", "cedar"))})


tiny_books: st.SearchStrategy[Draft] = st.builds(tiny_book, st.randoms(use_true_random=True))


# --- Places, numbers, calendar ----------------------------------------------------------------------------------------


def circle(choice: Choice) -> Section:
    members = choice.one(["ash", "birch"], ["ash", "birch", "cedar"], ["birch", "cedar"])
    if choice.happens(60):
        return {"name": named("Ring"), "members": members}
    day = choice.one(*DAYS)
    versions = [{"members": members[:1], "until": day}, {"members": members, "from": day}]
    return {"name": named("Ring"), "versions": versions}


def numbering(choice: Choice, people: Section) -> Section:
    """Two-digit subscriber numbers in three area codes; sometimes an entry that no number reaches."""
    plan: Section = {
        "areas": [
            {"code": "2", "place": "ash", "digits": ["2"]},
            {"code": "3", "place": "birch", "digits": ["2"]},
            {"code": "4", "place": "cedar", "digits": ["2"]},
        ],
        "exchanges": [{"area": "2", "prefix": "7", "place": "alder"}],
        "special": [{"service": "help", "prefix": "95", "digits": ["2"]}],
    }
    if people["access"]:
        plan["access"] = [{"code": "17"}]
    if people["mobile"]:
        plan["mobile"] = [{"prefix": "138"}]
        plan["segments"] = {"file": "segments.csv", "vintage": "2011"}
    unreachable = choice.one(*[None] * 9, "long", "taken", "late")
    if unreachable == "long":
        plan["exchanges"].append({"area": "3", "prefix": "712", "place": "alder"})
    elif unreachable == "taken":
        plan["exchanges"] += [{"area": "3", "prefix": "8", "place": "ash"}]
        plan["exchanges"] += [{"area": "3", "prefix": f"8{digit}", "place": "birch"} for digit in range(10)]
    elif unreachable == "late":
        plan["exchanges"][0]["from"] = choice.one(*DAYS)
    return plan


def calendar(choice: Choice) -> Section:
    until = choice.one("2011-01-10", "2011-02-01", "2101-01-01")
    return {"from": "1990-01-01", "until": until, "holidays": choice.one([], ["2011-01-06"])}


def source(choice: Choice) -> Section:
    found: Section = {"title": "A list", "issuer": "Nobody", "date": "2011", "read": "page"}
    if choice.happens(90):
        found["checked"] = choice.one("2011-01-01", "2011-06-02", "2012-05-01", "2012-05-01", "2012-05-01")
    return found


def subscription(choice: Choice) -> Section:
    """A plan or an add-on, with or without a fee."""
    found: Section = {"name": named("Held")}
    return dressed(choice, found | {"fee": "5"}) if choice.happens(30) else found


def dressed(choice: Choice, section: Section) -> Section:
    """With or without source, mark, reasoning and the day on which somebody compared it."""
    if choice.happens(92):
        section["source"] = choice.one(["gazette"], ["gazette"], ["paper"])
    if choice.happens(10):
        section["mark"] = choice.one("inference", "assumption")
        section["note"] = choice.one("", "Reasoned", "Reasoned")
    if choice.happens(10):
        section["checked"] = choice.one("2011-06-01", "2012-05-01")
    return section


# --- Tariffs ----------------------------------------------------------------------------------------------------------


def tariff(choice: Choice, scheme: str | None, parameters: list[str]) -> Section:
    found = dressed(choice, {"name": named("Price"), "charge": charge(choice, scheme)})
    if parameters and choice.happens(50) and isinstance(found["charge"].get("price"), str):
        found["charge"]["price"] = parameters[0]
    if choice.happens(45):
        found["regime"] = choice.one(
            "ceiling", "ceiling", "market", [{"is": "market"}, {"is": "ceiling", "from": "2011-01-08"}],
            [{"is": "ceiling"}, {"is": "market", "from": choice.one(*DAYS)}],
        )  # fmt: skip
    return found


def charge(choice: Choice, scheme: str | None) -> Section:
    """A charge of time by units of some seconds: often the same shape, so that plans can be compared part by part."""
    if scheme is not None and choice.happens(35):
        scheme = None
    count = choice.one(1, 1, 1, 2, 2, 3)
    whole = count > 1 and choice.happens(45)
    steps = [step(choice, scheme, first=not n, last=n == count - 1, whole=whole) for n in range(count)]
    found: Section = dict(steps[0]) if count == 1 else {"steps": steps}
    if whole:
        found["steps-apply"] = "whole-call"
    if scheme is not None:
        found |= {"periods": scheme, "crossing": choice.one("call-start", "each-unit")}
    if choice.happens(12):
        found["connection"] = choice.fen(9)
    if choice.happens(10):
        found["minimum"] = choice.fen(15)
    if choice.happens(10):
        found["maximum"] = choice.one("0.20", "0.30")
    if not whole and choice.happens(8):
        found["free"] = choice.one("1 s", "2 s")
    if choice.happens(6):
        found["zero"] = "charge"
    billed = billing(choice)
    if billed:
        found["billed"] = billed
    if any("billed-by" in step for step in steps) or choice.happens(8):
        found["rounding"] = {
            "to": choice.one("0.01", "0.01", "0.001", "0.02"),
            "mode": choice.one("up", "down", "half-up", "half-even"),
        }
        if "connection" in found:
            found["connection"] = choice.one(found["connection"], "0.005")
    return found


def billing(choice: Choice) -> Section:
    """All tariffs of a rulebook round durations in one way: where ways differ, calls between two ticks matter too."""
    if choice.fraction == "half-up":
        return {"resolution": choice.resolution, "fraction": "half-up"}
    if choice.fraction == "down" or choice.happens(25):
        return {"resolution": choice.one("1 s", "1 s", "2 s"), "fraction": choice.fraction}
    return {}


def step(choice: Choice, scheme: str | None, *, first: bool, last: bool, whole: bool) -> Section:
    unit = choice.one(1, 2, 2, 3, 6)
    found: Section = {}
    if not last:
        found["for"] = f"{choice.one(unit, unit, 2 * unit, unit + 1, 12)} s"
    if last or (whole and not first) or choice.happens(70):
        found["per"] = f"{unit} s"
        if choice.happens(8):
            found["billed-by"] = "1 s"
    found["price"] = {name: choice.fen(9) for name in _periods(scheme)} if scheme is not None else choice.fen(9)
    return found


def _periods(scheme: str) -> list[str]:
    return ["night", "day", *(["gone"] if scheme == "never" else [])]


def counted(choice: Choice) -> Section:
    """A charge of messages."""
    last = {"per": "1 message", "price": choice.fen(9)}
    if choice.happens(50):
        return {"name": named("Texts"), "charge": last}
    steps = [{"for": "3 messages", "per": "1 message", "price": choice.fen(9)}, last]
    return {
        "name": named("Texts"),
        "charge": {"steps": steps, "steps-apply": choice.one("each-part", "whole-call")},
    }


# --- Rules and promises -----------------------------------------------------------------------------------------------


def table(choice: Choice, tariffs: list[str], people: Section, circles: Section, *, texts: bool) -> Section:
    """A rule for every call, or one for near and one for far calls; and some exceptions."""
    found: Section = {}
    if choice.happens(55):
        found["every"] = {"when": everything(choice, people), "pay": choice.one(*tariffs)}
    else:
        far = FAR if choice.happens(75) else FAR[: choice.one(1, 2)]
        found["near"] = {"when": everything(choice, people) | {"relation": NEAR}, "pay": choice.one(*tariffs)}
        found["far"] = {"when": everything(choice, people) | {"relation": far}, "pay": choice.one(*tariffs)}
    for number in range(choice.one(0, 0, 1, 1, 2)):
        pays = [choice.one(*tariffs)] if choice.happens(85) else choice.some(*tariffs)
        found[f"except-{number}"] = {
            "when": condition(choice, people, circles),
            "pay": pays,
            "overrides": list(found) if choice.happens(65) else [],
        }
    if texts:
        found["texts"] = {"when": {"usage": "message"}, "pay": "text"}
    for rule in found.values():
        dressed(choice, rule)
        rule |= interval(choice, 12)
        if "from" in rule and choice.happens(50):
            rule["known"] = choice.one(*DAYS)
    return found


def everything(choice: Choice, people: Section) -> Section:
    found: Section = {}
    if people["access"] and choice.happens(60):
        found["access"] = "any"
    if choice.happens(8):
        found["direction"] = ["originated", "received"]
    return found


def condition(choice: Choice, people: Section, circles: Section) -> Section:
    """One or two keys."""
    keys: dict[str, Any] = {
        "from": choice.one(*HOLDERS),
        "to": choice.one(*HOLDERS),
        "between": [choice.one(*HOLDERS), choice.one(*HOLDERS)],
        "relation": choice.some(*NEAR, *FAR),
        "within": choice.one("each-circle", *circles, "east", "ash"),
        "called": choice.one("help", "fixed", ["fixed", "help"]),
        "line": choice.one("fixed", "mobile") if people["mobile"] else "fixed",
    }
    held = {
        "options": {choice.one("option", "without-option"): "add-on"},
        "operators": {choice.one("operator", "called-operator"): "red"},
        "groups": {"group": "office"},
        "plans": {"plan": choice.one("happy", "none")},
        "mobile": {"home": choice.one("ash", "cedar"), "roaming": choice.some(*NEAR, *FAR)},
        "access": {"access": "17"},
    }
    wanted = [kind for kind in held if people[kind] and choice.happens(70)]
    found = {name: keys[name] for name in sorted(choice.random.sample(sorted(keys), choice.one(0, 1, 1) or not wanted))}
    for kind in wanted[:2]:
        found |= held[kind]
    return found


def interval(choice: Choice, percent: int) -> Section:
    """Sometimes from a day, until a day, or both."""
    if not choice.happens(percent):
        return {}
    first, end = sorted(choice.random.sample(DAYS, 2))
    return choice.one({"from": first}, {"until": end}, {"from": first, "until": end})  # type: ignore[no-any-return]


def cover(choice: Choice, people: Section, *, texts: bool) -> Section:
    when: Section = choice.one(
        {"line": "fixed"}, {"line": "fixed", "called": "fixed"}, {"called": "fixed", "from": "east", "to": "east"},
        {"relation": [*NEAR, "same-province"]}, {"line": "fixed", "called": "fixed", "from": "ash"},
    )  # fmt: skip
    if texts and choice.happens(30):
        when["usage"] = ["voice", "message"]
    if people["access"] and choice.happens(30):
        when["access"] = "any"
    first, end = sorted(choice.random.sample(DAYS, 2))
    dates = choice.one({"from": first}, {"from": first}, {"from": first, "until": end}, {})
    found: Section = {"when": when, **dates}
    if "from" in dates and choice.happens(15):
        found["known"] = choice.one(*DAYS)
    return found


# --- Scenarios --------------------------------------------------------------------------------------------------------


def plan(
    choice: Choice, tariffs: list[str], rules: list[str], people: Section, scheme: str | None, circles: Section
) -> Section:
    """One or two changes, of which each stands as if on a line of its own."""
    first, second = sorted(choice.random.sample(DAYS, 2))
    found: Section = {
        "name": named("The plan"),
        "phases": {
            "1": dressed(choice, {"name": named("One"), "from": first}),
            "2": dressed(choice, {"name": named("Two"), "from": second}),
        },
        "tariffs": {"new": tariff(choice, scheme, [])},
        "changes": [],
    }
    if choice.happens(15):
        found["phases"]["1"]["known"] = choice.one(*DAYS)
    if not circles and choice.happens(50):
        found["circles"] = {"ring": {"name": named("Ring"), "members": ["ash", "birch"]}}
    inside = {"ring": None} if circles or "circles" in found else {}
    for number in range(1, choice.one(1, 1, 2) + 1):
        change: Section = {"__at__": Position("tiny.yaml", number, 1)}
        change |= {"phase": choice.one("1", "2")} if choice.happens(70) else {"from": choice.one(*DAYS)}
        kind = choice.one("instead-of", "instead-of", "instead-of", "rule", "unite")
        if kind == "unite":
            change["unite"] = {"places": [choice.one("ash", "cedar"), "birch"], "as": choice.one("zone", "city")}
        elif kind == "rule":
            change |= {"when": condition(choice, people, inside), "pay": "new"}
            change["overrides"] = choice.one([], rules)
        else:
            change |= {"instead-of": choice.one(*tariffs), "pay": choice.one("new", "new", *tariffs)}
            if choice.happens(60):
                when = condition(choice, people, inside)
                change["when"] = when | choice.one({}, {"direction": "originated", "usage": "voice"})
        found["changes"].append(dressed(choice, change))
    return found
