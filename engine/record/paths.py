"""Every path under `runs/`, in one place, and the only ways in which a file there is replaced."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from engine import failpoints
from engine.errors import EnvironmentFault
from engine.record.locks import start_time


@dataclass(frozen=True)
class JobPaths:
    """The folder of one job. Only its worker writes here, but for `stop`, which asks that worker to end."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def events(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def progress(self) -> Path:
        """Where the running epoch stands: replaced often, never fsynced, nothing depends on it."""
        return self.folder / "progress.json"

    @property
    def lock(self) -> Path:
        """Held by whoever trains this job; its text names that process."""
        return self.folder / "lock"

    @property
    def stop(self) -> Path:
        """A request to end: `epoch` (after the running epoch) or `now`."""
        return self.folder / "stop"

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"

    @property
    def predictions(self) -> Path:
        return self.folder / "predictions.npz"

    @property
    def mistakes(self) -> Path:
        """The images of the misclassified test digits, so that a front end needs no data set to show them."""
        return self.folder / "mistakes.npz"

    @property
    def weights(self) -> Path:
        return self.folder / "weights.npz"

    def checkpoint(self, epoch: int) -> Path:
        """State after `epoch` (counted from 1)."""
        return self.folder / f"checkpoint-{epoch}.npz"

    def checkpoints(self) -> dict[int, Path]:
        """Every checkpoint that is there, by epoch."""
        found = {}
        for path in self.folder.glob("checkpoint-*.npz"):
            number = path.stem.removeprefix("checkpoint-")
            if number.isdecimal():
                found[int(number)] = path
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class StorePaths:
    """The store, `runs/` beside a queue file."""

    root: Path

    @classmethod
    def beside(cls, queue_file: Path) -> "StorePaths":
        """The store of a queue file, which stands in the same folder."""
        return cls(queue_file.resolve().parent / "runs")

    @property
    def database(self) -> Path:
        return self.root / "labtop.db"

    @property
    def runner_lock(self) -> Path:
        return self.root / "runner.lock"

    @property
    def runner_log(self) -> Path:
        return self.root / "runner.log"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def applied(self) -> Path:
        """Requests that were carried out, kept in order so that the database can be rebuilt."""
        return self.root / "inbox" / "applied"

    @property
    def refused(self) -> Path:
        """Requests that could not be read, set aside with their reason."""
        return self.root / "inbox" / "refused"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def old(self) -> Path:
        return self.root / "old"

    @property
    def notes(self) -> Path:
        return self.root / "notes.toml"

    @property
    def notice(self) -> Path:
        """What the last runner found and mended at its start, in words; the next one takes it away."""
        return self.root / "notice"

    def job(self, job_id: str) -> JobPaths:
        return JobPaths(self.jobs / job_id)

    def create(self) -> None:
        """Make the folders, readable by their owner alone.

        Raises OSError where the disk refuses, and EnvironmentFault where the store is another user's.
        """
        if self.root.is_dir() and self.root.stat().st_uid != os.geteuid():
            hint = "here it can only be viewed; work on a copy of the queue file elsewhere"
            raise EnvironmentFault("the store is another user's", where=str(self.root), hint=hint)
        for folder in (self.root, self.inbox, self.applied, self.refused, self.jobs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def refuse_links(self) -> None:
        """Raises EnvironmentFault where a link stands in place of one of the store's folders: it leads out of it."""
        jobs = (Path(entry.path) for entry in os.scandir(self.jobs) if entry.is_symlink())
        folders = (path for path in (self.inbox, self.applied, self.refused, self.jobs, self.old) if path.is_symlink())
        for link in (*folders, *jobs):
            hint = "take it away; nothing is written through it"
            raise EnvironmentFault("a symbolic link stands in place of a folder", where=str(link), hint=hint)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `data` aside, then rename it over `path`; a reader sees the old or the new, never a part.

    With `durable` both the bytes and the name are fsynced. Raises OSError; then `path` is as it was.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    # One of this name is what a dead process with this number left, or planted: neither may be written through.
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            failpoints.reach(f"{path.name}:opened")
            file.write(data)
            file.flush()
            failpoints.reach(f"{path.name}:written")
            if durable:
                os.fsync(file.fileno())
                failpoints.reach(f"{path.name}:synced")
        aside.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    failpoints.reach(f"{path.name}:renamed")
    if durable:
        sync_folder(path.parent)
        failpoints.reach(f"{path.name}:kept")


def sweep_up(folder: Path) -> None:
    """Delete what writers that are gone had written aside and never renamed."""
    for part in folder.glob(".*.part"):
        pid = part.name.split(".")[-2]
        if not (pid.isdecimal() and _runs(int(pid))):
            part.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    """Whether the process may still write: one that was killed has ended, though nobody has asked yet how."""
    try:
        start_time(pid)
    except psutil.NoSuchProcess:
        return False
    return True
