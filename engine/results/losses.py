"""Where losses are not one quantity: what a network is trained to make small stands in every loss that it reports."""

from collections.abc import Iterable

LOSSES = frozenset({"test_loss", "val_loss", "loss"})
# Smoothed labels are other labels, in training and in every evaluation; the penalty on the weights is added to each.
PART_OF_LOSSES = ("label_smoothing", "l2")


def loss_words(metric: str, fields: Iterable[str]) -> list[str]:
    """A line where jobs are compared by a loss and differ in what that is made of; `fields` are those they differ in.

    Accuracies compare all the same.
    """
    if metric not in LOSSES:
        return []
    told = [name for name in PART_OF_LOSSES if name in set(fields)]
    if not told:
        return []
    verb = "differs, which is" if len(told) == 1 else "differ, which are"
    return [f"{' and '.join(told)} {verb} part of {metric}: where so, the losses are not comparable"]
