"""A comparison as a report: which sections it has, and what stands on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tariffs.compare.comparison import Comparison
from tariffs.compare.explore import Explored
from tariffs.compare.report import cities, money, people, rules
from tariffs.compare.report.dearer import dearer
from tariffs.compare.report.document import Report, Section
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.handed import handed
from tariffs.compare.report.questions import questions
from tariffs.compare.report.recoding import recoding
from tariffs.compare.report.summary import summary
from tariffs.language import Words


def report(
    comparison: Comparison, words: Words, again: Sequence[tuple[str, str]] = (), explored: Explored | None = None,
    *, proofs: bool = False,
) -> Report:  # fmt: skip
    """The report of a comparison in one language. `again`: what makes it again, label and value; `explored`: what was
    asked beside; `proofs`: with the calls that become dearer by the rules."""
    draft = Draft(comparison, words)
    sections = (
        summary(draft),
        people.people(draft),
        handed(draft),
        people.add_ons(draft),
        cities.cities(draft),
        rules.phases(draft),
        recoding(draft),
        rules.curves(draft),
        *questions(draft, explored),
        *((dearer(draft),) if proofs else ()),
        money.charges(draft),
        money.revenue(draft),
        money.demand(draft),
        rules.assumptions(draft),
        rules.coverage(draft),
    )
    return framed(draft, [section for section in sections if section is not None], again)


def framed(draft: Draft, sections: Sequence[Section], again: Sequence[tuple[str, str]] = ()) -> Report:
    """Sections with what stands on every page."""
    words, _ = draft.words, draft.words.gettext
    scenarios = [draft.naming.scenario(s) for s in draft.comparison.question.scenarios]
    return Report(
        title=words.colon(_("Estimate"), words.join(scenarios)),
        language=words.language,
        facts=tuple(_facts(draft)),
        banners=tuple(_banners(draft)),
        sections=tuple(sections),
        again=tuple(again),
        labels={
            "contents": _("Contents"), "again": _("Make this again"),
            "table": _("Table {number}: {title}"), "figure": _("Figure {number}: {title}"),
            "synthetic": _("Synthetic data: these calls were generated and nobody made them."),
        },
    )  # fmt: skip


def _banners(draft: Draft) -> list[str]:
    _ = draft.words.gettext
    said = [_("An estimate at list prices, not an approved price.")]
    if draft.comparison.cells.synthetic:
        said.insert(0, _("Synthetic data: these calls were generated and nobody made them."))
    lost = draft.comparison.cells.lost
    if lost is not None:
        said.append(_handed_on(lost, draft.comparison.question.base, draft.words))
    scenarios = draft.comparison.book.scenarios
    members = [m for s in draft.comparison.question.scenarios for m in s.split("+")]
    if any(scenarios[name].illustrative for name in members):
        said.append(_("Some scenario is an illustration that no source proposes."))
    return said


def _handed_on(lost: Mapping[str, Any], base: str, words: Words) -> str:
    """What cells that were made to be handed on leave out."""
    levels, whole = lost["levels"], max(1, lost["records"])
    rough = sum(said["records"] for said in levels.values() if "yuan-as-priced" in said)
    gone, rounded = (f"{part * 100 / whole:.1f}%" for part in (levels["suppressed"]["records"], rough))
    label = base if base in levels["suppressed"]["yuan"] else next(iter(levels["suppressed"]["yuan"]))
    every = sum(Decimal(said["yuan"][label]) for said in levels.values())
    money = f"{Decimal(levels['suppressed']['yuan'][label]) * 100 / every:.1f}%" if every else "0.0%"
    text = words.gettext(
        "Made from shareable cells of at least {k} records: {gone} of the records, with {money} of the charges under "
        "{base}, are suppressed, and the lengths of {rough} are rounded. All figures are of what is left, and smaller "
        "than those of all calls."
    )
    return text.format(k=lost["k"], gone=gone, money=money, base=label, rough=rounded)


def _facts(draft: Draft) -> list[tuple[str, str]]:
    _ = draft.words.gettext
    comparison, words = draft.comparison, draft.words
    first = comparison.parts[0]
    counts = first.priced.counts
    calls = _("{rated} rated of {read} records").format(rated=f"{counts.rated:,}", read=f"{counts.read:,}")
    if (lost := comparison.cells.lost) is not None:
        calls = _("{rated} in shareable cells, of {all} with a charge among {read} records").format(
            rated=f"{counts.rated:,}", all=f"{lost['records']:,}", read=f"{lost['read']:,}"
        )
    return [
        (_("compared"), words.join([draft.naming.scenario(s) for s in comparison.question.scenarios])),
        (_("with"), draft.naming.scenario(comparison.question.base)),
        (_("calls"), words.join([draft.calls_of(first), calls])),
        (_("rules"), words.text(comparison.book.rulebook.name)),
        (_("reference dates"), words.join([draft.reference(part) for part in comparison.parts])),
    ]
