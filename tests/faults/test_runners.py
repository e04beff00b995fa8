"""Runners killed, stopped, doubled: workers go on, nothing is trained twice, nothing that was asked is forgotten."""

import json
import signal
import subprocess
import sys

import pytest

from engine import failpoints
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptStarted
from engine.record.ledger import Ledger
from engine.record.locks import FileLock, holder, identify
from engine.run import inbox, runner, starting
from tests import builders
from tests.builders import epoch, started, tell
from tests.faults.injecting import armed, kill, whole, workers
from tests.faults.test_workers import epochs_told, past, worker_of
from tests.waiting import until

LONG = '[[experiment]]\nname = "long"\nepochs = 100_000\n'
# Where a runner is between two things that belong together.
PLACES = [
    *("inbox:carried-out", "inbox:applied", "inbox:put-away"),
    *("worker:spawned", "job:recorded", "job:assigned", "ingest:told", "ingest:stored"),
]


def start(paths, *, wait=True):
    """A runner as a child, so that its exit status can be seen."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "engine.run.runner", str(paths.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if wait:
        until(lambda: child.poll() is not None or holder(paths.runner_lock) is not None, "the runner")
    return child


def starts(paths):
    """Every attempt that was ever begun, with the process that trained it."""
    return [
        (folder.name, event.attempt, event.process["pid"])
        for folder in paths.jobs.iterdir()
        for event, _ in events.read(folder / "events.jsonl")
        if isinstance(event, AttemptStarted)
    ]


def test_killed_at_every_place_between_two_writes_a_job_has_one_worker_and_each_epoch_once(
    place, tmp_path, monkeypatch, faults
):
    place.write('[[experiment]]\nname = "a"\nepochs = 40\n[[experiment]]\nname = "b"\nepochs = 40\nseed = 1\n')
    place.submit(take=lambda: None)
    paths = place.session.paths
    monkeypatch.setenv(*armed(tmp_path, dict.fromkeys(PLACES, "kill")))
    for _ in range(len(PLACES) + 1):
        child = start(paths, wait=False)
        if child.wait(90) == 0:
            break
        assert child.returncode == -signal.SIGKILL
        faults.inject()
    assert faults.tried == len(PLACES)
    rows = place.rows()
    assert [row.status for row in rows] == [JobStatus.DONE] * 2
    for row in rows:
        assert epochs_told(place, row) == list(range(1, 41))
    # No attempt ended for any of this: the workers went on, and were found again.
    assert len(starts(paths)) == 2
    whole(paths)


def test_what_a_dead_runner_has_assigned_is_begun_by_nobody_who_heard_it_too_late(place, tmp_path, monkeypatch, faults):
    place.write(LONG)
    place.submit(take=lambda: None)
    paths = place.session.paths
    monkeypatch.setenv(*armed(tmp_path, {"job:assigned": "kill"}))
    assert start(paths, wait=False).wait(90) == -signal.SIGKILL
    faults.inject()
    # Its worker loads TensorFlow for seconds yet; meanwhile somebody stops the job.
    assert len(workers(paths)) == 1
    [row] = place.rows()
    inbox.leave(paths, "stop", {"jobs": [row.id]})
    assert start(paths, wait=False).wait(90) == 0
    until(lambda: not workers(paths), "the worker to end")
    assert starts(paths) == []
    assert place.statuses() == ["stopped"]
    whole(paths)


def test_twenty_at_once_one_wins_and_the_others_name_it(place, faults):
    place.write(LONG)
    place.submit()
    row = past(place, 1)
    paths = place.session.paths
    worker = worker_of(place, row)
    kill(place.session.runner)
    until(lambda: place.session.runner is None, "the runner to be gone")
    children = [start(paths, wait=False) for _ in range(20)]
    faults.inject(len(children))
    losers = until(lambda: [c for c in children if c.poll() is not None][18:] and children, "nineteen to end")
    alive = [child for child in losers if child.poll() is None]
    assert len(alive) == 1
    [winner] = alive
    for child in losers:
        if child is not winner:
            assert child.returncode == 3
            assert f"process {winner.pid} on" in child.stderr.read()
    assert holder(paths.runner_lock) == identify(winner.pid)
    past(place, place.rows()[0].epoch + 2)
    assert worker_of(place, row) == worker
    place.session.stop([row.id])
    assert winner.wait(60) == 0
    whole(paths)


def test_one_that_was_stopped_and_goes_on_shares_its_jobs_with_nobody(place, faults):
    place.write(LONG + '[[experiment]]\nname = "next"\nepochs = 2\n')
    place.submit()
    row = past(place, 1)
    paths = place.session.paths
    first = place.session.runner
    kill(first, signal.SIGSTOP)
    faults.inject()
    second = start(paths, wait=False)
    assert second.wait(30) == 3
    place.session.stop([row.id])
    assert len(starts(paths)) == 1
    kill(first, signal.SIGCONT)
    until(place.at_rest, "the runner to end")
    assert sorted(place.statuses()) == ["done", "stopped"]
    assert len(starts(paths)) == 2
    whole(paths)


def test_a_request_left_while_the_database_is_made_anew_is_carried_out(place, monkeypatch, faults, capsys):
    ledger = Ledger(builders.store(place.folder))
    builders.submit(ledger, LONG)
    [row] = ledger.jobs()
    builders.submit(ledger, LONG.replace("long", "other"))
    ledger.close()
    asked = []

    def meanwhile(name):
        if name == "database:committing" and not asked:
            asked.append(inbox.leave(place.session.paths, "remove", {"jobs": [row.id]}))
            starting.ensure_runner(place.session.paths)

    from engine.cli.rebuild import rebuild

    monkeypatch.setattr(failpoints, "reach", meanwhile)
    rebuild(yes=True, store=place.session.paths.root)
    faults.inject()
    until(lambda: place.session.outcome(asked[0]) == "", "the request to be carried out")
    until(place.at_rest, "the runner to end")
    assert place.rows() == ()
    whole(place.session.paths)


def test_one_that_ends_by_a_fault_looks_once_at_what_was_left_meanwhile(tmp_path, failing, faults):
    paths = builders.store(tmp_path)
    name = inbox.leave(paths, "hold", {"jobs": []})
    failing("inbox:applied", OSError(5, "Input/output error"))
    runner.serve(paths)
    faults.inject()
    assert inbox.waiting(paths) == []
    ledger = Ledger(paths)
    assert ledger.outcome(name) == ""
    ledger.close()
    whole(paths)


def test_one_that_fails_again_and_again_ends(tmp_path, monkeypatch, faults):
    paths = builders.store(tmp_path)
    inbox.leave(paths, "hold", {"jobs": []})

    def reach(place):
        if place == "inbox:applied":
            faults.inject()
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(failpoints, "reach", reach)
    with pytest.raises(OSError, match="Input/output"):
        runner.serve(paths)
    assert holder(paths.runner_lock) is None


def test_who_does_not_get_the_store_in_the_foreground_leaves_nothing_behind(place, faults):
    lock = FileLock(place.session.paths.runner_lock)
    place.session.paths.create()
    place.write(LONG)
    command = [sys.executable, "-P", "-m", "engine.cli.main", "run", str(place.file), "--foreground"]
    assert lock.acquire()
    faults.inject()
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 3
    assert "runs this store" in told.stderr
    # Both have looked and found nobody; one of them is quicker.
    with pytest.raises(Exception, match="is the runner of this store already"):
        place.submit(take=lambda: starting.take(place.session.paths))
    faults.inject()
    assert inbox.waiting(place.session.paths) == []
    lock.release()


def test_jobs_of_another_boot_or_of_a_reused_number_go_back_into_the_queue(tmp_path, monkeypatch, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, LONG)
    [row] = ledger.jobs()
    tell(ledger.paths, row.id, started(), epoch(1))
    ledger.ingest(row.id)
    folder = ledger.paths.job(row.id)
    stranger = subprocess.Popen(["sleep", "1000"])
    try:
        for forged in ({"boot": "before the reboot"}, {"started": 1.0}):
            folder.lock.write_text(json.dumps({**identify(stranger.pid).__dict__, **forged}))
            faults.inject()
            runner.Runner(ledger).adopt()
            [now] = ledger.jobs()
            assert (now.status, now.epoch, now.error) == (JobStatus.QUEUED, 1, "")
            assert stranger.poll() is None
            tell(ledger.paths, row.id, started(2, 1))
            ledger.ingest(row.id)
    finally:
        stranger.kill()
        stranger.wait()
    whole(ledger.paths)
    ledger.close()
