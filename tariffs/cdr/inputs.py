"""The inputs of a request, looked at before anything is rated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tariffs.cdr.convert import find_column
from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.mapping import check_encoding
from tariffs.cdr.notes import Note
from tariffs.cdr.ours import written_by_a_run
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.request import RateRequest
from tariffs.cdr.shapes import Shape, find_shape, is_empty, what_it_is
from tariffs.cdr.sources import STANDARD_INPUT, Source, find_sources, finish, open_bytes, put_aside
from tariffs.cdr.suspense import suspense_shapes


@dataclass(frozen=True)
class Inputs:
    """The inputs of a request, and how each of them is to be read. `empty`: those that hold nothing."""

    sources: tuple[Source, ...]
    shapes: list[Shape]
    empty: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()

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
    check_request(request)
    with ExitStack() as stack:
        sources = find_sources(request.inputs)
        kept = [stack.enter_context(put_aside(s)) if s.name == STANDARD_INPUT else s for s in sources]
        yield _sorted(request, kept)


def _sorted(request: RateRequest, sources: list[Source]) -> Inputs:
    """What is read, what is empty, and what is left out because an earlier run has written it."""
    empty, left_out = list[Source](), list[Source]()
    read, notes = list[Source](), list[Note]()
    for source in sources:
        if len(sources) > 1 and is_empty(source):
            with open_bytes(source) as stream:
                finish(source, stream)
            empty.append(source)
            notes.append(Note("empty", {"file": source.name}))
            continue
        written = written_by_a_run(source)
        if not source.asked and (written == "result" or (written == "suspense" and not request.retry)):
            left_out.append(source)
            notes.append(Note(f"{written}-left-out", {"file": source.name}))
            continue
        read.append(source)
        if written == "result":
            notes.append(Note("result-again", {"file": source.name}))
    if not read:
        first, what = (empty or left_out)[0], "holds results of earlier runs only; name one to rate its calls again"
        raise InputError(f"{first.name}: the file is empty" if empty else f"{_folder(request)}: this {what}")
    kept = tuple(source for source in sources if source in empty or source in read)
    return Inputs(kept, _shapes(request, read), tuple(empty), tuple(notes))


def _folder(request: RateRequest) -> str:
    return ", ".join(map(shown_name, request.inputs))


def check_request(request: RateRequest) -> None:
    """Raises RequestError for a zone or an encoding that does not exist, and for a mapping that lacks a year."""
    if request.mapping is not None and request.mapping.year_needed:
        raise RequestError(f"{shown_name(request.mapping_name) or 'the mapping'}: dates without a year need `year:`")
    try:
        if request.timezone is not None:
            ZoneInfo(request.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestError(f"{request.timezone!r} is no time zone; write one as Asia/Shanghai") from error
    try:
        check_encoding(request.encoding or "utf-8")
    except ValueError as error:
        raise RequestError(str(error)) from error


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
    return [with_options(shape, request) for shape in shapes]


def with_options(shape: Shape, request: RateRequest) -> Shape:
    """The shape with the zone, encoding and home area of the request, which go before those of its mapping."""
    said: dict[str, Any] = {}
    if request.timezone is not None:
        said["timezone"] = request.timezone
    if request.encoding is not None:
        said["encoding"] = request.encoding
    if request.home_area is not None:
        said["constants"] = {**shape.mapping.constants, "home_area": request.home_area}
    return replace(shape, mapping=shape.mapping.model_copy(update=said)) if said else shape
