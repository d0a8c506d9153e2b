"""`monotone`: for a fixed start, a longer call, or more messages or data, that costs less.

Prices are never below zero and clamps and rounding keep order, so that no rule file can say such a tariff. It is
looked at all the same, on the very integers that the engine reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tariffs.checks.dead import live_tariffs
from tariffs.checks.findings import Finding, text
from tariffs.checks.study import Study
from tariffs.rating import kernel as k

CODE: Final = "monotone"
MEANING: Final = text(
    "同一开始时刻，更长的通话（更多的短信或流量）反而更便宜",
    "For one start, a longer call (or more messages or data) costs less.",
)


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each tariff of which more usage can cost less."""
    t = study.compiled.tables.heap
    for number in sorted(live_tariffs(study)):
        priced, at = study.compiled.pricing.items[number], study.compiled.tariff_at[number]
        if falls(t, at, [len(prices) for _, _, prices in priced.steps]):
            yield Finding(
                CODE, "error",
                text(f"资费 {priced.name}：用量增加而费用减少", f"{priced.name}: more usage costs less"),
                (priced.tariff.at,), subject=(priced.name,),
            )  # fmt: skip


def falls(t: list[int], tariff: int, periods: list[int]) -> bool:
    """Whether a tariff in the kernel's table can fall: every step of its staircase must go up, and rounding keep order.

    `periods`: how many prices each step has. A call of no duration costs nothing or less than any other.
    """
    steps = range(tariff + k.T_STEP, tariff + k.T_STEP + k.STEP * t[tariff + k.T_STEPS], k.STEP)
    prices = [t[t[step + k.S_PRICE] + n] for step, count in zip(steps, periods, strict=True) for n in range(count)]
    units = [t[step + k.S_UNIT] for step in steps]
    return (
        min(prices) < 0
        or min(units) <= 0
        or t[tariff + k.T_CONNECTION] < 0
        or t[tariff + k.T_QUANTUM] <= 0
        or t[tariff + k.T_ROUNDED_TO] <= 0
        or t[tariff + k.T_RESOLUTION] <= 0
    )
