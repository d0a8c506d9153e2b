"""Sections on the rules: phases, charge against seconds, the calls that become dearer, assumptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tariffs.compare.comparison import Comparison, Part, phases_of
from tariffs.compare.measures.basket import Basket, number_in
from tariffs.compare.report import charts
from tariffs.compare.report.document import Chart, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value
from tariffs.rating.derivation import lineage
from tariffs.rating.values import Values

SECONDS = 300
"""How long the calls of the curves are at most."""


def phases(draft: Draft) -> Section | None:
    """The phases of the scenarios, and when each begins; None where no scenario has any."""
    _ = draft.words.gettext
    comparison = draft.comparison
    values = Values.of(comparison.book, dict(comparison.question.assume), assumptions=comparison.question.assumptions)
    rows: list[tuple[Value, ...]] = []
    for scenario in comparison.question.scenarios:
        for name in scenario.split("+"):
            found = phases_of(comparison.book, name, values)
            for phase, (day, changes) in sorted(found.items(), key=lambda item: item[1][0]):
                effect = _("prices change") if changes else _("no price changes")
                said = draft.naming.phase(name, phase)
                rows.append((draft.naming.scenario(name), said, day, effect, _mark(draft, name, phase)))
    if not rows:
        return None
    columns = (
        Column("scenario", _("scenario")), Column("phase", _("phase")), Column("from", _("from"), "date"),
        Column("effect", _("effect")), Column("mark", _("mark")),
    )  # fmt: skip
    synthetic = comparison.cells.synthetic
    table = Table("phases", _("Phases of the scenarios"), columns, tuple(rows), synthetic=synthetic)
    return Section("phases", _("Phases"), (), (_timeline(draft, rows),), (table,))


def _mark(draft: Draft, scenario: str, phase: str) -> str:
    from tariffs.terms import MARK

    for _base, member in reversed(lineage(draft.comparison.book, scenario)):
        if phase in member.phases:
            mark = member.phases[phase].mark
            return draft.words.gettext(MARK[mark]) if mark in MARK else ""
    return ""


def _timeline(draft: Draft, rows: Sequence[tuple[Value, ...]]) -> Chart:
    _ = draft.words.gettext
    days = [row[2] for row in rows if isinstance(row[2], dt.date)]
    end = max(days) + dt.timedelta(days=365)
    spans = []
    for name in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == name]
        for place, row in enumerate(mine):
            until = mine[place + 1][2] if place + 1 < len(mine) else end
            spans.append((str(name), str(row[1]), str(row[2]), str(until)))
    alt = _("When each phase begins; the days are in the table below.")
    return charts.timeline("phases", _("Timeline of the phases"), alt, spans, _("day"))


def curves(draft: Draft) -> Section | None:
    """Charge against seconds between two cities, before and after; None where no view changes such a call."""
    _ = draft.words.gettext
    made = [chart for part in draft.comparison.parts for chart in _curves(draft, part)]
    if not made:
        return None
    text = (
        _("A fixed-line call between two cities by day, to {seconds} seconds; dots: where another tariff becomes the "
          "cheaper one.").format(seconds=SECONDS),
    )  # fmt: skip
    return Section("curves", _("Charge against seconds"), text, tuple(made))


def _curves(draft: Draft, part: Part) -> Iterator[Chart]:
    """One chart a part, of the first pair of cities whose calls some view prices anew."""
    _ = draft.words.gettext
    book, names = draft.comparison.book, part.basket.cities if part.basket is not None else ()
    first = part.priced.days[0] if part.priced.days else None
    if first is None:
        return
    noon = (first.toordinal() - 719_163) * 86_400_000_000 + 12 * 3_600_000_000
    goods = Basket(*(np.array([value], np.int64) for value in (noon, 0, 1)))
    for origin, destination in ((a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        found = _charges(part, number_in(book, origin, goods), number_in(book, destination, goods), noon)
        if found is None or not any(found[view] != found[part.priced.base] for view in part.others):
            continue
        labels = draft.views(part)
        kept = [part.priced.base, *(v for v in part.others if found[v] != found[part.priced.base])]
        seconds = range(1, SECONDS + 1)
        title = draft.words.join([
            _("{origin} to {destination}").format(
                origin=draft.naming.place(origin), destination=draft.naming.place(destination)
            ), draft.reference(part),
        ])  # fmt: skip
        crossings = [point for view in kept[1:] for point in _crossings(found[part.priced.base], found[view])]
        alt = _("Yuan of a call of each length under each scenario.")
        data = {labels[view]: [amount / 1_000_000 for amount in found[view]] for view in kept}
        yield charts.curves(
            f"curve-{draft.comparison.parts.index(part)}",
            title,
            alt,
            seconds,
            data,
            (_("seconds"), _("yuan")),
            crossings,
        )
        return


def _charges(part: Part, caller: str, called: str, start: int) -> list[list[int]] | None:
    """Micro-yuan of calls of 1 to SECONDS seconds under each view; None where one of them has no price."""
    import pyarrow as pa

    from tariffs.rating.batch import rate_batch

    outcome: Any = rate_batch(part.rater, pa.RecordBatch.from_pydict({
        "caller": [caller] * SECONDS, "called": [called] * SECONDS,
        "start": pa.array(np.full(SECONDS, start)).cast(pa.timestamp("us")),
        "duration": np.arange(1, SECONDS + 1) * 1_000_000,
    }))  # fmt: skip
    if (np.asarray(outcome.status) != 0).any():
        return None
    return [np.asarray(outcome.charge(view)).tolist() for view in range(len(part.priced.views))]


def _crossings(before: list[int], after: list[int]) -> list[tuple[int, float]]:
    """The first second from which on another of the two is cheaper."""
    found, last = [], 0
    for second, (x, y) in enumerate(zip(before, after, strict=True), start=1):
        sign = (y > x) - (y < x)
        if sign and last and sign != last:
            found.append((second, min(x, y) / 1_000_000))
        last = sign or last
    return found


def assumptions(draft: Draft) -> Section:
    """Every value that nobody knows and that the results rest on, with reasons and sources."""
    _ = draft.words.gettext
    used = {i.name: i for part in draft.comparison.parts for view in part.priced.assumed for i in view}
    columns = (
        Column("name", _("parameter")), Column("meaning", _("meaning")), Column("value", _("value")),
        Column("origin", _("origin")), Column("reason", _("reason")), Column("source", _("source")),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for name, item in sorted(used.items()):
        assumption = item.assumption if item.origin == "assumed" else None
        reason = "" if assumption is None else _reason(draft, assumption.reason)
        sources = "" if assumption is None else draft.naming.sources(assumption.source)
        origin = _("assumed value") if item.origin == "assumed" else _("given by the user")
        rows.append((name, draft.naming.parameter(name), item.value, origin, reason, sources))
    table = Table("assumptions", _("Assumed values"), columns, tuple(rows), synthetic=draft.comparison.cells.synthetic)
    text = _("None of these values is official. Replace them with --assume NAME=VALUE.")
    return Section("assumptions", _("Assumptions"), (text,) if rows else (_("The results rest on no assumption."),), (),
                   (table,) if rows else ())  # fmt: skip


def _reason(draft: Draft, reason: Any) -> str:
    return reason if isinstance(reason, str) else draft.words.text(reason)


def coverage(draft: Draft) -> Section:
    """What became of the records."""
    _ = draft.words.gettext
    comparison: Comparison = draft.comparison
    columns = (Column("outcome", _("outcome")), Column("records", _("records"), "count"))
    tables = []
    for part in comparison.parts:
        counts = part.priced.counts
        rows: list[tuple[Value, ...]] = [
            (_("read"), counts.read), (_("rated"), counts.rated),
            (_("not chargeable"), counts.not_chargeable.total()), (_("suspended"), counts.suspended.total()),
            (_("duplicate"), counts.duplicate), (_("merged into another record"), counts.merged),
        ]  # fmt: skip
        rows += [
            (_("suspended: {reason}").format(reason=draft.naming.suspended(code)), n)
            for code, n in sorted(counts.suspended.items())
        ]
        tables.append(draft.table(part, "records", _("What became of the records"), columns, rows, rests_on=False))
    text = _("Read = rated + not chargeable + suspended + duplicate + merged. A call is compared where every scenario "
             "prices it.")  # fmt: skip
    return Section("records", _("The calls"), (text,), (), tuple(tables))
