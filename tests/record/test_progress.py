"""The pace of a running epoch, from the moment at which the one before it ended."""

import json
import os

import pytest

from engine.record.ledger import Ledger
from engine.record.progress import training_seconds
from engine.session import Session
from tests import builders
from tests.builders import add, epoch, started, tell


def say(job, step, seconds, number=2):
    """The worker said so many seconds after the journal's last line that it has done this step of 200."""
    job.progress.write_text(json.dumps({"epoch": number, "step": step, "steps": 200, "loss": 0.1, "accuracy": 0.9}))
    ended = job.events.stat().st_mtime
    os.utime(job.progress, (ended + seconds, ended + seconds))


@pytest.fixture
def begun(tmp_path):
    """A store, and a job in it that has done one epoch."""
    ledger = Ledger(builders.store(tmp_path))
    job_id = add(ledger)
    tell(ledger.paths, job_id, started(), epoch(1))
    ledger.ingest(job_id)
    yield ledger, ledger.paths.job(job_id)
    ledger.close()


def test_it_is_what_all_steps_would_take(begun):
    ledger, job = begun
    say(job, 50, 1.5)
    assert training_seconds(job, 1) == pytest.approx(6.0, abs=0.01)
    session = Session(ledger.paths)
    assert session._pace(session.rows()[0]) == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize(("step", "seconds", "number"), [(50, 0.1, 2), (50, -3.0, 2), (0, 1.0, 2), (50, 1.0, 1)])
def test_what_tells_nothing_is_none(begun, step, seconds, number):
    say(begun[1], step, seconds, number)
    assert training_seconds(begun[1], 1) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"epoch": 2}', "null"])
def test_whatever_lies_there(begun, text):
    assert training_seconds(begun[1], 1) is None
    begun[1].progress.write_text(text)
    assert training_seconds(begun[1], 1) is None


def test_the_first_epoch_of_an_attempt_compiles_and_is_not_counted(begun):
    ledger, job = begun
    tell(ledger.paths, job.id, started(2, resumed_epoch=1))
    ledger.ingest(job.id)
    say(job, 50, 1.5)
    session = Session(ledger.paths)
    assert session._pace(session.rows()[0]) is None
    tell(ledger.paths, job.id, epoch(2))
    ledger.ingest(job.id)
    say(job, 50, 1.5, 3)
    assert session._pace(session.rows()[0]) == pytest.approx(6.0, abs=0.01)
