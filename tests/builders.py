"""Stores, queue files and events built by hand, as the runner and its workers would have written them."""

from pathlib import Path

from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded
from engine.record.ledger import Ledger, Wish
from engine.record.paths import StorePaths
from engine.run import inbox, obey

ENVIRONMENT = {"device": "cpu", "threads": "2", "onednn": "1", "xla": "0", "tensorflow": "2.21.0"}


def store(folder: Path) -> StorePaths:
    """An empty store below `folder`."""
    paths = StorePaths(folder / "runs")
    paths.create()
    return paths


def started(attempt=1, resumed_epoch=0, **more) -> AttemptStarted:
    process = {"host": "here", "boot": "b", "pid": 1, "started": 1.0}
    return AttemptStarted(100.0 + attempt, attempt, resumed_epoch, "cpu", ENVIRONMENT, process, 1234, **more)


def epoch(number, accuracy=0.9, loss=0.3, **more) -> EpochEnded:
    metrics = {"loss": loss, "accuracy": accuracy, "val_loss": loss + 0.1, "val_accuracy": accuracy - 0.01}
    metrics |= {"learning_rate": 1e-3} | more
    return EpochEnded(200.0 + number, number, metrics, 1.5, f"checkpoint-{number}.npz", "0" * 64)


def done(best_epoch=1, accuracy=0.95, loss=0.2, misclassified=500) -> AttemptEnded:
    test = {"loss": loss, "accuracy": accuracy}
    return AttemptEnded(300.0, "done", "all 2 epochs", best_epoch, test, misclassified)


def tell(paths: StorePaths, job_id: str, *told) -> None:
    """Append events to a job's journal, as its worker would."""
    folder = paths.job(job_id)
    folder.folder.mkdir(exist_ok=True)
    for event in told:
        events.append(folder.events, event)


def add(ledger: Ledger, seed=0, experiment="a", digests=None, **settings) -> str:
    """A queued job in the ledger, wanted by an experiment; `digests` are those of its own data and code."""
    job = make_job(DEFAULTS | settings, seed, digests or {})
    ledger.add(job, Wish(), ledger.next_position())
    ledger.want("/q/experiments.toml", experiment, [job.id])
    ledger.paths.job(job.id).folder.mkdir(exist_ok=True)
    return job.id


def submit(ledger: Ledger, text: str, **more) -> str:
    """Hand a queue file in and apply the request, without a runner."""
    asked = {"queue_file": str(ledger.paths.root.parent / "experiments.toml"), "text": text} | more
    name = inbox.leave(ledger.paths, "submit", asked)
    obey.obey_all(ledger)
    return name
