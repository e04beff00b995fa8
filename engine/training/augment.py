"""Random shifts, rotations and zooms of training images, inside the compiled step.

The numbers are drawn from the job's seed and the step alone, so that a resumed job draws the same ones again.
"""

import math
from typing import Any

import tensorflow as tf

from engine.plan.jobs import Configuration


def augment(images: Any, config: Configuration, seed: Any, step: Any, *, xla: bool = False) -> Any:
    """Images (batch, height, width, channels), each moved at random as `config` allows; what comes in is black.

    Takes uint8 and gives float32, still from 0 to 255. `seed` and `step` are int64 scalars. With `xla` only operations
    that XLA knows are used.
    """
    shift, rotate, zoom = int(config["augment_shift"]), float(config["augment_rotate"]), float(config["augment_zoom"])
    images = tf.cast(images, tf.float32)
    key = tf.stack([seed, step])
    if rotate or zoom:
        return _turned(images, shift, rotate, zoom, key, xla)
    if shift:
        return _shifted(images, shift, key)
    return images


def _shifted(images: Any, shift: int, key: Any) -> Any:
    """Whole pixels: a crop, for each image elsewhere, out of the image with a black border `shift` wide."""
    batch = tf.shape(images)[0]
    height, width, channels = images.shape[1:]
    rows, columns = height + 2 * shift, width + 2 * shift
    bordered = tf.pad(images, [[0, 0], [shift, shift], [shift, shift], [0, 0]])
    corner = tf.random.stateless_uniform([2, batch, 1, 1], key, 0, 2 * shift + 1, tf.int64)
    row = corner[0] + tf.range(height, dtype=tf.int64)[:, tf.newaxis]
    column = corner[1] + tf.range(width, dtype=tf.int64)
    first = tf.range(tf.cast(batch, tf.int64))[:, tf.newaxis, tf.newaxis] * (rows * columns)
    flat = tf.reshape(bordered, [-1] if channels == 1 else [-1, channels])
    crops = tf.gather(flat, first + row * columns + column)
    return tf.reshape(crops, [batch, height, width, channels])


def _turned(images: Any, shift: int, rotate: float, zoom: float, key: Any, xla: bool) -> Any:
    """One bilinear resampling about the centre: an angle up to `rotate` degrees either way, a size of 1 -/+ `zoom`."""
    batch = tf.shape(images)[0]
    height, width, _ = images.shape[1:]
    drawn = tf.random.stateless_uniform([4, batch], key, -1.0, 1.0)
    angle = drawn[0] * (rotate * math.pi / 180)
    size = 1 + drawn[1] * zoom
    right, down = tf.unstack(tf.floor(drawn[2:] * (shift + 0.5) + 0.5))
    cosine, sine = tf.cos(angle) / size, tf.sin(angle) / size
    middle_x, middle_y = (width - 1) / 2 + right, (height - 1) / 2 + down
    from_x = (width - 1) / 2 - cosine * middle_x + sine * middle_y
    from_y = (height - 1) / 2 - sine * middle_x - cosine * middle_y
    if xla:
        x, y = tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32)[:, tf.newaxis]
        cosine, sine, from_x, from_y = (value[:, tf.newaxis, tf.newaxis] for value in (cosine, sine, from_x, from_y))
        return _resampled(images, cosine * x - sine * y + from_x, sine * x + cosine * y + from_y)
    nothing = tf.zeros([batch])
    transforms = tf.stack([cosine, -sine, from_x, sine, cosine, from_y, nothing, nothing], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=tf.constant([height, width]),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )


def _resampled(images: Any, x: Any, y: Any) -> Any:
    """Images at the places `x` and `y`, (batch, height, width), between their pixels, bilinearly; black beyond them."""
    batch = tf.shape(images)[0]
    height, width, channels = images.shape[1:]
    flat = tf.reshape(tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]), [-1, channels])
    first = tf.range(batch)[:, tf.newaxis, tf.newaxis] * ((height + 2) * (width + 2))
    left, top = tf.floor(x), tf.floor(y)
    right_share, bottom_share = x - left, y - top

    def at(column: Any, row: Any) -> Any:
        # The border stands for all that lies beyond it.
        column = tf.cast(tf.clip_by_value(column, -1.0, float(width)), tf.int32) + 1
        row = tf.cast(tf.clip_by_value(row, -1.0, float(height)), tf.int32) + 1
        return tf.gather(flat, first + row * (width + 2) + column)

    def between(row: Any) -> Any:
        share = right_share[..., tf.newaxis]
        return (1 - share) * at(left, row) + share * at(left + 1, row)

    share = bottom_share[..., tf.newaxis]
    return (1 - share) * between(top) + share * between(top + 1)
