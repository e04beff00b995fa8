"""What is still to come, and how long that takes: in `status` and in `validate`, as text and as JSON."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.plan.jobs import JobStatus
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.results.rows import Device
from engine.session import Session
from tests.builders import add, epoch, started, tell
from tests.cli.conftest import QUEUE, Engine

# Of the jobs that are done every epoch took 1.5 s: two of an mlp, by one device.
SECONDS = 1.5


def test_validate_tells_the_time_of_what_is_left(engine: Engine, jobs: SimpleNamespace) -> None:
    # 4 and 16 jobs of 2 epochs.
    assert engine("validate").out.splitlines()[-1] == "20 jobs; 40 epochs at most, about 60 s"
    left = json.loads(engine("validate", "--json").out)["left"]
    assert left == {
        "jobs": 20,
        "epochs": 40,
        "at_once": 1,
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
    # The two that are done ran all of their 2 epochs, so nothing tells that early stopping ends such jobs; patience 3
    # lets none end before its fourth.
    assert engine("validate").out.splitlines()[-1] == (
        "20 jobs; 800 epochs at most, about 20 min (2 min to 20 min), as early stopping has it"
    )
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["seconds_least"], left["seconds"], left["seconds_most"]) == (120.0, 1200.0, 1200.0)


def test_validate_knows_no_time_of_what_was_never_measured(engine: Engine, folder: Path) -> None:
    assert engine("validate").out.splitlines()[-1] == "20 jobs; 40 epochs at most, time not measured yet"
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["jobs"], left["measured"], left["seconds"]) == (20, 0, None)


def test_several_slots_and_devices_share_the_work(
    engine: Engine, jobs: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "experiments.toml").write_text(QUEUE + "[run]\nslots = 2\n")
    assert engine("validate").out.splitlines()[-1] == "20 jobs; 40 epochs at most, about 30 s, 2 at once"
    cards = [Device("cpu", "CPU", ""), *(Device(f"GPU-{n}", f"GPU{n}", "H100") for n in range(3))]
    monkeypatch.setattr(Session, "devices", lambda _: cards)
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["at_once"], left["seconds"]) == (6, 10.0)
    told = engine("run", "--dry-run", "--slots", "1", "--gpus", "0,2").out.splitlines()[-1]
    assert told.endswith("about 30 s, 2 at once")
    told = engine("run", "--dry-run", "--device", "cpu", "--slots", "20").out.splitlines()[-1]
    assert told.endswith("about 3 s, 20 at once"), "no less than one job takes"


def test_an_experiment_too_large_to_list_takes_no_figure_from_the_others(
    engine: Engine, jobs: SimpleNamespace, folder: Path
) -> None:
    sweep = f"sweep = {{ l2 = {[n / 1000 for n in range(100)]}, dropout = {[n / 100 for n in range(90)]} }}"
    (folder / "experiments.toml").write_text(f'{QUEUE}\n[[experiment]]\nname = "big"\n{sweep}\n')
    lines = engine("validate").out.splitlines()
    assert lines[3].split()[:4] == ["big", "9,000", "0", "18,000"]
    # Each as long as the mlp that is done: 9,020 jobs of 2 epochs.
    assert lines[-1] == "9,020 jobs; 18,040 epochs at most, about 7.5 h"
    left = json.loads(engine("validate", "--json").out)["left"]
    assert (left["jobs"], left["epochs"], left["measured"]) == (9_020, 18_040, 9_020)


def test_without_a_runner_text_and_json_tell_the_same_time(engine: Engine, ledger: Ledger) -> None:
    done = add(ledger, 0, "short", epochs=30)
    tell(ledger.paths, done, started(), epoch(1), AttemptEnded(300.0, "stopped"))
    ledger.ingest(done)
    add(ledger, 1, "short", epochs=30, early_stopping=False)
    left = json.loads(engine("status", "--json").out)["left"]
    assert (left["jobs"], left["seconds"]) == (1, 30 * SECONDS)
    assert engine("status").out.splitlines()[0].endswith("1 left  0:45 once run")


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
