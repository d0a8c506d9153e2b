"""Sections on people: who wins and who loses, and what an add-on brings to those who take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from tariffs.compare.comparison import Part, unknown_fees
from tariffs.compare.handover import largest_losers
from tariffs.compare.measures.opt_in import SELECTIONS
from tariffs.compare.measures.winners import CLASSES, Band, Winners
from tariffs.compare.report import charts
from tariffs.compare.report.document import Chart, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value
from tariffs.language import N_

FEW: Final = 5
"""Groups of fewer accounts are not shown: somebody could be recognised."""

CLASS: Final = {
    "much-better": N_("better by more than 5 %"),
    "better": N_("better"),
    "unchanged": N_("unchanged"),
    "worse": N_("worse"),
    "much-worse": N_("worse by more than 5 %"),
    "newly-charged": N_("newly charged"),
}
_COLOURS: Final = ("#0b5394", "#8db4dc", "#e0a366", "#b45f06", "#741b47")
"""Of CLASSES but what stays: gains blue, losses orange."""

BY: Final = {
    "kind": N_("Winners and losers in town and country"),
    "group": N_("Winners and losers by customer group"),
    "operator": N_("Winners and losers by operator"),
}
PATTERN: Final = N_("By which calls the largest losers lose")
NO_PERSON: Final = N_("The hundredth of the accounts that loses most: a pattern, and no person.")
_SELECTION: Final = {
    "largest-gain": N_("the largest gains first"),
    "any-eligible": N_("by chance among the eligible"),
    "any-gaining": N_("by chance among those who gain"),
}


def people(draft: Draft) -> Section | None:
    """Winners and losers; None where no part has accounts or charged numbers."""
    _ = draft.words.gettext
    parts = [part for part in draft.comparison.parts if part.winners]
    if not parts:
        return None
    moved = [part for part in parts if any(_changes(found) for found in part.winners.values())]
    charts_ = tuple(_chart(draft, part) for part in moved)
    tables = tuple(table for part in moved for table in _tables(draft, part))
    still = [draft.reference(part) for part in parts if part not in moved]
    text = [_("{reference}: no bill changes.").format(reference=draft.words.join(still))] if still else []
    if not next(iter(parts[0].winners.values())).listed:
        text.append(_("Without an account list the unit is the charged number, and bills are call charges only."))
    text.append(_("Losers are described as groups, and groups of fewer than {few} are not shown.").format(
        few=FEW
    ))  # fmt: skip
    return Section("people", _("Winners and losers"), tuple(text), charts_, tables)


def _chart(draft: Draft, part: Part) -> Chart:
    _ = draft.words.gettext
    rows = [
        (draft.naming.short(part.priced.views[view]), _(CLASS[share.name]), float(share.share or 0) * 100)
        for view, found in part.winners.items()
        if view in draft.moving(part)
        for share in found.classes
        if share.name != "unchanged"
    ]
    title = draft.words.join([_("Bills that change"), draft.reference(part)])
    alt = _("Shares of all bills by class, without those that stay; the figures are in the table below.")
    axis = _("% of all bills")
    key = f"winners-{draft.comparison.parts.index(part)}"
    return charts.bars(key, title, alt, rows, axis, stacked=True, colours=_COLOURS)


def _changes(found: Winners) -> bool:
    """Whether any bill changes."""
    return any(share.accounts for share in found.classes if share.name != "unchanged")


def _tables(draft: Draft, part: Part) -> Iterator[Table]:
    yield _classes(draft, part)
    yield _bands(draft, part)
    if listed(part):
        yield from _by_group(draft, part)
    yield _deciles(draft, part)
    yield from _losers(draft, part)
    if part.intervals and (part.priced.weights or draft.comparison.question.population):
        yield _intervals(draft, part)


def _classes(draft: Draft, part: Part) -> Table:
    """A line a view; each class with its accounts and their share."""
    _ = draft.words.gettext
    columns = [Column("scenario", _("scenario")), Column("accounts", _("accounts"), "count")]
    for name in CLASSES:
        columns += [Column(name, _(CLASS[name]), "count"), Column(f"{name}.share", "%", "percent")]
    columns += [
        Column("saved", _("bills fall by, yuan"), "yuan", 2),
        Column("paid", _("bills rise by, yuan"), "yuan", 2),
    ]
    rows: list[tuple[Value, ...]] = []
    for view, found in part.winners.items():
        if view not in draft.moving(part):
            continue
        shares = [value for share in found.classes for value in (share.accounts, share.share)]
        saved = -sum((share.change for share in found.classes if share.change < 0), Fraction(0))
        paid = sum((share.change for share in found.classes if share.change > 0), Fraction(0))
        rows.append((_name(draft, part, view), found.accounts, *shares, saved, paid))
    first = next(iter(part.winners.values()))
    notes = []
    if first.unlisted:
        notes.append(_("{n} rated calls belong to no account of the list and are not in here.").format(
            n=f"{first.unlisted:,}"
        ))  # fmt: skip
    if part.priced.weights:
        notes.append(_("Accounts are counted as they are in the file; shares and yuan are weighted."))
    title = _("Winners and losers") if first.listed else _("Winners and losers by charged number, call charges only")
    return draft.table(part, "winners", title, columns, rows, notes=notes)


def _name(draft: Draft, part: Part, view: int) -> str:
    return draft.naming.view(part.priced.views[view])


def _bands(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("band", _("change of the bill, yuan a month")),
        Column("accounts", _("accounts"), "count"),
    ]
    rows: list[tuple[Value, ...]] = [
        (_name(draft, part, view), _band(draft, band), band.accounts)
        for view, found in part.winners.items()
        if _changes(found)
        for band in found.bands
    ]
    return draft.table(part, "winners-in-yuan", _("Change of bills in yuan a month"), columns, rows)


def _band(draft: Draft, band: Band) -> str:
    _ = draft.words.gettext
    if band.above is None:
        return _("{yuan} or less").format(yuan=f"−{abs(band.below or 0)}")
    if band.below is None:
        return _("{yuan} or more").format(yuan=f"+{band.above}")
    low, high = (f"{'−' if bound < 0 else '+'}{abs(bound)}" for bound in (band.above, band.below))
    return _("from {low} to {high}").format(low=low, high=high)


def _by_group(draft: Draft, part: Part) -> Iterator[Table]:
    _ = draft.words.gettext
    for key, title in BY.items():
        columns = [
            Column("scenario", _("scenario")),
            Column("group", _("group")),
            Column("accounts", _("accounts"), "count"),
        ]
        columns += [Column(name, _(CLASS[name]), "count") for name in CLASSES]
        rows: list[tuple[Value, ...]] = []
        hidden = 0
        for view, found in part.winners.items():
            for name, shares in found.by.get(key, {}).items():
                size = sum(share.accounts for share in shares)
                if size < FEW:
                    hidden += size
                    continue
                group = draft.naming.group(key, (name,))
                rows.append((_name(draft, part, view), group, size, *_hidden_small([s.accounts for s in shares])))
        if len({row[1] for row in rows}) > 1:
            notes = [_("A dash: fewer than {few} accounts, or so few could be worked out from it.").format(few=FEW)]
            if hidden:
                notes.append(_("Groups of fewer than {few} accounts are left out.").format(few=FEW))
            yield draft.table(part, f"winners-by-{key}", _(title), columns, rows, notes=notes)


def _hidden_small(counts: list[int]) -> list[int | None]:
    """Small counts are hidden, and a second one where one alone could be worked out from the row's sum."""
    shown: list[int | None] = [n if n == 0 or n >= FEW else None for n in counts]
    if shown.count(None) == 1:
        others = [i for i, n in enumerate(shown) if n]
        if others:
            shown[min(others, key=lambda i: shown[i] or 0)] = None
    return shown


def _deciles(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("decile", _("tenth by started minutes"), "count"),
        Column("accounts", _("accounts"), "count"),
        Column("from", _("minutes from"), "count"),
        Column("to", _("to"), "count"),
        Column("base", _("bills before, yuan"), "yuan"),
        Column("after", _("bills after, yuan"), "yuan"),
        Column("better", _("better"), "count"),
        Column("worse", _("worse"), "count"),
    ]
    rows: list[tuple[Value, ...]] = [
        (_name(draft, part, view), d.number, d.accounts, *d.minutes, d.base, d.charge, d.better, d.worse)
        for view, found in part.winners.items()
        if _changes(found)
        for d in found.deciles
        if d.accounts >= FEW
    ]
    notes = [_("Accounts with equally many minutes are in one tenth, the lower one.")]
    return draft.table(part, "winners-by-use", _("Winners and losers by use"), columns, rows, notes=notes)


def _losers(draft: Draft, part: Part) -> Iterator[Table]:
    _ = draft.words.gettext
    accounts = part.priced.accounts
    columns = [Column("scenario", _("scenario")), *pattern_columns(draft)]
    rows: list[tuple[Value, ...]] = [
        (_name(draft, part, view), *row)
        for view in draft.moving(part) if accounts is not None
        for row in pattern_rows(draft, largest_losers(part.priced, accounts, view, FEW))
    ]  # fmt: skip
    if rows:
        yield draft.table(part, "losers", _(PATTERN), columns, rows, notes=[_(NO_PERSON)])


def pattern_columns(draft: Draft) -> list[Column]:
    """What is told of the calls by which the largest losers lose."""
    _ = draft.words.gettext
    return [
        Column("relation", _("how near")), Column("service", _("service")), Column("period", _("rate period")),
        Column("accounts", _("accounts"), "count"), Column("share", _("of their rise"), "percent"),
    ]  # fmt: skip


def pattern_rows(draft: Draft, losers: Mapping[str, Any] | None) -> Iterator[tuple[Value, ...]]:
    """A line for each kind of call by which they mostly lose, as `largest_losers` finds them."""
    for said in () if losers is None else losers["mostly"]:
        names = (draft.naming.group(key, (said[key],)) for key in ("relation", "service", "period"))
        yield (*names, said["accounts"], Fraction(said["percent-of-rise"], 100))


def _intervals(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("low", _("change of charges, yuan, from"), "yuan-change"),
        Column("high", _("to"), "yuan-change"),
        Column("relative_low", _("over the base, from"), "percent-change"),
        Column("relative_high", _("to"), "percent-change"),
        Column("coverage", _("lines in the file of all lines"), "percent"),
    ]
    rows: list[tuple[Value, ...]] = [
        (_name(draft, part, view), *r.change, *(r.relative or (None, None)), r.coverage)
        for view, r in part.intervals.items()
        if view in draft.moving(part)
    ]
    first = next(iter(part.intervals.values()))
    notes = [_("95 % intervals by drawing accounts {n} times, seed {seed}.").format(n=first.draws, seed=first.seed)]
    return draft.table(part, "intervals", _("How far the sample can be trusted"), columns, rows, notes=notes)


def add_ons(draft: Draft) -> Section | None:
    """Opt-in beside universal; None where no scenario has add-ons."""
    _ = draft.words.gettext
    book = draft.comparison.book
    scenarios = [s for s in draft.comparison.question.scenarios if any("[" in v.label and v.scenario == s
                 for part in draft.comparison.parts for v in part.priced.views)]  # fmt: skip
    if not scenarios:
        return None
    text = [
        _("An add-on is taken or left: the views with everybody and with nobody bound what {scenario} can do.").format(
            scenario=draft.naming.scenario(scenario)
        )
        for scenario in scenarios
    ]
    for scenario in scenarios:
        lacking = unknown_fees(book, scenario)
        if lacking:
            names = draft.words.join([draft.naming.option(name) for name in lacking])
            text.append(_("No source gives the fee of {names}; it is in no bill.").format(names=names))
    tables = tuple(_take_up(draft, part) for part in draft.comparison.parts if part.opt_ins)
    if not tables:
        text.append(_("Without an account list nobody knows who would take it; there are bounds and no figure."))
    return Section("add-ons", _("Add-ons that may be taken"), tuple(text), (), tables)


def _take_up(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")),
        Column("take_up", _("take-up of the eligible"), "percent"),
        Column("selection", _("who takes it")),
        Column("takers", _("lines"), "number", 1),
        Column("gain", _("saved, yuan in the period"), "yuan-change", 2),
        Column("fees", _("fees in it, yuan"), "yuan", 2),
    ]
    rows: list[tuple[Value, ...]] = []
    for item in part.opt_ins:
        order = {uptake.selection: uptake for uptake in item.uptakes}
        name = _name(draft, part, item.view)
        for selection in SELECTIONS:
            uptake = order[selection]
            rows.append((name, item.take_up, _(_SELECTION[selection]), uptake.takers, uptake.gain, uptake.fees))
        rows.append((name, item.take_up, _("least of the three"), None, item.envelope[0], None))
        rows.append((name, item.take_up, _("most of the three"), None, item.envelope[1], None))
    for item in {item.view: item for item in part.opt_ins}.values():
        every = _("universal: every eligible line")
        rows.append((_name(draft, part, item.view), None, every, item.eligible, item.universal, None))
    first = part.opt_ins[0]
    notes = [
        _("{eligible} lines may take it, {gaining} of them would gain; accounts without calls are not counted.")
        .format(eligible=f"{float(first.eligible):,.0f}", gaining=f"{float(first.gaining):,.0f}"),
        _("Saved: by callers, fees paid; below 0 they lose. An account's lines are taken to gain alike."),
    ]  # fmt: skip
    return draft.table(part, "take-up", _("Take-up of add-ons"), columns, rows, notes=notes)


def listed(part: Part) -> bool:
    """Whether a part has accounts, and they are those of a list."""
    found = next(iter(part.winners.values()), None)
    return found is not None and found.listed
