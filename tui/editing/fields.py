"""The fields of a form, made from the models that validate the file: kind, choices, range, unit, help, default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from engine.plan.experiment import ExperimentFields, RunOptions, SharedFields, allowed
from engine.plan.jobs import Value
from engine.plan.settings import Settings, one_name
from tui.editing.sweeptext import values_of

# As the form shows and takes them; the file has true and false.
BOOL = "on or off"

Kind = Literal["bool", "int", "float", "text", "list"]


@dataclass(frozen=True)
class Field:
    """One field. `choices` are all that is allowed where `closed`, else what is suggested."""

    name: str
    group: str
    kind: Kind
    default: Any
    help: str
    allowed: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    closed: bool = False
    swept: bool = False

    def canonical(self, value: Any) -> Any:
        """The one name of a choice, from the way in which it is written in the file."""
        if isinstance(value, list):
            return [self.canonical(item) for item in value]
        return one_name(value) if self.closed or (isinstance(value, str) and one_name(value) in self.choices) else value


def _field(model: type[BaseModel], name: str, schema: Mapping[str, Any], group: str) -> Field:
    kinds: dict[str, Kind] = {"boolean": "bool", "integer": "int", "number": "float", "array": "list"}
    kind = kinds.get(schema.get("type", ""), "text")
    # The last example of an open field shows how to write one's own; the others may be picked.
    choices = tuple(schema.get("enum", schema.get("examples", ("",))[:-1]))
    return Field(
        name=name,
        group=schema.get("group", group),
        kind=kind,
        default=schema.get("default", [] if schema.get("type") == "array" else ""),
        help=schema.get("description", ""),
        allowed=BOOL if kind == "bool" else allowed(model, name),
        unit=schema.get("unit", ""),
        choices=choices,
        closed="enum" in schema,
        swept=model is Settings,
    )


def _fields(model: type[BaseModel], group: str) -> list[Field]:
    properties = model.model_json_schema()["properties"]
    return [_field(model, name, schema, group) for name, schema in properties.items()]


@cache
def fields_of(table: str) -> tuple[Field, ...]:
    """The fields of `experiment`, `defaults` or `run`, in the order of the form."""
    if table == "run":
        return tuple(_fields(RunOptions, "how to run"))
    if table == "defaults":
        return (*_settings(), *_fields(SharedFields, "every experiment"))
    own = {field.name: field for field in _fields(ExperimentFields, "experiment")}
    first = ("name", "enabled", "repeats", "seed", "requires_gpu", "time_limit", "tags", "notes")
    return (*(own[name] for name in first if name in own), *_settings())


@cache
def _settings() -> tuple[Field, ...]:
    return tuple(_fields(Settings, "settings"))


def groups(fields: Sequence[Field]) -> list[str]:
    """The groups, each once, in the order of the form."""
    return list(dict.fromkeys(field.group for field in fields))


def typed(field: Field, text: str, *, sweeps: bool) -> Sequence[Value] | None:
    """The values that a person typed into a field; None leaves it to the default. Raises ValueError in words."""
    if not text.strip():
        return [] if field.kind == "list" else None
    if field.kind == "list":
        return list(dict.fromkeys(map(_number_or_text, values_of(text, "text"))))
    if field.kind == "text" and not sweeps:
        return [text]
    return values_of(text, field.kind)


def _number_or_text(value: Value) -> Value:
    """GPUs are numbers or UUIDs, tags are words."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 5 else value
