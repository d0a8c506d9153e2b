"""An add-on that lines may take: who would gain, and what it costs when a share of them takes it.

The gain of an account is its base bill less what it would pay with the add-on and its fee, and is shared by its lines.
Nobody knows who takes it: three ways to choose the takers bound what can happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tariffs.compare.measures.winners import Fees, account_weights, bills_with_fees
from tariffs.compare.money import MICRO
from tariffs.compare.priced import Accounts, Priced

SELECTIONS: Final = ("largest-gain", "any-eligible", "any-gaining")
"""The largest gains first; by chance among the eligible; by chance among those who gain. The last two are means."""


_Lines = tuple[Fraction, Fraction, Fraction]
"""The lines of an account: gain and fee of one of them in micro-yuan, and how many lines they stand for."""


@dataclass(frozen=True)
class Uptake:
    """What a take-up does under one selection. `takers`: lines; `gain`: yuan that they save, which the operator does
    not get; `fees`: yuan of fees in it."""

    selection: str
    takers: Fraction
    gain: Fraction
    fees: Fraction


@dataclass(frozen=True)
class OptIn:
    """An opt-in view at one take-up. `eligible`, `gaining`: lines; `universal`: yuan saved when every eligible line
    takes it. `envelope`: least and largest saving of the three selections."""

    view: int
    take_up: Fraction
    eligible: Fraction
    gaining: Fraction
    universal: Fraction
    uptakes: tuple[Uptake, ...]
    envelope: tuple[Fraction, Fraction]


def gains(priced: Priced, accounts: Accounts, view: int, fees: Fees, base_fees: Fees = None) -> Any:
    """Micro-yuan that each account saves in the period with the add-ons of the view and their fees. `base_fees`: those
    of the add-ons that it holds under the base."""
    before = bills_with_fees(priced, accounts, priced.base, base_fees)
    return before - bills_with_fees(priced, accounts, view, fees)


def opt_in(
    priced: Priced, view: int, fees: Fees, eligible: Any, take_ups: Sequence[Fraction], base_fees: Fees = None
) -> tuple[OptIn, ...] | None:
    """The effects of each take-up, a share of the eligible lines; None without a list of accounts.

    `view`: the scenario with everybody holding its add-ons; `fees`: what they cost each account when all its lines take
    them; `eligible`: which accounts may; `base_fees`: what they pay for add-ons as it is.
    """
    accounts = priced.accounts
    if accounts is None or not accounts.listed:
        return None
    who = np.flatnonzero(eligible)
    gain = gains(priced, accounts, view, fees, base_fees)[who].tolist()
    more = fees if base_fees is None else fees - base_fees
    weight, lines = account_weights(priced, accounts)[who].tolist(), np.maximum(accounts.lines, 1)[who].tolist()
    each = [
        (Fraction(g, n), Fraction(f, n), Fraction(w) * n)
        for g, f, w, n in zip(gain, more[who].tolist(), weight, lines, strict=True)
    ]
    sorted_ = sorted(each, key=lambda line: -line[0])
    return tuple(_at(view, share, sorted_) for share in take_ups)


def _at(view: int, share: Fraction, accounts: Sequence[_Lines]) -> OptIn:
    """`accounts`: the eligible ones, the largest gain first."""
    everyone = sum((w for _, _, w in accounts), Fraction(0))
    takers = share * everyone
    winners = [(g, f, w) for g, f, w in accounts if g > 0]
    gaining = sum((w for _, _, w in winners), Fraction(0))
    found = (
        _largest(takers, accounts),
        _by_chance(SELECTIONS[1], takers, everyone, accounts),
        _by_chance(SELECTIONS[2], min(takers, gaining), gaining, winners),
    )
    whole = sum((g * w for g, _, w in accounts), Fraction(0)) / MICRO
    saved = [uptake.gain for uptake in found]
    return OptIn(view, share, everyone, gaining, whole, found, (min(saved), max(saved)))


def _largest(takers: Fraction, accounts: Sequence[_Lines]) -> Uptake:
    """The first ones; of the last account as much as is left."""
    left, gain, fees = takers, Fraction(0), Fraction(0)
    for g, f, w in accounts:
        part = min(left, w)
        if not part:
            break
        gain, fees, left = gain + g * part, fees + f * part, left - part
    return Uptake(SELECTIONS[0], takers - left, gain / MICRO, fees / MICRO)


def _by_chance(name: str, takers: Fraction, among: Fraction, accounts: Sequence[_Lines]) -> Uptake:
    """The mean over all choices of so many takers."""
    part = takers / among if among else Fraction(0)
    gain, fees = (sum((row[i] * row[2] for row in accounts), Fraction(0)) for i in (0, 1))
    return Uptake(name, takers, part * gain / MICRO, part * fees / MICRO)
