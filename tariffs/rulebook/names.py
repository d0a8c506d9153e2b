"""Which names a rulebook defines, and which of them are visible where."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from typing import Any, Final

from tariffs.rulebook.book import Sections
from tariffs.rulebook.scenarios import Parameter, Scenario

CROSSINGS: Final = ("call-start", "each-unit")
_LINES: Final = {"fixed": None, "mobile": None}

PLURALS: Final = {
    "source": "sources",
    "place": "places",
    "circle": "circles",
    "region": "regions",
    "area": "places, circles and regions",
    "within": "places, circles and regions",
    "zoning": "zonings",
    "operator": "operators",
    "group": "groups",
    "plan": "plans",
    "option": "options",
    "scheme": "rate-period schemes in `periods`",
    "tariff": "tariffs",
    "rule": "rules",
    "scenario": "scenarios",
    "phase": "phases of this scenario",
    "line": "lines",
    "called": "lines and special services",
    "access": "access codes",
    "area-code": "area codes in `numbering`",
    "parameter": "parameters",
    "crossing": "crossings",
}
"""What the names of each kind are called in messages; the keys are the kinds."""

_LOCAL: Final = {
    "circle": "circles",
    "region": "regions",
    "tariff": "tariffs",
    "option": "options",
    "rule": "rules",
    "parameter": "parameters",
}
"""The kinds that a scenario may define for itself, and their sections."""


class Scope:
    """The names of each kind that can be used at one place: in the rulebook, or inside one scenario."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Any]]) -> None:
        self._kinds = kinds

    def of(self, kind: str) -> Mapping[str, Any]:
        """The names of a kind, each with the item that it names (None for built-in words)."""
        return self._kinds[kind]

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return self._kinds["parameter"]

    def inside(self, scenario: Scenario) -> Scope:
        """The names visible inside a scenario whose base has this scope."""
        kinds: dict[str, Mapping[str, Any]] = dict(self._kinds)
        for kind, section in _LOCAL.items():
            local = getattr(scenario, section)
            if local:
                kinds[kind] = ChainMap(local, _mutable(kinds[kind]))
        kinds["phase"] = scenario.phases
        _compose(kinds)
        return Scope(kinds)


def _mutable(names: Mapping[str, Any]) -> Any:
    return names


def _compose(kinds: dict[str, Mapping[str, Any]]) -> None:
    areas = ChainMap(*(_mutable(kinds[kind]) for kind in ("place", "circle", "region")))
    kinds["area"] = areas
    kinds["within"] = ChainMap({"each-circle": None}, areas)


def scope_of(book: Sections) -> Scope:
    """The names that the rulebook itself defines."""
    numbering = book.numbering
    kinds: dict[str, Mapping[str, Any]] = {
        "source": book.sources,
        "place": book.places,
        "circle": book.circles,
        "region": book.regions,
        "zoning": book.zonings,
        "operator": book.operators,
        "group": book.groups,
        "plan": {"none": None, **book.plans},
        "option": book.options,
        "scheme": book.periods,
        "tariff": book.tariffs,
        "rule": book.rules,
        "scenario": book.scenarios,
        "phase": {},
        "line": _LINES,
        "called": {**_LINES, **_names(numbering, "special", "service")},
        "access": {"none": None, "any": None, **_names(numbering, "access", "code")},
        "area-code": _names(numbering, "areas", "code"),
        "parameter": book.parameters,
        "crossing": dict.fromkeys(CROSSINGS),
    }
    _compose(kinds)
    return Scope(kinds)


def _names(numbering: Any, section: str, key: str) -> dict[str, Any]:
    entries: Collection[Any] = getattr(numbering, section, None) or ()
    return {name: entry for entry in entries if (name := getattr(entry, key, None))}


def lineage(book: Sections, name: str) -> list[str]:
    """A scenario and what it rests on, the farthest base first; a base that is unknown or comes round again ends it."""
    chain: list[str] = []
    current: str | None = name
    while current is not None and current in book.scenarios and current not in chain:
        chain.append(current)
        current = book.scenarios[current].base
    return chain[::-1]


def scopes_of(book: Sections) -> dict[str, Scope]:
    """The scope inside each scenario, by its name."""
    outer = scope_of(book)
    scopes: dict[str, Scope] = {}
    for name in book.scenarios:
        scope = outer
        for link in lineage(book, name):
            scope = scopes[link] if link in scopes else scope.inside(book.scenarios[link])
        scopes[name] = scope
    return scopes
