"""Files that do not lie on this machine: s3://, gs://, hdfs:// and the like, through the file systems of Arrow.

What Arrow does not know itself goes through fsspec, where that is installed (`fsspec+sftp://…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple

from tariffs.cdr.failures import InputError
from tariffs.cdr.privacy import SECRET

_URI: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.ASCII)


def is_remote(name: str) -> bool:
    return _URI.match(name) is not None


class Known(NamedTuple):
    """Size in bytes, and when it was last changed."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True, slots=True)
class RemotePath:
    """A file by its URI, with what of `pathlib.Path` is needed to read and to write it whole."""

    uri: str

    def __str__(self) -> str:
        return SECRET.sub("", self.uri.partition("?")[0])

    @property
    def name(self) -> str:
        return PurePosixPath(str(self)).name

    def with_name(self, name: str) -> RemotePath:
        place, mark, query = self.uri.partition("?")
        return RemotePath(f"{place.rpartition('/')[0]}/{name}{mark}{query}")

    def resolve(self) -> RemotePath:
        return self

    def open(self, mode: str = "rb", buffering: int = -1) -> IO[bytes]:
        """The file, to be read from any place; or, with `wb`, a new one, which is there when it is closed."""
        with self._told() as (system, key):
            opened: IO[bytes] = (
                system.open_input_file(key) if mode == "rb" else system.open_output_stream(key, compression=None)
            )
        return opened

    def stat(self) -> Known:
        """Raises OSError where there is no such file."""
        found = self._info()
        if not found.is_file:
            raise FileNotFoundError(2, "No such file", str(self))
        return Known(found.size, found.mtime_ns or 0)

    def exists(self) -> bool:
        return bool(self._info().type)

    def unlink(self) -> None:
        with self._told() as (system, key):
            system.delete_file(key)

    def is_file(self) -> bool:
        return bool(self._info().is_file)

    def is_dir(self) -> bool:
        from pyarrow.fs import FileType

        return bool(self._info().type == FileType.Directory)

    def files(self) -> list[RemotePath]:
        """All files below a folder; of a pattern (`*`, `[`), those that match it. Sorted."""
        from pyarrow.fs import FileSelector

        with self._told() as (system, key):
            begin = re.split(r"[*\[]", key)[0]
            folder = key if begin == key else begin.rpartition("/")[0]
            found = system.get_file_info(FileSelector(folder, recursive=True, allow_not_found=True))
        keys = sorted(f.path for f in found if f.is_file and (begin == key or _fits(f.path, key)))
        place, mark, query = self.uri.partition("?")
        head = place.removesuffix(key.rstrip("/")) if not place.endswith("/") else place[: -len(key.rstrip("/")) - 1]
        return [RemotePath(f"{head}{path}{mark}{query}") for path in keys]

    def _info(self) -> Any:
        with self._told() as (system, key):
            return system.get_file_info([key])[0]

    @contextmanager
    def _told(self) -> Iterator[tuple[Any, str]]:
        """The file system and the key in it; what goes wrong as InputError."""
        import pyarrow as pa
        from pyarrow.fs import FileSystem

        try:
            system, key = FileSystem.from_uri(self.uri)
            yield system, key
        except (OSError, ImportError, pa.ArrowException, ValueError) as error:
            said = SECRET.sub("", str(error).strip().split("\n")[0])[:300]
            raise InputError(f"{self}: {said}") from error


def _fits(key: str, pattern: str) -> bool:
    """Whether a key matches a pattern whose signs do not stand for a slash."""
    return key.count("/") == pattern.count("/") and fnmatchcase(key, pattern)


def file_path(name: str) -> Path | RemotePath:
    """The file of a name or URI."""
    return RemotePath(name) if is_remote(name) else Path(name)
