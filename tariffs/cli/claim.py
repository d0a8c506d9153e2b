"""What a check ends with: what was not looked at, what is claimed, and how many findings there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tariffs.language import Words

if TYPE_CHECKING:
    from tariffs.checks.checking import Examined


def limits(examined: Examined, words: Words) -> Iterator[str]:
    """What was not looked at: scenarios that lack a value, and codes that nobody asked for."""
    from tariffs.checks.findings import CODES

    _ = words.gettext
    for scenario, missing in examined.skipped.items():
        yield _("Not checked: {scenario}, which needs {missing} (--assume)").format(scenario=scenario, missing=missing)
    if len(examined.codes) < len(CODES):
        yield _("Looked for: {codes}").format(codes=words.join(list(examined.codes)))


def closing(examined: Examined, words: Words) -> Iterator[str]:
    """The last lines. Nothing is claimed of properties, calls or scenarios that were not looked at."""
    _ = words.gettext
    yield from limits(examined, words)
    findings = examined.findings
    open_ = sum(finding.counts for finding in findings)
    accepted = sum(finding.accepted is not None for finding in findings)
    if open_ == 0 and accepted:
        yield _(
            "Besides what is accepted above, no counter-example to these properties for this rulebook and its declared "
            "domain."
        )
    elif open_ == 0:
        yield _("No counter-example to these properties for this rulebook and its declared domain.")
    counted = _("{open} to look at, {accepted} accepted, {notes} notes")
    yield counted.format(open=open_, accepted=accepted, notes=len(findings) - open_ - accepted)
