"""Whether a scenario changes anything on the days that are looked at: if not, its prices are those of its base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tariffs.language import Words
from tariffs.rating.derivation import lineage
from tariffs.rating.rater import Rater
from tariffs.rating.views import View
from tariffs.rulebook.scenarios import Scenario


class _Phase(NamedTuple):
    name: str
    start: dt.date
    changes: bool


class _Change(NamedTuple):
    """`reference`: how `--as-of` is told to look at it."""

    reference: str
    start: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class Standing:
    """What of a view's scenario is in force from `first` to `last` inclusive.

    A view with a reference date is looked at on that date.
    """

    rater: Rater
    view: View
    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, rater: Rater, view: View, first: dt.date, last: dt.date) -> Standing:
        if view.as_of is not None:
            first = last = dt.date.fromordinal(view.as_of)
        return cls(rater, view, first, last)

    @property
    def idle(self) -> bool:
        """True if the scenario has changes, but none in force on any of the days."""
        changes = list(self._changes())
        return bool(changes) and not any(
            change.start <= self.last and (change.until is None or self.first < change.until) for change in changes
        )

    @property
    def phase_in_force(self) -> bool | None:
        """Whether some phase has begun; None for a scenario without phases."""
        phases = list(self._phases())
        return any(phase.start <= self.last for phase in phases) if phases else None

    def reason(self, words: Words) -> str:
        """In a few words why an idle scenario changes nothing."""
        _ = words.gettext
        if self.phase_in_force is False:
            return _("no phase in force")
        silent = self._silent_phase()
        return _("phase {phase}: no price changed").format(phase=silent) if silent else _("no change in force")

    def note(self, words: Words) -> str:
        """The same as a sentence, with the days, and with how to look at the changes all the same."""
        _ = words.gettext
        if self.phase_in_force is False:
            why = _("no phase in force {when}")
        elif self._silent_phase():
            why = _("its phase {phase}, in force {when}, changes no price")
        else:
            why = _("no change of it is in force {when}")
        days = _("on {first}") if self.first == self.last else _("from {first} to {last}")
        why = why.format(when=days.format(first=self.first, last=self.last), phase=self._silent_phase())
        text = _("{view}: {why}; priced as its base.").format(view=self.view.scenario, why=why)
        if "+" not in self.view.scenario:
            reference = next(self._changes()).reference
            text = words.sentences(text, _("Use --as-of {phase} to see its changes.").format(phase=reference))
        return text

    def _silent_phase(self) -> str:
        """The last phase that has begun, where no phase that has begun changes anything; else empty."""
        begun = [phase for phase in self._phases() if phase.start <= self.last]
        return max(begun, key=lambda phase: phase.start).name if begun and not any(p.changes for p in begun) else ""

    def _scenarios(self) -> Iterator[tuple[str, Scenario]]:
        """The members of the stack with their bases, each once, the eldest first."""
        book = self.rater.compiled.book
        found: dict[str, Scenario] = {}
        for member in self.view.scenario.split("+"):
            found |= dict(lineage(book, member))
        yield from found.items()

    def _phases(self) -> Iterator[_Phase]:
        for name, scenario in self._scenarios():
            for phase_name, phase in scenario.phases.items():
                start = self.rater.compiled.values.date(phase.from_, phase.at)
                shown = phase_name if name == self.view.scenario else f"{name}:{phase_name}"
                changes = any(change.phase == phase_name for change in scenario.changes)
                yield _Phase(shown, start or dt.date.min, changes)

    def _changes(self) -> Iterator[_Change]:
        """Every change, in the order in which they are written."""
        date = self.rater.compiled.values.date
        for name, scenario in self._scenarios():
            for change in scenario.changes:
                phase = scenario.phases[change.phase] if change.phase is not None else None
                start = date(phase.from_ if phase else change.from_, change.at) or dt.date.min
                reference = f"{name}:{change.phase}" if phase else start.isoformat()
                yield _Change(reference, start, date(change.until, change.at))
