"""The only thread that reads the store: it polls, and posts a frozen snapshot when something differs."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from engine.errors import EngineError, StoreBusy
from engine.results.rows import Device, EpochRow, Note
from engine.session import Session, Snapshot, Submission

if TYPE_CHECKING:
    from engine.results.mistakes import Mistakes

POLL_SECONDS = 0.5
# Devices are asked often only while somebody trains: asking wakes a GPU, and what it says changes by itself.
DEVICE_SECONDS = {True: 2.0, False: 15.0}
LARGEST_FILE = 1 << 20

Signature = tuple[int, int, int] | None


class Feed:
    """Reads a session, and a queue file, in a thread of its own; everything that it finds is posted."""

    @dataclass
    class Changed(Message):
        """The store differs from the last snapshot."""

        snapshot: Snapshot

    @dataclass
    class Failed(Message):
        """The store cannot be read now; empty once it can again."""

        problem: str

    @dataclass
    class DevicesRead(Message):
        """What the devices do now."""

        devices: tuple[Device, ...]

    @dataclass
    class HistoriesRead(Message):
        """Epochs of watched jobs that are new, by job."""

        histories: Mapping[str, list[EpochRow]]

    @dataclass
    class MistakesRead(Message):
        """What a job got wrong, or why that is not known."""

        job_id: str
        mistakes: "Mistakes | None"
        problem: str

    @dataclass
    class NotesRead(Message):
        """What people noted."""

        notes: Mapping[str, Note]

    @dataclass
    class FileSeen(Message):
        """The queue file on disk is not what it was; `data` is None where there is none, `problem` if unreadable."""

        data: bytes | None
        problem: str = ""

    @dataclass
    class Refused(Message):
        """The runner refused what was handed in."""

        problem: str

    def __init__(
        self, session: Session, queue_file: Path | None, post: Callable[[Message], object], poll: float = POLL_SECONDS
    ) -> None:
        self._session = session
        self._queue_file = queue_file
        self._post = post
        self._poll = poll
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._ended = False
        self._snapshot: Snapshot | None = None
        self._problem = ""
        self._notes_problem = ""
        self._inode: int | None = None
        self._watched: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, int] = {}
        self._mistakes: list[str] = []
        self._notes_seen: Signature = (0, 0, 0)
        self._file_seen: Signature = None
        self._file_posted: Signature = (0, 0, 0)
        self._submissions: list[Submission] = []
        self._devices: tuple[Device, ...] = ()
        self._devices_at = float("-inf")
        self._thread = threading.Thread(target=self._run, daemon=True, name="feed")

    # asked by the main screen, from its own thread

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; a read under way may still post."""
        self._ended = True
        self._wake.set()

    def look(self) -> None:
        """Read now instead of at the next poll."""
        self._wake.set()

    def watch_histories(self, owner: str, job_ids: tuple[str, ...]) -> None:
        """Post the epochs of these jobs, and again whenever one of them has a new one, until `owner` says otherwise.

        A job that nobody watches any more is forgotten: watched again, it is posted again.
        """
        with self._lock:
            self._watched[owner] = job_ids
            wanted = self._wanted()
            self._read = {job_id: epoch for job_id, epoch in self._read.items() if job_id in wanted}
        self._wake.set()

    def _wanted(self) -> set[str]:
        return {job_id for job_ids in self._watched.values() for job_id in job_ids}

    def want_mistakes(self, job_id: str) -> None:
        """Post the mistakes of a job once."""
        self._mistakes.append(job_id)
        self._wake.set()

    def follow(self, submission: Submission) -> None:
        """Post if the runner refuses it."""
        self._submissions.append(submission)
        self._wake.set()

    # in the thread

    def _run(self) -> None:
        while not self._ended:
            self.tick()
            self._wake.wait(self._poll)
            self._wake.clear()

    def tick(self) -> None:
        """Read all once, and post what differs."""
        self._read_file()
        try:
            self._read_store()
            problem = self._notes_problem
        except EngineError as error:
            problem = str(error)
        except (OSError, sqlite3.Error) as error:
            problem = f"the store cannot be read now: {error}"
        except Exception as error:  # noqa: BLE001 - a thread that died would leave a console that silently stands still
            problem = f"the store cannot be understood: {type(error).__name__}: {error}"
        if problem != self._problem:
            self._problem = problem
            self._post(self.Failed(problem))
        self._read_devices()

    def _read_store(self) -> None:
        self._reopen()
        snapshot = self._session.snapshot()
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self._post(self.Changed(snapshot))
        self._read_notes()
        if not self._session.exists:
            return
        self._read_histories(snapshot)
        while self._mistakes:
            self._read_mistakes(self._mistakes.pop(0))
        for submission in tuple(self._submissions):
            self._read_outcome(submission)

    def _reopen(self) -> None:
        """A database that was rebuilt is another file under the same name."""
        paths = self._session.paths
        seen = signature(paths.database)
        inode = seen and seen[2]
        if self._inode is not None and inode != self._inode:
            self._session = Session(paths)
            self._read = {}
        self._inode = inode

    def _read_histories(self, snapshot: Snapshot) -> None:
        with self._lock:
            wanted, read = self._wanted(), dict(self._read)
        if not wanted:
            return
        stale = [row for row in snapshot.jobs if row.id in wanted and read.get(row.id) != row.epoch]
        found = {row.id: self._session.history(row.id) for row in stale}
        with self._lock:
            still = self._wanted()
            self._read |= {row.id: row.epoch for row in stale if row.id in still}
        if found:
            self._post(self.HistoriesRead(found))

    def _read_mistakes(self, job_id: str) -> None:
        try:
            self._post(self.MistakesRead(job_id, self._session.mistakes(job_id), ""))
        except (EngineError, OSError) as error:
            self._post(self.MistakesRead(job_id, None, str(error)))

    def _read_outcome(self, submission: Submission) -> None:
        try:
            if self._session.submitted(submission) is None:
                return
        except StoreBusy:
            return
        except EngineError as error:
            self._post(self.Refused(str(error)))
        self._submissions.remove(submission)

    def _read_notes(self) -> None:
        seen = signature(self._session.notes_path)
        if seen != self._notes_seen:
            self._notes_seen = seen
            try:
                self._notes_problem = ""
                self._post(self.NotesRead(self._session.notes()))
            except EngineError as error:
                self._notes_problem = str(error)

    def _read_file(self) -> None:
        """A file is taken in once it has stood unchanged from one poll to the next: editors write in several steps."""
        if self._queue_file is None:
            return
        seen = signature(self._queue_file)
        settled, self._file_seen = seen == self._file_seen, seen
        first = self._file_posted == (0, 0, 0)
        if seen == self._file_posted or not (settled or first):
            return
        self._file_posted = seen
        try:
            with self._queue_file.open("rb") as file:
                self._post(self.FileSeen(file.read(LARGEST_FILE + 1)))
        except FileNotFoundError:
            self._post(self.FileSeen(None))
        except OSError as error:
            self._post(self.FileSeen(None, f"the queue file cannot be read: {error.strerror}"))

    def _read_devices(self) -> None:
        busy = self._snapshot is not None and self._snapshot.runner is not None
        now = time.monotonic()
        if now - self._devices_at < DEVICE_SECONDS[busy]:
            return
        self._devices_at = now
        devices = tuple(self._session.devices())
        if devices != self._devices:
            self._devices = devices
            self._post(self.DevicesRead(devices))


def signature(path: Path) -> Signature:
    """What tells one state of a file from the next; None where there is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
