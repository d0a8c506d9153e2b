"""The section on what was computed where the accounts are: winners and losers that came with shareable cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tariffs.compare.handover import Told
from tariffs.compare.measures.winners import CLASSES
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.people import BY, CLASS, NO_PERSON, PATTERN, pattern_columns, pattern_rows
from tariffs.compare.tables import Column, Table, Value


@dataclass(frozen=True)
class _Line:
    """What was told of a scenario, and all days as of which the same was told."""

    item: Told
    days: tuple[dt.date | None, ...]


def _lines(told: Sequence[Told]) -> list[_Line]:
    found: list[_Line] = []
    for item in told:
        at = next((n for n, line in enumerate(found) if replace(line.item, day=item.day) == item), None)
        if at is None:
            found.append(_Line(item, (item.day,)))
        else:
            found[at] = _Line(found[at].item, tuple(dict.fromkeys((*found[at].days, item.day))))
    return found


def handed(draft: Draft) -> Section | None:
    """None where the calls are not cells that were handed on, or had nothing to say of people."""
    _ = draft.words.gettext
    cells, question = draft.comparison.cells, draft.comparison.question
    every = [Told.of(said) for said in cells.tables]
    mine = [item for item in every if item.scenario in question.scenarios and item.base == question.base]
    asked = {part.day for part in draft.comparison.parts}
    told = _lines([item for item in mine if item.day in asked] or mine)
    if cells.lost is None or not told:
        return None
    text = [
        _("These figures were computed where the accounts are, when the cells were made, and came with them; another "
          "price does not change them. Nothing stands here that fewer than {k} accounts share.").format(
              k=cells.lost["k"])
    ]  # fmt: skip
    if not told[0].item.listed:
        text.append(_("Without an account list the unit is the charged number, and bills are call charges only."))
    tables = [_classes(draft, told), *_by(draft, told), *_losers(draft, told)]
    return Section("handed", _("Winners and losers, computed before the cells were handed on"), tuple(text), (),
                   tuple(tables))  # fmt: skip


def _table(draft: Draft, key: str, title: str, columns: list[Column], rows: list[tuple[Value, ...]],
           told: list[_Line], note: str) -> Table:  # fmt: skip
    """A table whose notes name the values that were assumed."""
    _ = draft.words.gettext
    used: dict[str, str] = {name: value for line in told for name, value in line.item.assumed.items()}
    said = draft.words.join([draft.naming.assumed(name, value) for name, value in used.items()])
    notes = (note, *((draft.words.colon(_("assumed values"), said),) if used else ()))
    part = draft.comparison.parts[0]
    return Table(
        f"handed-{key}", title, tuple(columns), tuple(rows), period=draft.calls_of(part), notes=notes,
        assumptions=tuple(used), synthetic=part.priced.synthetic,
    )  # fmt: skip


def _heads(draft: Draft) -> list[Column]:
    _ = draft.words.gettext
    return [Column("scenario", _("scenario")), Column("rules", _("rules"))]


def _head(draft: Draft, line: _Line) -> list[Value]:
    days = draft.words.join([draft.naming.day(day) for day in sorted(line.days, key=lambda day: day or dt.date.min)])
    return [draft.naming.held(line.item.scenario, line.item.holding), days]


def _classes(draft: Draft, told: list[_Line]) -> Table:
    _ = draft.words.gettext
    columns = _heads(draft)
    for name in CLASSES:
        columns += [Column(name, _(CLASS[name]), "count"), Column(f"{name}.yuan", _("yuan"), "yuan-change")]
    rows: list[tuple[Value, ...]] = []
    for line in told:
        row = _head(draft, line)
        for name in CLASSES:
            said = line.item.classes[name]
            row += [None, None] if said is None else [said["accounts"], Decimal(said["yuan"])]
        rows.append(tuple(row))
    note = _("A dash: too few accounts, or so few could be worked out from it.")
    return _table(draft, "classes", _("Winners and losers"), columns, rows, told, note)


def _by(draft: Draft, told: list[_Line]) -> Iterator[Table]:
    _ = draft.words.gettext
    for key, title in BY.items():
        columns = [*_heads(draft), Column("group", _("group"))]
        columns += [Column(name, _(CLASS[name]), "count") for name in CLASSES]
        rows: list[tuple[Value, ...]] = [
            (*_head(draft, line), draft.naming.group(key, (name or None,)), *(counts[each] for each in CLASSES))
            for line in told
            for name, counts in line.item.by.get(key, {}).items()
        ]
        if rows:
            note = _("A dash: too few accounts, or so few could be worked out from it.")
            yield _table(draft, f"by-{key}", _(title), columns, rows, told, note)


def _losers(draft: Draft, told: list[_Line]) -> Iterator[Table]:
    _ = draft.words.gettext
    columns = [*_heads(draft), *pattern_columns(draft)]
    rows: list[tuple[Value, ...]] = [
        (*_head(draft, line), *row) for line in told for row in pattern_rows(draft, line.item.losers)
    ]
    if rows:
        yield _table(draft, "losers", _(PATTERN), columns, rows, told, _(NO_PERSON))
