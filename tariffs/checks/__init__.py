"""Proofs about a rulebook before any call is rated: complete, unambiguous, even-handed; or the call that shows it not.

    findings = tariffs.checks.check(tariffs.load("prd"), base="baseline", scenarios=["plan-2010"])

The proofs walk the decision diagram and the integer tables that the engine itself walks.
"""

from __future__ import annotations

from tariffs.checks.checking import check
from tariffs.checks.findings import Finding, Witness

__all__ = ["Finding", "Witness", "check"]
