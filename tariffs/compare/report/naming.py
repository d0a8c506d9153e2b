"""The names in a comparison as people say them: places, scenarios, views, services, months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tariffs import terms
from tariffs.compare.measures.totals import Name
from tariffs.compare.priced import NONE
from tariffs.language import N_, Words
from tariffs.rating.outcome import SUSPENSE
from tariffs.rating.views import ALL, View
from tariffs.rating.views import NONE as NOBODY
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.scenarios import Scenario

_CROSSING: Final = {"call-start": N_("by the start of the call"), "each-unit": N_("by the start of each unit")}


@dataclass(frozen=True)
class Naming:
    """Names of one rulebook in one language."""

    book: Rulebook
    words: Words

    def place(self, name: str | None) -> str:
        """A place, or that nobody knows it."""
        if name is None:
            return self.words.gettext("not known")
        return self.words.text(self.book.places[name].name) if name in self.book.places else name

    def scenario(self, name: str) -> str:
        """A scenario or stack, marked where it is there for illustration only."""
        members = [self.book.scenarios[part] for part in name.split("+")]
        said = " + ".join(self.words.text(member.name) for member in members)
        illustrative = any(member.illustrative for member in members)
        return self.words.aside(said, self.words.gettext("illustrative") if illustrative else "")

    def view(self, view: View) -> str:
        """A view by its scenario, and by who holds its add-ons."""
        return self.held(view.scenario, view.holding)

    def held(self, scenario: str, holding: Sequence[tuple[str, str]]) -> str:
        """A scenario whose add-ons are held so."""
        _ = self.words.gettext
        held = {hold for _option, hold in holding}
        aside = ""
        if held == {ALL}:
            aside = _("everybody who may takes the add-ons")
        elif held == {NOBODY}:
            aside = _("nobody takes the add-ons")
        elif held:
            aside = self.words.join([f"{self.option(option)}: {hold}" for option, hold in holding])
        return self.words.aside(self.scenario(scenario), aside)

    def short(self, view: View) -> str:
        """A view for the head of a column or the legend of a chart."""
        _ = self.words.gettext
        held = {hold for _option, hold in view.holding}
        aside = _("everybody") if held == {ALL} else _("nobody") if held == {NOBODY} else ""
        return self.words.aside(self.scenario(view.scenario), aside) if aside or not held else self.view(view)

    def option(self, name: str) -> str:
        """An add-on."""
        known = dict(self.book.options)
        for scenario in self.book.scenarios.values():
            known |= scenario.options
        return self.words.text(known[name].name) if name in known else name

    def day(self, day: dt.date | None) -> str:
        """The day whose rules price the calls, for a cell of a table."""
        return self.words.gettext("own") if day is None else day.isoformat()

    def reference(self, reference: str, day: dt.date | None) -> str:
        """The rules of which day price the calls."""
        _ = self.words.gettext
        if day is None:
            return _("by the rules of each call's own day")
        name, _colon, phase = reference.partition(":")
        found = self.phase(name, phase) if phase else ""
        said = _("as of {day}").format(day=day.isoformat())
        return self.words.aside(said, found)

    def phase(self, scenario: str, phase: str) -> str:
        """A phase of a scenario."""
        found: Scenario | None = self.book.scenarios.get(scenario)
        while found is not None and phase not in found.phases:
            found = self.book.scenarios.get(found.base) if found.base else None
        name = self.words.text(found.phases[phase].name) if found is not None else phase
        return self.words.colon(self.words.gettext("phase {phase}").format(phase=phase), name)

    def circle(self, name: str | None) -> str:
        """A circle of any scenario."""
        if name in (None, NONE):
            return self.words.gettext("in no circle")
        for scenario in self.book.scenarios.values():
            if name in scenario.circles:
                return self.words.text(scenario.circles[name].name)
        return self.words.text(self.book.circles[name].name) if name in self.book.circles else str(name)

    def group(self, by: str, names: Name) -> str:
        """A group of calls."""
        _ = self.words.gettext
        if by == "city-pair":
            return _("{origin} to {destination}").format(origin=self.place(names[0]), destination=self.place(names[1]))
        if by == "circle":
            return self.circle(names[0])
        name = names[0]
        if name is None:
            return _("not known")
        if by == "relation":
            return _(terms.RELATION[name])
        if by == "service":
            return terms.service(self.words, name)
        if by == "hour":
            return _("from {hour}:00").format(hour=name)
        if by == "kind":
            return _("town") if name == "urban" else _("country")
        if by == "period":
            return self.period(name)
        if by == "operator" and name in self.book.operators:
            return self.words.text(self.book.operators[name].name)
        if by == "group" and name in self.book.groups:
            return self.words.text(self.book.groups[name].name)
        return name

    def period(self, name: str) -> str:
        """A rate period of any scheme."""
        if name == NONE:
            return self.words.gettext("no rate periods")
        for scheme in self.book.periods.values():
            if name in scheme.periods:
                return self.words.text(scheme.periods[name].name)
        return name

    def suspended(self, code: str) -> str:
        """Why a record was set aside."""
        meaning = SUSPENSE[code]
        return meaning.zh if self.words.language == "zh" else meaning.en

    def parameter(self, name: str) -> str:
        """A parameter of the rulebook or of a scenario."""
        known = dict(self.book.parameters)
        for scenario in self.book.scenarios.values():
            known |= scenario.parameters
        return self.words.text(known[name].name) if name in known else name

    def value(self, name: str, value: str) -> str:
        """A value of a parameter: a choice by the name of what is chosen, anything else as it is written."""
        known = dict(self.book.parameters)
        for scenario in self.book.scenarios.values():
            known |= scenario.parameters
        chosen = known[name].choices.get(value, value) if name in known else value
        if chosen in _CROSSING:
            return self.words.gettext(_CROSSING[chosen])
        if chosen in self.book.zonings:
            return self.words.text(self.book.zonings[chosen].name)
        return self.tariffs([chosen]) if chosen != value else value

    def assumed(self, name: str, value: str) -> str:
        """A parameter with its value."""
        return f"{self.parameter(name)} {self.value(name, value)}"

    def tariffs(self, names: Sequence[str]) -> str:
        """The tariffs that a call pays, by their names."""
        known = dict(self.book.tariffs)
        for scenario in self.book.scenarios.values():
            known |= scenario.tariffs
        return " + ".join(self.words.text(known[name].name) if name in known else name for name in names)

    def sources(self, names: Sequence[str]) -> str:
        """Sources by their titles."""
        found = [self.book.sources[name] for name in names if name in self.book.sources]
        return self.words.join([source.title for source in found])
