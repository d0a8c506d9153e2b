"""The one home of hypothesis strategies: rulebooks, scenarios, numbering plans and calls, small and full of edges.

A rulebook is drawn as a `Draft`: the text of its sections, as a rule file would hold it. `draft.book()` is the model,
`draft.yaml()` the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tariffs import Call
from tariffs.cdr import thrift
from tariffs.rulebook.places import RELATIONS
from tariffs.rulebook.problems import Position
from tests.smallworld import (
    ABROAD_NUMBERS,
    ACCESS_NUMBERS,
    CALENDAR,
    CIRCLES,
    CITIES,
    FIXED_NUMBERS,
    HOLDERS,
    LOCAL_NUMBERS,
    MOBILE_NUMBERS,
    NUMBERING,
    PLACE_RULES,
    PLACE_TARIFFS,
    PLACES,
    REGIONS,
    SCHEMES,
    SEGMENTS,
    SPECIAL_NUMBERS,
    WRONG_NUMBERS,
    ZONINGS,
    Draft,
    Section,
    named,
    one_tariff,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 86_400


def one_in(count: int) -> st.SearchStrategy[bool]:
    """True once in `count`."""
    return st.sampled_from([*[False] * (count - 1), True])


# --- Money, quantities, clock -----------------------------------------------------------------------------------------

fen = st.integers(0, 150).map(lambda n: f"{n // 100}.{n % 100:02d}")
"""Posted prices: whole fen."""

odd_prices = st.integers(0, 99_999).map(lambda n: f"{n // 10_000}.{n % 10_000:04d}")
"""Prices in hundredths of a fen: exact in the minor unit only after a rounding."""

clocks = st.one_of(
    st.sampled_from([0, 1, 7 * 3600 - 1, 7 * 3600, 7 * 3600 + 1, 20 * 3600, 22 * 3600, 22 * 3600 - 1, DAY - 1]),
    st.integers(0, DAY - 1),
)
"""Seconds of the day, with a liking for the edges of rate periods."""

dates = st.dates(dt.date(2009, 1, 1), dt.date(2015, 12, 31))


def seconds(amount: int) -> str:
    """Microseconds as a quantity of the rule language."""
    return f"{(Decimal(amount) / 1_000_000).normalize():f} s"


# --- Rate periods ---------------------------------------------------------------------------------------------------


@st.composite
def clock_schemes(draw: st.DrawFn) -> Section:
    """Two periods that cut the day at random seconds."""
    start, end = sorted(draw(st.sets(st.integers(1, DAY - 1), min_size=2, max_size=2)))
    spans = ["-".join(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in (end, start))]
    periods = {"over-midnight": {"name": named("over midnight"), "clock": spans}}
    periods["rest"] = {"name": named("rest"), "otherwise": "true"}
    return {"periods": periods}


# --- Tariffs ----------------------------------------------------------------------------------------------------------

UNITS = [1_000_000, 6_000_000, 10_000_000, 60_000_000, 180_000_000, 7_500_000]


@st.composite
def step_prices(draw: st.DrawFn, scheme: Section | None, prices: st.SearchStrategy[str]) -> Any:
    if scheme is None or draw(st.booleans()):
        return draw(prices)
    return {name: draw(prices) for name in scheme["periods"]}


@st.composite
def steps(draw: st.DrawFn, scheme: Section | None, *, exact: bool, last: bool) -> Section:
    """One step of time. `exact`: every unit costs whole fen."""
    step: Section = {}
    unit = draw(st.sampled_from(UNITS))
    if not last or draw(one_in(10)):
        step["for"] = seconds(draw(st.sampled_from([unit, 2 * unit, 3_000_000, 60_000_000, 180_000_000, 100_500_000])))
    if "for" not in step or draw(st.booleans()):
        step["per"] = seconds(unit)
        if not exact and draw(st.booleans()):
            step["billed-by"] = seconds(draw(st.sampled_from([1_000_000, 500_000, unit, 2 * unit])))
    step["price"] = draw(step_prices(scheme, fen if exact else odd_prices))
    return step


@st.composite
def time_charges(draw: st.DrawFn, schemes: Mapping[str, Section] = SCHEMES, parameters: Sequence[str] = ()) -> Section:
    """A charge of time: steps, periods, crossing, free time, connection, minimum, maximum, resolution and rounding."""
    exact = draw(st.booleans())
    prices = fen if exact else odd_prices
    scheme = draw(st.sampled_from([None, *schemes]))
    count = draw(st.integers(1, 3))
    body = [
        draw(steps(None if scheme is None else schemes[scheme], exact=exact, last=n == count - 1)) for n in range(count)
    ]
    if len(parameters) > 0 and draw(st.booleans()):
        body[-1].pop("billed-by", None)
        body[-1]["price"] = draw(st.sampled_from(parameters))
    charge: Section = dict(body[0]) if count == 1 else {"steps": body}
    whole = count > 1 and all("per" in step for step in body[1:]) and draw(st.booleans())
    if whole:
        charge["steps-apply"] = "whole-call"
    if scheme is not None:
        charge |= {"periods": scheme, "crossing": draw(st.sampled_from(["call-start", "each-unit"]))}
    if draw(st.booleans()):
        charge["connection"] = draw(prices)
    if draw(st.booleans()):
        charge["minimum"] = draw(prices)
    if draw(st.booleans()):
        charge["maximum"] = draw(st.integers(10, 60).map(lambda yuan: f"{yuan}.00"))
    if not whole and draw(one_in(4)):
        charge["free"] = draw(st.sampled_from(["3 s", "1 min", "20.5 s"]))
    if draw(one_in(4)):
        charge["zero"] = "charge"
    if draw(st.booleans()):
        charge["billed"] = draw(billed_durations())
    if not exact or draw(one_in(4)):
        charge["rounding"] = draw(roundings)
    return charge


@st.composite
def billed_durations(draw: st.DrawFn) -> Section:
    billed: Section = {"fraction": draw(st.sampled_from(["up", "down", "half-up"]))}
    if draw(st.booleans()):
        billed["resolution"] = draw(st.sampled_from(["1 s", "0.01 s", "0.1 s", "6 s", "60 s"]))
    if draw(one_in(6)):
        billed["duration"] = "seizure"
    return billed


roundings: st.SearchStrategy[Section] = st.fixed_dictionaries(
    {
        "to": st.sampled_from(["0.01", "0.1", "0.001", "0.05", "1", "0.000001"]),
        "mode": st.sampled_from(["up", "down", "half-up", "half-even"]),
    }
)


@st.composite
def counted_charges(draw: st.DrawFn, unit: str) -> Section:
    """A charge of messages (`message`) or of volume (`KB`)."""
    charge: Section = {"per": f"1 {unit}", "price": draw(fen)}
    if draw(st.booleans()):
        charge = {"steps": [{"for": f"10 {unit}s" if unit == "message" else "10 KB", "price": draw(fen)}, charge]}
        charge["steps-apply"] = draw(st.sampled_from(["each-part", "whole-call"]))
    if draw(st.booleans()):
        charge["connection"] = draw(fen)
    if unit == "KB" and draw(st.booleans()):
        charge["billed"] = {"resolution": "1 KB", "fraction": draw(st.sampled_from(["up", "down"]))}
    return charge


@st.composite
def tariff_sections(draw: st.DrawFn, names: Sequence[str], parameters: Sequence[str] = ()) -> Section:
    return {name: {"name": named(name), "charge": draw(time_charges(parameters=parameters))} for name in names}


# --- Rulebooks --------------------------------------------------------------------------------------------------------

BASE_TARIFFS = ["local", "between", "long-distance", "special"]


@st.composite
def conditions(draw: st.DrawFn, *, options: Sequence[str] = (), defaults: bool = True) -> Section:
    """A condition of one to three keys. `defaults`: usage, direction and access are mostly left to their defaults."""
    places = st.sampled_from([*HOLDERS, *CIRCLES, *REGIONS])
    together = st.sampled_from(["each-circle", *HOLDERS, *CIRCLES, *REGIONS])
    relations = st.sets(st.sampled_from(RELATIONS[:-1]), min_size=1, max_size=3).map(sorted)
    keys: dict[str, st.SearchStrategy[Any]] = {
        "line": st.sampled_from(["fixed", "mobile"]),
        "called": st.sets(st.sampled_from(["fixed", "mobile", "emergency", "service-400"]), min_size=1).map(sorted),
        "access": st.sampled_from([["17909"], ["none", "193"], ["any"]]),
        "operator": st.sampled_from(["telecom", "unicom", "mobile"]),
        "called-operator": st.sampled_from(["telecom", "unicom", "mobile"]),
        "group": st.sampled_from(["home", "office"]),
        "plan": st.sampled_from([["none"], ["happy"], ["none", "happy"]]),
        "relation": relations,
        "from": places,
        "to": places,
        "between": st.lists(places, min_size=2, max_size=2),
        "within": together,
        "home": places,
        "roaming": relations,
        "roaming-within": together,
    }
    if options:
        keys["option"] = keys["without-option"] = st.sampled_from(options)
    if not defaults:
        keys["direction"] = st.just(["originated"])
        keys["usage"] = st.just(["voice"])
    names = draw(st.sets(st.sampled_from(sorted(keys)), min_size=1, max_size=3))
    return {name: draw(keys[name]) for name in sorted(names)}


@st.composite
def rules(draw: st.DrawFn, tariffs: Sequence[str], options: Sequence[str]) -> Section:
    """A rule for every call and a handful of exceptions; most of them say what they are exceptions to."""
    everything = {"direction": ["originated", "received"], "access": "any"}
    found: Section = {"everything": {"when": everything, "pay": draw(st.sampled_from(tariffs))}}
    if draw(one_in(5)):
        found = {}
    for number in range(draw(st.integers(1, 5))):
        rule: Section = {"when": draw(conditions(options=options))}
        if draw(st.booleans()) and "access" not in rule["when"]:
            rule["when"] |= {"access": "any"}
        if draw(st.booleans()):
            rule["when"] |= {"direction": draw(st.sampled_from([["received"], ["originated", "received"]]))}
        rule["pay"] = draw(st.lists(st.sampled_from(tariffs), min_size=1, max_size=2, unique=True))
        rule["overrides"] = [name for name in found if not draw(one_in(5))]
        rule |= draw(intervals())
        found[f"rule-{number}"] = rule
    return found


@st.composite
def intervals(draw: st.DrawFn) -> Section:
    """Mostly always; sometimes from a day, until a day, or both."""
    if not draw(one_in(3)):
        return {}
    start, end = sorted(draw(st.sets(dates, min_size=2, max_size=2)))
    found = {}
    if draw(st.booleans()):
        found["from"] = start.isoformat()
    if draw(st.booleans()):
        found["until"] = end.isoformat()
    return found


@st.composite
def rulebooks(draw: st.DrawFn) -> Draft:
    """A small rulebook without scenarios: real shapes of numbers and places, random tariffs, rules and circles."""
    has_parameter = draw(st.booleans())
    parameters: Section = {"local-price": {"name": named("Local price"), "kind": "price"}} if has_parameter else {}
    prices = list(parameters)
    tariffs = draw(tariff_sections(BASE_TARIFFS, prices))
    tariffs["text"] = {"name": named("text"), "charge": draw(counted_charges("message"))}
    tariffs["volume"] = {"name": named("volume"), "charge": draw(counted_charges("KB"))}
    eligible = draw(st.one_of(st.none(), conditions()))
    options: Section = {"add-on": {"name": named("Add-on"), "fee": "5"}, "roamer": {"name": named("Roamer")}}
    if eligible is not None:
        # What a line is eligible for rests on the line, not on a call.
        kept = {k: v for k, v in eligible.items() if k in ("line", "operator", "home", "group", "plan")}
        if kept:
            options["add-on"]["eligible"] = kept
    found = draw(rules(BASE_TARIFFS, list(options)))
    found["texts"] = {"when": {"usage": "message"}, "pay": "text"}
    found["volumes"] = {"when": {"usage": "data"}, "pay": "volume"}
    circles = {name: CIRCLES[name] for name in CIRCLES if draw(st.booleans())}
    sections: Section = {
        "rulebook": {
            "name": named("Drawn"),
            "minor-unit": "0.01",
            "timezone": "Asia/Shanghai",
            "longest-call": "24 h",
            "zoning": draw(st.sampled_from(["cities", "districts"])),
            "defaults": {"served-place": "home", "fixed-operator": "telecom"},
        },
        "parameters": parameters,
        "assumptions": {name: {"value": draw(fen), "reason": "drawn"} for name in prices},
        "places": PLACES,
        "circles": CIRCLES if _mentions([found, options], CIRCLES) else circles,
        "regions": REGIONS,
        "zonings": ZONINGS,
        "operators": {name: {"name": named(name)} for name in ("telecom", "unicom", "mobile")},
        "groups": {name: {"name": named(name)} for name in ("home", "office")},
        "plans": {"happy": {"name": named("Happy")}},
        "options": options,
        "numbering": NUMBERING,
        "calendar": CALENDAR,
        "periods": SCHEMES,
        "tariffs": tariffs,
        "rules": found,
        "scenarios": {"baseline": {"name": named("As it stands")}},
    }
    return Draft(sections, {"segments.csv": SEGMENTS})


def _mentions(section: Any, names: Section) -> bool:
    if isinstance(section, dict):
        return any(_mentions(value, names) for value in section.values())
    if isinstance(section, (list, tuple)):
        return any(_mentions(value, names) for value in section)
    return section in names


@st.composite
def tariff_books(draw: st.DrawFn) -> Draft:
    """A rulebook of one rule and one tariff: every call costs what that tariff says."""
    schemes = {**SCHEMES, "random-clock": draw(clock_schemes())}
    charge = draw(time_charges(schemes=schemes))
    return one_tariff(charge, schemes)


# --- Scenarios --------------------------------------------------------------------------------------------------------

NEW_TARIFFS = ["inter-zone", "all-inclusive"]


@st.composite
def changes(
    draw: st.DrawFn, base: Draft, phases: Sequence[str], options: Sequence[str], others: Sequence[str]
) -> Section:
    """A change: another tariff in place of one, a rule of its own, or places united."""
    change: Section = {"phase": draw(st.sampled_from(phases))}
    if draw(one_in(5)):
        change["until"] = "2015-06-01"
    kind = draw(st.sampled_from(["instead-of", "instead-of", "instead-of", "rule", "unite"]))
    if kind == "unite":
        places = st.one_of(st.sampled_from([["guangzhou", "foshan"], ["changsha", "zhuzhou"]]), st.just(["guangfo"]))
        change["unite"] = {"places": draw(places), "as": draw(st.sampled_from(["zone", "city"]))}
        return change
    if kind == "rule":
        change["when"] = draw(conditions(options=options))
        change["pay"] = draw(st.sampled_from(NEW_TARIFFS))
        change["overrides"] = [name for name in base.sections["rules"] if not draw(one_in(5))]
        return change
    change["instead-of"] = draw(st.sampled_from([*others, *NEW_TARIFFS[:1]]))
    pays = [tariff for tariff in [*NEW_TARIFFS, *others] if tariff != change["instead-of"]]
    change["pay"] = draw(st.lists(st.sampled_from(pays), min_size=1, max_size=2, unique=True))
    if not draw(one_in(4)):
        change["when"] = draw(conditions(options=options, defaults=False))
    return change


@st.composite
def scenarios(draw: st.DrawFn, base: Draft) -> Section:
    """A scenario on top of `base`: phases, changes, perhaps its own add-on and a phase whose day is a parameter."""
    first, second = sorted(draw(st.sets(dates, min_size=2, max_size=2)))
    phases: Section = {
        "1": {"name": named("Phase 1"), "from": first.isoformat()},
        "2": {"name": named("Phase 2"), "from": second.isoformat()},
    }
    options = list(base.sections["options"])
    scenario: Section = {
        "name": named("Drawn scenario"),
        "phases": phases,
        "tariffs": draw(tariff_sections(NEW_TARIFFS)),
        "circles": {"guangfo": CIRCLES["guangfo"]},
    }
    if draw(st.booleans()):
        scenario["options"] = {"own-add-on": {"name": named("Own add-on"), "fee": "5"}}
        options.append("own-add-on")
    count = draw(st.integers(1, 4))
    used = [tariff for tariff in BASE_TARIFFS if _mentions(base.sections["rules"], {tariff: None})]
    scenario["changes"] = [
        # As if each change stood on a line of its own, so that a problem tells which one it means.
        draw(changes(base, list(phases), options, used)) | {"__at__": Position("drawn.yaml", number, 1)}
        for number in range(1, count + 1)
    ]
    if _mentions(scenario["changes"], {"delta": None, "changzhu": None}):
        scenario["circles"] = CIRCLES
    if draw(one_in(4)):
        scenario["parameters"] = {"start-of-2": {"name": named("Start of phase 2"), "kind": "date"}}
        phases["2"]["from"] = "start-of-2"
    return scenario


@st.composite
def scenario_books(draw: st.DrawFn) -> Draft:
    """A rulebook with the scenarios `baseline`, `change`, and `stay` that changes nothing."""
    base = draw(rulebooks())
    scenario = draw(scenarios(base))
    assumptions = dict(base.sections["assumptions"])
    if "parameters" in scenario:
        first = dt.date.fromisoformat(scenario["phases"]["1"]["from"])
        later = first + dt.timedelta(days=draw(st.integers(1, 1000)))
        assumptions["start-of-2"] = {"value": later.isoformat(), "reason": "drawn"}
    stay = {"name": named("Nothing changes"), "phases": {"1": {"name": named("Phase 1"), "from": "2011-01-01"}}}
    return base.but(scenarios={**base.sections["scenarios"], "change": scenario, "stay": stay}, assumptions=assumptions)


@st.composite
def layered_books(draw: st.DrawFn) -> Draft:
    """As `scenario_books`, with `further` on top of `change`: it changes what `change` has left or made."""
    draft = draw(scenario_books())
    return _with_scenario(draft, "further", {"base": "change"}, draw(dated_changes(draft, first_line=101)))


@st.composite
def stacked_books(draw: st.DrawFn) -> Draft:
    """As `rulebooks`, with the scenarios `left`, for fixed lines, and `right`, for mobile ones."""
    draft = draw(rulebooks())
    draft = draft.but(tariffs={**draft.sections["tariffs"], **draw(tariff_sections(NEW_TARIFFS))})
    for name, line, first_line in (("left", "fixed", 1), ("right", "mobile", 101)):
        found = [
            change | {"when": change.get("when", {}) | {"line": line}}
            for change in draw(dated_changes(draft, first_line=first_line))
        ]
        draft = _with_scenario(draft, name, {}, found)
    return draft


@st.composite
def dated_changes(draw: st.DrawFn, draft: Draft, *, first_line: int) -> list[Section]:
    """One or two changes from days of their own, none of which unites places."""
    used = [tariff for tariff in BASE_TARIFFS if _mentions(draft.sections["rules"], {tariff: None})]
    found = []
    for line in range(first_line, first_line + draw(st.integers(1, 2))):
        change = draw(changes(draft, ["1"], list(draft.sections["options"]), used).filter(lambda c: "unite" not in c))
        del change["phase"]
        change["from"] = draw(st.dates(dt.date(2009, 1, 1), dt.date(2013, 1, 1))).isoformat()
        found.append(change | {"__at__": Position("drawn.yaml", line, 1)})
    return found


def _with_scenario(draft: Draft, name: str, more: Section, changed: list[Section]) -> Draft:
    scenario = {"name": named(name), "circles": CIRCLES, "changes": changed, **more}
    return draft.but(scenarios={**draft.sections["scenarios"], name: scenario})


CHOICES: Section = {
    "which-zoning": {"few": "cities", "many": "districts"},
    "which-crossing": {"start": "call-start", "unit": "each-unit"},
    "which-tariff": {"near": "between", "far": "long-distance"},
}


@st.composite
def chosen_books(draw: st.DrawFn) -> tuple[Draft, dict[str, str]]:
    """As `scenario_books`, with parameters that choose zoning, crossing and tariffs; and what a user says of them."""
    draft = draw(scenario_books())
    parameters = {name: {"name": named(name), "kind": "choice", "choices": c} for name, c in CHOICES.items()}
    assumed = {name: {"value": draw(st.sampled_from(list(c))), "reason": "drawn"} for name, c in CHOICES.items()}
    tariffs = {
        name: {**tariff, "charge": tariff["charge"] | {"crossing": "which-crossing"}}
        if "crossing" in tariff["charge"]
        else tariff
        for name, tariff in draft.sections["tariffs"].items()
    }
    paid = {
        name: {**rule, "pay": "which-tariff"} if rule["pay"] in ("local", ["local"]) else rule
        for name, rule in draft.sections["rules"].items()
    }
    drawn = draft.but(
        rulebook={**draft.sections["rulebook"], "zoning": "which-zoning"},
        parameters={**draft.sections["parameters"], **parameters},
        assumptions={**draft.sections["assumptions"], **assumed},
        tariffs=tariffs,
        rules=paid,
    )
    given = draw(st.fixed_dictionaries({}, optional={name: st.sampled_from(list(c)) for name, c in CHOICES.items()}))
    return drawn, given


# --- Calls ------------------------------------------------------------------------------------------------------------


def written_dates(section: Any) -> Iterator[dt.date]:
    """Every date that stands in a rulebook: the edges of its intervals."""
    if isinstance(section, dict):
        for value in section.values():
            yield from written_dates(value)
    elif isinstance(section, (list, tuple)):
        for value in section:
            yield from written_dates(value)
    elif isinstance(section, str) and len(section) == 10 and section[4] == section[7] == "-":
        yield dt.date.fromisoformat(section)


@st.composite
def starts(draw: st.DrawFn, edges: Sequence[dt.date] = ()) -> dt.datetime:
    """When a call starts: near the edges of days, of rate periods and of the intervals of the rulebook."""
    if len(edges) > 0 and draw(st.booleans()):
        day = draw(st.sampled_from(sorted(set(edges)))) + dt.timedelta(days=draw(st.integers(-1, 1)))
    else:
        day = draw(dates)
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    micro = draw(st.sampled_from([0, 0, 0, 1, 500_000, 999_999]))
    return midnight + dt.timedelta(seconds=draw(clocks), microseconds=micro)


durations: st.SearchStrategy[Decimal] = st.one_of(
    st.sampled_from([0, 1, 6, 7, 59, 60, 61, 179, 180, 181, 600, 3600, 20_000, DAY]).map(Decimal),
    st.integers(0, 4_000).map(Decimal),
    st.decimals(0, 200, places=2),
    st.decimals(0, 10, places=6),
)
"""Seconds, rarely as long as the longest call."""


def seizures(spent: Decimal) -> st.SearchStrategy[Decimal]:
    """From seizure to release: somewhat longer than the conversation, and no longer than the longest call."""
    return st.integers(0, 30).map(lambda ringing: min(spent + ringing, max(spent, Decimal(DAY))))


@st.composite
def calls(draw: st.DrawFn, draft: Draft, *, valid: bool = False) -> Call:
    """A call that the rulebook of `draft` can read; not `valid`: sometimes one that it cannot."""
    direction = draw(st.sampled_from(["originated", "originated", "received"]))
    service = draw(st.sampled_from(["voice"] * 6 + ["message", "data"]))
    home_area = draw(st.sampled_from([None, "20", "757", "755"]))
    callers = [*FIXED_NUMBERS, *MOBILE_NUMBERS[:18], *(LOCAL_NUMBERS[:6] if home_area is not None or not valid else [])]
    caller = draw(st.sampled_from(callers))
    targets = [FIXED_NUMBERS, MOBILE_NUMBERS, LOCAL_NUMBERS]
    if direction == "originated":
        targets += [SPECIAL_NUMBERS, ABROAD_NUMBERS, ACCESS_NUMBERS]
        if not valid:
            targets.append(WRONG_NUMBERS)
    called = draw(st.sampled_from(draw(st.sampled_from(targets))))
    mobile = (caller if direction == "originated" else called) in MOBILE_NUMBERS
    served_place = draw(st.sampled_from([None, *CITIES, "panyu", "hong-kong"])) if mobile else None
    options = list(draft.sections["options"]) + list(
        draft.sections.get("scenarios", {}).get("change", {}).get("options", {})
    )
    spent = Decimal("86400.000001") if not valid and draw(one_in(20)) else draw(durations)
    return Call(
        id="drawn",
        caller=caller,
        called=called,
        start=draw(starts(list(written_dates(draft.sections)))),
        seconds=spent,
        answered=valid or not draw(one_in(20)),
        service=service,
        direction=direction,
        served_place=served_place,
        operator=draw(st.sampled_from([None, None, "telecom", "unicom"])),
        called_operator=draw(st.sampled_from([None, None, "telecom", "mobile"])),
        group=draw(st.sampled_from([None, "home", "office"])),
        plan=draw(st.sampled_from([None, "happy"])),
        options=frozenset(option for option in options if draw(st.booleans())),
        quantity=draw(st.integers(0, 5_000)) if service != "voice" and (valid or not draw(one_in(10))) else None,
        seizure=min(spent + draw(st.integers(0, 30)), max(spent, Decimal(DAY)))
        if valid or not draw(one_in(5))
        else None,
        home_area=home_area,
    )


@st.composite
def plain_calls(draw: st.DrawFn, *, longest: int = 4_000) -> Call:
    """A fixed-line call for a rulebook of one tariff."""
    spent = draw(st.one_of(durations, st.integers(0, longest).map(Decimal)))
    return fixed_call(draw(starts()), min(spent, Decimal(DAY)), seizure=spent + 5 if spent + 5 <= DAY else None)


def fixed_call(start: dt.datetime, spent: Decimal | int, *, seizure: Decimal | int | None = None) -> Call:
    """From an old-town line of Guangzhou to Foshan."""
    return Call(id="drawn", caller="02061234567", called="075781234567", start=start, seconds=spent, seizure=seizure)


# --- Numbering plans --------------------------------------------------------------------------------------------------

# Few digits, so that prefixes of different kinds run into one another.
_digit = st.sampled_from("0112869")


def _prefixes(longest: int) -> st.SearchStrategy[str]:
    return st.text(_digit, min_size=1, max_size=longest)


@st.composite
def number_plans(draw: st.DrawFn) -> Draft:
    """A rulebook whose numbering plan has overlapping prefixes of every kind, many of them with dates.

    One prefix has one kind of meaning: where two kinds have the same prefix, the specification is silent.
    The area 777 and its subscribers 5555 stay clear of the rest, for those who call. Specials begin neither with the
    trunk prefix nor with the country code.
    """
    taken = {"0", "00", "86", "0086"}
    areas: list[Section] = [{"code": "777", "place": "guangzhou", "digits": ["4"]}]
    for code in draw(st.lists(st.text(st.sampled_from("2689"), min_size=1, max_size=3), max_size=5)):
        clear = not any(_overlap(code, area["code"]) for area in areas)
        if clear and _free(taken, code, "0" + code, "86" + code, "0086" + code):
            lengths = sorted(draw(st.sets(st.integers(3, 6), min_size=1, max_size=2)))
            area = {"code": code, "place": draw(st.sampled_from(CITIES)), "digits": [str(n) for n in lengths]}
            areas.append(area | draw(intervals()))
    mobile = [
        {"prefix": prefix, "digits": str(draw(st.integers(7, 9)))} | draw(intervals())
        for prefix in draw(st.lists(_prefixes(2).map(lambda text: "1" + text), max_size=3))
        if _free(taken, prefix, "0" + prefix, "86" + prefix, "0086" + prefix)
    ]
    special = [
        {"service": "hotline", "prefix": prefix, "digits": [str(len(prefix)), str(len(prefix) + 3)]} | draw(intervals())
        for prefix in draw(st.lists(_prefixes(3).map(lambda text: text.replace("0", "6")), max_size=3))
        if _free(taken, prefix) and not prefix.startswith("86")
    ]
    special.append({"service": "hotline", "prefix": "778", "digits": ["3"]})
    access = [
        {"code": prefix} | draw(intervals())
        for prefix in draw(st.lists(_prefixes(3).map(lambda text: "1" + text), max_size=2))
        if _free(taken, prefix) and not any(_overlap(entry["prefix"], prefix) for entry in mobile + special)
    ]
    numbering: Section = {
        "areas": areas,
        "exchanges": [exchange for area in areas[1:] for exchange in draw(exchange_lists(area["code"]))],
        "mobile": mobile,
        "segments": {"file": "segments.csv", "vintage": "2011"},
        "special": special,
        "access": access,
        "countries": [{"code": "852", "place": "hong-kong"}, {"code": "", "place": "abroad"}],
    }
    prefixes = draw(st.sets(_prefixes(4).map(lambda text: "1" + text), min_size=1, max_size=4))
    rows = tuple((prefix, draw(st.sampled_from(CITIES))) for prefix in sorted(prefixes))
    base = one_tariff({"per": "60 s", "price": "0.30"})
    header = {**base.sections["rulebook"], "defaults": {"served-place": "home"}}
    read = base.but(rulebook=header, places=PLACES, numbering=numbering, rules=PLACE_RULES, tariffs=PLACE_TARIFFS)
    return Draft(read.sections, {"segments.csv": rows})


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _free(taken: set[str], *prefixes: str) -> bool:
    """Takes the prefixes if all of them are free."""
    free = not taken & set(prefixes)
    if free:
        taken |= set(prefixes)
    return free


@st.composite
def exchange_lists(draw: st.DrawFn, area: str) -> list[Section]:
    places = st.sampled_from(["tianhe", "panyu", "conghua", "shunde", "foshan"])
    return [
        {"area": area, "prefix": prefix, "place": draw(places)} | draw(intervals())
        for prefix in sorted(draw(st.sets(_prefixes(3), max_size=3)))
        if prefix[0] != "0"
    ]


@st.composite
def dialled(draw: st.DrawFn, draft: Draft) -> str:
    """Digits as someone might dial them under the plan of `draft`, mostly of a right length."""
    plan = draft.sections["numbering"]
    lengths = {area["code"]: [int(n) for n in area["digits"]] for area in plan["areas"]}
    national = [(code, draw(st.sampled_from(digits))) for code, digits in lengths.items()]
    national += [(e["area"] + e["prefix"], lengths[e["area"]][0] - len(e["prefix"])) for e in plan["exchanges"]]
    national += [(entry["prefix"], int(entry["digits"]) - len(entry["prefix"])) for entry in plan["mobile"]]
    bare = [(e["prefix"], lengths[e["area"]][0] - len(e["prefix"])) for e in plan["exchanges"]]
    bare += [("", lengths[code][0]) for code in lengths]
    bare += [(entry["prefix"], draw(st.sampled_from([0, 3]))) for entry in plan["special"]]
    bare += [(entry["prefix"], int(entry["digits"]) - len(entry["prefix"])) for entry in plan["mobile"]]
    if draw(st.booleans()):
        lead, (head, rest) = draw(st.sampled_from(["0", "0", "+86", "0086", "86"])), draw(st.sampled_from(national))
    else:
        lead, (head, rest) = draw(
            st.sampled_from([("", choice) for choice in bare] + [("00", ("852", 6)), ("+", ("1", 9))])
        )
    rest = max(rest, 0) if not draw(one_in(6)) else draw(st.integers(0, 8))
    access = draw(st.sampled_from(["", "", *(code["code"] for code in plan["access"])]))
    number: str = access + lead + head + draw(st.text(_digit, min_size=rest, max_size=rest))
    if draw(one_in(5)) and number:
        at = draw(st.integers(0, len(number)))
        number = number[:at] + draw(st.sampled_from(" -().")) + number[at:]
    return number


@st.composite
def numbered_calls(draw: st.DrawFn, draft: Draft, called: str) -> Call:
    """A minute to `called` from the area that stays clear, or from a line written without area code."""
    start = draw(starts(list(written_dates(draft.sections["numbering"]))))
    areas = draft.sections["numbering"]["areas"]
    if draw(st.booleans()):
        return Call(id="drawn", caller="07775555", called=called, start=start, seconds=60)
    area = draw(st.sampled_from(areas))
    caller = "5" * int(area["digits"][0])
    return Call(id="drawn", caller=caller, called=called, start=start, seconds=60, home_area=area["code"])


def thrift_structs() -> st.SearchStrategy[dict[int, tuple[int, Any]]]:
    """Structures as `cdr.thrift` has them: fields in any order, numbers of 64 bits, lists short and long."""
    whole = st.integers(-(2**63), 2**63 - 1)
    plain = {
        thrift.TRUE: st.just(True), thrift.FALSE: st.just(False), thrift.BYTE: st.integers(0, 255),
        thrift.SHORT: st.integers(-(2**15), 2**15 - 1), thrift.INT: st.integers(-(2**31), 2**31 - 1),
        thrift.LONG: whole, thrift.DOUBLE: st.binary(min_size=8, max_size=8), thrift.BINARY: st.binary(max_size=200),
    }  # fmt: skip
    leaves = st.one_of(*[st.tuples(st.just(kind), values) for kind, values in plain.items()])
    lists = st.one_of(*[
        st.tuples(st.sampled_from([thrift.LIST, thrift.SET]), st.tuples(st.just(kind), st.lists(values, max_size=20)))
        for kind, values in plain.items() if kind not in (thrift.TRUE, thrift.FALSE)
    ])  # fmt: skip

    def within(fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        struct = st.dictionaries(st.integers(1, 40), fields, max_size=5)
        return st.one_of(
            st.tuples(st.just(thrift.STRUCT), struct),
            st.tuples(st.just(thrift.LIST), st.tuples(st.just(thrift.STRUCT), st.lists(struct, max_size=20))),
        )

    fields = st.recursive(st.one_of(leaves, lists), within, max_leaves=10)
    return st.dictionaries(st.integers(1, 2**15 - 1), fields, max_size=8)
