"""What is still to come, and how long that takes: in `status` and in `validate`, as text and as JSON."""

import json
from pathlib import Path
from types import SimpleNamespace

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from tests.builders import add, epoch, started, tell
from tests.cli.conftest import QUEUE, Engine

# Of the jobs that are done every epoch took 1.5 s: two of an mlp, by one device.
SECONDS = 1.5


def test_validate_tells_the_time_of_what_is_left(engine: Engine, jobs: SimpleNamespace) -> None:
    # 4 and 16 jobs of 2 epochs.
    assert engine("validate").out.splitlines()[-1] == "20 jobs, 40 epochs at most, about 60 s"
    left = json.loads(engine("validate", "--json").out)["left"]
    assert left == {
        "jobs": 20,
        "epochs": 40,
        "measured": 20,
        "seconds": 60.0,
        "seconds_least": 60.0,
        "seconds_most": 60.0,
    }


def test_validate_says_the_range_that_early_stopping_leaves(
    engine: Engine, jobs: SimpleNamespace, folder: Path
) -> None:
    text = QUEUE.replace("epochs = 2\nearly_stopping = false", "epochs = 40\npatience = 3")
    (folder / "experiments.toml").write_text(text)
    # The two that are done ended after 2 epochs, but patience 3 lets no job end before its fourth.
    assert engine("validate").out.splitlines()[-1] == (
        "20 jobs, 800 epochs at most, about 2 min (2 min to 20 min), as early stopping has it"
    )
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["seconds_least"], left["seconds"], left["seconds_most"]) == (120.0, 120.0, 1200.0)


def test_validate_knows_no_time_of_what_was_never_measured(engine: Engine, folder: Path) -> None:
    assert engine("validate").out.splitlines()[-1] == "20 jobs, 40 epochs at most"
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["jobs"], left["measured"], left["seconds"]) == (20, 0, None)


def test_status_tells_what_is_left_and_its_range(engine: Engine, ledger: Ledger) -> None:
    running = add(ledger, 0, "long", epochs=30, patience=3)
    add(ledger, 1, "long", epochs=30, patience=3)
    tell(ledger.paths, running, started(), epoch(1))
    ledger.ingest(running)
    assert ledger.jobs([running])[0].status is JobStatus.RUNNING
    lock, runner = FileLock(ledger.paths.job(running).lock), FileLock(ledger.paths.runner_lock)
    assert lock.acquire()
    assert runner.acquire()
    try:
        told, document = engine("status").out, json.loads(engine("status", "--json").out)
    finally:
        lock.release()
        runner.release()
    # 29 and 30 epochs at most, 3 and 4 at least.
    assert document["left"] == {
        "jobs": 2,
        "measured": 2,
        "seconds": 59 * SECONDS,
        "seconds_least": 7 * SECONDS,
        "seconds_most": 59 * SECONDS,
    }
    assert "2 left  ETA 1:28 (0:10 to 1:28)" in told.splitlines()[0]
