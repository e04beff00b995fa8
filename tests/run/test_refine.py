"""Repeats that `refine` asks for: run as what they repeat, kept by the experiment whatever its file becomes."""

import json

import pytest

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.run import inbox, obey, rebuild
from tests.builders import done, epoch, started, submit, tell

QUEUE = """
[run]
device = "cpu"
max_attempts = 7
[[experiment]]
name = "grid"
model = "mlp"
time_limit = 5
sweep = { dropout = [0.1, 0.3] }
"""


@pytest.fixture
def ledger(ledger):
    submit(ledger, QUEUE)
    for row in ledger.jobs():
        tell(ledger.paths, row.id, started(), epoch(1), done(1))
        ledger.ingest(row.id)
    return ledger


def refine(ledger, *jobs):
    asked = {"experiment": "grid", "jobs": [{"like": like, "seed": seed} for like, seed in jobs]}
    name = inbox.leave(ledger.paths, "refine", asked)
    obey.obey_all(ledger)
    return name


def test_a_repeat_is_the_same_but_for_its_seed(ledger):
    like = ledger.jobs()[0]
    name = refine(ledger, (like.id, 1))
    [job_id] = ledger.submitted(name, fresh=True)
    [added] = ledger.jobs([job_id])
    assert (added.config, added.seed, added.status) == (like.config, 1, JobStatus.QUEUED)
    assert added.experiments == ("grid",)
    assert ledger.wish_of(job_id) == ledger.wish_of(like.id)
    assert (ledger.wish_of(job_id).max_attempts, ledger.wish_of(job_id).time_limit) == (7, 5.0)
    assert ledger.paths.job(job_id).config.exists()


def test_it_is_the_job_that_more_repeats_in_the_file_would_name(ledger):
    like = ledger.jobs()[0]
    [job_id] = ledger.submitted(refine(ledger, (like.id, 1)))
    name = submit(ledger, QUEUE + "repeats = 2\n")
    assert job_id in ledger.submitted(name)
    assert len(ledger.jobs()) == 4


@pytest.mark.parametrize("text", [QUEUE, QUEUE + "enabled = false\n", QUEUE + "repeats = 1\n", "[defaults]\n"])
def test_it_stays_when_the_file_is_submitted_again(ledger, text):
    [job_id] = ledger.submitted(refine(ledger, (ledger.jobs()[0].id, 1)))
    submit(ledger, QUEUE + "repeats = 2\n")
    submit(ledger, text)
    assert ledger.jobs([job_id])[0].status is JobStatus.QUEUED
    others = [row.status for row in ledger.jobs() if row.id != job_id and row.seed == 1]
    assert others == [JobStatus.WITHDRAWN], "what the file alone asked for does not stay"


def test_what_it_asked_for_can_be_taken_back(ledger):
    name = refine(ledger, (ledger.jobs()[0].id, 1))
    inbox.leave(ledger.paths, "stop", {"submission": name, "now": False})
    obey.obey_all(ledger)
    [job_id] = ledger.submitted(name)
    assert ledger.jobs([job_id])[0].status is JobStatus.WITHDRAWN
    assert ledger.submitted(refine(ledger, (ledger.jobs()[0].id, 1)), fresh=True) == [job_id]
    assert ledger.jobs([job_id])[0].status is JobStatus.QUEUED


def test_a_repeat_of_nothing_is_refused(ledger):
    name = refine(ledger, ("0" * 16, 1))
    assert "is no longer there" in ledger.outcome(name)
    assert len(ledger.jobs()) == 2


def test_a_request_that_is_none_is_refused(ledger):
    for arguments in ({}, {"experiment": "grid", "jobs": [{}]}, {"experiment": "grid", "jobs": [{"like": 1}]}):
        name = inbox.leave(ledger.paths, "refine", json.loads(json.dumps(arguments)))
        obey.obey_all(ledger)
        assert ledger.outcome(name)


def test_the_database_can_be_made_anew_with_them(ledger):
    refine(ledger, (ledger.jobs()[0].id, 1))
    fresh = ledger.paths.root / "again.db"
    other = Ledger(ledger.paths, fresh, rebuild.UntouchedFolders(ledger.paths))
    rebuild.replay(other)
    other.close()
    assert rebuild.difference(ledger.paths, fresh) == []
