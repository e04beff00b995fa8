"""The feed posts what differs, once, and nothing else."""

import sqlite3
from dataclasses import replace

import pytest

from engine.errors import DataError, EnvironmentFault
from engine.results.rows import EpochRow, Note
from engine.session import Submission
from tests.tui.console.stage import CPU, FILE, busy, snapshot
from tui.feed import Feed


class FakePaths:
    def __init__(self, folder):
        self.database = folder / "labtop.db"


class FakeSession:
    """A session whose answers the test decides, and which counts what it was asked."""

    def __init__(self, folder):
        self.paths = FakePaths(folder)
        self.notes_path = folder / "notes.toml"
        self.exists = True
        self.now = busy()
        self.asked = []
        self.trouble = None
        self.outcome = []

    def snapshot(self):
        if self.trouble is not None:
            raise self.trouble
        return self.now

    def history(self, job_id):
        self.asked.append(job_id)
        return [EpochRow(1, {}, 1.0)]

    def mistakes(self, job_id):
        raise DataError("nothing was kept")

    def notes(self):
        return {"c": Note("mine")}

    def devices(self):
        return [CPU]

    def submitted(self, submission):
        if self.trouble_of_submission is not None:
            raise self.trouble_of_submission
        return self.outcome

    trouble_of_submission = None


@pytest.fixture
def told(still):
    session = FakeSession(still)
    posted = []
    feed = Feed(session, FILE, posted.append)
    return session, feed, posted


def kinds(posted):
    names = [type(message).__name__ for message in posted]
    posted.clear()
    return names


def test_a_snapshot_is_posted_only_when_it_differs(told):
    session, feed, posted = told
    feed.tick()
    assert kinds(posted) == ["FileSeen", "Changed", "NotesRead", "DevicesRead"]
    session.now = busy()
    feed.tick()
    assert kinds(posted) == []
    session.now = snapshot(session.now.jobs[:2])
    feed.tick()
    assert kinds(posted) == ["Changed"]


def test_a_file_is_taken_once_it_has_stood_still_for_a_poll(told):
    _, feed, posted = told
    FILE.write_text("a = 1\n")
    feed.tick()
    assert [m.data for m in posted if isinstance(m, Feed.FileSeen)] == [b"a = 1\n"]
    posted.clear()
    FILE.write_text("a = 12\n")
    feed.tick()
    assert kinds(posted) == []
    feed.tick()
    assert [m.data for m in posted] == [b"a = 12\n"]
    posted.clear()
    FILE.unlink()
    feed.tick()
    feed.tick()
    assert [m.data for m in posted] == [None]


def test_histories_are_read_when_watched_and_again_when_they_grow(told):
    session, feed, posted = told
    row = session.now.jobs[0]
    feed.watch_histories("queue", (row.id,))
    feed.tick()
    feed.tick()
    assert session.asked == [row.id]
    session.now = snapshot([replace(row, epoch=row.epoch + 1)])
    feed.tick()
    assert session.asked == [row.id] * 2
    feed.watch_histories("queue", ())
    feed.watch_histories("curves", (row.id,))
    feed.tick()
    assert session.asked == [row.id] * 3, "let go and watched again, it is posted again"
    assert kinds(posted).count("HistoriesRead") == 3


@pytest.mark.parametrize(
    "trouble",
    [EnvironmentFault("locked"), sqlite3.OperationalError("database is locked"), OSError(5, "I/O"), IndexError("x")],
)
def test_trouble_is_told_once_and_when_it_is_over(told, trouble):
    session, feed, posted = told
    session.trouble = trouble
    feed.tick()
    feed.tick()
    problems = [m.problem for m in posted if isinstance(m, Feed.Failed)]
    assert len(problems) == 1 and problems[0]
    session.trouble = None
    feed.tick()
    assert [m.problem for m in posted if isinstance(m, Feed.Failed)][-1] == ""


def test_what_was_asked_for_is_answered_even_if_there_is_nothing(told):
    _, feed, posted = told
    feed.want_mistakes("j")
    feed.tick()
    [answer] = [m for m in posted if isinstance(m, Feed.MistakesRead)]
    assert answer.mistakes is None and "nothing was kept" in answer.problem


def test_notes_are_read_when_their_file_changes(told):
    session, feed, posted = told
    feed.tick()
    kinds(posted)
    session.notes_path.write_text("[c]\n")
    feed.tick()
    assert kinds(posted) == ["NotesRead"]


def test_a_submission_is_followed_until_it_is_applied_or_refused(told):
    session, feed, posted = told
    feed.follow(Submission("r"))
    session.outcome = None
    feed.tick()
    session.trouble_of_submission = EnvironmentFault("the runner refused it")
    feed.tick()
    session.trouble_of_submission = None
    feed.tick()
    assert kinds(posted).count("Refused") == 1


def test_in_its_thread_it_goes_on_until_it_is_stopped(still, monkeypatch):
    monkeypatch.undo()
    seen = []
    feed = Feed(FakeSession(still), None, seen.append, poll=0.001)
    feed.start()
    feed.look()
    feed.stop()
    feed._thread.join(10)
    assert not feed._thread.is_alive()
