"""The shipped rulebooks: nothing found that they do not accept, and nothing accepted that is not found."""

from __future__ import annotations

import pytest

import tariffs
from tariffs.checks import check

SHIPPED = ["prd", "changzhutan", "shenfu", "unicom"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rulebook_has_nothing_that_nobody_accepted(name: str) -> None:
    assert [] == [str(f.message) for f in check(tariffs.load(name)) if f.counts]


def test_short_calls_that_become_dearer_are_accepted_and_visible() -> None:
    found = [f for f in check(tariffs.load("prd"), "baseline", ["plan-2010"]) if f.code == "dearer"]
    assert found
    assert all(f.accepted is not None and f.accepted.reason.zh for f in found)


def test_the_poor_north_pays_more_inside_its_own_city_than_the_add_on_asks_for_the_next() -> None:
    values = {"business-zones": "illustrative", "inter-zone-price": "0.30"}
    found = check(tariffs.load("prd"), "baseline", ["delivery-2012"], only=["nearer"], assume=values)
    pays = [finding.data["pays"] for finding in found]
    assert [["inter-zone"], ["all-inclusive"]] in pays
