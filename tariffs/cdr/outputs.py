"""The files that a run makes: all under temporary names until everything is right."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeVar

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.manifest import manifest_text
from tariffs.cdr.ours import in_rulebook, read_besides_calls
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import RemotePath, file_path
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.sources import Source
from tariffs.cdr.suspense import is_suspense
from tariffs.cdr.writers import STANDARD_OUTPUT, Appearing, Unnamed, Uploaded, appearing, output_kind

P = TypeVar("P", Path, RemotePath, Path | RemotePath)
_ENDINGS = (".gz", ".zst", ".parquet", ".csv", ".jsonl", ".ndjson")


@dataclass
class Outputs:
    """The rated file, its suspense file and its manifest. Without `keep`, `drop` leaves nothing behind."""

    request: RateRequest
    files: list[Appearing | Uploaded | Unnamed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kind, self.packed = output_kind(self.request.output, self.request.output_format)
        if self.request.bom and self.kind != "csv":
            raise RequestError("a byte order mark (--bom) belongs to CSV only")
        named = self.request.output != STANDARD_OUTPUT
        self.path = file_path(self.request.output) if named else None
        near = self.path if self.path is not None else Path("rated")
        asked = self.request.suspense
        self.suspense_path = file_path(asked) if asked else beside(near, ".suspense.jsonl")
        self.manifest_path = beside(near, ".manifest.json") if named and self.request.manifest else None

    def refuse(self, sources: Sequence[Source], rater: Any) -> None:
        """Raises RequestError for an output that would replace what the run reads, or another output; InputError for
        one that cannot be."""
        ours = [p for p in (self.path, self.suspense_path, self.manifest_path) if p is not None]
        for one, other in combinations(ours, 2):
            if _same(one, other):
                raise RequestError(f"{shown_name(str(one))}: two outputs of this run cannot go to one file")
        read = [("an input", source.path) for source in sources if source.path is not None]
        read += read_besides_calls(self.request, rater)
        for path in ours:
            shown = shown_name(str(path))
            if isinstance(path, Path) and not path.parent.is_dir():
                raise InputError(f"{shown}: there is no folder {shown_name(str(path.parent))} to write into")
            if isinstance(path, Path) and path.is_dir():
                raise InputError(
                    f"{shown}: this is a folder; name a file to write to, or end it in a slash for one for each input"
                )
            if isinstance(path, Path) and path.exists() and not path.is_file():
                raise InputError(f"{shown}: this is a device or pipe; use `-o -` to write to standard output")
            what = next((what for what, other in read if _same(path, other)), "")
            if not what and isinstance(path, Path) and in_rulebook(path, self.request):
                what = "a file of this run's rulebook"
            if what:
                raise RequestError(f"{shown}: this is {what}, and would be overwritten; choose another output name")

    def scratch(self, stack: ExitStack) -> Path:
        """A folder beside the output for what does not fit into memory; gone when the stack is left."""
        near = self.path.parent if isinstance(self.path, Path) else None
        return Path(stack.enter_context(TemporaryDirectory(prefix=".tariffs-", dir=near)))

    def main(self) -> IO[bytes]:
        return self._open(appearing(self.path) if self.path is not None else Unnamed())

    def suspense(self) -> IO[bytes]:
        return self._open(appearing(self.suspense_path))

    def _open(self, file: Appearing | Uploaded | Unnamed) -> IO[bytes]:
        self.files.append(file)
        return file.open()

    def keep(self, summary: RunSummary) -> None:
        """Gives every file its name, the manifest last."""
        if self.manifest_path is not None:
            self._open(appearing(self.manifest_path)).write(manifest_text(summary).encode())
        for file in self.files:
            file.finish()
        if summary.suspense is None and is_suspense(self.suspense_path):
            self.suspense_path.unlink()  # of an earlier run: nothing is suspended any more
        for file in self.files:
            file.keep()
        self.files = []

    def drop(self) -> None:
        for file in self.files:
            file.drop()


def _same(one: Path | RemotePath, other: Path | RemotePath) -> bool:
    if not isinstance(one, Path) or not isinstance(other, Path):
        return str(one) == str(other)
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


def beside(path: P, ending: str) -> P:
    """`rated.csv.gz` → `rated.suspense.jsonl`."""
    name = path.name
    for end in _ENDINGS:
        name = name.removesuffix(end) or name
    return path.with_name(name + ending)
