"""Seconds of a training epoch: labtop's spans against Keras' `fit`, the slides' way, a tf.data pipeline and PyTorch.

python -m benchmarks.training            the table; with BENCH_GPU=0 on the first GPU
python -m benchmarks.training ROW        one measurement, as JSON: the median of the epochs after the first
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import HEADER, child, in_turns, row

ROUNDS = int(os.environ.get("ROUNDS", "3"))
CNN = {"model": "cnn", "optimizer": "rmsprop", "lr_schedule": "constant", "train_samples": 2560}
MLP = {"model": "mlp", "optimizer": "rmsprop", "lr_schedule": "constant", "train_samples": 48000}
COMPACT = {
    "model": "compact",
    "optimizer": "adamw",
    "lr_schedule": "constant",
    "weight_decay": 1e-3,
    "label_smoothing": 0.05,
    "augment_shift": 2,
    "train_samples": 12800,
}
SETTINGS = {"cnn": CNN, "mlp": MLP, "compact": COMPACT}
EPOCHS = {"cnn": 2, "mlp": 5, "compact": 3}


def settings(model: str) -> dict[str, Any]:
    """Every setting of one row; nothing is held out, so that an epoch is training alone."""
    from engine.plan.settings import DEFAULTS

    return DEFAULTS | SETTINGS[model] | {"validation_split": 0.0, "early_stopping": False, "epochs": 100}


def labtop(model: str) -> list[float]:
    """The trainer itself, epoch by epoch."""
    from engine.plan.sweep import make_job
    from engine.record.jobfile import JobFile
    from engine.record.paths import JobPaths
    from engine.training import device, trainer
    from engine.training.compiled import Warm
    from engine.training.data import WarmData

    device.prepare()
    job = make_job(settings(model), 0, {})
    with tempfile.TemporaryDirectory() as folder:
        paths = JobPaths(Path(folder) / job.id)
        paths.folder.mkdir()
        JobFile(job).write(paths.config)
        sys.stdout, kept = sys.stderr, sys.stdout
        training = trainer.Training(paths, Warm(), WarmData(), lambda word: None)
        times = timed(lambda number: training.train_epoch(number), EPOCHS[model])
        sys.stdout = kept
    return times


def digits(model: str) -> tuple[Any, Any]:
    """The row's images, float32 (n, 28, 28, 1) from 0 to 1, and labels (n,)."""
    from engine.datasets import mnist

    data, count = mnist.load(), SETTINGS[model]["train_samples"]
    return data.train_images[:count].astype("float32") / 255.0, data.train_labels[:count]


def network(model: str) -> Any:
    """The same network with Keras' own optimizer and loss, compiled as a script would."""
    import keras

    from engine.training import models

    config = settings(model)
    built = models.build(config, 0, (28, 28, 1), 10, Path(), {})
    optimizer = {
        "rmsprop": lambda: keras.optimizers.RMSprop(1e-3),
        "adamw": lambda: keras.optimizers.AdamW(1e-3, weight_decay=config["weight_decay"]),
    }[config["optimizer"]]()
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=config["label_smoothing"])
    built.compile(optimizer, loss, metrics=["accuracy"])
    return built


def fit(model: str) -> list[float]:
    """Keras' `fit` on arrays."""
    import keras

    images, labels = digits(model)
    built, truth = network(model), keras.utils.to_categorical(labels, 10)
    return timed(lambda _: built.fit(images, truth, batch_size=128, epochs=1, verbose=0), EPOCHS[model])


def slides(model: str) -> list[float]:
    """Keras' `fit` on a Sequence that builds each batch from Python lists and shuffles after each epoch."""
    import random

    import keras
    import numpy as np

    images, labels = digits(model)

    class Loader(keras.utils.Sequence):
        def __init__(self) -> None:
            super().__init__()
            self.x, self.y = list(images), list(keras.utils.to_categorical(labels, 10))
            self.places = list(range(len(self.x)))
            self.on_epoch_end()

        def __len__(self) -> int:
            return -(-len(self.x) // 128)

        def __getitem__(self, number: int) -> Any:
            chosen = self.places[number * 128 : (number + 1) * 128]
            return np.array([self.x[place] for place in chosen]), np.array([self.y[place] for place in chosen])

        def on_epoch_end(self) -> None:
            random.shuffle(self.places)

    built, loader = network(model), Loader()
    return timed(lambda _: built.fit(loader, epochs=1, verbose=0), EPOCHS[model])


def tfdata(model: str) -> list[float]:
    """Keras' `fit` on a tf.data pipeline with the same augmentation, batched before it is mapped, as one should."""
    import tensorflow as tf

    images, labels = digits(model)
    shift = int(settings(model)["augment_shift"])

    def augment(batch: Any, truth: Any) -> Any:
        count = tf.shape(batch)[0]
        padded = tf.pad(batch, [[0, 0], [shift, shift], [shift, shift], [0, 0]])
        corners = tf.random.uniform([count, 2], 0, 2 * shift + 1, tf.int32)
        rows = corners[:, :1] + tf.range(28)[None]
        columns = corners[:, 1:] + tf.range(28)[None]
        cut = tf.gather(tf.gather(padded, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)
        return cut, truth

    truth = tf.one_hot(labels, 10)
    data = tf.data.Dataset.from_tensor_slices((images, truth)).cache().shuffle(len(images)).batch(128)
    data = data.map(augment, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
    built = network(model)
    return timed(lambda _: built.fit(data, epochs=1, verbose=0), EPOCHS[model])


def torch(model: str) -> list[float]:
    """The cnn in PyTorch, as its users write it."""
    import numpy as np
    import torch as t
    from torch import nn

    def block(inputs: int, size: int) -> list[nn.Module]:
        return [nn.Conv2d(inputs, 64, size, padding="same"), nn.ReLU()]

    net = nn.Sequential(
        *block(1, 5), nn.BatchNorm2d(64), *block(64, 5), nn.MaxPool2d(2), nn.Dropout(0.2),
        nn.BatchNorm2d(64), *block(64, 3), nn.BatchNorm2d(64), *block(64, 3), nn.MaxPool2d(2), nn.Dropout(0.2),
        nn.BatchNorm2d(64), *block(64, 3), nn.Dropout(0.2),
        nn.Flatten(), nn.BatchNorm1d(3136), nn.Linear(3136, 256), nn.ReLU(), nn.Dropout(0.2),
        nn.BatchNorm1d(256), nn.Linear(256, 10),
    )  # fmt: skip
    assert model == "cnn"
    assert sum(parameter.numel() for parameter in net.parameters()) == 1_027_850
    device = "cuda" if t.cuda.is_available() else "cpu"
    net.to(device)
    images, labels = digits(model)
    x = t.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).to(device)
    y = t.from_numpy(labels.astype("int64")).to(device)
    optimizer = t.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    loss = nn.CrossEntropyLoss()

    def epoch(_: int) -> None:
        net.train()
        order = t.randperm(len(x), device=device)
        for start in range(0, len(x), 128):
            chosen = order[start : start + 128]
            optimizer.zero_grad()
            result = loss(net(x[chosen]), y[chosen])
            result.backward()
            optimizer.step()
        float(result.detach())  # waits for a GPU, which has only been told what to do

    return timed(epoch, EPOCHS[model])


def timed(epoch: Any, count: int) -> list[float]:
    """Seconds of epochs 2 to `count` + 1; the first one compiles."""
    times = []
    for number in range(1, count + 2):
        began = time.perf_counter()
        epoch(number)
        times.append(time.perf_counter() - began)
    return times[1:]


WAYS = {"labtop": labtop, "fit": fit, "slides": slides, "tfdata": tfdata, "torch": torch}
STOCK = ("slides", "fit", "tfdata")


def table() -> str:
    """Every row, each ratio measured in one run."""

    def measure(way: str, model: str) -> Any:
        return lambda: child("benchmarks.training", [f"{way}:{model}"], stock=way in STOCK)

    lines = [HEADER]
    cnn = in_turns({way: measure(way, "cnn") for way in ("labtop", "slides", "torch")}, ROUNDS)
    lines.append(row("cnn, 2,560 digits: the slides' way", cnn["labtop"], cnn["slides"], 0.85))
    lines.append(row("cnn, 2,560 digits: PyTorch", cnn["labtop"], cnn["torch"], 1.05))
    mlp = in_turns({way: measure(way, "mlp") for way in ("labtop", "fit", "slides")}, ROUNDS)
    lines.append(row("mlp, 48,000 digits: fit on arrays", mlp["labtop"], mlp["fit"], 0.5))
    lines.append(row("mlp, 48,000 digits: the slides' way", mlp["labtop"], mlp["slides"], 0.25))
    compact = in_turns({way: measure(way, "compact") for way in ("labtop", "tfdata")}, ROUNDS)
    lines.append(row("compact, 12,800 digits: fit on tf.data", compact["labtop"], compact["tfdata"], 0.65))
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        name, _, wanted = sys.argv[1].partition(":")
        print(json.dumps({"seconds": statistics.median(WAYS[name](wanted))}))
    else:
        print(table())
