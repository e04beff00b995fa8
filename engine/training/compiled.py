"""A model with everything that was compiled over it, and what may be kept of it for the next job."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.plan.jobs import Configuration
from engine.training import device, models, optimizers
from engine.training.checkpoint import Arrays
from engine.training.spans import Spans
from engine.zoo import MODELS

# Settings that no compiled function has inside: they act through values handed to it, or outside of it.
NOT_COMPILED = frozenset(
    {
        *("seed", "initializer", "epochs"),
        *("learning_rate", "lr_schedule", "lr_decay", "lr_step", "warmup"),
        *("early_stopping", "monitor", "patience", "min_delta", "restore_best_weights"),
    }
)

# Eight small models and their optimizers are tens of megabytes; one that is larger is kept alone.
MOST_KEPT = 8
MOST_PARAMETERS_KEPT = 4_000_000


class Compiled:
    """One job's model, optimizer and averages, and the spans over them."""

    def __init__(
        self,
        config: Configuration,
        seed: int,
        shape: tuple[int, int, int],
        classes: int,
        folder: Path,
        digests: Mapping[str, str],
    ) -> None:
        """Raises ModelError."""
        self.model = models.build(config, seed, shape, classes, folder, digests)
        self.optimizer = optimizers.make(config)
        self.optimizer.build(self.model.trainable_variables)
        self.averages = [
            (variable, tf.Variable(tf.zeros_like(variable.value), trainable=False))
            for variable in self.model.variables
            if config["ema"] and keras.backend.is_float_dtype(variable.dtype)
        ]
        self._new_optimizer = values(self.optimizer.variables)
        self.spans = Spans(config, classes, self.model, self.optimizer, self.averages, xla=device.uses_xla(config))

    def restart(self, model: keras.Model) -> None:
        """Become what a new Compiled would be whose model was just built as `model`."""
        assign(self.model.variables, values(model.variables))
        assign(self.optimizer.variables, self._new_optimizer)
        for _, average in self.averages:
            average.assign(tf.zeros_like(average))

    def parameters(self) -> int:
        """How many numbers the model holds, trained or not; seed generators do not count."""
        return int(self.model.count_params())

    def weights(self) -> Arrays:
        """The model's variables, by index."""
        return values(self.model.variables)

    def tested_weights(self) -> Arrays:
        """The same, with averages in place of weights where `ema` is on: what is validated and tested."""
        averages = {id(variable): average for variable, average in self.averages}
        return values([averages.get(id(variable), variable) for variable in self.model.variables])


class Warm:
    """What the worker keeps of earlier jobs: models with their compiled functions, for the next job that fits one.

    A sweep that goes through four activations by turns comes back to each of them, so several are kept, the last used
    last, as long as they are small.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Compiled] = {}

    def take(
        self,
        config: Configuration,
        seed: int,
        shape: tuple[int, int, int],
        classes: int,
        folder: Path,
        digests: Mapping[str, str],
    ) -> Compiled:
        """A Compiled with the values that a fresh process would start from. Raises ModelError."""
        device.choose_kernels(config)
        key = _key(config, shape, classes, digests)
        compiled = self._kept.pop(key, None)
        if compiled is not None:
            compiled.restart(models.build(config, seed, shape, classes, folder, digests))
        else:
            self._make_room()
            compiled = Compiled(config, seed, shape, classes, folder, digests)
        self._kept[key] = compiled
        return compiled

    @property
    def last(self) -> Compiled | None:
        """The model that was taken last, if it is still kept."""
        return next(reversed(self._kept.values()), None)

    def _make_room(self) -> None:
        """Let go of what was used longest ago, before another model takes memory."""
        while self._kept and (
            len(self._kept) >= MOST_KEPT
            or sum(compiled.parameters() for compiled in self._kept.values()) > MOST_PARAMETERS_KEPT
        ):
            del self._kept[next(iter(self._kept))]

    def forget(self) -> None:
        """Let go of every model, so that its memory is free."""
        self._kept.clear()


def _key(
    config: Configuration, shape: tuple[int, int, int], classes: int, digests: Mapping[str, str]
) -> tuple[Any, ...]:
    """Equal for two jobs that may share compiled functions. A person's own model may look at any setting."""
    ignored = NOT_COMPILED if config["model"] in MODELS else frozenset()
    kept = tuple((name, value) for name, value in sorted(config.items()) if name not in ignored)
    return kept, shape, classes, tuple(sorted(digests.items()))


def values(variables: Sequence[Any]) -> Arrays:
    """Copies of the variables' values."""
    return [np.array(variable.numpy()) for variable in variables]


def assign(variables: Sequence[Any], arrays: Sequence[NDArray[Any]]) -> None:
    """Put values back by index. Raises ValueError where they are not these variables'."""
    for variable, array in zip(variables, arrays, strict=True):
        wanted = variable.dtype if isinstance(variable.dtype, str) else variable.dtype.name
        if array.dtype.kind == "V":  # NumPy stores the eight- and sixteen-bit floats that it does not know as raw bytes
            array = array.view(tf.as_dtype(wanted).as_numpy_dtype)  # noqa: PLW2901
        variable.assign(tf.constant(array, wanted))
