"""A folder of rated files, one for each input; each has its name as soon as it is complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import tariffs
from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.manifest import manifest_text
from tariffs.cdr.ours import in_rulebook, read_besides_calls
from tariffs.cdr.outputs import beside
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.remote import is_remote
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.shapes import Shape
from tariffs.cdr.sources import STANDARD_INPUT, Source
from tariffs.cdr.suspense import is_suspense
from tariffs.cdr.writers import Appearing

MANIFEST: Final = "rated.manifest.json"


def is_folder(output: str) -> bool:
    """Whether an output is to be a folder: its name ends in a slash."""
    return output.endswith(("/", "\\"))


@dataclass
class Target:
    """The rated file of one input, and its suspense file, while they are made."""

    path: Path
    kind: str
    packed: str = ""
    files: list[Appearing] = field(default_factory=list)

    @property
    def suspense_path(self) -> Path:
        return beside(self.path, ".suspense.jsonl")

    def main(self) -> IO[bytes]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{shown_name(str(self.path.parent))}: {error.strerror or error}") from error
        for name in (self.path.name, self.suspense_path.name):  # of a run that was killed
            for left in self.path.parent.glob(f".{_literally(name)}.*.part"):
                left.unlink(missing_ok=True)
        return self._open(self.path)

    def suspense(self) -> IO[bytes]:
        return self._open(self.suspense_path)

    def _open(self, path: Path) -> IO[bytes]:
        self.files.append(Appearing(path))
        return self.files[-1].open()

    def keep(self, *, suspended: bool) -> int:
        """Gives the files their names, the rated file last; its size."""
        for file in self.files:
            file.finish()
        if not suspended and is_suspense(self.suspense_path):
            self.suspense_path.unlink()  # of an earlier run: nothing is suspended any more
        for file in reversed(self.files):
            file.keep()
        self.files = []
        return self.path.stat().st_size

    def drop(self) -> None:
        for file in self.files:
            file.drop()


def _literally(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


class FolderOutputs:
    """The rated files of a run in a folder. `targets`: by the place of the input among all."""

    def __init__(self, request: RateRequest) -> None:
        if request.suspense is not None:
            raise RequestError("--suspense names one file, and a folder of results has one for each input")
        if request.bom and request.output_format != "csv":
            raise RequestError("a byte order mark (--bom) belongs to CSV only")
        self.request, self.folder = request, Path(request.output)
        self.kind = request.output_format or "parquet"
        self.targets: dict[int, Target] = {}
        self.manifest_path = self.folder / MANIFEST if request.manifest else None

    def refuse(self, sources: Sequence[Source], rater: Any) -> None:
        """Works out the targets. Raises RequestError for one that would replace what the run reads, InputError for one
        that cannot be."""
        shown = shown_name(str(self.folder))
        if is_remote(self.request.output):
            raise RequestError(f"{shown}: a folder of results has to lie on this machine; name a file to write to")
        if any(source.written == STANDARD_INPUT for source in sources):
            raise RequestError("standard input has no name for a file in a folder: name a file to write to")
        if not self.folder.resolve().parent.is_dir():
            raise InputError(f"{shown}: there is no folder {shown_name(str(self.folder.parent))} to make it in")
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"{shown}: this is a file; leave the slash away to replace it")
        self.targets = self._targets(sources)
        read = {source.path.resolve(): "an input" for source in sources if isinstance(source.path, Path)}
        read |= {path.resolve(): what for what, path in read_besides_calls(self.request, rater)}
        for target in self.targets.values():
            what = read.get(target.path.resolve()) or read.get(target.suspense_path.resolve())
            if not what and in_rulebook(target.path, self.request):
                what = "a file of this run's rulebook"
            if what:
                name = shown_name(str(target.path))
                raise RequestError(f"{name}: this is {what}, and would be overwritten; choose another folder")
        self.folder.mkdir(exist_ok=True)

    def _targets(self, sources: Iterable[Source]) -> dict[int, Target]:
        made: dict[int, Target] = {}
        taken: set[str] = set()
        for source in sources:
            place = shown_name(source.place) if self.request.mask is not None else source.place
            bare = beside(Path(*PurePath(place).parts), "")
            number, name = 1, f"{bare}.{self.kind}"
            while name.casefold() in taken or name == MANIFEST:
                number += 1
                name = f"{bare}-{number}.{self.kind}"
            taken.add(name.casefold())
            made[source.index] = Target(self.folder / name, self.kind)
        return made

    def scratch(self, stack: ExitStack) -> Path:
        """A folder for what does not fit into memory; gone when the stack is left."""
        return Path(stack.enter_context(TemporaryDirectory(prefix=".tariffs-", dir=self.folder)))

    def drop(self) -> None:
        for target in self.targets.values():
            target.drop()

    def keep(self, summary: RunSummary) -> None:
        """Writes the manifest; the rated files have their names already."""
        if self.manifest_path is not None:
            file = Appearing(self.manifest_path)
            file.open().write(manifest_text(summary).encode())
            file.finish()
            file.keep()


def identity(request: RateRequest, rater: Any, shapes: Sequence[Shape], *, whole: bool) -> Mapping[str, str]:
    """What must be equal for a run to be the same, by name. `whole`: a result rests on all inputs, not on its own."""
    files = [
        [shape.source.written, *([_size(shape.source)] if whole else []), shape.mapping.model_dump_json()]
        for shape in shapes
    ]
    return {
        "version": tariffs.__version__,
        "rules": rater.compiled.book.digest,
        "views and assumptions": rater.digest,
        "inputs and mapping": _digest(json.dumps(files).encode()),
        "duplicate key": ",".join(request.duplicate_key),
        "format": f"{request.output_format or 'parquet'}{' bom' if request.bom else ''}",
        "key of the mask": _of_file(request.mask),
        "holders": "".join(f"{name} {_of_file(file)}" for name, file in sorted(request.holders.items())),
        "key store": f"{request.keys} {request.keys_source}" if request.keys else "",
    }


def _size(source: Source) -> list[int]:
    known = source.path.stat() if source.path is not None else None
    return [known.st_size, known.st_mtime_ns] if known is not None else []


def _of_file(path: str | None) -> str:
    try:
        return _digest(Path(path).read_bytes()) if path is not None else ""
    except OSError as error:
        raise InputError(f"{shown_name(str(path))}: {error.strerror or error}") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
