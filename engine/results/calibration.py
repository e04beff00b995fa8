"""Whether a job is as often right as it is sure: the reliability of its confidences.

Bins and the expected calibration error are those of Guo et al., On Calibration of Modern Neural Networks (2017).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15
BAR = 30


@dataclass(frozen=True)
class Bin:
    """The samples whose confidence lies above `low` and not above `high`; means are None where there are none."""

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """`error` is the expected calibration error: the mean over samples of |accuracy - confidence| of their bin.

    `n` counts the samples whose confidence is a number. Above 0, `overconfidence` (mean confidence less accuracy) says
    that the job is surer than it should be. All are fractions, None where there is no sample.
    """

    bins: tuple[Bin, ...]
    n: int
    error: float | None
    overconfidence: float | None


def calibration(confidence: NDArray[Any], right: NDArray[np.bool_], bins: int = BINS) -> Calibration:
    """What `confidence` (n,), as fractions, was worth: `right` (n,) says which samples were predicted rightly."""
    known = np.isfinite(confidence)
    sure, hit = confidence[known].astype(np.float64), right[known]
    places = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    sums = np.bincount(places, sure, bins)
    hits = np.bincount(places, hit, bins)
    made = tuple(
        Bin(at / bins, (at + 1) / bins, int(n), float(sums[at] / n) if n else None, float(hits[at] / n) if n else None)
        for at, n in enumerate(counts)
    )
    if not len(sure):
        return Calibration(made, 0, None, None)
    error = float(np.abs(hits - sums).sum() / len(sure))
    return Calibration(made, len(sure), error, float(sure.mean() - hit.mean()))


def reliability(found: Calibration, width: int = 80) -> Iterator[str]:
    """The reliability chart as text: a bar as long as the bin is right, a mark where it would end if well calibrated.

    Empty bins are left out. Lines are at most `width` columns wide.
    """
    yield "confidence       n    sure   right  # right, | sure"
    room = max(4, min(BAR, width - 37))
    for each in found.bins:
        if each.confidence is None or each.accuracy is None:
            continue
        bar = list("#" * round(each.accuracy * room) + " " * (room - round(each.accuracy * room)) + " ")
        # A person's own model may be surer than certain.
        bar[max(0, min(room, round(each.confidence * room)))] = "|"
        told = f"{each.low:.2f}-{each.high:.2f} {each.n:>8,}  {each.confidence:.4f}  {each.accuracy:.4f}"
        yield f"{told}  {''.join(bar)}".rstrip()
