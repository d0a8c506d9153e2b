"""Puts what was found on many days and under many scenarios together into few findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tariffs.checks.domain import Days
from tariffs.checks.study import Reached, merged

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group(Generic[K]):
    """What has one key, on the same days under several views. `first`: the first call found, under `views[0]`."""

    key: K
    days: tuple[Days, ...]
    views: tuple[int, ...]
    first: Reached


@dataclass
class Grouping(Generic[K]):
    """Collects what was found by key, view and days."""

    _found: dict[K, dict[int, list[Reached]]] = field(default_factory=dict)

    def add(self, key: K, view: int, reached: Reached) -> None:
        self._found.setdefault(key, {}).setdefault(view, []).append(reached)

    def groups(self) -> Iterator[Group[K]]:
        """A group for each key and set of days, its days put together, with all views that have it."""
        for key, by_view in self._found.items():
            same: dict[tuple[Days, ...], list[int]] = {}
            for view, found in by_view.items():
                same.setdefault(merged(list(dict.fromkeys(r.days for r in found))), []).append(view)
            for days, views in same.items():
                yield Group(key, days, tuple(views), by_view[views[0]][0])
