"""Findings held against brute force, code by code, both ways: what is told and not real, what is real and not told."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tariffs.checks import Finding
from tests.checks.brute import decisions, papers
from tests.checks.brute.comparisons import Compared, Moved
from tests.checks.brute.prices import Start
from tests.checks.brute.tiny_world import Pays, Span, TinyWorld


@dataclass
class Held:
    """The findings of one rulebook beside what brute force finds. `mapping`: microseconds that records resolve."""

    world: TinyWorld
    found: Sequence[Finding]
    today: dt.date | None
    mapping: int | None

    def __post_init__(self) -> None:
        self.compared = Compared(self.world)

    def of(self, code: str) -> list[Finding]:
        return [finding for finding in self.found if finding.code == code]

    def wrong(self, codes: Collection[str]) -> dict[str, list[object]]:
        """By code what was told and is not so, and what is so and was not told."""
        checks: dict[str, Callable[[], Iterable[object]]] = {
            "gap": self.gap, "conflict": self.conflict, "dead": self.dead, "clock": self.clock, "date": self.date,
            "symmetry": self.symmetry, "monotone": self.monotone, "redial": self.redial, "dearer": self.dearer,
            "nearer": self.nearer, "ceiling": self.ceiling, "unit": self.unit, "provenance": self.provenance,
        }  # fmt: skip
        found = {code: list(check()) for code, check in checks.items() if code in codes}
        return {code: wrong for code, wrong in found.items() if wrong}

    # --- calls and rules ---

    def gap(self) -> Iterator[object]:
        if not self.world.book.covers:
            yield from differences({("covers",)}, {finding.subject for finding in self.of("gap")})
            return
        told = {
            (view, f.data["line"], f.data["called"], f.data["relation"], f.data["roaming"], day)
            for f in self.of("gap")
            for view in f.scenarios
            for day in self._days(f.data["dates"])
        }
        yield from differences(decisions.gaps(self.world), told)

    def _days(self, dates: Sequence[Sequence[str]]) -> Iterator[dt.date]:
        """The first days of spans that lie in dates; a span that lies in them in part is told as a day of its own."""
        for first, until in self.world.spans:
            inside = {any(a <= day.isoformat() < b for a, b in dates) for day in (first, until - dt.timedelta(days=1))}
            if inside == {True}:
                yield first
            elif True in inside:
                yield dt.date.min

    def conflict(self) -> Iterator[object]:
        told = {
            (view, tuple(sorted(tuple(pay) for pay in f.data["pays"])), day)
            for f in self.of("conflict")
            for view in f.scenarios
            for day in self._days(f.data["dates"])
        }
        yield from differences(decisions.conflicts(self.world), told)
        for finding in self.of("conflict"):
            one, two = finding.data["pays"]
            if (finding.severity == "error") != (one != two):
                yield f"a {finding.severity}", finding.data

    def dead(self) -> Iterator[object]:
        world = self.world
        real: Counter[tuple[str, ...]] = Counter()
        real.update((rule,) for rule in decisions.dead_rules(world))
        real.update({(tariff,): count for tariff, count in decisions.dead_steps(world).items()})
        real.update(self.compared.dead_periods())
        real.update((digits,) for digits in decisions.dead_prefixes(world))
        real.update((option,) for option in decisions.dead_options(world))
        yield from differences(counted(real), counted(Counter(finding.subject for finding in self.of("dead"))))

    def date(self) -> Iterator[object]:
        world, found = self.world, self.of("date")
        without = {
            (view, day)
            for f in found
            if f.subject == ("days",)
            for view in f.scenarios
            for day in self._days(f.data["dates"])
        }
        yield from differences(decisions.days_without_tariff(world), without)
        late = {(f.subject[0], f.data["days_late"]) for f in found if "days_late" in f.data}
        yield from differences(papers.known_late(world), late)
        useless = {f.positions[0].line for f in found if f.subject != ("days",) and "days_late" not in f.data}
        yield from differences(decisions.useless_changes(world), useless)

    def clock(self) -> Iterator[object]:
        told = {(view, f.subject[0]) for f in self.of("clock") for view in f.scenarios}
        yield from differences(self.compared.ended(), told)

    # --- prices ---

    def symmetry(self) -> Iterator[object]:
        told = {
            (view, f.data["circle"], frozenset(map(tuple, f.data["pays"])))
            for f in self.of("symmetry")
            for view in f.scenarios
        }
        yield from differences(self.compared.differing(), told)

    def nearer(self) -> Iterator[object]:
        told = {
            (view, f.data["near"], f.data["far"], *map(tuple, f.data["pays"]))
            for f in self.of("nearer")
            for view in f.scenarios
        }
        yield from differences(self.compared.nearer(), told)

    def monotone(self) -> Iterator[object]:
        told = {(view, f.subject): micro(f.data["less"]) for f in self.of("monotone") for view in f.scenarios}
        yield from differences(set(self.compared.falls().items()), set(told.items()))

    def redial(self) -> Iterator[object]:
        """What is told saves what is said, to the microsecond; and no whole seconds save more than what is told.

        What saves no more under a later scenario is told under the first, the base in front.
        """
        plain: dict[tuple[str, Pays], int] = {}
        midnights: dict[tuple[str, dt.date, Pays, Pays], int] = {}
        for finding in self.of("redial"):
            for told in finding.data.get("changes", [finding.data]):
                one, two = map(tuple, told["pays"])
                for view in finding.scenarios:
                    if "midnight" in finding.data:
                        midnight = dt.date.fromisoformat(finding.data["midnight"])
                        midnights[view, midnight, one, two] = micro(told["gain"])
                    else:
                        plain[view, one] = micro(told["gain"])
            yield from self._saves(finding)
        saving = self.compared.redialled()
        yield from exceeded(saving, {key: self._told_so_far(plain, *key) for key in {*plain, *saving}})
        yield from exceeded(self.compared.behind_midnight(), midnights)

    def _told_so_far(self, plain: Mapping[tuple[str, Pays], int], view: str, pays: Pays) -> int:
        """The largest gain that is told of these tariffs under a scenario or one before it; 0: none is."""
        views = list(self.compared.prices)
        return max(plain.get((earlier, pays), 0) for earlier in views[: views.index(view) + 1])

    def _saves(self, finding: Finding) -> Iterator[object]:
        """Whether the two calls cost as much less as the finding says, by the oracle."""
        data, shown = finding.data, finding.witness
        assert shown is not None
        start, first, whole = shown.call.start.replace(tzinfo=None), *(Decimal(data[k]) for k in ("first", "whole"))
        prices = self.compared.prices[shown.view]
        again = start + dt.timedelta(microseconds=int(first * 1_000_000))
        parts = prices.exactly(data["pays"][0], start, first), prices.exactly(data["pays"][1], again, whole - first)
        saved = prices.exactly(data["pays"][0], start, whole) - sum(parts)
        midnight = dt.date.fromisoformat(data["midnight"]) if "midnight" in data else None
        if midnight is not None and not start.date() < midnight <= again.date():
            yield "shown on another day", finding.message.en, start
        if saved != Fraction(data["gain"]) or start.strftime("%H:%M:%S") != data["start"].partition(".")[0]:
            yield "told and not real", finding.message.en, saved

    def dearer(self) -> Iterator[object]:
        """Every start of every kind of call is asked for, and every set that is told is looked for."""
        moved = self.compared.moved()
        told: dict[Moved, list[Finding]] = {}
        for finding in self.of("dearer"):
            for service in services(finding):
                told.setdefault(_kind(finding, service), []).append(finding)
        for kind in told.keys() - moved.keys():
            yield "told and not real", kind
        known: dict[object, list[object]] = {}
        for kind, spans in moved.items():
            sets = tuple(sorted((_Told.of(finding) for finding in told.get(kind, [])), key=repr))
            key = (kind.scenario, kind.old, kind.new, tuple(spans), sets)
            if key not in known:
                known[key] = list(self._kind_of_call(kind, list(spans), sets))
            yield from known[key]

    def _kind_of_call(self, kind: Moved, spans: list[Span], told: Sequence[_Told]) -> Iterator[object]:
        prices, step = self.compared.prices[kind.scenario], self.compared.step(kind)
        base = self.compared.prices[self.world.views[0].name]
        most = len(base.of(kind.old, Start(spans[0][0], 0)))
        uses_of = {t: {n for n in range(0, most, step) if any(a <= n <= b for a, b in t.ranges)} for t in told}
        real = {
            start: self.compared.dearer_at(kind, start)
            for span in spans
            for start in prices.starts([kind.old, kind.new], span)
        }
        for start, uses in real.items():
            if uses and not any(t.holds(start) and uses == uses_of[t] for t in told):
                yield "real and not told", kind, start, uses
        for t in told:
            asked = {start.day: set[bool]() for start in real if t.first <= start.day < t.until}
            for day, same in asked.items():
                seconds = {start.second for start in real if start.day == day and t.holds(start)}
                for second in {*seconds, t.starts[0], t.starts[1] - 1}:
                    same.add(self.compared.dearer_at(kind, Start(day, second)) == uses_of[t])
            if {True} not in asked.values():
                yield "told and not real", kind, t

    def ceiling(self) -> Iterator[object]:
        told = {
            (view, service, f.data["relation"], *map(tuple, f.data["pays"]))
            for f in self.of("ceiling")
            if f.subject != ("passed",)
            for view in f.scenarios
            for service in services(f)
        }
        real = self.compared.above_ceiling()
        yield from differences(real, told)
        passed = {view for f in self.of("ceiling") if f.subject == ("passed",) for view in f.scenarios}
        yield from differences({view.name for view in self.world.views[1:]} - {key[0] for key in real}, passed)

    # --- papers ---

    def unit(self) -> Iterator[object]:
        told = {(f.subject, f.severity) for f in self.of("unit")}
        yield from differences(papers.units(self.world, self.mapping, self.compared.rounded()), told)

    def provenance(self) -> Iterator[object]:
        told = {(tuple(name.partition("#")[0] for name in f.subject), f.severity) for f in self.of("provenance")}
        yield from differences(papers.provenance(self.world, self.today), told)


def differences(real: Collection[Any], told: Collection[Any]) -> Iterator[object]:
    for item in sorted(set(real) - set(told), key=repr):
        yield "real and not told", item
    for item in sorted(set(told) - set(real), key=repr):
        yield "told and not real", item


def exceeded(real: Mapping[Any, int], told: Mapping[Any, int]) -> Iterator[object]:
    """What is real by more than is told, or not told at all."""
    return (("real and not told", key, gain) for key, gain in real.items() if gain > told.get(key, 0))


def micro(yuan: str) -> int:
    return int(Decimal(yuan).scaleb(6))


def counted(found: Counter[tuple[str, ...]]) -> set[tuple[tuple[str, ...], int]]:
    return set(found.items())


def services(finding: Finding) -> list[str]:
    """The service of the calls that a finding is about, behind each access code."""
    service, access = finding.data["service"], finding.data["access"]
    if access[0] != "none":
        return [service.replace(f"-ip-{access[0]}", f"-ip-{code}") for code in access]
    line = "mobile" if finding.data["roaming"] is not None else "fixed"
    spoken = service != "message" and not service.endswith("-received")
    return [service, *(f"{line}-ip-{code}" for code in access[1:] if spoken)]


def _kind(finding: Finding, service: str) -> Moved:
    data = finding.data
    old, new = map(tuple, data["pays"])
    return Moved(
        data["scenario"], service, data["relation"], data["relation_after"], data["roaming"], old, new
    )


def _second(clock: str) -> int:
    """A moment of the day; one between two seconds belongs to the later one, as whole seconds are asked for."""
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + math.ceil(float(seconds))


class _Told(NamedTuple):
    """A set of dearer calls: days and seconds of the day `[first, until)`, ranges of uses `(first, last)`."""

    first: dt.date
    until: dt.date
    starts: tuple[int, int]
    ranges: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, finding: Finding) -> _Told:
        data = finding.data
        days = [dt.date.fromisoformat(data[key]) for key in ("dates_from", "dates_until")]
        starts = _second(data["start_from"]), _second(data["start_until"])
        return cls(days[0], days[1], starts, tuple((float(a), float(b)) for a, b in data["ranges"]))

    def holds(self, start: Start) -> bool:
        return self.first <= start.day < self.until and self.starts[0] <= start.second < self.starts[1]
