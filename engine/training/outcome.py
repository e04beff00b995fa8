"""The end of a job: its test figures, and the files that are kept."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.record.events import Metrics
from engine.record.paths import JobPaths, replace_file
from engine.training.checkpoint import packed, save_weights
from engine.training.compiled import Compiled, assign
from engine.training.data import JobData, Part
from engine.training.progress import Pace


@dataclass(frozen=True)
class Predictions:
    """For each sample the predicted class and its probability, shapes (n,), and the mean loss over all."""

    classes: NDArray[np.int64]
    confidence: NDArray[np.float32]
    loss: float


def predict(compiled: Compiled, part: Part, batch: int) -> Predictions:
    """Predictions of the model as it stands for every sample of `part`."""
    steps, step, pace, loss = math.ceil(part.count / batch), 0, Pace(), 0.0
    classes, confidence = [], []
    while step < steps:
        end = min(step + pace.steps, steps)
        pace.begin()
        found, sure, added = compiled.spans.predict(part.images, part.labels, tf.constant(step), tf.constant(end))
        classes.append(found.numpy())
        confidence.append(sure.numpy())
        loss += float(added)
        pace.end(end - step)
        step = end
    return Predictions(np.concatenate(classes), np.concatenate(confidence), loss / part.count)


def finish(
    compiled: Compiled, data: JobData, weights: list[NDArray[Any]], batch: int, paths: JobPaths
) -> tuple[Metrics, int]:
    """Test `weights` (the model's variables, by index) and keep what the job leaves; raises OSError.

    Returns loss and accuracy, and how many test samples were misclassified. Writes weights.npz; predictions.npz with
    `predicted` and `true` (smallest unsigned type) and `confidence` (float16), shapes (n,); and mistakes.npz with
    `index`, `image` (uint8, (m, height, width, channels)), `true`, `predicted` and `confidence` of the misclassified.
    """
    assign(compiled.model.variables, weights)
    found = predict(compiled, data.test, batch)
    small = np.min_scalar_type(data.source.classes - 1)
    predicted, true = found.classes.astype(small), data.source.test_labels.astype(small)
    confidence = found.confidence.astype(np.float16)
    wrong = np.flatnonzero(predicted != true)
    mistakes: dict[str, NDArray[Any]] = {
        "index": wrong.astype(np.uint32),
        "image": data.source.test_images[wrong],
        "true": true[wrong],
        "predicted": predicted[wrong],
        "confidence": confidence[wrong],
    }
    save_weights(paths.weights, weights)
    replace_file(paths.predictions, packed({"predicted": predicted, "true": true, "confidence": confidence}))
    replace_file(paths.mistakes, packed(mistakes))
    return {"loss": found.loss, "accuracy": (len(true) - len(wrong)) / len(true)}, len(wrong)
