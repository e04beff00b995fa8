"""Compiled spans: many training steps in one call, so that no Python runs between two steps.

The bounds of a span are tensors; a span of any length is the same compiled function. On a GPU a span is one XLA
program, since a small network's kernels take longer to launch one by one than to run.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from engine.plan.jobs import Configuration
from engine.training.augment import augment
from engine.training.data import unpacked
from engine.training.loops import Loop, Piece, Sums, ragged


class Spans:
    """The compiled functions over one model, its optimizer and the averages of its weights.

    Images are packed tensors, int64 of shape (n, words); labels and orders are int64 of shape (n,).
    """

    def __init__(
        self,
        config: Configuration,
        classes: int,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        averages: Sequence[tuple[Any, Any]],
        *,
        xla: bool = False,
    ) -> None:
        self._config = config
        self._classes = classes
        self._model = model
        self._optimizer = optimizer
        self._averages = averages
        self._loss = _loss(config)
        self._shape = tuple(model.input_shape[1:])
        images = tf.TensorSpec([None, None], tf.int64)
        labels = tf.TensorSpec([None], tf.int64)
        whole, long, rates = tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.int64), tf.TensorSpec([None], tf.float32)
        self._xla = xla
        self.train = self._loop(self._train, [images, labels, labels, rates, long, long], "batch_size")
        self.evaluate = self._loop(self._evaluate, [images, labels], "eval_batch_size")
        self.predict = tf.function(self._predict, autograph=False, input_signature=[images, labels, whole, whole])
        self.exchange = tf.function(self._exchange, autograph=False, input_signature=[])

    def _loop(self, body: Callable[..., Sums], inputs: Sequence[Any], size: str) -> Loop:
        return Loop(body, inputs, int(self._config[size]), xla=self._xla, iterations=self._optimizer.iterations)

    def _train(
        self,
        images: Any,
        labels: Any,
        order: Any,
        rates: Any,
        seed: Any,
        before: Any,
        start: Any,
        end: Any,
        sums: Sums,
        piece: Piece,
    ) -> Sums:
        """Steps `start` to `end` - 1 of an epoch that visits the samples in `order`, with `rates` (one a step).

        `before` counts the steps of all earlier epochs. Returns `sums` with these steps added.
        """

        def step(index: Any, sums: Sums) -> tuple[Any, Sums]:
            chosen = piece(order, index)
            batch = unpacked(tf.gather(images, chosen), self._shape)
            truth = tf.gather(labels, chosen)
            batch = augment(batch, self._config, seed, before + tf.cast(index, tf.int64), xla=self._xla)
            self._optimizer.learning_rate.assign(rates[index])
            with tf.GradientTape() as tape:
                probabilities = self._model(_scaled(batch), training=True)
                loss = self._total(truth, probabilities)
                scaled = self._optimizer.scale_loss(loss)
            weights = self._model.trainable_variables
            self._optimizer.apply(tape.gradient(scaled, weights), weights)
            self._average(before + tf.cast(index, tf.int64))
            return index + 1, _added(sums, truth, probabilities, loss)

        return self._steps(step, start, end, sums)

    def _evaluate(self, images: Any, labels: Any, start: Any, end: Any, sums: Sums, piece: Piece) -> Sums:
        """Evaluation steps `start` to `end` - 1 over the samples as they stand."""

        def step(index: Any, sums: Sums) -> tuple[Any, Sums]:
            batch = unpacked(piece(images, index), self._shape)
            truth = piece(labels, index)
            probabilities = self._model(_scaled(batch), training=False)
            return index + 1, _added(sums, truth, probabilities, self._total(truth, probabilities))

        return self._steps(step, start, end, sums)

    def _predict(self, images: Any, labels: Any, start: Any, end: Any) -> tuple[Any, Any, Any]:
        """Of the samples in evaluation steps `start` to `end` - 1: class, its probability, and the summed loss."""
        piece = ragged(int(self._config["eval_batch_size"]))

        def array(dtype: Any) -> Any:
            return tf.TensorArray(dtype, end - start, infer_shape=False, element_shape=[None])

        def step(index: Any, classes: Any, sure: Any, loss: Any) -> tuple[Any, Any, Any, Any]:
            batch = unpacked(piece(images, index), self._shape)
            truth = piece(labels, index)
            probabilities = self._model(_scaled(batch), training=False)
            added = tf.cast(self._total(truth, probabilities), tf.float64) * tf.cast(tf.size(truth), tf.float64)
            classes = classes.write(index - start, tf.argmax(probabilities, axis=-1))
            return index + 1, classes, sure.write(index - start, tf.reduce_max(probabilities, axis=-1)), loss + added

        first = (start, array(tf.int64), array(tf.float32), tf.zeros([], tf.float64))
        _, classes, sure, loss = tf.while_loop(lambda index, *_: index < end, step, first, parallel_iterations=1)
        return classes.concat(), sure.concat(), loss

    def _exchange(self) -> None:
        """Swap the model's weights and their averages; a second call puts both back, bit by bit."""
        for variable, average in self._averages:
            held = tf.identity(variable.value)
            variable.assign(average)
            average.assign(held)

    def _steps(self, step: Any, start: Any, end: Any, sums: Sums) -> Sums:
        loop = tf.while_loop(lambda index, _: index < end, step, (start, sums), parallel_iterations=1)
        return loop[1]  # type: ignore[no-any-return]

    def _total(self, truth: Any, probabilities: Any) -> Any:
        """The batch's mean loss and the model's own penalties, together what Keras reports as loss."""
        if self._config["label_smoothing"]:
            truth = tf.one_hot(truth, self._classes)
        return tf.add_n([self._loss(truth, probabilities), *self._model.losses])

    def _average(self, step: Any) -> None:
        """Move each average towards its weight: a copy at the first step, then by 1 - decay of the distance."""
        share = tf.where(step == 0, 1.0, 1.0 - float(self._config["ema"]))
        for variable, average in self._averages:
            tf.raw_ops.ResourceApplyGradientDescent(
                var=average.handle, alpha=tf.cast(share, average.dtype), delta=average - variable.value
            )


def _loss(config: Configuration) -> keras.losses.Loss:
    smoothing = float(config["label_smoothing"])
    if smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    return keras.losses.SparseCategoricalCrossentropy()


def _scaled(images: Any) -> Any:
    return tf.cast(images, tf.float32) / 255.0


def _added(sums: Sums, truth: Any, probabilities: Any, loss: Any) -> Sums:
    count = tf.cast(tf.size(truth), tf.float64)
    hits = tf.reduce_sum(tf.cast(tf.argmax(probabilities, axis=-1) == truth, tf.float32))
    return sums[0] + tf.cast(loss, tf.float64) * count, sums[1] + tf.cast(hits, tf.float64)
