"""The engine as the tests meet it: calls one by one, as a batch, or as a batch through the compiled kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tariffs import Call, NotChargeable, Rated, RulebookError, Suspended
from tariffs.rating.batch import rate_batch
from tariffs.rating.rater import Rater
from tests.oracle import Priced, Refused, Uncharged, Verdict
from tests.smallworld import LEAVE, Draft

Result = Rated | NotChargeable | Suspended
TEXTS = ("caller", "called", "service", "direction", "served_place", "operator", "called_operator", "group", "plan")


@dataclass(frozen=True)
class Row:
    """What came of one call under one view. `amount` in micro-yuan, `status` as the code of files."""

    status: str
    amount: int = 0
    tariffs: str = ""
    rule: str = ""
    units: int = 0
    relation: str = ""
    service: str = ""


def one_by_one(rater: Rater, calls: Sequence[Call]) -> list[list[Row]]:
    """For each call a row for each view, through `rate(call)`."""
    return [rows_of(rater(call), rater) for call in calls]


def rows_of(result: Result, rater: Rater) -> list[Row]:
    match result:
        case Rated(charges=charges):
            assert list(charges) == [view.label for view in rater.views]
            return [
                Row("rated", int(c.amount * 1_000_000), "+".join(c.tariffs), c.rule, c.units, c.relation, c.service)
                for c in charges.values()
            ]
        case NotChargeable(reason=code) | Suspended(code=code):
            return [Row(code)] * len(rater.views)


def as_batch(rater: Rater, calls: Sequence[Call], *, compiled: bool) -> list[list[Row]]:
    """The same through columns."""
    outcome = rate_batch(rater, batch_of(rater, calls), compiled=compiled)
    codes, services = outcome.codes().to_pylist(), outcome.service.to_pylist()
    views = []
    for view in range(len(rater.views)):
        columns = {name: column.to_pylist() for name, column in outcome.columns(view).items()}
        rows = []
        for n, code in enumerate(codes):
            if code != "rated":
                assert all(column[n] is None for column in columns.values())
                rows.append(Row(code))
                continue
            assert int(columns["charge"][n] * 1_000_000) == outcome.charge(view)[n]
            rows.append(
                Row(
                    code,
                    int(columns["charge"][n] * 1_000_000),
                    columns["tariff"][n],
                    columns["rule"][n],
                    columns["units"][n],
                    columns["relation"][n],
                    services[n],
                )
            )
        views.append(rows)
    return [list(row) for row in zip(*views, strict=True)]


def batch_of(rater: Rater, calls: Sequence[Call]) -> pa.RecordBatch:
    """Calls as the canonical columns."""
    zone = ZoneInfo(rater.compiled.book.rulebook.timezone)
    columns: dict[str, Any] = {
        name: pa.array([getattr(c, name) for c in calls], pa.string()) for name in (*TEXTS, "home_area")
    }
    columns["start"] = pa.array([c.start.astimezone(zone).replace(tzinfo=None) for c in calls], pa.timestamp("us"))
    columns["duration"] = pa.array([microseconds(c.seconds) for c in calls], pa.int64())
    columns["seizure"] = pa.array([microseconds(c.seizure) for c in calls], pa.int64())
    columns["quantity"] = pa.array([c.quantity for c in calls], pa.int64())
    columns["answered"] = pa.array([c.answered for c in calls], pa.bool_())
    columns["options"] = pa.array([";".join(sorted(c.options)) for c in calls], pa.string())
    return pa.RecordBatch.from_pydict(columns)


def microseconds(seconds: int | Decimal | None) -> int | None:
    return None if seconds is None else int(seconds * 1_000_000)


def agrees(verdict: Verdict, row: Row) -> bool:
    """Whether the engine says of a call what the oracle says; of several reasons to suspend it may name any."""
    match verdict:
        case Priced():
            # Free of rounding only by the tariff's own choice: the engine counts micro-yuan.
            return (
                row.status == "rated"
                and Fraction(row.amount, 1_000_000) == verdict.amount
                and row.tariffs == "+".join(verdict.tariffs)
                and row.units == verdict.units
                and row.relation == verdict.relation
            )
        case Uncharged():
            return row.status == verdict.reason
        case Refused():
            return row.status in verdict.codes


def rater_of(draft: Draft, scenarios: Sequence[str], **options: Any) -> tuple[Draft, Rater]:
    """A rater of a drawn rulebook, and the rulebook without those changes that the engine refused as without effect."""
    while True:
        try:
            return draft, draft.book().rater(list(scenarios), allow=LEAVE, **options)
        except RulebookError as error:
            useless = {problem.at.line for problem in error.problems if problem.code == "no-effect"}
            if not useless or len(useless) < len({problem.at for problem in error.problems}):
                raise
            draft = without_changes(draft, useless)


def without_changes(draft: Draft, numbers: set[int]) -> Draft:
    """`draft` without the changes that stand at these lines, of whatever scenario."""
    scenarios = {
        name: scenario
        if "changes" not in scenario
        else {**scenario, "changes": [c for c in scenario["changes"] if c["__at__"].line not in numbers]}
        for name, scenario in draft.sections["scenarios"].items()
    }
    return draft.but(scenarios=scenarios)


def inferred(function: Any) -> Iterator[Any]:
    """The types that Numba found for all variables of a function, parts of tuples apart."""
    for overload in getattr(function, "overloads", {}).values():
        for kind in overload.type_annotation.typemap.values():
            yield from getattr(kind, "types", [kind])
