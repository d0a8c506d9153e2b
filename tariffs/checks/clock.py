"""`clock`: rate periods that leave a second out or cover it twice, or rest on a holiday table that ends too early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tariffs.checks import wording
from tariffs.checks.domain import Days
from tariffs.checks.findings import Finding, text
from tariffs.checks.study import Reached, Study, merged
from tariffs.checks.walking import Leaves
from tariffs.checks.witnesses import witness
from tariffs.rating import kernel as k
from tariffs.rulebook.clock import miscovered

CODE: Final = "clock"
MEANING: Final = text(
    "计费时段遗漏或重复了一天中的某一秒，或所依据的节假日表先于规则结束",
    "Rate periods leave out a second of some day, cover it twice, or rest on holidays that end before the rule.",
)


def examine(study: Study) -> Iterator[Finding]:
    """A finding for each flaw of a scheme of rate periods, and for each tariff that outlives the calendar."""
    for name, scheme in study.book.periods.items():
        for wrong in miscovered(scheme.periods):
            hours = f"{wrong.start // 3600:02}:{wrong.start // 60 % 60:02}:{wrong.start % 60:02}"
            both = ", ".join(wrong.periods)
            message = (
                text(f"{name} 从 {hours} 起同时属于 {both}", f"{name}: from {hours} two periods at once, {both}")
                if wrong.periods
                else text(f"{name} 从 {hours} 起没有时段", f"{name}: from {hours} no period")
            )
            yield Finding(CODE, "error", message, (scheme.at,), subject=(name, *wrong.periods))
    for view in range(len(study.views)):
        yield from _ended(study, view)


def _ended(study: Study, view: int) -> Iterator[Finding]:
    """Tariffs that calls pay on days of which the calendar says nothing."""
    scenario = study.compiled.scenarios[view]
    outlived: dict[str, list[Reached]] = {}
    for name in sorted({n for r in study.reached([view]) for n in study.leaf(r.leaves[0]).pay or ()}):
        tariff = scenario.tariffs[name]
        scheme = tariff.charge.periods
        if scheme is None or not any(period.days for period in study.book.periods[scheme].periods.values()):
            continue
        for reached in study.each_days([view], lambda leaves, name=name: _pays(study, leaves, name)):  # type: ignore[misc]
            if not _known(study, scheme, reached.days):
                outlived.setdefault(name, []).append(reached)
    for name, found in outlived.items():
        days = wording.listed([wording.dates(d) for d in merged([r.days for r in found])])
        item = scenario.tariffs[name]
        at = study.book.calendar.at if study.book.calendar is not None else item.at
        yield Finding(
            CODE, "error",
            text(f"资费 {name} 按节假日区分时段，而节假日表不含：{days.zh}",
                 f"{name} tells holidays apart, and the table of holidays does not know the days {days.en}"),
            (item.at, at), witness(study, view, found[0]), (study.views[view],), (name,),
            {"dates": [[d.isoformat() for d in r.days.dates] for r in found]},
        )  # fmt: skip


def _pays(study: Study, leaves: Leaves, name: str) -> bool:
    return name in (study.leaf(leaves[0]).pay or ())


def _known(study: Study, scheme: str, days: Days) -> bool:
    rows = study.compiled.pricing.periods.day_rows[scheme]
    return rows[days.first - k.FIRST_DAY] >= 0
