"""`compact`: a small network for a quick, strong result on any machine."""

import keras
from keras import layers

INNER_DROPOUT = 0.25


def build(shape: tuple[int, int, int], classes: int, *, activation: str, dropout: float) -> keras.Model:
    """Images of `shape` (height, width, channels), scaled to 0..1, to probabilities of shape (batch, classes).

    Convolutions of 3 x 3 without bias, each with batch normalization, 24 | 32, 32 | 64, 64 channels between poolings,
    then the maximum over the image: 73,154 parameters for one channel and ten classes.
    """

    def convolution(tensor: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(tensor)
        x = layers.BatchNormalization()(x)
        return layers.Activation(activation)(x)

    images = keras.Input(shape)
    x = layers.MaxPooling2D(2, padding="same")(convolution(images, 24))
    x = layers.MaxPooling2D(2, padding="same")(convolution(convolution(x, 32), 32))
    x = convolution(convolution(x, 64), 64)
    x = layers.Dropout(INNER_DROPOUT)(x)
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(images, outputs, name="compact")
