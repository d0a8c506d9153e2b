"""Where records come from: files, folders, patterns, standard input; compressed or not; hashed as they are read."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Any, Final, NamedTuple

from tariffs.cdr.failures import InputError
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import RemotePath, is_remote

STANDARD_INPUT: Final = "-"
ENDINGS: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
PACKED: Final = (".gz", ".zst")
NAMED_ONLY: Final = (".txt",)
"""Endings of files that may be calls, and mostly are notes: never taken from a folder."""
OURS: Final = (".suspense.jsonl", ".manifest.json")
"""Endings of what a run writes beside its output: never taken from a folder as calls."""
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
_BOM: Final = b"\xef\xbb\xbf"
PIECE: Final = 1 << 20


@dataclass(slots=True)
class Source:
    """One input. `name` is for messages, and holds no telephone number; `written` is how the user wrote it.

    `index`: its place among the inputs; `place`: its path within the folder it was found in; `asked`: named itself, not
    found in a folder or by a pattern; `digest` (sha256, hex) is known when the whole input has been read.
    """

    name: str
    index: int = 0
    path: Path | RemotePath | None = None
    written: str = ""
    asked: bool = True
    digest: str = ""
    size: int = 0
    place: str = ""
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Told to another process: where the records are, without what has been read of them."""
        said = (self.name, self.index, self.path, self.written, self.asked, self.digest, self.size, self.place)
        return Source, said

    def ending(self) -> tuple[str, str]:
        """The format that the name promises (or an empty text), and the compression (or an empty text)."""
        name = (self.written or self.name).lower()
        packed = next((end for end in PACKED if name.endswith(end)), "")
        name = name.removesuffix(packed)
        if name.endswith(".suspense.jsonl"):
            return "suspense", packed
        return next((kind for end, kind in ENDINGS.items() if name.endswith(end)), ""), packed


def find_sources(arguments: Sequence[str]) -> list[Source]:
    """The inputs that the arguments mean, in their order; those of a folder or pattern sorted by name.

    Raises InputError for a path that does not exist, a folder without calls, or the same file twice.
    """
    found: list[_Found] = []
    for argument in arguments:
        if argument == STANDARD_INPUT:
            found.append(_Found(STANDARD_INPUT, None, "", True))
        else:
            found += _expand(argument)
    if not found:
        raise InputError("no input: name files, folders or patterns, or `-` for standard input")
    seen: dict[object, str] = {}
    for name, path, _, _ in found:
        key = path.resolve() if path is not None else STANDARD_INPUT
        if key in seen:
            raise InputError(
                f"{shown_name(name)}: the same input stands here twice (as {shown_name(seen[key])} before); "
                "its calls would count twice"
            )
        seen[key] = name
    names = distinct_names([shown_name(one.name) for one in found])
    return [
        Source(shown, index, one.path, one.name, one.asked, place=one.place)
        for index, (shown, one) in enumerate(zip(names, found, strict=True))
    ]


class _Found(NamedTuple):
    name: str
    path: Path | RemotePath | None
    place: str
    asked: bool


def distinct_names(names: Sequence[str]) -> list[str]:
    """The names, those that stand there already with a number behind them."""
    counts: dict[str, int] = {}
    made = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        made.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return made


def _expand(argument: str) -> list[_Found]:
    if is_remote(argument):
        return _expand_remote(RemotePath(argument))
    path, shown = Path(argument), shown_name(argument)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if _is_calls(p, path))
        if not files:
            endings = ", ".join([*(end for end in ENDINGS if end not in NAMED_ONLY), *PACKED])
            raise InputError(f"{shown}: the folder holds no file of calls (looked for {endings})")
        return [_Found(str(file), file, str(file.relative_to(path)), False) for file in files]
    if path.exists():
        return [_Found(argument, path, path.name, True)]
    if any(sign in argument for sign in "*?["):
        anchor = Path(path.anchor) if path.anchor else Path()
        pattern = str(path.relative_to(path.anchor)) if path.anchor else argument
        files = sorted(p for p in anchor.glob(pattern) if p.is_file() and not p.name.endswith(OURS))
        if files:
            return [_Found(str(file), file, file.name, str(file) == argument) for file in files]
        raise InputError(f"{shown}: no file matches this pattern")
    raise InputError(f"{shown}: no such file or folder{_near(path)}")


def _expand_remote(path: RemotePath) -> list[_Found]:
    shown, pattern = str(path), any(sign in str(path) for sign in "*[")
    if not pattern and path.is_file():
        return [_Found(shown, path, path.name, True)]
    found = []
    for file in path.files():
        place = file.name if pattern else str(file).removeprefix(shown.rstrip("/") + "/")
        if not file.name.endswith(OURS) if pattern else _named_as_calls(PurePosixPath(place)):
            found.append(_Found(str(file), file, place, False))
    if not found:
        raise InputError(f"{shown_name(shown)}: there is no such file, no folder of calls, and nothing of this pattern")
    return found


def _is_calls(path: Path, folder: Path) -> bool:
    return path.is_file() and _named_as_calls(path.relative_to(folder))


def _named_as_calls(place: PurePath) -> bool:
    """Whether a file of a folder is taken for one of calls, by its path in there."""
    if any(part.startswith((".", "_")) for part in place.parts) or place.name.endswith(OURS):
        return False
    name = place.name.lower()
    bare = name.removesuffix(next((end for end in PACKED if name.endswith(end)), ""))
    return bare.endswith(tuple(end for end in ENDINGS if end not in NAMED_ONLY))


def _near(path: Path) -> str:
    import difflib

    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, 1)
    return f"; did you mean {shown_name(str(path.parent / close[0]))}?" if close else ""


class _Counted(io.RawIOBase):
    """The bytes of an input as they lie on the disk: counted and hashed in passing."""

    def __init__(self, source: Source, raw: Any, report: Callable[[int], None] | None) -> None:
        self._source, self._raw, self._report = source, raw, report

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._raw.readinto(buffer) or 0
        self._source._hash.update(memoryview(buffer)[:count])
        self._source.size += count
        if self._report is not None:
            self._report(count)
        return count


@contextmanager
def open_bytes(source: Source, report: Callable[[int], None] | None = None) -> Iterator[IO[bytes]]:
    """The input as one stream of bytes, unpacked. Operating system and unpacking failures become InputError."""
    source._hash, source.size, source.digest = hashlib.sha256(), 0, ""
    raw = _open_raw(source)
    try:
        with failures_named(source):
            yield _unpacked(source, raw, report)
    finally:
        if source.path is not None:
            raw.close()


@contextmanager
def put_aside(source: Source) -> Iterator[Source]:
    """Standard input as a file that can be read twice, gone in the end."""
    with tempfile.NamedTemporaryFile(prefix="tariffs-") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept, PIECE)
        kept.flush()
        yield Source("standard input", source.index, Path(kept.name), "standard input")


def finish(source: Source, stream: IO[bytes]) -> None:
    """Notes the digest of an input that has been read to its end."""
    while stream.read(PIECE):
        pass
    source.digest = source._hash.hexdigest()


@contextmanager
def failures_named(source: Source) -> Iterator[None]:
    """Failures of the system, of unpacking and of Arrow while reading an input, as one sentence about that input."""
    import pyarrow as pa

    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{source.name}: the compressed data is damaged or cut off; fetch the file again") from error
    except pa.ArrowException as error:
        raise InputError(f"{source.name}: cannot be read: {_first_line(error)}") from error
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror or _first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200] or type(error).__name__


def _open_raw(source: Source) -> IO[bytes]:
    if source.path is None:
        return sys.stdin.buffer
    try:
        return source.path.open("rb", buffering=0)
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror or error}") from error


def _unpacked(source: Source, raw: IO[bytes], report: Callable[[int], None] | None) -> IO[bytes]:
    counted = io.BufferedReader(_Counted(source, raw, report), PIECE)
    start = counted.peek(4)[:4]
    packed = source.ending()[1]
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=counted)  # type: ignore[return-value]
    if start == _ZSTD:
        return _Zstandard(counted)  # type: ignore[return-value]
    if packed and start:
        raise InputError(f"{source.name}: the name ends in {packed}, but the content is not compressed so")
    return counted


class _Zstandard(io.RawIOBase):
    """A stream of zstd frames; one that is cut off raises EOFError."""

    def __init__(self, packed: IO[bytes]) -> None:
        import pyarrow as pa

        self._stream: Any = pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size if size >= 0 else None)
        return data


def format_of(source: Source, start: bytes) -> str:
    """`csv`, `jsonl`, `parquet` or `suspense`, from the name and the first bytes.

    Raises InputError where the two contradict each other, or where there is nothing to read.
    """
    promised = source.ending()[0]
    if not start.removeprefix(_BOM).strip():
        raise InputError(f"{source.name}: the file is empty")
    if start.startswith(_PARQUET):
        if promised not in ("", "parquet"):
            raise InputError(f"{source.name}: this is a Parquet file under another name; name it .parquet")
        return "parquet"
    if promised == "parquet":
        raise InputError(f"{source.name}: not a Parquet file (it does not begin with PAR1)")
    text = start.removeprefix(_BOM).lstrip()
    if text.startswith(b'{"tariffs-suspense"'):
        return "suspense"
    if promised == "suspense":
        raise InputError(f"{source.name}: not a suspense file (its first line does not say so)")
    if promised:
        return promised
    return "jsonl" if text.startswith(b"{") else "csv"
