"""The one-page summary: a line a scenario, then sentences whose every number comes from the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from tariffs.compare.comparison import Part
from tariffs.compare.measures.totals import Total
from tariffs.compare.measures.winners import Winners
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.people import listed
from tariffs.compare.tables import Column, Table, Value, number

WAN = 10_000
_PERCENT = Column("", "", "percent")
_YUAN = Column("", "", "yuan")
_CHANGE = Column("", "", "yuan-change")
_WORSE = frozenset({"worse", "much-worse", "newly-charged"})
_BETTER = frozenset({"better", "much-better"})


def summary(draft: Draft) -> Section:
    """The first section: one table for all reference dates, and sentences for the views that change something."""
    _ = draft.words.gettext
    text = [sentence for part in draft.comparison.parts for sentence in _sentences(draft, part)]
    return Section("summary", _("Summary"), tuple(text), (), (_table(draft),))


def months_of(part: Part) -> int:
    """Calendar months that the calls touch; a month is never stretched or shrunk."""
    if part.priced.days is None:
        return 0
    first, last = part.priced.days
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _table(draft: Draft) -> Table:
    _ = draft.words.gettext
    parts = draft.comparison.parts
    wan = WAN if draft.words.language == "zh" else 1
    columns = [
        Column("reference", _("rules")),
        Column("scenario", _("scenario")),
        Column("assumption", _("where sources differ")),
        Column("affected", _("accounts whose bill changes"), "number", 4 if wan > 1 else 0, wan),
        Column("monthly", _("mean change of a bill, yuan a month"), "yuan-change"),
        Column("change", _("change of charges, yuan"), "yuan-change"),
        Column("relative", _("over the base"), "percent-change"),
        Column("revenue", _("charges a month, 10,000 yuan"), "yuan", 4, WAN),
        Column("dearer", _("calls that cost more"), "percent"),
        Column("spread", _("gap between cities, yuan per 100 calls"), "yuan", 2),
    ]
    rows = [
        (draft.naming.day(part.day), *row)
        for part in parts for view in part.others if part.day is None or _moves(part.total, view)
        for row in _rows(draft, part, view)
    ]  # fmt: skip
    notes = [
        _("Charges are estimates at list prices; those of the period are shown by calendar month and never stretched."),
        _("Rules: the day as of which all calls are priced; own: each call by the rules of its own day."),
        _("A scenario that changes no call as of a day has no line for it."),
    ]
    if not any(part.winners for part in parts):
        notes.append(_("Without accounts nobody knows whose bill changes."))
    elif not any(listed(part) for part in parts):
        notes.append(_("Without an account list the unit is the charged number, call charges only."))
    return draft.table(parts[0], "summary", _("The scenarios in one line each"), columns, rows, notes=notes)


def _rows(draft: Draft, part: Part, view: int) -> Iterator[tuple[Value, ...]]:
    """A row for a view; where sources differ on an assumption that it rests on, a row for each value."""
    mine = {item.name: item.value for item in part.priced.assumed[view]}
    others = [other for other in part.otherwise if other.parameter in mine]
    names = dict.fromkeys(other.parameter for other in others)
    held = draft.words.join([f"{draft.naming.parameter(name)} {mine[name]}" for name in names])
    yield _row(draft, part, view, held, part.total, part.winners)
    for other in others:
        label = f"{draft.naming.parameter(other.parameter)} {other.value}"
        yield _row(draft, part, view, label, other.total, other.winners, spread=False)


def _row(
    draft: Draft, part: Part, view: int, assumed: str, total: Total, winners: Mapping[int, Winners],
    *, spread: bool = True,
) -> tuple[Value, ...]:  # fmt: skip
    found = winners.get(view)
    change, months = total.change(view), months_of(part)
    gap = next((item for item in part.gaps if item.view == view), None)
    return (
        draft.naming.view(part.priced.views[view]),
        assumed,
        None if found is None else affected(found),
        found.monthly if found is not None and found.listed else None,
        change,
        total.relative(view),
        Fraction(total.charges[view]) / months if months else None,
        total.dearer_share(view),
        gap.spread if gap is not None and spread else None,
    )


def affected(found: Winners) -> Fraction:
    """The weight of the accounts whose bill changes."""
    return sum((share.weight for share in found.classes if share.name != "unchanged"), Fraction(0))


def _sentences(draft: Draft, part: Part) -> Iterator[str]:
    _ = draft.words.gettext
    if not part.total.calls:
        yield _("{reference}: no call was rated, so there is nothing to compare.").format(
            reference=draft.reference(part)
        )
        return
    if not any(_moves(part.total, view) for view in part.others):
        yield _("{reference}: no call costs anything else than before.").format(reference=draft.reference(part))
        return
    for view in part.others:
        if not _moves(part.total, view):
            continue
        yield _sentence(draft, part, view, part.total, part.winners.get(view), "")
        for other in part.otherwise:
            if any(item.name == other.parameter for item in part.priced.assumed[view]):
                label = f"{draft.naming.parameter(other.parameter)} {other.value}"
                yield _sentence(draft, part, view, other.total, other.winners.get(view), label)


def _sentence(draft: Draft, part: Part, view: int, total: Total, found: Winners | None, assumed: str) -> str:
    """Calls one by one, then bills, then money; the numbers are those of the tables."""
    _ = draft.words.gettext
    words = draft.words
    share = total.dearer_share(view)
    worst = total.worst[view]
    head = words.join(
        [draft.reference(part), draft.naming.view(part.priced.views[view]), *([assumed] if assumed else [])]
    )
    calls = _("{share} of calls cost more one by one").format(share=_percent(share))
    if worst is not None:
        calls = words.aside(calls, _("at most {yuan} yuan").format(yuan=number(worst, _YUAN)))
    change = _("charges change by {change} yuan ({relative})").format(
        change=number(total.change(view), _CHANGE), relative=_change_percent(total.relative(view))
    )
    if found is None:
        body = words.join([calls, change])
    else:
        worse, better = (_share(found, names) for names in (_WORSE, _BETTER))
        bills = _("bills rise for {worse} and fall for {better} of {units}").format(
            worse=_percent(worse), better=_percent(better),
            units=_("accounts") if found.listed else _("charged numbers"),
        )  # fmt: skip
        body = words.join([calls, bills, change])
    said = words.colon(head, body)
    return said + "。" if words.language == "zh" else said[0].upper() + said[1:] + "."


def _moves(total: Total, view: int) -> bool:
    """Whether any call costs something else."""
    return bool(total.dearer[view] or total.cheaper[view])


def _share(found: Winners, names: frozenset[str]) -> Fraction:
    return sum((item.share or Fraction(0) for item in found.classes if item.name in names), Fraction(0))


def _percent(share: Fraction | None) -> str:
    return "–" if share is None else number(share, _PERCENT)


def _change_percent(share: Fraction | None) -> str:
    return "–" if share is None else number(share, Column("", "", "percent-change"))
