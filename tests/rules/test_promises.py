"""What the rulebooks promise: every covered call has a price, every price a source, every gap is said."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import tariffs
from tariffs import Rated
from tests.rules.calls import FIXED, MOBILE, rater, result

ROOT = Path(__file__).parents[2]
SHIPPED = ["prd", "changzhutan", "shenfu", "unicom"]
RULE_FILES = sorted([*(ROOT / "rules").rglob("*.yaml"), *(ROOT / "seeds").glob("*.yaml")])

GIVEN = {
    "agreement-level": "flat",
    "agreement-flat-price": "0.25",
    "agreement-phase-1": "2012-01-01",
    "agreement-phase-2": "2013-01-01",
}
SPECIAL = ["110", "122", "8008123456", "4008123456"]
DAYS = ["2010-01-01 00:00:00", "2012-01-01 06:59:59", "2015-01-01 23:59:59", "2017-08-31 23:59:59"]
PLACES = [None, "guangzhou", "foshan", "panyu", "shenzhen", "shaoguan", "guangdong", "other-mainland"]


def every_scenario(zones: str) -> Any:
    names = tuple(tariffs.load("prd").scenarios)
    return rater(*names, assume={**GIVEN, "business-zones": zones})


def assert_priced(rate: Any, *call: Any, **facts: Any) -> None:
    outcome = result(rate, *call, **facts)
    assert isinstance(outcome, Rated), (outcome, call, facts)


@pytest.mark.parametrize("zones", ["one-per-city", "illustrative"])
def test_every_fixed_line_call_that_covers_promises_has_one_price_under_every_scenario(zones: str) -> None:
    rate = every_scenario(zones)
    lines = [FIXED[c] for c in ("guangzhou", "panyu", "foshan", "zhaoqing", "zhuhai", "shaoguan")]
    others = [*FIXED.values(), *MOBILE.values()]
    inland = [n for n in others if not n.startswith("00")]
    options: list[frozenset[str]] = [frozenset(), frozenset({"telecom-add-on", "mobile-add-on"})]
    for line, at, held in itertools.product(lines, DAYS, options):
        for other in others:
            assert_priced(rate, line, other, at, options=held)
            assert_priced(rate, other, line, at, options=held, direction="received")
        for called in (*SPECIAL, *("17909" + n for n in inland)):
            assert_priced(rate, line, called, at, options=held)


@pytest.mark.parametrize("zones", ["one-per-city", "illustrative"])
def test_every_mobile_call_that_covers_promises_has_one_price_under_every_scenario(zones: str) -> None:
    rate = every_scenario(zones)
    lines = [MOBILE[c] for c in ("guangzhou", "foshan", "shenzhen", "shaoguan")]
    cities = ("guangzhou", "foshan", "zhuhai", "beijing", "hong-kong", "abroad")
    others = [*(FIXED[city] for city in cities), *MOBILE.values()]
    inland = [n for n in others if not n.startswith("00")]
    held = frozenset({"mobile-add-on"})
    for line, at, where in itertools.product(lines, DAYS, PLACES):
        for other in others:
            assert_priced(rate, line, other, at, options=held, operator="china-mobile", served_place=where)
            assert_priced(rate, other, line, at, served_place=where, direction="received")
        for called in (*SPECIAL, *("17951" + n for n in inland)):
            assert_priced(rate, line, called, at, served_place=where)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_price_has_a_source_or_says_that_it_has_none(name: str) -> None:
    book = tariffs.load(name)
    scenarios = book.scenarios.values()
    priced: dict[str, Any] = {**book.tariffs, **book.rules, **book.periods}
    for scenario in scenarios:
        priced |= scenario.tariffs | scenario.options
        priced |= {f"change {c.at}": c for c in scenario.changes}
    silent = [n for n, item in priced.items() if not item.source and item.mark == "published"]
    assert [] == silent


@pytest.mark.parametrize("name", SHIPPED)
def test_every_assumption_says_why(name: str) -> None:
    for assumption in tariffs.load(name).assumptions.values():
        assert assumption.reason


def test_the_before_price_of_guangzhou_foshan_is_an_inference() -> None:
    assert "inference" == tariffs.load("prd").rules["fixed-long-distance"].mark


def test_what_nobody_found_is_a_parameter_and_the_agreement_has_no_assumed_values() -> None:
    book = tariffs.load("prd")
    assert set(GIVEN) <= set(book.parameters)
    assert set(GIVEN).isdisjoint(book.assumptions)
    assert {"inter-zone-price", "mobile-local-price", "ip-price", "delivery-day"} <= set(book.assumptions)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_source_says_which_fact_was_taken_from_it(name: str) -> None:
    for source in tariffs.load(name).sources.values():
        assert source.says


def test_prd_knows_every_source_and_every_fact_of_the_seeds() -> None:
    listed = {
        key
        for file in ("sources.yaml", "facts.yaml")
        for key in yaml.safe_load((ROOT / "seeds" / file).read_text(encoding="utf-8"))["sources"]
    }
    assert listed == set(tariffs.load("prd").sources)


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_rule_file_starts_with_the_line_that_gives_editors_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    assert (ROOT / "tariffs" / "rulebook" / "schema.json") == (path.parent / found[1]).resolve()


def test_the_nine_cities_have_their_residents() -> None:
    book = tariffs.load("prd")
    nine = {name: book.places[name].people for name in book.regions["prd"].members}
    assert 56_127_307 == sum(people or 0 for people in nine.values())
    for city in ("guangzhou", "foshan"):
        districts = [p.people or 0 for p in book.places.values() if p.in_ == city]
        assert nine[city] == sum(districts)


def test_a_segment_of_the_mobile_table_is_found_by_its_longest_prefix_once() -> None:
    rows = tariffs.load("prd").tables["mobile-segments.csv"]
    prefixes = [row[0] for row in rows]
    assert prefixes == sorted(set(prefixes))
    assert {"guangzhou", "foshan", "other-mainland"} <= {row[1] for row in rows}
    shadowed = [a for a, b in itertools.pairwise(prefixes) if b.startswith(a)]
    assert [] == shadowed


def test_the_mobile_table_is_what_its_generator_makes() -> None:
    package = pytest.importorskip("phonenumbers", reason="phonenumbers is not installed")
    if package.__version__ not in tariffs.load("prd").numbering.segments.vintage:  # type: ignore[union-attr]
        pytest.skip("another version of phonenumbers makes another table")
    made = subprocess.run(
        [sys.executable, ROOT / "seeds" / "make_tables.py", "--check"], capture_output=True, text=True, check=False
    )
    assert 0 == made.returncode, made.stdout
