"""The models that ship: their layers and sizes."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from engine.plan.settings import DEFAULTS
from engine.training import models

MNIST = (28, 28, 1)


def build(shape: tuple[int, int, int] = MNIST, classes: int = 10, seed: int = 0, **settings: Any) -> keras.Model:
    return models.build(DEFAULTS | settings, seed, shape, classes, Path(), {})


def trainable(model: keras.Model) -> int:
    return sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)


def test_cnn_has_the_deck_s_parameters() -> None:
    model = build()
    assert model.count_params() == 1_035_146
    assert trainable(model) == 1_027_850
    assert build(batch_norm=False).count_params() == 1_020_554


def test_cnn_has_the_deck_s_layers() -> None:
    kinds = [type(layer).__name__ for layer in build().layers[1:]]
    assert kinds == [
        *("Conv2D", "BatchNormalization", "Conv2D", "MaxPooling2D", "Dropout", "BatchNormalization"),
        *("Conv2D", "BatchNormalization", "Conv2D", "MaxPooling2D", "Dropout", "BatchNormalization"),
        *("Conv2D", "Dropout", "Flatten", "BatchNormalization", "Dense", "Dropout", "BatchNormalization", "Dense"),
    ]


def test_compact_is_what_it_says() -> None:
    model = build(model="compact")
    assert model.count_params() == 101_530
    widths = [layer.output.shape[1] for layer in model.layers if isinstance(layer, keras.layers.Activation)]
    assert widths == [13, 11, 5, 3, 3]


def test_every_convolution_and_hidden_dense_has_the_settings() -> None:
    model = build(activation="tanh", initializer="he_normal", filters=3, kernel_size=7, hidden_units=11)
    *hidden, _ = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)]
    assert [layer.activation.__name__ for layer in hidden] == ["tanh"] * 6
    assert {type(layer.kernel_initializer).__name__ for layer in hidden} == {"HeNormal"}
    assert [layer.kernel_size for layer in hidden[:5]] == [(5, 5), (5, 5), (7, 7), (7, 7), (7, 7)]
    assert hidden[5].units == 11


@pytest.mark.parametrize("name", ["cnn", "compact", "mlp", "vgg16"])
@pytest.mark.parametrize(("shape", "classes"), [((28, 28, 1), 10), ((5, 9, 3), 2), ((33, 40, 2), 7), ((1, 1, 1), 3)])
def test_any_shape_and_number_of_classes(name: str, shape: tuple[int, int, int], classes: int) -> None:
    model = build(shape, classes, model=name)
    output = model(np.zeros((2, *shape), np.float32), training=False)
    assert output.shape == (2, classes)
    np.testing.assert_allclose(np.sum(output, axis=1), 1, rtol=1e-5)


def test_first_weights_depend_on_the_seed_alone() -> None:
    first, again, other = (build(model="mlp", seed=seed) for seed in (3, 3, 4))
    for a, b in zip(first.variables, again.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert not np.array_equal(first.variables[0].numpy(), other.variables[0].numpy())


@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_l2_is_what_kernel_regularizer_would_be(name: str) -> None:
    model = build((8, 8, 1), 3, model=name, l2=0.01, filters=2, hidden_units=5)
    kernels = [v.numpy() for v in model.trainable_variables if v.name == "kernel"]
    expected = sum(float(keras.regularizers.L2(0.01)(kernel)) for kernel in kernels)
    assert float(np.sum(model.losses)) == pytest.approx(expected, rel=1e-6)
    assert len(model.losses) == len(kernels)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_keeps_probabilities_and_weights_in_float32(precision: str) -> None:
    model = build((8, 8, 1), 3, model="compact", precision=precision)
    assert model.output.dtype == "float32"
    assert model.layers[1].compute_dtype == precision.removeprefix("mixed_")
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
