"""Every name that a rulebook uses must be the name of something, and of something that fits the place of use."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel

from tariffs.rulebook.acceptances import Acceptance
from tariffs.rulebook.book import Header, Sections
from tariffs.rulebook.charges import Allowance, Charge, Step, Subscription
from tariffs.rulebook.complaints import model_in
from tariffs.rulebook.decisions import Defaults, Rule, When
from tariffs.rulebook.names import CROSSINGS, PLURALS, Scope, scope_of, scopes_of
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.numbers import AccessCode, AreaCode, CountryCode, Exchange, MobileRange, SpecialService
from tariffs.rulebook.places import Circle, DatedZoning, Members, Place, Region, Unite, Zone
from tariffs.rulebook.scenarios import Change, Parameter, Phase, Scenario
from tariffs.rulebook.values import Dated, Item, Provenance, Text

USES: Final[dict[type[BaseModel], dict[str, str]]] = {
    Provenance: {"source": "source"},
    Dated: {"from_": "date", "until": "date"},
    Header: {"zoning": "zoning"},
    Defaults: {"fixed_operator": "operator"},
    Place: {"in_": "place"},
    Circle: {"members": "place"},
    Members: {"members": "place"},
    Region: {"members": "place"},
    Zone: {"members": "place"},
    Unite: {"places": "area", "code": "area-code"},
    DatedZoning: {"use": "zoning", "from_": "date"},
    AreaCode: {"place": "place", "operator": "operator"},
    Exchange: {"area": "area-code", "place": "place", "operator": "operator"},
    MobileRange: {"operator": "operator"},
    SpecialService: {"place": "place"},
    AccessCode: {"operator": "operator"},
    CountryCode: {"place": "place"},
    Step: {"price": "price"},
    Charge: {
        "price": "price",
        "connection": "price",
        "minimum": "price",
        "maximum": "price",
        "periods": "scheme",
        "crossing": "crossing",
    },
    Allowance: {"of": "tariff"},
    Subscription: {"fee": "price", "cap": "price", "from_": "date", "until": "date"},
    When: {
        "line": "line",
        "called": "called",
        "access": "access",
        "operator": "operator",
        "called_operator": "operator",
        "group": "group",
        "plan": "plan",
        "option": "option",
        "without_option": "option",
        "from_": "area",
        "to": "area",
        "between": "area",
        "within": "within",
        "home": "area",
        "roaming_within": "within",
    },
    Rule: {"pay": "tariff", "overrides": "rule"},
    Acceptance: {"scenario": "scenario"},
    Scenario: {"base": "scenario"},
    Phase: {"from_": "date"},
    Change: {
        "phase": "phase",
        "from_": "date",
        "until": "date",
        "instead_of": "tariff",
        "pay": "tariff",
        "overrides": "rule",
    },
}
"""Which field of which item holds names, and of what kind. Fields of a base class count for its subclasses."""

_CHOOSABLE: Final = ("tariff", "zoning", "crossing")
"""The kinds for which a parameter of kind `choice` may stand."""


@cache
def _plan(model: type[BaseModel]) -> tuple[tuple[tuple[str, str, str], ...], tuple[str, ...]]:
    """The fields of a model that hold names (attribute, key, kind), and those that hold further items."""
    uses = [(name, kind) for base in reversed(model.__mro__) for name, kind in USES.get(base, {}).items()]
    names = tuple((name, model.model_fields[name].alias or name, kind) for name, kind in dict(uses).items())
    inner = {name: model_in(f.annotation) for name, f in model.model_fields.items() if name != "at"}
    return names, tuple(name for name, held in inner.items() if held is not None and held is not Text)


def check_references(book: Sections, notes: Notes) -> None:
    """Notes every name that is unknown, or known as something else than its place of use demands."""
    _Checker(book, notes).walk(book, scope_of(book))


class _Checker:
    def __init__(self, book: Sections, notes: Notes) -> None:
        self.notes = notes
        self.inside = {id(book.scenarios[name]): scope for name, scope in scopes_of(book).items()}
        self.chosen: set[tuple[int, str, int]] = set()
        self.choosable = set(CROSSINGS).union(book.tariffs, book.zonings, *(s.tariffs for s in book.scenarios.values()))

    def walk(self, item: Item, scope: Scope) -> None:
        """Checks the names in an item and in everything that it holds."""
        if type(item) is Scenario:
            scope = self.inside[id(item)]
        names, inner = _plan(type(item))
        for name, key, kind in names:
            value = getattr(item, name)
            if value:
                self._field(item, key, kind, value, scope)
        if type(item) is Charge:
            self._by_period(item, scope)
        elif type(item) is Parameter:
            self._choices(item)
        for name in inner:
            held = getattr(item, name)
            if isinstance(held, Item):
                self.walk(held, scope)
            elif held:
                for entry in held.values() if isinstance(held, dict) else held:
                    if isinstance(entry, Item):
                        self.walk(entry, scope)

    def _field(self, item: Item, key: str, kind: str, value: Any, scope: Scope) -> None:
        if isinstance(value, tuple):
            known = scope.of(kind)
            for i, name in enumerate(value):
                if name not in known:
                    self._name(item, (key, i), kind, name, scope)
        elif isinstance(value, dict):
            for name, entry in value.items():
                self._field(item, f"{key}\n{name}", kind, entry, scope)
        elif isinstance(value, str):
            path = tuple(key.split("\n"))
            if kind in ("date", "price"):
                self._parameter(item, path, kind, value, scope)
            elif value not in scope.of(kind):
                self._name(item, path, kind, value, scope)

    def _name(self, item: Item, path: tuple[str | int, ...], kind: str, name: str, scope: Scope) -> None:
        parameter = scope.parameters.get(name)
        if kind in _CHOOSABLE and parameter is not None:
            self._choice(item, path, kind, name, parameter, scope)
            return
        known = scope.of(kind)
        plural = PLURALS[kind]
        at = self.notes.at(item, *path)
        words = [*known, *(p for p, v in scope.parameters.items() if kind in _CHOOSABLE and v.kind == "choice")]
        self.notes.unknown(at, name, words, plural, f"`{name}` is not one of the {plural}")

    def _choice(
        self, item: Item, path: tuple[str | int, ...], kind: str, name: str, parameter: Parameter, scope: Scope
    ) -> None:
        if parameter.kind in ("price", "date"):
            message = f"`{name}` is a parameter of kind {parameter.kind}; a {kind} stands here"
            hint = f"a parameter of kind `choice` can stand for a {kind}"
            self.notes.add("bad-value", self.notes.at(item, *path), message, hint, (parameter.at,))
            return
        if (id(parameter), kind, id(scope)) in self.chosen:
            return
        self.chosen.add((id(parameter), kind, id(scope)))
        for label, choice in parameter.choices.items():
            if choice not in scope.of(kind) and choice in self.choosable:
                at = self.notes.at(parameter, "choices", label)
                message = f"`{choice}` is not one of the {PLURALS[kind]}, which `{name}` stands for"
                also = (self.notes.at(item, *path),)
                self.notes.unknown(at, choice, scope.of(kind), PLURALS[kind], message, also)

    def _parameter(self, item: Item, path: tuple[str | int, ...], kind: str, name: str, scope: Scope) -> None:
        parameter = scope.parameters.get(name)
        if parameter is None:
            at = self.notes.at(item, *path)
            words = [n for n, p in scope.parameters.items() if p.kind == kind]
            self.notes.unknown(
                at, name, words, f"parameters of kind `{kind}`", f"`{name}` is no {kind} and no parameter"
            )
        elif parameter.kind != kind and parameter.kind in get_args(Parameter.model_fields["kind"].annotation):
            at = self.notes.at(item, *path)
            message = f"`{name}` is a parameter of kind {parameter.kind}; a {kind} stands here"
            self.notes.add("bad-value", at, message, f"use a parameter of kind `{kind}`", (parameter.at,))

    def _choices(self, parameter: Parameter) -> None:
        """Whatever a choice stands for, each of its values must be a tariff, a zoning or a crossing."""
        for label, choice in parameter.choices.items():
            if choice not in self.choosable:
                at = self.notes.at(parameter, "choices", label)
                message = f"`{choice}` is not one of the tariffs, zonings and crossings"
                self.notes.unknown(at, choice, self.choosable, "tariffs, zonings and crossings", message)

    def _by_period(self, charge: Charge, scope: Scope) -> None:
        """A price by rate period prices each period of the scheme, and no other."""
        scheme = scope.of("scheme").get(charge.periods) if charge.periods else None
        if scheme is None or not scheme.periods:
            return
        priced_items: tuple[Charge | Step, ...] = (charge, *charge.steps)
        for priced in priced_items:
            price = priced.price
            if not isinstance(price, dict):
                continue
            for name in price:
                if name not in scheme.periods:
                    at = self.notes.key_at(priced, "price", name)
                    message = f"`{name}` is no period of `{charge.periods}`"
                    self.notes.unknown(at, name, scheme.periods, f"periods of `{charge.periods}`", message)
            for name in scheme.periods:
                if name not in price:
                    at = self.notes.key_at(priced, "price")
                    message = f"the period `{name}` of `{charge.periods}` has no price"
                    self.notes.add("rate-period-gap", at, message, f"add `{name}: …`", (scheme.periods[name].at,))
