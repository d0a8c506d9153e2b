"""Sections on cities: what a call between any two of them costs, the tariff gap, the premium across borders."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.compare.comparison import Part
from tariffs.compare.measures.gap import Gap
from tariffs.compare.report import charts
from tariffs.compare.report.document import Chart, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value


def cities(draft: Draft) -> Section | None:
    """None where there is no basket: no fixed-line call between cities, or no cities to compare."""
    _ = draft.words.gettext
    parts = _moved([part for part in draft.comparison.parts if part.basket is not None])
    if not parts:
        return None
    text = (
        _("Prices between cities are those of one basket of fixed-line calls, by rate period and whole duration, with "
          "the shares that they have among the calls of the file."),
        _("The tariff gap is the part of the gap between regions that tariffs can show, and nothing more."),
    )  # fmt: skip
    tables = tuple(table for part in parts for table in _tables(draft, part))
    return Section("cities", _("Prices between cities, and the tariff gap"), text, tuple(_charts(draft, parts)), tables)


def _moved(parts: list[Part]) -> list[Part]:
    """The parts in which some view has other prices than the base; all of them where none has."""
    moved = []
    for part in parts:
        assert part.basket is not None
        prices = [part.basket.prices[:, :, view].tolist() for view in range(len(part.priced.views))]
        if any(found != prices[part.priced.base] for found in prices):
            moved.append(part)
    return moved or parts


def _charts(draft: Draft, parts: list[Part]) -> Iterator[Chart]:
    _ = draft.words.gettext
    for part in parts:
        rows = [
            (draft.naming.place(city), draft.naming.short(part.priced.views[gap.view]), float(calls))
            for gap in _told(draft, part)
            for city, calls in zip(gap.cities, gap.calls, strict=True)
            if calls is not None
        ]
        if rows:
            title = draft.words.join([_("100 calls of the common basket"), draft.reference(part)])
            alt = _("Yuan per 100 calls from each city; the figures are in the table below.")
            yield charts.bars(f"gap-{draft.comparison.parts.index(part)}", title, alt, rows, _("yuan"))


def _told(draft: Draft, part: Part) -> list[Gap]:
    """The gaps of the base and of the views that change something."""
    return [gap for gap in part.gaps if gap.view in (part.priced.base, *draft.moving(part))]


def _tables(draft: Draft, part: Part) -> Iterator[Table]:
    yield from matrices(draft, part)
    if part.gaps:
        yield _gap(draft, part)
        yield _headlines(draft, part)
    yield _premium(draft, part)
    if part.nearer:
        yield _nearer(draft, part)


def matrices(draft: Draft, part: Part) -> Iterator[Table]:
    """The prices between cities before, and under each view that changes them."""
    assert part.basket is not None
    shown: list[object] = []
    for view in range(len(part.priced.views)):
        prices = part.basket.prices[:, :, view].tolist()
        if prices not in shown:  # a view that prices like an earlier one has no table of its own
            shown.append(prices)
            yield _matrix(draft, part, view)


def _matrix(draft: Draft, part: Part, view: int) -> Table:
    """Yuan of a call of the basket from each city (row) to each (column)."""
    _ = draft.words.gettext
    assert part.basket is not None
    names = part.basket.cities
    columns = [Column("from", _("from")), *(Column(city, draft.naming.place(city), "yuan", 3) for city in names)]
    rows: list[tuple[Value, ...]] = [
        (draft.naming.place(city), *part.basket.prices[c, :, view]) for c, city in enumerate(names)
    ]
    title = draft.words.colon(_("Mean price of a call, yuan"), draft.naming.view(part.priced.views[view]))
    return draft.table(part, f"prices-{draft.slug(part, view)}", title, columns, rows)


def _gap(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [Column("city", _("city")), Column("people", _("share of people"), "percent")]
    heads, keys, told = draft.views(part), draft.keys(part), _told(draft, part)
    for gap in told:
        columns.append(Column(keys[gap.view], heads[gap.view], "yuan", 2))
    for gap in told:
        columns.append(
            Column(f"{keys[gap.view]}.own", _("{view}, own destinations").format(view=heads[gap.view]), "yuan", 2)
        )
    rows: list[tuple[Value, ...]] = []
    for c, city in enumerate(part.gaps[0].cities):
        row: list[Value] = [draft.naming.place(city), part.gaps[0].shares[c]]
        row += [gap.calls[c] for gap in told]
        row += [gap.own[c] for gap in told]
        rows.append(tuple(row))
    rows.append((_("line rental"), *(None for _column in columns[1:])))
    notes = [_("The rental of a line is not known and is in no basket.")]
    return draft.table(part, "gap", _("Yuan per 100 calls of the common basket"), columns, rows, notes=notes)


def _headlines(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("mean", _("mean, yuan per 100 calls"), "yuan", 2),
        Column("spread", _("largest less smallest"), "yuan", 2),
        Column("ratio", _("largest over smallest"), "number", 3),
        Column("variation", _("coefficient of variation"), "number", 4),
        Column("gini", _("Gini coefficient"), "number", 4),
    ]
    rows: list[tuple[Value, ...]] = [
        (draft.naming.view(part.priced.views[g.view]), g.mean, g.spread, g.ratio, g.variation, g.gini)
        for g in _told(draft, part)
    ]
    notes = [_("A spread can rise while every city pays less: it is to be read beside the mean.")]
    return draft.table(part, "gap-measures", _("The tariff gap between cities"), columns, rows, notes=notes)


def _premium(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("circle", _("circle")),
        Column("premium", _("premium over the inter-zone price"), "percent-change"),
        Column("yuan", _("yuan a call"), "yuan-change", 3),
    ]
    rows: list[tuple[Value, ...]] = [
        (draft.naming.view(part.priced.views[premium.view]), draft.naming.circle(name), share, yuan)
        for premium in part.premiums
        if premium.view in (part.priced.base, *draft.moving(part))
        for name, (share, yuan) in premium.circles.items()
    ]
    notes = [_("The mean of the circle's pairs of cities, by the base's calls both ways; a dash: no such call.")]
    if draft.comparison.cells.lost is not None:
        notes = [_("The mean of the circle's pairs of cities; a dash: no call whose cities the shareable cells tell.")]
    return draft.table(part, "premium", _("What crossing a city's border costs"), columns, rows, notes=notes)


def _nearer(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("city", _("inside")),
        Column("inside", _("yuan a call"), "yuan", 3),
        Column("neighbour", _("cheaper to")),
        Column("across", _("yuan a call"), "yuan", 3),
    ]
    rows: list[tuple[Value, ...]] = [
        (draft.naming.view(part.priced.views[n.view]), draft.naming.place(n.city), n.inside,
         draft.naming.place(n.neighbour), n.across)
        for n in part.nearer
        if n.view in (part.priced.base, *draft.moving(part))
    ]  # fmt: skip
    return draft.table(part, "nearer", _("Where a nearer call costs more than one across the border"), columns, rows)
