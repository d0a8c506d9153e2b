"""Prefixes that no number reaches, against every number of a small plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from tariffs.checks.checking import study_of
from tariffs.checks.prefixes import Prefixes
from tariffs.checks.study import Study
from tariffs.rating import digits
from tests.checks.drawn import drawn
from tests.smallworld import Draft, named, one_tariff

Section = dict[str, Any]
WINDOWS: list[Section] = [{}, {"until": "2010-01-01"}, {"from": "2010-01-01"}, {"from": "2101-01-01"}]


def under(prefixes: list[str]) -> st.SearchStrategy[list[str]]:
    """Some prefixes, and now and then all ten that are one digit longer than one of them."""
    return st.tuples(
        st.lists(st.sampled_from(prefixes), max_size=4, unique=True),
        st.lists(st.sampled_from(prefixes), max_size=2, unique=True),
    ).map(lambda drawn_: list(dict.fromkeys([*drawn_[0], *(p + d for p in drawn_[1] for d in "0123456789")])))


@st.composite
def plans(draw: st.DrawFn) -> Draft:
    """A rulebook whose entries of the plan and rows of tables each have a place, service or operator of their own."""

    def dated() -> Section:
        return draw(st.sampled_from(WINDOWS))

    areas: list[Section] = [
        {"code": code, "place": f"area-{code}", "digits": ["2", "3"], "leading": draw(st.sampled_from(["23", "2"]))}
        | dated()
        for code in draw(st.lists(st.sampled_from(["2", "31"]), min_size=1, unique=True))
    ]
    codes = [area["code"] for area in areas]
    exchanges: list[Section] = [
        {"area": draw(st.sampled_from(codes)), "prefix": prefix, "place": f"exchange-{n}"} | dated()
        for n, prefix in enumerate(draw(under(["2", "3", "20", "9"])))
    ]
    prefixes = draw(under(["2", "3", "23", "30"]))
    rows = [(draw(st.sampled_from(codes)), prefix, f"row-{n}") for n, prefix in enumerate(prefixes)]
    rows += rows[: draw(st.integers(0, 1))]
    mobile: list[Section] = [
        {"prefix": prefix, "digits": 8, "operator": f"operator-{n}"} | dated()
        for n, prefix in enumerate(draw(under(["13", "131", "15", "130"])))
    ]
    homes = draw(under(["13", "131", "132", "1310", "15", "16", "131222222", "2"]))
    segments = [(prefix, f"home-{n}") for n, prefix in enumerate(homes)]
    segments += segments[: draw(st.integers(0, 1))]
    special: list[Section] = [
        {"service": f"service-{n}", "prefix": prefix, "digits": ["3"]} | dated()
        for n, prefix in enumerate(draw(under(["1", "13", "4", "40", "22", "7"])))
    ]
    access: list[Section] = [{"code": code} | dated() for code in draw(under(["19", "5", "51"]))]
    countries: list[Section] = [
        {"code": code, "place": f"country-{n}", "digits": ["2", "3"]} | dated()
        for n, code in enumerate(draw(under(["", "7", "70"])))
    ]
    names = {item["place"] for item in (*areas, *exchanges, *countries)} | {row[-1] for row in (*rows, *segments)}
    numbering: Section = {"areas": areas, "exchanges": exchanges, "special": special, "access": access}
    numbering |= {"countries": countries, "mobile": mobile, "segments": {"file": "homes.csv", "vintage": "drawn"}}
    return Draft(
        one_tariff({"per": "60 s", "price": "0.10"}).sections
        | {
            "places": {name: {"name": named(name), "level": "city"} for name in sorted(names)},
            "zonings": {"cities": {"name": named("cities"), "each": "city", "exchanges": "rows.csv"}},
            "operators": {item["operator"]: {"name": named(item["operator"])} for item in mobile},
            "numbering": numbering,
        },
        {"rows.csv": tuple(rows), "homes.csv": tuple(segments)},
    )


def every_number() -> Iterator[str]:
    """Every number of up to four digits, those of the two area codes, and of eight digits by those that matter."""
    for count in range(1, 5):
        yield from map("".join, itertools.product("0123456789", repeat=count))
    for local in ("".join(d) for count in (2, 3) for d in itertools.product("0123456789", repeat=count)):
        yield from ("02" + local, "031" + local, "00" + local, "00862" + local, "008631" + local)
    for head in map("".join, itertools.product("0123456789", repeat=3)):
        eight = f"13{head}222", f"15{head}222", f"{head}22222"
        yield from (way + number for number in eight for way in ("", "0", "0086"))


def met(examined: Study) -> set[str]:
    """The places, services, operators and access codes that some number leads to on some day."""
    t, segments = examined.compiled.tables
    compiled = examined.compiled
    values, names = compiled.vocabulary.values, compiled.geography.names
    numbers = list(every_number())
    roots = range(len(examined.numbers.automaton.area_roots))

    def read(number: str, area: int, day: int) -> tuple[int, int, int]:
        data = number.encode()
        found = digits.read_number(t, segments, data, digits.measure_number(data, 0, len(data)), area, day)
        return found[0], found[1], found[2]

    seen: set[str] = set()
    for day in (days.first for days in examined.days):
        known = []
        for number in numbers:
            for area in (digits.NOT_GIVEN, *roots) if len(number) < 4 else (digits.NOT_GIVEN,):
                entry, _, place = read(number, area, day)
                if entry > 0:
                    known.append((number, area))
                    seen.add(values["called"][t[entry + digits.E_KIND]])
                    seen.add(values["operator"][t[entry + digits.E_OPERATOR]])
                    seen |= {names[place]} if place >= 0 else set()
        for code in (item.code for item in examined.book.numbering.access):
            for number, area in known:
                entry, access, _ = read(code + number, area, day)
                if entry > 0 and access and values["access"][access] == code:
                    seen.add(code)
                    break
    return seen


@drawn(30)
@given(plans())
def test_what_no_number_reaches_is_told_and_nothing_else(draft: Draft) -> None:
    examined = study_of(draft.book())
    seen = met(examined)
    prefixes, plan = Prefixes(examined), examined.book.numbering
    told = {id(item) for item, _ in prefixes.unreached()}
    own = {
        **{id(item): item.place for item in plan.areas},
        **{id(item): item.place for item in plan.exchanges},
        **{id(item): item.place for item in plan.countries},
        **{id(item): item.service for item in plan.special},
        **{id(item): item.code for item in plan.access},
        **{id(item): item.operator for item in plan.mobile},
    }
    assert {own[number] for number in own if own[number] not in seen} == {own[number] for number in told}
    reasons = {(rows.path, row): rows.reason for rows in prefixes.rows() for row in rows.rows}
    for path, table in examined.book.tables.items():
        expected = {n for n, row in enumerate(table) if row in table[:n] or row[-1] not in seen}
        assert expected == {n for (where, n) in reasons if where == path}, [table[n] for n in expected]
        assert {n for n, row in enumerate(table) if row in table[:n]} == {
            n for (where, n), reason in reasons.items() if where == path and reason == "repeated"
        }
    for reason in ("repeated", "covered", "no-number"):
        event(f"{reason}: {reason in reasons.values()}")
