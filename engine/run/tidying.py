"""Done jobs whose workers were killed between their last word and taking the checkpoints away."""

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.record.locks import holder


class Tidying:
    """The done jobs that somebody still has to look at: at a runner's start the latest ones, then each that ends."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._left = set(ledger.lately_done())

    def add(self, job_id: str) -> None:
        """An attempt has ended; if the job is done, its worker may be tidying up this moment."""
        if self._ledger.jobs([job_id])[0].status is JobStatus.DONE:
            self._left.add(job_id)

    def tidy(self) -> None:
        """Do for every worker that is gone what it may not have come to."""
        for job_id in list(self._left):
            if holder(self._ledger.paths.job(job_id).lock) is None:
                self._ledger.folders.tidy(job_id)
                self._left.discard(job_id)

    def is_left(self) -> bool:
        """Whether a worker holds a done job still: should it die before it has let go, the rest is for the runner."""
        return bool(self._left)
