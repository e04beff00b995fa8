"""Jobs grouped by what they were tested on: answers about different samples are never counted together."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.errors import UsageError
from engine.results.missed import Tally
from engine.results.predictions import Predictions
from engine.results.rows import JobRow


@dataclass
class TestSet:
    """The test samples of a data set, and what `jobs` said of them, in the order in which `tally` counted them."""

    dataset: str
    tally: Tally
    jobs: list[JobRow] = field(default_factory=list)

    @property
    def labels_sha256(self) -> str:
        """SHA-256 of the labels as they are stored, which tells test sets of one name apart."""
        return hashlib.sha256(self.tally.true.tobytes()).hexdigest()


def refuse_others(a: TestSet, b: TestSet) -> None:
    """Raises UsageError where two sides, A and B, cannot be compared, since they were tested on different samples."""
    if a.dataset == b.dataset and np.array_equal(a.tally.true, b.tally.true):
        return
    other = f"A was tested on {a.dataset} and B on {b.dataset}"
    same = f"A and B were tested on different states of {a.dataset}"
    told = other if a.dataset != b.dataset else same
    raise UsageError(told, hint="only jobs with the same test set can be compared")


class TestSets:
    """Every test set, the one with the most jobs first; `lost` are jobs whose predictions cannot be read."""

    def __init__(self) -> None:
        self.lost: list[JobRow] = []
        self._sets: dict[str, list[TestSet]] = {}

    def add(self, row: JobRow, found: Predictions) -> None:
        """Count what one more job said. Jobs share a test set if data set and labels are the same."""
        dataset = str(row.config.get("dataset", ""))
        known = self._sets.setdefault(dataset, [])
        for each in known:
            if np.array_equal(each.tally.true, found.true):
                break
        else:
            each = TestSet(dataset, Tally(found.true))
            known.append(each)
        each.tally.add(found)
        each.jobs.append(row)

    def title(self, each: TestSet) -> str:
        """The data set, and where it has several test sets the beginning of its labels' SHA-256."""
        several = len(self._sets[each.dataset]) > 1
        return f"{each.dataset} (labels {each.labels_sha256[:8]})" if several else each.dataset

    def __iter__(self) -> Iterator[TestSet]:
        found = [each for known in self._sets.values() for each in known]
        return iter(sorted(found, key=lambda each: -len(each.jobs)))

    def __len__(self) -> int:
        return sum(map(len, self._sets.values()))
