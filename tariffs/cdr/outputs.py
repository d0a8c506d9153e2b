"""The files that a run makes: all under temporary names until everything is right."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.manifest import manifest_text
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.sources import Source
from tariffs.cdr.writers import STANDARD_OUTPUT, Appearing, Unnamed, output_kind

_ENDINGS = (".gz", ".zst", ".parquet", ".csv", ".jsonl", ".ndjson")


@dataclass
class Outputs:
    """The rated file, its suspense file and its manifest. Without `keep`, `drop` leaves nothing behind."""

    request: RateRequest
    files: list[Appearing | Unnamed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kind, self.packed = output_kind(self.request.output, self.request.output_format)
        if self.request.bom and self.kind != "csv":
            raise RequestError("a byte order mark (--bom) belongs to CSV only")
        named = self.request.output != STANDARD_OUTPUT
        self.path = Path(self.request.output) if named else None
        beside = self.path if self.path is not None else Path("rated")
        asked = self.request.suspense
        self.suspense_path = Path(asked) if asked else _beside(beside, ".suspense.jsonl")
        self.manifest_path = _beside(beside, ".manifest.json") if named and self.request.manifest else None

    def refuse(self, sources: list[Source]) -> None:
        """Raises InputError for an output that would replace an input or cannot be; RequestError for two in one."""
        ours = [p for p in (self.path, self.suspense_path, self.manifest_path) if p is not None]
        if len({path.resolve() for path in ours}) < len(ours):
            raise RequestError(f"{self.suspense_path}: results and suspended records cannot go to one file")
        for path in ours:
            if not path.parent.is_dir():
                raise InputError(f"{path}: there is no folder {path.parent} to write into")
            if path.is_dir():
                raise InputError(f"{path}: this is a folder; name a file to write to")
            if path.exists() and not path.is_file():
                raise InputError(f"{path}: this is a device or pipe; use `-o -` to write to standard output")
            for source in sources:
                if source.path is not None and path.exists() and path.samefile(source.path):
                    raise InputError(f"{path}: this is an input, and would be overwritten; choose another output name")

    def scratch(self, stack: ExitStack) -> Path:
        """A folder beside the output for what does not fit into memory; gone when the stack is left."""
        near = self.path.parent if self.path is not None else None
        return Path(stack.enter_context(TemporaryDirectory(prefix=".tariffs-", dir=near)))

    def main(self) -> IO[bytes]:
        return self._open(Appearing(self.path) if self.path is not None else Unnamed())

    def suspense(self) -> IO[bytes]:
        return self._open(Appearing(self.suspense_path))

    def _open(self, file: Appearing | Unnamed) -> IO[bytes]:
        self.files.append(file)
        return file.open()

    def keep(self, summary: RunSummary) -> None:
        """Gives every file its name, the manifest last."""
        if self.manifest_path is not None:
            self._open(Appearing(self.manifest_path)).write(manifest_text(summary).encode())
        for file in self.files:
            file.finish()
        if summary.suspense is None and self.suspense_path.is_file():
            self.suspense_path.unlink()  # of an earlier run: nothing is suspended any more
        for file in self.files:
            file.keep()
        self.files = []

    def drop(self) -> None:
        for file in self.files:
            file.drop()


def _beside(path: Path, ending: str) -> Path:
    """`rated.csv.gz` → `rated.suspense.jsonl`."""
    name = path.name
    for end in _ENDINGS:
        name = name.removesuffix(end) or name
    return path.with_name(name + ending)
