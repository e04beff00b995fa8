"""The data sets that have a name, and where each is read. Importing this loads nothing heavy."""

DATASETS = {
    "mnist": "engine.datasets.mnist:load",
    "fashion_mnist": "engine.datasets.fashion_mnist:load",
}

PATH_LOADER = "engine.datasets.files:load"
