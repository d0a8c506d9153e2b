"""Puts what was found on many days and under many scenarios together into few findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tariffs.checks.domain import Days
from tariffs.checks.study import Reached, merged

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group(Generic[K]):
    """What has one key, on the same days under several views. `calls`: one on each span of days, under `views[0]`."""

    key: K
    days: tuple[Days, ...]
    views: tuple[int, ...]
    calls: tuple[Reached, ...]

    @property
    def first(self) -> Reached:
        """The first call found."""
        return self.calls[0]

    def call_on(self, days: Iterable[int]) -> tuple[Reached, int]:
        """A call that there is on one of some days of the group (ordinals), and the first such day."""
        return next((call, day) for day in days for call in self.calls if call.days.first <= day < call.days.until)


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
                yield Group(key, days, tuple(views), tuple(by_view[views[0]]))
