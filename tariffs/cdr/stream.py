"""All calls of all inputs, in their order, what belongs together already marked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from tariffs.cdr.chunks import Calls
from tariffs.cdr.columns import Int64s
from tariffs.cdr.convert import Converter
from tariffs.cdr.failures import InputError
from tariffs.cdr.holders import Holders
from tariffs.cdr.keystore import KeyStore
from tariffs.cdr.matching import Declared, Gathered, Matcher, Matches
from tariffs.cdr.notes import Note
from tariffs.cdr.pipeline import InOrder, threads
from tariffs.cdr.reading import NOTHING, Part, read_parts
from tariffs.cdr.shapes import Shape
from tariffs.cdr.sources import Source
from tariffs.cdr.spill import Ordinals

R = TypeVar("R")
Work = Callable[[Shape, Calls], R]

KEPT: Final = 200_000
"""Records that are kept between the two passes; of more, the inputs are read twice."""
_PART: Final = 32
"""Bits of an ordinal that tell the records of one part; the others tell the part."""


@dataclass
class CallStream:
    """Reads the inputs once, or twice where records must be compared with one another.

    `key`: duplicate key of the request, before those of the mappings. `folder`: for what does not fit into memory.
    `keys`: those of earlier runs, and `output`: what tells this run from others. `again`: inputs that an earlier run
    has read. `done`: suspended records (as `aside`) of inputs that need not be rated, by their index.
    """

    shapes: Sequence[Shape]
    home: ZoneInfo
    folder: Callable[[], Path]
    key: tuple[str, ...] = ()
    holders: Holders | None = None
    report: Callable[[int], None] | None = None
    keys: KeyStore | None = None
    output: str = ""
    blank: int = 0
    known: int = 0
    again: Sequence[Source] = ()
    done: dict[int, list[int]] = field(default_factory=dict)
    aside: dict[int, list[int]] = field(default_factory=dict)
    """Suspended records by the index of their input, from its first record on; with a key store only."""
    _gathered: Matcher | None = field(default=None, repr=False)
    _aside: list[Any] = field(default_factory=list, repr=False)
    _kept: list[tuple[Part, list[Calls]]] | None = field(default=None, repr=False)
    _digests: dict[int, str] = field(default_factory=dict, repr=False)
    _numbers: dict[int, int] = field(default_factory=dict, repr=False)

    def declared(self, shape: Shape) -> Declared:
        mapping = shape.mapping
        return Declared(self.key or mapping.duplicate_key, mapping.partial, mapping.second_leg)

    @cached_property
    def _converters(self) -> dict[int, Converter]:
        return {id(s): Converter(s.mapping, self.home, s.names, s.source.name) for s in self.shapes}

    @property
    def passes(self) -> int:
        return 2 if any(any(self.declared(shape)) for shape in self.shapes) else 1

    @property
    def unfinished(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.source.index not in self.done]

    @property
    def looked_for(self) -> tuple[Note, ...]:
        """What duplicates were looked for by."""
        keys = {self.declared(shape).key for shape in self.shapes} - {()}
        legs = any(shape.mapping.second_leg for shape in self.shapes)
        if not keys and not legs:
            return (Note("no-key"),)
        said = [Note("key", {"key": "; ".join(sorted(" + ".join(key) for key in keys))})] if keys else []
        said += [Note("second-legs")] if legs else []
        said += [Note("no-key-in-record", {"n": self.blank})] if self.blank else []
        said += [Note("of-earlier-runs", {"n": self.known})] if self.keys is not None else []
        return tuple(said)

    def each(self, work: Work[R]) -> Iterator[tuple[Shape, R]]:
        """What `work` makes of every chunk of calls, in their order. It runs in several threads at once."""
        if self.passes == 1:
            yield from self._read(lambda shape, calls, _: work(shape, calls))
            return
        matches = self._match()
        self.blank, self.known = matches.blank, matches.known

        def marked(shape: Shape, calls: Calls, first: int) -> tuple[R, Int64s]:
            matches.mark(calls, first)
            return work(shape, calls), first + np.flatnonzero(calls.status < 0)

        if self.keys is not None:
            self._aside = [matches.duplicate, matches.conflicting, matches.changed]
        for shape, (result, aside) in self._again(marked):
            if self.keys is not None and len(aside):
                relative = aside - self._first_of(shape.source.index)
                self.aside.setdefault(shape.source.index, []).extend(relative.tolist())
            yield shape, result

    def _first_of(self, index: int) -> int:
        """The ordinal of the first record of an input."""
        return min(self._numbers.get(id(s), 0) for s in self.shapes if s.source.index == index) << _PART

    @cached_property
    def scratch(self) -> Path:
        return self.folder()

    def remember(self) -> None:
        """Tells the key store which records have been rated, once all have; `keys.keep` makes it stay."""
        if self.keys is None or self._gathered is None:
            return
        suspended = Ordinals(self.scratch, "suspended")
        for index, relative in (self.done | self.aside).items():
            suspended.add(np.array(relative, np.int64) + self._first_of(index))
        self.keys.remember(self._gathered.keys, [*self._aside, suspended.sorted()], self._sources)

    def close(self) -> None:
        """Lets go of what lies on the disk."""
        if self._gathered is not None:
            self._gathered.close()

    @property
    def _sources(self) -> list[Source]:
        return list({id(shape.source): shape.source for shape in self.shapes}.values())

    def _read(self, work: Callable[[Shape, Calls, int], R]) -> Iterator[tuple[Shape, R]]:
        """`work` is given the ordinal of the first call of a chunk, too."""
        numbers = self._numbers or None
        for part, results in self._parts(lambda part, calls: _each(work, part, calls), self.unfinished, numbers):
            for result in results:
                yield part.shape, result

    def _parts(
        self, work: Callable[[Part, list[Calls]], R], shapes: Sequence[Shape], numbers: Mapping[int, int] | None = None
    ) -> Iterator[tuple[Part, R]]:
        converters = self._converters

        def done(part: Part, rest: Any = NOTHING) -> tuple[R, Any]:
            chunks, left = part.chunks(rest)
            converted = [converters[id(part.shape)].convert(chunk) for chunk in chunks]
            if self.holders is not None:
                for calls in converted:
                    self.holders.apply(calls)
            return work(part, converted), left

        rest = NOTHING
        for part, (result, left) in _in_order(read_parts(shapes, self.report, numbers), done):
            if rest.data:  # a part was read as if nothing had been left to it
                result, left = done(part, rest)
            rest = left
            yield part, result

    def _match(self) -> Matches:
        """The first pass: what the records are to one another. Keeps the calls of small inputs."""

        def gathered(part: Part, calls: list[Calls]) -> tuple[list[Gathered], list[Calls]]:
            shape = part.shape
            converter, declared = self._converters[id(shape)], self.declared(shape)
            found = _each(lambda _, c, first: Gathered.of(c, converter, declared, first), part, calls)
            return found, calls

        matcher = self._gathered = Matcher(self.scratch)
        count = 0
        kept: list[tuple[Part, list[Calls]]] | None = []
        for part, (found, calls) in self._parts(gathered, self.shapes):
            self._numbers.setdefault(id(part.shape), part.number)
            for one in found:
                matcher.add(one)
            count += sum(len(c.status) for c in calls)
            if kept is not None and count <= KEPT:
                kept.append((part, calls))
            else:
                kept = None
        self._kept = kept
        self._digests = {id(shape.source): shape.source.digest for shape in self.shapes}
        if self.keys is not None:
            self.again = self.keys.begin(self._sources, self.output)
        return matcher.decide(self.keys)

    def _again(self, work: Callable[[Shape, Calls, int], R]) -> Iterator[tuple[Shape, R]]:
        if self._kept is not None:
            if self.report is not None:
                self.report(sum(source.size for source in self._sources))
            things = (kept for kept in self._kept if kept[0].shape.source.index not in self.done)
            for (part, _), results in _in_order(things, lambda kept: _each(work, *kept)):
                for result in results:
                    yield part.shape, result
            return
        yield from self._read(work)
        for shape in self.unfinished:
            if shape.source.digest != self._digests[id(shape.source)]:
                raise InputError(
                    f"{shape.source.name}: the file changed while it was read; run again when it is complete"
                )


def _in_order(things: Generator[Any, None, None], work: Callable[[Any], R]) -> Iterator[tuple[Any, R]]:
    workers = threads()
    return iter(InOrder(things, work, workers, workers + 2))


def _each(work: Callable[[Shape, Calls, int], R], part: Part, converted: list[Calls]) -> list[R]:
    """`work` for each chunk of a part, with the ordinal of its first record."""
    first, made = part.number << _PART, []
    for calls in converted:
        length = len(calls.status)
        made.append(work(part.shape, calls, first))
        first += length
    return made
