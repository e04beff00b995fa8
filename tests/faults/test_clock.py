"""The clock jumps by years while jobs are trained: nobody is taken for dead, and the order stays."""

import ctypes.util
import os
import time
from pathlib import Path

import pytest

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.run import inbox, obey
from tests import builders
from tests.builders import done, epoch, started, tell
from tests.faults.injecting import whole
from tests.faults.test_workers import epochs_told, past, worker_of
from tests.waiting import until

YEAR = 365 * 24 * 3600


def library():
    """The library of the package `faketime`, which lets a program see another time."""
    places = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("/usr/lib/faketime/libfaketime.so.1")]
    found = next((str(path) for path in places if path.exists()), None)
    return found or ctypes.util.find_library("faketime")


@pytest.mark.skipif(library() is None, reason="libfaketime (package faketime) is not installed")
def test_a_year_either_way_ends_no_training(place, tmp_path, monkeypatch, faults):
    clock = tmp_path / "clock"
    clock.write_text("+0")
    monkeypatch.setenv("LD_PRELOAD", library())
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(clock))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    place.write('[[experiment]]\nname = "long"\nepochs = 100_000\n[[experiment]]\nname = "next"\nepochs = 3\n')
    place.submit()
    row = past(place, 2)
    owner = worker_of(place, row)
    for jump in ("+1y", "-1y", "+0"):
        clock.write_text(jump)
        faults.inject()
        reached = epochs_told(place, row)[-1]
        past(place, reached + 3)
        snapshot = place.session.snapshot()
        assert worker_of(place, row) == owner
        assert snapshot.jobs[0].status is JobStatus.RUNNING
        assert not any(told.stalled for told in snapshot.progress.values())
    place.session.stop([row.id])
    until(place.at_rest, "the runner to end")
    assert place.statuses() == ["stopped", "done"]
    told = epochs_told(place, row)
    assert told == list(range(1, len(told) + 1))
    assert [row.attempts for row in place.rows()] == [1, 1]
    whole(place.session.paths)


@pytest.mark.parametrize("jump", [YEAR, -YEAR])
def test_requests_and_journals_keep_their_order_and_come_out_the_same_when_rebuilt(tmp_path, monkeypatch, jump, faults):
    ledger = Ledger(builders.store(tmp_path))
    builders.submit(ledger, '[[experiment]]\nname = "a"\n[[experiment]]\nname = "b"\nseed = 3\n')
    first, second = ledger.jobs()

    for row in (first, second):
        folder = ledger.paths.job(row.id)
        for path in (folder.weights, folder.predictions, folder.mistakes):
            path.touch()

    def live(row, *told):
        for event in told:
            tell(ledger.paths, row.id, type(event)(**{**event.__dict__, "t": time.time()}))
        ledger.ingest(row.id)

    live(first, started(), epoch(1))
    now = time.time_ns() + jump * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)
    monkeypatch.setattr(time, "time", lambda: now / 1e9)
    faults.inject()
    inbox.leave(ledger.paths, "hold", {"jobs": [second.id]})
    inbox.leave(ledger.paths, "release", {"jobs": [second.id]})
    inbox.leave(ledger.paths, "hold", {"jobs": [second.id]})
    obey.obey_all(ledger)
    live(first, epoch(2), done(2))
    assert [str(row.status) for row in ledger.jobs()] == ["done", "held"]
    monkeypatch.undo()
    faults.inject()
    live(second, started(), epoch(1), done(1))
    assert os.getpid() == int(inbox.leave(ledger.paths, "hold", {"jobs": []}).split("-")[1])
    obey.obey_all(ledger)
    whole(ledger.paths)
    ledger.close()
