"""Proofs about a rulebook before any call is rated: complete, unambiguous, even-handed; or the call that shows it not.

    findings = tariffs.checks.check(tariffs.load("prd"), base="baseline", scenarios=["plan-2010"])

The proofs walk the decision diagram and the integer tables that the engine itself walks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tariffs.checks.checking import check
    from tariffs.checks.findings import Finding, Witness

__all__ = ["Finding", "Witness", "check"]

_HOME: Final = {
    "Finding": "tariffs.checks.findings",
    "Witness": "tariffs.checks.findings",
    "check": "tariffs.checks.checking",
}
"""Where each name is. They are resolved on first use: before rating, only a part of the checks is needed."""


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
