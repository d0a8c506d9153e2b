"""The closing words of a run: what was read, what it costs under each view, and what that rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tariffs.cdr.notes import sentence
from tariffs.cdr.request import RunSummary
from tariffs.cli import explained
from tariffs.cli.charge_tables import ChargeTable, plain_table, totals_table, yuan
from tariffs.cli.failures import without_numbers
from tariffs.cli.in_force import Standing
from tariffs.cli.phrases import said
from tariffs.cli.plain import Plain
from tariffs.language import Words
from tariffs.rating.outcome import NOT_CHARGEABLE, SUSPENSE
from tariffs.rating.rater import Rater
from tariffs.rating.views import View

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

FEW = 10
"""Up to so many inputs are counted one by one on the screen; the manifest counts each one however many there are."""


@dataclass(frozen=True)
class Closing:
    """A finished run, and the language to tell of it."""

    summary: RunSummary
    rater: Rater
    words: Words

    def __post_init__(self) -> None:
        if [view.label for view in self.rater.views] != [tally.label for tally in self.summary.views]:
            raise ValueError("the summary is of another rater")

    def base(self, number: int) -> int | None:
        """The view that a view is compared with: the first of the same reference date; None for that one itself."""
        views = self.rater.views
        found = next(i for i, other in enumerate(views) if other.as_of == views[number].as_of)
        return found if found != number else None

    def idle(self, view: View) -> Standing | None:
        """What is to be said where nothing that the view's scenario changes is in force on the days of the calls."""
        days = self.summary.days
        standing = Standing.of(self.rater, view, *days) if days is not None else None
        return standing if standing is not None and standing.idle else None

    def why_idle(self, view: View) -> str:
        """The same in a few words; empty where something is in force."""
        standing = self.idle(view)
        return standing.reason(self.words) if standing is not None else ""

    def illustrative(self, view: View) -> bool:
        scenarios = self.rater.compiled.book.scenarios
        return any(scenarios[name].illustrative for name in view.scenario.split("+"))

    def title(self, view: View) -> str:
        """A view's scenario and holders, and whether it is there for illustration only."""
        held = view.label[view.label.find("[") :] if view.label.endswith("]") else ""
        label = self.words.gettext("illustrative") if self.illustrative(view) else ""
        return self.words.aside(view.scenario + held, label)

    def heading(self, view: View) -> str:
        """As of when the views of a table are."""
        if view.as_of is None:
            return ""
        day = dt.date.fromordinal(view.as_of)
        said = self.words.gettext("as of {reference}").format(reference=view.reference)
        return self.words.aside(said, day.isoformat() if view.reference != day.isoformat() else "")

    def charges(self) -> Iterator[ChargeTable]:
        """A table for each reference date: its views side by side, the first of them the one to compare with."""
        views = self.rater.views
        for first in (i for i in range(len(views)) if self.base(i) is None):
            members = [first, *(i for i in range(len(views)) if self.base(i) == first)]
            yield ChargeTable(
                self.words,
                self.heading(views[first]),
                tuple(self.title(views[i]) for i in members),
                tuple(self.why_idle(views[i]) for i in members),
                tuple(self.summary.views[i] for i in members),
            )

    def records(self) -> Table:
        """What became of every record: read = rated + not chargeable + suspended + duplicate + merged."""
        _, total = self.words.gettext, self.summary.total
        table = plain_table("", _("records"))
        table.add_row(_("read"), f"{total.read:,}")
        table.add_row(_("rated"), f"{total.rated:,}")
        for name, counter, meanings in (
            (_("not chargeable"), total.not_chargeable, NOT_CHARGEABLE),
            (_("suspended"), total.suspended, SUSPENSE),
        ):
            table.add_row(name, f"{counter.total():,}")
            for code, count in sorted(counter.items()):
                table.add_row(f"  {explained.meaning(self.words, meanings[code])} [{code}]", f"{count:,}")
        table.add_row(_("duplicate"), f"{total.duplicate:,}")
        if total.merged:
            table.add_row(_("pieces merged into another record"), f"{total.merged:,}")
        return table

    def files(self) -> Table:
        _ = self.words.gettext
        table = plain_table("", _("read"), _("rated"), _("not chargeable"), _("suspended"), _("duplicate"))
        for name, counts in self.summary.files.items():
            aside = (counts.not_chargeable.total(), counts.suspended.total(), counts.duplicate)
            table.add_row(without_numbers(name), *(f"{count:,}" for count in (counts.read, counts.rated, *aside)))
        return table

    def remarks(self) -> Iterator[str]:
        """What the figures rest on, a line each."""
        _, words, summary = self.words.gettext, self.words, self.summary
        if summary.synthetic:
            yield _("Synthetic data: these calls were made up.")
        yield words.colon(_("duplicates"), sentence(summary.looked_for, words))
        idle = (standing.note(words) for view in self.rater.views if (standing := self.idle(view)) is not None)
        yield from dict.fromkeys(idle)
        book = self.rater.compiled.book
        if book.numbering.segments is not None:
            yield words.colon(_("table of mobile numbers"), said(words, book.numbering.segments.vintage))
        plain = Plain(book, words)
        for assumed in summary.assumed:
            yield explained.assumption(plain, assumed)
        yield from (note.said(words) for note in summary.remarks)
        files = ((_("rated file"), summary.output), (_("suspended records"), summary.suspense))
        for name, path in (*files, (_("manifest"), summary.manifest)):
            if path is not None:
                yield words.colon(name, without_numbers(path))

    def shown(self) -> Iterator[RenderableType]:
        """What the terminal shows, from top to bottom."""
        if self.summary.total.rated:
            tables = list(self.charges())
            if len(self.rater.views) > 1:
                yield totals_table(self.words, tables)
            yield from tables
        if 1 < len(self.summary.files) <= FEW:
            yield self.files()
        yield self.records()
        yield "\n".join(self.remarks())

    def document(self) -> dict[str, Any]:
        """The same for machines: the summary of the manifest, differences, and assumptions with reason and source."""
        document = self.summary.as_json()
        totals = [tally.total for tally in self.summary.views]
        for number, (view, shown) in enumerate(zip(self.rater.views, document["views"], strict=True)):
            base = self.base(number)
            shown["base"] = self.rater.views[base].label if base is not None else None
            days = self.summary.days
            shown["phase_in_force"] = Standing.of(self.rater, view, *days).phase_in_force if days else None
            shown["change_in_force"] = self.idle(view) is None
            comparable = base is not None and self.idle(view) is None
            shown["difference"] = f"{yuan(totals[number].charge - totals[base or 0].charge)}" if comparable else None
            shown["illustrative"] = self.illustrative(view)
        document["assumptions"] = [explained.assumption_document(assumed) for assumed in self.summary.assumed]
        return document
