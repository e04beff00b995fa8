"""Trainings in this very process, ended anywhere: what stands on the disk is what `kill -9` would have left."""

import hashlib
import itertools
from pathlib import Path

import numpy as np

from engine import failpoints
from engine.datasets.files import digest
from engine.datasets.load import load
from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded
from engine.record.ledger import Ledger
from engine.training import trainer
from engine.training.compiled import Warm
from engine.training.data import WarmData
from tests import builders
from tests.faults.injecting import whole

# Written as often as the clock has it, so that counting these places would not find them again.
UNCOUNTED = "progress.json"


def nothing(told: str) -> None:
    """Nobody listens."""


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the code catches it."""


class Bench:
    """Jobs over a few real digits, each life of one in a store of its own, with the database that a runner keeps."""

    def __init__(self, folder: Path, monkeypatch, samples: int = 200) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.number = itertools.count(1)
        self.warm, self.warm_data = Warm(), WarmData()
        digits = load("mnist", folder)
        self.data = folder / "digits.npz"
        np.savez(
            self.data,
            x_train=digits.train_images[:samples],
            y_train=digits.train_labels[:samples],
            x_test=digits.test_images[:60],
            y_test=digits.test_labels[:60],
        )
        self.digests = {str(self.data): digest(self.data)}

    def life(self, settings: str) -> "Life":
        """A new store with one job of these settings, as TOML lines."""
        ledger = Ledger(builders.store(self.folder / str(next(self.number))))
        text = (
            f'[[experiment]]\nname = "a"\ndataset = "{self.data}"\nbatch_size = 16\neval_batch_size = 32\n{settings}\n'
        )
        builders.submit(ledger, text, digests=self.digests)
        return Life(self, ledger)


class Life:
    """One job from its submission to its end, through any number of deaths."""

    def __init__(self, bench: Bench, ledger: Ledger) -> None:
        self.bench = bench
        self.ledger = ledger
        [row] = ledger.jobs()
        self.job = ledger.paths.job(row.id)

    def train(self, reach=nothing, *, fresh: bool = False) -> bool:
        """One attempt by a worker whose places call `reach`; False where that killed it or the disk refused all."""
        self.bench.monkeypatch.setattr(failpoints, "reach", reach)
        warm = Warm() if fresh else self.bench.warm
        try:
            trainer.run(self.job, warm, WarmData() if fresh else self.bench.warm_data, nothing)
        except (Killed, OSError):
            return False
        finally:
            self.bench.monkeypatch.setattr(failpoints, "reach", nothing)
        return True

    def told(self) -> list[events.Event]:
        return [event for event, _ in events.read(self.job.events)]

    def epochs(self) -> list[int]:
        """Every epoch that was committed, as often as its line stands there."""
        return [event.epoch for event in self.told() if isinstance(event, EpochEnded)]

    def result(self) -> tuple[object, ...]:
        """All that must be equal, bit for bit: SHA-256 of every state, weights and optimizer included, and figures."""
        files = (self.job.weights, self.job.predictions, self.job.mistakes)
        *_, last = self.told()
        assert isinstance(last, AttemptEnded)
        assert last.status == "done", last
        return (
            [hashlib.sha256(path.read_bytes()).hexdigest() for path in files],
            {event.epoch: (event.sha256, event.metrics) for event in self.told() if isinstance(event, EpochEnded)},
            (last.reason, last.best_epoch, last.test, last.misclassified),
        )

    def attempts(self) -> list[AttemptStarted]:
        return [event for event in self.told() if isinstance(event, AttemptStarted)]

    def end(self) -> None:
        """What a runner does once a job is done; then nothing may be wrong with the store."""
        [row] = self.ledger.jobs()
        self.ledger.ingest(row.id)
        [row] = self.ledger.jobs()
        assert row.status is JobStatus.DONE
        self.ledger.folders.tidy(row.id)
        assert all(start.exact for start in self.attempts())
        whole(self.ledger.paths)
        self.ledger.close()


def places(life: Life) -> list[str]:
    """Every place that a whole life reaches, in order."""
    found: list[str] = []
    life.train(lambda place: found.append(place) if not place.startswith(UNCOUNTED) else None)
    return found


def at(turn: int, error: BaseException):
    """Raises `error` at the place that is reached as number `turn`, from 0."""
    count = itertools.count()

    def reach(place: str) -> None:
        if not place.startswith(UNCOUNTED) and next(count) == turn:
            raise error

    return reach


def behind(epoch: int):
    """Kills right behind the commit of the epoch that is this attempt's number `epoch`, from 1."""
    count = itertools.count(1)

    def reach(place: str) -> None:
        if place.endswith(":committed") and next(count) == epoch:
            raise Killed

    return reach
