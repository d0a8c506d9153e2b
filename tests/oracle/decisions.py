"""Which tariffs a call pays: every rule is asked, then every change of the scenario, one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tariffs.rulebook.decisions import Rule, When
from tests.oracle.relations import in_one_circle, inside, relation
from tests.oracle.world import World


@dataclass(frozen=True)
class Facts:
    """What the decision table may ask about a call.

    The pair of the call is `origin` → `destination`, the pair of roaming `home` → `present`.
    """

    date: dt.date
    line: str
    called: str
    origin: str
    destination: str
    home: str
    present: str
    usage: str = "voice"
    direction: str = "originated"
    access: str = "none"
    operator: str | None = None
    called_operator: str | None = None
    group: str | None = None
    plan: str | None = None
    options: frozenset[str] = frozenset()


def matches(world: World, when: When, facts: Facts, *, written_only: bool = False) -> bool:
    """Whether a call meets a condition. `written_only`: usage, direction and access admit everything unless written."""
    return matches_use(world, when, facts, written_only=written_only) and matches_places(world, when, facts)


def matches_use(world: World, when: When, facts: Facts, *, written_only: bool = False) -> bool:
    """Whether a call meets all that a condition says of anything but places."""
    written = when.model_fields_set if written_only else {"usage", "direction", "access"}
    conditions = [
        "usage" not in written or facts.usage in when.usage,
        "direction" not in written or facts.direction in when.direction,
        "access" not in written or "any" in when.access or facts.access in when.access,
        not when.line or facts.line in when.line,
        not when.called or facts.called in when.called,
        not when.operator or facts.operator in when.operator,
        not when.called_operator or facts.called_operator in when.called_operator,
        not when.group or facts.group in when.group,
        not when.plan or (facts.plan or "none") in when.plan,
        not when.option or any(holds(world, option, facts) for option in when.option),
        # An add-on for which the line is not eligible is none that it holds.
        not any(holds(world, option, facts) for option in when.without_option),
    ]
    return all(conditions)


def matches_places(world: World, when: When, facts: Facts) -> bool:
    def at(place: str, names: Sequence[str]) -> bool:
        return any(inside(world, place, name, facts.date) for name in names)

    def together(one: str, other: str, names: Sequence[str]) -> bool:
        return any(
            in_one_circle(world, one, other, facts.date)
            if name == "each-circle"
            else at(one, [name]) and at(other, [name])
            for name in names
        )

    def either_way() -> bool:
        first, second = [when.between[0]], [when.between[1]]
        return (at(facts.origin, first) and at(facts.destination, second)) or (
            at(facts.origin, second) and at(facts.destination, first)
        )

    return (
        (not when.relation or relation(world, facts.origin, facts.destination, facts.date) in when.relation)
        and (not when.from_ or at(facts.origin, when.from_))
        and (not when.to or at(facts.destination, when.to))
        and (not when.between or either_way())
        and (not when.within or together(facts.origin, facts.destination, when.within))
        and (not when.home or at(facts.home, when.home))
        and (not when.roaming or relation(world, facts.home, facts.present, facts.date) in when.roaming)
        and (not when.roaming_within or together(facts.home, facts.present, when.roaming_within))
    )


def holds(world: World, option: str, facts: Facts) -> bool:
    """Whether the line holds an add-on and is eligible for it, whatever the call."""
    if option not in facts.options:
        return False
    eligible = world.options[option].eligible
    if eligible is None:
        return True
    about_the_line = replace(facts, usage=eligible.usage[0], direction=eligible.direction[0], access=eligible.access[0])
    return matches(world, eligible, about_the_line)


@dataclass(frozen=True)
class _Claim:
    """A rule that matches the call, with what it has come to pay under the changes so far."""

    names: frozenset[str]
    pays: tuple[str, ...]
    overrides: tuple[str, ...] = ()


def outcomes(world: World, facts: Facts) -> set[tuple[str, ...]]:
    """What the call could pay: nothing (no rule), one list of tariffs, or several (two rules)."""
    base = [_claim(world, name, rule) for name, rule in world.rules.items() if _applies(world, rule, facts)]
    if not world.changes:
        return _standing(base)
    claims = {line_number: _under(world, base, line_number, facts) for line_number in range(len(world.changes))}
    if len(claims) == 1:
        return _standing(claims[0])
    # A stack: each scenario changes the base by itself, and what one leaves as it was the other may change.
    plain = _standing(base)
    changed = [found for found in (_standing(claim) for claim in claims.values()) if found != plain]
    return set().union(*changed) if changed else plain


def _applies(world: World, rule: Rule, facts: Facts) -> bool:
    return world.in_force(rule.from_, rule.until, facts.date) and matches(world, rule.when, facts)


def _claim(world: World, name: str, rule: Rule) -> _Claim:
    return _Claim(frozenset({name}), tuple(world.chosen(tariff) for tariff in rule.pay), rule.overrides)


def _under(world: World, base: list[_Claim], line: int, facts: Facts) -> list[_Claim]:
    """The base's claims after the changes of one scenario, in order, as far as they touch this call."""
    claims = list(base)
    for scenario, change in world.changes[line]:
        if change.unite is not None or not world.change_in_force(scenario, change, facts.date):
            continue
        if change.instead_of:
            if change.when is None or matches(world, change.when, facts, written_only=True):
                gone = {world.chosen(tariff) for tariff in change.instead_of}
                pays = tuple(world.chosen(tariff) for tariff in change.pay)
                claims = [replace(claim, pays=_spliced(claim.pays, gone, pays)) for claim in claims]
        elif change.when is not None and matches(world, change.when, facts):
            pays = tuple(world.chosen(tariff) for tariff in change.pay)
            claims.append(_Claim(frozenset(), pays, change.overrides))
    return claims


def _spliced(pays: tuple[str, ...], gone: set[str], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tariff for paid in pays for tariff in (new if paid in gone else (paid,)))


def _standing(claims: list[_Claim]) -> set[tuple[str, ...]]:
    """Whoever is overridden by another matching rule is out, even where that one is overridden itself."""
    return {
        claim.pays
        for claim in claims
        if not any(claim.names & set(other.overrides) for other in claims if other is not claim)
    }
