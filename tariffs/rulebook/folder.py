"""Which files a rulebook consists of: a file, a folder, or a name of the shipped rules; and what they include."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tariffs.rulebook.problems import Position, Problem, RulebookError
from tariffs.rulebook.wording import did_you_mean, listed
from tariffs.rulebook.yamltext import LARGEST_FILE, SourceText, decode

_ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule file on disk and the name that messages give it. `shipped`: it is of a rulebook included by name."""

    path: Path
    shown: str
    shipped: bool = False


def shipped_rules() -> Path:
    """The folder of the rules that come with the package: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped" / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def shipped_names() -> list[str]:
    """The rulebooks that can be loaded by name."""
    folder = shipped_rules()
    found = [p for p in folder.iterdir() if not p.name.startswith((".", "_"))] if folder.is_dir() else []
    folders = {p.name for p in found if p.is_dir() and any(_has_header(f) for f in _files_in(p))}
    return sorted(folders | {p.stem for p in found if p.suffix in _ENDINGS and _has_header(p)})


def _has_header(path: Path) -> bool:
    """Whether a file begins a rulebook; a folder of files that others include is none."""
    try:
        return any(line.startswith("rulebook:") for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False


def _files_in(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.suffix in _ENDINGS and p.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def locate(where: str | os.PathLike[str]) -> tuple[str, list[RuleFile]]:
    """The id of a rulebook and its files, without those that it includes. Raises RulebookError where there is none.

    A bare name of a shipped rulebook means that one, whatever the working directory holds; `./prd` is a path.
    """
    text = os.fspath(where)
    path = _named(text)
    if path is not None:
        return text, _files_of(path, text)
    path = Path(text)
    if not text.strip() or not _exists(path):
        names = shipped_names()
        known = (
            f"rulebooks by name: {listed(names)}; else give the path of a file or folder" if names else "give a path"
        )
        near = did_you_mean(text, names)
        message = "there is no such file, folder or shipped rulebook"
        raise _refused("unreadable-file", text.strip() or "rulebook", message, f"{near} {known}".strip())
    files = _files_of(path, text.rstrip("/") or text)
    return (path.resolve().name if path.is_dir() else path.stem), files


def _files_of(path: Path, shown: str) -> list[RuleFile]:
    if path.is_dir():
        files = [RuleFile(p, f"{shown}/{p.relative_to(path).as_posix()}") for p in _files_in(path)]
        if not files:
            raise _refused("missing-section", shown, "the folder holds no rule file", "rule files end in .yaml or .yml")
        return files
    if path.suffix not in _ENDINGS:
        raise _refused("unreadable-file", shown, "this is no rule file", "rule files end in .yaml or .yml")
    return [RuleFile(path, shown if path.exists() and shown.endswith(path.suffix) else path.name)]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds the character U+0000
        return False


def _named(name: str) -> Path | None:
    if not re.fullmatch(r"[\w-]+", name) or name not in shipped_names():
        return None
    folder = shipped_rules()
    return next((p for p in (folder / name, *(folder / f"{name}{end}" for end in _ENDINGS)) if p.exists()), None)


def _refused(code: str, shown: str, message: str, hint: str) -> RulebookError:
    return RulebookError([Problem(code, Position(shown[:200].replace("\0", "?")), message, hint)])


def included(file: RuleFile, written: str) -> list[RuleFile]:
    """What `include` names: a path from the file that includes it, or the bare name of a shipped rulebook."""
    path = _named(written)
    if path is not None:
        return [replace(each, shipped=True) for each in _files_of(path, written)]
    shown = os.path.normpath(Path(file.shown).parent / written)
    return [RuleFile(file.path.parent / written, shown, file.shipped)]


def read_text(file: RuleFile, asked: Position | None = None) -> SourceText | Problem:
    """The text of a rule file. `asked`: where the rules name it, if they do."""
    at = asked or Position(file.shown)
    if file.path.suffix not in _ENDINGS:
        names = shipped_names()
        hint = f"rule files end in .yaml or .yml; rulebooks by name: {listed(names)}"
        near = did_you_mean(file.path.name, names)
        return Problem("unreadable-file", at, f"{file.shown}: this is no rule file", f"{near} {hint}".strip())
    try:
        if not file.path.is_file():
            problem = "there is no such file" if not file.path.exists() else "this is not a file"
            return Problem(
                "unreadable-file", asked or Position(file.shown), f"{file.shown}: {problem}", "check the path"
            )
        with file.path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the path cannot be used"
        return Problem("unreadable-file", at, f"{file.shown}: {reason}", "check the path")
    return decode(data, file.shown)
