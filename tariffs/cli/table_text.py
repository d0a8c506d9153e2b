"""A table of a report on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tariffs.compare.tables import Table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable


def shown(table: Table, label: str) -> RichTable:
    """The table with its title and notes."""
    from rich import box
    from rich.table import Table as RichTable

    made = RichTable(
        title=label.format(number=table.number, title=table.title), caption="\n".join([table.period, *table.notes]),
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title_justify="left", caption_justify="left",
        title_style="bold", caption_style="dim",
    )  # fmt: skip
    rows = list(table.texts())
    for place, column in enumerate(table.columns):
        text = column.kind in ("text", "date")
        widest = max((len(row[place]) for row in rows), default=1)
        made.add_column(
            column.title, justify="left" if text else "right", overflow="fold",
            min_width=min(widest, 24) if text else widest,
        )  # fmt: skip
    for row in rows:
        made.add_row(*row)
    return made


def room(table: RichTable, console: Console) -> int:
    """The columns of a terminal that the table takes: more than there are, where it would lose some of its own."""
    from rich.segment import Segment

    return max(Segment.get_line_length(line) for line in Segment.split_lines(console.render(table)))
