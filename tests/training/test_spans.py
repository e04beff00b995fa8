"""The compiled steps against plain Keras: same first weights, same batches, same numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.plan.settings import DEFAULTS
from engine.training import models
from engine.training.compiled import Compiled, values
from engine.training.data import packed, unpacked
from engine.training.loops import no_sums
from engine.training.schedules import epoch_rates
from engine.training.spans import Spans

SHAPE, CLASSES, COUNT = (8, 8, 1), 4, 40
SMALL = {"batch_size": 16, "eval_batch_size": 16, "hidden_units": 6, "filters": 3, "epochs": 2}
generator = np.random.default_rng(1)
IMAGES = generator.integers(0, 256, (COUNT, *SHAPE), np.uint8)
LABELS = generator.integers(0, CLASSES, COUNT)


def settings(**values: Any) -> dict[str, Any]:
    return DEFAULTS | SMALL | values


def compiled(config: dict[str, Any], *, xla: bool = False) -> Compiled:
    one = Compiled(config, 0, SHAPE, CLASSES, Path(), {})
    if xla:
        one.spans = Spans(config, CLASSES, one.model, one.optimizer, one.averages, xla=True)
    return one


def train(one: Compiled, config: dict[str, Any], cuts: tuple[int, ...] = (), count: int = COUNT) -> list[float]:
    """Two epochs in an order of their own, cut into spans after the steps in `cuts`; each epoch's mean loss."""
    losses = []
    steps = -(-count // config["batch_size"])
    for epoch in range(2):
        sums = no_sums()
        for start, end in zip((0, *cuts), (*cuts, steps), strict=True):
            sums = one.spans.train(
                tf.constant(packed(IMAGES)),
                tf.constant(LABELS),
                tf.constant(order(epoch, count)),
                tf.constant(epoch_rates(config, epoch, steps)),
                tf.constant(0, tf.int64),
                tf.constant(epoch * steps, tf.int64),
                tf.constant(start),
                tf.constant(end),
                sums,
            )
        losses.append(float(sums[0]) / count)
    return losses


def assert_close(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray], apart_at_most: float = 2e-5) -> None:
    """Each variable as a whole: dividing by a tiny gradient's size makes single weights of it noisy."""
    for index, (mine, expected) in enumerate(zip(ours, theirs, strict=True)):
        apart = np.linalg.norm(mine.astype(float) - expected) / (np.linalg.norm(expected) + 1e-3)
        assert apart < apart_at_most, index


def order(epoch: int, count: int) -> np.ndarray:
    return np.random.default_rng(epoch).permutation(count)


def keras_optimizer(config: dict[str, Any]) -> keras.optimizers.Optimizer:
    decay = config["weight_decay"] or None
    kinds: dict[str, Any] = {
        "sgd": lambda: keras.optimizers.SGD(momentum=config["momentum"], weight_decay=decay),
        "rmsprop": lambda: keras.optimizers.RMSprop(momentum=config["momentum"], weight_decay=decay),
        "adam": lambda: keras.optimizers.Adam(weight_decay=decay),
        "adamw": lambda: keras.optimizers.AdamW(weight_decay=config["weight_decay"]),
    }
    optimizer = kinds[config["optimizer"]]()
    if config["ema"]:
        optimizer.use_ema, optimizer.ema_momentum = True, config["ema"]
    return optimizer


def keras_train(config: dict[str, Any], count: int = COUNT) -> tuple[keras.Model, list[float]]:
    """The same two epochs by `train_on_batch`, with Keras' own optimizer and losses."""
    model = models.build(config, 0, SHAPE, CLASSES, Path(), {})
    smoothing = config["label_smoothing"]
    loss = (
        keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        if smoothing
        else "sparse_categorical_crossentropy"
    )
    model.compile(optimizer=keras_optimizer(config), loss=loss, jit_compile=False)
    size, losses = config["batch_size"], []
    steps = -(-count // size)
    for epoch in range(2):
        total = 0.0
        for step, rate in enumerate(epoch_rates(config, epoch, steps)):
            chosen = order(epoch, count)[step * size : (step + 1) * size]
            model.optimizer.learning_rate = rate
            truth = keras.utils.to_categorical(LABELS[chosen], CLASSES) if smoothing else LABELS[chosen]
            model.reset_metrics()
            total += float(model.train_on_batch(IMAGES[chosen].astype("float32") / 255, truth)) * len(chosen)
        losses.append(total / count)
    return model, losses


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "cnn"},
        {"model": "cnn", "batch_norm": False, "activation": "tanh"},
        {"model": "compact", "optimizer": "adamw", "weight_decay": 0.1},
        {"model": "mlp"},
        {"model": "mlp", "momentum": 0.9, "weight_decay": 0.1},
        {"model": "mlp", "optimizer": "sgd", "learning_rate": 0.1},
        {"model": "mlp", "optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.1},
        {"model": "mlp", "optimizer": "adam", "weight_decay": 0.1},
        {"model": "mlp", "l2": 0.05},
        {"model": "mlp", "label_smoothing": 0.2},
        {"model": "mlp", "lr_schedule": "one_cycle", "optimizer": "adamw"},
        {"model": "mlp", "precision": "mixed_float16"},
        {"model": "mlp", "precision": "mixed_bfloat16"},
    ],
    ids=lambda changed: "-".join(map(str, changed.values())),
)
def test_the_first_steps_are_keras_own(changed: dict[str, Any]) -> None:
    config = settings(**changed)
    one = compiled(config)
    losses = train(one, config)
    model, expected = keras_train(config)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    # Where the maximum of nearly equal values is taken, a rounding decides which of them the gradient goes to.
    assert_close(values(one.model.variables), values(model.variables), 2e-4 if config["model"] == "compact" else 2e-5)


def test_vgg16_s_first_steps_are_keras_own() -> None:
    config = settings(model="vgg16", batch_size=4, optimizer="sgd")
    one = compiled(config)
    losses = train(one, config, count=4)
    model, expected = keras_train(config, count=4)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    assert_close(values(one.model.variables), values(model.variables))


@pytest.mark.parametrize("optimizer", ["rmsprop", "adamw"])
def test_averages_of_the_weights_are_keras_use_ema(optimizer: str) -> None:
    config = settings(model="mlp", ema=0.8, optimizer=optimizer)
    one = compiled(config)
    train(one, config)
    model, _ = keras_train(config)
    tested = {variable.path: array for variable, array in zip(one.model.variables, one.tested_weights(), strict=True)}
    model.optimizer.finalize_variable_values(model.trainable_variables)
    ours = [tested[variable.path] for variable in one.model.trainable_variables]
    assert_close(ours, values(model.trainable_variables))


def test_batch_norm_s_statistics_are_averaged_too_and_seeds_are_not() -> None:
    config = settings(model="mlp", ema=0.8)
    one = compiled(config)
    train(one, config)
    weights, tested = one.weights(), one.tested_weights()
    for variable, now, average in zip(one.model.variables, weights, tested, strict=True):
        floating = variable.dtype.startswith("float")
        assert floating != np.array_equal(now, average), variable.path


def test_swapping_in_the_averages_and_back_changes_no_bit() -> None:
    config = settings(model="mlp", ema=0.8)
    one = compiled(config)
    train(one, config)
    weights, tested = one.weights(), one.tested_weights()
    one.spans.exchange()
    for held, expected in zip(one.weights(), tested, strict=True):
        np.testing.assert_array_equal(held, expected)
    one.spans.exchange()
    for held, expected in zip(one.weights(), weights, strict=True):
        np.testing.assert_array_equal(held, expected)


@pytest.mark.parametrize(
    "changed", [{}, {"augment_shift": 2, "ema": 0.5}, {"augment_rotate": 10.0, "augment_zoom": 0.1}]
)
def test_where_spans_are_cut_changes_no_bit(changed: dict[str, Any]) -> None:
    config = settings(model="mlp", **changed)
    one, other = compiled(config), compiled(config)
    assert train(one, config) == train(other, config, cuts=(1, 2))
    for a, b in zip(one.tested_weights(), other.tested_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# RMSprop would divide the cnn's biases before batch norm, whose gradients are rounding alone, by their own size.
@pytest.mark.parametrize(
    "changed", [{"model": "cnn", "l2": 0.05, "optimizer": "sgd"}, {"augment_shift": 2, "ema": 0.5}]
)
def test_one_program_of_xla_s_trains_the_same(changed: dict[str, Any]) -> None:
    config = settings(**({"model": "mlp", "dropout": 0.0} | changed))
    one, other = compiled(config, xla=True), compiled(config)
    np.testing.assert_allclose(train(one, config, cuts=(1,)), train(other, config), rtol=1e-5)
    assert one.spans.train.refused == ""
    assert_close(one.tested_weights(), other.tested_weights(), apart_at_most=1e-4)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_xla_trains_in_lower_precision_too(precision: str) -> None:
    config = settings(model="mlp", dropout=0.0, precision=precision)
    one, other = compiled(config, xla=True), compiled(config)
    np.testing.assert_allclose(train(one, config), train(other, config), rtol=2e-2)
    assert one.spans.train.refused == ""


def test_xla_draws_its_own_rotations_and_trains_with_them() -> None:
    config = settings(model="mlp", augment_rotate=10.0, augment_zoom=0.1, augment_shift=1)
    one = compiled(config, xla=True)
    first, second = train(one, config)
    assert second < first
    assert one.spans.train.refused == ""


def test_what_xla_cannot_compile_is_trained_without_it() -> None:
    config = settings(model="mlp", dropout=0.0)
    one, other = compiled(config, xla=True), compiled(config)

    def odd(layer_input: Any) -> Any:
        zero = tf.numpy_function(lambda: np.float32(0), [], tf.float32)
        return layer_input + tf.stop_gradient(tf.reshape(zero, [1, 1]))

    model = keras.Sequential([keras.Input(SHAPE), one.model, keras.layers.Lambda(odd)])
    one.spans = Spans(config, CLASSES, model, one.optimizer, one.averages, xla=True)
    np.testing.assert_allclose(train(one, config), train(other, config), rtol=1e-6)
    assert "PyFunc" in one.spans.train.refused
    assert_close(one.weights(), other.weights())


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize(
    "changed", [{"model": "cnn"}, {"model": "mlp", "l2": 0.05}, {"model": "mlp", "label_smoothing": 0.1}]
)
def test_evaluation_is_keras_own(changed: dict[str, Any], xla: bool) -> None:
    config = settings(**changed)
    one = compiled(config, xla=xla)
    train(one, config)
    sums = one.spans.evaluate(
        tf.constant(packed(IMAGES)), tf.constant(LABELS), tf.constant(0), tf.constant(3), no_sums()
    )
    smoothing = config["label_smoothing"]
    one.model.compile(
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=smoothing), metrics=["accuracy"], jit_compile=False
    )
    truth = keras.utils.to_categorical(LABELS, CLASSES)
    loss, accuracy = one.model.evaluate(IMAGES.astype("float32") / 255, truth, batch_size=16, verbose=0)
    assert float(sums[0]) / COUNT == pytest.approx(loss, rel=1e-5)
    assert float(sums[1]) / COUNT == pytest.approx(accuracy, rel=1e-6)


@pytest.mark.parametrize("shape", [(8, 8, 1), (3, 5, 1), (7, 3, 3), (1, 1, 1)])
def test_packing_keeps_every_byte(shape: tuple[int, int, int]) -> None:
    images = generator.integers(0, 256, (6, *shape), np.uint8)
    np.testing.assert_array_equal(unpacked(tf.constant(packed(images)), shape), images)
