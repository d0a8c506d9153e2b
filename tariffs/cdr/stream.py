"""All calls of all inputs, in their order, what belongs together already marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from tariffs.cdr.chunks import Calls
from tariffs.cdr.convert import Converter
from tariffs.cdr.failures import InputError
from tariffs.cdr.holders import Holders
from tariffs.cdr.matching import Declared, Matcher, Matches
from tariffs.cdr.notes import Note
from tariffs.cdr.reading import read_chunks
from tariffs.cdr.shapes import Shape

KEPT: Final = 200_000
"""Records that are kept between the two passes; of more, the inputs are read twice."""


@dataclass
class CallStream:
    """Reads the inputs once, or twice where records must be compared with one another.

    `key`: duplicate key of the request, before those of the mappings. `folder`: for what does not fit into memory.
    `naive`: times that said no zone, known when the stream is exhausted.
    """

    shapes: Sequence[Shape]
    home: ZoneInfo
    folder: Callable[[], Path]
    key: tuple[str, ...] = ()
    holders: Holders | None = None
    report: Callable[[int], None] | None = None
    naive: int = 0
    blank: int = 0
    _kept: list[tuple[Shape, Calls]] | None = field(default=None, repr=False)
    _digests: dict[int, str] = field(default_factory=dict, repr=False)

    def declared(self, shape: Shape) -> Declared:
        mapping = shape.mapping
        return Declared(self.key or mapping.duplicate_key, mapping.partial, mapping.second_leg)

    @property
    def passes(self) -> int:
        return 2 if any(any(self.declared(shape)) for shape in self.shapes) else 1

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
        return tuple(said)

    def __iter__(self) -> Iterator[tuple[Shape, Calls]]:
        if self.passes == 1:
            for shape, calls, _ in self._read(self.report):
                yield shape, calls
            return
        matches = self._match()
        self.blank, first = matches.blank, 0
        for shape, calls in self._again():
            matches.mark(calls, first)
            first += len(calls.status)
            yield shape, calls

    def _read(self, report: Callable[[int], None] | None) -> Iterator[tuple[Shape, Calls, Converter]]:
        self.naive = 0
        for shape in self.shapes:
            converter = Converter(shape.mapping, self.home, shape.names, shape.source.name)
            for chunk in read_chunks(shape, report):
                calls = converter.convert(chunk)
                if self.holders is not None:
                    self.holders.apply(calls)
                yield shape, calls, converter
            if not shape.mapping.timezone:
                self.naive += converter.naive

    def _match(self) -> Matches:
        """The first pass: what the records are to one another. Keeps the calls of small inputs."""
        matcher, first = Matcher(self.folder()), 0
        kept: list[tuple[Shape, Calls]] | None = []
        for shape, calls, converter in self._read(self.report):
            matcher.gather(calls, converter, self.declared(shape), first)
            first += len(calls.status)
            if kept is not None and first <= KEPT:
                kept.append((shape, calls))
            else:
                kept = None
        self._kept = kept
        self._digests = {id(shape.source): shape.source.digest for shape in self.shapes}
        return matcher.decide()

    def _again(self) -> Iterator[tuple[Shape, Calls]]:
        if self._kept is not None:
            if self.report is not None:
                self.report(sum({id(shape.source): shape.source.size for shape in self.shapes}.values()))
            yield from self._kept
            return
        for shape, calls, _ in self._read(self.report):
            yield shape, calls
        for shape in self.shapes:
            if shape.source.digest != self._digests[id(shape.source)]:
                raise InputError(
                    f"{shape.source.name}: the file changed while it was read; run again when it is complete"
                )
