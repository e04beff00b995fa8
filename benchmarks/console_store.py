"""Stores for the console's benchmark: finished jobs with all that their tabs show, and four more that are trained.

python -m benchmarks.console_store STORE EPOCHS: trains those four, a made-up epoch a second each, until its input ends.
"""

import io
import math
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks import leaderboard
from engine.plan.jobs import Job, JobStatus
from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record import events
from engine.record.events import AttemptStarted, EpochEnded
from engine.record.ledger import Ledger, Wish
from engine.record.locks import FileLock, holder, identify
from engine.record.paths import JobPaths, StorePaths, replace_file

SEEDS = 10
LIVE = 4
MISTAKES = 60
# Of how many jobs logs and mistakes are there: more than anybody comes to look at.
MOST_FOLDERS = 1000
# What all finished jobs have in common beside the defaults, as `leaderboard.configurations` makes them.
FILE = """\
[[experiment]]
name = "grid"
repeats = {seeds}
epochs = {epochs}
dropout = 0.0
learning_rate = 0.0001
batch_size = 16
sweep = {{ hidden_units = {hidden}, filters = {filters} }}
"""
LIVE_FILE = """
[[experiment]]
name = "live"
model = "mlp"
repeats = {live}
epochs = {epochs}
"""


def finished(folder: Path, jobs: int, epochs: int) -> Path:
    """A queue file in `folder` whose store has `jobs` (a multiple of 100) finished jobs of so many epochs."""
    paths = StorePaths(folder / "runs")
    leaderboard.build(paths, jobs // SEEDS, jobs, epochs)
    mistakes, log = some_mistakes(), some_log(epochs)
    ledger = Ledger(paths)
    for row in ledger.jobs()[:MOST_FOLDERS]:
        job = paths.job(row.id)
        job.folder.mkdir(mode=0o700)
        job.mistakes.write_bytes(mistakes)
        job.log.write_bytes(log)
    ledger.close()
    grid = leaderboard.GRID
    file = folder / "experiments.toml"
    file.write_text(
        FILE.format(seeds=SEEDS, epochs=epochs, hidden=grid["hidden_units"], filters=grid["filters"]), "utf-8"
    )
    return file


def some_mistakes() -> bytes:
    """What a job leaves of its mistakes: noise for pictures."""
    draw = np.random.default_rng(7)
    file = io.BytesIO()
    np.savez(
        file,
        index=np.arange(MISTAKES, dtype=np.uint32),
        image=draw.integers(0, 256, (MISTAKES, 28, 28, 1), np.uint8),
        true=np.arange(MISTAKES, dtype=np.uint8) % 10,
        predicted=(np.arange(MISTAKES, dtype=np.uint8) + 1) % 10,
        confidence=np.linspace(0.5, 0.99, MISTAKES, dtype=np.float16),
    )
    return file.getvalue()


def some_log(epochs: int) -> bytes:
    """What a worker has to say of an epoch, for each."""
    return "".join(f"epoch {n}/{epochs}: loss {1 / n:.4f}, accuracy 0.98\n" for n in range(1, epochs + 1)).encode()


def live_jobs(epochs: int) -> list[Job]:
    """The four."""
    return [make_job({**DEFAULTS, "model": "mlp", "epochs": epochs}, seed, {}) for seed in range(LIVE)]


def add_live(folder: Path, behind: int, epochs: int) -> None:
    """Put the four into the store and its queue file, each with so many of its epochs behind it."""
    file = folder / "experiments.toml"
    file.write_text(file.read_text("utf-8") + LIVE_FILE.format(live=LIVE, epochs=epochs), "utf-8")
    paths = StorePaths(folder / "runs")
    ledger = Ledger(paths)
    jobs = live_jobs(epochs)
    with ledger.database.transaction():
        for job in jobs:
            ledger.add(job, Wish(), ledger.next_position())
            ledger.want(str(file), "live", [job.id])
            ledger.set_status(job.id, JobStatus.RUNNING)
    process: dict[str, str | int] = {"boot": "", "pid": os.getpid(), "started": 0}
    for job in jobs:
        place = paths.job(job.id)
        place.folder.mkdir(mode=0o700)
        place.log.write_bytes(some_log(behind))
        told = [AttemptStarted(time.time(), 1, 0, "cpu", {}, process, 269_322)]
        lines = [events.encode(event) for event in (*told, *(epoch_ended(n, job.seed) for n in range(1, behind + 1)))]
        place.events.write_bytes(b"".join(lines))
        ledger.ingest(job.id)
    ledger.close()


def epoch_ended(number: int, seed: int) -> EpochEnded:
    """One epoch of a job that learns, not quite evenly."""
    loss = 0.05 + 0.4 / math.sqrt(number) + 0.01 * math.sin(number * (seed + 3))
    accuracy = 0.99 - loss / 4
    metrics = {"loss": loss, "accuracy": accuracy, "val_loss": loss * 1.2, "val_accuracy": accuracy - 0.01}
    metrics["learning_rate"] = 1e-3
    return EpochEnded(time.time(), number, metrics, 1.0, f"checkpoint-{number}.npz", "0" * 64)


@contextmanager
def trained(folder: Path, epochs: int) -> Iterator[None]:
    """While this lasts, the four are trained and a runner, labtop's own, writes down what their worker tells."""
    paths = StorePaths(folder / "runs")
    command = [sys.executable, "-m", "benchmarks.console_store", str(paths.root), str(epochs)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None, "its input is a pipe"
    assert worker.stdout is not None, "its output is a pipe"
    runner = None
    try:
        worker.stdout.readline()
        with paths.runner_log.open("ab") as log:
            command = [sys.executable, "-P", "-m", "engine.run.runner", str(paths.root)]
            runner = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while holder(paths.runner_lock) is None and runner.poll() is None:
            time.sleep(0.02)
        yield
    finally:
        # The runner first: it would start a worker of its own for a job that lost one.
        if runner is not None:
            runner.kill()
            runner.wait()
        worker.stdin.close()
        worker.wait()


def train(root: Path, epochs: int) -> None:
    """Hold the locks of the four and tell of an epoch a second each, in turns, until the input ends."""
    jobs = [(StorePaths(root).job(job.id), job.seed) for job in live_jobs(epochs)]
    locks = [FileLock(place.lock) for place, _ in jobs]
    if not all(lock.acquire() for lock in locks):
        raise SystemExit("another process trains these jobs")
    numbers = [sum(isinstance(event, EpochEnded) for event, _ in events.read(place.events)) for place, _ in jobs]
    print(identify().pid, flush=True)
    turn, begun = 0, time.monotonic()
    while True:
        due = begun + turn / LIVE
        if select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
            return
        which = turn % LIVE
        place, seed = jobs[which]
        numbers[which] += 1
        events.append(place.events, epoch_ended(numbers[which], seed))
        tell_progress(place, numbers[which] + 1)
        turn += 1


def tell_progress(place: JobPaths, epoch: int) -> None:
    """A worker says once a second how far the running epoch is."""
    text = f'{{"epoch": {epoch}, "step": 188, "steps": 375, "loss": 0.1, "accuracy": 0.97}}'
    replace_file(place.progress, text.encode(), durable=False)


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]))
