"""Everything a training depends on: each setting once, with its type, range, unit, default and help.

Forms, documentation, the JSON Schema and validation all read this model.
"""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from engine.datasets import DATASETS
from engine.plan.jobs import Value
from engine.zoo import MODELS

LARGEST = 2**31 - 1
CODE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")

ALIASES = {
    "xavier": "glorot_uniform",
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "glorot": "glorot_uniform",
    "he": "he_uniform",
    "swish": "silu",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}
Activations = Literal["relu", "sigmoid", "tanh", "softmax", "elu", "gelu", "silu"]
Initializers = Literal["glorot_uniform", "he_uniform", "glorot_normal", "he_normal"]
Optimizers = Literal["sgd", "rmsprop", "adam", "adamw"]
Schedules = Literal["constant", "exponential", "step", "cosine", "one_cycle"]
Monitors = Literal["val_accuracy", "val_loss", "accuracy", "loss"]
Precisions = Literal["float32", "mixed_bfloat16", "mixed_float16"]
CHOICES = (Activations, Initializers, Optimizers, Schedules, Monitors, Precisions)


def _run_together(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())


KNOWN = {_run_together(name): name for name in (*DATASETS, *MODELS, *(n for each in CHOICES for n in get_args(each)))}
KNOWN |= {_run_together(alias): name for alias, name in ALIASES.items()}


def one_name(value: Any) -> Any:
    """The name that labtop shows for a choice, from the way a person wrote it (`"ReLU"`, `"VGG-16"`, `"Xavier"`)."""
    if not isinstance(value, str):
        return value
    return KNOWN.get(_run_together(value), value.strip().lower().replace(" ", "_"))


def choice(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """A choice under its one name; what is none is refused as it was written."""
    try:
        return validate(one_name(value))
    except ValidationError:
        return validate(value)


def model_name(value: Any) -> Any:
    """A model of the zoo, or `module:function` as it was written."""
    if not isinstance(value, str) or CODE.fullmatch(value):
        return value
    name = one_name(value)
    if name not in MODELS:
        raise PydanticCustomError("model_name", "no such model")
    return name


def data_set(value: Any) -> Any:
    """A data set that has a name, or a path as it was written: with a slash, a dot in front, or ending in .npz."""
    if not isinstance(value, str):
        return value
    name = one_name(value)
    if name in DATASETS:
        return name
    if not looks_like_path(value) or "\0" in value:
        raise PydanticCustomError("data_set", "no such data set")
    return value


def looks_like_path(value: str) -> bool:
    """Whether a data set is given by a path rather than by a name."""
    return value not in DATASETS and ("/" in value or value.startswith((".", "~")) or value.endswith(".npz"))


def setting(default: Value, group: str, text: str, *, unit: str = "", **limits: Any) -> Any:
    """A field of `Settings`: its default, the part of a form it belongs to, its help, its unit and its range."""
    extra: dict[str, Any] = {"group": group} | ({"unit": unit} if unit else {})
    return Field(default, description=text, json_schema_extra=extra, **limits)


Choice = WrapValidator(choice)
Activation = Annotated[Activations, Choice]
Initializer = Annotated[Initializers, Choice]
Optimizer = Annotated[Optimizers, Choice]
Schedule = Annotated[Schedules, Choice]
Monitor = Annotated[Monitors, Choice]
Precision = Annotated[Precisions, Choice]
DataSet = Annotated[str, BeforeValidator(data_set), Field(examples=[*DATASETS, "data/own.npz"], max_length=4096)]
Model = Annotated[str, BeforeValidator(model_name), Field(examples=[*MODELS, "module:function"], max_length=255)]


class Settings(BaseModel):
    """One value for every setting: a configuration."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: DataSet = setting("mnist", "data", "mnist, fashion_mnist, or a path to an IDX folder or an .npz file")
    train_samples: int = setting(
        0, "data", "0 uses every training sample, else the first n", unit="samples", ge=0, le=LARGEST
    )
    validation_split: float = setting(
        0.2, "data", "the last fraction of the training samples is held out, as Keras does", unit="fraction", ge=0, lt=1
    )
    model: Model = setting("cnn", "model", "cnn, compact, mlp, vgg16, or module:function of your own")
    activation: Activation = setting("relu", "model", "of every convolution and hidden dense layer")
    initializer: Initializer = setting("glorot_uniform", "model", "of the weights; Xavier is glorot_uniform")
    dropout: float = setting(0.2, "model", "share of units dropped; in compact, before the classifier", ge=0, lt=1)
    batch_norm: bool = setting(True, "model", "batch normalization, in cnn and mlp")
    filters: int = setting(64, "model", "channels of each convolution, in cnn", ge=1, le=8192)
    kernel_size: int = setting(
        3, "model", "of cnn's convolutions, but for the first two, which use 5x5", unit="pixels", ge=1, le=63
    )
    hidden_units: int = setting(256, "model", "width of the dense layer, in cnn, mlp and vgg16", ge=1, le=1_000_000)
    l2: float = setting(0.0, "model", "weight penalty on every kernel, in cnn, mlp and vgg16", ge=0)
    optimizer: Optimizer = setting("rmsprop", "optimizer", "Keras' optimizer of that name")
    momentum: float = setting(0.0, "optimizer", "of sgd and rmsprop", ge=0, lt=1)
    weight_decay: float = setting(0.0, "optimizer", "decoupled decay, as Keras' optimizers apply it", ge=0, le=1)
    learning_rate: float = setting(1e-3, "optimizer", "the rate that the schedule starts from or rises to", gt=0)
    lr_schedule: Schedule = setting("exponential", "optimizer", "how the learning rate moves")
    lr_decay: float = setting(
        0.95, "optimizer", "factor an epoch (exponential) or a step of lr_step epochs (step)", gt=0, le=1
    )
    lr_step: int = setting(10, "optimizer", "epochs between two steps", unit="epochs", ge=1, le=LARGEST)
    warmup: float = setting(
        0.0, "optimizer", "fraction of all steps in which the rate rises from 0; in one_cycle 0 means 0.3", ge=0, lt=1
    )
    epochs: int = setting(
        30, "training", "passes over the training samples, at most", unit="epochs", ge=1, le=1_000_000
    )
    batch_size: int = setting(128, "training", "samples a training step", unit="samples", ge=1, le=1_000_000)
    eval_batch_size: int = setting(128, "training", "samples an evaluation step", unit="samples", ge=1, le=1_000_000)
    early_stopping: bool = setting(True, "training", "stop once the monitored figure no longer improves")
    monitor: Monitor = setting("val_accuracy", "training", "the figure that early stopping watches")
    patience: int = setting(
        3, "training", "epochs without improvement before stopping", unit="epochs", ge=0, le=LARGEST
    )
    min_delta: float = setting(0.0, "training", "smallest change that counts as an improvement", ge=0)
    restore_best_weights: bool = setting(True, "training", "test the best epoch's weights instead of the last ones")
    label_smoothing: float = setting(0.0, "training", "share of each label spread over all classes", ge=0, lt=1)
    augment_shift: int = setting(0, "training", "random shift, at most, each way", unit="pixels", ge=0, le=1024)
    augment_rotate: float = setting(0.0, "training", "random rotation, at most, each way", unit="degrees", ge=0, le=180)
    augment_zoom: float = setting(0.0, "training", "random zoom, at most, in and out", unit="fraction", ge=0, lt=1)
    ema: float = setting(
        0.0, "training", "decay of averaged weights, which validation and test then use; 0 is off", ge=0, lt=1
    )
    precision: Precision = setting("float32", "training", "of the arithmetic; mixed ones keep the weights in float32")
    deterministic: bool = setting(False, "training", "the same bits again on a GPU too, slower; on a CPU always so")


NAMES = tuple(Settings.model_fields)
DEFAULTS: dict[str, Value] = Settings().model_dump()

UNUSED_BY_MODEL: dict[str, tuple[str, ...]] = {
    "compact": ("initializer", "batch_norm", "filters", "kernel_size", "hidden_units", "l2"),
    "mlp": ("filters", "kernel_size"),
    "vgg16": ("batch_norm", "filters", "kernel_size"),
}


def without_effect(values: dict[str, Value]) -> dict[str, str]:
    """The settings among `values` (all of them, resolved) that change nothing, each with the reason."""
    reasons: dict[str, str] = {}
    model = str(values["model"])
    reasons |= dict.fromkeys(UNUSED_BY_MODEL.get(model, ()), f"model is {model}")
    if not values["early_stopping"]:
        stopping = ("monitor", "patience", "min_delta", "restore_best_weights")
        reasons |= dict.fromkeys(stopping, "early_stopping is off")
    if values["optimizer"] not in ("sgd", "rmsprop"):
        reasons["momentum"] = f"optimizer is {values['optimizer']}"
    schedule = values["lr_schedule"]
    if schedule not in ("exponential", "step"):
        reasons["lr_decay"] = f"lr_schedule is {schedule}"
    if schedule != "step":
        reasons["lr_step"] = f"lr_schedule is {schedule}"
    return reasons


def effective(values: dict[str, Value]) -> dict[str, Value]:
    """`values` with every setting that changes nothing back at its default: what names a configuration."""
    idle = without_effect(values)
    return {name: DEFAULTS[name] if name in idle else value for name, value in values.items()}


def contradiction(values: dict[str, Value]) -> tuple[str, str] | None:
    """A setting and what is wrong with it beside the others, or None."""
    watched = str(values["monitor"])
    if values["early_stopping"] and watched.startswith("val_") and values["validation_split"] == 0:
        return "validation_split", (
            f"early stopping watches {watched}, which needs a validation_split above 0; "
            'or set monitor = "accuracy", or early_stopping = false'
        )
    return None
