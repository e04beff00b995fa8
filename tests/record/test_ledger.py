"""The ledger stores what workers told exactly once, and a job's row follows."""

import math
import re
from pathlib import Path

import pytest

import engine.record
from engine.errors import EnvironmentFault
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.locks import FileLock
from engine.record.store import Store
from tests.builders import add, done, epoch, started, tell


def row(ledger, job_id):
    return ledger.jobs([job_id])[0]


def test_a_loss_that_was_no_number_is_not_one_that_is_absent(ledger):
    job_id = add(ledger)
    without = epoch(2)
    del without.metrics["val_loss"], without.metrics["val_accuracy"]
    tell(ledger.paths, job_id, started(), epoch(1, loss=math.nan), without)
    ledger.ingest(job_id)
    first, second = (row.metrics for row in ledger.history(job_id))
    assert list(first) == ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert math.isnan(first["loss"]) and math.isnan(first["val_loss"])
    assert list(second) == ["loss", "accuracy", "learning_rate"]


def test_a_job_from_its_first_event_to_its_last(ledger):
    job_id = add(ledger, seed=3, epochs=2)
    assert row(ledger, job_id).status is JobStatus.QUEUED
    tell(ledger.paths, job_id, started(), epoch(1, 0.9), epoch(2, 0.8))
    ledger.ingest(job_id)
    running = row(ledger, job_id)
    assert (running.status, running.epoch, running.accuracy, running.parameters) == (JobStatus.RUNNING, 2, 0.8, 1234)
    tell(ledger.paths, job_id, done(best_epoch=1))
    ledger.ingest(job_id)
    ended = row(ledger, job_id)
    assert (ended.status, ended.best_epoch, ended.test_accuracy, ended.misclassified) == (JobStatus.DONE, 1, 0.95, 500)
    # The figures of the epoch whose weights were tested, not of the last.
    assert (ended.accuracy, ended.val_accuracy, ended.seconds) == (0.9, 0.89, 3.0)
    assert [e.epoch for e in ledger.history(job_id)] == [1, 2]
    assert [(a.number, a.outcome) for a in ledger.attempts(job_id)] == [(1, "done")]


def test_ingesting_again_changes_nothing_wherever_the_journal_was_cut(ledger):
    job_id = add(ledger)
    path = ledger.paths.job(job_id).events
    whole = b"".join(events.encode(event) for event in (started(), epoch(1), epoch(2), done()))
    for cut in range(0, len(whole) + 1, 7):
        path.write_bytes(whole[:cut])
        ledger.ingest(job_id)
        ledger.ingest(job_id)
        assert len(ledger.history(job_id)) == sum(b'"epoch_ended"' in line for line in whole[:cut].split(b"\n")[:-1])
    path.write_bytes(whole)
    ledger.ingest(job_id)
    assert row(ledger, job_id).status is JobStatus.DONE
    assert [e.epoch for e in ledger.history(job_id)] == [1, 2]


def test_an_epoch_that_was_trained_again_counts_once(ledger):
    job_id = add(ledger)
    tell(ledger.paths, job_id, started(), epoch(1), epoch(2), started(2, 1), epoch(2, 0.7), done(2))
    ledger.ingest(job_id)
    assert [(e.epoch, e.metrics["accuracy"]) for e in ledger.history(job_id)] == [(1, 0.9), (2, 0.7)]
    assert [a.outcome for a in ledger.attempts(job_id)] == ["interrupted", "done"]
    assert row(ledger, job_id).seconds == 3.0


def test_a_crash_costs_an_attempt_and_the_third_without_an_epoch_the_job(ledger):
    job_id = add(ledger)
    crashed = events.AttemptEnded(1.0, "crashed", error="ValueError: no", traceback="  line 3")
    for attempt in (1, 2):
        tell(ledger.paths, job_id, started(attempt), crashed)
        ledger.ingest(job_id)
        assert row(ledger, job_id).status is JobStatus.QUEUED
    tell(ledger.paths, job_id, started(3), epoch(1), crashed)
    ledger.ingest(job_id)
    assert row(ledger, job_id).status is JobStatus.QUEUED
    for attempt in (4, 5):
        tell(ledger.paths, job_id, started(attempt, 1), crashed)
    ledger.ingest(job_id)
    failed = row(ledger, job_id)
    assert failed.status is JobStatus.FAILED
    assert failed.error == "ValueError: no\n  line 3"


@pytest.mark.parametrize(
    ("asked", "counts", "status"),
    [
        ("", False, JobStatus.QUEUED),
        ("", True, JobStatus.QUEUED),
        ("epoch", True, JobStatus.STOPPED),
        ("now", True, JobStatus.INTERRUPTED),
    ],
)
def test_a_worker_that_is_gone_without_a_word(ledger, asked, counts, status):
    job_id = add(ledger)
    tell(ledger.paths, job_id, started())
    ledger.ingest(job_id)
    ledger.set_stop(job_id, asked)
    with ledger.paths.job(job_id).events.open("ab") as journal:
        journal.write(b'{"half a line')
    ledger.lost(job_id, counts=counts)
    assert row(ledger, job_id).status is status
    assert ledger.stops() == {}
    assert ledger.attempts(job_id)[0].outcome
    lock = FileLock(ledger.paths.job(job_id).lock)
    assert lock.acquire()
    lock.release()


def test_a_job_that_another_process_trains_is_not_given_up(ledger):
    job_id = add(ledger)
    tell(ledger.paths, job_id, started())
    ledger.ingest(job_id)
    lock = FileLock(ledger.paths.job(job_id).lock)
    assert lock.acquire()
    ledger.lost(job_id, counts=True)
    lock.release()
    assert row(ledger, job_id).status is JobStatus.RUNNING


def test_figures_that_are_no_numbers_are_kept_apart_from_the_rest(ledger):
    job_id = add(ledger)
    tell(ledger.paths, job_id, started(), epoch(1, loss=math.nan))
    ledger.ingest(job_id)
    assert math.isnan(ledger.history(job_id)[0].metrics["loss"])
    assert row(ledger, job_id).loss is None


def test_a_reader_sees_the_rows_and_cannot_write(ledger, tmp_path):
    job_id = add(ledger, experiment="first")
    ledger.want("/q/other.toml", "second", [job_id])
    reader = Store(ledger.paths)
    assert reader.jobs()[0].experiments == ("first", "second")
    with pytest.raises(Exception, match="readonly"):
        reader.database.write("DELETE FROM jobs")
    reader.close()


def test_a_database_of_a_later_version_is_refused(ledger):
    ledger.database.write("PRAGMA user_version = 999")
    with pytest.raises(EnvironmentFault, match="later labtop"):
        Store(ledger.paths)


def test_no_statement_numbers_its_values() -> None:
    """From Python 3.14 on `?1` is the name of a value, and a row of values has no names."""
    sources = Path(engine.record.__file__).parent.glob("*.py")
    assert [path.name for path in sources if re.search(r"\?[0-9]", path.read_text())] == []
