"""Every kind of Keras model that a person may bring, and what is said of one whose outputs are no probabilities."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.plan.settings import DEFAULTS
from engine.training import models

CODE = """
import keras

layers = keras.layers

def open_ended(settings, shape, classes):
    return keras.Sequential([layers.Flatten(), layers.Dense(classes, activation="softmax")])

class Own(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.flatten, self.dense = layers.Flatten(), layers.Dense(classes, activation="softmax")

    def call(self, images):
        return self.dense(self.flatten(images))

def own_class(settings, shape, classes):
    return Own(classes)

def logits(settings, shape, classes):
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(classes)])

def chatty(settings, shape, classes):
    print("so it begins")
    model = logits(settings, shape, classes)
    model.summary()
    return model
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CODE)
    return tmp_path


@pytest.mark.parametrize("kind", ["open_ended", "own_class", "logits"])
def test_what_a_model_takes_in_is_told_by_a_first_call(kind: str, folder: Path) -> None:
    name = f"mine:{kind}"
    digests = {name: hashlib.sha256(CODE.encode()).hexdigest()}
    model = models.build(DEFAULTS | {"model": name}, 0, (4, 4, 1), 3, folder, digests)
    assert (model.input_shape, model.output_shape, model.count_params()) == ((None, 4, 4, 1), (None, 3), 17 * 3)
    assert len(models.doubts(model, (4, 4, 1))) == (kind == "logits")


def test_what_code_prints_is_not_taken_for_the_answer(folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "engine.training.inspect", "model", '{"model": "mine:chatty"}']
    done = subprocess.run([*command, "--allow-code"], capture_output=True, text=True, check=True, cwd=folder)
    found = json.loads(done.stdout)
    assert found["total"] == 785 * 10
    assert "no probabilities" in found["warnings"][0]
    assert "so it begins" in done.stderr
