"""One job at a time, trained to its end in this process."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded
from engine.record.paths import JobPaths
from engine.training import trainer
from engine.training.compiled import Warm
from engine.training.data import WarmData
from engine.training.resume import Past, inexact
from engine.zoo.custom import digest
from tests.builders import started
from tests.training.conftest import MakeJob

KEPT = Warm()


def train(paths: JobPaths, *, fresh: bool = False, heard: list[str] | None = None) -> AttemptEnded:
    told = heard if heard is not None else []
    trainer.run(paths, Warm() if fresh else KEPT, WarmData(), told.append)
    *_, last = read(paths)
    assert isinstance(last, AttemptEnded)
    return last


def read(paths: JobPaths) -> list[events.Event]:
    return [event for event, _ in events.read(paths.events)]


def epochs(paths: JobPaths) -> list[EpochEnded]:
    return [event for event in read(paths) if isinstance(event, EpochEnded)]


def history(paths: JobPaths) -> dict[int, dict[str, float]]:
    return {event.epoch: event.metrics for event in epochs(paths)}


def result(paths: JobPaths) -> tuple[object, ...]:
    """All that must be equal, bit for bit."""
    kept = (paths.weights.read_bytes(), paths.predictions.read_bytes(), paths.mistakes.read_bytes())
    *_, last = read(paths)
    assert isinstance(last, AttemptEnded)
    return kept, history(paths), last.reason, last.best_epoch, last.test


def stop_and_go(paths: JobPaths) -> None:
    """Stop after every single epoch, and go on in a model made anew, until the job is done."""
    for _ in range(30):
        paths.stop.write_text("epoch")
        if train(paths, fresh=True).status == "done":
            return
    raise AssertionError("it never ended")


def test_a_job_from_start_to_end(make: MakeJob) -> None:
    paths = make(early_stopping=False)
    heard: list[str] = []
    ended = train(paths, heard=heard)
    started, *rest = read(paths)
    assert isinstance(started, AttemptStarted)
    assert (started.attempt, started.resumed_epoch, started.exact) == (1, 0, True)
    assert started.parameters == 64 * 16 + 16 + 64 + 16 * 4 + 4
    assert [event.KIND for event in rest] == ["epoch_ended"] * 3 + ["attempt_ended"]
    assert set(history(paths)[1]) == {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert history(paths)[3]["learning_rate"] == pytest.approx(1e-3 * 0.95**2)
    assert (ended.status, ended.reason, ended.best_epoch) == ("done", "all 3 epochs", 3)
    names = {path.name for path in paths.folder.iterdir()}
    assert names == {"config.toml", "events.jsonl", "weights.npz", "predictions.npz", "mistakes.npz"}
    assert heard == [f"started {paths.id}", *[f"epoch {paths.id}"] * 3]


def test_what_is_kept_agrees_with_itself_and_with_the_data(make: MakeJob, quadrants: Path) -> None:
    paths = make()
    ended = train(paths)
    data = np.load(quadrants)
    found, mistakes = np.load(paths.predictions), np.load(paths.mistakes)
    np.testing.assert_array_equal(found["true"], data["y_test"])
    wrong = np.flatnonzero(found["predicted"] != found["true"])
    np.testing.assert_array_equal(mistakes["index"], wrong)
    np.testing.assert_array_equal(mistakes["image"][..., 0], data["x_test"][wrong])
    for name in ("true", "predicted", "confidence"):
        np.testing.assert_array_equal(mistakes[name], found[name][wrong])
    assert ended.misclassified == len(wrong)
    assert ended.test["accuracy"] == pytest.approx(1 - len(wrong) / 60)
    assert (found["predicted"].dtype, found["confidence"].dtype) == (np.uint8, np.float16)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"model": "cnn", "filters": 4, "epochs": 2},
        {"model": "compact", "optimizer": "adamw", "ema": 0.9, "augment_shift": 1, "epochs": 2},
        {"precision": "mixed_float16", "epochs": 2},
    ],
)
def test_the_same_job_gives_the_same_bits_and_survives_a_stop_after_every_epoch(
    make: MakeJob, settings: dict[str, object]
) -> None:
    unbroken, again, broken = (make(store=store, **settings) for store in ("one", "two", "three"))
    train(unbroken, fresh=True)
    train(again, fresh=True)
    stop_and_go(broken)
    assert result(unbroken) == result(again)
    assert result(unbroken) == result(broken)
    assert len([event for event in read(broken) if isinstance(event, AttemptStarted)]) > 1
    assert all(event.exact for event in read(broken) if isinstance(event, AttemptStarted))


@pytest.mark.parametrize("restore", [True, False])
def test_early_stopping_restores_the_best_weights(make: MakeJob, restore: bool) -> None:
    values = {"epochs": 40, "learning_rate": 0.05, "patience": 2, "restore_best_weights": restore}
    unbroken, broken = make(store="one", **values), make(store="two", **values)
    ended = train(unbroken)
    figures = [metrics["val_accuracy"] for metrics in history(unbroken).values()]
    best = int(np.argmax(figures)) + 1
    assert ended.reason == f"early stopping: val_accuracy best at epoch {best}"
    assert len(figures) == best + 2
    assert ended.best_epoch == (best if restore else len(figures))
    for _ in range(3):
        broken.stop.write_text("epoch")
        train(broken)
    train(broken)
    assert result(unbroken) == result(broken)


def test_a_stop_request_waits_for_the_commit(make: MakeJob) -> None:
    paths = make()
    paths.stop.write_text("epoch")
    ended = train(paths)
    assert ended.status == "stopped"
    assert list(history(paths)) == [1]
    assert paths.checkpoint(1).exists()
    assert not paths.stop.exists()


def test_only_the_last_two_checkpoints_are_kept(make: MakeJob) -> None:
    paths = make(epochs=5, early_stopping=False)
    for _ in range(4):
        paths.stop.write_text("epoch")
        train(paths)
    assert list(paths.checkpoints()) == [3, 4]


def test_diverged_jobs_fail_unless_told_to_continue(make: MakeJob) -> None:
    values = {"learning_rate": 1e30, "optimizer": "sgd", "batch_norm": False, "epochs": 2}
    paths = make(store="one", **values)
    ended = train(paths)
    assert ended.status == "failed"
    assert ended.error.startswith("diverged: loss is ")
    assert ended.error.endswith("in epoch 1")
    assert len(epochs(paths)) == 1
    assert not np.isfinite(history(paths)[1]["loss"])
    assert train(paths).status == "failed"
    going = make(store="two", on_nan="continue", **values)
    assert train(going).status == "done"
    assert len(epochs(going)) == 2


def test_the_time_limit_ends_a_job_with_its_test(make: MakeJob) -> None:
    paths = make(epochs=1000, early_stopping=False, time_limit=1e-6)
    ended = train(paths)
    assert (ended.status, ended.reason) == ("done", "time limit of 1e-06 minutes")
    assert len(epochs(paths)) == 1
    assert ended.test["accuracy"] >= 0


def stopped_after_two(make: MakeJob, store: str) -> JobPaths:
    paths = make(store=store, epochs=4, early_stopping=False)
    for _ in range(2):
        paths.stop.write_text("epoch")
        train(paths)
    assert list(paths.checkpoints()) == [1, 2]
    return paths


def test_a_damaged_checkpoint_is_seen_and_the_one_before_is_used(make: MakeJob) -> None:
    unbroken = make(store="unbroken", epochs=4, early_stopping=False)
    train(unbroken)
    whole = stopped_after_two(make, "whole")
    size = whole.checkpoint(2).stat().st_size
    for place in (0, size // 2, size - 1):
        store = f"flip{place}"
        paths = JobPaths(whole.folder.parent.parent.parent / store / whole.id)
        shutil.copytree(whole.folder, paths.folder)
        data = bytearray(paths.checkpoint(2).read_bytes())
        data[place] ^= 4
        paths.checkpoint(2).write_bytes(data)
        train(paths)
        assert [event.resumed_epoch for event in read(paths) if isinstance(event, AttemptStarted)] == [0, 1, 1]
        assert result(paths) == result(unbroken)


def test_a_checkpoint_newer_than_the_last_line_is_discarded(make: MakeJob) -> None:
    unbroken = make(store="unbroken", epochs=4, early_stopping=False)
    train(unbroken)
    paths = stopped_after_two(make, "newer")
    lines = paths.events.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"epoch":2,' not in line]
    paths.events.write_bytes(b"".join(kept) + b'{"event":"epoch_ended","epoch":2,"half')
    (paths.folder / ".checkpoint-3.npz.1.part").write_bytes(b"half")
    train(paths)
    assert [event.epoch for event in epochs(paths)] == [1, 2, 3, 4]
    assert not list(paths.folder.glob(".*"))
    assert result(paths) == result(unbroken)


def test_killed_between_the_last_commit_and_the_test(make: MakeJob) -> None:
    unbroken = make(store="unbroken", epochs=2, early_stopping=False)
    train(unbroken)
    paths = make(store="other", epochs=2, early_stopping=False)
    paths.stop.write_text("epoch")
    train(paths)
    saved = paths.checkpoint(1).read_bytes()
    train(paths)
    lines = paths.events.read_bytes().splitlines(keepends=True)
    paths.events.write_bytes(b"".join(line for line in lines if b'"done"' not in line and b'"epoch":2,' not in line))
    paths.checkpoint(1).write_bytes(saved)
    for path in (paths.weights, paths.predictions, paths.mistakes):
        path.unlink()
    train(paths)
    assert result(paths) == result(unbroken)


def test_another_environment_is_said_to_be_not_exact(make: MakeJob) -> None:
    paths = stopped_after_two(make, "runs")
    lines = paths.events.read_bytes().splitlines(keepends=True)
    paths.events.write_bytes(b"".join(line.replace(b'"threads":"', b'"threads":"9') for line in lines))
    train(paths)
    *_, last = (event for event in read(paths) if isinstance(event, AttemptStarted))
    assert not last.exact
    assert last.inexact.startswith("threads was 9")


def test_another_python_gives_the_same_bits() -> None:
    begun = replace(started(), environment={"device": "CPU", "python": "3.11.1"})
    now = {"device": "CPU", "python": "3.12.0"}
    assert inexact(Past.of([begun]), now, deterministic=False) == ""
    assert inexact(Past.of([begun]), now | {"device": "H100"}, deterministic=True) == "device was CPU, is H100"


def test_changed_settings_are_refused(make: MakeJob) -> None:
    paths = stopped_after_two(make, "runs")
    paths.config.write_text(paths.config.read_text().replace("dropout = 0.2", "dropout = 0.3"))
    ended = train(paths)
    assert ended.status == "failed"
    assert "settings have changed" in ended.error
    assert str(paths.config) in ended.error


def test_changed_data_is_refused(make: MakeJob, quadrants: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.npz"
    shutil.copy(quadrants, own)
    paths = make(dataset="own.npz", digests={"own.npz": "0" * 64})
    ended = train(paths)
    assert ended.status == "failed"
    assert "changed since the job was submitted" in ended.error
    assert str(own) in ended.error


def raising(make: MakeJob, folder: Path, error: str) -> JobPaths:
    """A job whose model raises."""
    (folder / "mine.py").write_text(
        f"import tensorflow as tf\ndef broken(settings, shape, classes):\n    raise {error}\n"
    )
    return make(model="mine:broken", digests={"mine:broken": digest("mine:broken", folder)})


def test_what_nobody_foresaw_is_a_crash_with_its_last_lines(make: MakeJob, tmp_path: Path) -> None:
    ended = train(raising(make, tmp_path, "KeyError('no such thing')"))
    assert (ended.status, ended.error) == ("crashed", "KeyError: 'no such thing'")
    assert "KeyError" in ended.traceback.splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("tf.errors.ResourceExhaustedError(None, None, 'OOM when allocating tensor')", "out_of_memory"),
        (
            "tf.errors.InternalError(None, None, 'cudaSetDevice() on GPU:0 failed. Status: out of memory')",
            "out_of_memory",
        ),
        ("tf.errors.InternalError(None, None, 'failed: CUDA_ERROR_OUT_OF_MEMORY')", "out_of_memory"),
        ("tf.errors.InternalError(None, None, 'CUBLAS_STATUS_ALLOC_FAILED')", "out_of_memory"),
        ("MemoryError()", "out_of_memory"),
        ("tf.errors.InternalError(None, None, 'CUDA-capable device(s) is/are busy or unavailable')", "crashed"),
        ("ValueError('out of memory')", "crashed"),
    ],
)
def test_memory_that_is_wanting_is_told_from_other_faults(
    make: MakeJob, tmp_path: Path, error: str, status: str
) -> None:
    assert train(raising(make, tmp_path, error)).status == status


def test_no_validation_split_gives_no_val_figures(make: MakeJob) -> None:
    paths = make(validation_split=0.0, monitor="accuracy", epochs=2)
    train(paths)
    assert set(history(paths)[1]) == {"loss", "accuracy", "learning_rate"}


def test_progress_is_readable_while_an_epoch_runs(make: MakeJob) -> None:
    paths = make(epochs=1)
    seen = []

    def look(word: str) -> None:
        if word.startswith("epoch"):
            seen.append(json.loads(paths.progress.read_text()))

    trainer.run(paths, Warm(), WarmData(), look)
    assert seen[0]["epoch"] == 1
    assert seen[0]["step"] == seen[0]["steps"] == 10
    assert not paths.progress.exists()
