"""Intended exceptions: findings that the rule files accept, with the reason; and acceptances that match nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from tariffs.checks.findings import Accepted, Finding, text
from tariffs.checks.study import Study
from tariffs.rulebook.acceptances import Acceptance

CODE: Final = "acceptance"
MEANING: Final = text("接受说明不再对应任何问题", "An acceptance matches no finding any more.")


def accepted(study: Study, found: Iterable[Finding], examined: Collection[str]) -> tuple[Finding, ...]:
    """The findings, those that the rulebook accepts marked so; then the acceptances that match none of them.

    `examined`: the codes that were looked for. An acceptance is judged only where its scenarios were looked at too, and
    under the values that the rulebook itself assumes.
    """
    entries = study.book.accept
    used: set[int] = set()
    told = [_with(finding, entries, used) for finding in found]
    return (*told, *_unmatched(study, entries, used, examined))


def _with(finding: Finding, entries: Sequence[Acceptance], used: set[int]) -> Finding:
    for number, entry in enumerate(entries):
        if _covers(entry, finding):
            used.add(number)
            if finding.accepted is None:
                finding = replace(finding, accepted=Accepted(entry.reason, entry.source, entry.at))
    return finding


def _covers(entry: Acceptance, finding: Finding) -> bool:
    where = not entry.scenario or set(finding.scenarios) <= set(entry.scenario)
    return entry.code == finding.code and where and set(entry.of) <= set(finding.subject)


def _could_be_told(study: Study, entry: Acceptance) -> bool:
    """Whether what an acceptance is about is told at all: some things only on a given day, or for a given mapping."""
    dated = entry.code == "provenance" and "checked" in entry.of
    mapped = entry.code == "unit" and "resolution" in entry.of
    return (study.today is not None or not dated) and (study.mapping is not None or not mapped)


def _unmatched(
    study: Study, entries: Sequence[Acceptance], used: set[int], examined: Collection[str]
) -> Iterator[Finding]:
    values = study.compiled.values
    if values.given or values.assumptions != study.book.assumptions:
        return  # under other values other things are found
    for number, entry in enumerate(entries):
        looked_at = set(entry.scenario) <= set(study.views) if entry.scenario else study.whole
        if number not in used and entry.code in examined and looked_at and _could_be_told(study, entry):
            of = ", ".join(entry.of)
            yield Finding(
                CODE, "warning",
                text(f"对 {entry.code}（{of}）的接受说明不再对应任何问题：应删除",
                     f"Nothing is found any more that this acceptance of {entry.code} ({of}) is about: take it out"),
                (entry.at,), subject=(entry.code, *entry.of),
            )  # fmt: skip
