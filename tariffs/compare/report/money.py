"""Sections on money: totals and groups, revenue, demand."""

from __future__ import annotations

from tariffs.compare.comparison import Part
from tariffs.compare.measures.totals import GROUPINGS, Total
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value
from tariffs.language import N_

_TITLES = {
    "relation": N_("Charges by how near the two ends are"),
    "service": N_("Charges by service"),
    "period": N_("Charges by rate period of the start"),
    "city-pair": N_("Charges by pair of cities"),
    "circle": N_("Charges by circle"),
    "hour": N_("Charges by hour of the day"),
    "operator": N_("Charges by operator"),
    "group": N_("Charges by customer group"),
    "kind": N_("Charges of town and country"),
    "month": N_("Charges by month"),
}
_MOST = 60


def charges(draft: Draft) -> Section:
    """Totals and groups."""
    _ = draft.words.gettext
    parts = [p for p in draft.comparison.parts if any(p.total.dearer[v] or p.total.cheaper[v] for v in p.others)]
    tables = [table for part in parts or draft.comparison.parts for table in _groups(draft, part)]
    return Section("charges", _("Charges by group"), (), (), tuple(tables))


def _groups(draft: Draft, part: Part) -> list[Table]:
    _ = draft.words.gettext
    made = []
    for by in GROUPINGS:
        found = part.groups.get(by)
        if found:
            rows = [_row(draft, draft.naming.group(by, item.name), part, item) for item in _largest(by, found)]
            total = _row(draft, _("total"), part, part.total)
            key = f"charges-by-{by}"
            table = draft.table(part, key, _(_TITLES[by]), _columns(draft, part), [*rows, total], emphasis=[len(rows)],
                                notes=_left_out(draft, by, found))  # fmt: skip
            made.append(table)
    return made


def _largest(by: str, found: tuple[Total, ...]) -> tuple[Total, ...]:
    """Pairs of cities are many: those in which most money moves."""
    if by != "city-pair":
        return found
    return tuple(sorted(found, key=lambda item: -item.charges[item.base])[:_MOST])


def _left_out(draft: Draft, by: str, found: tuple[Total, ...]) -> list[str]:
    if by != "city-pair" or len(found) <= _MOST:
        return []
    _ = draft.words.gettext
    return [_("The {shown} pairs with the largest base charges of {all}; the total is of all.").format(
        shown=_MOST, all=len(found)
    )]  # fmt: skip


def _columns(draft: Draft, part: Part) -> list[Column]:
    _ = draft.words.gettext
    columns = [
        Column("group", ""),
        Column("calls", _("calls"), "count"),
        Column("minutes", _("started minutes"), "count"),
    ]
    if part.priced.weights:
        columns.append(Column("weight", _("weighted calls"), "number"))
    heads, keys = draft.views(part), draft.keys(part)
    columns.append(Column(keys[part.priced.base], heads[part.priced.base], "yuan"))
    for view in draft.moving(part):
        columns.append(Column(keys[view], heads[view], "yuan"))
        columns.append(Column(f"{keys[view]}.change", _("change"), "yuan-change"))
        columns.append(Column(f"{keys[view]}.relative", "%", "percent-change"))
        columns.append(Column(f"{keys[view]}.dearer", _("dearer calls"), "percent"))
    return columns


def _row(draft: Draft, name: str, part: Part, item: Total) -> tuple[Value, ...]:
    row: list[Value] = [name, item.calls, item.minutes]
    if part.priced.weights:
        row.append(item.weight)
    row.append(item.charges[item.base])
    for view in draft.moving(part):
        row += [item.charges[view], item.change(view), item.relative(view), item.dearer_share(view)]
    return tuple(row)


def _name(draft: Draft, part: Part, view: int) -> str:
    return draft.naming.view(part.priced.views[view])


def revenue(draft: Draft) -> Section:
    """Gross, tax, settlement, net; in 10,000 yuan."""
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("gross", _("gross, 10,000 yuan"), "yuan", 4, 10_000),
        Column("gross_100m", _("gross, 100 million yuan"), "yuan", 6, 100_000_000),
        Column("tax", _("tax in it, 10,000 yuan"), "yuan", 4, 10_000),
        Column("settlement", _("settlement, 10,000 yuan"), "yuan", 4, 10_000),
        Column("net", _("net, 10,000 yuan"), "yuan", 4, 10_000),
        Column("realised", _("at the share of list prices that is paid, 10,000 yuan"), "yuan", 4, 10_000),
    ]
    tables = []
    for part in draft.comparison.parts:
        rows: list[tuple[Value, ...]] = [
            (_name(draft, part, item.view), item.gross, item.gross, item.tax, item.settlement, item.net,
             item.realised)
            for item in part.revenues.views
        ]  # fmt: skip
        notes = [_("A dash: it was not given, so it is not known.")]
        if part.revenues.unsettled:
            pairs = draft.words.join([f"{a or '?'} → {b or '?'}" for a, b in part.revenues.unsettled])
            notes.append(_("No settlement rate was given for: {pairs}").format(pairs=pairs))
        tables.append(draft.table(part, "revenue", _("Revenue"), columns, rows, notes=notes))
    text = _("List prices overstate what was paid: packages and access codes made people pay less.")
    return Section("revenue", _("Revenue"), (text,), (), tuple(tables))


def demand(draft: Draft) -> Section | None:
    """What callers might do, where elasticities were given."""
    _ = draft.words.gettext
    if not any(part.demands for part in draft.comparison.parts):
        return None
    columns = [
        Column("scenario", _("scenario")),
        Column("band", _("elasticity")),
        Column("base", _("base revenue"), "yuan", 2),
        Column("static", _("revenue if nobody calls more or less"), "yuan", 2),
        Column("revenue", _("revenue with the response"), "yuan", 2),
        Column("gain", _("gain of callers"), "yuan-change", 2),
        Column("outside", _("segments outside of what was observed"), "count"),
    ]
    bands = {"low": _("low"), "central": _("central"), "high": _("high")}
    tables = [
        draft.table(
            part, "demand", _("Demand response"), columns,
            [(_name(draft, part, d.view), bands[d.band], d.base, d.static, d.revenue, d.gain, d.outside)
             for d in part.demands],
        )
        for part in draft.comparison.parts
    ]  # fmt: skip
    text = (
        _("The elasticities were brought by the user and are official nowhere."),
        _("The mix of durations is held, winners and losers stay as they are, and substitution between kinds of calls "
          "is left out."),
    )  # fmt: skip
    return Section("demand", _("Demand response"), text, (), tuple(tables))
