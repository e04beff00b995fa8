"""The one door for both front ends: reads the store, leaves requests, and sees to it that a runner runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EnvironmentFault, UsageError
from engine.plan.jobs import JobStatus
from engine.plan.words import did_you_mean
from engine.record import notes, progress
from engine.record.locks import Identity, holder
from engine.record.paths import StorePaths
from engine.record.progress import Progress
from engine.record.store import Store
from engine.results.leaderboard import Board, Condition, one_of, rank, rank_pools
from engine.results.metrics import METRICS
from engine.results.rows import AttemptRow, Device, EpochRow, JobRow, Note
from engine.run import inbox, pausing, starting

if TYPE_CHECKING:
    from engine.plan.queuefile import QueueFile
    from engine.results.mistakes import Mistakes

__all__ = ["Progress", "Session", "Snapshot", "Submission"]

SHOWN = tuple(status for status in JobStatus if status is not JobStatus.WITHDRAWN)


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment. `jobs` stand in the order of the queue; `pending` counts requests not yet applied."""

    runner: Identity | None
    counts: Mapping[str, int]
    jobs: tuple[JobRow, ...]
    pending: int
    progress: Mapping[str, Progress]


@dataclass(frozen=True)
class Submission:
    """A queue file that was handed in, under the name of its request."""

    request: str


class Session:
    """A store as a front end sees it: it owns nothing, and any number may be open at once."""

    def __init__(self, paths: StorePaths) -> None:
        self.paths = paths
        self._rows: tuple[JobRow, ...] = ()
        self._seen: int | None = None
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None

    @classmethod
    def beside(cls, queue_file: Path) -> "Session":
        """The store of a queue file."""
        return cls(StorePaths.beside(queue_file))

    @classmethod
    def at(cls, root: Path) -> "Session":
        """The store in a folder, whatever that is called."""
        return cls(StorePaths(root.resolve()))

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored here."""
        return self.paths.database.exists()

    @property
    def store(self) -> Store:
        """The store, for reading. Raises EnvironmentFault where there is none."""
        try:
            found = self.paths.database.stat()
        except OSError:
            if self._store is not None:  # it is being made anew this very moment
                return self._store
            hint = "train something first: engine run experiments.toml"
            raise EnvironmentFault("there are no results here yet", where=str(self.paths.root), hint=hint) from None
        # One that was made anew from the folders is another file under the same name.
        if self._store is None or self._file != (found.st_dev, found.st_ino):
            self._store, self._seen = Store(self.paths), None
            self._file = (found.st_dev, found.st_ino)
        return self._store

    @property
    def runner(self) -> Identity | None:
        """Who runs the store, if anybody does."""
        return holder(self.paths.runner_lock)

    # reading

    def snapshot(self) -> Snapshot:
        """The store as it stands now; cheap where nothing has changed since the last one."""
        runner = self.runner
        rows = tuple(self._interrupted(row, runner) for row in self.rows())
        if lacking := pausing.disk_room_lacking(self.paths) if runner is not None else "":
            rows = tuple(self._paused(row, lacking) for row in rows)
        counts = dict.fromkeys((str(status) for status in SHOWN), 0)
        for row in rows:
            if row.status in SHOWN:
                counts[row.status] += 1
        told = {row.id: found for row in rows if row.status is JobStatus.RUNNING and (found := self.progress(row.id))}
        return Snapshot(runner, counts, rows, len(inbox.waiting(self.paths)), told)

    def rows(self) -> tuple[JobRow, ...]:
        """Every job as the database has it."""
        if not self.exists:
            return ()
        version = self.store.database.version()
        if version != self._seen:
            self._rows = tuple(self.store.jobs())
            self._seen = version
        return self._rows

    def _interrupted(self, row: JobRow, runner: Identity | None) -> JobRow:
        """Without a runner, a job that says it runs does so only if its lock is held."""
        if row.status is not JobStatus.RUNNING or runner is not None or holder(self.paths.job(row.id).lock):
            return row
        return replace(row, status=JobStatus.INTERRUPTED)

    def _paused(self, row: JobRow, lacking: str) -> JobRow:
        """With a full disk the runner cannot even write down that it waits."""
        lost = row.status is JobStatus.RUNNING and holder(self.paths.job(row.id).lock) is None
        if lost or row.status is JobStatus.QUEUED:
            return replace(row, status=JobStatus.QUEUED, waits_for=lacking)
        return row

    def progress(self, job_id: str) -> Progress | None:
        """Where the running epoch stands, as its worker last said."""
        return progress.read(self.paths.job(job_id))

    def leaderboard(
        self,
        by: str = "config",
        rank_by: str = "test_accuracy",
        sort: str | None = None,
        where: Condition | None = None,
    ) -> list[Board]:
        """What `results.leaderboard.rank` makes of all jobs; without `where`, whole rows are read only when looked at.

        Raises UsageError as that does, and StoreBusy where jobs are removed before their rows were looked at.
        """
        if where is not None:
            return rank(self.rows(), by, rank_by, sort, where)
        return rank_pools(self.store.done(by, one_of(rank_by, METRICS, "--rank-by")), by, rank_by, sort)

    def history(self, job_id: str) -> list[EpochRow]:
        return self.store.history(job_id)

    def attempts(self, job_id: str) -> list[AttemptRow]:
        return self.store.attempts(job_id)

    def mistakes(self, job_id: str) -> "Mistakes":
        """The test digits that a finished job got wrong. Raises DataError where it has none on disk."""
        from engine.record.predictions import read_mistakes  # noqa: PLC0415 - NumPy: 0.1 s

        return read_mistakes(self.paths.job(job_id).mistakes)

    def log_path(self, job_id: str) -> Path:
        """Where the job's workers write what they have to say; it need not be there yet."""
        return self.paths.job(job_id).log

    def devices(self) -> list[Device]:
        """The GPUs that may be used, as they are now, and the CPU. Takes some milliseconds where there are GPUs."""
        from engine.run import devices  # noqa: PLC0415 - NVML's bindings: 0.05 s

        return [*devices.gpus(), devices.cpu()]

    @property
    def notes_path(self) -> Path:
        """Where notes are kept; it need not be there yet."""
        return self.paths.notes

    def notes(self) -> dict[str, Note]:
        """What people noted, by configuration id or job id. Raises DataError where the file is damaged."""
        return notes.read(self.paths.notes)

    def write_note(self, name: str, note: Note) -> None:
        """Note something about a configuration or a job. Raises DataError, or EnvironmentFault if it cannot be kept."""
        try:
            self.paths.create()
            notes.write(self.paths.notes, self.notes() | {name: note})
        except OSError as error:
            raise EnvironmentFault(f"the note cannot be kept: {error.strerror}", where=str(self.paths.notes)) from None

    def find(self, words: Sequence[str]) -> list[JobRow]:
        """The jobs that each word names: a whole id, the beginning of one, or an experiment.

        Raises UsageError where a word names nothing, or several jobs by their beginning.
        """
        rows = self.snapshot().jobs
        found: dict[str, JobRow] = {}
        for word in words:
            named = [row for row in rows if word in row.experiments or word == row.id]
            named = named or [row for row in rows if word and row.id.startswith(word.lower())]
            experiments = {name for row in rows for name in row.experiments}
            if not named:
                meant = did_you_mean(word, experiments)
                hint = f"did you mean {meant}?" if meant else "`engine status` lists what there is"
                raise UsageError(f"no job or experiment is called {word}", where=str(self.paths.root), hint=hint)
            if len(named) > 1 and word not in experiments:
                ids = ", ".join(row.id for row in named[:4])
                raise UsageError(f"{word} is the beginning of {len(named)} jobs", hint=f"name more of it: {ids}")
            found |= {row.id: row for row in named}
        return list(found.values())

    def inspect(self, kind: str, argument: str) -> dict[str, Any]:
        """What a data set (`data`, a name or path) or a model (`model`, the JSON of every setting) looks like.

        Takes seconds where the answer needs TensorFlow. Raises EngineError.
        """
        from engine.run import process  # noqa: PLC0415 - starts processes, which reading does not need

        return process.inspect(kind, argument)

    def export(self, job_id: str, file: Path, *, allow_code: bool = False, force: bool = False) -> None:
        """Save a finished job's model to `file` for Keras; takes seconds, since it needs TensorFlow.

        A job's own code is run only with `allow_code`, and a file that is there is replaced only with `force`. Raises
        EngineError.
        """
        from engine.run import process  # noqa: PLC0415 - starts processes, which reading does not need

        process.export(self.paths.job(job_id).folder, file, allow_code=allow_code, force=force)

    @property
    def notice(self) -> str:
        """What happened to the store that people should hear of, such as a database made anew; mostly nothing."""
        try:
            return self.paths.notice.read_text("utf-8").strip()
        except (OSError, UnicodeError):
            return ""

    # asking

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
            hint = "it would run that code: look at it, then add --allow-code"
            raise UsageError(
                f"the queue file names code of its own: {', '.join(code)}", where=str(queue.path), hint=hint
            )

    def submitted(self, submission: Submission) -> list[str] | None:
        """The jobs of a submission in the order of the file, or None while no runner has applied it.

        Raises EnvironmentFault where the runner refused it.
        """
        outcome = self.store.outcome(submission.request) if self.exists else None
        if outcome:
            raise EnvironmentFault(f"the runner refused the queue file: {outcome}", where=str(self.paths.root))
        return None if outcome is None else self.store.submitted(submission.request)

    def submitted_fresh(self, submission: Submission) -> list[str]:
        """Of these jobs, the ones that this very submission brought into the queue; the others were there before."""
        return self.store.submitted(submission.request, fresh=True)

    def outcome(self, request: str) -> str | None:
        """What came of a request: None while no runner has applied it, empty where one did, else why it refused."""
        return self.store.outcome(request) if self.exists else None

    def stop(self, job_ids: Sequence[str], *, now: bool = False) -> str:
        """Ask for jobs to end: running ones after their epoch or now, waiting ones at once. Returns the request."""
        return self._ask("stop", {"jobs": list(job_ids), "now": now})

    def stop_all(self, *, now: bool = False) -> str:
        """Ask the runner that there is to end every job. Reads nothing, so that a signal's handler may call it."""
        return inbox.leave(self.paths, "stop", {"everything": True, "now": now})

    def stop_submission(self, submission: Submission, *, now: bool = False) -> None:
        """Ask for what a submission brought into the queue to end; what never started is withdrawn.

        Jobs that were there before, or that another queue file wants too, are left alone.
        """
        self._ask("stop", {"submission": submission.request, "now": now})

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

    def _ask(self, verb: str, arguments: Mapping[str, Any]) -> str:
        starting.refuse_other_host(self.paths)
        request = inbox.leave(self.paths, verb, arguments)
        self.ensure_runner()
        return request

    def ensure_runner(self) -> None:
        """Start a detached runner where none runs. Raises EnvironmentFault where it does not come up."""
        starting.ensure_runner(self.paths)
