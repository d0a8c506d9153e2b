"""The section on calls that become dearer: not a sample of them, but every one, as the check of the rules proves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tariffs import terms
from tariffs.checks import check
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value


def dearer(draft: Draft) -> Section:
    """Relation, service, start and the seconds at which a call costs more, whatever the calls of the file are."""
    _ = draft.words.gettext
    question, book = draft.comparison.question, draft.comparison.book
    found = check(
        book, question.base, question.scenarios, assume=dict(question.assume), assumptions=question.assumptions,
        only=["dearer"],
    )  # fmt: skip
    columns = (
        Column("scenario", _("scenario")), Column("service", _("service")), Column("relation", _("how near")),
        Column("pays", _("tariff")), Column("from", _("from"), "date"), Column("until", _("until"), "date"),
        Column("start_from", _("start from")), Column("start_until", _("start before")),
        Column("ranges", _("dearer at")), Column("worst", _("at most, yuan"), "yuan"),
    )  # fmt: skip
    rows = tuple(_row(draft, finding.data) for finding in found if finding.data.get("ranges"))
    text = (
        _("Proved of the rules for every call that they promise to price, not counted in a file."),
        _("Where a unit of some seconds gives way to a longer one, the first seconds of it cost more."),
    )
    table = Table("dearer", _("Calls that become dearer"), columns, rows,
                  notes=(_("Days and starts until, but without, the second one; lengths inclusive."),))  # fmt: skip
    said = text if rows else (_("No call that the rules promise to price becomes dearer."),)
    return Section("dearer", _("Calls that become dearer"), said, (), (table,) if rows else ())


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _row(draft: Draft, data: Mapping[str, Any]) -> tuple[Value, ...]:
    words = draft.words
    tariffs = [draft.naming.tariffs(names) for names in data["pays"]]
    where = data.get("relation_after") or data.get("relation")
    if where in terms.RELATION:
        near = words.gettext(terms.RELATION[where])
    else:
        near = " → ".join(draft.naming.place(data[end]) for end in ("origin", "destination") if data.get(end))
    return (
        draft.naming.scenario(data["scenario"]),
        terms.service(words, data["service"]),
        near,
        " → ".join(tariffs),
        _day(data["dates_from"]),
        _day(data["dates_until"]),
        data["start_from"],
        data["start_until"],
        words.join([f"{first}–{last}" if first != last else str(first) for first, last in data["ranges"]]),
        Decimal(data["worst"]["more"]),
    )
