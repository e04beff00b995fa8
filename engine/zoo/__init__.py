"""The models that ship: a name, and where it is built. Importing this loads nothing heavy."""

# What to do about a model that is a person's own code, wherever one is refused.
ALLOW_CODE = "it would run that code: look at it, then add --allow-code"

MODELS = {
    "cnn": "engine.zoo.cnn:build",
    "compact": "engine.zoo.compact:build",
    "mlp": "engine.zoo.mlp:build",
    "vgg16": "engine.zoo.vgg16:build",
}
