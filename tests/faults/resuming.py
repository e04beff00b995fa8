"""Exact resume with real processes: a worker that is killed at every epoch, against one that nobody touched."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from engine.datasets.files import digest
from engine.datasets.load import load
from engine.failpoints import VARIABLE
from engine.record import events
from engine.record.events import AttemptEnded, EpochEnded
from engine.record.ledger import Ledger
from engine.record.paths import JobPaths, StorePaths
from engine.results.rows import Device
from engine.run.devices import cpu
from engine.run.process import environment
from tests import builders

EPOCHS = 6
COMMON = "batch_size = 16\neval_batch_size = 32\n"
MODELS = {
    "mlp, everything on": """model = "mlp"
hidden_units = 8
dropout = 0.4
ema = 0.9
lr_schedule = "one_cycle"
early_stopping = true
patience = 4
augment_shift = 2
augment_rotate = 10
optimizer = "adam"
""",
    "compact": """model = "compact"
early_stopping = false
optimizer = "adamw"
ema = 0.95
augment_zoom = 0.1
""",
    "cnn": """model = "cnn"
filters = 4
hidden_units = 8
lr_schedule = "cosine"
optimizer = "sgd"
momentum = 0.9
""",
}


def resumed_at_every_epoch(
    folder: Path, model: str, seed: int, *, epochs: int = EPOCHS, device: Device | None = None
) -> tuple[int, bool]:
    """How often the worker was killed, and whether weights, optimizer, history and results are the unbroken one's.

    Trained on the CPU, or on a GPU that is named, and there with `deterministic`.
    """
    device = device or cpu()
    digits = load("mnist", folder)
    data = folder / "digits.npz"
    arrays = {"x_train": digits.train_images[:300], "y_train": digits.train_labels[:300]}
    np.savez(data, **arrays, x_test=digits.test_images[:200], y_test=digits.test_labels[:200])
    text = f'[[experiment]]\nname = "a"\nseed = {seed}\ndataset = "{data}"\nepochs = {epochs}\n{COMMON}{MODELS[model]}'
    if device.is_gpu:
        text += "deterministic = true\n"
    unbroken, broken = (_store(folder / name, data, text) for name in ("unbroken", "broken"))
    jobs = [_job(paths) for paths in (unbroken, broken)]
    work(unbroken, jobs[0], device)
    kills = 0
    for epoch in range(1, epochs + 1):
        mark = folder / f"mark-{epoch}"
        kills += work(broken, jobs[1], device, {VARIABLE: f"epoch-{epoch}:committed=kill@{mark}"}) < 0
    work(broken, jobs[1], device)
    return kills, result(jobs[0]) == result(jobs[1])


def _store(folder: Path, data: Path, text: str) -> StorePaths:
    paths = builders.store(folder)
    ledger = Ledger(paths)
    builders.submit(ledger, text, digests={str(data): digest(data)})
    ledger.close()
    return paths


def _job(paths: StorePaths) -> JobPaths:
    [folder] = paths.jobs.iterdir()
    return JobPaths(folder)


def work(paths: StorePaths, job: JobPaths, device: Device, env: Mapping[str, str] = MappingProxyType({})) -> int:
    """One worker that gets one job; its exit status."""
    command = [sys.executable, "-P", "-m", "engine.training.worker", str(paths.root)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**environment(device), **env}, text=True, **pipes) as worker:
        worker.stdin.write(f"{job.id}\n")
        worker.stdin.flush()
        for line in worker.stdout:
            if line.startswith(("ended", "skipped")):
                break
        worker.communicate()
    return worker.returncode


def result(job: JobPaths) -> tuple[object, ...]:
    """SHA-256 of every epoch's whole state and of what the job left, and its figures."""
    told = [event for event, _ in events.read(job.events)]
    last = told[-1]
    assert isinstance(last, AttemptEnded)
    assert last.status == "done", last
    epochs = [event for event in told if isinstance(event, EpochEnded)]
    files = (job.weights, job.predictions, job.mistakes)
    return (
        [(event.epoch, event.sha256, event.metrics) for event in epochs],
        [hashlib.sha256(path.read_bytes()).hexdigest() for path in files],
        (last.reason, last.best_epoch, last.test, last.misclassified),
    )
