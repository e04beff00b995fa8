"""`compact`: a small network for a quick, strong result on any machine."""

import keras
from keras import layers

# Channels of each convolution, and whether its image is halved behind it. Most of the cost of such a network on a CPU
# lies in the large images, so there are few channels where they are large and many where they are small.
CONVOLUTIONS = ((16, True), (16, False), (32, True), (64, True), (128, False))
# An image larger than this loses its border to each convolution: what is photographed stands in the middle, and the
# border is a third of the cost. A smaller one would not be left anything.
PADDED_UP_TO = 8
# Short trainings end before Keras' 0.99 has come to know the statistics.
MOMENTUM = 0.9


def build(shape: tuple[int, int, int], classes: int, *, activation: str, dropout: float) -> keras.Model:
    """Images of `shape` (height, width, channels), scaled to 0..1, to probabilities of shape (batch, classes).

    Convolutions of 3 x 3 without bias, then the maximum over the image: 101,530 parameters for one channel and ten
    classes. Images of 28 x 28 become 13, 11, 5, 3 and 3 wide. Batch normalization comes behind the pooling, where it
    costs a quarter and does as well.
    """
    images = x = keras.Input(shape)
    for filters, halved in CONVOLUTIONS:
        padding = "valid" if min(x.shape[1:3]) > PADDED_UP_TO else "same"
        x = layers.Conv2D(filters, 3, padding=padding, use_bias=False)(x)
        if halved:
            x = layers.MaxPooling2D(2, padding="same")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.Activation(activation)(x)
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(images, outputs, name="compact")
