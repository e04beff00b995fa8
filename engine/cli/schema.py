"""`engine schema`: what an editor needs to complete and check a queue file."""

from engine.cli.streams import document
from engine.plan.schema import json_schema


def schema() -> None:
    """Print the JSON Schema of the queue file.

    Editors with a TOML language server read it: save it beside the file, and name it in the file's first line as
    "#:schema ./experiments.schema.json".
    """
    document(json_schema())
