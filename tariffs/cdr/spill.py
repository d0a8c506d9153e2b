"""Records of fixed size gathered for sorting, in bounded memory: beyond a limit they lie on the disk, by their hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from tariffs.cdr import columns as arrow

PARTS: Final = 64
HASH: Final = "S16"

Records = NDArray[np.void]


class Spill:
    """Records with a field `key` of 16 bytes, at most `held` of them in memory.

    `parts` gives them back so that equal keys come together.
    """

    def __init__(self, kind: np.dtype[Any], folder: Path, name: str, held: int) -> None:
        self._kind, self._folder, self._name, self._most = kind, folder, name, held
        self._held: list[Records] = []
        self._count = 0
        self._files: list[IO[bytes]] = []

    def add(self, records: Records) -> None:
        if len(records):
            self._held.append(records)
            self._count += len(records)
            if self._count > self._most:
                self._write()

    def _write(self) -> None:
        if not self._files:
            self._files = [(self._folder / f"{self._name}-{part}").open("w+b") for part in range(PARTS)]
        records = self._in_memory()
        part = np.ascontiguousarray(records["key"]).view(np.uint8)[::16] % PARTS
        for number, file in enumerate(self._files):
            records[part == number].tofile(file)
        self._held, self._count = [], 0

    def _in_memory(self) -> Records:
        return np.concatenate(self._held) if self._held else np.empty(0, self._kind)

    def parts(self) -> Iterator[Records]:
        """All records, once; those of one key are in one part."""
        if not self._files:
            yield self._in_memory()
            return
        self._write()
        for file in self._files:
            file.seek(0)
            yield np.fromfile(file, self._kind)
            file.close()


_END, _NULL, _ESCAPE = "\x1e", "\x1f", "\x1d"
_ESCAPED: Final = ((_ESCAPE, _ESCAPE + "0"), (_END, _ESCAPE + "1"), (_NULL, _ESCAPE + "2"))


def hashes(columns: Sequence[Any], length: int) -> NDArray[Any]:
    """128 bits of each row of some columns of text (None: a column that is not there, like one of nulls), as `HASH`."""
    import pyarrow.compute as pc

    if not any(column is not None for column in columns):
        return np.zeros(length, HASH)
    parts = [
        arrow.scalar(_NULL) if column is None else pc.coalesce(_told(column), arrow.scalar(_NULL)) for column in columns
    ]
    joined = pc.binary_join_element_wise(*parts, arrow.scalar(_END))
    at = arrow.offsets(joined).tolist()
    data = memoryview(joined.buffers()[2] or b"")
    digests = b"".join([blake2b(data[a:b], digest_size=16).digest() for a, b in pairwise(at)])
    return np.frombuffer(digests, HASH)


def _told(column: Any) -> Any:
    """The column with the signs escaped that stand between values, so that different rows are different texts."""
    import pyarrow.compute as pc

    if column.buffers()[2] is None or not (np.frombuffer(column.buffers()[2], np.uint8) < ord(" ")).any():
        return column
    for sign, escaped in _ESCAPED:
        column = pc.replace_substring(column, sign, escaped)
    return column
