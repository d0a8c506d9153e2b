"""The calls of a run as frames of Spark: which files, with which columns, and how each is read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.inputs import Inputs, check_request, open_inputs, with_options
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import is_remote
from tariffs.cdr.request import RateRequest
from tariffs.cdr.shapes import Shape, columns_shape
from tariffs.cdr.sources import Source, distinct_names
from tariffs.cluster.plan import place_of
from tariffs.cluster.session import failures_named

_PATTERN: Final = re.compile(r"[\\{}\[\]*?]")


@dataclass(frozen=True)
class ClusterInputs:
    """The inputs of a request, on a cluster.

    `frames`: URI, row in the file from 0, and the columns, a frame for all files that have the same columns; `stored`:
    the Arrow types that Spark has in place of those of the files; `kinds`: what it calls them; `places`: see `Plan`;
    `rows`: how many records each input holds, by its own word.
    """

    inputs: Inputs
    frames: tuple[Any, ...]
    shapes: tuple[Shape, ...]
    stored: dict[Any, Any]
    kinds: dict[Any, Any]
    places: dict[tuple[str, str, str], int]
    rows: dict[str, int]


def uri_of(name: str) -> str:
    """What Spark is told: a bare name would be one of the file system that the cluster is set to."""
    return name if is_remote(name) else f"file://{Path(name).absolute()}"


@contextmanager
def open_calls(session: Any, request: RateRequest) -> Iterator[ClusterInputs]:
    """Finds the inputs and their columns. Raises InputError and RequestError."""
    uris = [name for name in request.inputs if is_remote(name)]
    if uris and len(uris) < len(request.inputs):
        raise RequestError("name either files or URIs as calls, not both in one run")
    if request.retry:
        raise RequestError("suspended records (--retry) are rated on one machine: leave out --engine spark")
    if request.keys is not None:
        raise RequestError("keys of earlier runs (--keys) are known on one machine only: leave out --engine spark")
    if uris:
        yield _of_uris(session, request)
        return
    with open_inputs(request) as inputs:
        yield _of_files(session, inputs)


def _of_files(session: Any, inputs: Inputs) -> ClusterInputs:
    """Files that this machine sees too, as every worker must."""
    import pyarrow.parquet as pq

    alike: dict[Any, list[int]] = defaultdict(list)
    rows: dict[str, int] = {source.name: 0 for source in inputs.empty}
    for place, shape in enumerate(inputs.shapes):
        source = shape.source
        if shape.kind != "parquet" or source.path is None:
            raise RequestError(
                f"{source.name}: a cluster reads Parquet, and this is {shape.kind}; rate it on one machine (leave out "
                "--engine spark), or convert it to Parquet first"
            )
        if not isinstance(source.path, Path):
            raise RequestError(f"{source.name}: a cluster reads files that all its machines see by the same path")
        if source.path.name.startswith(("_", ".")):
            raise RequestError(f"{source.name}: Spark reads no file whose name begins with a dot or `_`; rename it")
        rows[source.name] = pq.read_metadata(source.path).num_rows
        alike[(shape.names, tuple(map(str, shape.types)))].append(place)
    frames, stored, kinds, shapes = [], dict[Any, Any](), dict[Any, Any](), tuple(inputs.shapes)
    for members in alike.values():
        frame = _read(session, [_path(shapes[place].source) for place in members])
        _note_types(frame, shapes[members[0]].types, stored, kinds)
        frames.append(_placed(frame))
    places = {("file", "", _path(shape.source)): place for place, shape in enumerate(shapes)}
    return ClusterInputs(inputs, tuple(frames), shapes, stored, kinds, places, rows)


def _of_uris(session: Any, request: RateRequest) -> ClusterInputs:
    """Files and folders that only the cluster sees; the files of one URI have the columns of all of them."""
    check_request(request)
    frames, files = list[Any](), list[tuple[str, int]]()
    for number, uri in enumerate(request.inputs):
        with failures_named():
            frames.append(session.read.option("mergeSchema", "true").parquet(uri))
            files += [(file, number) for file in sorted(frames[-1].inputFiles())]
    names = distinct_names([shown_name(file) for file, _ in files])
    sources = [
        Source(name, place, written=file) for place, (name, (file, _)) in enumerate(zip(names, files, strict=True))
    ]
    places = {place_of(file): place for place, (file, _) in enumerate(files)}
    if len(places) < len(files):
        raise InputError("the same file stands twice among the inputs; its calls would count twice")
    stored, kinds = dict[Any, Any](), dict[Any, Any]()
    with failures_named():
        types = [frame.limit(0).toArrow().schema.types for frame in frames]
    for frame, found in zip(frames, types, strict=True):
        _note_types(frame, found, stored, kinds)
    shapes = [
        with_options(columns_shape(source, frames[n].columns, types[n], request.mapping, request.mapping_name), request)
        for source, (_, n) in zip(sources, files, strict=True)
    ]
    frames = [_placed(frame) for frame in frames]
    rows = dict.fromkeys((source.name for source in sources), 0) | _counted(frames, sources, places)
    return ClusterInputs(Inputs(tuple(sources), shapes), tuple(frames), tuple(shapes), stored, kinds, places, rows)


def _counted(
    frames: Sequence[Any], sources: Sequence[Source], places: dict[tuple[str, str, str], int]
) -> dict[str, int]:
    """The records of each file; Spark reads no column for that."""
    found: dict[str, int] = {}
    for frame in frames:
        with failures_named():
            for uri, number in frame.groupBy(frame.columns[0]).count().collect():
                found[sources[places[place_of(uri)]].name] = number
    return found


def _read(session: Any, paths: Sequence[str]) -> Any:
    with failures_named():
        return session.read.parquet(*(_PATTERN.sub(r"\\\g<0>", uri_of(path)) for path in paths))


def _path(source: Source) -> str:
    assert isinstance(source.path, Path)  # others were refused
    return str(source.path.absolute())


def _placed(frame: Any) -> Any:
    """The frame with the file and the row of each record before its columns, all of them named by position."""
    about = frame.metadataColumn("_metadata")
    named = frame.select(about.getField("file_path"), about.getField("row_index"), "*")
    return named.toDF(*(f"c{position}" for position in range(len(named.columns))))


def _note_types(frame: Any, types: Sequence[Any], stored: dict[Any, Any], kinds: dict[Any, Any]) -> None:
    """Notes in which types Spark has the columns of a frame, whose files have them in `types`."""
    import pyarrow as pa
    from pyspark.sql.types import TimestampNTZType, TimestampType

    with failures_named():
        found = frame.limit(0).toArrow().schema.types
    for written, read, field in zip(types, found, frame.schema.fields, strict=True):
        stored[written], kinds[read] = read, field.dataType
        if pa.types.is_timestamp(written) and pa.types.is_int64(read):  # nanoseconds, which Spark does not know
            stored[written] = pa.timestamp("us", "UTC" if written.tz else None)
            kinds[stored[written]] = TimestampType() if written.tz else TimestampNTZType()
