"""The committed JSON Schema is what the models say, and an editor that uses it accepts every good rule file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tariffs.rulebook.schema import SCHEMA_FILE, schema_text
from tests.rulebook.bad import FOLDER

ROOT = Path(__file__).parent.parent.parent
GOOD = sorted((ROOT / "tests" / "rulebooks" / "good").glob("*.yaml"))
SHIPPED = sorted((ROOT / "rules").rglob("*.yaml"))
SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))


def read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), yaml.BaseLoader)


def as_editors_do(value: Any) -> Any:
    """Scalars with the types of YAML 1.2: numbers and truth values."""
    if isinstance(value, dict):
        return {key: as_editors_do(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_editors_do(inner) for inner in value]
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return float(value) if "." in value else int(value)
    return {"true": True, "false": False}.get(value, value)


def faults(document: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)
    ]


def test_the_committed_schema_is_current() -> None:
    assert schema_text() == SCHEMA_FILE.read_text("utf-8"), "run: python -m tariffs.rulebook.schema"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_keys_are_written_with_hyphens_and_positions_are_not_written() -> None:
    keys = {key for model in SCHEMA["$defs"].values() for key in model.get("properties", {})}
    assert {"instead-of", "minor-unit", "billed-by", "from", "is"} <= keys
    assert [] == [key for key in keys if "_" in key]
    assert "at" not in keys


def test_everything_that_may_be_written_is_described() -> None:
    assert [] == [name for name, model in SCHEMA["$defs"].items() if not model.get("description")]


@pytest.mark.parametrize("path", GOOD + SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_good_rule_files_are_valid(path: Path) -> None:
    assert [] == faults(read(path))
    assert [] == faults(as_editors_do(read(path)))


@pytest.mark.parametrize("path", GOOD + SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_rule_file_tells_editors_where_its_schema_is(path: Path) -> None:
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
    assert found
    assert (path.parent / found[1]).resolve() == SCHEMA_FILE


@pytest.mark.parametrize(
    "name", ["unknown-key", "missing-key", "bad-value", "bad-price", "bad-relation", "unknown-section"]
)
def test_editors_mark_what_loading_would_refuse(name: str) -> None:
    assert faults(read(FOLDER / f"{name}.yaml"))
