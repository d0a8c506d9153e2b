"""Sections on what was asked beside the comparison: goals, rows of prices, which assumption matters, later phases."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.compare.comparison import Part
from tariffs.compare.explore import Explored, Moved, Reached
from tariffs.compare.report import charts
from tariffs.compare.report.document import Chart, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.tables import Column, Table, Value


def questions(draft: Draft, explored: Explored | None) -> Iterator[Section]:
    """The sections for which there is something to say."""
    if explored is None:
        return
    parts = draft.comparison.parts
    _ = draft.words.gettext
    goals = tuple(_goals(draft, parts[n], found) for n, found in explored.goals.items() if found)
    if goals:
        text = _("One price is sought on a grid of 0.01 yuan; all else is fixed.")
        yield Section("goals", _("Goal seek"), (text,), (), goals)
    sweeps = tuple(_sweep(draft, parts[n], explored) for n, found in explored.sweeps.items() if found)
    if sweeps:
        yield Section("sweep", _("What each price would do"), (), (), sweeps)
    moved = [(parts[n], found) for n, found in explored.moved.items() if any(item.changes for item in found)]
    if moved:
        text = _(
            "One assumption at a time: prices a half less and a half more unless told otherwise, every other choice."
        )
        drawn = tuple(_tornado(draft, part, found) for part, found in moved)
        tables = tuple(_moved(draft, part, found) for part, found in moved)
        yield Section("sensitivity", _("Which assumption moves the result most"), (text,), drawn, tables)
    if explored.slipped:
        yield Section("slip", _("If a phase comes later"), (), (), (_slipped(draft, explored),))


def _name(draft: Draft, part: Part, view: int) -> str:
    return draft.naming.view(part.priced.views[view])


def _goals(draft: Draft, part: Part, found: tuple[Reached, ...]) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")), Column("parameter", _("price sought")), Column("goal", _("goal")),
        Column("answer", _("answer")), Column("values", _("prices beside it: revenue over the base's")),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for item in found:
        wanted = item.goal
        if wanted.worse is None:
            said = _("revenue as under the base")
        else:
            said = _("at most {share} of accounts worse off").format(share=f"{float(wanted.worse) * 100:g}%")
        values = "" if item.neutral is None else draft.words.join([
            f"{step / 100:.2f}: {float(value):+,.2f}" for step, value in item.neutral.neighbours
        ])  # fmt: skip
        rows.append((_name(draft, part, item.view), draft.naming.parameter(wanted.parameter), said,
                     _answer(draft, item), values))  # fmt: skip
    return draft.table(part, "goals", _("Goal seek"), columns, rows)


def _answer(draft: Draft, item: Reached) -> str:
    _ = draft.words.gettext
    if not item.found:
        return _("no such price")
    if item.neutral is not None and item.neutral.exact is not None:
        exact = item.neutral.exact
        return _("{price} yuan").format(price=f"{float(exact):.6f}".rstrip("0"))
    if item.price is not None:
        said = _("up to {price} yuan").format(price=f"{item.price:.2f}")
        spans = draft.words.join([f"{a:.2f}–{b:.2f}" for a, b in item.intervals])
        return draft.words.aside(said, spans if len(item.intervals) > 1 else "")
    return draft.words.join([f"{a:.2f}–{b:.2f}" for a, b in item.intervals]) or _("between the prices beside")


def _sweep(draft: Draft, part: Part, explored: Explored) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("parameter", _("parameter")), Column("value", _("value")), Column("scenario", _("scenario")),
        Column("charges", _("charges, yuan"), "yuan"), Column("change", _("change"), "yuan-change"),
        Column("dearer", _("calls that cost more"), "percent"), Column("worse", _("accounts worse off"), "percent"),
    ]  # fmt: skip
    place = draft.comparison.parts.index(part)
    rows: list[tuple[Value, ...]] = [
        (draft.naming.parameter(step.parameter), draft.naming.value(step.parameter, step.value),
         _name(draft, part, view), step.total.charges[view], step.total.change(view),
         step.total.dearer_share(view), step.worse.get(view))
        for step in explored.sweeps[place]
        for view in draft.moving(part)
    ]  # fmt: skip
    return draft.table(part, "sweep", _("What each price would do"), columns, rows)


def _tornado(draft: Draft, part: Part, found: tuple[Moved, ...]) -> Chart:
    _ = draft.words.gettext
    view = draft.moving(part)[0]
    mine = [item for item in found if item.view == view and item.changes]
    rows = [
        (
            draft.naming.assumed(item.parameter, value),
            draft.naming.short(part.priced.views[view]),
            float(change),
        )
        for item in mine
        for value, change in item.changes.items()
    ]
    title = draft.words.join([_("Which assumption moves the result most"), _name(draft, part, view),
                              draft.reference(part)])  # fmt: skip
    alt = _("Yuan by which the change of charges moves; the figures are in the table below.")
    return charts.bars(f"sensitivity-{draft.comparison.parts.index(part)}", title, alt, rows, _("yuan"))


def _moved(draft: Draft, part: Part, found: tuple[Moved, ...]) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")), Column("parameter", _("parameter")), Column("value", _("value tried")),
        Column("moves", _("moves the change of charges by, yuan"), "yuan-change"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for item in (item for item in found if item.view in draft.moving(part)):
        name = draft.naming.parameter(item.parameter)
        tried = [*item.changes.items(), *((value, None) for value in item.unanswered)]
        rows += [
            (_name(draft, part, item.view), name, draft.naming.value(item.parameter, value), change)
            for value, change in tried
        ]
    notes = []
    if any(item.unanswered for item in found):
        notes.append(_("A dash: the calls would have to be read again; run the comparison with --assume."))
    return draft.table(part, "sensitivity", _("Which assumption moves the result most"), columns, rows, notes=notes)


def _slipped(draft: Draft, explored: Explored) -> Table:
    _ = draft.words.gettext
    part = draft.comparison.parts[0]
    columns = [
        Column("phase", _("phase")), Column("months", _("months later"), "count"), Column("from", _("planned"), "date"),
        Column("until", _("then"), "date"), Column("scenario", _("scenario")),
        Column("change", _("change of charges, yuan"), "yuan-change"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (draft.naming.phase(item.scenario, item.phase), item.months, *item.days, _name(draft, part, view),
         item.later.charges[view] - item.planned.charges[view])
        for item in explored.slipped
        for view in part.others
    ]  # fmt: skip
    notes = [_("Only calls of the days between can cost something else.")]
    return draft.table(part, "slip", _("If a phase comes later"), columns, rows, notes=notes)
