"""One rated file in the making, with its suspense file: what one input, or all of them, become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any, Protocol

from tariffs.cdr.masking import Masker
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.rating import Desk, Done, Portion, Rate
from tariffs.cdr.shapes import Shape
from tariffs.cdr.suspense import SuspenseWriter
from tariffs.cdr.totals import Counts
from tariffs.cdr.writers import Writer, open_writer, preparing


class Files(Protocol):
    """Where a sheet is written to, under temporary names."""

    kind: str
    packed: str

    def main(self) -> IO[bytes]: ...
    def suspense(self) -> IO[bytes]: ...


class Sheet:
    """A rated file of some inputs. `portion`: what came of their records, `files`: their counts by name; `written`: the
    rows that the finished file holds."""

    def __init__(
        self, files: Files, shapes: Sequence[Shape], rater: Any, rate: Rate, masker: Masker | None, *, bom: bool
    ) -> None:
        self._files, self.shapes, self._rater, self._masker, self._bom = files, shapes, rater, masker, bom
        labels = tuple(view.label for view in rater.views)
        merging = any(shape.mapping.partial for shape in shapes)
        digest, kind = rater.compiled.book.digest, masker.kind if masker else None
        self.columns = RatedColumns(shapes, labels, digest, merging=merging, kind=kind)
        self.columns.schema({})  # worked out here, before several threads ask for it
        self.desk = Desk(rater, rate, self.columns, masker, preparing(files.kind))
        self.portion = Portion.empty(labels)
        self.files: dict[str, Counts] = {shape.source.name: Counts() for shape in shapes}
        self.written = 0
        self._writer: Writer | None = None
        self._suspense: SuspenseWriter | None = None

    @property
    def suspended(self) -> bool:
        return self._suspense is not None

    def open(self, facts: Mapping[str, Any]) -> None:
        """`facts` become the metadata of the file."""
        about = {f"tariffs.{key.replace('_', '-')}": _as_text(value) for key, value in facts.items()}
        schema, files = self.columns.schema(about), self._files
        self._writer = open_writer(files.main(), schema, files.kind, files.packed, bom=self._bom)

    def put(self, shape: Shape, done: Done) -> None:
        """Writes a chunk that has been rated."""
        assert self._writer is not None  # it was opened
        if done.rows is not None:
            self._writer.write(done.rows)
        for record in done.suspended:
            if self._suspense is None:
                self._suspense = SuspenseWriter(self._files.suspense(), self._rater.compiled.book.digest, self._masker)
            self._suspense.put(shape, record)
        self.files[shape.source.name].add(done.portion.counts)
        self.portion.add(done.portion)

    def close(self) -> None:
        assert self._writer is not None  # it was opened
        self.written = self._writer.close()
        self._writer = None

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.abandon()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
