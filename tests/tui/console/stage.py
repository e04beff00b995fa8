"""A console on a stage: a queue file, rows for what it names, and waiting for conditions, never for a time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from engine.plan import queuefile
from engine.plan.jobs import JobStatus
from engine.record.locks import Identity
from engine.results.rows import Device, EpochRow, JobRow
from engine.session import Progress, Snapshot
from tui.app import Labtop
from tui.editing.expected import slots
from tui.feed import Feed
from tui.options import Options
from tui.screens.main import MainScreen

FILE = Path("experiments.toml")
TEXT = """\
# What to train.
[defaults]
epochs = 12

# A first look.
[[experiment]]
name = "quick"
model = "mlp"
early_stopping = false
epochs = 3
notes = "does it learn at all?"
sweep = { learning_rate = [0.001, 0.01] }

[[experiment]]
name = "bn-dropout-grid"
sweep = { batch_norm = [true, false], dropout = [0.2, 0.25, 0.3] }

[[experiment]]
name = "final-10"
repeats = 10
seed = 100
requires_gpu = true

[[experiment]]
name = "wide"
enabled = false
filters = 128
"""
RUNNER = Identity("here", "boot", 4242, 1.0)
GPU = Device("GPU-1", "GPU0", "NVIDIA H100 80GB HBM3", 0.87, 12 << 30, 80 << 30, 61)
CPU = Device("cpu", "CPU", "2 cores", 0.5, 1 << 30, 8 << 30)


def history(epochs: int, best: float = 0.99) -> list[EpochRow]:
    """A curve that rises to `best`."""
    rise = [best - 0.3 / (1 + epoch) for epoch in range(epochs)]
    return [
        EpochRow(n + 1, {"val_accuracy": value, "accuracy": value, "loss": 1 - value}, 7.5)
        for n, value in enumerate(rise)
    ]


def rows_of(text: str = TEXT, **changes: Any) -> tuple[JobRow, ...]:
    """A row for every job that a file names; `changes` gives fields by experiment, `quick=[{...}, {...}]`."""
    found = []
    for experiment in queuefile.parse(text, FILE.absolute()).experiments:
        told = changes.get(experiment.name.replace("-", "_"), [])
        for place, slot in enumerate(slots(experiment)):
            fields = told[place] if place < len(told) else None
            if fields is not None:
                row = JobRow(
                    slot.job.id, slot.job.config, slot.job.seed, JobStatus.QUEUED, (experiment.name,),
                    epochs=int(slot.job.config["epochs"]),
                )  # fmt: skip
                found.append(replace(row, **fields))
    return tuple(found)


def done(accuracy: float, epochs: int = 12) -> dict[str, Any]:
    return {
        "status": JobStatus.DONE,
        "epoch": epochs,
        "epochs": epochs,
        "test_accuracy": accuracy,
        "seconds": epochs * 7.5,
    }


BUSY = {
    "quick": [done(0.9747, 3), done(0.9727, 3)],
    "bn_dropout_grid": [
        done(0.9948), done(0.9957), {"status": JobStatus.RUNNING, "epoch": 5, "val_accuracy": 0.991, "seconds": 37.5},
        {}, {"status": JobStatus.HELD}, {"status": JobStatus.FAILED, "epoch": 2, "error": "diverged: the loss is nan"},
    ],
    "final_10": [{"waits_for": "a GPU, and this machine has none"}],
}  # fmt: skip


def snapshot(rows: Sequence[JobRow], *, runner: Identity | None = RUNNER, pending: int = 0) -> Snapshot:
    """The rows, as the session would give them."""
    counts = {str(status): sum(row.status is status for row in rows) for status in JobStatus}
    progress = {row.id: Progress(row.epoch + 1, 150, 375, 0.1, 0.98) for row in rows if row.status is JobStatus.RUNNING}
    return Snapshot(runner, counts, tuple(rows), pending, progress)


def busy() -> Snapshot:
    """A store in the middle of its work."""
    return snapshot(rows_of(**BUSY))


def console(text: str | None = TEXT, **options: Any) -> Labtop:
    """An app on a queue file in the present folder."""
    if text is not None:
        FILE.write_bytes(text.encode())
    return Labtop(Options(options.pop("path", FILE), **options), Path("config.toml"))


async def until(pilot: Pilot[None], condition: Callable[[], Any], what: str = "") -> None:
    """Let the app go on until something holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what or condition}"
        await pilot.pause(0.01)


def main_of(pilot: Pilot[None]) -> MainScreen:
    assert isinstance(pilot.app, Labtop)
    return pilot.app.main


async def read(pilot: Pilot[None], found: Snapshot | None = None, devices: Sequence[Device] = (CPU,)) -> MainScreen:
    """What a feed would have posted by now."""
    main = main_of(pilot)
    main.post_message(Feed.FileSeen(FILE.read_bytes() if FILE.exists() else None))
    main.post_message(Feed.DevicesRead(tuple(devices)))
    main.post_message(Feed.Changed(found if found is not None else snapshot((), runner=None)))
    await until(pilot, lambda: main.sheet is not None or main.queue_file is None, "the sheet")
    await pilot.pause()
    return main


async def curves(pilot: Pilot[None]) -> None:
    """Give every pane the curves that it asked for."""
    main = main_of(pilot)
    rows = {row.id: row for row in main.snapshot.jobs} if main.snapshot else {}
    main.post_message(Feed.HistoriesRead({job_id: history(row.epoch) for job_id, row in rows.items() if row.epoch}))
    await pilot.pause()


def screen_text(pilot: Pilot[None]) -> str:
    """What stands on the screen, without colours."""
    width, height = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width] for strip in strips[:height])
