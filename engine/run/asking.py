"""What front ends ask of the runner: each request is a file in the inbox, and a runner is started to read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import UsageError
from engine.plan.words import did_you_mean
from engine.record.locks import holder
from engine.record.paths import StorePaths
from engine.run import inbox, others, starting
from engine.zoo import ALLOW_CODE

if TYPE_CHECKING:
    from engine.plan.queuefile import QueueFile


@dataclass(frozen=True)
class Submission:
    """A queue file that was handed in, under the name of its request."""

    request: str


class Asking:
    """The asking half of a session on a store."""

    def __init__(self, paths: StorePaths) -> None:
        self.paths = paths

    def submit(
        self,
        queue: "QueueFile",
        *,
        only: Sequence[str] = (),
        again: bool = False,
        retry_failed: bool = False,
        device: str | None = None,
        gpus: Sequence[int | str] | None = None,
        slots: int | None = None,
        allow_code: bool = False,
        take: Callable[[], object] | None = None,
    ) -> Submission:
        """Hand in a queue file, and start a runner if none runs. What is None is as the file's `[run]` says.

        With `take` no runner is started: the caller is about to be it, and takes the store there, once nothing else
        is wrong. Raises UsageError where `only` names no experiment or code is not allowed, QueueFileError where data
        is missing, EnvironmentFault where the store cannot be written, another host runs it, or no runner starts.
        """
        from engine.run import sources  # noqa: PLC0415 - pydantic and NumPy: 0.3 s

        starting.refuse_other_host(self.paths)
        self._check(queue, only, sources.code(queue, only), allow_code=allow_code)
        arguments: dict[str, Any] = {
            "queue_file": str(queue.path.resolve()),
            "text": queue.text,
            "only": list(only),
            "again": again,
            "retry_failed": retry_failed,
            "device": device,
            "gpus": None if gpus is None else list(gpus),
            "slots": slots,
            "alone": holder(self.paths.runner_lock) is None,
            "digests": sources.digests(queue, only),
            "gone": others.gone(self.paths),
        }
        if take is not None:
            take()
        request = inbox.leave(self.paths, "submit", arguments)
        if take is None:
            self.ensure_runner()
        return Submission(request)

    def _check(self, queue: "QueueFile", only: Sequence[str], code: Sequence[str], *, allow_code: bool) -> None:
        names = [experiment.name for experiment in queue.experiments]
        for name in only:
            if name not in names:
                meant = did_you_mean(name, names)
                hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(names)
                raise UsageError(f"no experiment is called {name}", where=str(queue.path), hint=hint)
        if code and not allow_code:
            told = f"the queue file names code of its own: {', '.join(code)}"
            raise UsageError(told, where=str(queue.path), hint=ALLOW_CODE)

    def stop(self, job_ids: Sequence[str], *, now: bool = False, start: bool = True) -> str:
        """Ask for jobs to end: running ones after their epoch or now, waiting ones at once. Returns the request.

        Without `start` no runner is started for it.
        """
        return self._ask("stop", {"jobs": list(job_ids), "now": now}, start=start)

    def stop_submission(self, submission: Submission, *, now: bool = False, start: bool = True) -> None:
        """Ask for what a submission brought into the queue to end; what never started is withdrawn.

        Jobs that were there before, or that another queue file has asked for since, are left alone. `start` is as for
        `stop`.
        """
        self._ask("stop", {"submission": submission.request, "now": now}, start=start)

    def hold(self, job_ids: Sequence[str]) -> str:
        """Ask for waiting jobs not to start."""
        return self._ask("hold", {"jobs": list(job_ids)})

    def release(self, job_ids: Sequence[str]) -> str:
        """Ask for held jobs to start again."""
        return self._ask("release", {"jobs": list(job_ids)})

    def retry(self, job_ids: Sequence[str]) -> str:
        """Ask for jobs that failed, stopped or were interrupted to go on."""
        return self._ask("retry", {"jobs": list(job_ids)})

    def reorder(self, job_ids: Sequence[str]) -> str:
        """Ask for waiting jobs to take each other's places, in the order named."""
        return self._ask("reorder", {"jobs": list(job_ids)})

    def remove(self, job_ids: Sequence[str], *, old: bool = False) -> str:
        """Ask for jobs that nobody trains to be deleted, and with `old` for the folders that were set aside."""
        return self._ask("remove", {"jobs": list(job_ids), "old": old})

    def _ask(self, verb: str, arguments: Mapping[str, Any], *, start: bool = True) -> str:
        starting.refuse_other_host(self.paths)
        request = inbox.leave(self.paths, verb, arguments)
        if start:
            self.ensure_runner(trains=verb in inbox.TRAINS)
        return request

    def ensure_runner(self, *, trains: bool = True) -> None:
        """Start a detached runner where none runs; without `trains`, one that carries out what was asked and ends.

        Raises EnvironmentFault where it does not come up.
        """
        starting.ensure_runner(self.paths, trains=trains)
