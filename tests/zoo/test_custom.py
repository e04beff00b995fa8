"""Models of a person's own."""

from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.zoo import custom

CODE = """
import keras

def tiny(settings, shape, classes):
    images = keras.Input(shape)
    x = keras.layers.Dense(settings["hidden_units"])(keras.layers.Flatten()(images))
    return keras.Model(images, keras.layers.Dense(classes, activation="softmax")(x))

def nothing(settings, shape, classes):
    return None
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CODE)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text(CODE)
    (tmp_path / "package" / "inner.py").write_text(CODE)
    return tmp_path


@pytest.mark.parametrize("name", ["mine:tiny", "package:tiny", "package.inner:tiny"])
def test_a_module_beside_the_queue_file(name: str, folder: Path) -> None:
    model = custom.build(name, folder, custom.digest(name, folder), {"hidden_units": 7}, (4, 4, 1), 3)
    assert model.count_params() == 17 * 7 + 8 * 3


def test_changed_code_is_refused_and_new_code_is_run(folder: Path) -> None:
    before = custom.digest("mine:tiny", folder)
    (folder / "mine.py").write_text(CODE.replace('settings["hidden_units"]', "5"))
    with pytest.raises(ModelError, match="changed since the job was submitted"):
        custom.build("mine:tiny", folder, before, {"hidden_units": 7}, (4, 4, 1), 3)
    after = custom.digest("mine:tiny", folder)
    assert custom.build("mine:tiny", folder, after, {"hidden_units": 7}, (4, 4, 1), 3).count_params() == 17 * 5 + 18


def test_code_without_a_recorded_digest_is_never_run(folder: Path) -> None:
    (folder / "mine.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(ModelError):
        custom.build("mine:tiny", folder, "", {}, (4, 4, 1), 3)


@pytest.mark.parametrize(
    ("name", "words"),
    [("absent:tiny", "no module absent"), ("mine:other", "no function other"), ("mine:nothing", "NoneType")],
)
def test_what_is_no_model_is_said(name: str, words: str, folder: Path) -> None:
    with pytest.raises(ModelError, match=words):
        custom.build(name, folder, custom.digest(name, folder), {}, (4, 4, 1), 3)
