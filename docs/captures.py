"""Pictures of the console for README: `make captures`.

A small queue is really trained, then each tab is drawn from its store. Times are replaced by a fixed pace and the
devices by one, so that nothing in the pictures depends on when and where they were made.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from engine.results.rows import Device, EpochRow, JobRow
from engine.session import Session
from tui.app import Labtop
from tui.options import Options
from tui.screens import console

HERE = Path(__file__).parent
SIZE = (112, 30)
PACE = 1.5
# Looks at the screen, until it is given up.
MOST = 1500
TRAINED = ("quick", "bn-dropout-grid", "repeats")
QUEUE = """\
[defaults]
epochs = 8

[[experiment]]
name = "quick"
notes = "does it learn at all?"
model = "mlp"
train_samples = 12000
early_stopping = false
sweep = { learning_rate = [0.001, 0.01], activation = ["relu", "tanh"] }

[[experiment]]
name = "bn-dropout-grid"
model = "mlp"
train_samples = 24000
sweep = { batch_norm = [true, false], dropout = [0.1, 0.2, 0.4] }

[[experiment]]
name = "repeats"
model = "mlp"
train_samples = 24000
hidden_units = 512
dropout = 0.4
repeats = 3

[[experiment]]
name = "final-10"
model = "compact"
requires_gpu = true
repeats = 10
"""


class Still(Session):
    """The same store, in which every epoch took as long as every other."""

    def rows(self) -> tuple[JobRow, ...]:
        """At a fixed pace."""
        return tuple(replace(row, seconds=row.epoch * PACE) for row in super().rows())

    def history(self, job_id: str) -> list[EpochRow]:
        """At a fixed pace."""
        return [replace(row, seconds=PACE) for row in super().history(job_id)]

    def devices(self) -> list[Device]:
        """One that does nothing."""
        return [Device("cpu", "CPU", "2 cores")]


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the console go on until something holds."""
    for _ in range(MOST):
        if condition():
            return
        await pilot.pause(0.02)
    raise TimeoutError(f"this was not it:\n{shown(pilot)}")


def shown(pilot: Pilot[None]) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


# For each tab: its key, the keys pressed then, and what stands there once it is drawn.
TABS = {
    "queue": ("1", ["g", "j"], "batch_norm=on"),
    "curves": ("2", ["g", "space", "j", "space"], "val"),
    "leaderboard": ("3", ["g", "asterisk", "j", "j", "p"], "ranked by"),
    "digits": ("4", ["tab"], "True:"),
    "log": ("5", [], "epoch"),
}


async def draw(file: Path) -> None:
    """Write a picture of each tab."""
    app = Labtop(Options(file), file.with_name("config.toml"))
    async with app.run_test(size=SIZE) as pilot:
        for name, (tab, keys, sign) in TABS.items():
            await pilot.press(tab)
            await pilot.pause()
            await pilot.press(*keys)
            await until(pilot, lambda sign=sign: sign in shown(pilot))
            await pilot.pause(1.0)
            app.clear_notifications()
            await pilot.pause()
            (HERE / f"{name}.svg").write_text(app.export_screenshot(title=f"labtop: {name}"), "utf-8")


def without_clock(lines: Iterable[str]) -> Iterator[str]:
    """A log in which every epoch took as long as every other, and began at midnight."""
    seconds = 0.0
    for line in lines:
        if "  epoch " in line:
            seconds += PACE
        moment = f"00:00:{int(seconds):02d}"
        yield re.sub(r"[\d.]+ s$", f"{PACE} s", re.sub(r"^\d\d:\d\d:\d\d", moment, line), flags=re.MULTILINE)


def main() -> None:
    """Train in a folder that is gone afterwards, and draw."""
    console.Session = Still  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ |= {"XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}
        file = Path("experiments.toml")
        file.write_text(QUEUE, "utf-8")
        words = [word for name in TRAINED for word in ("--only", name)]
        subprocess.run([sys.executable, "-P", "-m", "engine.cli.main", "run", str(file), "--quiet", *words], check=True)
        for log in Path("runs").glob("jobs/*/worker.log"):
            log.write_text("".join(without_clock(log.read_text("utf-8").splitlines(keepends=True))), "utf-8")
        asyncio.run(draw(file))


if __name__ == "__main__":
    main()
