"""Calls, days and results in Chinese and English words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from tariffs.checks.domain import Days
from tariffs.checks.findings import text
from tariffs.rating import kernel as k
from tariffs.rulebook.values import Text

RELATION: Final = {
    "same-zone": text("营业区内", "in-zone"),
    "same-city": text("同城营业区间", "inter-zone"),
    "same-circle": text("同一经济圈", "same circle"),
    "same-province": text("同省", "same province"),
    "mainland": text("内地", "mainland"),
    "hong-kong-macao-taiwan": text("港澳台", "Hong Kong, Macao and Taiwan"),
    "international": text("国际", "international"),
}
KIND: Final = {"fixed": text("固定电话", "fixed line"), "mobile": text("手机", "mobile")}
USAGE: Final = {"voice": text("通话", "call"), "message": text("短信", "message"), "data": text("数据流量", "data")}


def kind(name: str) -> Text:
    """Fixed line, mobile, or a special service by its own name."""
    return KIND.get(name) or text(name, name)


def dates(days: Days) -> Text:
    """`from 2012-01-01 to 2012-12-31`; the first and last days that can be rated are left out."""
    first, until = days.dates
    last = until - dt.timedelta(days=1)
    opens, ends = days.first <= k.FIRST_DAY, days.until >= k.FIRST_DAY + k.DAYS - 366
    if opens and ends:
        return text("任何日期", "on any day")
    if ends:
        return text(f"{first} 起", f"from {first}")
    if opens:
        return text(f"{last} 及以前", f"until {last}")
    if first == last:
        return text(f"{first} 当日", f"on {first}")
    return text(f"{first} 至 {last}", f"from {first} to {last}")


def clocks(first: str, until: str) -> Text:
    """`, starting from 06:59:48 to before 07:00:00`; nothing for the whole day."""
    if (first, until) == ("00:00:00", "24:00:00"):
        return text("", "")
    return text(f"，{first} 至 {until} 前开始", f", starting from {first} to before {until}")


def listed(texts: Sequence[Text], most: int = 6) -> Text:
    """A list inside a sentence, cut after a few."""
    more = len(texts) - most
    zh = "、".join(t.zh for t in texts[:most]) + (f" 等 {len(texts)} 项" if more > 0 else "")
    en = ", ".join(t.en for t in texts[:most]) + (f" and {more} more" if more > 0 else "")
    return text(zh, en)


def names(names_: Sequence[str]) -> Text:
    """Names of the rule files, as they are written there."""
    return listed([text(name, name) for name in names_])
