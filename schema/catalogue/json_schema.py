"""The grammar as JSON Schema, for editors: made from the models, so that it says the same."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from schema.catalogue.grammar import Declaration

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kinds: Mapping[str, type[Declaration]]) -> dict[str, Any]:
    """One schema for every file: its first key says what it declares."""
    chosen, definitions = models_json_schema([(model, "validation") for model in kinds.values()])
    _close(definitions)
    return {
        "$schema": DIALECT,
        "title": "Jutong catalogue",
        "oneOf": [chosen[model, "validation"] for model in kinds.values()],
        **definitions,
    }


def _close(schema: Any) -> None:
    """Where keys have a pattern, no others may stand: the models refuse them, their schema does not."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            _close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _close(inner)
