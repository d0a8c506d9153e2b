"""Intended exceptions: findings that the rule files accept, with the reason; and acceptances that match nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tariffs.checks.findings import Finding
from tariffs.checks.study import Study


def accepted(study: Study, found: Sequence[Finding], *, complete: bool, codes: Sequence[str]) -> tuple[Finding, ...]:
    """The findings, those that the rulebook accepts marked so."""
    return tuple(found)
