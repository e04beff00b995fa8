"""What takes long to reckon from all jobs: done once for each state of the store, by the feed before it posts that."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from engine.results.estimate import pace, seconds_left
from engine.results.rows import JobRow

Found = TypeVar("Found")


class Once(Generic[Found]):
    """Reckons anew only where the jobs differ from the last ones. Threads may ask at the same time."""

    def __init__(self, reckon: Callable[[Sequence[JobRow]], Found]) -> None:
        self._reckon = reckon
        self._last: tuple[Sequence[JobRow], Found] | None = None

    def of(self, jobs: Sequence[JobRow]) -> Found:
        """What there is to know of these jobs."""
        last = self._last
        if last is None or (last[0] is not jobs and last[0] != jobs):
            last = self._last = jobs, self._reckon(jobs)
        return last[1]


PACE = Once(pace)
LEFT = Once(seconds_left)
