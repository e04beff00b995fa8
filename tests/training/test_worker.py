"""Real workers, as the runner starts them: assigned over stdin, killed without warning."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded
from engine.record.locks import FileLock, holder
from engine.record.paths import JobPaths
from engine.training import trainer
from engine.training.compiled import Warm
from engine.training.data import WarmData
from tests.training.conftest import MakeJob

LONG = {"epochs": 12, "early_stopping": False}


class Worker:
    """A worker process over a store, with the lines that it wrote."""

    def __init__(self, store: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.training.worker", str(store)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def assign(self, *jobs: JobPaths) -> None:
        assert self.process.stdin is not None
        for paths in jobs:
            self.process.stdin.write(paths.id + "\n")
        self.process.stdin.flush()

    def hear(self, line: str, times: int = 1) -> None:
        """Wait until the worker has said `line` that often."""
        assert self.process.stdout is not None
        for found in iter(self.process.stdout.readline, ""):
            times -= found == line + "\n"
            if times == 0:
                return
        raise AssertionError(f"the worker ended without {line}")

    def finish(self) -> int:
        """Close its stdin and wait for its end."""
        self.process.communicate(timeout=120)
        return self.process.returncode


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.process.kill()
        worker.process.wait()


def store(paths: JobPaths) -> Path:
    return paths.folder.parent.parent


def told(paths: JobPaths, kind: type) -> list[events.Event]:
    return [event for event, _ in events.read(paths.events) if isinstance(event, kind)]


def metrics(paths: JobPaths) -> list[tuple[int, dict[str, float]]]:
    return [(event.epoch, event.metrics) for event in told(paths, EpochEnded) if isinstance(event, EpochEnded)]


def test_killed_at_any_time_it_resumes_to_the_same_bits(make: MakeJob, workers: list[Worker]) -> None:
    unbroken = make(store="unbroken", **LONG)
    trainer.run(unbroken, Warm(), WarmData(), lambda _: None)
    paths = make(store="killed", **LONG)
    for epochs in (2, 5):
        worker = Worker(store(paths))
        workers.append(worker)
        worker.assign(paths)
        worker.hear(f"epoch {paths.id}", epochs)
        worker.process.kill()
        worker.process.wait()
        assert holder(paths.lock) is None
    worker = Worker(store(paths))
    workers.append(worker)
    worker.assign(paths)
    worker.hear(f"ended {paths.id}")
    assert worker.finish() == 0
    resumed = [event.resumed_epoch for event in told(paths, AttemptStarted) if isinstance(event, AttemptStarted)]
    assert len(resumed) == 3
    assert resumed[1] >= 2
    assert resumed[2] >= resumed[1] + 5
    assert metrics(paths) == metrics(unbroken)
    assert paths.weights.read_bytes() == unbroken.weights.read_bytes()
    assert paths.predictions.read_bytes() == unbroken.predictions.read_bytes()


def test_one_worker_trains_what_it_can_and_logs_it(make: MakeJob, workers: list[Worker]) -> None:
    first, second, third = (make(seed=seed, epochs=2) for seed in range(3))
    done = make(seed=3, epochs=1)
    trainer.run(done, Warm(), WarmData(), lambda _: None)
    held = FileLock(second.lock)
    assert held.acquire()
    worker = Worker(store(first))
    workers.append(worker)
    worker.assign(first, second, third, done)
    worker.hear("ready")
    worker.hear(f"started {first.id}")
    worker.hear(f"ended {first.id}")
    worker.hear(f"skipped {second.id}")
    worker.hear(f"ended {third.id}")
    worker.hear(f"skipped {done.id}")
    assert worker.finish() == 0
    assert not second.events.exists()
    log = first.log.read_text()
    assert "epoch 1/2  loss " in log
    assert first.log.stat().st_mode & 0o777 == 0o600
    assert first.id in log
    assert third.id not in log
    held.release()


def test_at_the_end_of_stdin_it_finishes_its_job(make: MakeJob, workers: list[Worker]) -> None:
    paths = make(**LONG)
    worker = Worker(store(paths))
    workers.append(worker)
    worker.assign(paths)
    worker.hear(f"started {paths.id}")
    assert worker.process.stdout is not None
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    worker.process.stdout.close()
    assert worker.process.wait(120) == 0
    assert [event.status for event in told(paths, AttemptEnded) if isinstance(event, AttemptEnded)] == ["done"]


def test_it_minds_sigterm_alone_and_the_stop_file_from_whoever_wrote_it(make: MakeJob, workers: list[Worker]) -> None:
    paths = make(epochs=100_000, early_stopping=False)
    worker = Worker(store(paths))
    workers.append(worker)
    worker.assign(paths)
    worker.hear(f"epoch {paths.id}")
    os.kill(worker.process.pid, signal.SIGINT)
    os.kill(worker.process.pid, signal.SIGHUP)
    worker.hear(f"epoch {paths.id}", 2)
    paths.stop.write_text("epoch")
    worker.hear(f"ended {paths.id}")
    worker.assign(paths)
    worker.hear(f"epoch {paths.id}")
    paths.stop.write_text("now")
    assert worker.process.wait(120) == -signal.SIGTERM
    kinds = [event.KIND for event, _ in events.read(paths.events)]
    assert kinds[-1] == "epoch_ended"
    assert kinds.count("attempt_started") == 2
    statuses = [event.status for event in told(paths, AttemptEnded) if isinstance(event, AttemptEnded)]
    assert statuses == ["stopped"]
