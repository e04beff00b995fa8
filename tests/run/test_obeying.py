"""Where nobody trains, a request that only arranges the queue is carried out, and nothing is trained for it."""

import os
import signal

import pytest

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.record.locks import holder
from engine.run import inbox, obey
from engine.run.invariants import broken
from tests.builders import started, tell
from tests.faults.injecting import end_all
from tests.tiny import Place
from tests.waiting import until

THREE = '[[experiment]]\nname = "a"\nepochs = {}\nrepeats = 3\n'


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    end_all(place.session.paths)


def crashed(place):
    """A queue of three, of which one was being trained when everything died."""
    place.write(THREE.format(1))
    place.submit(take=lambda: None)
    ledger = Ledger(place.session.paths)
    obey.obey_all(ledger)
    first = ledger.jobs()[0]
    tell(ledger.paths, first.id, started())
    ledger.ingest(first.id)
    ledger.close()
    return place.rows()


def attempts(place):
    return [row.attempts for row in place.rows()]


@pytest.mark.parametrize("verb", ["stop", "hold", "remove", "reorder"])
def test_after_a_crash_arranging_the_queue_trains_nothing(place, verb):
    *_, last = crashed(place)
    request = getattr(place.session, verb)([last.id])
    until(lambda: place.session.outcome(request) == "", "the request to be carried out")
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []
    now = {row.id: row.status for row in place.rows()}
    after = {"stop": JobStatus.STOPPED, "hold": JobStatus.HELD, "reorder": JobStatus.QUEUED}.get(verb)
    assert now.pop(last.id, None) is after
    assert list(now.values()) == [JobStatus.QUEUED] * 2
    assert max(attempts(place)) == 1
    place.submit()
    until(lambda: place.session.snapshot().counts["done"] >= 2, "the queue to go on once it is asked to")
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []


def test_one_that_only_obeys_trains_as_soon_as_it_is_asked_to(place):
    crashed(place)
    inbox.leave(place.session.paths, "submit", {"queue_file": str(place.file), "text": place.file.read_text()})
    place.session.hold([])
    until(lambda: place.session.snapshot().counts["done"] == 3, "the queue to go on")
    until(place.at_rest, "the runner to end")


def test_what_is_trained_already_is_followed_to_its_end(place):
    place.write(THREE.format(400))
    place.submit()
    row = until(lambda: next((row for row in place.rows() if row.epoch), None), "the first epoch")
    runner = holder(place.session.paths.runner_lock)
    os.kill(runner.pid, signal.SIGKILL)
    until(lambda: holder(place.session.paths.runner_lock) is None, "the runner to be gone")
    place.session.stop([row.id])
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []
    assert sorted(place.statuses()) == ["queued", "queued", "stopped"]
    assert sorted(attempts(place)) == [0, 0, 1]
