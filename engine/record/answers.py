"""What the jobs of a store said of their test digits. NumPy is loaded by the first that asks."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.plan.jobs import JobStatus
from engine.record.paths import StorePaths
from engine.results.rows import JobRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.record.predictions import KnownHits
    from engine.results.mistakes import Mistakes
    from engine.results.predictions import Hits, Predictions
    from engine.results.testsets import TestSets


class Answers:
    """The half of a session that reads what jobs left about the test set."""

    paths: StorePaths
    _hits: "KnownHits | None" = None

    def mistakes(self, job_id: str) -> "Mistakes":
        """The test digits that a finished job got wrong. Raises DataError where it has none on disk."""
        from engine.record.predictions import read_mistakes  # noqa: PLC0415 - NumPy: 0.1 s

        return read_mistakes(self.paths.job(job_id))

    def predictions(self, job_id: str) -> "Predictions":
        """What a finished job said of every test digit. Raises DataError where it has that not on disk."""
        from engine.record.predictions import read_predictions  # noqa: PLC0415 - NumPy: 0.1 s

        return read_predictions(self.paths.job(job_id).predictions)

    def test_sets(self, rows: Iterable[JobRow]) -> "TestSets":
        """The predictions of those of these jobs that are done, tallied for each test set: 0.2 ms a job."""
        from engine.record.predictions import read_test_sets  # noqa: PLC0415 - NumPy: 0.1 s

        return read_test_sets(self.paths, (row for row in rows if row.status is JobStatus.DONE))

    def pictures(self, job_ids: Sequence[str], indices: Iterable[int]) -> "dict[int, NDArray[np.uint8]]":
        """Pictures of test samples, each (height, width, channels), that at least one of these jobs got wrong."""
        from engine.record.predictions import read_pictures  # noqa: PLC0415 - NumPy: 0.1 s

        return read_pictures(self.paths, job_ids, indices)

    def hits(self, job_id: str) -> "Hits | None":
        """Which test digits a job got right; None where that cannot be read. What was read lately is remembered."""
        from engine.record.predictions import KnownHits  # noqa: PLC0415 - NumPy: 0.1 s

        if self._hits is None:
            self._hits = KnownHits()
        return self._hits.read(self.paths.job(job_id).predictions)
