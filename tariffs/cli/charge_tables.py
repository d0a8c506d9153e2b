"""The table of charges that closes a run: by relation and service, under views that are compared with one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tariffs.cdr.totals import Sum, Tally
from tariffs.cli.plain import signed, thousands
from tariffs.language import Words
from tariffs.rulebook.places import RELATIONS
from tariffs.terms import RELATION, service

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

_ORDER: dict[str, int] = {name: number for number, name in enumerate(RELATIONS)}


@dataclass(frozen=True)
class ChargeTable:
    """Sums under some views, side by side where the screen is wide enough, below one another where not.

    `heading`: what the views have in common. `titles`, `idle`, `tallies`: of each view its label, why its scenario
    changes nothing then (empty: it does), and its sums. The first view is what the others are compared with.
    """

    words: Words
    heading: str
    titles: tuple[str, ...]
    idle: tuple[str, ...]
    tallies: tuple[Tally, ...]

    def rows(self) -> Iterator[tuple[str, list[Sum]]]:
        """Relation and service with the sums of each view; the total of all comes last."""
        _ = self.words.gettext
        found: dict[tuple[str, str], list[Sum]] = defaultdict(lambda: [Sum() for _ in self.tallies])
        for number, tally in enumerate(self.tallies):
            for (relation, kind), part in tally.sums.items():
                _add(found[relation, _any_code(kind)][number], part)
        for relation, kind in sorted(found, key=lambda key: (_ORDER.get(key[0], len(_ORDER)), key[1])):
            place = _(RELATION[relation]) if relation in RELATION else relation
            yield self.words.join([place, service(self.words, kind)]), found[relation, kind]
        yield _("total"), [tally.total for tally in self.tallies]

    def difference(self, number: int, sums: list[Sum]) -> str:
        """Yuan more or less than the first view; in words where nothing is in force, since 0.00 would mislead."""
        if number == 0:
            return ""
        return self.idle[number] or signed(yuan(sums[number].charge - sums[0].charge))

    def totals(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Of each view its title, calls, minutes, yuan, and difference, all as text."""
        sums = [tally.total for tally in self.tallies]
        for number, total in enumerate(sums):
            minutes = thousands(Decimal(sum(apportioned([total.duration]))).scaleb(-2))
            amount = thousands(yuan(total.charge))
            yield self.titles[number], f"{total.calls:,}", minutes, amount, self.difference(number, sums)

    def counted(self) -> Iterator[tuple[tuple[str, str, str], list[Sum]]]:
        """Each row with its name, calls and minutes as text."""
        rows = list(self.rows())
        lengths = apportioned([sums[0].duration for _name, sums in rows[:-1]])
        for (name, sums), length in zip(rows, [*lengths, sum(lengths)], strict=True):
            yield (name, f"{sums[0].calls:,}", thousands(Decimal(length).scaleb(-2))), sums

    def wide(self) -> Table:
        """Views side by side."""
        _ = self.words.gettext
        heads = [head for title in self.titles[1:] for head in (title, _("difference"))]
        table = plain_table(_("yuan"), _("calls"), _("minutes"), self.titles[0], *heads)
        table.title = self.heading or None
        for cells, sums in self.counted():
            amounts = [thousands(yuan(sums[0].charge))]
            for number in range(1, len(sums)):
                amounts += [thousands(yuan(sums[number].charge)), self.difference(number, sums)]
            table.add_row(*cells, *amounts)
        return table

    def narrow(self) -> Table:
        """Views below one another; above the total, only those that differ from the first."""
        _ = self.words.gettext
        table = plain_table("", _("calls"), _("minutes"), _("yuan"), _("difference"))
        table.title = self.heading or None
        table.caption = _("Above the total, a view that is not listed costs the same as the first.")
        *rows, total = self.counted()
        for cells, sums in rows:
            table.add_row(*cells, thousands(yuan(sums[0].charge)), "")
            for number in (n for n, part in enumerate(sums) if part.charge != sums[0].charge):
                self._add_view(table, number, sums)
        table.add_section()
        table.add_row(*total[0], "", "")
        for number in range(len(self.titles)):
            self._add_view(table, number, total[1])
        return table

    def _add_view(self, table: Table, number: int, sums: list[Sum]) -> None:
        amount = thousands(yuan(sums[number].charge))
        table.add_row(f"  {self.titles[number]}", "", "", amount, self.difference(number, sums))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.measure import Measurement

        wide = self.wide()
        fits = Measurement.get(console, options.update(max_width=1000), wide).maximum <= options.max_width
        yield wide if fits else self.narrow()


def totals_table(words: Words, tables: Sequence[ChargeTable]) -> Table:
    """What all calls cost under every view: those of one reference date below its heading."""
    _ = words.gettext
    table = plain_table(_("all calls"), _("calls"), _("minutes"), _("yuan"), _("difference"))
    for part in tables:
        if part.heading:
            table.add_row(part.heading)
        for title, *numbers in part.totals():
            table.add_row(f"  {title}" if part.heading else title, *numbers)
    return table


def plain_table(name: str, *numbers: str) -> Table:
    """A table of one column of text and some of numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title_justify="left", caption_justify="left")
    table.add_column(name, overflow="fold")
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _any_code(kind: str) -> str:
    """A service; of calls dialled with an access code, whichever it was."""
    line, ip, _code = kind.partition("-ip-")
    return f"{line}-ip" if ip else kind


def _add(total: Sum, part: Sum) -> None:
    total.calls += part.calls
    total.duration += part.duration
    total.charge += part.charge


def yuan(micro: int) -> Decimal:
    """Micro-yuan as yuan with two decimals, or as many as they need."""
    amount = Decimal(micro).scaleb(-6)
    return amount.quantize(Decimal("0.01")) if micro % 10_000 == 0 else amount.normalize()


def apportioned(durations: list[int]) -> list[int]:
    """Microseconds as hundredths of a minute, rounded so that they add up to the rounded sum (largest rests go up)."""
    unit = 600_000
    whole = [duration // unit for duration in durations]
    missing = (2 * sum(durations) + unit) // (2 * unit) - sum(whole)
    by_rest = sorted(range(len(durations)), key=lambda i: durations[i] % unit, reverse=True)
    for i in by_rest[:missing]:
        whole[i] += 1
    return whole
