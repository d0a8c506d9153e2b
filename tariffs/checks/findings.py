"""What a check finds: data with a code, a sentence in both languages, positions, and the call that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tariffs.rating.call import Call
from tariffs.rulebook.problems import NOWHERE, Position
from tariffs.rulebook.values import Text

Severity = Literal["error", "warning", "note"]
"""`error`: calls cannot be rated. `warning`: they can, and somebody should know. `note`: for information."""

CODES: Final[tuple[str, ...]] = (
    "gap", "conflict", "dead", "clock", "date", "symmetry", "monotone", "redial", "dearer", "nearer", "ceiling", "unit",
    "provenance", "acceptance",
)  # fmt: skip
"""Every code that a finding can have: one a property, and `acceptance` for one that matches nothing."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The very call, with made-up numbers of the right shape, and what the engine makes of it.

    `place`: where the call goes from and to, in words without numbers; `view`: the scenario it was rated under.
    """

    call: Call
    view: str
    place: Text
    outcome: Text


@dataclass(frozen=True, slots=True)
class Accepted:
    """That the rule files accept a finding: why, from which sources, and where they say so."""

    reason: Text
    source: tuple[str, ...] = ()
    at: Position = NOWHERE


@dataclass(frozen=True, slots=True)
class Finding:
    """One counter-example, or one set of calls that have the same flaw.

    `positions`: of every rule or tariff involved, the one to look at first in front. `scenarios`: where it holds.
    `subject`: names of what it is about, for acceptances. `data`: what only findings of this code have. `heading` and
    `part`: the message in two, where many findings share the first.
    """

    code: str
    severity: Severity
    message: Text
    positions: tuple[Position, ...] = ()
    witness: Witness | None = None
    scenarios: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    accepted: Accepted | None = None
    heading: Text | None = None
    part: Text | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody has to act: nobody accepted it, and it is more than a note."""
        return self.accepted is None and self.severity != "note"


def text(zh: str, en: str) -> Text:
    """A sentence in both languages."""
    return Text(zh=zh, en=en)
