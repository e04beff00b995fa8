"""An experiment as its queue file asks for it and as the store has it: which jobs there are, and which are left."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.cli.selection import jobs_of
from engine.cli.store_option import queue_file
from engine.cli.streams import warn
from engine.errors import QueueFileError, UsageError
from engine.plan import queuefile
from engine.plan.jobs import MANY, Job
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count
from engine.plan.words import did_you_mean
from engine.results.rows import JobRow
from engine.results.states import Latest
from engine.results.sweepmap import Place, places_of
from engine.run import sources
from engine.session import Session

# Larger sweeps take seconds to expand: of these only the jobs that were handed in are looked at.
MOST = 20_000


@dataclass(frozen=True)
class Sweep:
    """An experiment, its jobs in the order of the queue file, and that file where it is there and names it."""

    name: str
    places: Sequence[Place]
    queue: QueueFile | None
    wanted: frozenset[str] = frozenset()
    """Ids of the jobs that the file yields; none where it yields too many to list."""
    left_out: str = ""
    """Which jobs are left out, since their data set or code was another than that of the others; mostly empty."""

    @property
    def fields(self) -> tuple[str, ...]:
        """What the queue file sweeps over, in its order; empty where it does not name the experiment."""
        named = (each for each in self.queue.experiments if each.name == self.name) if self.queue else ()
        return tuple(field for experiment in named for field in experiment.sweep)

    @property
    def left(self) -> list[Place]:
        """The jobs that nothing will come of unless somebody runs them."""
        return [place for place in self.places if place.is_left]

    @property
    def run(self) -> str:
        """The command that runs what is missing or failed; empty where nothing is.

        Running the file leaves jobs alone that it does not yield, such as repeats that `refine` added.
        """
        if not self.left:
            return ""
        if self.queue is None:
            return shlex.join(["engine", "retry", self.name])
        added = [place.id for place in self.left if self.wanted and place.id not in self.wanted]
        told = [run_command(self.queue, self.name, again="--retry-failed")] if len(added) < len(self.left) else []
        return " && ".join([*told, *([shlex.join(["engine", "retry", *added])] if added else [])])


def run_command(queue: QueueFile, name: str, again: str = "") -> str:
    """The command that runs an experiment of a queue file."""
    words = ["engine", "run", _near(queue.path), "--only", name]
    words += [again] if again else []
    experiment = next(each for each in queue.experiments if each.name == name)
    words += ["--yes"] if count(experiment) > MANY else []
    words += ["--allow-code"] if sources.code(queue, [name]) else []
    return shlex.join(words)


def _near(path: Path) -> str:
    """The path as a person would type it here."""
    found = path.absolute()
    return str(found.relative_to(Path.cwd())) if found.is_relative_to(Path.cwd()) else str(found)


def sweep_of(session: Session, store: Path | None, name: str) -> Sweep:
    """The experiment of that name. Raises UsageError where neither the queue file nor the store knows it."""
    jobs = session.snapshot().jobs
    rows = [row for row in jobs if name in row.experiments]
    queue = _queue(session, store, name)
    names = {each.name for each in queue.experiments if each.enabled} if queue else set()
    if not rows and name not in names:
        known = names | {experiment for row in jobs for experiment in row.experiments}
        meant = did_you_mean(name, known)
        hint = f"did you mean {meant}?" if meant else "engine status lists what there is"
        raise UsageError(f"no experiment is called {name}", where=str(session.paths.root), hint=hint)
    if queue is None or name not in names:
        left_out = _tell_left_out(rows, ())
        return Sweep(name, places_of(rows), None, left_out=left_out)
    wanted = _wanted(queue, name)
    places = places_of(rows, wanted)
    if not places:
        raise UsageError(f"nothing of {name} was handed in yet", hint=f"{run_command(queue, name)} trains it")
    ids = frozenset(job.id for job in wanted)
    return Sweep(name, places, queue, ids, _tell_left_out(rows, ids))


def _tell_left_out(rows: Sequence[JobRow], wanted: Collection[str]) -> str:
    left_out = Latest(rows, wanted).left_out(rows)
    if left_out:
        warn(left_out)
    return left_out


def _queue(session: Session, store: Path | None, name: str) -> QueueFile | None:
    path = queue_file(session, store)
    if not path.is_file():
        return None
    try:
        return queuefile.read(path, [name])
    except QueueFileError as error:
        warn(f"what the queue file asks for is left out, since it has faults: {error.faults[0].message}")
        return None


def _wanted(queue: QueueFile, name: str) -> list[Job]:
    experiment = next(each for each in queue.experiments if each.name == name)
    if count(experiment) > MOST:
        warn(f"{count(experiment):,} jobs are too many to list: only those that were handed in are shown")
        return []
    try:
        return jobs_of(experiment, sources.digests(queue, [name]))
    except QueueFileError as error:
        warn(f"only jobs that were handed in are shown: {error.faults[0].message}")
        return []
