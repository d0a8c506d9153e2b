"""Records of fixed size gathered for sorting, in bounded memory: beyond a limit they lie on the disk, by their hash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

PARTS: Final = 128
_SHIFT: Final = np.uint64(64 - 7)

Records = NDArray[np.void]


class Spill:
    """Records with a field `key` (`hashing.HASH`), at most `held` of them in memory.

    `parts` gives them back, as often as asked, so that equal keys come together, and the keys of a part are all greater
    than those of the part before. Within a part they are in the order in which they came.
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
        part = (records["key"]["high"] >> _SHIFT).astype(np.uint8)
        records = records[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=PARTS)).tolist()
        for file, begin, end in zip(self._files, [0, *ends], ends, strict=False):
            file.seek(0, 2)
            records[begin:end].tofile(file)
        self._held, self._count = [], 0

    def _in_memory(self) -> Records:
        return np.concatenate(self._held) if self._held else np.empty(0, self._kind)

    def parts(self) -> Iterator[Records]:
        """All records; those of one key are in one part."""
        if not self._files:
            yield self._in_memory()
            return
        self._write()
        for file in self._files:
            file.seek(0)
            yield np.fromfile(file, self._kind)

    def close(self) -> None:
        for file in self._files:
            file.close()


class Ordinals:
    """Numbers gathered in any order, given back sorted: on the disk, however many there are."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path, self._count = folder / name, 0

    def add(self, ordinals: NDArray[np.int64]) -> None:
        if len(ordinals):
            with self._path.open("ab") as file:
                ordinals.tofile(file)
            self._count += len(ordinals)

    def sorted(self) -> NDArray[np.int64]:
        if not self._count:
            return np.empty(0, np.int64)
        found = np.memmap(self._path, np.int64, "r+")
        found.sort()
        return found


def among(values: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values stand in a sorted array."""
    if not len(wanted):
        return np.zeros(len(values), np.bool_)
    found: NDArray[np.bool_] = wanted[np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)] == values
    return found


def repeated(records: Records) -> Records:
    """Those whose key (or half of it) another record has, too: nearly always few, found without moving the others."""
    halves = np.sort(records["key"]["high"])
    return records[among(records["key"]["high"], halves[1:][halves[1:] == halves[:-1]])]


def by_key(records: Records) -> tuple[Records, NDArray[np.int64]]:
    """The records sorted by key, those of one key in the order in which they came; and where each key begins."""
    sorted_ = records[np.argsort(records["key"]["high"], kind="stable")]
    high, low = sorted_["key"]["high"], sorted_["key"]["low"]
    same = high[1:] == high[:-1]
    if (same & (low[1:] != low[:-1])).any():  # half of two hashes is equal
        sorted_ = records[np.lexsort((records["key"]["low"], records["key"]["high"]))]
        high, low = sorted_["key"]["high"], sorted_["key"]["low"]
        same = high[1:] == high[:-1]
    begins = np.flatnonzero(~(same & (low[1:] == low[:-1]))) + 1
    return sorted_, np.concatenate(([0], begins)).astype(np.int64) if len(records) else begins
