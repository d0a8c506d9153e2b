"""The section on numbers that change: codes withdrawn or merged, the lines in the file, and which tariffs follow."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tariffs.compare.comparison import Part
from tariffs.compare.measures.numbering import Recoded, Renumbered
from tariffs.compare.report.document import Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.people import FEW
from tariffs.compare.tables import Column, Table, Value


def recoding(draft: Draft) -> Section | None:
    """None where no number changes."""
    _ = draft.words.gettext
    parts = [part for part in draft.comparison.parts if part.renumbered]
    if not parts:
        return None
    text = [
        _("An area code that is withdrawn gives its lines another one. The calls of the file keep their own numbers; "
          "what they pay follows from the places that become one local network."),
    ]  # fmt: skip
    if any(item.code.prefix is None and item.code.added != 0 for part in parts for item in part.renumbered):
        text.append(_("Which digits are put in front of a number, the rules do not say where a dash stands."))
    if any(item.code.added == 0 and item.code.prefix is None for part in parts for item in part.renumbered):
        text.append(_("Where no digit is added, two lines can have the same number under one code; such lines need "
                      "another one, and the rules do not say which."))  # fmt: skip
    tables = [table for part in parts for table in (_codes(draft, part), _tariffs(draft, part))]
    return Section("recoding", _("Numbers that change, and the tariffs that follow"), tuple(text), (), tuple(tables))


def _codes(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    listed = part.priced.accounts is not None and part.priced.accounts.listed
    columns = [
        Column("scenario", _("scenario")), Column("place", _("place")), Column("code", _("area code")),
        Column("becomes", _("becomes")), Column("from", _("from"), "date"), Column("digits", _("digits of a number")),
        Column("prefix", _("put in front")),
        Column("payers", _("accounts with such lines") if listed else _("charged numbers that change"), "count"),
        Column("calls_from", _("calls from them"), "count"), Column("calls_to", _("calls to such numbers"), "count"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = [_row(draft, part, item) for item in part.renumbered]
    notes = [_("Lines are those with calls in the file; fewer than {few} are not shown.").format(few=FEW)]
    title = _("Area codes that are withdrawn or merged")
    return draft.table(part, "codes", title, columns, rows, notes=notes, rests_on=False)


def _row(draft: Draft, part: Part, item: Renumbered) -> tuple[Value, ...]:
    code, trunk = item.code, draft.comparison.book.numbering.trunk
    payers = item.payers if item.payers is None or item.payers == 0 or item.payers >= FEW else None
    return (
        draft.naming.view(part.priced.views[item.view]), draft.naming.place(code.place), trunk + code.before,
        trunk + code.after, code.day, _digits(draft, code), code.prefix, payers, item.calls_from, item.calls_to,
    )  # fmt: skip


def _digits(draft: Draft, code: Recoded) -> str:
    """`7 → 8`, and how many are added."""
    _ = draft.words.gettext
    before, after = ("/".join(map(str, lengths)) for lengths in (code.digits, code.digits_after))
    if code.added is None or code.added < 0:
        return f"{before} → {after}"
    said = _("{n} added").format(n=code.added) if code.added else _("none added")
    return draft.words.aside(f"{before} → {after}", said)


def _tariffs(draft: Draft, part: Part) -> Table:
    _ = draft.words.gettext
    columns = [
        Column("scenario", _("scenario")), Column("code", _("area code")), Column("before", _("tariff before")),
        Column("after", _("tariff after")), Column("calls", _("calls"), "count"),
        Column("base", _("charges before, yuan"), "yuan"), Column("charges", _("charges after, yuan"), "yuan"),
        Column("change", _("change"), "yuan-change"),
    ]  # fmt: skip
    trunk = draft.comparison.book.numbering.trunk
    rows = [
        (draft.naming.view(part.priced.views[item.view]), trunk + item.code.before, *row)
        for item in part.renumbered for row in _paid(draft, item)
    ]  # fmt: skip
    notes = [_("Calls from such lines and to them; one between two withdrawn codes stands under both.")]
    return draft.table(part, "codes-tariffs", _("What their calls pay, before and after"), columns, rows, notes=notes)


def _paid(draft: Draft, item: Renumbered) -> Iterator[tuple[Value, ...]]:
    """A line for each tariff that gives way to another one, then one for all calls that pay as before."""
    _ = draft.words.gettext
    free = _("nothing")
    for paid in item.tariffs:
        if paid.before != paid.after:
            names = (draft.naming.tariffs(paid.before) or free, draft.naming.tariffs(paid.after) or free)
            yield (*names, paid.calls, paid.base, paid.charge, paid.charge - paid.base)
    same = [paid for paid in item.tariffs if paid.before == paid.after]
    if same:
        base, charge = (sum((getattr(paid, name) for paid in same), Decimal(0)) for name in ("base", "charge"))
        yield _("all others"), _("as before"), sum(paid.calls for paid in same), base, charge, charge - base
