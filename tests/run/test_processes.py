"""Runner and workers as real processes, with real trainings: killed, stopped, adopted; nothing is trained twice."""

import hashlib
import os
import signal

import numpy as np
import pytest

from engine.errors import StoreLocked
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptStarted, EpochEnded
from engine.record.locks import holder
from engine.run import runner
from engine.run.invariants import broken
from tests.faults.injecting import armed
from tests.tiny import Place
from tests.waiting import until

LONG = '[[experiment]]\nname = "long"\nepochs = 400\n'


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    for path in (place.session.paths.runner_lock, *place.session.paths.jobs.glob("*/lock")):
        owner = holder(path)
        if owner is not None and owner.pid:
            os.kill(owner.pid, signal.SIGKILL)
    until(lambda: all(holder(path) is None for path in place.session.paths.jobs.glob("*/lock")), "workers to be gone")


def journal(place, row):
    return [event for event, _ in events.read(place.session.paths.job(row.id).events)]


def epochs_told(place, row):
    return [event.epoch for event in journal(place, row) if isinstance(event, EpochEnded)]


def weights(place, row):
    with np.load(place.session.paths.job(row.id).weights, allow_pickle=False) as arrays:
        return hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays.files))).hexdigest()


def figures(place, row):
    return [(epoch.epoch, dict(epoch.metrics)) for epoch in place.session.history(row.id)]


def past(place, epoch):
    """Wait until the first job has committed `epoch`."""
    return until(lambda: next((row for row in place.rows() if row.epoch >= epoch), None), f"epoch {epoch}")


def worker_of(place, row):
    return until(lambda: holder(place.session.paths.job(row.id).lock), "a worker to hold the job")


def done(place):
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []
    return place.rows()


def test_one_warm_worker_trains_a_sweep_from_submission_to_leaderboard(place):
    place.write('[[experiment]]\nname = "a"\nepochs = 2\nrepeats = 2\nsweep = { learning_rate = [1e-3, 1e-2] }\n')
    submission = place.submit()
    rows = done(place)
    assert place.session.submitted(submission) == [row.id for row in rows]
    assert [row.status for row in rows] == [JobStatus.DONE] * 4
    assert [row.epoch for row in rows] == [2] * 4
    assert all(0 <= row.test_accuracy <= 1 and row.misclassified is not None for row in rows)
    starts = [event for row in rows for event in journal(place, row) if isinstance(event, AttemptStarted)]
    assert len(starts) == 4
    assert len({event.process["pid"] for event in starts}) == 1
    wrong = place.session.mistakes(rows[0].id)
    assert len(wrong.indices) == rows[0].misclassified
    assert wrong.images.shape[1:] == (6, 6, 1)


def test_the_same_job_gives_the_same_bits_and_so_does_one_whose_worker_and_runner_were_killed(
    place, tmp_path, monkeypatch
):
    place.write('[[experiment]]\nname = "a"\nepochs = 40\ndropout = 0.3\nema = 0.9\nlr_schedule = "one_cycle"\n')
    place.submit()
    [row] = done(place)
    whole = (weights(place, row), figures(place, row), row.test_accuracy)
    going_on = tmp_path / "going on"
    points = {"epoch-3:committed": "kill", "epoch-20:committed": "kill", "epoch-30:committed": f"pause:{going_on}"}
    monkeypatch.setenv(*armed(tmp_path, points))
    place.submit(again=True)
    until(lambda: place.rows()[0].attempts == 3 and past(place, 30), "its third attempt to come to epoch 30")
    os.kill(holder(place.session.paths.runner_lock).pid, signal.SIGKILL)
    until(lambda: holder(place.session.paths.runner_lock) is None, "the runner to be gone")
    going_on.touch()
    place.session.ensure_runner()
    [row] = done(place)
    assert (row.status, row.attempts) == (JobStatus.DONE, 3)
    assert (weights(place, row), figures(place, row), row.test_accuracy) == whole
    assert epochs_told(place, row) == list(range(1, 41))
    assert row.exact


def test_a_worker_whose_runner_was_killed_is_adopted_by_the_next(place):
    place.write(LONG)
    place.submit()
    row = past(place, 2)
    worker = worker_of(place, row)
    os.kill(holder(place.session.paths.runner_lock).pid, signal.SIGKILL)
    until(lambda: holder(place.session.paths.runner_lock) is None, "the runner to be gone")
    assert place.session.snapshot().jobs[0].status is JobStatus.RUNNING
    place.session.ensure_runner()
    before = place.rows()[0].epoch
    past(place, before + 5)
    assert holder(place.session.paths.job(row.id).lock) == worker
    place.session.stop([row.id])
    [row] = done(place)
    assert (row.status, row.attempts) == (JobStatus.STOPPED, 1)
    assert epochs_told(place, row) == list(range(1, row.epoch + 1))


def test_stopping_once_ends_the_epoch_and_twice_ends_it_now_and_running_again_goes_on(place):
    place.write(LONG + '[[experiment]]\nname = "next"\nepochs = 1\n')
    submission = place.submit()
    row = past(place, 2)
    place.session.stop_submission(submission)
    until(place.at_rest, "the runner to end")
    assert sorted(place.statuses()) == ["stopped", "withdrawn"]
    stopped_at = place.rows()[0].epoch
    submission = place.submit(only=["long"])
    past(place, stopped_at + 2)
    place.session.stop_submission(submission, now=True)
    until(place.at_rest, "the runner to end")
    assert sorted(place.statuses()) == ["interrupted", "withdrawn"]
    place.write(LONG + '[[experiment]]\nname = "next"\nepochs = 1\n')
    place.submit()
    rows = done(place)
    assert [row.status for row in rows] == [JobStatus.DONE] * 2
    first = next(r for r in rows if r.id == row.id)
    assert sorted(set(epochs_told(place, first))) == list(range(1, 401))
    assert len(place.session.attempts(row.id)) == 3


def test_a_worker_that_cannot_start_costs_no_job_and_is_named(place, tmp_path, monkeypatch):
    broken = tmp_path / "broken" / "tensorflow"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libcudart.so is not there')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    place.write(LONG)
    place.submit()
    [row] = done(place)
    assert (row.status, row.attempts) == (JobStatus.QUEUED, 0)
    assert "no worker can start" in row.waits_for
    assert "libcudart.so is not there" in place.session.paths.runner_log.read_text()
    monkeypatch.delenv("PYTHONPATH")
    place.session.ensure_runner()
    assert past(place, 1).waits_for == ""


def test_a_second_runner_is_refused_and_names_the_first(place):
    place.write(LONG)
    place.submit()
    past(place, 1)
    with pytest.raises(StoreLocked, match=f"process {holder(place.session.paths.runner_lock).pid}"):
        runner.serve(place.session.paths)
