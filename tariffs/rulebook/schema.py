"""The JSON Schema of a rule file, for editors: `python -m tariffs.rulebook.schema` writes it beside this module.

An editor gives a scalar YAML's own type (`0.07` is a number to it), the loader takes its text: the schema admits both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tariffs.rulebook.book import Sections

SCHEMA_FILE: Final = Path(__file__).with_name("schema.json")


class _ForEditors(GenerateJsonSchema):
    """What may be written in a rule file, as an editor sees it: nothing is null, and texts may look like numbers."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return {**super().str_schema(schema), "type": ["string", "number"]}

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        return {**super().int_schema(schema), "type": ["integer", "string"], "pattern": "^[0-9]+$"}

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchemaValue:
        return {"enum": [True, False, "true", "false"]}

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        texts = [str(value) for value in schema["expected"]]
        return {"enum": [*texts, *(int(text) for text in texts if text.isdigit())]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        return {**super().dict_schema(schema), "additionalProperties": False}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        if found.get("default", "") in (None, "", [], {}) or isinstance(found["default"], dict):
            found.pop("default", None)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema() -> dict[str, Any]:
    """The schema of one rule file; a rulebook may spread its sections over several."""
    found = Sections.model_json_schema(by_alias=True, schema_generator=_ForEditors)
    header = found["properties"]["rulebook"]
    only = {"include": found["$defs"]["Header"]["properties"]["include"]}
    bare = {"additionalProperties": False, "properties": only, "required": ["include"], "type": "object"}
    found["properties"]["rulebook"] = {"anyOf": [header, bare]}
    head = {"$schema": GenerateJsonSchema.schema_dialect, "title": "Rule file"}
    return {**head, **{key: value for key, value in found.items() if key != "title"}}


def schema_text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
