"""The journal of a run that writes one file for each input: what is finished, so that it need not be done again.

JSON lines in a hidden file of the folder. The first says which run it is; each of the others what came of one input.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.rating import Portion
from tariffs.cdr.remote import RemotePath
from tariffs.cdr.sources import Source
from tariffs.cdr.totals import Counts, Sum, Tally

NAME: Final = ".tariffs-journal.jsonl"
_COMPLETE: Final = {"complete": True}


@dataclass(frozen=True, slots=True)
class Finished:
    """An input that is done: what it was, what was written of it, and what came of its records.

    `aside`: the ordinals of its suspended records, from its first record on (with a key store only).
    """

    portion: Portion
    written: int
    size: int
    suspended: bool
    aside: list[int] = field(default_factory=list)


class Journal:
    """The journal in a folder. `identity`: what makes two runs the same, by name."""

    def __init__(self, folder: Path, identity: Mapping[str, str]) -> None:
        self.path = folder / NAME
        self._identity = dict(identity)
        self._lines: dict[str, dict[str, Any]] = {}

    def begin(self, *, resume: bool) -> None:
        """Starts anew, or goes on. Raises RequestError where another run lies there unfinished."""
        found = self._read()
        if found and not resume and _COMPLETE not in found:
            raise RequestError(
                f"{shown_name(str(self.path.parent))}: a run into this folder was not finished; --resume goes on with "
                f"it, and without {NAME} it begins anew"
            )
        if found and resume:
            theirs = found[0]["run"]
            other = [name for name, value in self._identity.items() if theirs.get(name) != value]
            if other:
                raise RequestError(
                    f"{shown_name(str(self.path.parent))}: the run to be resumed was another one; not the same: "
                    f"{', '.join(other)}"
                )
            self._lines = {line["file"]: line for line in found[1:] if "file" in line}
            return
        self._write({"run": self._identity}, "w")

    def _read(self) -> list[dict[str, Any]]:
        """The lines; a last one that was cut off is none."""
        found = []
        try:
            text = self.path.read_text("utf-8") if self.path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{shown_name(str(self.path))}: the journal cannot be read") from error
        for line in text.split("\n"):
            try:
                found.append(json.loads(line)) if line else None
            except ValueError:
                break
        return found if found and "run" in found[0] else []

    def _write(self, line: Mapping[str, Any], mode: str = "a") -> None:
        try:
            with self.path.open(mode, encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"{shown_name(str(self.path))}: cannot be written: {error.strerror or error}") from error

    def finished(self, source: Source, target: Path, labels: Sequence[str]) -> Finished | None:
        """What an earlier go has made of an input, if both it and its result are as they were."""
        line = self._lines.get(source.written)
        if line is None or source.path is None or line["stamp"] != _stamp(source.path):
            return None
        if not target.is_file() or target.stat().st_size != line["size"]:
            return None
        source.digest, source.size = line["sha256"], line["bytes"]
        portion = _portion(line, labels)
        return Finished(portion, line["written"], line["size"], line["suspended"], line["aside"])

    def add(self, source: Source, finished: Finished) -> None:
        """Notes an input whose result has its final name."""
        assert source.path is not None  # standard input is not resumed
        line = {"file": source.written, "sha256": source.digest, "bytes": source.size, "stamp": _stamp(source.path)}
        line |= {"written": finished.written, "size": finished.size, "suspended": finished.suspended}
        self._write(line | {"aside": finished.aside} | _told(finished.portion))

    def complete(self) -> None:
        """The run is done, its manifest written."""
        self._write(_COMPLETE)


def _stamp(path: Path | RemotePath) -> list[int]:
    known = path.stat()
    return [known.st_size, known.st_mtime_ns]


def _told(portion: Portion) -> dict[str, Any]:
    views = [
        [[*name, total.calls, total.duration, total.charge] for name, total in tally.sums.items()]
        for tally in portion.tallies
    ]
    return {
        "counts": vars(portion.counts), "charged": portion.charged, "views": views, "leaves": sorted(portion.leaves),
        "first": portion.first, "last": portion.last, "naive": portion.naive, "synthetic": portion.synthetic,
    }  # fmt: skip


def _portion(line: Mapping[str, Any], labels: Sequence[str]) -> Portion:
    counts = dict(line["counts"])
    for name in ("not_chargeable", "suspended"):
        counts[name] = Counter(counts[name])
    tallies = [
        Tally(label, {(relation, service): Sum(*sums) for relation, service, *sums in rows})
        for label, rows in zip(labels, line["views"], strict=True)
    ]
    return Portion(
        tallies, list(line["charged"]), Counts(**counts), set(line["leaves"]), line["first"], line["last"],
        line["naive"], line["synthetic"],
    )  # fmt: skip
