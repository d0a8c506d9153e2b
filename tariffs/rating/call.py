"""A call as a billing system hands it in, and what it gets back. Bad data comes back as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One usage record.

    `start` is aware; `seconds` is the conversation (exact to the microsecond), `seizure` the time from
    seizure to release where a tariff bills that, `quantity` messages or bytes. `service` is voice, message
    or data. `home_area` (`20`) is the area of a caller written without one. `options` are the add-ons held.
    """

    id: str
    caller: str
    called: str
    start: datetime
    seconds: int | Decimal | None = None
    answered: bool = True
    service: str = "voice"
    direction: str = "originated"
    served_place: str | None = None
    operator: str | None = None
    called_operator: str | None = None
    group: str | None = None
    plan: str | None = None
    options: frozenset[str] = frozenset()
    quantity: int | None = None
    seizure: int | Decimal | None = None
    home_area: str | None = None


class Charge(NamedTuple):
    """The price of a call under one view. `amount`: yuan, two decimals or more; `units`: of all components."""

    amount: Decimal
    tariffs: tuple[str, ...]
    rule: str
    units: int
    relation: str
    service: str


class Rated(NamedTuple):
    """The charge under every view of the rater, by label."""

    charges: Mapping[str, Charge]


@dataclass(frozen=True, slots=True)
class NotChargeable:
    """Not a call that anything is charged for; `reason` is a key of `outcome.NOT_CHARGEABLE`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """Could not be rated; `code` is a key of `outcome.SUSPENSE`. `detail` never holds a number."""

    code: str
    detail: str


Result = Rated | NotChargeable | Suspended


@lru_cache(maxsize=1 << 14)
def yuan(micro: int) -> Decimal:
    """Micro-yuan as an exact Decimal with two decimals, or as many as it needs up to six."""
    whole, rest = divmod(abs(micro), 1_000_000)
    sign = "-" if micro < 0 else ""
    return Decimal(f"{sign}{whole}.{f'{rest:06}'.rstrip('0'):0<2}")  # from text: whatever the caller's decimal context
