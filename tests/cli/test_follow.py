"""What is told of jobs as they move, and when a run is over."""

import os
import signal
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from engine.cli.ending import ending_lines, exit_code
from engine.cli.follow import Follower
from engine.cli.signals import Interrupts
from engine.cli.watch import Followed, stopping_line
from engine.errors import EnvironmentFault
from engine.plan.jobs import JobStatus
from engine.record.locks import identify
from engine.results.rows import EpochRow, JobRow
from tests.results.rows_made import job


class Scripted:
    """A session that shows one list of rows after the other."""

    def __init__(self, *looks: list[JobRow]) -> None:
        self.looks = list(looks)
        self.started = 0
        self.paths = SimpleNamespace(runner_log="runner.log")

    def rows(self) -> tuple[JobRow, ...]:
        return tuple(self.looks.pop(0) if len(self.looks) > 1 else self.looks[0])

    def history(self, job_id: str) -> list[EpochRow]:
        return [EpochRow(number, {"loss": 1 / number}, 1.0) for number in range(1, 10)]

    def ensure_runner(self, *, trains: bool = True) -> None:
        self.started += 1


def snapshot(*, runner: bool = False, pending: int = 0) -> Any:
    return SimpleNamespace(runner="someone" if runner else None, pending=pending)


def told(*looks: JobRow, **more: Any) -> list[list[str]]:
    """The happenings of each look at one job."""
    follower = Follower(Scripted(*([row] for row in looks)), [looks[0].id], **more)
    return [
        [f"epoch {each.epoch.epoch}" if each.epoch else each.kind for each in follower.look()]
        for _ in range(len(looks))
    ]


QUEUED = job(1, status=JobStatus.QUEUED, epoch=0)
RUNNING = replace(QUEUED, status=JobStatus.RUNNING)
DONE = replace(QUEUED, status=JobStatus.DONE, epoch=3)


def test_each_step_is_told_once() -> None:
    looks = (QUEUED, RUNNING, replace(RUNNING, epoch=1), replace(RUNNING, epoch=1), DONE, DONE)
    assert told(*looks) == [[], ["started"], ["epoch 1"], [], ["epoch 2", "epoch 3", "done"], []]


def test_what_went_by_between_two_looks_is_told_all_the_same() -> None:
    assert told(DONE) == [["started", "epoch 1", "epoch 2", "epoch 3", "done"]]


def test_what_was_done_before_is_not_told_again() -> None:
    assert told(DONE, done=frozenset({DONE.id})) == [[]]


def test_a_resumed_job_tells_only_its_new_epochs() -> None:
    assert told(DONE, before={DONE.id: 2}) == [["started", "epoch 3", "done"]]


def test_a_crash_is_told_and_the_next_attempt_too() -> None:
    again = replace(RUNNING, epoch=1, attempts=1)
    assert told(RUNNING, replace(QUEUED, epoch=1), again) == [["started"], ["epoch 1", "crashed"], ["started"]] or told(
        RUNNING, replace(QUEUED, epoch=1), again
    ) == [["started"], ["started", "epoch 1", "crashed"], ["started"]]


def over(*rows: JobRow, **more: Any) -> bool:
    follower = Follower(Scripted(list(rows)), [row.id for row in rows])
    follower.look()
    return follower.over(snapshot(**more))


def test_a_run_is_over_when_nothing_more_will_happen() -> None:
    waiting = replace(job(2, status=JobStatus.QUEUED), waits_for="a GPU")
    assert over(DONE)
    assert over(DONE, waiting)
    assert over(replace(QUEUED, status=JobStatus.HELD))
    assert not over(DONE, waiting, runner=True), "the GPU may become free"
    assert not over(DONE, waiting, pending=1)
    assert not over(DONE, job(3, status=JobStatus.RUNNING))
    assert not over(QUEUED)


def test_a_runner_that_died_is_started_again_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Scripted([QUEUED])
    follower = Follower(session, [QUEUED.id])
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("engine.cli.follow.time", SimpleNamespace(monotonic=lambda: next(clock), time=lambda: 0.0))
    follower.keep_running(identify())
    assert session.started == 0
    with pytest.raises(EnvironmentFault, match="ends again and again"):
        for _ in range(50):
            follower.keep_running(None)
    assert session.started == 5


@pytest.mark.parametrize(
    ("statuses", "interrupted", "code"),
    [
        ((), False, 0),
        (("done", "done"), False, 0),
        (("done", "failed"), False, 1),
        (("done", "out_of_memory"), False, 1),
        (("done", "stopped"), False, 1),
        (("done", "waits"), False, 0),
        (("waits", "waits"), False, 3),
        (("failed", "waits"), False, 1),
        (("done", "done"), True, 130),
    ],
)
def test_exit_codes(statuses: tuple[str, ...], interrupted: bool, code: int) -> None:
    rows = [
        job(n, status=JobStatus.QUEUED, waits_for="a GPU") if word == "waits" else job(n, status=JobStatus(word))
        for n, word in enumerate(statuses)
    ]
    assert exit_code(Followed(rows, interrupted=interrupted)) == code


def test_the_end_tells_what_stopped_and_what_never_began() -> None:
    rows = [job(1, status=JobStatus.STOPPED), job(2, status=JobStatus.WITHDRAWN), job(3, status=JobStatus.WITHDRAWN)]
    assert ending_lines(Followed(rows)) == [
        "1 job stopped on the way, 2 jobs withdrawn before they began; engine run goes on from here"
    ]


def test_ctrl_c_says_what_it_does() -> None:
    rows = [RUNNING, job(2, status=JobStatus.QUEUED), job(3, status=JobStatus.HELD), DONE]
    assert stopping_line(rows, now=False) == (
        "stopping 1 job after the running epoch, 2 jobs withdrawn; Ctrl-C again stops now"
    )
    assert stopping_line(rows, now=True) == "stopping 1 job now"


def test_signals_are_something_to_look_at() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        for asked in (1, 2, 2):
            os.kill(os.getpid(), signal.SIGINT)
            interrupts.wait(10)
            assert interrupts.asked == asked
        os.kill(os.getpid(), signal.SIGHUP)
        interrupts.wait(10)
        assert interrupts.lost
    assert signal.getsignal(signal.SIGINT) is before
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGTERM)
        interrupts.wait(10)
        assert interrupts.asked == 2


def test_what_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGHUP)
            interrupts.wait(0)
            assert not interrupts.lost
    finally:
        signal.signal(signal.SIGHUP, before)
