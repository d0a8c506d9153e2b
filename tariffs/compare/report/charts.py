"""Charts, drawn to SVG without a browser: they need no script and no network, print, and keep their text as text.

What is drawn is rounded for the eye; every figure stands exactly in a table beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tariffs.compare.report.document import Chart

FONTS: Final = (
    "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Zen Hei', sans-serif"
)
COLOURS: Final = ("#0b5394", "#b45f06", "#38761d", "#741b47", "#666666", "#1b7f79", "#8a6d00", "#434343")
"""Told apart by people who see red and green alike, and in grey print by their dashes."""

DASHES: Final = ((1, 0), (6, 3), (2, 2), (8, 2, 2, 2), (4, 4), (10, 4), (1, 3), (12, 2))
WIDTH: Final = 620


_LABELS: Final = {"labelLimit": 240, "labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 13}
_FOLD: Final = 28
"""Half-width characters of a label, from which on it takes another line."""


def folded(text: str) -> str:
    """A long label in lines: broken at spaces, or between Chinese characters."""
    lines, line, width = [], "", 0
    for word in re.findall(r"[（“]?(?:[\x21-\u2e7f]+ ?|[^\x21-\u2e7f])", text):
        wide = sum(2 if character > "\u2e7f" else 1 for character in word)
        if line and width + wide > _FOLD and word not in _CLOSING:
            lines.append(line.rstrip())
            line, width = "", 0
        line, width = line + word, width + wide
    return "\n".join([*lines, line.rstrip()])


_CLOSING: Final = "，。、：；）”"
"""What no line begins with."""


def drawn(key: str, title: str, alt: str, chart: Any) -> Chart:
    """An Altair chart as one of the report."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(_dressed(chart).to_dict())
    return Chart(key, title, alt, svg)


def _dressed(chart: Any) -> Any:
    return (
        chart.configure(font=FONTS, background="white")
        .configure_axis(labelFontSize=12, titleFontSize=12, grid=True, gridColor="#dddddd")
        .configure_legend(labelFontSize=12, titleFontSize=12, orient="bottom", columns=1, labelLimit=600, title=None)
        .configure_view(stroke="#999999")
    )


def curves(
    key: str, title: str, alt: str, seconds: Sequence[int], charges: Mapping[str, Sequence[float]],
    axes: tuple[str, str], crossings: Sequence[tuple[int, float]] = (),
) -> Chart:  # fmt: skip
    """Charge against seconds, a stepped line a view, with points where they cross. `axes`: titles of x and y."""
    import altair as alt_

    data = [
        {"seconds": s, "charge": c, "view": view}
        for view, values in charges.items()
        for s, c in zip(seconds, values, strict=True)
    ]
    names = list(charges)
    lines = (
        alt_.Chart(alt_.InlineData(values=data))
        .mark_line(interpolate="step-before", strokeWidth=2)
        .encode(
            x=alt_.X("seconds:Q", title=axes[0]),
            y=alt_.Y("charge:Q", title=axes[1]),
            color=alt_.Color("view:N", scale=alt_.Scale(domain=names, range=list(COLOURS[: len(names)])), sort=names),
            strokeDash=alt_.StrokeDash(
                "view:N", scale=alt_.Scale(domain=names, range=[list(d) for d in DASHES[: len(names)]]), sort=names
            ),
        )
    )
    points = (
        alt_.Chart(alt_.InlineData(values=[{"seconds": s, "charge": c} for s, c in crossings]))
        .mark_point(filled=True, size=50, color="#000000")
        .encode(x="seconds:Q", y="charge:Q")
    )
    return drawn(key, title, alt, alt_.layer(lines, points).properties(width=WIDTH, height=300))


def bars(
    key: str, title: str, alt: str, rows: Sequence[tuple[str, str, float]], axis: str, *, stacked: bool = False,
    colours: Sequence[str] = COLOURS,
) -> Chart:  # fmt: skip
    """Horizontal bars: (row, part, value). `stacked`: the parts of a row stand end to end, else below one another.

    `colours`: of the parts, in their order.
    """
    import altair as alt_

    rows = [(folded(name), part, value) for name, part, value in rows]
    names = list(dict.fromkeys(name for name, _, _ in rows))
    parts = list(dict.fromkeys(part for _, part, _ in rows))
    data = [{"name": name, "part": part, "value": value, "order": parts.index(part)} for name, part, value in rows]
    chart = (
        alt_.Chart(alt_.InlineData(values=data))
        .mark_bar(stroke="white")
        .encode(
            y=alt_.Y("name:N", sort=names, title=None, axis=_LABELS),
            x=alt_.X("value:Q", title=axis, stack="zero" if stacked else None),
            color=alt_.Color("part:N", scale=alt_.Scale(domain=parts, range=list(colours[: len(parts)])), sort=parts),
            order="order:Q",
        )
    )
    if not stacked and len(parts) > 1:
        chart = chart.encode(yOffset=alt_.YOffset("part:N", sort=parts))
    thick = 26 if len(parts) == 1 or stacked else 10 * len(parts) + 8
    return drawn(key, title, alt, chart.properties(width=WIDTH - 180, height=thick * len(names)))


def timeline(key: str, title: str, alt: str, rows: Sequence[tuple[str, str, str, str]], axis: str) -> Chart:
    """Spans of dates: (scenario, phase, from, until) with ISO dates."""
    import altair as alt_

    rows = [(folded(name), phase, since, until) for name, phase, since, until in rows]
    names = list(dict.fromkeys(name for name, _, _, _ in rows))
    phases = list(dict.fromkeys(phase for _, phase, _, _ in rows))
    colours = [COLOURS[i % len(COLOURS)] for i in range(len(phases))]
    data = [{"name": n, "phase": p, "from": since, "until": until} for n, p, since, until in rows]
    chart = (
        alt_.Chart(alt_.InlineData(values=data))
        .mark_bar(height=16, stroke="white")
        .encode(
            y=alt_.Y("name:N", sort=names, title=None, axis=_LABELS),
            x=alt_.X("from:T", title=axis, axis=alt_.Axis(format="%Y-%m")),
            x2="until:T",
            color=alt_.Color("phase:N", scale=alt_.Scale(domain=phases, range=colours), sort=phases),
        )
    )
    return drawn(key, title, alt, chart.properties(width=WIDTH - 180))
