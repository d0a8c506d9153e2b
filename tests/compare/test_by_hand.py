"""Every measure of people and money against the definitions, worked out from the charge of every single call.

Nothing here comes from the code under test but the charge of one call: sums are plain fractions over lists.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import tariffs
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.compare import explore
from tariffs.compare.accounts import read_accounts
from tariffs.compare.cells import Cells
from tariffs.compare.comparison import Part, Question, compare
from tariffs.compare.explore import Goal
from tariffs.compare.gather import gather
from tariffs.compare.measures.segments import read_segments

ZONE = ZoneInfo("Asia/Shanghai")
FEE = 5
ADD_ON = ("telecom-add-on", "mobile-add-on")
CITIES = {"020": "guangzhou", "0757": "foshan", "0755": "shenzhen", "0769": "dongguan"}


@dataclass(frozen=True)
class Made:
    """A call, the account that pays it and its weight."""

    account: str
    caller: str
    called: str
    start: dt.datetime
    seconds: int
    weight: Fraction

    @property
    def minutes(self) -> int:
        return math.ceil(self.seconds / 60)

    @property
    def cities(self) -> tuple[str, str]:
        ends = (next(city for code, city in CITIES.items() if n.startswith(code)) for n in (self.caller, self.called))
        return next(ends), next(ends)


def number(chance: random.Random, code: str) -> str:
    return f"{code}8{chance.randrange(10**7):07}"


def make() -> tuple[list[tuple[str, str]], list[Made]]:
    """Lines (account, number) and their calls: accounts of one or two lines, some without any call."""
    chance = random.Random(8)
    lines = [(f"A{n // 2 if n < 12 else n}", number(chance, list(CITIES)[n % 4])) for n in range(30)]
    weights = {account: Fraction(chance.choice(["1", "2.5", "4"])) for account, _ in lines}
    calls = []
    for place, (account, caller) in enumerate(lines[:26]):
        longest = 400 if place % 5 else 20  # short calls are what loses
        for _ in range(chance.randrange(1, 9)):
            start = dt.datetime(
                2012, 3, chance.randrange(1, 31), chance.randrange(24), chance.randrange(60), tzinfo=ZONE
            )
            called = number(chance, chance.choice(list(CITIES)))
            calls.append(Made(account, caller, called, start, chance.randrange(1, longest), weights[account]))
    return lines, calls


LINES, CALLS = make()


@pytest.fixture(scope="module")
def book() -> tariffs.Rulebook:
    return tariffs.load("prd")


@pytest.fixture(scope="module")
def cells(book: tariffs.Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    folder = tmp_path_factory.mktemp("calls")
    rows = [f"{c.caller},{c.called},{c.start.isoformat()},{c.seconds},china-telecom,{float(c.weight)}" for c in CALLS]
    rows.append(f"{CALLS[0].caller},99,2012-03-01T12:00:00+08:00,60,china-telecom,1")  # no number: suspended
    calls = folder / "calls.csv"
    calls.write_text("\n".join(["caller,called,start,duration,operator,weight", *rows]), encoding="utf-8")
    accounts = folder / "accounts.csv"
    accounts.write_text("\n".join(["account,number", *map(",".join, LINES)]), encoding="utf-8")
    rater = book.rater(["baseline", "plan-2010", "delivery-2012"], both=True)
    request = RateRequest(inputs=(str(calls),), output="-")
    with open_inputs(request) as inputs:
        return gather(inputs, rater, request=request, accounts=read_accounts(str(accounts), rater)).cells


def part_of(cells: Cells, book: tariffs.Rulebook, scenario: str, as_of: str, **given: Any) -> Part:
    (part,) = compare(cells, book, Question(base="baseline", scenarios=(scenario,), as_of=(as_of,), **given)).parts
    return part


@pytest.fixture(scope="module")
def plan(cells: Cells, book: tariffs.Rulebook) -> Part:
    return part_of(cells, book, "plan-2010", "plan-2010:2")


@pytest.fixture(scope="module")
def delivery(cells: Cells, book: tariffs.Rulebook) -> Part:
    return part_of(cells, book, "delivery-2012", "delivery-2012:1", take_ups=(Fraction(3, 10),))


def charges(book: tariffs.Rulebook, scenario: str, as_of: str, **given: Any) -> list[tuple[Fraction, Fraction]]:
    """What each call costs under the base and under a scenario, one by one."""
    rate = book.rater(["baseline", scenario], as_of=as_of, **given)
    found = []
    for call in CALLS:
        rated = rate(tariffs.Call(id="", caller=call.caller, called=call.called, start=call.start,
                                  seconds=call.seconds, operator="china-telecom"))  # fmt: skip
        assert isinstance(rated, tariffs.Rated)
        x, y = (Fraction(charge.amount) for charge in rated.charges.values())
        found.append((x, y))
    return found


@pytest.fixture(scope="module")
def each(book: tariffs.Rulebook) -> list[tuple[Fraction, Fraction]]:
    return charges(book, "plan-2010", "plan-2010:2")


@pytest.fixture(scope="module")
def each_with_add_on(book: tariffs.Rulebook) -> list[tuple[Fraction, Fraction]]:
    return charges(book, "delivery-2012", "delivery-2012:1", holders=dict.fromkeys(ADD_ON, "all"))


def weighted(values: Sequence[Fraction], which: Sequence[bool] | None = None) -> Fraction:
    chosen = which or [True] * len(CALLS)
    return sum((v * c.weight for v, c, yes in zip(values, CALLS, chosen, strict=True) if yes), Fraction(0))


def bills(each: Sequence[tuple[Fraction, Fraction]]) -> dict[str, tuple[Fraction, Fraction]]:
    found: dict[str, tuple[Fraction, Fraction]] = {account: (Fraction(0), Fraction(0)) for account, _ in LINES}
    for call, (x, y) in zip(CALLS, each, strict=True):
        before, after = found[call.account]
        found[call.account] = before + x, after + y
    return found


WEIGHTS: dict[str, Fraction] = {account: Fraction(1) for account, _ in LINES} | {c.account: c.weight for c in CALLS}
LINES_OF = Counter(account for account, _ in LINES)


def test_totals_and_groups_are_sums_over_calls(plan: Part, each: list[tuple[Fraction, Fraction]]) -> None:
    before, after = [x for x, _ in each], [y for _, y in each]
    assert (weighted(before), weighted(after)) == tuple(map(Fraction, plan.total.charges))
    assert (weighted(after) - weighted(before)) / weighted(before) == plan.total.relative(1)
    dearer = [y > x for x, y in each]
    everyone = weighted([Fraction(1)] * len(CALLS))
    assert weighted([Fraction(1)] * len(CALLS), dearer) / everyone == plan.total.dearer_share(1)
    assert max(y - x for x, y in each) == plan.total.worst[1]
    for group in plan.groups["city-pair"]:
        mine = [c.cities == group.name for c in CALLS]
        assert (weighted(before, mine), weighted(after, mine)) == tuple(map(Fraction, group.charges))
        assert sum(mine) == group.calls
    for group in plan.groups["hour"]:
        mine = [f"{c.start.hour:02}" == group.name[0] for c in CALLS]
        assert weighted(after, mine) == group.charges[1]


def the_class(before: Fraction, after: Fraction) -> str:
    if before == after:
        return "unchanged"
    if before == 0:
        return "newly-charged"
    if after < before:
        return "much-better" if 100 * (after - before) < -5 * before else "better"
    return "much-worse" if 100 * (after - before) > 5 * before else "worse"


def test_winners_and_losers_are_bills_that_change(plan: Part, each: list[tuple[Fraction, Fraction]]) -> None:
    held, lines, change = (defaultdict[str, Fraction](Fraction) for _ in range(3))
    counted = Counter[str]()
    for account, (x, y) in bills(each).items():
        name = the_class(x, y)
        counted[name] += 1
        held[name] += WEIGHTS[account]
        lines[name] += WEIGHTS[account] * LINES_OF[account]
        change[name] += WEIGHTS[account] * (y - x)
    everyone, found = sum(held.values()), plan.winners[1]
    assert {"much-better", "much-worse", "unchanged"} <= set(held)
    for share in found.classes:
        assert (counted[share.name], held[share.name], lines[share.name]) == (share.accounts, share.weight, share.lines)
        assert (held[share.name] / everyone, change[share.name]) == (share.share, share.change)
    assert sum(change.values()) / sum(lines.values()) == found.monthly
    bands = Counter[tuple[Decimal | None, Decimal | None]]()
    bounds = [Decimal(text) for text in ("-5", "-1", "-0.1", "0.1", "1", "5")]
    for x, y in bills(each).values():
        below = [bound for bound in bounds if y - x > bound or (bound > 0 and y - x == bound)]
        bands[below[-1] if below else None, bounds[len(below)] if len(below) < 6 else None] += 1
    assert bands == {(band.above, band.below): band.accounts for band in found.bands if band.accounts}


def test_tenths_by_minutes_hold_ties_together(plan: Part, each: list[tuple[Fraction, Fraction]]) -> None:
    minutes = Counter({account: 0 for account, _ in LINES})
    for call in CALLS:
        minutes[call.account] += call.minutes
    everyone = sum(WEIGHTS.values())
    tenth = {
        account: int(sum(WEIGHTS[a] for a, m in minutes.items() if m < mine) * 10 // everyone) + 1
        for account, mine in minutes.items()
    }
    for found in plan.winners[1].deciles:
        members = [account for account, number in tenth.items() if number == found.number]
        assert len(members) == found.accounts
        assert (min(minutes[a] for a in members), max(minutes[a] for a in members)) == found.minutes
        assert sum(bills(each)[a][1] * WEIGHTS[a] for a in members) == found.charge
    assert len(LINES_OF) == sum(found.accounts for found in plan.winners[1].deciles)


def test_demand_is_the_formula_by_relation_and_rate_period(
    cells: Cells, book: tariffs.Rulebook, each: list[tuple[Fraction, Fraction]], tmp_path: Path
) -> None:
    table = tmp_path / "e.csv"
    lines = [
        "any,any,any,any,0,-0.2,-0.5",
        "same-province,any,day,any,0,-0.34,-1.31",
        "same-province,any,night,any,0,-1,-2",
    ]
    table.write_text("\n".join(["relation,service,period,group,low,central,high", *lines]), encoding="utf-8")
    read = read_segments(str(table), ("low", "central", "high"))
    part = part_of(cells, book, "plan-2010", "plan-2010:2", elasticities=read)
    segments: dict[tuple[bool, bool], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for call, (x, y) in zip(CALLS, each, strict=True):
        here, there = call.cities
        mine = segments[here == there, call.start.hour < 7 and here != there]
        for place, value in enumerate((Fraction(call.minutes), x, y)):
            mine[place] += float(value * call.weight)
    # within a city: whatever the hour one line holds; between cities one by day and one by night
    elastic: dict[tuple[bool, bool], tuple[float, float, float]] = {
        (True, False): (0, -0.2, -0.5),
        (False, False): (0, -0.34, -1.31),
        (False, True): (0, -1, -2),
    }
    assert set(elastic) == set(segments)
    for band, found in enumerate(part.demands):
        revenue, gain = 0.0, 0.0
        for key, (m, paid, pays) in segments.items():
            before, after = paid / m, pays / m
            grown: float = m * (after / before) ** elastic[key][band]
            revenue += after * grown
            gain += (before - after) * (m + grown) / 2
        assert float(found.revenue) == pytest.approx(revenue, rel=1e-12)
        assert float(found.gain) == pytest.approx(gain, rel=1e-12)
        assert float(found.static) == pytest.approx(float(weighted([y for _, y in each])), rel=1e-12)
        outside = sum(not 0.5 <= pays / paid <= 2 for _, paid, pays in segments.values())
        assert outside == found.outside


def test_revenue_less_tax_and_what_is_realised(
    cells: Cells, book: tariffs.Rulebook, each: list[tuple[Fraction, Fraction]], tmp_path: Path
) -> None:
    table = tmp_path / "realised.csv"
    table.write_text("relation,service,period,group,factor\nsame-province,any,any,any,0.6\nany,any,any,any,0.9\n",
                     encoding="utf-8")  # fmt: skip
    read = read_segments(str(table), ("factor",))
    part = part_of(cells, book, "plan-2010", "plan-2010:2", tax=Decimal(3), realised=read)
    for view, found in enumerate(part.revenues.views):
        gross = weighted([pair[view] for pair in each])
        between = [c.cities[0] != c.cities[1] for c in CALLS]
        across = weighted([pair[view] for pair in each], between)
        assert (gross, gross * 3 / 103, gross * 100 / 103) == (Fraction(found.gross), found.tax, found.net)
        assert across * Fraction(6, 10) + (gross - across) * Fraction(9, 10) == found.realised


def test_an_add_on_by_three_selections(delivery: Part, each_with_add_on: list[tuple[Fraction, Fraction]]) -> None:
    view = next(v for v, item in enumerate(delivery.priced.views) if ("telecom-add-on", "all") in item.holding)
    eligible = {c.account for c in CALLS if c.cities[0] in ("guangzhou", "foshan")}
    lines: list[tuple[Fraction, Fraction]] = []  # gain and number of each account's lines
    for account, (x, y) in bills(each_with_add_on).items():
        if account in eligible:
            count = LINES_OF[account]
            lines.append(((x - y - FEE * count) / count, WEIGHTS[account] * count))
    lines.sort(reverse=True)
    everyone = sum((n for _, n in lines), Fraction(0))
    found = next(item for item in delivery.opt_ins if item.view == view and item.take_up == Fraction(3, 10))
    assert everyone == found.eligible
    left, largest = everyone * 3 / 10, Fraction(0)
    for gain, n in lines:
        largest += gain * min(left, n)
        left -= min(left, n)
    universal = sum((gain * n for gain, n in lines), Fraction(0))
    gaining = sum((n for gain, n in lines if gain > 0), Fraction(0))
    won = sum((gain * n for gain, n in lines if gain > 0), Fraction(0))
    among = won * min(everyone * 3 / 10, gaining) / gaining if gaining else Fraction(0)
    expected = [largest, universal * 3 / 10, among]
    assert expected == [uptake.gain for uptake in found.uptakes]
    assert (universal, (min(expected), max(expected))) == (found.universal, found.envelope)


def test_bills_hold_the_fee_of_an_add_on(delivery: Part, each_with_add_on: list[tuple[Fraction, Fraction]]) -> None:
    view = next(v for v, item in enumerate(delivery.priced.views) if ("telecom-add-on", "all") in item.holding)
    eligible = {c.account for c in CALLS if c.cities[0] in ("guangzhou", "foshan")}
    paid = {a: (x, y + FEE * LINES_OF[a] * (a in eligible)) for a, (x, y) in bills(each_with_add_on).items()}
    counted = Counter(the_class(x, y) for x, y in paid.values())
    assert dict(counted) == {s.name: s.accounts for s in delivery.winners[view].classes if s.accounts}


def test_goal_seek_is_trying_every_price_of_the_grid(plan: Part, book: tariffs.Rulebook) -> None:
    base = {account: x for account, (x, _) in bills(charges(book, "plan-2010", "plan-2010:2")).items()}
    revenue, held = [], []
    for fen in range(41):
        tried = charges(book, "plan-2010", "plan-2010:2", assume={"inter-zone-price": f"{fen / 100:.2f}"})
        revenue.append(weighted([y - x for x, y in tried]))
        worse = sum(WEIGHTS[a] for a, (_, y) in bills(tried).items() if y > base[a])
        held.append(worse <= sum(WEIGHTS.values()) / 10)
    found = explore.reach(plan, Goal("inter-zone-price", Fraction(1, 10), highest=Decimal("0.40")), 1)
    assert Decimal(max(fen for fen, yes in enumerate(held) if yes)) / 100 == found.price
    free = explore.reach(plan, Goal("inter-zone-price"), 1).neutral
    assert free is not None and free.exact is not None
    # on a straight line through all 41 the revenue is that of the base at p
    assert revenue[0] + (revenue[40] - revenue[0]) * free.exact / Fraction(40, 100) == 0
    assert {math.floor(free.exact * 100), math.ceil(free.exact * 100)} == {step for step, _ in free.neighbours}


def test_a_price_that_the_base_pays_too_is_sought_for_the_scenario_alone(cells: Cells, book: tariffs.Rulebook) -> None:
    """Before, goal seek moved the base's own price along with the scenario's."""
    twice = book.model_copy(update={"scenarios": dict(book.scenarios) | {"again": book.scenarios["plan-2010"]}})
    (part,) = compare(cells, twice, Question(base="plan-2010", scenarios=("again",), as_of=("2015-01-01",))).parts
    found = explore.reach(part, Goal("inter-zone-price"), 1).neutral
    assert found is not None
    assert Fraction("0.30") == found.exact
