"""Whether calls may be rated at all: under the scenarios asked for, no promised call is without a price or has two.

What is looked at before every run is only whether there is such a call. Only where there is one, the properties `gap`
and `conflict` say which, and the rule files may have accepted it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from tariffs.checks.study import Study
from tariffs.rating.diagram import Leaf
from tariffs.rating.rater import Rater, make_rater
from tariffs.rulebook.problems import NOWHERE, Problem, RulebookError

if TYPE_CHECKING:
    from tariffs.checks.findings import Finding

GAP: Final = "gap"
CONFLICT: Final = "conflict"
ALLOWED: Final = (GAP, CONFLICT)
"""What a user may allow: calls that no rule prices, and calls that two rules price. Each of them is then suspended."""


def admit(
    rater: Rater, allow: Collection[str] = (), *, assume: Mapping[str, str] | None = None, assumptions: bool = True
) -> None:
    """Raises RulebookError where the scenarios of a rater have gaps or conflicts that nobody accepted or allowed.

    `assume`, `assumptions`: those that the rater was made with.
    """
    refused = [code for code in ALLOWED if code not in allow]
    study = Study(rater, rater.views[0].scenario)
    suspected = [code for code in refused if any(_SUSPECTS[code](study, view) for view in range(len(study.views)))]
    if not suspected:
        return
    # The calls that show it are rated under the scenarios as they stand, whatever views were asked for.
    plain = make_rater(rater.compiled.book, study.views, assume=assume, assumptions=assumptions)
    problems = [_problem(finding) for finding in _findings(Study(plain, study.base), suspected)]
    if problems:
        raise RulebookError(problems)


def _without_rule(leaf: Leaf) -> bool:
    return not leaf.on_top


def _with_two_prices(leaf: Leaf) -> bool:
    return len(leaf.on_top) > 1 and leaf.pay is None


def _has_gap(study: Study, view: int) -> bool:
    return not study.book.covers or next(study.found(view, _without_rule, promised=True), None) is not None


def _has_conflict(study: Study, view: int) -> bool:
    return next(study.found(view, _with_two_prices), None) is not None


_SUSPECTS: Final[dict[str, Callable[[Study, int], bool]]] = {GAP: _has_gap, CONFLICT: _has_conflict}


def _findings(study: Study, codes: Collection[str]) -> Iterator[Finding]:
    """What somebody has to look at."""
    from tariffs.checks.acceptance import accepted
    from tariffs.checks.properties import PROPERTIES

    found = [finding for item in PROPERTIES if item.code in codes for finding in item.examine(study)]
    return (finding for finding in accepted(study, found, ()) if finding.counts)


def _problem(finding: Finding) -> Problem:
    said = {"en": finding.message.en, "zh": finding.message.zh}
    if finding.witness is not None:
        shown = finding.witness
        start = shown.call.start.strftime("%Y-%m-%d %H:%M:%S")
        said["en"] += f"; one at {start} under {shown.view} gives {shown.outcome.en}"
        said["zh"] += f"；例如 {start} 在 {shown.view} 下：{shown.outcome.zh}"
    hint = (
        "correct the rules, accept it under `accept`, or rate the other calls with "
        f'--allow {finding.code} (in Python: allow=["{finding.code}"])'
    )
    at, *also = finding.positions or (NOWHERE,)
    return Problem(finding.code, at, said["en"], hint, also=tuple(also), chinese=said["zh"])
