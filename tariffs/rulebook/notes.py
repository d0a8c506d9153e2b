"""Where checks write what they find: problems, with the position of the very value that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Final

from tariffs.rulebook.complaints import find
from tariffs.rulebook.problems import Position, Problem
from tariffs.rulebook.values import Item
from tariffs.rulebook.wording import hint_for
from tariffs.rulebook.yamltext import Listing, Mapping

_WORD: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


class Notes:
    """Collects problems. `roots`: the files as written, to find positions. `broken`: texts that are not YAML.
    `places`: the names of all places.

    A name that stands anywhere in a broken file may be defined there, so it is not called unknown; where `broken` is
    None, a whole file is missing and no name is.
    """

    def __init__(
        self,
        problems: list[Problem],
        roots: Iterable[Mapping],
        broken: Iterable[str] | None,
        places: Collection[str] = (),
    ) -> None:
        self.problems = problems
        self.places = places
        self._roots = tuple(roots)
        self._hidden = None if broken is None else frozenset(word for text in broken for word in _WORD.findall(text))
        self._index: dict[Position, Mapping] | None = None

    def at(self, item: Item, *path: str | int) -> Position:
        """Where the value at `path` (keys as written, indexes) of an item stands; else the item itself."""
        raw = self._written(item)
        return find(raw, type(item), path).at if raw is not None and path else item.at

    def key_at(self, item: Item, *path: str) -> Position:
        """Where the last key of `path` stands."""
        raw = self._written(item)
        holder = find(raw, type(item), path[:-1]).value if raw is not None else None
        return holder.key_at(path[-1]) if isinstance(holder, Mapping) else item.at

    def _written(self, item: Item) -> Mapping | None:
        if self._index is None:
            self._index = {}
            for root in self._roots:
                self._enter(root)
        return self._index.get(item.at)

    def _enter(self, root: Any) -> None:
        assert self._index is not None
        waiting = [root]
        while waiting:
            value = waiting.pop()
            if isinstance(value, Mapping):
                if not value.named:
                    if value.at in self._index:
                        continue
                    self._index[value.at] = value
                waiting += value.values()
            elif isinstance(value, Listing):
                waiting += value

    def add(self, code: str, at: Position, message: str, hint: str = "", also: tuple[Position, ...] = ()) -> None:
        self.problems.append(Problem(code, at, message, hint, also=also))

    def may_be_defined(self, name: str) -> bool:
        """Whether a file that could not be read may define the name."""
        return self._hidden is None or name in self._hidden

    def unknown(
        self, at: Position, name: str, known: Iterable[str], plural: str, message: str, also: tuple[Position, ...] = ()
    ) -> None:
        """Notes an unknown name, unless a file that could not be read may define it."""
        if not self.may_be_defined(name):
            self.add("unknown-name", at, message, hint_for(name, known, plural), also)
