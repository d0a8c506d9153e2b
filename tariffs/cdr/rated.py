"""The rated file: its columns, their types, and a batch of it. See docs/rated-schema.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls
from tariffs.cdr.columns import Int64s
from tariffs.cdr.shapes import Shape
from tariffs.rating.batch import status_words

SCHEMA: Final = "1"
"""Version of the rated file's columns: raised when one of them changes its name, type or meaning."""

MONEY: Final = arrow.MONEY
PER_VIEW: Final = {
    "charge": MONEY, "tariff": pa.string(), "rule": pa.string(), "units": pa.int64(), "relation": pa.string(),
}  # fmt: skip
AT_END: Final = {"rated_service": pa.string(), "status": pa.string(), "rules_digest": pa.string()}
MERGED_COLUMNS: Final = {"pieces": pa.int64(), "rated_seconds": MONEY}
"""Only where partial records are merged: of how many pieces, and the duration that was rated."""
PLACED_COLUMNS: Final = {"file": pa.string(), "row": pa.int64()}
"""Only where the rows are not in the order of the inputs: which input, and which of its records (counted from 1)."""
Choice = Callable[[Any], Any]
"""Makes a column of some rows out of one of others."""
RENAMED: Final = "input."
"""Goes before the name of an input column that a result column would hide."""


@dataclass(frozen=True)
class RatedColumns:
    """The columns of one rated file: those of all inputs in the order of first appearance, then the results.

    `kind`: the type of a column of an input by its position, where masking changes it; `placed`: each row says which
    record it was.
    """

    shapes: Sequence[Shape]
    labels: tuple[str, ...]
    digest: str
    merging: bool = False
    kind: Callable[[Shape, int], Any] | None = None
    placed: bool = False

    @cached_property
    def results(self) -> dict[str, Any]:
        found = {f"{label}.{name}": kind for label in self.labels for name, kind in PER_VIEW.items()}
        found |= MERGED_COLUMNS if self.merging else {}
        return found | AT_END | (PLACED_COLUMNS if self.placed else {})

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """The type of each input column; one that files disagree about is text."""
        kinds: dict[str, list[Any]] = {}
        for shape in self.shapes:
            for position, name in enumerate(shape.names):
                kind = shape.types[position] if self.kind is None else self.kind(shape, position)
                kinds.setdefault(name, []).append(kind)
        return {name: arrow.unify(found) for name, found in kinds.items()}

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Input columns under another name in the output, because a result has theirs."""
        new: dict[str, str] = {}
        for name in self.inputs:
            other = name
            while other in self.results or (other != name and other in self.inputs):
                other = RENAMED + other
            if other != name:
                new[name] = other
        return new

    def schema(self, about: Mapping[str, str]) -> Any:
        """The Arrow schema, with what the results rest on as its metadata."""
        fields = [pa.field(self.renamed.get(name, name), kind) for name, kind in self.inputs.items()]
        fields += [pa.field(name, kind) for name, kind in self.results.items()]
        said = {"tariffs.schema": SCHEMA, "tariffs.views": json.dumps(self.labels, ensure_ascii=False), **about}
        return pa.schema(fields, metadata=said)

    def batch(self, columns: Any, calls: Calls, kept: Int64s, rated: Int64s, outcome: Any) -> Any:
        """The rows `kept` of a chunk. `columns`: as read, or masked; `rated`: the rows that `outcome` is of."""
        chosen = _chosen(len(calls.status), kept)
        of_result = chosen if len(rated) == len(calls.status) else _places(len(calls.status), kept, rated)
        made = [self._input(columns, name, kind, len(kept), chosen) for name, kind in self.inputs.items()]
        for number in range(len(self.labels)):
            found = outcome.columns(number)
            made += [of_result(found[name]) for name in PER_VIEW]
        if self.merging:
            made += _merged(calls, kept)
        made.append(of_result(outcome.service))
        made.append(status_words(calls.status[kept]))
        made.append(arrow.dictionary(np.zeros(len(kept), np.int32), [self.digest]))
        if self.placed:
            made.append(arrow.dictionary(np.zeros(len(kept), np.int32), [calls.chunk.source.name]))
            made.append(arrow.integers(calls.chunk.lines[kept]))
        names = [*(self.renamed.get(name, name) for name in self.inputs), *self.results]
        return pa.RecordBatch.from_arrays(made, names=names)

    def _input(self, columns: Any, name: str, kind: Any, length: int, chosen: Choice) -> Any:
        at = columns.schema.get_field_index(name)
        if at < 0:
            return pa.nulls(length, kind)
        array = chosen(columns.column(at))
        coded = pa.types.is_dictionary(array.type) and array.type.value_type == kind
        return array if coded or array.type == kind else arrow.as_text(array)


def _chosen(length: int, kept: Int64s) -> Choice:
    """Leaves the rows `kept` of so many; nothing is copied where that is all of them."""
    if len(kept) == length:
        return lambda array: array
    flags = np.zeros(length, np.bool_)
    flags[kept] = True
    mask = arrow.booleans(flags)
    return lambda array: array.filter(mask)


def _places(length: int, kept: Int64s, rated: Int64s) -> Choice:
    """Puts what there is of the rows `rated` of so many where the rows `kept` want it; null for the others."""
    place = np.full(length, -1, np.int64)
    place[rated] = np.arange(len(rated))
    place = place[kept]
    where = arrow.integers(np.where(place < 0, 0, place), place >= 0)
    return lambda array: array.take(where) if len(array) else pa.nulls(len(where), array.type)


def _merged(calls: Calls, kept: Int64s) -> list[Any]:
    pieces = np.array([calls.pieces.get(position, 1) for position in kept.tolist()], np.int64)
    duration = calls.batch.column(calls.batch.schema.get_field_index("duration"))
    return [arrow.integers(pieces), arrow.seconds(duration.take(arrow.integers(kept)))]
