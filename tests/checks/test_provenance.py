"""Where prices come from: cited, reasoned, replaced, and looked at not too long ago."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import tariffs
from tariffs.checks import Finding, check
from tests.checks.rulebooks import changed, rulebook

PRICE = "tariffs:\n  local: {name: {zh: 本地, en: Local}, charge: {per: 60 s, price: 0.10}, source: price-list}"
RULES = "\nrules:"


def found(path: str, **options: Any) -> list[Finding]:
    return list(check(tariffs.load(path), only=["provenance"], **options))


def told(path: str, **options: Any) -> list[tuple[str, str]]:
    """What each finding is about, and how much it matters."""
    return [("/".join(finding.subject), finding.severity) for finding in found(path, **options)]


def price(tmp_path: Path, words: str) -> str:
    """A rulebook whose only price has this in place of its source."""
    return changed(tmp_path, "acceptance", (PRICE, PRICE.replace("source: price-list", words)))


def test_a_price_without_source_is_told(tmp_path: Path) -> None:
    assert [("local/source", "warning")] == told(price(tmp_path, "note: from memory"))
    assert [("local/source", "note")] == told(price(tmp_path, "mark: illustrative"))
    assert [] == told(price(tmp_path, "source: price-list"))


def test_a_fee_is_a_price(tmp_path: Path) -> None:
    pack = "\noptions: {pack: {name: {zh: 包, en: Pack}, fee: 5.00, discount: 10}}\n" + RULES
    assert [("pack/source", "warning")] == told(changed(tmp_path, "acceptance", (RULES, pack)))
    cited = pack.replace("fee: 5.00", "fee: 5.00, source: price-list")
    assert [] == told(changed(tmp_path, "acceptance", (RULES, cited)))
    unknown = pack.replace("fee: 5.00, ", "")
    assert [] == told(changed(tmp_path, "acceptance", (RULES, unknown)))


@pytest.mark.parametrize(
    "expected, words",
    [
        ([("every-call/fact", "warning")], "note: everybody knows"),
        ([], "source: price-list"),
        ([("every-call/inference", "warning")], "mark: inference, source: price-list"),
        ([], "mark: inference, source: price-list, note: two area codes"),
        ([], "mark: unverified"),
    ],
)
def test_an_inference_is_no_fact(expected: list[tuple[str, str]], words: str, tmp_path: Path) -> None:
    rule = "every-call: {when: {line: fixed, called: fixed}, pay: local, "
    assert expected == told(changed(tmp_path, "acceptance", (f"{rule}source: price-list", rule + words)))


def test_the_day_of_a_phase_is_a_fact_too(tmp_path: Path) -> None:
    scenario = """
scenarios:
  plan:
    name: {zh: 规划, en: Plan}
    phases: {"1": {name: {zh: 一期, en: First}, from: 2012-01-01}}
    changes: [{phase: "1", instead-of: long-distance, pay: local, source: price-list}]
"""
    elsewhere = ("every-call: {when: {line: fixed,", "every-call: {when: {line: mobile,")
    path = changed(tmp_path, "conflict", elsewhere, (RULES, scenario + RULES))
    assert [("1/fact", "warning")] == [one for one in told(path) if one[0] == "1/fact"]


def test_an_assumed_value_is_told_until_somebody_replaces_it() -> None:
    path = rulebook("provenance")
    (finding,) = [finding for finding in found(path) if "assumption" in finding.subject]
    assert ("warning", "local-price", "0.10") == (finding.severity, finding.data["parameter"], finding.data["value"])
    assert "Nobody has replaced the assumed value local-price = 0.10: nobody knows it" == finding.message.en
    assert not any("assumption" in f.subject for f in found(path, assume={"local-price": "0.10"}))


def test_a_source_is_stale_after_so_many_days_on_a_given_day() -> None:
    path = rulebook("gap")
    assert [] == found(path)
    (stale,) = found(path, today=dt.date(2012, 1, 2))
    assert ("warning", ("price-list", "checked"), 366) == (stale.severity, stale.subject, stale.data["days"])
    assert "The source price-list was last checked on 2011-01-01, 366 days ago" == stale.message.en
    assert [] == found(path, today=dt.date(2012, 1, 1))
    assert [] == found(path, today=dt.date(2012, 1, 2), stale=366)
    assert [2] == [f.data["days"] for f in found(path, today=dt.date(2011, 1, 3), stale=1)]


def test_a_source_that_nobody_checked_is_stale_and_a_later_check_of_a_price_counts(tmp_path: Path) -> None:
    world = "\nsources: {other: {title: Another, issuer: Nobody, date: 2011, read: page}}\n" + RULES
    other = PRICE.replace("source: price-list", "source: other")
    path = changed(tmp_path, "acceptance", (PRICE, other), (RULES, world))
    day = dt.date(2011, 2, 1)
    assert ["Nobody says when the source other was checked"] == [f.message.en for f in found(path, today=day)]
    text = Path(path).read_text("utf-8").replace("source: other}", "source: other, checked: 2011-01-31}")
    Path(path).write_text(text, "utf-8")
    assert [] == found(path, today=day)
    assert ["other", "price-list"] == sorted(f.subject[0] for f in found(path, today=day, stale=0))


def test_a_source_that_decides_no_price_is_not_looked_at(tmp_path: Path) -> None:
    world = "\nsources: {other: {title: Another, issuer: Nobody, date: 2011, read: page}}\n" + RULES
    assert [] == found(changed(tmp_path, "acceptance", (RULES, world)), today=dt.date(2011, 1, 1))
