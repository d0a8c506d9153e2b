"""The tariff in Polars: one lazy query, streamed from file to file, with the table of numbers as two joins.

`python -m benchmarks.rivals.in_polars IN OUT`
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import polars as pl
from polars import col, lit, when

from benchmarks.rivals import tariff as t

if TYPE_CHECKING:
    from polars import Expr, LazyFrame

INPUT = (
    "id", "caller", "called", "start", "duration", "answered", "service", "direction", "served_place", "operator",
    "group", "source",
)  # fmt: skip
BEGIN, PHASE_1, PHASE_2, END = (lit(dt.date(*day)) for day in ((2010, 1, 1), (2012, 1, 1), (2015, 1, 1), (2017, 9, 1)))


def read(calls: LazyFrame) -> LazyFrame:
    """The numbers as numbers, the clock of China, started minutes and six seconds."""
    access = col("called").str.slice(0, 5).is_in(t.ACCESS)
    clock = col("start").dt.epoch("us") // 1_000_000 + 28_800
    calls = calls.with_columns(
        access.alias("ip"), when(access).then(col("called").str.slice(5)).otherwise(col("called")).alias("dialled"),
        (clock % 86_400).cast(pl.Int32).alias("second_of_day"),
        (clock // 86_400).cast(pl.Int32).cast(pl.Date).alias("day"),
        col("duration").ceil().cast(pl.Int32).alias("seconds"),
    )  # fmt: skip
    return calls.with_columns(
        *(col(name).cast(pl.Int64, strict=False).alias(f"{name}_value") for name in ("caller", "dialled")),
        *(col(name).str.len_bytes().alias(f"{name}_length") for name in ("caller", "dialled")),
        ((col("seconds") + 59) // 60).alias("minutes"), ((col("seconds") + 5) // 6).alias("sixes"),
    )  # fmt: skip


def key(name: str) -> Expr:
    """Where to look for a number in `heads`."""
    value, trunk = col(f"{name}_value"), col(name).str.starts_with("0")
    return (
        when(mobile(name)).then(value // 10_000 - 1_000_000)
        .when(trunk & value.is_between(10**9, 10**10 - 1)).then(value // 10**6)
        .when(trunk & value.is_between(10**10, 10**11 - 1)).then(value // 10**7)
        .when(trunk & value.is_between(10**11, 10**12 - 1)).then(value // 10**8)
    ).cast(pl.Int32)  # fmt: skip


def mobile(name: str) -> Expr:
    return col(f"{name}_value").is_between(13_000_000_000, 19_999_999_999)


def place(name: str) -> Expr:
    """Where a number is that is not dialled from its own city."""
    length, head = col(f"{name}_length"), col(name).str.slice(0, 5)
    near = when((length == 13) | (length == 14) & (head == "00886")).then(t.NEAR_ABROAD)
    national = length.cast(pl.Int8) - col(name).str.starts_with("0").cast(pl.Int8)
    return (
        when(~col(name).str.starts_with("00"))
        .then(when(national.is_between(col(f"{name}_least"), col(f"{name}_most"))).then(col(f"{name}_place")))
        .when(head.is_in(["00852", "00853", "00886"])).then(near).otherwise(t.ABROAD)
    ).cast(pl.Int8)  # fmt: skip


def looked_up(calls: LazyFrame) -> LazyFrame:
    heads = pl.from_arrow(t.heads()).lazy()  # type: ignore[union-attr]
    calls = calls.with_columns(key("caller").alias("caller_key"), key("dialled").alias("dialled_key"))
    for name in ("caller", "dialled"):
        names = {"key": f"{name}_key", "place": f"{name}_place", "least": f"{name}_least", "most": f"{name}_most"}
        calls = calls.join(heads.rename(names), on=f"{name}_key", how="left")
    value, digits = col("dialled_value"), col("dialled_length")
    free = value.is_in(t.EMERGENCY) & (digits == 3) | (value // 10**7 == t.FREEPHONE) & (digits == 10)
    kind = (
        when(mobile("dialled")).then(MOBILE).when(free).then(FREE)
        .when((value // 10**7 == t.SERVICE_400) & (digits == 10)).then(SERVICE).otherwise(FIXED)
    )  # fmt: skip
    places = {name: number for number, name in enumerate(t.PLACES) if name}
    served = col("served_place").replace_strict(places, default=-1, return_dtype=pl.Int8)
    return calls.with_columns(
        (col("direction") == "received").alias("received"), kind.cast(pl.Int8).alias("kind"),
        place("caller").alias("caller_place"), place("dialled").alias("dialled_place"),
        when(col("served_place").is_not_null()).then(served).alias("served"),
    )  # fmt: skip


FIXED, MOBILE, FREE, SERVICE = range(4)


def located(calls: LazyFrame) -> LazyFrame:
    """Who is where."""
    received, value, digits = col("received"), col("dialled_value"), col("dialled_length")
    at_caller = when(mobile("caller") & ~received).then(pl.coalesce("served", "caller_place")).otherwise("caller_place")
    subscriber = (
        (digits == 7) & value.is_between(2 * 10**6, 10**7 - 1) & col("origin").is_in(t.SEVEN_DIGITS)
        | (digits == 8) & value.is_between(2 * 10**7, 10**8 - 1) & col("origin").is_in(t.EIGHT_DIGITS)
    )  # fmt: skip
    to = (
        when(col("kind") >= FREE).then("origin").when(col("dialled_place").is_not_null()).then("dialled_place")
        .when(subscriber).then("origin")
    )  # fmt: skip
    calls = calls.with_columns(at_caller.alias("origin")).with_columns(to.alias("destination"))
    calls = calls.with_columns(
        when(received).then("destination").otherwise("caller_place").alias("home"),
        when(received).then(col("kind") == MOBILE).otherwise(mobile("caller")).alias("mobile"),
    )
    telecom = col("operator").is_null() | (col("operator") == "china-telecom")
    return calls.with_columns(
        when("mobile").then(pl.coalesce("served", "home")).otherwise("home").alias("present"),
        (~col("mobile") & telecom).alias("telecom"),
    )


def decided(calls: LazyFrame) -> LazyFrame:
    """The tariff before, as its number in TARIFFS, 0 where no rule says one."""
    to, here, kind, telecom = col("destination"), col("home") == col("present"), col("kind"), col("telecom")
    received = when((kind > MOBILE) | col("ip")).then(0).when(telecom).then(13).when(here).then(9).otherwise(12)
    beyond = (kind == SERVICE) | (to > t.MAINLAND)
    through_ip = when(beyond).then(0).when(telecom).then(7).when(here).then(14).otherwise(15)
    fixed = when(kind == SERVICE).then(1).when(to != col("origin")).then(4).when(kind == MOBILE).then(3).otherwise(1)
    before = (
        when(col("origin").is_null() | to.is_null()).then(0)
        .when(~col("received") & (kind == FREE)).then(when("ip").then(0).otherwise(13))
        .when((col("home") > t.GUANGDONG) | ~(col("mobile") | telecom) | (col("present") > t.MAINLAND)).then(0)
        .when("received").then(received).when("ip").then(through_ip)
        .when(to == t.NEAR_ABROAD).then(5).when(to == t.ABROAD).then(6).when(telecom).then(fixed)
        .when(~here).then(11).when(to == col("origin")).then(8).otherwise(10)
    )  # fmt: skip
    return calls.with_columns(
        before.cast(pl.Int8).alias("before"), between("origin", "destination").alias("near"),
        between("home", "present").alias("at_home"),
    )  # fmt: skip


def between(one: str, other: str) -> Expr:
    """Both in Guangzhou and Foshan, or later in the nine cities."""
    first, second = (
        (col("day") >= day) & (col(one) <= last) & (col(other) <= last)
        for day, last in ((PHASE_1, t.GUANG_FO), (PHASE_2, t.NINE_CITIES))
    )
    return first | second


def planned(calls: LazyFrame) -> LazyFrame:
    to, before, kind = col("destination"), col("before"), col("kind")
    circles = [col("origin").is_between(*ends) & to.is_between(*ends) for ends in t.CIRCLES[1:]]
    unified = (kind == FIXED) & (col("near") | (col("day") >= PHASE_1) & pl.any_horizontal(circles))
    local = col("near") | (kind == SERVICE) | (to == col("origin"))
    after = (
        when((before == 4) & unified).then(2).when((before == 10) & col("near")).then(8)
        .when((before == 11) & col("at_home")).then(when(local).then(8).otherwise(10))
        .when((before == 12) & col("at_home")).then(9).when((before == 15) & col("at_home")).then(14).otherwise(before)
    )  # fmt: skip
    covered = (before > 0) & col("seconds").is_between(0, 86_400) & (col("day") >= BEGIN) & (col("day") < END)
    known = col("served").fill_null(0) >= 0
    status = when(~col("answered")).then(lit("unanswered")).when(col("seconds") == 0).then(lit("zero-duration"))
    return calls.filter(known & (~col("answered") | covered)).with_columns(
        after.cast(pl.Int8).alias("after"), status.otherwise(lit("rated")).alias("status")
    )


def price(tariff: str) -> Expr:
    minutes, sixes, clock = col("minutes"), col("sixes"), col("second_of_day")
    nothing = lit(0, pl.Int32)
    night = (
        pl.max_horizontal(nothing, pl.min_horizontal(sixes, (25_205 - clock) // 6))
        + pl.max_horizontal(nothing, pl.min_horizontal(sixes, (111_605 - clock) // 6))
        - pl.min_horizontal(sixes, (86_405 - clock) // 6)
    )
    block = 22 + 11 * ((pl.max_horizontal("seconds", 180) - 121) // 60)
    prices = {
        1: block, 2: 30 * minutes, 3: 20 * minutes, 4: 7 * sixes - 3 * night, 5: 20 * sixes, 6: 80 * sixes,
        7: 30 * minutes + block, 8: 20 * minutes, 10: 7 * sixes, 11: 60 * minutes, 12: 40 * minutes, 14: 50 * minutes,
        15: 90 * minutes,
    }  # fmt: skip
    cents: Expr = nothing
    for number, price in prices.items():
        cents = when(col(tariff) == number).then(price).otherwise(cents)
    return cents


def rate(source: str, target: str) -> None:
    calls = planned(decided(located(looked_up(read(pl.scan_parquet(source))))))
    rated = col("status") == "rated"
    names = {number: name for number, name in enumerate(t.TARIFFS) if name}
    shown = list[pl.Expr]()
    for tariff, scenario in (("before", "baseline"), ("after", "plan-2010")):
        yuan = price(tariff).cast(pl.Decimal(18, 2)) / 100
        shown.append(when(rated).then(yuan).alias(f"{scenario}.charge"))
        shown.append(when(rated).then(col(tariff).replace_strict(names, default=None)).alias(f"{scenario}.tariff"))
    calls.select(*INPUT, *shown, "status").sink_parquet(
        target, compression="zstd", maintain_order=False, engine="streaming"
    )


if __name__ == "__main__":
    rate(*sys.argv[1:])
