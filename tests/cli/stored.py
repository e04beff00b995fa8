"""Finished jobs with predictions and pictures on disk, as a worker would have left them."""

import numpy as np

from engine.plan.settings import DEFAULTS
from engine.plan.sweep import make_job
from engine.record.ledger import Ledger, Wish
from engine.results.predictions import Predictions
from tests.builders import done, epoch, started, tell


def trained(ledger: Ledger, experiment: str, found: Predictions, seed: int = 0, digests=None, **settings) -> str:
    """A job that is done and said this; sample i of the test set is a picture of brightness i.

    `digests` are those of its own data and code.
    """
    job = make_job(DEFAULTS | {"epochs": 2} | settings, seed, digests or {})
    ledger.add(job, Wish(), ledger.next_position())
    ledger.want("/q/experiments.toml", experiment, [job.id])
    paths = ledger.paths.job(job.id)
    paths.folder.mkdir(exist_ok=True)
    ledger.folders.fill(ledger.file(job.id))
    wrong = np.flatnonzero(found.true != found.predicted)
    images = np.zeros((len(wrong), 4, 4, 1), np.uint8)
    images[:, :2, :2, 0] = (wrong + 100)[:, None, None]
    np.savez(paths.predictions, true=found.true, predicted=found.predicted, confidence=found.confidence)
    np.savez(
        paths.mistakes,
        index=wrong.astype(np.uint32),
        image=images,
        true=found.true[wrong],
        predicted=found.predicted[wrong],
        confidence=found.confidence[wrong],
    )
    accuracy = 1 - len(wrong) / len(found.true)
    tell(ledger.paths, job.id, started(), epoch(1, 0.8), epoch(2, 0.9), done(2, accuracy, 0.1, len(wrong)))
    ledger.ingest(job.id)
    return job.id
