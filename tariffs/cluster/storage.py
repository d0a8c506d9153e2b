"""Where a run on a cluster writes: folders and files that this machine sees, or those of Hadoop's file systems."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from tariffs.cdr.remote import is_remote
from tariffs.cluster.session import failures_named


class Storage(Protocol):
    """What is done with whole files and folders, by their names."""

    def exists(self, name: str) -> bool: ...

    def rename(self, old: str, new: str) -> None:
        """A file of the new name is replaced."""

    def delete(self, name: str) -> None:
        """A file, or a folder with all that is in it; nothing where there is none."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file of these bytes, in the place of one that is there."""

    def size(self, name: str) -> int:
        """Bytes of a file."""


def storage_of(session: Any, name: str) -> Storage:
    """The storage of a name."""
    return _Hadoop(session, name) if is_remote(name) else _Local()


class _Local:
    def exists(self, name: str) -> bool:
        return Path(name).exists()

    def rename(self, old: str, new: str) -> None:
        Path(old).replace(new)

    def delete(self, name: str) -> None:
        path = Path(name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        with Path(name).open("wb") as stream:
            stream.writelines(pieces)

    def size(self, name: str) -> int:
        return Path(name).stat().st_size


class _Hadoop:
    """Through the Java of the session, with the connectors and credentials that it has."""

    def __init__(self, session: Any, name: str) -> None:
        java = session.sparkContext._jvm
        self._path = java.org.apache.hadoop.fs.Path
        with failures_named():
            self._files = self._path(name).getFileSystem(session.sparkContext._jsc.hadoopConfiguration())

    def exists(self, name: str) -> bool:
        with failures_named():
            return bool(self._files.exists(self._path(name)))

    def rename(self, old: str, new: str) -> None:
        with failures_named():
            target = self._path(new)
            if self._files.exists(target) and self._files.getFileStatus(target).isFile():
                self._files.delete(target, False)
            if not self._files.rename(self._path(old), target):
                raise OSError(None, "could not be renamed to its final name", new)

    def delete(self, name: str) -> None:
        with failures_named():
            self._files.delete(self._path(name), True)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        with failures_named():
            stream = self._files.create(self._path(name), True)
            try:
                for piece in pieces:
                    stream.write(bytearray(piece))
            finally:
                stream.close()

    def size(self, name: str) -> int:
        with failures_named():
            return int(self._files.getFileStatus(self._path(name)).getLen())
