"""Snapshots, histories and mistakes made by hand, and an app that hosts one pane and remembers what it posted."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import numpy as np
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from engine.plan.jobs import JobStatus
from engine.plan.settings import DEFAULTS
from engine.results.mistakes import Mistakes
from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from tui.theme import DARK, LIGHT


def row(number: int, seed: int = 0, status: JobStatus = JobStatus.DONE, **values: Any) -> JobRow:
    """Job `number`; settings among `values` go into its configuration, the rest into the row."""
    config = DEFAULTS | {name: values.pop(name) for name in list(values) if name in DEFAULTS and name != "epochs"}
    told: dict[str, Any] = {"experiments": ("grid",), "epochs": 30, "parameters": 1_035_146, "attempts": 1}
    if status is JobStatus.DONE:
        told |= {"epoch": 12, "best_epoch": 9, "test_accuracy": 0.99, "test_loss": 0.03, "val_accuracy": 0.985}
        told |= {"val_loss": 0.04, "seconds": 84.0, "misclassified": 100, "ended": 1000.0 - number, "reason": "early"}
    return JobRow(id=f"{number:016x}", config=config, seed=seed, status=status, **(told | values))


def snapshot(*rows: JobRow, **more: Any) -> Snapshot:
    return Snapshot(None, {}, tuple(rows), 0, more.get("progress", {}))


def grid() -> tuple[JobRow, ...]:
    """Two configurations with two repeats each, one alone, one that runs, one that waits, one that failed."""
    return (
        row(0xA1, 0, dropout=0.2, test_accuracy=0.9957, test_loss=0.0151),
        row(0xA2, 1, dropout=0.2, test_accuracy=0.9953, test_loss=0.0162),
        row(0xB1, 0, dropout=0.25, test_accuracy=0.9949, test_loss=0.0149),
        row(0xB2, 1, dropout=0.25, test_accuracy=0.9945, test_loss=0.0171),
        row(0xC1, 0, dropout=0.2, batch_norm=False, test_accuracy=0.9913, test_loss=0.0291),
        row(0xD1, 0, JobStatus.RUNNING, dropout=0.25, batch_norm=False, epoch=5, best_epoch=5, val_accuracy=0.98),
        row(0xE1, 1, JobStatus.QUEUED, dropout=0.2, batch_norm=False, attempts=0),
        row(0xF1, 1, JobStatus.FAILED, dropout=0.25, batch_norm=False, epoch=2, error="diverged: loss is nan"),
    )


def history(epochs: int, place: int = 0, **changed: Any) -> list[EpochRow]:
    """Curves that fall and rise smoothly, each `place` a little apart."""
    made = []
    for epoch in range(1, epochs + 1):
        fall = math.exp(-epoch / (5 + place))
        metrics = {"loss": 0.02 + 0.5 * fall, "accuracy": 0.999 - 0.2 * fall}
        metrics |= {
            "val_loss": 0.04 + 0.4 * fall,
            "val_accuracy": 0.99 - 0.15 * fall,
            "learning_rate": 1e-3 * 0.95**epoch,
        }
        made.append(EpochRow(epoch, metrics | changed.get(str(epoch), {}), 7.0 + place))
    return made


def mistakes(
    pairs: Sequence[tuple[int, int]] = ((4, 9), (4, 9), (7, 1), (3, 5), (9, 4), (2, 7), (8, 3), (5, 6)),
    right: Sequence[int] = (),
) -> Mistakes:
    """A mistake for each (true, predicted): a bar whose place tells the label, ever less sure."""
    images = np.zeros((len(pairs), 28, 28, 1), np.uint8)
    for place, (true, _) in enumerate(pairs):
        images[place, 4:24, 6 + true : 10 + true] = 255
        images[place, 4:8, 6 : 10 + true] = 128
    true, predicted = np.array(pairs, np.int64).reshape(-1, 2).T
    confidence = np.linspace(0.5, 0.95, len(pairs), dtype=np.float32)
    return Mistakes(np.arange(len(pairs)) * 37 + 5, images, true, predicted, confidence, np.array(right, np.int64))


class Host(App[None]):
    """One pane, and every message that it posted."""

    def __init__(self, pane: Widget, theme: str = DARK.name) -> None:
        super().__init__()
        self.pane = pane
        self.posted: dict[int, Message] = {}
        self.animation_level = "none"
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield self.pane

    def told(self, kind: type[Message]) -> list[Any]:
        """The messages of a kind, in their order, each once."""
        return [message for message in self.posted.values() if isinstance(message, kind)]

    @asynccontextmanager
    async def driven(self, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
        """The app on a screen of this size, its pane ready for keys."""
        hook = lambda message: self.posted.setdefault(id(message), message)  # noqa: E731 - one line
        async with self.run_test(size=size, message_hook=hook) as pilot:
            await pilot.pause()
            yield pilot


def flow(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that awaits."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))

    return run


async def until(pilot: Pilot[None], holds: Callable[[], Any]) -> None:
    """Let the app work until something holds."""
    for _ in range(500):
        await pilot.pause()
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to hold")


def painting(widget: Widget) -> list[Region]:
    """From now on, the regions that a widget asks to be painted anew."""
    regions: list[Region] = []

    def refresh(*asked: Region, **_: Any) -> Widget:
        regions.extend(asked or [Region(0, 0, *widget.size)])
        return widget

    widget.refresh = refresh  # type: ignore[method-assign,assignment]
    return regions


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines of the screen."""
    size = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips(size)
    return [strip.text for strip in strips]
