"""Calls of the shipped rulebooks, as short as a tariff's example: who, whom, when, how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import tariffs
from tariffs import Call, Charge, Rated, Suspended

CHINA = ZoneInfo("Asia/Shanghai")

FIXED = {
    "guangzhou": "02081234567",
    "panyu": "02084123456",
    "foshan": "075781234567",
    "zhaoqing": "07582234567",
    "shenzhen": "075581234567",
    "dongguan": "076981234567",
    "huizhou": "07522234567",
    "zhuhai": "07562234567",
    "zhongshan": "076081234567",
    "jiangmen": "07502234567",
    "shaoguan": "07512234567",
    "beijing": "01081234567",
    "changsha": "073181234567",
    "hong-kong": "0085221234567",
    "abroad": "0012125550100",
}
MOBILE = {
    "guangzhou": "13000400001",
    "foshan": "13010670001",
    "shenzhen": "13010540001",
    "zhuhai": "13005690001",
    "shaoguan": "13005360001",
    "beijing": "13000000001",
}
CHINA_MOBILE = {"guangzhou": "13802500001", "foshan": "13802620001"}

NOON_2012 = "2012-03-01 12:00:00"


def start(text: str) -> dt.datetime:
    """`2012-03-01 06:59:50` in China."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


@cache
def _book(name: str) -> tariffs.Rulebook:
    return tariffs.load(name)


@cache
def _rater(book: str, scenarios: tuple[str, ...], assume: tuple[tuple[str, str], ...], as_of: tuple[str, ...]) -> Any:
    return _book(book).rater(scenarios, assume=dict(assume), as_of=as_of)


def rater(
    *scenarios: str, book: str = "prd", assume: Mapping[str, str] | None = None, as_of: Iterable[str] = ()
) -> Any:
    """A rater of a shipped rulebook, made once."""
    return _rater(book, scenarios, tuple(sorted((assume or {}).items())), tuple(as_of))


def result(rate: Any, caller: str, called: str, at: str, seconds: int = 60, **facts: Any) -> Any:
    """What comes of one call; `at` is the clock in China."""
    return rate(Call(id="call", caller=caller, called=called, start=start(at), seconds=seconds, **facts))


def charges(rate: Any, caller: str, called: str, at: str, seconds: int = 60, **facts: Any) -> dict[str, Decimal]:
    """The charge of one call under every view, by label."""
    outcome = result(rate, caller, called, at, seconds, **facts)
    assert isinstance(outcome, Rated), outcome
    return {view: charge.amount for view, charge in outcome.charges.items()}


def charge(rate: Any, caller: str, called: str, at: str, seconds: int = 60, **facts: Any) -> Decimal:
    """The charge of one call under a rater's only view."""
    (amount,) = charges(rate, caller, called, at, seconds, **facts).values()
    return amount


def pays(rate: Any, caller: str, called: str, at: str, **facts: Any) -> tuple[str, ...]:
    """The tariffs that one call pays under a rater's only view."""
    outcome = result(rate, caller, called, at, **facts)
    assert isinstance(outcome, Rated), outcome
    (paid,) = outcome.charges.values()
    assert isinstance(paid, Charge)
    return paid.tariffs


def suspended(rate: Any, caller: str, called: str, at: str, **facts: Any) -> str:
    """The code under which a call is suspended."""
    outcome = result(rate, caller, called, at, **facts)
    assert isinstance(outcome, Suspended), outcome
    return outcome.code


def yuan(text: str) -> Decimal:
    return Decimal(text)
