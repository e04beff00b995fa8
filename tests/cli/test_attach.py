"""`engine attach`: it follows what others started, and leaves without a trace."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from engine.cli import attach, store_option
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.session import Session, Snapshot
from tests.builders import add, done, epoch, started, tell
from tests.cli.conftest import Engine, ranked


class Script(Session):
    """Another runner's turns, one after the other, each time somebody looks."""

    turns: ClassVar[list[Callable[[], None]]] = []

    def snapshot(self) -> Snapshot:
        if self.turns:
            self.turns.pop(0)()
        return super().snapshot()

    def ensure_runner(self, *, trains: bool = True) -> None:
        raise AssertionError("whoever only watches starts nothing")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    monkeypatch.setattr(store_option, "Session", Script)
    monkeypatch.setattr(attach, "POLL_SECONDS", 0)
    monkeypatch.setattr(Script, "turns", [])
    return Script.turns


def says(ledger: Ledger, job_id: str, *events: object) -> None:
    tell(ledger.paths, job_id, *events)
    ledger.ingest(job_id)


def test_it_follows_jobs_that_others_handed_in_before_and_after(
    engine: Engine, ledger: Ledger, script: list[Callable[[], None]]
) -> None:
    first = add(ledger, 0, "grid", model="mlp", epochs=2)
    says(ledger, first, started(), epoch(1, 0.8))
    runner = FileLock(ledger.paths.runner_lock)
    assert runner.acquire()
    later: list[str] = []
    script += [
        lambda: None,
        lambda: later.append(add(ledger, 0, "late", model="mlp", epochs=1)),
        lambda: says(ledger, first, epoch(2, 0.9), done(2, 0.99)),
        lambda: says(ledger, later[0], started(), epoch(1, 0.7), done(1, 0.97)),
        runner.release,
    ]
    told = engine("attach")
    assert told.code == 0
    happened = [line for line in told.err.splitlines() if line[:1] in ">+"]
    assert [line.split("  ")[:2] for line in happened] == [
        ["> grid", "epoch 2/2"],
        ["+ grid", "done"],
        ["> late", "started"],
        ["> late", "epoch 1/1"],
        ["+ late", "done"],
    ]
    assert len(ranked(told.out)) == 2, "the board of what was followed"


def test_json_ends_with_the_board(engine: Engine, ledger: Ledger, script: list[Callable[[], None]]) -> None:
    job_id = add(ledger, 0, "grid", epochs=1)
    script += [lambda: None, lambda: says(ledger, job_id, started(), epoch(1, 0.8), done(1, 0.99))]
    runner = FileLock(ledger.paths.runner_lock)
    assert runner.acquire()
    script.append(runner.release)
    lines = [json.loads(line) for line in engine("attach", "--json").out.splitlines()]
    assert [line["event"] for line in lines] == ["started", "epoch", "done", "leaderboard"]


def test_ctrl_c_leaves_and_asks_for_nothing(
    engine: Engine, ledger: Ledger, folder: Path, script: list[Callable[[], None]]
) -> None:
    job_id = add(ledger, 0, "grid")
    says(ledger, job_id, started(), epoch(1, 0.8))
    runner = FileLock(ledger.paths.runner_lock)
    assert runner.acquire()
    script += [lambda: None, lambda: os.kill(os.getpid(), signal.SIGINT)]
    told = engine("attach")
    runner.release()
    assert (told.code, told.out) == (130, "")
    assert told.err == "left; training goes on: engine attach follows it again, engine stop ends it\n"
    assert [path.name for path in (folder / "runs" / "inbox").iterdir() if path.is_file()] == []


@pytest.mark.usefixtures("script")
def test_a_queue_that_nobody_runs_is_named(engine: Engine, ledger: Ledger) -> None:
    add(ledger, 0, "grid")
    told = engine("attach")
    assert told.err == "nobody runs this queue: engine run goes on with it\n"
    assert told.code == 1


@pytest.mark.usefixtures("script")
def test_what_waits_for_a_gpu_is_named(engine: Engine, jobs: SimpleNamespace, ledger: Ledger) -> None:
    says(ledger, jobs.running, epoch(2, 0.6), done(2, 0.9))
    told = engine("attach")
    assert (told.code, told.out) == (3, "")
    assert told.err == "1 job waits for a GPU, and this machine has none; --device cpu trains it anyway\n"


def test_nothing_to_follow_is_no_error(engine: Engine) -> None:
    told = engine("attach")
    assert (told.code, told.out, told.err) == (0, "", "nothing runs or waits\n")
