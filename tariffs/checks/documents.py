"""Findings for machines: as JSON values, and as SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from tariffs.checks.findings import Accepted, Finding, Witness
from tariffs.checks.properties import MEANINGS
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import Language, Text

SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "note": "note"}


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """A list of findings; prices are decimal text, intervals of dates and clock half-open."""
    return [_finding(finding) for finding in findings]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": _text(finding.message),
        "positions": [_position(at) for at in finding.positions],
        "scenarios": list(finding.scenarios),
        "subject": list(finding.subject),
        "witness": _witness(finding.witness),
        "accepted": _accepted(finding.accepted),
        **finding.data,
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _position(at: Position) -> dict[str, Any]:
    return {"file": at.file, "line": at.line, "column": at.column}


def _accepted(accepted: Accepted | None) -> dict[str, Any] | None:
    if accepted is None:
        return None
    return {"reason": _text(accepted.reason), "source": list(accepted.source), "position": _position(accepted.at)}


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    """A witness call, with what is not given left out. Its numbers are made up from the numbering plan."""
    if witness is None:
        return None
    call = witness.call
    said: dict[str, Any] = {
        "caller": call.caller, "called": call.called, "start": call.start.isoformat(),
        "seconds": None if call.seconds is None else str(Decimal(call.seconds)), "service": call.service,
        "direction": call.direction, "served_place": call.served_place, "operator": call.operator,
        "called_operator": call.called_operator, "group": call.group, "plan": call.plan,
        "options": sorted(call.options) or None, "quantity": call.quantity,
    }  # fmt: skip
    said = {key: value for key, value in said.items() if value is not None}
    return {"call": said, "scenario": witness.view, "place": _text(witness.place), "outcome": _text(witness.outcome)}


def as_sarif(
    findings: Sequence[Finding], language: Language, version: str, limits: Sequence[str] = ()
) -> dict[str, Any]:
    """One run of this tool. An accepted finding is a suppressed result, with its reason. `limits`: sentences that say
    what was not looked at.
    """
    codes = list(MEANINGS)
    rules = [{"id": code, "shortDescription": {"text": MEANINGS[code].in_(language)}} for code in codes]
    results = [_result(finding, codes.index(finding.code), language) for finding in findings]
    driver = {"name": "tariffs check", "version": version, "language": language, "rules": rules}
    notes = [{"level": "note", "message": {"text": limit}} for limit in limits]
    invocation = {"executionSuccessful": True, "toolConfigurationNotifications": notes}
    run = {
        "tool": {"driver": driver}, "invocations": [invocation], "columnKind": "unicodeCodePoints", "results": results,
    }  # fmt: skip
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int, language: Language) -> dict[str, Any]:
    message = finding.message.in_(language)
    if finding.witness is not None:
        message += f"\n{finding.witness.place.in_(language)}: {finding.witness.outcome.in_(language)}"
    result: dict[str, Any] = {
        "ruleId": finding.code, "ruleIndex": rule, "level": _LEVELS[finding.severity], "message": {"text": message},
        "locations": [_location(at) for at in finding.positions[:1] if at.file],
        "relatedLocations": [_location(at) for at in finding.positions[1:] if at.file],
        "properties": {"scenarios": list(finding.scenarios), **finding.data},
    }  # fmt: skip
    if finding.accepted is not None:
        suppression: dict[str, Any] = {"kind": "inSource", "justification": finding.accepted.reason.in_(language)}
        if finding.accepted.at.file:
            suppression["location"] = _location(finding.accepted.at)
        result["suppressions"] = [suppression]
    return result


def _location(at: Position) -> dict[str, Any]:
    path = PurePath(at.file)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if at.line:
        physical["region"] = {"startLine": at.line, "startColumn": max(at.column, 1)}
    return {"physicalLocation": physical}
