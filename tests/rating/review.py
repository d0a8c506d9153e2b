"""Small rulebooks on the frame of docs/writing-rules.md, and calls between its cities."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

import tariffs
from tariffs import Call, Rated, RulebookError
from tests.project.documents import ROOT, blocks

CHINA = ZoneInfo("Asia/Shanghai")
PARTS = {b.words[0]: b.text for b in blocks(ROOT / "docs" / "writing-rules.md") if b.language == "yaml"}


def rulebook(folder: Path, *texts: str) -> tariffs.Rulebook:
    """The frame with more text; a text of one word is an example of the page."""
    book: dict[str, Any] = {}
    for text in (PARTS["frame"], *(PARTS.get(text, text) for text in texts)):
        _merge(book, yaml.load(text, yaml.BaseLoader))  # every scalar stays text
    file = Path(tempfile.mkdtemp(dir=folder)) / "book.yaml"
    file.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return tariffs.load(file)


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def call(seconds: Any, at: str = "2011-10-10 10:00:00", **more: Any) -> Call:
    start = dt.datetime.fromisoformat(at).replace(tzinfo=CHINA)
    fields = {"caller": "02081234567", "called": "075781234567", "start": start, "seconds": seconds}
    return Call(id="1", **{**fields, **more})


def paid(rater: Any, a_call: Call) -> list[str]:
    """Amount and relation under each view."""
    result = rater(a_call)
    assert isinstance(result, Rated), result
    return [f"{charge.amount} {charge.relation}" for charge in result.charges.values()]


def problems(what: Callable[[], object]) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        what()
    return [problem.code for problem in caught.value.problems]
