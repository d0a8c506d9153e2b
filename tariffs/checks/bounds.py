"""How far one price can still catch up with another, whatever rate periods follow.

All bounds hold for any start, and for usage behind the last step of tariffs whose steps price whole calls: before that
a longer call may cost less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from tariffs.checks.staircases import most_billed
from tariffs.rating import kernel as k
from tariffs.rating.kernel import rounded


class Reach(NamedTuple):
    """A step that a call can reach: what it prices, `[begins, until)`, its unit, a unit's price in each rate period."""

    begins: int
    until: int
    unit: int
    prices: tuple[int, ...]


class Limits(NamedTuple):
    """Of the price of a tariff, in micro-yuan: `least` and `most` of a unit of usage; what may be paid for beforehand;
    what may fall due at once; the most that a call can cost; the usage from which all this holds.
    """

    least: Fraction
    most: Fraction
    paid: Fraction
    jump: Fraction
    highest: int
    holds_from: int
    capped: bool


@dataclass
class Bounds:
    """Bounds over the kernel's table `t`, for calls up to the longest."""

    t: Any = field(repr=False)
    longest: int
    _limits: dict[int, Limits] = field(default_factory=dict)
    _steps: dict[int, list[Reach]] = field(default_factory=dict)

    def steps(self, tariff: int) -> list[Reach]:
        """The steps that a call can reach, in order."""
        if tariff not in self._steps:
            self._steps[tariff] = self._reached(tariff)
        return self._steps[tariff]

    def _reached(self, tariff: int) -> list[Reach]:
        t, found, begins = self.t, list[Reach](), 0
        most = most_billed(t, tariff, self.longest)
        count = 1 + max(self._periods(t[tariff + k.T_SCHEME]), default=0)
        for step in range(tariff + k.T_STEP, tariff + k.T_STEP + k.STEP * t[tariff + k.T_STEPS], k.STEP):
            if begins < most:
                at = t[step + k.S_PRICE]
                found.append(Reach(begins, t[step + k.S_UNTIL], t[step + k.S_UNIT], tuple(t[at : at + count])))
            begins = t[step + k.S_UNTIL]
        return found

    def _periods(self, scheme: int) -> set[int]:
        t = self.t
        rows = set(t[scheme : scheme + k.DAYS]) - {0} if scheme > 0 else set()
        return {t[row + 2 + 2 * n] for row in rows for n in range(t[row])}

    def limits(self, tariff: int) -> Limits:
        if tariff not in self._limits:
            self._limits[tariff] = self._found(tariff)
        return self._limits[tariff]

    def _found(self, tariff: int) -> Limits:
        t, steps = self.t, self.steps(tariff)
        whole = t[tariff + k.T_WHOLE] == 1
        micro = Fraction(t[tariff + k.T_ROUNDED_TO], t[tariff + k.T_QUANTUM])
        rates = [Fraction(price, step.unit) * micro for step in steps for price in step.prices]
        if steps[-1].until < self.longest:
            rates.append(Fraction(0))
        # A unit, a tick and the rounding may be paid for when a lead is measured, and a minimum not yet used up.
        slack = 2 * t[tariff + k.T_RESOLUTION]
        spare = max(t[tariff + k.T_MINIMUM] - t[tariff + k.T_CONNECTION], 0) * micro
        paid = min(rates) * (max(step.unit for step in steps) + slack) + 2 * t[tariff + k.T_ROUNDED_TO] + spare
        dearest = max(price for step in steps for price in step.prices) * micro
        jump = dearest * (1 + len(steps)) + max(rates) * slack + 2 * t[tariff + k.T_ROUNDED_TO]
        return Limits(
            min(rates), max(rates), paid, jump, self._highest(tariff, steps, whole=whole),
            steps[-1].begins if whole else 0, t[tariff + k.T_MAXIMUM] >= 0,
        )  # fmt: skip

    def _highest(self, tariff: int, steps: Sequence[Reach], *, whole: bool) -> int:
        t = self.t
        end = self.longest + t[tariff + k.T_RESOLUTION]
        parts = [
            -(-(min(step.until, end) - (0 if whole else step.begins)) // step.unit) * max(step.prices) for step in steps
        ]
        money = max(t[tariff + k.T_CONNECTION] + (max(parts) if whole else sum(parts)), t[tariff + k.T_MINIMUM])
        if t[tariff + k.T_MAXIMUM] >= 0:
            money = min(money, t[tariff + k.T_MAXIMUM])
        to: int = t[tariff + k.T_ROUNDED_TO]
        return rounded(money, t[tariff + k.T_QUANTUM], t[tariff + k.T_ROUNDING]) * to

    def highest(self, bundle: Sequence[int]) -> int:
        """Micro-yuan that no call costs more than."""
        return sum(self.limits(tariff).highest for tariff in bundle)

    def holds_from(self, bundle: Sequence[int]) -> int:
        """The usage behind which more usage never costs less."""
        return max((self.limits(tariff).holds_from for tariff in bundle), default=0)

    def can_lose(self, one: Sequence[int], other: Sequence[int]) -> int | None:
        """How much of its lead the price of `one` can lose to `other` at most, in micro-yuan; None: without limit."""
        mine, its = [self.limits(t) for t in one], [self.limits(t) for t in other]
        if any(limits.capped for limits in mine):
            return None
        if sum((m.least for m in mine), Fraction(0)) < sum((i.most for i in its), Fraction(0)):
            return None
        paid, jump = sum((m.paid for m in mine), Fraction(0)), sum((i.jump for i in its), Fraction(0))
        return int(paid + jump) + 1
