"""`clock`: rate periods that leave a second out or cover it twice, or rest on a holiday table that ends too early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

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
        runs = _runs_on(study, study.bundle(view, [name])[0])
        for reached in study.each_days([view], lambda leaves, name=name: _pays(study, leaves, name)):  # type: ignore[misc]
            if not _known(study, scheme, reached.days.first):
                outlived.setdefault(name, []).append(reached)
            elif runs and not _known(study, scheme, reached.days.until):
                last = Days(max(reached.days.until - runs, reached.days.first), reached.days.until)
                outlived.setdefault(name, []).append(reached._replace(days=last))
    last_second, seconds = k.DAY - 1_000_000, study.book.rulebook.longest_call.amount // 1_000_000
    for name, found in outlived.items():
        days = wording.listed([wording.dates(d) for d in merged([r.days for r in found])])
        # The longest call from the last second of the last day is outside the calendar if any is.
        shown = found[0]._replace(days=Days(found[0].days.until - 1, found[0].days.until))
        item = scenario.tariffs[name]
        at = study.book.calendar.at if study.book.calendar is not None else item.at
        yield Finding(
            CODE, "error",
            text(f"资费 {name} 按节假日区分时段，而以下日子的通话有部分或全部落在节假日表之外：{days.zh}",
                 f"{name} tells holidays apart, and the table of holidays does not know the days of calls {days.en}"),
            (item.at, at), witness(study, view, shown, at=last_second, amount=seconds), (study.views[view],), (name,),
            {"dates": [[d.isoformat() for d in r.days.dates] for r in found]},
        )  # fmt: skip


def _pays(study: Study, leaves: Leaves, name: str) -> bool:
    return name in (study.leaf(leaves[0]).pay or ())


def _known(study: Study, scheme: str, day: int) -> bool:
    rows = study.compiled.pricing.periods.day_rows[scheme]
    return rows[day - k.FIRST_DAY] >= 0


def _runs_on(study: Study, tariff: int) -> int:
    """How many days before the calendar ends a call may begin that then has a unit behind it; 0: none."""
    t = study.compiled.tables.heap
    if t[tariff + k.T_CROSSING] == 0:
        return 0
    longest = k.rounded(study.prices.most(tariff), t[tariff + k.T_RESOLUTION], 0) * t[tariff + k.T_RESOLUTION]
    return -(-last_unit(t, tariff, longest) // k.DAY)


def last_unit(t: Any, tariff: int, longest: int) -> int:
    """Where in a call the last unit begins that any call has, in microseconds."""
    last, begins, first = 0, 0, tariff + k.T_STEP
    for step in range(first, first + k.STEP * t[tariff + k.T_STEPS], k.STEP):
        until, unit = min(t[step + k.S_UNTIL], longest), t[step + k.S_UNIT]
        if begins < until:
            counted = 0 if t[tariff + k.T_WHOLE] else begins
            last, begins = max(last, counted + (until - counted - 1) // unit * unit), until
    return last
