"""What every call of a tiny rulebook pays, on every day that can matter, under every scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.decisions import Cover, Rule, When
from tariffs.rulebook.scenarios import Change, Scenario
from tests.checks.brute.calls import Call, Use, Way, calls, subscribers
from tests.oracle.decisions import Facts, matches_places, matches_use
from tests.oracle.relations import relation
from tests.oracle.world import World
from tests.strategies import written_dates

Span = tuple[dt.date, dt.date]
"""Days `[first, until)`."""
Pays = tuple[str, ...]

FIRST, UNTIL = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
"""The days on which calls are rated, half-open."""


_ANYHOW = Use("fixed", "fixed", "originated", "voice", "none", None, None, None, None, frozenset())
_ANYWHERE = {"relation": (), "from_": (), "to": (), "between": (), "within": ()}
"""What a condition says of the pair of the call, left open."""


class Claim(NamedTuple):
    """A rule that matches a call, with what the changes of a scenario have made of it. `change`: the last of them."""

    rule: str | None
    pays: Pays
    overrides: tuple[str, ...]
    change: int | None = None
    moved: bool = False


class Asked(NamedTuple):
    """A condition of the rulebook or of a change. `written_only`: usage, direction and access admit everything unless
    written; `scenario`: where it stands, "" for the rulebook itself.
    """

    when: When
    written_only: bool
    scenario: str


@dataclass
class View:
    """One scenario of a rulebook."""

    name: str
    world: World
    asked: Sequence[Asked]

    def __post_init__(self) -> None:
        self._at: dict[tuple[Way, dt.date], int] = {}
        self._in: dict[Use, int] = {}
        self._standing: dict[tuple[int, dt.date], list[Claim]] = {}
        self._pays: dict[tuple[int, dt.date], Pays | None] = {}
        self._near: dict[tuple[str, str, dt.date], str] = {}
        self._roams: dict[tuple[str, str, dt.date], object] = {}
        self._anywhere = [asked.when.model_copy(update=_ANYWHERE) for asked in self.asked]
        self._mine = [(n, a.when, a.written_only) for n, a in enumerate(self.asked) if a.scenario in ("", self.name)]

    @property
    def tariffs(self) -> dict[str, Tariff]:
        return self.world.tariffs

    def relation(self, one: str, other: str, day: dt.date) -> str:
        key = (one, other, day)
        if key not in self._near:
            self._near[key] = relation(self.world, one, other, day)
        return self._near[key]

    def roams_alike(self, one: Way, other: Way, day: dt.date) -> bool:
        """Whether two lines, each where it is, are as near to their homes and the same to every rule and change."""
        return self._roaming(one, day) == self._roaming(other, day)

    def _roaming(self, way: Way, day: dt.date) -> object:
        """What a line is to every condition by its home and where it is."""
        key = (way.home, way.present, day)
        if key not in self._roams:
            facts = _facts(Call(way, _ANYHOW), day)
            meets = tuple(matches_places(self.world, when, facts) for when in self._anywhere)
            self._roams[key] = self.relation(way.home, way.present, day), meets
        return self._roams[key]

    def met(self, call: Call, day: dt.date) -> int:
        """The conditions that a call meets on a day, one bit each."""
        where, use = self._at.get((call.way, day)), self._in.get(call.use)
        if where is None:
            facts = _facts(call, day)
            where = sum(1 << n for n, when, _ in self._mine if matches_places(self.world, when, facts))
            self._at[call.way, day] = where
        if use is None:
            facts = _facts(call, day)
            use = sum(1 << n for n, when, w in self._mine if matches_use(self.world, when, facts, written_only=w))
            self._in[call.use] = use
        return where & use

    def standing(self, call: Call, day: dt.date) -> list[Claim]:
        """The claims on a call that no other claim overrides."""
        key = (self.met(call, day), day)
        if key not in self._standing:
            claims = self._claims(key[0], day)
            self._standing[key] = [
                c for c in claims if not any(c.rule in other.overrides for other in claims if other is not c)
            ]
        return self._standing[key]

    def pays(self, call: Call, day: dt.date) -> Pays | None:
        """What a call pays; None where no rule or two prices apply."""
        key = (self.met(call, day), day)
        if key not in self._pays:
            found = {claim.pays for claim in self.standing(call, day)}
            self._pays[key] = next(iter(found)) if len(found) == 1 else None
        return self._pays[key]

    def _claims(self, met: int, day: dt.date) -> list[Claim]:
        world = self.world
        claims = [
            Claim(name, rule.pay, rule.overrides)
            for name, rule in world.rules.items()
            if world.in_force(rule.from_, rule.until, day) and self._meets(met, rule.when)
        ]
        for number, (scenario, change) in enumerate(changes_of(world)):
            if change.unite is not None or not world.change_in_force(scenario, change, day):
                continue
            if change.when is not None and not self._meets(met, change.when):
                continue
            if change.instead_of:
                claims = [_instead(claim, number, change) for claim in claims]
            else:
                claims.append(Claim(None, change.pay, change.overrides, number, moved=True))
        return claims

    def _meets(self, met: int, when: When) -> bool:
        return bool(met >> next(n for n, mine, _ in self._mine if mine is when) & 1)

    def promised(self, call: Call, day: dt.date) -> list[int]:
        """The covers that promise a price for a call."""
        met = self.met(call, day)
        return [
            number
            for number, cover in enumerate(self.world.book.covers)
            if self.world.in_force(cover.from_, cover.until, day) and self._meets(met, cover.when)
        ]


def _instead(claim: Claim, number: int, change: Change) -> Claim:
    if not set(change.instead_of) & set(claim.pays):
        return claim
    pays = tuple(new for paid in claim.pays for new in (change.pay if paid in change.instead_of else (paid,)))
    return Claim(claim.rule, pays, claim.overrides, number, moved=pays != claim.pays)


def changes_of(world: World) -> list[tuple[Scenario, Change]]:
    return world.changes[0] if world.changes else []


def _facts(call: Call, day: dt.date) -> Facts:
    way, use = call
    return Facts(
        day, use.line, use.called, way.origin, way.destination, way.home, way.present, use.usage, use.direction,
        use.access, use.operator, use.called_operator, use.group, use.plan, use.options,
    )  # fmt: skip


@dataclass
class TinyWorld:
    """A rulebook with all that can happen in it. `sections`: its text."""

    book: Rulebook
    scenarios: Sequence[str]
    sections: object

    @cached_property
    def asked(self) -> list[Asked]:
        rules: list[Rule | Cover] = [*self.book.rules.values(), *self.book.covers]
        return [Asked(item.when, False, "") for item in rules] + [
            Asked(change.when, bool(change.instead_of), name)
            for name, scenario in self.book.scenarios.items()
            for change in scenario.changes
            if change.when is not None
        ]

    @cached_property
    def views(self) -> list[View]:
        return [View(name, World(self.book, name), self.asked) for name in self.scenarios]

    @cached_property
    def spans(self) -> list[Span]:
        """Days `[first, until)` between which no date of the rulebook lies."""
        edges = sorted({FIRST, UNTIL, *(day for day in written_dates(self.sections) if FIRST < day < UNTIL)})
        return list(pairwise(edges))

    @cached_property
    def calls(self) -> dict[Span, list[Call]]:
        """Every call on the days of each span."""
        whens = [asked.when for asked in self.asked]
        known = {span: subscribers(self.book, span[0]) for span in self.spans}
        among = {who: calls(self.book, whens, who) for who in set(known.values())}
        return {span: among[who] for span, who in known.items()}

    @cached_property
    def each(self) -> list[tuple[View, dt.date, Call, list[Claim]]]:
        """Every call on the first day of every span under every scenario, with the claims that stand."""
        return [
            (view, span[0], call, view.standing(call, span[0]))
            for view in self.views
            for span, found in self.calls.items()
            for call in found
        ]

    @cached_property
    def bundles(self) -> dict[str, dict[Pays, list[Span]]]:
        """Under each scenario what calls pay, and the spans of days on which some call does."""
        found: dict[str, dict[Pays, list[Span]]] = {view.name: {} for view in self.views}
        spans = {span[0]: span for span in self.spans}
        for view, day, call, _ in self.each:
            pays = view.pays(call, day)
            if pays is not None:
                met = found[view.name].setdefault(pays, [])
                if spans[day] not in met[-1:]:
                    met.append(spans[day])
        return found
