"""The inputs of a request, looked at before anything is rated."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tariffs.cdr.convert import find_column
from tariffs.cdr.failures import RequestError
from tariffs.cdr.request import RateRequest
from tariffs.cdr.shapes import Shape, find_shape, what_it_is
from tariffs.cdr.sources import STANDARD_INPUT, Source, find_sources, put_aside
from tariffs.cdr.suspense import suspense_shapes


@dataclass(frozen=True)
class Inputs:
    """The inputs of a request, and how each of them is to be read."""

    sources: list[Source]
    shapes: list[Shape]

    def give(self, column: str) -> bool:
        """Whether some input says this canonical column."""
        return any(_gives(shape, column) for shape in self.shapes)


def _gives(shape: Shape, column: str) -> bool:
    mapping = shape.mapping
    if mapping.columns:
        return column in mapping.columns or column in mapping.constants
    return column in mapping.constants or find_column(column, shape.names) is not None


@contextmanager
def open_inputs(request: RateRequest) -> Iterator[Inputs]:
    """Finds the inputs and what they are; standard input is put aside for the time being.

    Raises InputError and RequestError.
    """
    _check(request)
    with ExitStack() as stack:
        sources = find_sources(request.inputs)
        kept = [stack.enter_context(put_aside(s)) if s.name == STANDARD_INPUT else s for s in sources]
        yield Inputs(kept, _shapes(request, kept))


def _check(request: RateRequest) -> None:
    """Raises RequestError for a zone or an encoding that does not exist."""
    try:
        if request.timezone is not None:
            ZoneInfo(request.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestError(f"{request.timezone!r} is no time zone; write one as Asia/Shanghai") from error
    try:
        codecs.lookup(request.encoding or "utf-8")
    except (LookupError, ValueError) as error:
        raise RequestError(f"{request.encoding!r} is no encoding; use utf-8, gbk, gb18030, latin-1 …") from error


def _shapes(request: RateRequest, sources: list[Source]) -> list[Shape]:
    mapping = request.mapping
    shapes: list[Shape] = []
    for source in sources:
        found = suspense_shapes(source) if what_it_is(source) == "suspense" else []
        if request.retry and not found:
            raise RequestError(f"{source.name}: --retry takes suspense files, and this is none")
        if not found:
            shapes.append(find_shape(source, mapping, request.mapping_name, request.encoding))
        elif mapping is None:
            shapes += found
        else:
            shapes += [replace(shape, mapping=mapping, mapping_name=request.mapping_name) for shape in found]
    return [_with_options(shape, request) for shape in shapes]


def _with_options(shape: Shape, request: RateRequest) -> Shape:
    """The shape with the zone, encoding and home area of the request, which go before those of its mapping."""
    said: dict[str, Any] = {}
    if request.timezone is not None:
        said["timezone"] = request.timezone
    if request.encoding is not None:
        said["encoding"] = request.encoding
    if request.home_area is not None:
        said["constants"] = {**shape.mapping.constants, "home_area": request.home_area}
    return replace(shape, mapping=shape.mapping.model_copy(update=said)) if said else shape
