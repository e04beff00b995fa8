"""Real workers, killed at any time and between any two writes, hung, mistaken for others."""

import os
import random
import signal
from contextlib import suppress

import pytest

from engine.plan.jobs import JobStatus
from engine.record import events, progress
from engine.record.events import AttemptStarted, EpochEnded
from engine.record.locks import Identity, holder, identify
from engine.run.process import Worker
from tests.faults.amounts import SEED, SOAK
from tests.faults.injecting import armed, kill, whole
from tests.waiting import until

JOB = '[[experiment]]\nname = "a"\nepochs = {}\ndropout = 0.3\nema = 0.9\nlr_schedule = "one_cycle"\n'
# Every place of a worker's between two things that belong together, in an epoch and at a job's end.
IN_EPOCH = [
    *("checkpoint-{}.npz:opened", "checkpoint-{}.npz:written", "checkpoint-{}.npz:synced", "checkpoint-{}.npz:renamed"),
    *("checkpoint-{}.npz:kept", "epoch_ended-{}:opened", "epoch_ended-{}:written", "epoch_ended-{}:synced"),
    "epoch-{}:committed",
]
AT_END = [
    "weights.npz:renamed",
    "predictions.npz:written",
    "mistakes.npz:kept",
    "attempt_ended:opened",
    "attempt:ended",
]


def journal(place, row):
    return [event for event, _ in events.read(place.session.paths.job(row.id).events)]


def epochs_told(place, row):
    return [event.epoch for event in journal(place, row) if isinstance(event, EpochEnded)]


def worker_of(place, row):
    return until(lambda: holder(place.session.paths.job(row.id).lock), "a worker to hold the job")


def past(place, epoch):
    return until(lambda: next((row for row in place.rows() if row.epoch >= epoch), None), f"epoch {epoch}")


def assert_resumed_at_the_commit(place, row):
    """Every attempt began behind the last epoch that stood in the journal before it: at most one epoch was repeated."""
    last = 0
    for event in journal(place, row):
        if isinstance(event, AttemptStarted):
            assert event.resumed_epoch == last
        elif isinstance(event, EpochEnded):
            last = event.epoch


def test_killed_at_random_times_it_goes_on_at_the_last_commit(place, faults):
    place.write(JOB.format(300))
    place.submit()
    draw = random.Random(SEED)
    reached = 0
    for _ in range(3):
        row = past(place, reached + draw.randrange(1, 80))
        owner = worker_of(place, row)
        before = epochs_told(place, row)
        kill(owner)
        faults.inject()
        until(lambda owner=owner: not owner.is_alive(), "the worker to be gone")
        told = epochs_told(place, row)
        assert told[: len(before)] == before
        assert told == list(range(1, len(told) + 1))
        reached = told[-1]
    until(place.at_rest, "the runner to end")
    [row] = place.rows()
    assert (row.status, row.attempts, row.epoch) == (JobStatus.DONE, 4, 300)
    assert epochs_told(place, row) == list(range(1, 301))
    assert_resumed_at_the_commit(place, row)
    whole(place.session.paths)


def test_killed_between_two_writes_it_goes_on_at_the_last_commit(place, tmp_path, monkeypatch, faults):
    draw = random.Random(SEED)
    within, ends = draw.sample(IN_EPOCH, len(IN_EPOCH) if SOAK else 2), draw.sample(AT_END[:-1], 4 if SOAK else 1)
    chosen = [*(at.format(epoch) for epoch, at in enumerate(within, start=2)), *ends, AT_END[-1]]
    monkeypatch.setenv(*armed(tmp_path, dict.fromkeys(chosen, "kill")))
    place.write("[run]\nmax_attempts = 20\n" + JOB.format(12))
    place.submit()

    def over() -> bool:
        # A worker that leaves no last word has it written by the runner, which then dies at that place in its stead.
        if place.session.runner is None:
            place.session.ensure_runner()
        return place.statuses() == ["done"]

    until(over, "the job to be done", 300)
    until(place.at_rest, "the runner to end")
    faults.inject(len(list(tmp_path.glob("mark-*"))))
    assert faults.tried == len(chosen), chosen
    [row] = place.rows()
    assert row.status is JobStatus.DONE
    assert epochs_told(place, row) == list(range(1, 13))
    assert_resumed_at_the_commit(place, row)
    whole(place.session.paths)


def test_a_worker_that_hangs_is_shown_as_stalled_and_not_killed(place, monkeypatch, faults):
    place.write(JOB.format(100_000))
    place.submit()
    row = past(place, 2)
    owner = worker_of(place, row)
    monkeypatch.setattr(progress, "STALLED_SECONDS", 1.0)
    monkeypatch.setattr(progress, "STALLED_SPANS", 0)

    def stalled():
        told = place.session.snapshot().progress.get(row.id)
        return told is not None and told.stalled

    kill(owner, signal.SIGSTOP)
    faults.inject()
    assert until(stalled, "the worker to be called stalled") == 1
    [row] = place.rows()
    assert row.status is JobStatus.RUNNING
    reached = epochs_told(place, row)[-1]
    kill(owner, signal.SIGCONT)
    past(place, reached + 2)
    until(lambda: not stalled(), "the word to go")
    assert worker_of(place, row) == owner
    kill(owner, signal.SIGSTOP)
    faults.inject()
    # Asked to end now, a worker that hears nothing is ended all the same.
    place.session.stop([row.id], now=True)
    until(place.at_rest, "the runner to end")
    [row] = place.rows()
    assert (row.status, row.attempts) == (JobStatus.INTERRUPTED, 1)
    whole(place.session.paths)


@pytest.mark.parametrize("change", [{"boot": "another"}, {"started": 1.0}, {"host": "elsewhere"}])
def test_a_stranger_with_a_workers_number_is_never_signalled(change, faults):
    child = os.fork()
    if child == 0:
        signal.pause()
    stranger = identify(child)
    forged = Identity(**{**stranger.__dict__, **change})
    for force in (False, True):
        Worker("cpu", forged, "job").end(force=force)
        faults.inject()
    assert stranger.is_alive()
    assert not forged.is_alive()
    Worker("cpu", stranger, "job").end(force=True)
    with suppress(ChildProcessError):
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
