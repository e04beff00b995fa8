"""Looking into data sets and models, as the commands do: in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.run import process


def inspect(*arguments: str, code: int = 0) -> Any:
    command = [sys.executable, "-P", "-m", "engine.training.inspect", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def test_mnist() -> None:
    found = inspect("data", "mnist")
    assert found["train_shape"] == [60000, 28, 28, 1]
    assert found["batch_shapes"] == {"labels": [128, 10], "images": [128, 28, 28, 1]}
    assert found["class_counts_train"] == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert [sample["label"] for sample in found["samples"]] == [5, 0, 4, 1, 9, 2, 1, 3, 1]


def test_own_data_and_its_faults(quadrants: Path) -> None:
    assert inspect("data", str(quadrants))["classes"] == 4
    assert "No such file" in inspect("data", "./absent.npz", code=3)


def test_a_model_is_looked_at_without_a_gpu_whatever_the_environment_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(
        "import os\ndef told(settings, shape, classes):\n"
        "    raise ValueError(f\"sees {os.environ['CUDA_VISIBLE_DEVICES']}\")\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with pytest.raises(EngineError, match="sees -1"):
        process.inspect("model", json.dumps({"model": "mine:told"}), allow_code=True)


def test_cnn() -> None:
    found = inspect("model", json.dumps({"model": "cnn"}))
    assert (found["total"], found["trainable"], found["non_trainable"]) == (1_035_146, 1_027_850, 7_296)
    assert found["layers"][1] == {
        "name": "conv2d",
        "type": "Conv2D",
        "output_shape": [None, 28, 28, 64],
        "parameters": 1664,
    }
    assert sum(layer["parameters"] for layer in found["layers"]) == found["total"]
