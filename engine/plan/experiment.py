"""What stands in a queue file beside settings: the fields of an experiment, and of `[run]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from engine.plan.jobs import Value
from engine.plan.settings import LARGEST, Choice, Settings

STRICT = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


def not_blank(value: str) -> str:
    """A name that a person can see."""
    if not value.strip():
        raise PydanticCustomError("blank", "blank")
    return value


Label = Annotated[str, Field(max_length=200), AfterValidator(not_blank)]
Device = Annotated[Literal["auto", "cpu", "gpu"], Choice]
OnNan = Annotated[Literal["fail", "continue"], Choice]
Gpu = Annotated[int, Field(ge=0, le=1023)] | Annotated[str, Field(pattern=r"^(GPU|MIG)-[0-9A-Za-z-]+$")]


class RunOptions(BaseModel):
    """`[run]`: how the queue is run; a command's flags override it."""

    model_config = STRICT

    slots: int = Field(1, description="jobs at once on a device", ge=1, le=64)
    device: Device = Field("auto", description="auto takes a GPU where there is one")
    gpus: list[Gpu] = Field(
        default_factory=list, max_length=1024, description="numbers or UUIDs of the GPUs to use; none means all"
    )
    max_attempts: int = Field(3, description="attempts without a new epoch before a job has failed", ge=1, le=1000)
    on_nan: OnNan = Field("fail", description="what a loss that is no number does to its job")
    on_finish: str = Field("", description="a command to start when the queue ends", max_length=4096)


class SharedFields(BaseModel):
    """What `[defaults]` may give to every experiment beside settings."""

    model_config = STRICT

    repeats: int = Field(1, description="trainings of each configuration, each with the next seed", ge=1, le=1_000_000)
    seed: int = Field(0, description="seed of the first repeat", ge=0, le=LARGEST)
    requires_gpu: bool = Field(False, description="wait for a GPU rather than train on a CPU")
    time_limit: float = Field(
        0.0, description="minutes a job; 0 is none", json_schema_extra={"unit": "minutes"}, ge=0, le=LARGEST
    )
    tags: list[Label] = Field(default_factory=list, max_length=1024, description="words to filter by")


class ExperimentFields(SharedFields):
    """What an `[[experiment]]` holds beside its settings and its sweep."""

    name: Label = Field(description="unique in the file")
    enabled: bool = Field(True, description="false leaves it out of the queue")
    notes: str = Field("", description="anything to remember", max_length=65536)


@dataclass(frozen=True)
class Experiment:
    """One `[[experiment]]`: a base configuration, the fields swept over it, and how often each is repeated.

    `given` holds what the experiment itself sets, before the defaults; `sweep` maps a setting to its values, in order.
    """

    name: str
    settings: Settings
    sweep: Mapping[str, tuple[Value, ...]]
    given: Mapping[str, Value]
    repeats: int = 1
    seed: int = 0
    enabled: bool = True
    requires_gpu: bool = False
    time_limit: float = 0.0
    tags: tuple[str, ...] = ()
    notes: str = ""
    line: int = 0


@cache
def allowed(model: type[BaseModel], name: str) -> str:
    """What a field takes, in words made from its type, range and unit: `a number from 0 up to, not including, 1`."""
    if model is Settings and name == "model":
        return "cnn, compact, mlp, vgg16, or module:function"
    if model is Settings and name == "dataset":
        return "mnist, fashion_mnist, or a path such as data/own.npz or ./idx-folder"
    schema = model.model_json_schema()["properties"][name]
    words = _words(schema)
    unit = schema.get("unit")
    return f"{words}, in {unit}" if unit and unit != "fraction" else words


def _words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_words(part) for part in schema["anyOf"])
    kind = schema["type"]
    if kind == "array":
        return f"a list of at most {schema['maxItems']:,}, each of it {_words(schema['items'])}"
    if kind == "boolean":
        return "true or false"
    if kind == "string":
        most = schema.get("maxLength")
        return f"text of at most {most:,} characters" if most else "text"
    noun = "a whole number" if kind == "integer" else "a number"
    return f"{noun} {_range(schema)}".rstrip()


def _range(schema: Mapping[str, Any]) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    start = f"above {above:g}," if above is not None else f"from {low:g}" if low is not None else ""
    if below is not None:
        return f"{start} up to, not including, {below:g}"
    if high is not None and high < LARGEST:
        return f"{start} to {high:,}".replace(", to", " and up to")
    return start.replace("from ", "") + " or more" if low is not None else start.rstrip(",")
