"""A store that a release has written opens in every later one: read, ranked, shown, and trained on."""

import json
import zipfile
from pathlib import Path

import pytest

from engine.cli import main
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptStarted, EpochEnded
from engine.run.invariants import broken
from tests.faults.injecting import end_all, whole
from tests.tiny import Place
from tests.waiting import until

STORES = sorted(Path(__file__).parent.glob("store-*.zip"))


@pytest.fixture(params=STORES, ids=lambda path: path.stem)
def place(request, tmp_path, monkeypatch):
    """The release's queue file, data and store, somewhere else than they were written."""
    # A place brings its own data, which another NumPy packs into other bytes: the release's own go over it.
    place = Place(tmp_path)
    with zipfile.ZipFile(request.param) as kept:
        kept.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield place
    end_all(place.session.paths)


def told(capsys, *words):
    assert main.call(list(words)) == 0
    return capsys.readouterr().out


def test_it_is_read_as_it_was_written(place, capsys):
    rows = place.rows()
    statuses = [JobStatus.DONE, JobStatus.DONE, JobStatus.FAILED, JobStatus.INTERRUPTED]
    assert [row.status for row in rows] == statuses
    board = json.loads(told(capsys, "leaderboard", "--json"))["rows"]
    assert [(row["experiments"], row["n"]) for row in board] == [(["good"], 1)] * 2
    assert board[0]["test_accuracy"]["mean"] == max(row.test_accuracy for row in rows if row.test_accuracy)
    shown = json.loads(told(capsys, "show", rows[3].id, "--json"))
    assert (shown["status"], len(shown["history"]["loss"])) == ("interrupted", 3)
    assert "diverged" in told(capsys, "show", rows[2].id)
    assert told(capsys, "digits", rows[0].id)
    assert place.session.notes()[rows[3].id].text == "goes on one day"


def test_its_database_is_what_its_folders_tell(place):
    assert broken(place.session.paths) == []


def test_its_interrupted_job_goes_on_where_it_ended(place):
    place.submit()
    until(lambda: place.rows()[3].status is JobStatus.DONE, "the interrupted job to be done")
    until(place.at_rest, "the runner to end")
    row = place.rows()[3]
    journal = [event for event, _ in events.read(place.session.paths.job(row.id).events)]
    assert [event.epoch for event in journal if isinstance(event, EpochEnded)] == [1, 2, 3, 4, 5, 6]
    assert [event.resumed_epoch for event in journal if isinstance(event, AttemptStarted)] == [0, 3]
    whole(place.session.paths)
