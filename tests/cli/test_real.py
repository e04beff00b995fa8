"""One real training in the foreground, and its model exported: read by Keras, it predicts what was predicted."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from tests.tiny import Place

CHECK = """
import sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
with np.load(sys.argv[2]) as data:
    found = model.predict(data["x_test"][..., None].astype("float32") / 255, verbose=0)
np.savez(sys.argv[3], found=found)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder in which `engine run --foreground` trained one job."""
    place = Place(tmp_path_factory.mktemp("real"))
    place.write('[[experiment]]\nname = "one"\nepochs = 4\nlearning_rate = 0.01\nema = 0.9\nbatch_norm = true\n')
    command = [sys.executable, "-m", "engine.cli.main", "run", str(place.file), "--foreground"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].endswith("ranked by test_accuracy")
    assert sum("  epoch " in line for line in done.stderr.splitlines()) == 4, "each epoch is shown"
    return place


def test_the_foreground_is_the_runner_itself(place: Place) -> None:
    assert place.statuses() == ["done"]
    assert place.session.runner is None
    log = place.session.paths.runner_log.read_text()
    assert f"job {place.rows()[0].id}: done" in log, "what the runner has to say stands where it always does"


def test_keras_reads_the_exported_model_and_predicts_the_same(
    place: Place, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    [row] = place.rows()
    file = tmp_path / "best.keras"
    words = ["export", row.id[:8], str(file), "--store", str(place.session.paths.root)]
    assert main.call(words) == 0
    assert capfd.readouterr().err == f"wrote {file}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["best.keras"]
    found = tmp_path / "found.npz"
    command = [sys.executable, "-c", CHECK, str(file), str(place.folder / "tiny.npz"), str(found)]
    subprocess.run(command, check=True, capture_output=True)
    with np.load(found) as told, np.load(place.session.paths.job(row.id).predictions) as kept:
        np.testing.assert_array_equal(told["found"].argmax(axis=1), kept["predicted"])
        np.testing.assert_allclose(told["found"].max(axis=1), kept["confidence"], atol=2e-3)

    before = file.read_bytes()
    assert main.call(words) == 2
    assert capfd.readouterr().err.splitlines()[2] == "  --force replaces it"
    assert file.read_bytes() == before
    weights = place.session.paths.job(row.id).weights
    weights.rename(aside := weights.with_name("away"))
    assert main.call([*words, "--force"]) == 3
    aside.rename(weights)
    told_lines = capfd.readouterr().err.splitlines()
    assert told_lines[0].startswith("error: the job's weights cannot be read")
    assert len(told_lines) == 3
    assert file.read_bytes() == before, "what is there stays until its successor is whole"


def test_errors_are_those_of_the_test(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = place.rows()
    store = ["--store", str(place.session.paths.root)]
    assert main.call(["errors", row.id, "--json", *store]) == 0
    errors = json.loads(capsys.readouterr().out)
    assert (errors["accuracy"], errors["wrong"]) == (pytest.approx(row.test_accuracy), row.misclassified)
    assert main.call(["missed", "--json", "--limit", "0", *store]) == 0
    [tested] = json.loads(capsys.readouterr().out)["test_sets"]
    assert {each["index"] for each in tested["missed"]} == {each["index"] for each in errors["mistakes"]}
    assert main.call(["report", "one", *store]) == 0
    text = capsys.readouterr().out
    assert f"{errors['wrong']:,} of {errors['n']:,} wrong" in text
    assert "| SHA-256 of " in text
    assert "tensorflow" in text
