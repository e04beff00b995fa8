"""Rows to compute results from, with all that a test does not speak of filled in."""

from typing import Any

from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow

CONFIG: dict[str, Any] = {"dataset": "mnist", "model": "cnn", "dropout": 0.2, "batch_norm": True, "epochs": 30}


def job(number: int, seed: int = 0, *, status: JobStatus = JobStatus.DONE, **values: Any) -> JobRow:
    """Job `number`; settings among `values` go into its configuration, the rest into the row."""
    config = CONFIG | {name: values.pop(name) for name in list(values) if name in CONFIG}
    figures: dict[str, Any] = {"test_accuracy": 0.99, "test_loss": 0.02, "val_accuracy": 0.98, "seconds": 10.0}
    figures |= {"experiments": ("grid",), "epoch": 8, "epochs": 30, "parameters": 1_035_146}
    return JobRow(id=f"{number:016x}", config=config, seed=seed, status=status, **(figures | values))
