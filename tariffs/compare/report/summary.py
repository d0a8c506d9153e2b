"""The one-page summary: a line a scenario, then sentences whose every number comes from the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tariffs.compare.comparison import Part
from tariffs.compare.measures.gap import Gap
from tariffs.compare.measures.totals import Total
from tariffs.compare.measures.winners import Winners
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft, moves
from tariffs.compare.report.people import listed
from tariffs.compare.tables import Column, Table, Value, number

WAN = 10_000
_PERCENT = Column("", "", "percent")
_YUAN = Column("", "", "yuan")
_CHANGE = Column("", "", "yuan-change")
_WORSE = frozenset({"worse", "much-worse", "newly-charged"})
_BETTER = frozenset({"better", "much-better"})


@dataclass(frozen=True)
class _Line:
    """A view, and the parts in which it does the same: the first one stands for all of them."""

    parts: tuple[Part, ...]
    view: int

    @property
    def part(self) -> Part:
        return self.parts[0]


def summary(draft: Draft) -> Section:
    """The first section: a line a scenario, and sentences for the views that change something."""
    _ = draft.words.gettext
    lines = _lines(draft)
    said = [sentence for part in draft.comparison.parts for sentence in _nothing(draft, part)]
    said += [sentence for line in lines for sentence in _sentences(draft, line)]
    return Section("summary", _("Summary"), (), (), (_table(draft, lines),) if lines else (), tuple(said))


def _lines(draft: Draft) -> list[_Line]:
    """The views that change something, each with the parts in which it changes the same."""
    found: dict[object, list[Part]] = {}
    at: dict[object, int] = {}
    for part in draft.comparison.parts:
        for view in part.others:
            if not moves(part, view):
                continue
            item, total = part.priced.views[view], part.total
            same = total.charges[total.base], total.charges[view], total.dearer[view], _spread(part, view)
            key = part.day is None, item.scenario, item.holding, same
            found.setdefault(key, []).append(part)
            at.setdefault(key, view)
    return [_Line(tuple(parts), at[key]) for key, parts in found.items()]


def _table(draft: Draft, lines: Sequence[_Line]) -> Table:
    _ = draft.words.gettext
    parts = draft.comparison.parts
    wan = WAN if draft.words.language == "zh" else 1
    columns = [
        Column("reference", _("rules")),
        Column("scenario", _("scenario")),
        Column("assumption", _("where sources differ")),
        Column("affected", _("lines whose bill changes"), "number", 4 if wan > 1 else 0, wan),
        Column("monthly", _("mean change of a line, yuan a month"), "yuan-change", 2),
        Column("change", _("change of charges, yuan"), "yuan-change", 2),
        Column("relative", _("over the base"), "percent-change"),
        Column("revenue", _("charges a month, 10,000 yuan"), "yuan", 4, WAN),
        Column("dearer", _("calls that cost more"), "percent"),
        Column("spread", _("gap between cities, yuan per 100 calls"), "yuan", 2),
    ]
    rows = [row for line in lines for row in _rows(draft, line)]
    notes = [
        _("Estimates at list prices, by calendar month, never stretched. Charges: calls only; bills: known fees too."),
        _("Rules: the day as of which all calls are priced; own: each call by the rules of its own day."),
    ]
    if draft.comparison.cells.tables:
        notes.append(_("Whose bill changes was worked out before the cells were handed on, in a section of its own."))
    elif not any(part.winners for part in parts):
        notes.append(_("Without accounts nobody knows whose bill changes."))
    elif not any(listed(part) for part in parts):
        notes.append(_("Without an account list the unit is the charged number, call charges only."))
    first = lines[0].part
    table = draft.table(first, "summary", _("The scenarios in one line each"), columns, rows, notes=notes)
    return replace(table, key="summary", period=draft.calls_of(first))


def _rows(draft: Draft, line: _Line) -> Iterator[tuple[Value, ...]]:
    """A row for a view; where sources differ on an assumption that it rests on, a row for each value."""
    part, view = line.part, line.view
    mine = {item.name: item.value for item in part.priced.assumed[view]}
    others = [other for other in part.otherwise if other.parameter in mine]
    names = dict.fromkeys(other.parameter for other in others)
    held = draft.words.join([draft.naming.assumed(name, mine[name]) for name in names])
    yield _row(draft, line, held, part.total, part.winners, part.gaps)
    for other in others:
        label = draft.naming.assumed(other.parameter, other.value)
        yield _row(draft, line, label, other.total, other.winners, other.gaps)


def _row(
    draft: Draft, line: _Line, assumed: str, total: Total, winners: Mapping[int, Winners], gaps: Sequence[Gap]
) -> tuple[Value, ...]:
    found, months = winners.get(line.view), line.part.priced.months
    return (
        draft.words.join([draft.naming.day(part.day) for part in line.parts]),
        draft.naming.view(line.part.priced.views[line.view]),
        assumed,
        None if found is None else affected(found),
        None if found is None else found.monthly,
        total.change(line.view),
        total.relative(line.view),
        Fraction(total.charges[line.view]) / months if months else None,
        total.dearer_share(line.view),
        next((item.spread for item in gaps if item.view == line.view), None),
    )


def _spread(part: Part, view: int) -> Fraction | None:
    return next((item.spread for item in part.gaps if item.view == view), None)


def outcomes(draft: Draft, part: Part) -> str:
    """What became of the records that are not rated, by reason."""
    _ = draft.words.gettext
    counts = part.priced.counts
    said = [
        _("{n} not chargeable").format(n=f"{counts.not_chargeable.total():,}"),
        *(
            _("{n} suspended ({reason})").format(n=f"{n:,}", reason=draft.naming.suspended(code))
            for code, n in counts.suspended.most_common()
        ),
    ]
    return draft.words.join([_("{n} read").format(n=f"{counts.read:,}"), *said])


def affected(found: Winners) -> Fraction:
    """How many lines the accounts stand for whose bill changes."""
    return sum((share.lines for share in found.classes if share.name != "unchanged"), Fraction(0))


def _nothing(draft: Draft, part: Part) -> Iterator[str]:
    """What is to be said of a part in which nothing changes."""
    _ = draft.words.gettext
    reference = draft.reference(part)
    if not part.total.calls:
        yield _("{reference}: no call was rated, so there is nothing to compare.").format(reference=reference)
        yield _("The records: {outcomes}.").format(outcomes=outcomes(draft, part))
    elif not any(moves(part, view) for view in part.others):
        yield _("{reference}: no call costs anything else than before.").format(reference=reference)


def _sentences(draft: Draft, line: _Line) -> Iterator[str]:
    part, view = line.part, line.view
    yield _sentence(draft, line, part.total, part.winners.get(view), "")
    for other in part.otherwise:
        if any(item.name == other.parameter for item in part.priced.assumed[view]):
            label = draft.naming.assumed(other.parameter, other.value)
            yield _sentence(draft, line, other.total, other.winners.get(view), label)


def _sentence(draft: Draft, line: _Line, total: Total, found: Winners | None, assumed: str) -> str:
    """Calls one by one, then bills, then money; the numbers are those of the tables."""
    _ = draft.words.gettext
    words, part, view = draft.words, line.part, line.view
    share = total.dearer_share(view)
    worst = total.worst[view]
    if not assumed:
        mine = {item.name: item.value for item in part.priced.assumed[view]}
        known = dict.fromkeys(other.parameter for other in part.otherwise if other.parameter in mine)
        assumed = words.join([draft.naming.assumed(name, mine[name]) for name in known])
    reference, others = draft.reference(part), [draft.naming.day(other.day) for other in line.parts[1:]]
    if others:
        reference = _("{reference}, likewise as of {days}").format(reference=reference, days=words.join(others))
    head = words.join([reference, words.aside(draft.naming.view(part.priced.views[view]), assumed)])
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


def _share(found: Winners, names: frozenset[str]) -> Fraction:
    return sum((item.share or Fraction(0) for item in found.classes if item.name in names), Fraction(0))


def _percent(share: Fraction | None) -> str:
    return "–" if share is None else number(share, _PERCENT)


def _change_percent(share: Fraction | None) -> str:
    return "–" if share is None else number(share, Column("", "", "percent-change"))
