"""What the page shows at once: for each scenario what changes and for whom, and prices between cities before and after.

It works out no measure but these; the other tables and the charts take longer and come when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from tariffs.compare.comparison import Comparison, Part
from tariffs.compare.measures.winners import Winners
from tariffs.compare.report import cities
from tariffs.compare.report.document import Report, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.sections import framed
from tariffs.compare.report.summary import summary
from tariffs.compare.tables import NOT_KNOWN, Column, Kind, Value, text
from tariffs.language import Words

_BETTER, _WORSE = ("better", "much-better"), ("worse", "much-worse", "newly-charged")


@dataclass(frozen=True)
class Figure:
    """A number in large letters. `aside`: what goes with it; `rises`: money goes up (None: it is no matter of that)."""

    label: str
    value: str
    aside: str = ""
    rises: bool | None = None


@dataclass(frozen=True)
class Bar:
    """Whose bills fall, stay and rise: shares as shown, and as per cent of the bar's width."""

    said: str
    parts: tuple[tuple[str, str, str, float], ...]


@dataclass(frozen=True)
class Card:
    """One scenario at one set of values. `assumed`: the value on which sources differ, and nobody has chosen one."""

    title: str
    assumed: str
    figures: tuple[Figure, ...]
    bar: Bar | None


@dataclass(frozen=True)
class Headline:
    """`report`: the sentences and the price matrices, with what stands on every page. `rests_on`: assumed values."""

    cards: tuple[Card, ...]
    reference: str
    calls: str
    rests_on: str
    report: Report


def headline(comparison: Comparison, words: Words) -> Headline:
    """What is shown first of a comparison with one reference."""
    draft, (part,) = Draft(comparison, words), comparison.parts
    _ = words.gettext
    sections = [Section("in-words", _("In words"), summary(draft).closing)]
    if part.basket is not None:
        said = _("What one fixed-line call of the common basket costs from a city (row) to a city (column).")
        sections.append(Section("prices", _("Prices between cities"), (said,), (), tuple(cities.matrices(draft, part))))
    made = framed(draft, sections)
    return Headline(
        cards=tuple(_cards(draft, part)) if part.total.calls else (),
        reference=draft.reference(part),
        calls=dict(made.facts)[_("calls")],
        rests_on=draft.assumed(part) if draft.assumptions(part) else "",
        report=replace(made, labels=made.labels | {"table": "{title}"}),
    )


def _cards(draft: Draft, part: Part) -> Iterator[Card]:
    """A card for each scenario; where sources differ on an assumption that it rests on, a card for each value."""
    for view in part.others:
        mine = {item.name: item.value for item in part.priced.assumed[view]}
        others = [other for other in part.otherwise if other.parameter in mine]
        names = dict.fromkeys(other.parameter for other in others)
        held = draft.words.join([f"{draft.naming.parameter(name)} {mine[name]}" for name in names])
        yield _card(draft, part, view, held)
        for other in others:
            yield _card(draft, other.part, view, f"{draft.naming.parameter(other.parameter)} {other.value}")


def _card(draft: Draft, part: Part, view: int, assumed: str) -> Card:
    _ = draft.words.gettext
    total, gaps = part.total, {gap.view: gap.spread for gap in part.gaps}
    change, worst = total.change(view), total.worst[view]
    figures = [
        Figure(_("change of charges, yuan"), _shown(change, "yuan-change"),
               _shown(total.relative(view), "percent-change"), change > 0 if change else None),
        Figure(_("calls that cost more"), _shown(total.dearer_share(view), "percent"),
               _("at most {yuan} yuan").format(yuan=_shown(worst, "yuan")) if worst is not None else ""),
    ]  # fmt: skip
    if view in gaps:
        before = _("before: {yuan}").format(yuan=_shown(gaps[part.priced.base], "yuan", 2))
        figures.append(Figure(_("gap between cities, yuan per 100 calls"), _shown(gaps[view], "yuan", 2), before))
    title = draft.naming.view(part.priced.views[view])
    return Card(title, assumed, tuple(figures), _bar(draft, part.winners[view]) if view in part.winners else None)


def _bar(draft: Draft, found: Winners) -> Bar:
    _ = draft.words.gettext
    shares = {
        "fall": _share(found, _BETTER), "same": _share(found, ("unchanged",)), "rise": _share(found, _WORSE),
    }  # fmt: skip
    said = {"fall": _("bills fall"), "same": _("unchanged"), "rise": _("bills rise")}
    parts = tuple((key, said[key], _shown(share, "percent"), float(share) * 100) for key, share in shares.items())
    units = _("of {n} accounts") if found.listed else _("of {n} charged numbers, call charges only")
    return Bar(units.format(n=f"{found.accounts:,}"), parts)


def _share(found: Winners, names: tuple[str, ...]) -> Fraction:
    return sum((item.share or Fraction(0) for item in found.classes if item.name in names), Fraction(0))


def _shown(value: Value, kind: Kind, places: int | None = None) -> str:
    return NOT_KNOWN if value is None else text(value, Column("", "", kind, places))
