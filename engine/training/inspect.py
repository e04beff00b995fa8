"""What a data set or a model looks like, as JSON: `python -P -m engine.training.inspect data|model WHAT`.

Runs in a process of its own, so that no front end imports TensorFlow; a data set that labtop reads itself does without.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.datasets.load import load
from engine.errors import EngineError, UsageError
from engine.plan.jobs import Configuration
from engine.plan.settings import DEFAULTS
from engine.zoo import ALLOW_CODE, MODELS

MINIBATCH = 128
SAMPLES = 9


def main(arguments: list[str]) -> int:
    """Print one JSON document; an EngineError goes to stderr and gives the exit code."""
    what, subject, *flags = arguments
    try:
        with stdout_kept():
            if what == "data":
                found = data(subject)
            else:
                found = model(DEFAULTS | json.loads(subject), allow_code="--allow-code" in flags)
    except EngineError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    print(json.dumps(found))  # noqa: T201
    return 0


@contextlib.contextmanager
def stdout_kept() -> Iterator[None]:
    """Whatever is printed meanwhile, by a person's code or by a library, goes to stderr: stdout is for the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def data(dataset: str) -> dict[str, Any]:
    """Shapes, class counts, a minibatch's shapes and the first nine training samples. Raises DataError."""
    source = load(dataset, Path.cwd())
    batch = min(MINIBATCH, len(source.train_labels))
    samples = zip(source.train_labels[:SAMPLES].tolist(), source.train_images[:SAMPLES].tolist(), strict=True)
    return {
        "name": source.name,
        "train_shape": list(source.train_images.shape),
        "test_shape": list(source.test_images.shape),
        "dtype": str(source.train_images.dtype),
        "classes": source.classes,
        "class_counts_train": np.bincount(source.train_labels, minlength=source.classes).tolist(),
        "class_counts_test": np.bincount(source.test_labels, minlength=source.classes).tolist(),
        "batch_shapes": {"labels": [batch, source.classes], "images": [batch, *source.shape]},
        "samples": [{"index": index, "label": label, "image": image} for index, (label, image) in enumerate(samples)],
    }


def model(config: Configuration, *, allow_code: bool = False) -> dict[str, Any]:
    """The layers of the model that `config` names, for the data set that it names.

    Raises UsageError where the model is a person's own code that was not allowed, DataError or ModelError.
    """
    if str(config["model"]) not in MODELS and not allow_code:
        raise UsageError(f"the model is code of its own: {config['model']}", hint=ALLOW_CODE)
    from engine.training import models  # noqa: PLC0415  loads TensorFlow
    from engine.zoo import custom  # noqa: PLC0415

    folder, name = Path.cwd(), str(config["model"])
    source = load(str(config["dataset"]), folder)
    digests = {} if name in MODELS else {name: custom.digest(name, folder)}
    built = models.build(config, 0, source.shape, source.classes, folder, digests)
    trainable = sum(int(np.prod(variable.shape)) for variable in built.trainable_variables)
    total = int(built.count_params())
    return {
        "layers": [
            {
                "name": layer.name,
                "type": type(layer).__name__,
                "output_shape": list(layer.output.shape),
                "parameters": int(layer.count_params()),
            }
            for layer in built.layers
        ],
        "total": total,
        "trainable": trainable,
        "non_trainable": total - trainable,
        "warnings": [] if name in MODELS else models.doubts(built, source.shape),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
