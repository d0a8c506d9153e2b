"""Intended exceptions: findings of the checks that the rule files accept, with the reason."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tariffs.rulebook.values import AnyText, Names, Provenance, Text

CheckCode = Literal[
    "gap", "conflict", "dead", "clock", "date", "symmetry", "monotone", "redial", "dearer", "nearer", "ceiling", "unit",
    "provenance",
]  # fmt: skip
"""The codes that a finding of `tariffs check` can have and an acceptance can name."""


def _said(reason: Text) -> Text:
    if not (reason.zh and reason.en):
        raise ValueError("say why it is accepted")
    return reason


class Acceptance(Provenance):
    """Accepts findings of one code, of which all names in `of` are a part, under the scenarios named (absent: all).

    It hides nothing: an accepted finding is still shown, with the reason. One that matches nothing is itself reported.
    """

    code: CheckCode
    of: Names = Field(default=(), description="names of tariffs, rules, relations … that the finding is about")
    scenario: Names = Field(default=(), description="the scenarios in which it is accepted")
    reason: Annotated[AnyText, AfterValidator(_said)]
