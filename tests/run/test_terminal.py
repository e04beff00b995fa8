"""`engine run` on a real pseudo-terminal: Ctrl-C once, twice, and a terminal that goes away."""

import os
import pty
import sys

import pytest

from engine.plan import queuefile
from engine.plan.jobs import JobStatus
from engine.record.locks import holder
from engine.run.invariants import broken
from tests.tiny import Place
from tests.waiting import until

QUEUE = '[[experiment]]\nname = "long"\nepochs = 2000\n[[experiment]]\nname = "next"\nepochs = 1\n'


class Terminal:
    """A command with a terminal of its own; what it prints is read as it comes."""

    def __init__(self, *command: str) -> None:
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(sys.executable, [sys.executable, "-P", "-m", "engine.cli.main", *command])
        os.set_blocking(self.screen, False)
        self.text = ""

    def read(self) -> str:
        try:
            while data := os.read(self.screen, 65536):
                self.text += data.decode("utf-8", "replace")
        except (BlockingIOError, OSError):
            pass
        return self.text

    def type(self, keys: bytes) -> None:
        os.write(self.screen, keys)

    def close(self) -> None:
        os.close(self.screen)

    def status(self) -> int:
        """Its exit status, once it has ended."""
        found = []

        def ended():
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            found.append(status)
            return pid

        until(ended, "the command to end")
        return os.waitstatus_to_exitcode(found[-1])


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    place.write(QUEUE)
    yield place
    if holder(place.session.paths.runner_lock) is not None:
        place.session.stop([row.id for row in place.rows()], now=True)
    until(place.at_rest, "the runner to end")
    assert broken(place.session.paths) == []


def by_name(place):
    return {row.experiments[0]: row for row in place.rows() if row.experiments}


def training(place):
    return until(lambda: next((row for row in place.rows() if row.epoch >= 1), None), "the first epoch")


def test_ctrl_c_once_ends_the_epoch_and_withdraws_what_waits(place):
    terminal = Terminal("run", str(place.file))
    training(place)
    terminal.type(b"\x03")
    assert terminal.status() == 130
    assert "after the running epoch" in terminal.text
    rows = by_name(place)
    assert rows["long"].status is JobStatus.STOPPED
    assert rows["next"].status is JobStatus.WITHDRAWN


def test_ctrl_c_twice_ends_it_now(place):
    place.write(QUEUE.replace("epochs = 2000", 'epochs = 2\nmodel = "cnn"\nfilters = 512\nbatch_size = 1'))
    terminal = Terminal("run", str(place.file))
    until(lambda: any(row.attempts for row in place.rows()), "the attempt to start")
    terminal.type(b"\x03")
    until(lambda: "after the running epoch" in terminal.read(), "the first answer")
    terminal.type(b"\x03")
    assert terminal.status() == 130
    assert by_name(place)["long"].status is JobStatus.INTERRUPTED


def test_a_terminal_that_goes_away_takes_nothing_with_it(place):
    place.write(QUEUE.replace("2000", "200"))
    terminal = Terminal("run", str(place.file))
    training(place)
    terminal.close()
    assert terminal.status() != 0
    until(place.at_rest, "the queue to end")
    assert [row.status for row in place.rows()] == [JobStatus.DONE] * 2


def test_ctrl_c_ends_what_a_file_that_was_renamed_had_handed_in_before(place):
    place.submit()
    training(place)
    place.session.stop([row.id for row in place.rows()])
    until(place.at_rest, "the queue to end")
    renamed = place.file.rename(place.folder / "renamed.toml")
    terminal = Terminal("run", str(renamed))
    until(lambda: by_name(place)["long"].attempts == 2, "the second attempt")
    terminal.type(b"\x03")
    assert terminal.status() == 130
    assert "stopping 1 job after the running epoch, 1 job withdrawn" in terminal.text
    assert by_name(place)["long"].status is JobStatus.STOPPED


def test_ctrl_c_leaves_what_another_queue_file_has_asked_for_since(place):
    terminal = Terminal("run", str(place.file))
    training(place)
    copy = place.folder / "copy.toml"
    copy.write_text(place.file.read_text().partition('[[experiment]]\nname = "next"')[0])
    place.session.submit(queuefile.read(copy))
    until(lambda: place.session.snapshot().pending == 0, "the copy to be taken in")
    terminal.type(b"\x03")
    assert terminal.status() == 130
    assert "1 job withdrawn" in terminal.text
    assert "1 job was handed in by another run and goes on: engine stop --store " in terminal.text
    rows = by_name(place)
    assert (rows["long"].status, rows["next"].status) == (JobStatus.RUNNING, JobStatus.WITHDRAWN)


def test_ctrl_c_in_a_run_that_only_came_to_look_ends_nothing_and_says_so(place):
    place.submit()
    training(place)
    terminal = Terminal("run", str(place.file))
    until(lambda: len(list(place.session.paths.applied.iterdir())) == 2, "the second submission to be taken in")
    until(lambda: "queue" in terminal.read(), "its bars")
    terminal.type(b"\x03")
    assert terminal.status() == 130
    assert "2 jobs were handed in by another run and go on: engine stop --store " in terminal.text
    assert "nothing was trained" not in terminal.text
    assert [row.status for row in place.rows()] == [JobStatus.RUNNING, JobStatus.QUEUED]


def test_a_terminal_that_goes_away_leaves_its_runner_in_the_foreground_training(place):
    place.write('[[experiment]]\nname = "long"\nepochs = 200\n')
    terminal = Terminal("run", str(place.file), "--foreground")
    training(place)
    terminal.close()
    assert terminal.status() == 0
    assert place.statuses() == ["done"]
