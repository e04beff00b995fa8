"""`engine inspect`: what a data set holds, and what a model is made of, before anything is trained."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from engine.cli.layout import Column, table
from engine.cli.store_option import JsonOption
from engine.cli.streams import colours, data_lines, document, unicode, warn, width
from engine.errors import UsageError
from engine.plan.experiment import allowed
from engine.plan.jobs import Value
from engine.plan.settings import DEFAULTS, NAMES, Settings
from engine.plan.words import did_you_mean, shown
from engine.results.digits import gallery, picture
from engine.run.process import inspect as ask
from engine.text import brief, visible

KINDS = ("data", "model")
YES, NO = ("true", "on", "yes"), ("false", "off", "no")


def inspect(
    kind: Annotated[str, typer.Argument(metavar="data|model", help="What to look at.")],
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", show_default=False, help="Such as mnist, or cnn.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Argument(metavar="[SETTING=VALUE]...", show_default=False, help="Of a model.")
    ] = None,
    allow_code: Annotated[bool, typer.Option("--allow-code", help="Let a module:function model's code run.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look into a data set, or at the layers of a model.

    \b
    engine inspect data mnist                  shapes, class counts, nine digits
    engine inspect model cnn batch_norm=false  the layers with their parameters
    """
    if kind not in KINDS:
        meant = did_you_mean(kind, KINDS)
        hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(KINDS)
        raise UsageError(f"inspect does not know {brief(kind)}", hint=hint)
    if kind == "data":
        if settings:
            raise UsageError(f"a data set has no settings: {brief(settings[0])}", hint="name a data set alone")
        found = ask("data", named("dataset", name or "mnist"))
        lines = data_lines_of(found)
    else:
        config = configuration([f"model={name or 'cnn'}", *(settings or [])])
        found = ask("model", json.dumps(config), allow_code=allow_code)
        lines = model_lines(found, str(config["model"]))
        for warning in found["warnings"]:
            warn(warning)
    if as_json:
        document({"version": 1, **found})
        return
    data_lines(line + "\n" for line in lines)


def named(setting: str, value: str) -> str:
    """The one name of a setting's value. Raises UsageError."""
    return str(configuration([f"{setting}={value}"])[setting])


def configuration(words: Sequence[str]) -> dict[str, Value]:
    """Every setting, those among `words` (`name=value`) as they say. Raises UsageError."""
    given: dict[str, Value] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip().lower().replace("-", "_")
        if not equals:
            raise UsageError(f"{brief(word)} sets nothing", hint="write it as name=value, such as batch_norm=false")
        if name not in NAMES:
            meant = did_you_mean(name, NAMES)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(NAMES)
            raise UsageError(f"there is no setting {brief(name)}", hint=hint)
        value = _value(name, text.strip())
        try:
            given[name] = getattr(Settings.model_validate({name: value}), name)
        except ValidationError:
            told = f"{name} cannot be {shown(value)}"
            raise UsageError(told, hint=f"allowed: {allowed(Settings, name)}") from None
    return DEFAULTS | given


def _value(name: str, text: str) -> Value:
    """The text as a value of the setting's type; what does not fit stays text, which validation then refuses."""
    default = DEFAULTS[name]
    if isinstance(default, str):
        return text
    if isinstance(default, bool):
        return text.lower() in YES if text.lower() in YES + NO else text
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def data_lines_of(found: Mapping[str, Any]) -> Iterator[str]:
    """A data set in text: shapes, counts, a minibatch, and its first digits."""
    columns = width(sys.stdout)
    yield visible(str(found["name"]))
    yield f"training  {shape(found['train_shape'])} {found['dtype']}   test  {shape(found['test_shape'])}"
    batch = found["batch_shapes"]
    yield f"a minibatch: images {shape(batch['images'])}, labels {shape(batch['labels'])}"
    yield ""
    train, test = found["class_counts_train"], found["class_counts_test"]
    yield from table(
        [
            Column("class", [str(number) for number in range(found["classes"])], numeric=True),
            Column("training", [f"{count:,}" for count in train], numeric=True),
            Column("test", [f"{count:,}" for count in test], numeric=True),
        ],
        painted=colours(sys.stdout),
    )
    yield ""
    style = "braille" if unicode(sys.stdout) else "ascii"
    pictures = [picture(sample["image"], style, columns) for sample in found["samples"]]
    yield from gallery(pictures, [f"label {sample['label']}" for sample in found["samples"]], columns).split("\n")


def shape(sizes: Sequence[int]) -> str:
    """`(60000, 28, 28)`."""
    return f"({', '.join(str(size) for size in sizes)})"


def model_lines(found: Mapping[str, Any], name: str) -> Iterator[str]:
    """A model's layers, and its parameters in sum."""
    layers = found["layers"]
    yield visible(name)
    yield from table(
        [
            Column("layer", [visible(layer["name"]) for layer in layers]),
            Column("type", [visible(layer["type"]) for layer in layers]),
            Column("output", [_output(layer["output_shape"]) for layer in layers]),
            Column("parameters", [f"{layer['parameters']:,}" for layer in layers], numeric=True),
        ],
        painted=colours(sys.stdout),
    )
    yield f"{found['total']:,} parameters, {found['trainable']:,} trainable, {found['non_trainable']:,} not"


def _output(sizes: Sequence[Any]) -> str:
    """Without the batch, which may be of any size."""
    return " x ".join(str(size) for size in sizes[1:])
