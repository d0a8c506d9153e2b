"""Whether a scenario changes anything on the days that are looked at: if not, its prices are those of its base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tariffs.language import Words
from tariffs.rating.rater import Rater
from tariffs.rating.views import View


def idle(rater: Rater, view: View, first: dt.date, last: dt.date) -> bool:
    """True if the scenario of the view has changes, but none in force on any day from `first` to `last` inclusive.

    A view with a reference date is looked at on that date.
    """
    if view.as_of is not None:
        first = last = dt.date.fromordinal(view.as_of)
    spans = list(_spans(rater, view))
    return bool(spans) and not any(start <= last and (end is None or first < end) for start, end, _ in spans)


def note(rater: Rater, view: View, first: dt.date, last: dt.date, words: Words) -> str:
    """Says that nothing of the scenario is in force then, and how to look at one of its phases all the same."""
    _ = words.gettext
    if view.as_of is not None:
        said = _("{view}: no phase in force on {first}; priced as its base.")
        first = dt.date.fromordinal(view.as_of)
    elif first == last:
        said = _("{view}: no phase in force on {first}; priced as its base.")
    else:
        said = _("{view}: no phase in force from {first} to {last}; priced as its base.")
    text = said.format(view=view.scenario, first=first, last=last)
    phases = [f"{view.scenario}:{phase}" for _start, _end, phase in _spans(rater, view) if phase]
    if phases and "+" not in view.scenario:
        text += " " + _("Use --as-of {phase} to see it.").format(phase=phases[0])
    return text


def _spans(rater: Rater, view: View) -> Iterator[tuple[dt.date, dt.date | None, str | None]]:
    """From when until when each change of the view's scenario holds, and the phase it belongs to, in their order."""
    compiled = rater.compiled
    scenario = next(rules for rules in compiled.scenarios if rules.name == view.scenario)
    for _name, change in scenario.changes:
        if change.phase is not None and change.phase in scenario.phases:
            start: dt.date | None = dt.date.fromordinal(scenario.phases[change.phase][0])
        else:
            start = compiled.values.date(change.from_, change.at)
        yield start or dt.date.min, compiled.values.date(change.until, change.at), change.phase
