"""The models that ship: a name, and where it is built. Importing this loads nothing heavy."""

MODELS = {
    "cnn": "engine.zoo.cnn:build",
    "compact": "engine.zoo.compact:build",
    "mlp": "engine.zoo.mlp:build",
    "vgg16": "engine.zoo.vgg16:build",
}
