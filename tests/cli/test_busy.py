"""A database that somebody keeps is waited for: commands go on once they can, and lose nothing of what happened."""

import os
import signal
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.cli import asking, watch
from engine.cli.displays import line_of
from engine.cli.follow import Follower, Happening
from engine.cli.signals import Interrupts
from engine.cli.watch import Ways
from engine.errors import StoreBusy
from engine.plan.jobs import JobStatus
from engine.record import database
from engine.record.ledger import Ledger
from engine.record.paths import StorePaths
from engine.results.labels import Labels
from engine.results.rows import EpochRow
from engine.session import Session, Submission
from engine.text import columns_of
from tests.cli.conftest import Engine
from tests.results.rows_made import job

BUSY = StoreBusy("the store is busy")


def answers(*given: Any) -> Any:
    """A function that gives these, one a call, the last for ever; errors among them are raised."""
    left = list(given)

    def answer(*_: Any, **__: Any) -> Any:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return answer


def test_a_request_is_settled_although_the_database_is_busy_at_first() -> None:
    session: Any = SimpleNamespace(outcome=answers(BUSY, BUSY, None, ""))
    assert asking.settle(session, "request")


def test_reading_is_tried_again_until_patience_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asking.patiently(answers(BUSY, BUSY, 7)) == 7
    clock = iter(range(0, 100, 4))
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    with pytest.raises(StoreBusy):
        asking.patiently(answers(BUSY))


@pytest.mark.usefixtures("instant")
def test_run_waits_for_a_database_that_somebody_keeps(
    engine: Engine, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    keeper = sqlite3.connect(ledger.paths.database, isolation_level=None)
    keeper.execute("PRAGMA locking_mode = EXCLUSIVE")
    keeper.execute("BEGIN EXCLUSIVE")
    told = []

    def warned(text: str) -> None:
        told.append(text)
        keeper.close()

    monkeypatch.setattr(watch, "warn", warned)
    assert engine("run", "--only", "grid", "--quiet").code == 0
    assert told == ["somebody keeps the store's database: waiting for it"]


def test_ctrl_c_is_passed_on_once_although_the_database_is_busy() -> None:
    rows = [job(1, status=JobStatus.RUNNING, epoch=1), job(2, status=JobStatus.RUNNING, epoch=1)]
    ended = [replace(rows[0], status=JobStatus.STOPPED), rows[1]]
    asked = []

    class Scripted(Session):
        def __init__(self) -> None:
            self.paths = StorePaths(Path("runs"))
            self.rows = answers(rows, rows, rows, rows, ended)  # type: ignore[method-assign]
            self.history = answers([])  # type: ignore[method-assign]
            self.snapshot = answers(SimpleNamespace(runner="r", pending=0, progress={}, jobs=rows))  # type: ignore[method-assign]
            self.submitted_fresh = answers(BUSY, BUSY, [rows[0].id])  # type: ignore[method-assign]

        @property
        def runner(self) -> Any:
            return "someone"

        def stop_submission(self, submission: Submission, *, now: bool = False, start: bool = True) -> None:
            asked.append(now)

    session = Scripted()
    follower = Follower(session, [row.id for row in rows])
    follower.know(rows)
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        found = watch._follow(session, Submission("request"), follower, interrupts, Ways(quiet=True))
    assert found.interrupted
    assert [row.id for row in found.rows] == [rows[0].id], "what was there before goes on, unfollowed"
    assert asked == [False]


def test_what_happened_is_told_once_although_the_database_is_busy_in_between() -> None:
    first, second = (job(n, status=JobStatus.RUNNING, epoch=1) for n in (1, 2))
    epochs = [EpochRow(1, {"loss": 0.5}, 1.0)]
    session: Any = SimpleNamespace(rows=answers((first, second)), history=answers(epochs, BUSY, epochs))
    follower = Follower(session, [first.id, second.id])
    looks = [[(each.job.id, each.kind) for each in follower.look()] for _ in range(3)]
    assert looks == [
        [(first.id, "started"), (first.id, "epoch")],
        [(second.id, "started"), (second.id, "epoch")],
        [],
    ]


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_a_line_fits_its_terminal_and_is_whole_in_a_log(columns: int) -> None:
    rows = [job(n, experiments=("an-experiment-with-a-long-name",), epoch=3) for n in (1, 2)]
    rows = [replace(row, config=dict(row.config) | {"dropout": 0.1 * n}) for n, row in enumerate(rows, 1)]
    labels = Labels(rows)
    for row in rows:
        for status in (JobStatus.DONE, JobStatus.STOPPED):
            happening = Happening(0.0, str(status), replace(row, status=status))
            line = line_of(happening, labels, columns)
            assert columns_of(line) <= max(columns, 80)
            assert str(status) in line
            assert line_of(happening, labels).startswith(f"{status.glyph} {labels.of(row)}  ")
