"""Keras' optimizers, each with its whole update as TensorFlow's one fused operation a variable.

Keras 3 spells an update out as ten or so operations over every weight, which on a CPU is a third of a small model's
step. The variables, and up to rounding the numbers, are those of the Keras class.
"""

from typing import Any

import keras
import tensorflow as tf

from engine.plan.jobs import Configuration


class SGD(keras.optimizers.SGD):  # type: ignore[misc]
    """Keras' SGD, with or without momentum."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = tf.cast(learning_rate, variable.dtype)
        gradient = tf.cast(gradient, variable.dtype)
        if self.momentum == 0:
            tf.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=rate, delta=gradient)
            return
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=self.momentums[self._get_variable_index(variable)].value.handle,
            lr=rate,
            grad=gradient,
            momentum=tf.constant(self.momentum, variable.dtype),
        )


class RMSprop(keras.optimizers.RMSprop):  # type: ignore[misc]
    """Keras' RMSprop, not centered. The fused operation wants a momentum slot even where momentum is 0."""

    def build(self, variables: list[Any]) -> None:
        """Make the slots of `variables`."""
        already = self.built
        super().build(variables)
        if not already and self.momentum == 0:
            self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = self._get_variable_index(variable)
        tf.raw_ops.ResourceApplyRMSProp(
            var=variable.handle,
            ms=self._velocities[index].value.handle,
            mom=self._momentums[index].value.handle,
            lr=tf.cast(learning_rate, variable.dtype),
            rho=tf.constant(self.rho, variable.dtype),
            momentum=tf.constant(self.momentum, variable.dtype),
            epsilon=tf.constant(self.epsilon, variable.dtype),
            grad=tf.cast(gradient, variable.dtype),
        )


class Adam(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam, and AdamW where it is given a weight decay."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations.value + 1, variable.dtype)
        beta_1, beta_2 = tf.constant(self.beta_1, variable.dtype), tf.constant(self.beta_2, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.constant(self.epsilon, variable.dtype),
            grad=tf.cast(gradient, variable.dtype),
        )


def make(config: Configuration) -> keras.optimizers.Optimizer:
    """The optimizer that `config` names, not yet built; for mixed_float16 inside Keras' loss scaling.

    Weight decay is decoupled and applied to every trainable variable, as in each of Keras' optimizers.
    """
    name = config["optimizer"]
    rate, decay = config["learning_rate"], config["weight_decay"] or None
    if name == "sgd":
        optimizer = SGD(rate, momentum=config["momentum"], weight_decay=decay)
    elif name == "rmsprop":
        optimizer = RMSprop(rate, momentum=config["momentum"], weight_decay=decay)
    else:
        optimizer = Adam(rate, weight_decay=decay)
    if config["precision"] == "mixed_float16":
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer
