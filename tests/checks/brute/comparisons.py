"""Prices side by side: there and back, near and far, before and after, one call and two, longer and shorter."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from typing import NamedTuple

from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.places import RELATIONS
from tests.checks.brute.calls import Call, Way
from tests.checks.brute.prices import DAY, Prices, Start, resolution, rises
from tests.checks.brute.tiny_world import Pays, Span, TinyWorld, View
from tests.oracle.charges import unit_length
from tests.oracle.relations import holder, inside

RULE_OF_2009 = dt.date(2009, 11, 24)


class Moved(NamedTuple):
    """A kind of call that pays something else under a scenario."""

    scenario: str
    service: str
    relation: str
    relation_after: str
    roaming: str | None
    old: Pays
    new: Pays


class Compared:
    """All comparisons of the prices of a tiny rulebook."""

    def __init__(self, world: TinyWorld) -> None:
        self.world = world
        longest = world.book.rulebook.longest_call.amount // 1_000_000
        self.prices = {view.name: Prices(view, longest) for view in world.views}

    # --- one scenario ---

    def differing(self) -> set[tuple[str, str | None, frozenset[Pays]]]:
        """(scenario, circle or None for there and back, both prices) of two calls that should cost the same."""
        asked: dict[tuple[str, str | None, frozenset[Pays]], set[Span]] = {}
        for view, span, calls in self._by_view():
            alike = {c for c in calls if c.use.line == c.use.called}
            for circle, one, two in self._alike(view, span[0], alike):
                pays = view.pays(one, span[0]), view.pays(two, span[0])
                if pays[0] is not None and pays[1] is not None and pays[0] != pays[1]:
                    asked.setdefault((view.name, circle, frozenset((pays[0], pays[1]))), set()).add(span)
        return {key for key, spans in asked.items() if any(self._differ(key[0], key[2], span) for span in spans)}

    def _by_view(self) -> Iterator[tuple[View, Span, list[Call]]]:
        for view in self.world.views:
            for span, calls in self.world.calls.items():
                yield view, span, calls

    def _alike(self, view: View, day: dt.date, calls: set[Call]) -> Iterator[tuple[str | None, Call, Call]]:
        """Each call with the call back, and with the calls between other cities of one circle."""
        for call in calls:
            if call.way.origin < call.way.destination:
                yield from ((None, call, back) for back in self._backs(view, call, day) if back in calls)
        world = view.world
        city = {place: holder(world, place, "city") or place for place in world.book.places}
        for circle in world.circles:
            members = {place for place in world.book.places if inside(world, place, circle, day)}
            made = [c for c in calls if c.use.direction == "originated" and c.way.home == c.way.present]
            within = [c for c in made if {c.way.origin, c.way.destination} <= members]
            for one, two in combinations([c for c in within if city[c.way.origin] != city[c.way.destination]], 2):
                if one.use == two.use:
                    yield circle, one, two

    def _backs(self, view: View, call: Call, day: dt.date) -> Iterator[Call]:
        """The call back of a line that is at home too, or visits the other place too, or is to a third place what the
        other line is, as far as any rule can tell.
        """
        a, b, home, present = call.way
        for place in self.world.book.places:
            back = Way(b, a, place, b) if call.use.direction == "originated" else Way(b, a, a, place)
            both_at_home = home == present and back.home == back.present
            if call.use.direction == "originated":
                visits, third = (home, place) == (b, a), home == place
            else:
                visits, third = (present, place) == (a, b), present == place
            if both_at_home or visits or (third and view.roams_alike(call.way, back, day)):
                yield call._replace(way=back)

    def _differ(self, scenario: str, both: frozenset[Pays], span: Span) -> bool:
        prices, (one, two) = self.prices[scenario], tuple(both)
        step = prices.grid(one, two)
        return any(
            rises(prices.of(one, start), prices.of(two, start), step)
            or rises(prices.of(two, start), prices.of(one, start), step)
            for start in prices.starts([one, two], span)
        )

    def nearer(self) -> set[tuple[str, str, str, Pays, Pays]]:
        """(scenario, relations, prices) where the call to the nearer place costs more than that to the farther one."""
        asked: dict[tuple[str, str, str, Pays, Pays], set[Span]] = {}
        for view, span, calls in self._by_view():
            fans: dict[object, list[tuple[int, Pays]]] = {}
            for call in calls:
                pays = view.pays(call, span[0])
                if pays is not None and call.use.direction == "originated":
                    relation = RELATIONS.index(view.relation(call.way.origin, call.way.destination, span[0]))
                    fan = fans.setdefault((call.use, call.way._replace(destination="")), [])
                    if (relation, pays) not in fan:
                        fan.append((relation, pays))
            for fan in fans.values():
                for near, mine in fan:
                    for far, its in fan:
                        if near < far and mine != its:
                            asked.setdefault((view.name, RELATIONS[near], RELATIONS[far], mine, its), set()).add(span)
        return {key for key, spans in asked.items() if any(self._dearer(key[0], *key[3:], span) for span in spans)}

    def _dearer(self, scenario: str, mine: Pays, its: Pays, span: Span) -> bool:
        prices = self.prices[scenario]
        step = prices.grid(mine, its)
        starts = prices.starts([mine, its], span)
        return any(rises(prices.of(mine, start), prices.of(its, start), step) for start in starts)

    def falls(self) -> dict[tuple[str, Pays], int]:
        """(scenario, price) → by how much at most one tick more costs less."""
        found: dict[tuple[str, Pays], int] = {}
        for scenario, pays, start in self._starts():
            for less, more in self._steps(scenario, pays, start):
                if less > more:
                    found[scenario, pays] = max(found.get((scenario, pays), 0), less - more)
        return found

    def _steps(self, scenario: str, pays: Pays, start: Start) -> Iterator[tuple[int, int]]:
        prices = self.prices[scenario]
        ladder = prices.of(pays, start)[:: prices.grid(pays)]
        for less, more in pairwise(ladder):
            if less is not None and more is not None:
                yield less, more

    def _starts(self) -> Iterator[tuple[str, Pays, Start]]:
        for scenario, bundles in self.world.bundles.items():
            for pays, spans in bundles.items():
                for span in spans:
                    for start in self.prices[scenario].starts([pays], span):
                        yield scenario, pays, start

    def redialled(self) -> dict[tuple[str, Pays], int]:
        """(scenario, price) → by how much at most two calls of the time of one cost less, in whole seconds from whole
        seconds, while calls go on paying the same.
        """
        found: dict[tuple[str, Pays], int] = {}
        tried: set[object] = set()
        for scenario, bundles in self.world.bundles.items():
            prices = self.prices[scenario]
            for pays, spans in bundles.items():
                for span in spans if prices.timed(pays) else []:
                    for start in prices.starts([pays], span):
                        last = start.day + dt.timedelta(days=1) == span[1]
                        key = (scenario, pays, prices.alike(start), last)
                        if key not in tried:
                            tried.add(key)
                            until = DAY - start.second if last else DAY
                            gain = self._best_split(scenario, pays, pays, start, range(1, until))
                            if gain > 0:
                                found[scenario, pays] = max(gain, found.get((scenario, pays), 0))
        return found

    def behind_midnight(self) -> dict[tuple[str, dt.date, Pays, Pays], int]:
        """(scenario, day, price before, price on it) → by how much at most a call that goes on over a midnight behind
        which the same call pays something else costs less when it is made again behind it.
        """
        found: dict[tuple[str, dt.date, Pays, Pays], int] = {}
        for view in self.world.views:
            prices = self.prices[view.name]
            for (_, eve), (morning, _) in pairwise(self.world.spans):
                day = eve - dt.timedelta(days=1)
                calls = set(self.world.calls[self._span(day)]) & set(self.world.calls[self._span(morning)])
                pairs = {(view.pays(c, self._span(day)[0]), view.pays(c, morning)) for c in calls}
                for one, two in pairs:
                    if one is None or two is None or one == two or not prices.timed((*one, *two)):
                        continue
                    for second in range(DAY - prices.longest, DAY):
                        again = range(DAY - second, prices.longest)
                        gain = self._best_split(view.name, one, two, Start(day, second), again)
                        if gain > 0:
                            key = (view.name, morning, one, two)
                            found[key] = max(gain, found.get(key, 0))
        return found

    def _span(self, day: dt.date) -> Span:
        return next(span for span in self.world.spans if span[0] <= day < span[1])

    def _best_split(self, scenario: str, pays: Pays, then: Pays, start: Start, firsts: range) -> int:
        """The most that two calls save, of which the first lasts one of `firsts`."""
        prices = self.prices[scenario]
        whole, best = prices.of(pays, start), 0
        for first in range(firsts.start, min(firsts.stop, prices.longest)):
            second, paid = prices.of(then, start.later(first)), whole[first]
            for rest in range(1, prices.longest - first + 1):
                total, more = whole[first + rest], second[rest]
                if total is not None and paid is not None and more is not None:
                    best = max(best, total - paid - more)
        return best

    def rounded(self) -> set[str]:
        """The tariffs of which rounding changes what some call costs."""
        return {
            name
            for scenario, pays, start in self._starts()
            for name in pays
            if self.prices[scenario].is_rounded(name, start)
        }

    def dead_periods(self) -> set[tuple[str, str]]:
        """Rate periods into which no unit of any call falls, of the schemes by which some call is priced."""
        met: dict[str, set[str]] = {}
        for scenario, pays, start in self._starts():
            prices = self.prices[scenario]
            for name in pays:
                scheme = prices.view.tariffs[name].charge.periods
                if scheme is not None:
                    met.setdefault(scheme, set()).update(prices.periods_met(name, start))
        schemes = self.world.book.periods
        return {(name, period) for name, found in met.items() for period in set(schemes[name].periods) - found}

    def ended(self) -> set[tuple[str, str]]:
        """(scenario, tariff) where the calendar does not know a day of some call."""
        found = set()
        for scenario, pays, start in self._starts():
            for name in pays:
                if None in self.prices[scenario].of((name,), start):
                    found.add((scenario, name))
        return found

    # --- a scenario beside the base ---

    def moved(self) -> dict[Moved, dict[Span, list[Call]]]:
        """The kinds of calls that pay something else under a scenario, with the calls on each span of days."""
        base, *others = self.world.views
        found: dict[Moved, dict[Span, list[Call]]] = {}
        for view in others:
            for span, calls in self.world.calls.items():
                for call in calls:
                    old, new = base.pays(call, span[0]), view.pays(call, span[0])
                    if old is not None and new is not None and old != new:
                        kind = _kind(base, view, call, span[0], old, new)
                        found.setdefault(kind, {}).setdefault(span, []).append(call)
        return found

    def dearer_at(self, kind: Moved, start: Start) -> set[int]:
        """The uses for which calls of a kind cost more, from one start."""
        base, view = self.prices[self.world.views[0].name], self.prices[kind.scenario]
        return rises(view.of(kind.new, start), base.of(kind.old, start), self.step(kind))

    def step(self, kind: Moved) -> int:
        """The step in which both prices count uses."""
        base, view = self.prices[self.world.views[0].name], self.prices[kind.scenario]
        return math.gcd(base.grid(kind.old), view.grid(kind.new))

    def above_ceiling(self) -> set[tuple[str, str, str, Pays, Pays]]:
        """(scenario, service, relation after, old, new) of calls that paid a ceiling price and are offered no plan, and
        no add-on held or not, with the structure of it and no component higher.
        """
        base = self.world.views[0]
        found = set()
        for kind, by_span in self.moved().items():
            view = self.prices[kind.scenario].view
            for span, calls in by_span.items():
                if any(_is_ceiling(base.tariffs[name], span) for name in kind.old):
                    for call in calls:
                        if not self._offered(base, view, call, span[0], kind.old):
                            found.add((kind.scenario, kind.service, kind.relation_after, kind.old, kind.new))
        return found

    def _offered(self, base: View, view: View, call: Call, day: dt.date, old: Pays) -> bool:
        book = self.world.book
        held = [frozenset[str](), *(frozenset({name}) for name in book.options)]
        uses = [call.use._replace(plan=plan, options=options) for plan in (None, *book.plans) for options in held]
        for use in uses:
            asked = call._replace(use=use)
            new = view.pays(asked, day)
            if base.pays(asked, day) == old and new is not None and _no_higher(view, new, base, old):
                return True
        return False


def _kind(base: View, view: View, call: Call, day: dt.date, old: Pays, new: Pays) -> Moved:
    way = call.way
    before, after = (each.relation(way.origin, way.destination, day) for each in (base, view))
    roaming = base.relation(way.home, way.present, day) if call.use.line == "mobile" else None
    return Moved(view.name, call.use.service, before, after, roaming, old, new)


def _is_ceiling(tariff: Tariff, span: Span) -> bool:
    """Whether the price is a ceiling on some day of a span, since the rule of 2009."""
    turns = [regime.from_ or dt.date.min for regime in tariff.regime]
    for day in {max(span[0], RULE_OF_2009), *(turn for turn in turns if span[0] <= turn < span[1])}:
        begun = [(turn, regime.is_) for turn, regime in zip(turns, tariff.regime, strict=True) if turn <= day]
        if RULE_OF_2009 <= day < span[1] and begun and max(begun)[1] == "ceiling":
            return True
    return False


def _no_higher(view: View, plan: Pays, base: View, standard: Pays) -> bool:
    """Whether each part of one price has the structure of a part of the other, and nothing in it is higher."""
    if len(plan) != len(standard):
        return False
    pairs = [(view.tariffs[a], base.tariffs[b]) for a, b in zip(plan, standard, strict=True)]
    return all(_structure(a) == _structure(b) and _below(view, a, b) for a, b in pairs)


def _structure(tariff: Tariff) -> object:
    charge = tariff.charge
    lasts = [None if step.for_ is None else step.for_.amount for step in charge.all_steps[:-1]]
    return (
        lasts, [unit_length(step) for step in charge.all_steps], charge.periods,
        charge.crossing if charge.periods else None, charge.steps_apply, resolution(tariff), charge.billed.fraction,
        charge.zero, charge.rounding,
    )  # fmt: skip


def _below(view: View, plan: Tariff, standard: Tariff) -> bool:
    world, zero, none = view.world, Fraction(0), Fraction(10**9)
    pairs = []
    for key, silent in (("connection", zero), ("minimum", zero), ("maximum", none)):
        mine, its = (getattr(tariff.charge, key) for tariff in (plan, standard))
        pairs.append([silent if price is None else world.price(price) for price in (mine, its)])
    for one, two in zip(plan.charge.all_steps, standard.charge.all_steps, strict=True):
        names = list(world.book.periods[plan.charge.periods].periods) if plan.charge.periods else [""]
        for name in names:
            pairs.append(
                [
                    world.price(step.price[name] if isinstance(step.price, dict) else step.price)
                    * unit_length(step)
                    / (step.per or step.for_).amount  # type: ignore[union-attr]
                    for step in (one, two)
                ]
            )
    return all(mine <= its for mine, its in pairs)
