"""The one door for both front ends: reads the store, leaves requests, and sees to it that a runner runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EnvironmentFault, UsageError
from engine.plan.jobs import JobStatus
from engine.plan.words import did_you_mean
from engine.record import notes, progress
from engine.record.answers import Answers
from engine.record.jobrows import kept
from engine.record.locks import Identity, holder
from engine.record.paths import StorePaths
from engine.record.progress import Progress
from engine.record.store import Store
from engine.results.leaderboard import Board, Condition, one_of, rank, rank_pools
from engine.results.metrics import METRICS
from engine.results.rows import AttemptRow, Device, EpochRow, JobRow, Note
from engine.results.ties import compared
from engine.run import inbox, others, pausing
from engine.run.asking import Asking, Submission
from engine.zoo import ALLOW_CODE

if TYPE_CHECKING:
    from engine.results.planning import Addition

__all__ = ["Progress", "Session", "Snapshot", "Submission"]

SHOWN = tuple(status for status in JobStatus if status is not JobStatus.WITHDRAWN)


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment. `jobs` stand in the order of the queue; `pending` counts requests not yet applied.

    `pace` holds for running jobs the seconds that an epoch's training takes them now, as `results.estimate` wants it.
    """

    runner: Identity | None
    counts: Mapping[str, int]
    jobs: tuple[JobRow, ...]
    pending: int
    progress: Mapping[str, Progress]
    pace: Mapping[str, float] = field(default_factory=dict)


class Session(Asking, Answers):
    """A store as a front end sees it: it owns nothing, and any number may be open at once."""

    def __init__(self, paths: StorePaths) -> None:
        super().__init__(paths)
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
        pace = {row.id: seconds for row in rows if row.id in told and (seconds := self._pace(row)) is not None}
        return Snapshot(runner, counts, rows, len(inbox.waiting(self.paths)), told, pace)

    def _pace(self, row: JobRow) -> float | None:
        """Not in the first epoch of an attempt, which compiles as well."""
        if row.epoch == 0 or row.epoch <= self.store.attempts(row.id)[-1].resumed_epoch:
            return None
        return progress.training_seconds(self.paths.job(row.id), row.epoch)

    def rows(self) -> tuple[JobRow, ...]:
        """Every job as the database has it."""
        if not self.exists:
            return ()
        version = self.store.database.version()
        if version != self._seen:
            self._rows = kept(self._rows, self.store.jobs())
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

        The rows can tell how they compare with the first: see `results.ties`. Raises UsageError as `rank` does, and
        StoreBusy where jobs are removed before their rows were looked at.
        """
        if where is not None:
            boards = rank(self.rows(), by, rank_by, sort, where)
        else:
            boards = rank_pools(self.store.done(by, one_of(rank_by, METRICS, "--rank-by")), by, rank_by, sort)
        return [compared(board, self.hits) for board in boards]

    def history(self, job_id: str) -> list[EpochRow]:
        return self.store.history(job_id)

    def attempts(self, job_id: str) -> list[AttemptRow]:
        return self.store.attempts(job_id)

    def environments(self, job_ids: Sequence[str]) -> list[tuple[Mapping[str, str], int]]:
        """The device, threads and versions that these jobs were trained with, each with the number of jobs."""
        return self.store.environments(job_ids)

    def digests(self, job_id: str) -> Mapping[str, str]:
        """SHA-256 of the data set and of the code that a job was trained with, by name; empty where unknown."""
        from engine.record.jobfile import job_digests  # noqa: PLC0415 - what only a report needs

        return job_digests(self.paths.job(job_id).config)

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
            where, hint = str(self.paths.notes), "make the folder writable"
            raise EnvironmentFault(f"the note cannot be kept: {error.strerror}", where=where, hint=hint) from None

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

        Takes seconds where the answer needs TensorFlow. A model that is code of a person's own is refused: nothing has
        allowed it. Raises EngineError.
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

    def submitted(self, submission: Submission) -> list[str] | None:
        """The jobs of a submission in the order of the file, or None while no runner has applied it.

        Raises EnvironmentFault where the runner refused it.
        """
        outcome = self.store.outcome(submission.request) if self.exists else None
        if outcome:
            hint = "engine validate tells what is wrong with the file"
            raise EnvironmentFault(
                f"the runner refused the queue file: {outcome}", where=str(self.paths.root), hint=hint
            )
        return None if outcome is None else self.store.submitted(submission.request)

    def submitted_fresh(self, submission: Submission) -> list[str]:
        """Of these jobs, the ones that stopping the submission ends: it brought them into the queue itself, and no
        other queue file has asked for them since."""
        spared = others.spared(self.store, submission.request)
        return [job_id for job_id in self.store.submitted(submission.request, fresh=True) if job_id not in spared]

    def outcome(self, request: str) -> str | None:
        """What came of a request: None while no runner has applied it, empty where one did, else why it refused."""
        return self.store.outcome(request) if self.exists else None

    # asking for what has to be looked up first

    def refine(self, experiment: str, additions: Sequence["Addition"], *, allow_code: bool = False) -> Submission:
        """Ask for repeats of jobs that are there already, and start a runner if none runs.

        They belong to the experiment, and stay when its queue file is submitted again. Raises UsageError where they
        would run code that is not allowed, else as `submit`.
        """
        from engine.plan.settings import CODE  # noqa: PLC0415 - pydantic: 0.3 s

        models = {str(row.config["model"]) for row in self.store.jobs([each.like for each in additions])}
        code = sorted(model for model in models if CODE.fullmatch(model))
        if code and not allow_code:
            raise UsageError(f"its jobs name code of their own: {', '.join(code)}", hint=ALLOW_CODE)
        jobs = [{"like": each.like, "seed": each.seed} for each in additions]
        alone = self.runner is None
        return Submission(self._ask("refine", {"experiment": experiment, "jobs": jobs, "alone": alone}))
