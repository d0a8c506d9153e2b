"""What workers are told, once: the compiled rules, and how each input is read (`worker`: what they do with it)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tariffs.cdr.holders import Holders
from tariffs.cdr.masking import Masker
from tariffs.cdr.numbers import NumberReader
from tariffs.cdr.rated import RatedColumns
from tariffs.cdr.shapes import Shape

PART: Final = "_tariffs_part"
"""The folder of the rows while they are written: one of the four below (a text would be one more copy of each row)."""
RATED_PART, SUSPENDED, REPEATED, ACCOUNT = range(4)

Batches = Iterable[Any]
Step = Callable[[Any, Batches], Iterator[Any]]
"""What a worker does: from its plan and batches of rows to batches of rows."""


@dataclass(frozen=True)
class Plan:
    """Everything that rates, picklable.

    `shapes`: a shape an input; `stored`: Arrow types that Spark has in place of those of files; `places`: the number of
    an input by `place_of` its URI; `keys`: the columns that tell records apart, an input each; `rate`:
    `rating.batch.rate_batch`, or something of its shape.
    """

    rater: Any
    rate: Callable[[Any, Any], Any]
    shapes: tuple[Shape, ...]
    stored: Mapping[Any, Any]
    places: Mapping[tuple[str, str, str], int]
    keys: tuple[tuple[str, ...], ...]
    holders: Holders | None = None
    mask_key: bytes | None = field(default=None, repr=False)

    def masker(self) -> Masker | None:
        """A masker of this process; None where nothing is masked."""
        return Masker(self.mask_key, NumberReader(self.rater)) if self.mask_key is not None else None

    def columns(self, masker: Masker | None) -> RatedColumns:
        """The columns of the rated rows."""
        labels = tuple(view.label for view in self.rater.views)
        digest, kind = self.rater.compiled.book.digest, masker.kind if masker is not None else None
        return RatedColumns(self.shapes, labels, digest, kind=kind, placed=True)


def place_of(uri: str) -> tuple[str, str, str]:
    """Scheme, authority and path of a URI; Spark writes one file as `file:/a%20b` here and `file:///a%20b` there."""
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc, unquote(parts.path)


def told(session: Any, thing: Any) -> Callable[[], Any]:
    """Broadcasts something once; the function gives it back, on any worker, made once a process."""
    from pyspark import cloudpickle

    data = cloudpickle.dumps(thing)
    return _Told(session.sparkContext.broadcast(data), hashlib.sha256(data).hexdigest())


_known: dict[str, Any] = {}
"""What this process has been told, by its digest: unpickled once, tables packed and kernel compiled once."""
_MOST_KNOWN: Final = 4


class _Told:
    def __init__(self, broadcast: Any, digest: str) -> None:
        self._broadcast, self._digest = broadcast, digest

    def __call__(self) -> Any:
        if self._digest not in _known:
            from pyspark import cloudpickle

            while len(_known) >= _MOST_KNOWN:
                _known.pop(next(iter(_known)))
            _known[self._digest] = cloudpickle.loads(self._broadcast.value)
        return _known[self._digest]


def mapped(frame: Any, step: Step, plan: Callable[[], Any], schema: Any) -> Any:
    """The frame through a step of the workers. Columns go there by position: Spark cannot name every name."""
    import warnings

    def run(batches: Batches) -> Iterator[Any]:
        return step(plan(), batches)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of PySpark, about a pandas that is not used here
        return frame.toDF(*(f"c{i}" for i in range(len(frame.columns)))).mapInArrow(run, schema)
