"""The manifest beside a rated file: what it rests on and what it holds. The same inputs give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import tariffs
from tariffs.cdr.rated import SCHEMA
from tariffs.cdr.request import RunSummary


def facts_of(rater: Any) -> dict[str, Any]:
    """What every result of a rater rests on: versions, rules, views, assumptions, vintage of the numbering tables."""
    book = rater.compiled.book
    segments = book.numbering.segments
    return {
        "schema": SCHEMA,
        "engine": tariffs.__version__,
        "rulebook": book.rulebook_id,
        "rules_digest": book.digest,
        "rating_digest": rater.digest,
        "numbering_vintage": segments.vintage if segments is not None else None,
        "timezone": rater.timezone.key,
        "scenarios": [
            {"view": view.label, "scenario": view.scenario, "as_of": view.reference, "holders": dict(view.holding)}
            for view in rater.views
        ],
        "assumptions": assumptions_of(rater.assumptions),
    }


def assumptions_of(assumed: Iterable[Any]) -> list[dict[str, str]]:
    """Parameter values that results rest on, given or assumed."""
    return [{"name": a.name, "value": a.value, "origin": a.origin} for a in assumed]


def manifest_text(summary: RunSummary) -> str:
    return json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n"
