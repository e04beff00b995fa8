"""Random shifts, rotations and zooms."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.plan.settings import DEFAULTS
from engine.training.augment import augment

IMAGES = np.random.default_rng(0).integers(1, 256, (200, 6, 5, 2), np.uint8)


def moved(images: np.ndarray = IMAGES, seed: int = 0, step: int = 0, **settings: float) -> np.ndarray:
    found = augment(tf.constant(images), DEFAULTS | settings, tf.constant(seed, tf.int64), tf.constant(step, tf.int64))
    return np.array(found.numpy())


def shifted(image: np.ndarray, down: int, right: int, most: int) -> np.ndarray:
    height, width, _ = image.shape
    bordered = np.pad(image, ((most, most), (most, most), (0, 0)))
    return bordered[most - down : most - down + height, most - right : most - right + width]


def test_nothing_asked_nothing_moved() -> None:
    np.testing.assert_array_equal(moved(), IMAGES)


@pytest.mark.parametrize("most", [1, 2, 7])
def test_shifts_are_exact_and_every_one_occurs(most: int) -> None:
    span = range(-most, most + 1)
    seen = set()
    for image, found in zip(IMAGES, moved(augment_shift=most), strict=True):
        fitting = {(d, r) for d in span for r in span if np.array_equal(found, shifted(image, d, r, most))}
        assert fitting
        seen |= fitting
    if most < 3:
        assert len(seen) == len(span) ** 2


def test_shift_in_a_resampling_is_the_same_family_of_moves() -> None:
    for image, found in zip(IMAGES, moved(augment_shift=1, augment_rotate=1e-9), strict=True):
        assert any(
            np.allclose(found, shifted(image, down, right, 1), atol=1e-2) for down in (-1, 0, 1) for right in (-1, 0, 1)
        )


def test_what_xla_can_do_moves_images_alike() -> None:
    config = DEFAULTS | {"augment_shift": 2, "augment_rotate": 40.0, "augment_zoom": 0.3}
    images, seed, step = tf.constant(IMAGES), tf.constant(3, tf.int64), tf.constant(5, tf.int64)
    np.testing.assert_allclose(
        augment(images, config, seed, step, xla=True), augment(images, config, seed, step), atol=0.05
    )


def test_the_seed_and_the_step_decide() -> None:
    options = {"augment_shift": 2, "augment_rotate": 15.0, "augment_zoom": 0.2}
    np.testing.assert_array_equal(moved(step=3, **options), moved(step=3, **options))
    assert not np.array_equal(moved(step=3, **options), moved(step=4, **options))
    assert not np.array_equal(moved(seed=1, **options), moved(seed=2, **options))


@pytest.mark.parametrize("options", [{"augment_rotate": 20.0}, {"augment_zoom": 0.3}])
def test_rotation_and_zoom_stay_in_their_range(options: dict[str, float]) -> None:
    """A spot off the centre ends up no further round, out or in than was allowed."""
    size, middle, distance = 41, 20, 12
    images = np.zeros((200, size, size, 1), np.uint8)
    images[:, middle - 1 : middle + 2, middle + distance - 1 : middle + distance + 2] = 255
    found = moved(images, **options)[..., 0]
    rows, columns = np.mgrid[:size, :size] - middle
    mass = found.sum(axis=(1, 2))
    y, x = (found * rows).sum(axis=(1, 2)) / mass, (found * columns).sum(axis=(1, 2)) / mass
    angles, distances = np.degrees(np.arctan2(y, x)), np.hypot(x, y) / distance
    most_angle, most_zoom = options.get("augment_rotate", 0), options.get("augment_zoom", 0)
    assert np.abs(angles).max() <= most_angle + 0.5
    assert np.abs(distances - 1).max() <= most_zoom + 0.02
    if most_angle:
        assert angles.min() < -most_angle / 2 < most_angle / 2 < angles.max()
    else:
        assert distances.min() < 1 - most_zoom / 2 < 1 + most_zoom / 2 < distances.max()


def test_augmentation_keeps_float32_for_keras() -> None:
    assert moved().dtype == keras.config.floatx()
