"""The report as one page: it holds its own style and drawings, asks no network for anything, and prints on A4."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tariffs.compare.report.document import Chart, Report
from tariffs.compare.tables import Table

_HERE = Path(__file__).parent


def html(report: Report) -> str:
    """The page as text."""
    return str(_template().render(report=report.numbered(), heading=_heading))


@cache
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )
    return environment.get_template("report.html.jinja")


def _heading(label: str, item: Table | Chart) -> str:
    """`Table 3: …`; the label says where the number and the title go."""
    return label.format(number=item.number, title=item.title)
