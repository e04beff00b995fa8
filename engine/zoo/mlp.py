"""`mlp`: one hidden dense layer, the quickest model there is."""

import keras
from keras import layers


def build(
    shape: tuple[int, int, int],
    classes: int,
    *,
    activation: str,
    initializer: str,
    dropout: float,
    batch_norm: bool,
    hidden_units: int,
) -> keras.Model:
    """Images of `shape` (height, width, channels), scaled to 0..1, to probabilities of shape (batch, classes)."""
    images = keras.Input(shape)
    x = layers.Flatten()(images)
    x = layers.Dense(hidden_units, activation=activation, kernel_initializer=initializer)(x)
    if batch_norm:
        x = layers.BatchNormalization()(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(images, outputs, name="mlp")
