"""What runs themselves have written: recognised, so that no call is counted twice and nothing read is overwritten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tariffs.cdr import parquet
from tariffs.cdr.failures import InputError
from tariffs.cdr.known import mapping_names
from tariffs.cdr.rated import AT_END
from tariffs.cdr.request import RateRequest
from tariffs.cdr.shapes import what_it_is
from tariffs.cdr.sources import OURS, PIECE, Source, open_bytes
from tariffs.rulebook.folder import locate
from tariffs.rulebook.values import Item

_MARKS: Final = {"rules_digest", "rated_service"} & set(AT_END)
_CHARGE: Final = ".charge"


def written_by_a_run(source: Source) -> str:
    """`result` or `suspense` for what an earlier run has written; an empty text for anything else.

    Raises InputError where the input is not what it says.
    """
    kind = what_it_is(source)
    if kind == "suspense":
        return kind
    names = _columns(source, kind)
    return "result" if _MARKS & set(names) and any(name.endswith(_CHARGE) for name in names) else ""


def _columns(source: Source, kind: str) -> Sequence[str]:
    """The columns of a result; of other files something like them."""
    if kind == "parquet":
        return [] if source.ending()[1] else list(parquet.read_schema(source).names)
    with open_bytes(source) as stream:
        line = stream.read(PIECE).split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    if kind == "jsonl":
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return []
        return list(value) if isinstance(value, dict) else []
    return [name.strip().strip('"') for name in re.split("[,;\t|]", line)]


def read_besides_calls(request: RateRequest, rater: Any) -> Iterator[tuple[str, Path]]:
    """What else a run reads: what it is, and where it lies."""
    if request.mask is not None:
        yield "the key of this run", Path(request.mask)
    if request.mapping_name and request.mapping_name not in mapping_names():
        yield "the mapping of this run", Path(request.mapping_name)
    if request.keys is not None:
        yield "the key store of this run", Path(request.keys)
    for file in request.holders.values():
        yield "a file of holders of this run", Path(file)
    for path in _rule_files(request, rater.compiled.book):
        yield "a file of this run's rulebook", path


def _rule_files(request: RateRequest, book: Any) -> set[Path]:
    files = {Path(item.at.file) for item in _items(book) if item.at.file}
    if request.rules is not None:
        files |= {file.path for file in locate(request.rules)[1]}
    return files | {file.parent / table for file in files for table in book.tables}


def _items(book: Any) -> Iterator[Item]:
    """Whatever stands directly in a section: every file of the rulebook has such."""
    for name in type(book).model_fields:
        value = getattr(book, name)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        yield from (item for item in inner if isinstance(item, Item))


def in_rulebook(path: Path, request: RateRequest) -> bool:
    """Whether a file lies in the folder of the run's rulebook, and no earlier run has written it."""
    if request.rules is None or not path.is_file() or path.name.endswith(OURS):
        return False
    folder = Path(request.rules)
    if not folder.is_dir() or folder.resolve() not in path.resolve().parents:
        return False
    try:
        return not written_by_a_run(Source(str(path), path=path))
    except InputError:
        return True
