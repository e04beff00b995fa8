"""A folder with a queue file and a store built by hand, and commands called in this process, without TensorFlow."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.cli import main, run, store_option
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.run import obey
from engine.session import Session
from tests import builders
from tests.builders import add, done, epoch, started, tell

QUEUE = """
[defaults]
model = "mlp"
epochs = 2
early_stopping = false

[[experiment]]
name = "grid"
sweep = { dropout = [0.1, 0.3], activation = ["relu", "tanh"] }

[[experiment]]
name = "gpu-only"
requires_gpu = true
repeats = 16

[[experiment]]
name = "off"
enabled = false
"""


@dataclass
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Engine = Callable[..., Told]


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an experiments.toml and no store."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments.toml").write_text(QUEUE)
    return tmp_path


@pytest.fixture
def engine(folder: Path, capsys: pytest.CaptureFixture[str]) -> Engine:
    """Calls one command line."""

    def call(*words: str) -> Told:
        code = main.call(words)
        told = capsys.readouterr()
        return Told(code, told.out, told.err)

    return call


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    """A store below the folder, open for writing."""
    ledger = Ledger(builders.store(folder))
    yield ledger
    ledger.close()


@pytest.fixture
def jobs(ledger: Ledger) -> SimpleNamespace:
    """Two that are done, one that runs, one that failed and one that waits for a GPU."""
    best = add(ledger, 0, "grid", model="mlp", dropout=0.1, epochs=2)
    other = add(ledger, 0, "grid", model="mlp", dropout=0.3, epochs=2)
    running = add(ledger, 7, "long", epochs=30)
    failed = add(ledger, 1, "broken", learning_rate=9.0)
    waiting = add(ledger, 2, "big", filters=512)
    tell(ledger.paths, best, started(), epoch(1, 0.8), epoch(2, 0.9), done(2, 0.99, 0.04, 3))
    tell(ledger.paths, other, started(), epoch(1, 0.7), epoch(2, 0.8), done(2, 0.97, 0.08, 300))
    tell(ledger.paths, running, started(), epoch(1, 0.5))
    tell(ledger.paths, failed, started(), AttemptEnded(300.0, "failed", error="the loss was nan"))
    for job_id in (best, other, running, failed):
        ledger.ingest(job_id)
    ledger.set_waiting([(waiting, "a GPU, and this machine has none")])
    images = np.zeros((3, 28, 28, 1), np.uint8)
    images[:, 4:24, 13:15] = 255
    np.savez(
        ledger.paths.job(best).mistakes,
        index=np.array([5, 17, 9000]),
        image=images,
        true=np.array([4, 4, 7]),
        predicted=np.array([9, 1, 1]),
        confidence=np.array([0.5, 0.9, 0.7], np.float16),
    )
    return SimpleNamespace(best=best, other=other, running=running, failed=failed, waiting=waiting)


class InstantRunner(Session):
    """A session whose runner applies what was asked and trains everything on the spot, in this process."""

    outcome = staticmethod(lambda number: done(2, 0.9 + number / 1000))

    def ensure_runner(self, *, trains: bool = True) -> None:
        """Apply, train, end."""
        ledger = Ledger(self.paths)
        obey.obey_all(ledger)
        self.train(ledger)
        ledger.close()

    def train(self, ledger: Ledger) -> None:
        """Every job that waits, but for those that want a GPU."""
        for number, job in enumerate(ledger.queued()):
            if job.needs_gpu:
                ledger.set_waiting([(job.id, "a GPU, and this machine has none")])
                continue
            tell(self.paths, job.id, started(), epoch(1, 0.8), epoch(2, 0.9), self.outcome(number))
            ledger.ingest(job.id)


@pytest.fixture
def instant(monkeypatch: pytest.MonkeyPatch) -> type[InstantRunner]:
    """`engine run` with an instant runner."""
    monkeypatch.setattr(run, "Session", InstantRunner)
    return InstantRunner


class Obedient(Session):
    """A session whose runner applies what was asked, in this process, and trains nothing."""

    def ensure_runner(self, *, trains: bool = True) -> None:
        """Apply, end."""
        ledger = Ledger(self.paths)
        obey.obey_all(ledger)
        ledger.close()


@pytest.fixture
def obedient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that ask the runner of a store have one that obeys."""
    monkeypatch.setattr(store_option, "Session", Obedient)


def ranked(text: str) -> list[str]:
    """The rows of a printed board; what stands above and below them is left out."""
    return [line for line in text.splitlines() if re.match(r"\d+ {2,}", line)]
