"""The figures that a job is judged by: their names, units, decimals and which way is better."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One figure. `field` is where a `JobRow` holds it; `decimals` is how it is shown wherever it is shown.

    `higher_is_better` decides what ranks first, and what is bold in a column.
    """

    name: str
    field: str
    title: str
    higher_is_better: bool
    decimals: int
    unit: str = ""


METRICS = {
    metric.name: metric
    for metric in (
        Metric("test_accuracy", "test_accuracy", "test acc", True, 5, "fraction"),
        Metric("test_loss", "test_loss", "test loss", False, 5),
        Metric("val_accuracy", "val_accuracy", "val acc", True, 5, "fraction"),
        Metric("val_loss", "val_loss", "val loss", False, 5),
        Metric("accuracy", "accuracy", "train acc", True, 5, "fraction"),
        Metric("loss", "loss", "train loss", False, 5),
        Metric("misclassified", "misclassified", "wrong", False, 1, "samples"),
        Metric("epochs_trained", "epoch", "trained", False, 1, "epochs"),
        Metric("seconds", "seconds", "seconds", False, 1, "seconds"),
        Metric("parameters", "parameters", "parameters", False, 0),
    )
}

HISTORY = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


def known(value: float | None) -> bool:
    """Whether there is a figure at all: absent, NaN and infinite ones are none."""
    return value is not None and math.isfinite(value)


def better_than(name: str, value: float | None, other: float | None) -> bool:
    """Whether `value` of metric `name` beats `other`. NaN and None never beat anything, and lose to every figure.

    Raises KeyError for a name that is no metric.
    """
    if value is None or not math.isfinite(value):
        return False
    if other is None or not math.isfinite(other):
        return True
    return value > other if METRICS[name].higher_is_better else value < other
