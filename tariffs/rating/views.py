"""Views: under which scenario, as of when, and with which add-ons a call is priced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tariffs.rating.derivation import lineage
from tariffs.rating.values import Values
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.decisions import Rule
from tariffs.rulebook.problems import NOWHERE, Problem, RulebookError
from tariffs.rulebook.scenarios import Change

ALL, NONE, RECORD = "all", "none", "record"


@dataclass(frozen=True, slots=True)
class View:
    """One column of prices.

    `as_of`: the reference day (an ordinal) whose rules, circles and phases price every call, or None for each
    call's own date; `reference` is how it was asked for. `holding`: add-on → `all` or `none` lines hold it;
    an add-on not named is held by those whose record says so.
    """

    label: str
    scenario: str
    as_of: int | None = None
    reference: str = ""
    holding: tuple[tuple[str, str], ...] = ()

    def keeps(self, options: Sequence[str]) -> int:
        """Mask of the add-ons that the record decides."""
        fixed = dict(self.holding)
        return sum(1 << i for i, option in enumerate(options) if option not in fixed)

    def adds(self, options: Sequence[str]) -> int:
        """Mask of the add-ons that everybody holds."""
        fixed = dict(self.holding)
        return sum(1 << i for i, option in enumerate(options) if fixed.get(option) == ALL)

    @property
    def pin(self) -> str:
        """What makes this view rate as it does, as text for a digest."""
        return f"{self.label}|{self.scenario}|{self.as_of}|{self.holding}"


def make_views(
    book: Rulebook,
    scenarios: Sequence[str],
    values: Values,
    *,
    as_of: Sequence[str | dt.date] = (),
    holders: Mapping[str, str] | None = None,
    both: bool = False,
) -> tuple[View, ...]:
    """The views of some scenarios: one for each reference, and with `both` one for all and one for no holders.

    `as_of`: days or `SCENARIO:PHASE`. `holders`: add-on → `all`, `none` or `record` (the record says). `both`:
    add-ons of a scenario that `holders` does not settle give two views, everybody and nobody; where it settles some
    of them, the label names the others. A scenario or reference named twice counts once.
    Raises RulebookError for a name that is not there.
    """
    holders = dict(holders or {})
    _known_options(book, holders)
    references: dict[tuple[int | None, str], None] = dict.fromkeys(_reference(book, text, values) for text in as_of)
    views: list[View] = []
    for scenario in dict.fromkeys(scenarios):
        options = options_of(book, scenario)
        settled = tuple((o, h) for o, h in sorted(holders.items()) if h in (ALL, NONE))
        open_options = [o for o in options if o not in holders] if both else []
        left = "" if len(open_options) == len(options) else "+".join(open_options) + " "
        for day, reference in references or [(None, "")]:
            label = scenario + (f"@{_short(scenario, reference)}" if reference else "")
            if not open_options:
                views.append(View(label, scenario, day, reference, settled))
                continue
            for held in (NONE, ALL):
                holding = tuple(sorted((*settled, *((o, held) for o in open_options))))
                views.append(View(f"{label}[{left}{held}]", scenario, day, reference, holding))
    return tuple(views)


def options_of(book: Rulebook, scenario: str) -> list[str]:
    """The add-ons that some rule or change of a scenario (or stack) asks for."""
    items: list[Rule | Change] = list(book.rules.values())
    for member in scenario.split("+"):
        for _, item in lineage(book, member):
            items += [*item.rules.values(), *item.changes]
    asked = (name for item in items if item.when for name in (*item.when.option, *item.when.without_option))
    return list(dict.fromkeys(asked))


def _known_options(book: Rulebook, holders: Mapping[str, str]) -> None:
    known = set(book.options).union(*(scenario.options for scenario in book.scenarios.values()))
    wrong = [name for name in holders if name not in known]
    if wrong:
        hint = f"known: {', '.join(sorted(known)) or 'none'}"
        raise RulebookError([Problem("unknown-name", NOWHERE, f"there is no add-on {name!r}", hint) for name in wrong])
    for name, held in holders.items():
        if held not in (ALL, NONE, RECORD):
            message, hint = f"the add-on {name!r} cannot be held by {held!r}", f"write {ALL}, {NONE} or {RECORD}"
            raise RulebookError([Problem("bad-value", NOWHERE, message, hint)])


def _short(scenario: str, reference: str) -> str:
    """`plan-2010:1` of plan-2010 itself is `1`."""
    name, _, phase = reference.partition(":")
    return phase if phase and name == scenario else reference


def _reference(book: Rulebook, text: str | dt.date, values: Values) -> tuple[int, str]:
    if isinstance(text, dt.date):
        return text.toordinal(), text.isoformat()
    name, _, phase = text.partition(":")
    if not phase:
        try:
            return dt.date.fromisoformat(text).toordinal(), text
        except ValueError:
            hint = "write a day as 2012-01-01, or a phase as plan-2010:1"
            raise RulebookError([Problem("bad-value", NOWHERE, f"{text!r} is no reference date", hint)]) from None
    for _, scenario in reversed(lineage(book, name)):
        if phase in scenario.phases:
            item = scenario.phases[phase]
            day = values.date(item.from_, item.at) or dt.date.min  # a missing one is told with the rest
            return day.toordinal(), text
    known = [p for _, scenario in lineage(book, name) for p in scenario.phases]
    hint = f"its phases: {', '.join(known) or 'none'}"
    raise RulebookError([Problem("unknown-name", NOWHERE, f"scenario {name} has no phase {phase!r}", hint)])
