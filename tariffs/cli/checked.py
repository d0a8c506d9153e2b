"""Findings of the checks as text: where, what, the line of the rule file, the call that shows it, and what it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tariffs.cli.failures import Wrong, did_you_mean
from tariffs.language import N_, Words

if TYPE_CHECKING:
    from tariffs.checks import Finding
    from tariffs.rulebook.problems import Position

_RESOLUTION: Final = {
    "s": 1_000_000, "0.1 s": 100_000, "0.01 s": 10_000, "ms": 1_000, "us": 1, "min": 60_000_000, "mm:ss": 1_000_000,
    "hh:mm:ss": 1_000_000, "1分30秒": 1_000_000,
}  # fmt: skip
"""Microseconds of each unit in which records write durations."""

_MOST_PARTS: Final = 40
"""More lines than these under one heading are counted and not shown."""

_SEVERITY: Final = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}


def meaning(code: str, words: Words) -> str:
    """What a code means. Raises Wrong for one that there is not."""
    from tariffs.checks.properties import MEANINGS

    if code not in MEANINGS:
        said = words.gettext("There is no code {code!r}.").format(code=code)
        raise Wrong(f"{said} {did_you_mean(code, MEANINGS, words)}")
    return words.colon(code, MEANINGS[code].in_(words.language))


def resolution(path: str) -> int | None:
    """The resolution, in microseconds, of the durations that a mapping file reads; None where it reads none."""
    from tariffs.cdr.known import load_mapping

    column = load_mapping(path).columns.get("duration")
    return None if column is None else _RESOLUTION[column.unit]


def text(findings: Sequence[Finding], words: Words) -> Iterator[str]:
    """Each finding as a paragraph, those with one heading together."""
    files = _Files()
    for group in _groups(findings):
        yield from _finding(group[0], files, words) if len(group) == 1 else _together(group, files, words)
        yield ""


def paragraph(finding: Finding, words: Words) -> Iterator[str]:
    """One finding as lines of text."""
    return _finding(finding, _Files(), words)


def _groups(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """The findings, those that share a heading and all that goes with it in one group."""
    found: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        shared = (finding.heading, finding.severity, finding.positions, finding.scenarios, finding.accepted)
        found.setdefault(number if finding.heading is None else shared, []).append(finding)
    yield from found.values()


def _together(group: Sequence[Finding], files: _Files, words: Words) -> Iterator[str]:
    """Findings with one heading: the heading, a line each, and the worst call."""
    _ = words.gettext
    first = group[0]
    assert first.heading is not None
    yield from _head(first, first.heading.in_(words.language), files, words)
    parts = [finding.part.in_(words.language) for finding in group if finding.part is not None]
    yield from (f"    - {part}" for part in parts[:_MOST_PARTS])
    if len(parts) > _MOST_PARTS:
        yield "    - " + _("and {count} more: --format json has all").format(count=len(parts) - _MOST_PARTS)
    yield from _foot(max(group, key=_worst), words)


def _worst(finding: Finding) -> Decimal:
    """By how many yuan the worst call of a finding costs more."""
    return Decimal(finding.data["worst"]["more"]) if "worst" in finding.data else Decimal(0)


def _finding(finding: Finding, files: _Files, words: Words) -> Iterator[str]:
    yield from _head(finding, finding.message.in_(words.language), files, words)
    yield from _foot(finding, words)


def _head(finding: Finding, message: str, files: _Files, words: Words) -> Iterator[str]:
    """Where, what, the line of the rule file, and under which scenarios."""
    _ = words.gettext
    at = finding.positions[0] if finding.positions else None
    head = f"{finding.code}: {_(_SEVERITY[finding.severity])}: {message}"
    yield f"{at}: {head}" if at is not None and at.file else head
    if at is not None:
        yield from files.excerpt(at)
    for other in finding.positions[1:]:
        yield "    " + _("see also {where}").format(where=other)
    if finding.scenarios:
        yield "    " + words.colon(_("scenarios"), words.join(list(finding.scenarios)))


def _foot(finding: Finding, words: Words) -> Iterator[str]:
    """The call that shows it, and why it is accepted."""
    _ = words.gettext
    if finding.witness is not None:
        shown = finding.witness
        start = shown.call.start.strftime("%Y-%m-%d %H:%M:%S")
        yield "    " + words.colon(_("for example"), f"{shown.place.in_(words.language)}, {start}")
        yield f"        {shown.view} → {shown.outcome.in_(words.language)}"
    if finding.accepted is not None:
        reason = words.colon(_("accepted"), finding.accepted.reason.in_(words.language))
        yield f"    {reason} ({finding.accepted.at})"


class _Files:
    """Lines of rule files, each file read once."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def excerpt(self, at: Position) -> Iterator[str]:
        """The line that a position is on; nothing where the file cannot be read any more."""
        from tariffs.rulebook.folder import shipped_rules

        if not at.line:
            return
        if at.file not in self._lines:
            self._lines[at.file] = self._read(Path(at.file)) or self._read(shipped_rules() / at.file)
        lines = self._lines[at.file]
        if at.line <= len(lines):
            yield f"    {at.line:>5} | {lines[at.line - 1][:160]}"

    @staticmethod
    def _read(path: Path) -> list[str]:
        try:
            return path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
