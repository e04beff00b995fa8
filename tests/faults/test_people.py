"""What a stranger sends, a queue file, data, weights or a whole store: opened and looked at, it runs nothing."""

import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.record.ledger import Ledger
from engine.record.locks import holder
from tests import builders
from tests.builders import done, epoch, started, tell
from tests.faults.terminals import Terminal, engine, environ, labtop
from tests.tiny import write_data
from tests.waiting import until

EVIL = """
import os, pathlib
pathlib.Path(os.environ["LABTOP_TEST_RAN"]).touch()
def build(*_):
    raise SystemExit
"""
# Names that labtop, NumPy or Keras import: beside a queue file they must stay unread.
SHADOWS = (
    "json",
    "numpy",
    "keras",
    "tensorflow",
    "sitecustomize",
    "usercustomize",
    "tomllib",
    "rich",
    "engine",
    "readline",
)

QUEUE = """
[run]
on_finish = "touch $LABTOP_TEST_RAN"

[[experiment]]
name = "theirs"
model = "evil:build"
epochs = 1

[[experiment]]
name = "swept"
epochs = 1
sweep = { model = ["cnn", "evil.deeper:build", "os:system"] }
"""


class Bomb:
    """Whoever unpickles it runs a command."""

    def __reduce__(self):
        return os.system, ("touch $LABTOP_TEST_RAN",)


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A folder as a stranger sent it; the file that exists once anything of it ran."""
    ran = tmp_path / "ran"
    folder = tmp_path / "sent"
    folder.mkdir()
    monkeypatch.setenv("LABTOP_TEST_RAN", str(ran))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("evil", *SHADOWS):
        (folder / f"{name}.py").write_text(EVIL)
    (folder / "evil_package").mkdir()
    (folder / "experiments.toml").write_text(QUEUE)
    yield folder, ran
    assert not ran.exists(), "something of it ran"


def call(folder: Path, *words: str, code=None) -> subprocess.CompletedProcess:
    done = subprocess.run(
        engine(*words), capture_output=True, text=True, cwd=folder, env=environ(), check=False, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    if code is not None:
        assert done.returncode == code, done.stderr
    return done


def test_that_the_trap_would_snap(tmp_path, monkeypatch, faults):
    """Else the tests below show nothing."""
    ran = tmp_path / "ran"
    monkeypatch.setenv("LABTOP_TEST_RAN", str(ran))
    (tmp_path / "evil.py").write_text(EVIL)
    subprocess.run([sys.executable, "-c", "import evil"], cwd=tmp_path, check=True)
    assert ran.exists()
    ran.unlink()
    pickle.loads(pickle.dumps(Bomb()))
    assert ran.exists()
    faults.inject(2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["validate"], 2),
        (["run", "--dry-run"], 2),
        (["run"], 2),
        (["run", "--detach"], 2),
        (["run", "--foreground"], 2),
        (["run", "--only", "swept", "--yes"], 2),
        (["inspect", "model", "evil:build"], 2),
        (["inspect", "model", "os:system"], 2),
        (["status"], None),
        (["doctor"], None),
        (["schema"], 0),
        (["completion", "bash"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_strangers_queue_file_is_read_and_its_code_only_named(trap, faults, words, code):
    folder, _ = trap
    faults.inject(3 + len(SHADOWS))
    told = call(folder, *words, code=code)
    if (words[0] == "run" and "--dry-run" not in words) or words[:2] == ["inspect", "model"]:
        assert "code of its own" in told.stderr or "there is no module" in told.stderr
    assert not (folder / "runs").exists()


def test_where_all_its_code_is_there_it_is_named_and_must_be_allowed(trap, faults):
    folder, _ = trap
    (folder / "experiments.toml").write_text(QUEUE.replace(', "evil.deeper:build", "os:system"', ', "evil:other"'))
    faults.inject(3)
    for words in (["run"], ["run", "--detach"], ["run", "--foreground"]):
        told = call(folder, *words, code=2).stderr
        assert "evil:build, evil:other, on_finish = touch" in told
        assert "--allow-code" in told
    assert "swept" in call(folder, "validate", code=0).stdout
    assert not (folder / "runs").exists()


def test_the_console_opens_it_and_looks_into_it_and_nothing_runs(trap, faults):
    folder, _ = trap
    (folder / "experiments.toml").write_text(QUEUE.replace(', "evil.deeper:build", "os:system"', ""))
    terminal = Terminal(*labtop(), size=(40, 120), folder=folder)
    terminal.until(b"theirs")
    # Before the file is read, or the list of it is made, the console says so.
    early = b"still being read", b"of the file first"
    while b"code of its own" not in terminal.seen:
        terminal.seen = b""
        terminal.press("i")
        terminal.until(*early, b"code of its own")
    terminal.press("\x1b")
    terminal.still()
    terminal.press("\r")
    terminal.still()
    terminal.press("\x1b")
    terminal.still()
    terminal.press("r")
    terminal.until(b"names code of its own")
    terminal.press("\x1b")
    terminal.still()
    terminal.press("q")
    assert terminal.ended() == 0
    terminal.kill()
    assert not (folder / "runs").exists()
    faults.inject(4 + len(SHADOWS))


ARRAYS = {
    "pickled": lambda: {"x": np.array([Bomb()], object)},
    "scalars": lambda: {"x": np.float64(3)},
    "other shapes": lambda: {"x": np.zeros((2, 3, 4, 5, 6))},
    "other types": lambda: {"x": np.array(["a", "b"])},
    "records": lambda: {"x": np.zeros(3, [("a", "i4"), ("b", "f8")])},
    "empty": lambda: {"x": np.zeros((0,))},
}


def planted(path: Path, names, kind: str) -> None:
    made = ARRAYS[kind]()["x"]
    np.savez(path, **dict.fromkeys(names, made))


@pytest.fixture
def store(trap):
    """A store in the stranger's folder, one job of which is done."""
    folder, _ = trap
    ledger = Ledger(builders.store(folder))
    builders.submit(ledger, '[[experiment]]\nname = "theirs"\nmodel = "mlp"\nepochs = 2\nearly_stopping = false\n')
    [row] = ledger.jobs()
    tell(ledger.paths, row.id, started(), epoch(1), epoch(2), done(2))
    ledger.ingest(row.id)
    ledger.folders.fill(ledger.file(row.id))
    ledger.close()
    return folder, row.id, ledger.paths.job(row.id)


@pytest.mark.parametrize("kind", ARRAYS)
def test_weights_and_digits_of_a_stranger_are_arrays_or_refused(store, faults, kind):
    folder, job_id, paths = store
    planted(paths.weights, [str(n) for n in range(8)], kind)
    planted(paths.mistakes, ["index", "image", "true", "predicted", "confidence"], kind)
    planted(paths.predictions, ["index", "predicted", "confidence", "probabilities"], kind)
    faults.inject(3)
    told = call(folder, "digits", job_id, code=3).stderr
    assert "cannot be read" in told or "not what a training leaves" in told
    assert len(told.splitlines()) <= 3
    told = call(folder, "export", job_id, "model.keras", code=3).stderr
    assert len(told.splitlines()) <= 3
    if kind == "pickled":
        # These look into none of the files.
        call(folder, "show", job_id, code=0)
        call(folder, "leaderboard", code=0)


@pytest.mark.parametrize("kind", ARRAYS)
def test_data_of_a_stranger_is_arrays_or_refused(trap, faults, kind):
    folder, _ = trap
    planted(folder / "data.npz", ["x_train", "y_train", "x_test", "y_test"], kind)
    faults.inject()
    told = call(folder, "inspect", "data", "./data.npz", code=3).stderr
    assert len(told.splitlines()) <= 3


def test_a_bare_pickle_under_every_name_is_never_opened(store, faults):
    folder, job_id, paths = store
    bomb = pickle.dumps(Bomb())
    for path in (
        paths.weights,
        paths.mistakes,
        paths.predictions,
        folder / "data.npz",
        paths.folder / "checkpoint-2.npz",
    ):
        path.write_bytes(bomb)
        faults.inject()
    call(folder, "digits", job_id, code=3)
    call(folder, "export", job_id, "model.keras", code=3)
    call(folder, "inspect", "data", "./data.npz", code=3)


@pytest.mark.parametrize(
    "words",
    [["status"], ["leaderboard"], ["show", "JOB"], ["logs", "JOB"], ["doctor"], ["attach"], ["rebuild", "--yes"]],
)
def test_looking_into_a_strangers_store_starts_nothing(store, faults, words):
    """Its jobs name code, and it holds requests that nobody here made: those who only look leave them be."""
    folder, job_id, paths = store
    text = paths.config.read_text()
    paths.config.write_text(text.replace('"mlp"', '"evil:build"'))
    faults.inject()
    if words == ["attach"]:
        call(folder, *words)
    else:
        call(folder, *(job_id if word == "JOB" else word for word in words))
    assert holder(folder / "runs" / "runner.lock") is None


def test_exporting_a_model_that_is_code_asks_first(store, faults):
    folder, job_id, paths = store
    paths.config.write_text(paths.config.read_text().replace('"mlp"', '"evil:build"'))
    faults.inject()
    told = call(folder, "export", job_id, "model.keras", code=2).stderr
    assert "code of its own: evil:build" in told and "--allow-code" in told


def test_what_labtop_makes_is_its_users_alone(trap, faults):
    """A training's whole store: folders 0700, files 0600."""
    folder, _ = trap
    write_data(folder)
    (folder / "experiments.toml").write_text(
        '[defaults]\ndataset = "tiny.npz"\nmodel = "mlp"\nhidden_units = 8\nearly_stopping = false\n'
        '[[experiment]]\nname = "mine"\nepochs = 2\n'
    )
    for name in SHADOWS:
        (folder / f"{name}.py").write_text(EVIL)
    assert call(folder, "run", "--quiet", code=0).stdout
    until(lambda: holder(folder / "runs" / "runner.lock") is None, "the runner to end")
    made = list((folder / "runs").rglob("*"))
    assert len(made) > 8
    for path in [folder / "runs", *made]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode & 0o077 == 0, (path, oct(mode))
        faults.inject()
