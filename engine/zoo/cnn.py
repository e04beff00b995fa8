"""`cnn`: five convolutions, two poolings and a dense layer, as on the slides that labtop grew from."""

import keras
from keras import layers

FIRST_KERNEL = 5


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    activation: str,
    initializer: str,
    dropout: float,
    batch_norm: bool,
    filters: int,
    kernel_size: int,
    hidden_units: int,
) -> keras.Model:
    """Images of `shape` (height, width, channels), scaled to 0..1, to probabilities of shape (batch, classes).

    1,035,146 parameters (7,296 of them not trained) for 28 x 28 x 1, ten classes and the defaults; 1,020,554 without
    batch normalization. Source: the slide deck "MNIST Dataset".
    """

    def convolution(size: int) -> layers.Layer:
        return layers.Conv2D(filters, size, padding="same", activation=activation, kernel_initializer=initializer)

    def normalized(tensor: keras.KerasTensor) -> keras.KerasTensor:
        return layers.BatchNormalization()(tensor) if batch_norm else tensor

    images = keras.Input(shape)
    x = normalized(convolution(FIRST_KERNEL)(images))
    x = convolution(FIRST_KERNEL)(x)
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = normalized(layers.Dropout(dropout)(x))

    x = normalized(convolution(kernel_size)(x))
    x = convolution(kernel_size)(x)
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = normalized(layers.Dropout(dropout)(x))

    x = convolution(kernel_size)(x)
    x = layers.Flatten()(layers.Dropout(dropout)(x))
    x = normalized(x)
    x = layers.Dense(hidden_units, activation=activation, kernel_initializer=initializer)(x)
    x = normalized(layers.Dropout(dropout)(x))
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(images, outputs, name="cnn")
