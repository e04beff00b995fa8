"""Whole queues through `engine run`: twenty small jobs against a plain Keras loop; repeats against the first one.

python -m benchmarks.queue
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import HEADER, Figure, in_turns, row

ROUNDS = int(os.environ.get("ROUNDS", "3"))
RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
ACTIVATIONS = ["relu", "tanh", "elu", "gelu"]
SWEEP = f"""
[[experiment]]
name = "twenty"
model = "mlp"
epochs = 2
train_samples = 6000
early_stopping = false
lr_schedule = "constant"
sweep = {{ learning_rate = {RATES}, activation = {json.dumps(ACTIVATIONS)} }}
"""
REPEATS = """
[[experiment]]
name = "ten"
model = "mlp"
epochs = 2
train_samples = 12000
early_stopping = false
repeats = 10
"""
# What a person writes without labtop: the same twenty trainings, one after another.
LOOP = f"""
import keras
from engine.datasets import mnist
data = mnist.load()
x, y = data.train_images[:6000] / 255.0, data.train_labels[:6000]
for rate in {RATES}:
    for activation in {ACTIVATIONS}:
        model = keras.Sequential([
            keras.layers.Input((28, 28, 1)), keras.layers.Flatten(),
            keras.layers.Dense(256, activation), keras.layers.BatchNormalization(), keras.layers.Dropout(0.2),
            keras.layers.Dense(10, "softmax"),
        ])
        model.compile(keras.optimizers.RMSprop(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x, y, batch_size=128, epochs=2, validation_split=0.2, verbose=0)
        model.evaluate(data.test_images / 255.0, data.test_labels, batch_size=128, verbose=0)
"""


def run(text: str, folder: Path) -> float:
    """Seconds of `engine run` on a new store, from the command's start to its end."""
    file = folder / "experiments.toml"
    file.write_text(text)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-P", "-m", "engine.cli.main", "run", str(file), "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def labtop() -> float:
    """The twenty jobs through `engine run`."""
    with tempfile.TemporaryDirectory() as folder:
        return run(SWEEP, Path(folder))


def loop() -> float:
    """The twenty jobs in one plain script, its import counted."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-P", "-c", LOOP], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def repeats() -> tuple[float, float]:
    """Seconds of the first of ten repeats, compiling included, and the mean of the nine after it.

    The first is counted from the moment at which the worker, its imports done, took the job's lock; each later one from
    the end of the one before, the way through the runner included.
    """
    from engine.record import events
    from engine.record.events import AttemptEnded
    from engine.record.paths import StorePaths

    with tempfile.TemporaryDirectory() as folder:
        run(REPEATS, Path(folder))
        ends = {}
        for job in (StorePaths(Path(folder) / "runs").job(path.name) for path in Path(folder, "runs/jobs").iterdir()):
            [end] = [event.t for event, _ in events.read(job.events) if isinstance(event, AttemptEnded)]
            ends[end] = job.lock.stat().st_mtime
    first, last = min(ends), max(ends)
    return first - ends[first], (last - first) / (len(ends) - 1)


def table() -> str:
    """Both rows."""
    sweeps = in_turns({"labtop": labtop, "loop": loop}, ROUNDS)
    pairs = [repeats() for _ in range(ROUNDS)]
    first, after = Figure(tuple(pair[0] for pair in pairs)), Figure(tuple(pair[1] for pair in pairs))
    return "\n".join(
        [
            HEADER,
            row("20 small jobs: a plain Keras loop", sweeps["labtop"], sweeps["loop"], 0.8),
            row("a repeat after the first: the first", after, first, 0.5),
        ]
    )


if __name__ == "__main__":
    print(table())
