"""The properties that a rulebook is examined for, in one tuple: a module each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tariffs.checks import (
    acceptance,
    ceiling,
    clock,
    conflict,
    date,
    dead,
    dearer,
    gap,
    monotone,
    nearer,
    provenance,
    redial,
    symmetry,
    unit,
)
from tariffs.checks.findings import Finding
from tariffs.checks.study import Study
from tariffs.rulebook.values import Text


class Property(NamedTuple):
    """A property: its code, what a finding of it means, and what finds it."""

    code: str
    meaning: Text
    examine: Callable[[Study], Iterator[Finding]]


_MODULES = (
    gap, conflict, dead, clock, date, symmetry, monotone, redial, dearer, nearer, ceiling, unit, provenance,
)  # fmt: skip

PROPERTIES: Final[tuple[Property, ...]] = tuple(
    Property(module.CODE, module.MEANING, module.examine) for module in _MODULES
)

MEANINGS: Final[dict[str, Text]] = {
    **{item.code: item.meaning for item in PROPERTIES},
    acceptance.CODE: acceptance.MEANING,
}
"""What each code means in a plain sentence."""
