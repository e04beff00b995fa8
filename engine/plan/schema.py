"""The JSON Schema of a queue file, for editors that complete and check TOML while one types."""

from typing import Any

from engine.plan.experiment import ExperimentFields, RunOptions, SharedFields
from engine.plan.settings import Settings


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) made from the very models that validate the file."""
    settings = Settings.model_json_schema()["properties"]
    shared = SharedFields.model_json_schema()["properties"]
    experiment = ExperimentFields.model_json_schema()["properties"]
    sweep = {
        name: {"type": "array", "minItems": 1, "items": schema, "description": f"values of {name} to train with"}
        for name, schema in settings.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "labtop queue file",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "run": RunOptions.model_json_schema(),
            "defaults": {"type": "object", "additionalProperties": False, "properties": settings | shared},
            "experiment": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": experiment
                    | {"sweep": {"type": "object", "additionalProperties": False, "properties": sweep}}
                    | settings,
                },
            },
        },
    }
