"""What takes long to reckon from all jobs: done once for each state of the store, by the feed before it posts that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from engine.results.estimate import NO_PACE, pace, seconds_left
from engine.results.rows import JobRow
from engine.session import Snapshot

Found = TypeVar("Found")


class Once(Generic[Found]):
    """Reckons anew only where the jobs differ from the last ones. Threads may ask at the same time."""

    def __init__(self, reckon: Callable[[Sequence[JobRow], Mapping[str, float]], Found]) -> None:
        self._reckon = reckon
        self._last: tuple[tuple[Sequence[JobRow], Mapping[str, float]], Found] | None = None

    def of(self, snapshot: Snapshot | None) -> Found:
        """What there is to know of these jobs, at the pace that they go now."""
        jobs, live = (snapshot.jobs, snapshot.pace) if snapshot is not None else ((), NO_PACE)
        return self.of_jobs(jobs, live)

    def of_jobs(self, jobs: Sequence[JobRow], live: Mapping[str, float]) -> Found:
        """The same of jobs and their pace."""
        seen, last = (jobs, live), self._last
        if last is None or last[0] != seen:
            last = self._last = seen, self._reckon(*seen)
        return last[1]


PACE = Once(pace)
LEFT = Once(lambda jobs, live: seconds_left(jobs, live, PACE.of_jobs(jobs, live)))
