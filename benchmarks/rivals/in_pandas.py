"""The tariff in pandas: a row group after another as whole columns, in as many processes as there are cores.

`python -m benchmarks.rivals.in_pandas IN OUT`
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.rivals import tariff as t

FIXED, MOBILE, FREE, SERVICE = range(4)
BEGIN, PHASE_1, PHASE_2, END = (
    np.datetime64(day).astype(int) for day in ("2010-01-01", "2012-01-01", "2015-01-01", "2017-09-01")
)
AHEAD = 2 * (os.cpu_count() or 1)
NAMES = np.array(t.TARIFFS, dtype=object)


class Number(NamedTuple):
    """Columns of a number: its value and digits, whether it begins with 0, whether it is mobile, its place or 0."""

    value: Any
    digits: Any
    trunk: Any
    mobile: Any
    place: Any


@cache
def heads() -> Any:
    """The table by its key, one row of zeros more for what is no key."""
    known = t.heads().to_pandas()
    table = np.zeros((1_000_001, 3), np.int8)
    table[known["key"]] = known[["place", "least", "most"]]
    return table


def number(text: pd.Series[Any]) -> Number:
    value, digits = text.astype("int64[pyarrow]").to_numpy(), text.str.len().to_numpy()
    trunk, abroad = text.str.startswith("0").to_numpy(), text.str.startswith("00").to_numpy()
    mobile = (value >= 13_000_000_000) & (value <= 19_999_999_999)
    width = np.select([value < 10**10, value < 10**11], [10**6, 10**7], 10**8)
    area = trunk & ~abroad & (value >= 10**9) & (value < 10**12)
    key = np.where(mobile, value // 10_000 - 1_000_000, np.where(area, value // width, 1_000_000))
    head, national = heads()[key], digits - trunk
    place = np.where((national >= head[:, 1]) & (national <= head[:, 2]), head[:, 0], 0)
    if abroad.any():
        begins = text[abroad].str.slice(0, 5).to_numpy()
        right = (digits[abroad] == 13) | (digits[abroad] == 14) & (begins == "00886")
        near = np.isin(begins, ("00852", "00853", "00886"))
        place[abroad] = np.where(near, np.where(right, t.NEAR_ABROAD, 0), t.ABROAD)
    return Number(value, digits, trunk, mobile, place)


def rated(calls: pd.DataFrame) -> pd.DataFrame:
    """The calls that are not suspended, with charges and tariffs of both scenarios and the status."""
    access = calls["called"].str.slice(0, 5).isin(t.ACCESS)
    dialled = calls["called"].where(~access, calls["called"].str.slice(5))
    caller, called, ip = number(calls["caller"]), number(dialled), access.to_numpy(bool)
    free = np.isin(called.value, t.EMERGENCY) & (called.digits == 3)
    free |= (called.value // 10**7 == t.FREEPHONE) & (called.digits == 10)
    service = (called.value // 10**7 == t.SERVICE_400) & (called.digits == 10)
    kind = np.select([called.mobile, free, service], [MOBILE, FREE, SERVICE], FIXED)
    places = {name: number for number, name in enumerate(t.PLACES) if name}
    absent = calls["served_place"].isna().to_numpy(bool)
    served = calls["served_place"].map(places).fillna(0).to_numpy("int8")
    received = (calls["direction"] == "received").to_numpy(bool)

    origin = np.where(caller.mobile & ~received & ~absent, served, caller.place)
    subscriber = (called.digits == 7) & (called.value >= 2 * 10**6) & np.isin(origin, t.SEVEN_DIGITS)
    subscriber |= (called.digits == 8) & (called.value >= 2 * 10**7) & np.isin(origin, t.EIGHT_DIGITS)
    subscriber &= ~called.trunk
    to = np.where((kind >= FREE) | (called.place == 0) & subscriber, origin, called.place)
    home = np.where(received, to, caller.place)
    mobile = np.where(received, kind == MOBILE, caller.mobile)
    present = np.where(mobile & ~absent, served, home)
    telecom = ~mobile & calls["operator"].fillna("china-telecom").eq("china-telecom").to_numpy(bool)

    here, local = home == present, to == origin
    before = np.select(
        [
            (origin == 0) | (to == 0), ~received & (kind == FREE) & ip, ~received & (kind == FREE),
            (home > t.GUANGDONG) | ~(mobile | telecom) | (present > t.MAINLAND), received & ((kind > MOBILE) | ip),
            received & telecom, received & here, received, ip & ((kind == SERVICE) | (to > t.MAINLAND)), ip & telecom,
            ip & here, ip, to == t.NEAR_ABROAD, to == t.ABROAD, telecom & (kind == SERVICE), telecom & ~local,
            telecom & (kind == MOBILE), telecom, ~here, local,
        ],
        [0, 0, 13, 0, 0, 13, 9, 12, 0, 7, 14, 15, 5, 6, 1, 4, 3, 1, 11, 8], 10,
    )  # fmt: skip
    clock = calls["start"].astype("int64[pyarrow]").to_numpy() // 1_000_000 + 28_800
    day = clock // 86_400
    near, at_home = between(day, origin, to), between(day, home, present)
    circle = near | (day >= PHASE_1) & _one_circle(origin, to)
    after = np.select(
        [
            (before == 4) & (kind == FIXED) & circle, (before == 10) & near,
            (before == 11) & at_home & (near | (kind == SERVICE) | local), (before == 11) & at_home,
            (before == 12) & at_home, (before == 15) & at_home,
        ],
        [2, 8, 8, 10, 9, 14], before,
    )  # fmt: skip
    seconds = -(-(calls["duration"] * 100).astype("int64[pyarrow]").to_numpy() // 100)
    answered = calls["answered"].to_numpy(bool)
    covered = (before > 0) & (seconds >= 0) & (seconds <= 86_400) & (day >= BEGIN) & (day < END)
    status = np.select([~answered, seconds == 0], ["unanswered", "zero-duration"], "rated")
    nothing = status != "rated"
    made = {}
    for scenario, tariff in (("baseline", before), ("plan-2010", after)):
        made[f"{scenario}.charge"] = _money(price(tariff, seconds, clock % 86_400), nothing)
        made[f"{scenario}.tariff"] = pd.Categorical.from_codes(np.where(nothing, -1, tariff), t.TARIFFS)
    made["status"] = pd.Categorical(status)
    return calls.assign(**made)[(absent | (served > 0)) & (~answered | covered)]


def between(day: Any, one: Any, other: Any) -> Any:
    """Both in Guangzhou and Foshan, or later in the nine cities."""
    first = (day >= PHASE_1) & (one <= t.GUANG_FO) & (other <= t.GUANG_FO)
    return first | (day >= PHASE_2) & (one <= t.NINE_CITIES) & (other <= t.NINE_CITIES)


def _one_circle(one: Any, other: Any) -> Any:
    (a, b), (c, d) = t.CIRCLES[1:]
    first = (one >= a) & (one <= b) & (other >= a) & (other <= b)
    return first | (one >= c) & (one <= d) & (other >= c) & (other <= d)


def price(tariff: Any, seconds: Any, clock: Any) -> Any:
    """In cents."""
    minutes, sixes = (seconds + 59) // 60, (seconds + 5) // 6
    night = np.clip((25_205 - clock) // 6, 0, sixes) + np.clip((111_605 - clock) // 6, 0, sixes)
    night -= np.minimum(sixes, (86_405 - clock) // 6)
    block = 22 + 11 * ((np.maximum(seconds, 180) - 121) // 60)
    a_minute = np.array([0, 0, 30, 20, 0, 0, 0, 30, 20, 0, 0, 60, 40, 0, 50, 90])[tariff]
    a_six = np.array([0, 0, 0, 0, 7, 20, 80, 0, 0, 0, 7, 0, 0, 0, 0, 0])[tariff]
    blocks = (tariff == 1) | (tariff == 7)
    return a_minute * minutes + a_six * sixes - np.where(tariff == 4, 3 * night, 0) + np.where(blocks, block, 0)


def _money(cents: Any, nothing: Any) -> pd.Series[Any]:
    yuan = pc.multiply(pa.array(cents, mask=nothing).cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01")))
    return pd.Series(yuan.cast(pa.decimal128(18, 2)), dtype=pd.ArrowDtype(pa.decimal128(18, 2)))


def _group(source: str, group: int) -> pa.Table:
    calls = pq.ParquetFile(source).read_row_group(group).to_pandas(types_mapper=pd.ArrowDtype)
    return pa.Table.from_pandas(rated(calls), preserve_index=False)


def _groups(source: str) -> Iterator[pa.Table]:
    """The rated row groups in their order, not many of them in memory."""
    with ProcessPoolExecutor() as pool:
        waiting = deque[Future[pa.Table]]()
        for group in range(pq.ParquetFile(source).num_row_groups):
            waiting.append(pool.submit(_group, source, group))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def rate(source: str, target: str) -> None:
    writer = None
    for table in _groups(source):
        writer = writer or pq.ParquetWriter(target, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    rate(*sys.argv[1:])
