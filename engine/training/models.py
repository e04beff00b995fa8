"""From settings to a Keras model whose first weights depend on the seed alone."""

import inspect
import random
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np

from engine.errors import ModelError
from engine.plan.jobs import Configuration
from engine.zoo import MODELS, custom


def build(
    config: Configuration,
    seed: int,
    shape: tuple[int, int, int],
    classes: int,
    folder: Path,
    digests: Mapping[str, str],
) -> keras.Model:
    """The model that `config` names, for images of `shape` (height, width, channels) scaled to 0..1.

    Its output is a probability for each class, shape (batch, classes). `folder` and `digests` are needed by a
    `module:function` model alone. Sets the random seed and Keras' dtype policy for the whole process.
    Raises ModelError.
    """
    keras.config.set_dtype_policy(str(config["precision"]))
    name = str(config["model"])
    if name in MODELS:
        # Keras draws the seeds of initializers and dropout from here. Its own set_random_seed would also make
        # TensorFlow forget every function that it has set up, which costs a warm job 0.2 s.
        random.seed(seed % 2**32)
        function = _shipped(name)
        wanted = {key: config[key] for key in inspect.signature(function).parameters if key in config}
        model = function(shape, classes, **wanted)
    else:
        keras.utils.set_random_seed(seed % 2**32)
        model = custom.build(name, folder, digests.get(name, ""), dict(config), shape, classes)
        model = _shaped(model, shape)
    if model.output_shape != (None, classes):
        message = f"{name} puts out {model.output_shape}, and the data set has {classes} classes"
        raise ModelError(message, hint=f"allowed: an output of {classes} numbers a picture")
    _penalize(model, float(config["l2"]))
    return model


def doubts(model: keras.Model, shape: tuple[int, int, int]) -> list[str]:
    """What a person's own model does that a training takes no notice of, tried on pictures of noise."""
    noise = np.random.default_rng(0).random((8, *shape), np.float32)
    found = np.asarray(keras.ops.convert_to_numpy(model(noise, training=False)), np.float64)
    if np.all(found >= 0) and np.allclose(found.sum(axis=1), 1, atol=0.02):
        return []
    return ["the model's outputs are no probabilities, which the loss takes them for: end it with a softmax"]


def _shaped(model: keras.Model, shape: tuple[int, int, int]) -> keras.Model:
    """A model that knows what goes in and comes out: Sequential without Input learns it by a first call, and a class
    of a person's own never does, so it becomes the one layer of a model that does."""
    if hasattr(model, "input_shape") and hasattr(model, "output_shape"):
        return model
    images = keras.Input(shape)
    found = model(images)
    return model if hasattr(model, "input_shape") else keras.Model(images, found)


def _shipped(name: str) -> Callable[..., keras.Model]:
    module, _, function = MODELS[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _penalize(model: keras.Model, l2: float) -> None:
    """Keras adds `l2` times the sum of squares of each kernel to `model.losses`, as with `kernel_regularizer`."""
    if l2 == 0:
        return
    for variable in model.trainable_variables:
        if variable.name == "kernel":
            variable.regularizer = keras.regularizers.L2(l2)
