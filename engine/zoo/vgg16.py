"""`vgg16`: the sixteen-layer network of Simonyan and Zisserman (2014), untrained, with a small head of its own."""

import keras
from keras import layers

SMALLEST = 32


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    activation: str,
    initializer: str,
    dropout: float,
    hidden_units: int,
) -> keras.Model:
    """Images of `shape` (height, width, channels), scaled to 0..1, to probabilities of shape (batch, classes).

    Smaller images are padded with zeros to 32 x 32, the least that five poolings leave something of. `activation` and
    `initializer` are those of the head; the convolutions are keras.applications' own.
    """
    height, width, channels = shape
    rows, columns = max(SMALLEST - height, 0), max(SMALLEST - width, 0)
    images = keras.Input(shape)
    x = layers.ZeroPadding2D(((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)))(images)
    padded = (height + rows, width + columns, channels)
    x = keras.applications.VGG16(include_top=False, weights=None, input_shape=padded)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(hidden_units, activation=activation, kernel_initializer=initializer)(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(images, outputs, name="vgg16")
