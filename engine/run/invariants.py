"""What must hold of every store that nobody is writing to, whatever happened to its writers."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.events import AttemptEnded, EpochEnded
from engine.record.folders import UntouchedFolders
from engine.record.ledger import Ledger
from engine.record.locks import holder
from engine.record.paths import JobPaths, StorePaths
from engine.record.store import Store
from engine.run import rebuild

JOB_FILES = {
    "config.toml",
    "events.jsonl",
    "lock",
    "stop",
    "worker.log",
    "progress.json",
    "predictions.npz",
    "mistakes.npz",
    "weights.npz",
}
STORE_FILES = {
    "labtop.db",
    "labtop.db-journal",
    "labtop.db-wal",
    "labtop.db-shm",
    "runner.lock",
    "runner.log",
    "notes.toml",
    "notice",
    "inbox",
    "jobs",
    "old",
}
RESULTS = ("predictions", "mistakes", "weights")


def broken(paths: StorePaths) -> list[str]:
    """Every invariant that does not hold, in words; nothing for a store that is whole.

    While a runner or a worker writes, what it is about to write may show up as broken.
    """
    if not paths.database.exists():
        return []
    told = [*_strangers(paths), *_against_the_folders(paths)]
    store = Store(paths)
    try:
        rows = {row.id: row for row in store.jobs()}
        for folder in sorted(paths.jobs.iterdir()):
            if folder.name not in rows:
                told.append(f"jobs/{folder.name}: no job of this name is in the database")
                continue
            row = rows[folder.name]
            told += [f"jobs/{row.id}: {what}" for what in _job(JobPaths(folder), row.status)]
            numbers = [epoch.epoch for epoch in store.history(row.id)]
            if numbers != list(range(1, len(numbers) + 1)):
                told.append(f"jobs/{row.id}: its history is not contiguous: {numbers}")
    finally:
        store.close()
    return told


def _strangers(paths: StorePaths) -> Iterator[str]:
    for path in sorted(paths.root.iterdir()):
        if path.name not in STORE_FILES and not path.name.startswith("labtop.db."):
            yield f"{path.name}: nobody owns this file"
    for path in sorted(paths.inbox.glob(".*.part")):
        yield f"inbox/{path.name}: nobody owns this file"


def _against_the_folders(paths: StorePaths) -> list[str]:
    """The database must be what the requests and the journals, as far as it has read them, make of an empty one."""
    fresh = paths.root / ".rebuilt.db"
    fresh.unlink(missing_ok=True)
    with closing(Store(paths)) as store:
        read = store.offsets()
    ledger = Ledger(paths, fresh, UntouchedFolders(paths))
    try:
        rebuild.replay(ledger, read)
    finally:
        ledger.close()
    try:
        return rebuild.difference(paths, fresh)
    finally:
        fresh.unlink()


def _job(folder: JobPaths, status: JobStatus) -> Iterator[str]:
    held = holder(folder.lock) is not None
    if held and status is not JobStatus.RUNNING:
        yield f"a process holds its lock though it is {status}"
    for path in sorted(folder.folder.iterdir()):
        known = path.name in JOB_FILES or path in folder.checkpoints().values()
        # The next attempt sweeps up what the last one was writing when it was killed.
        if not known and not (path.name.endswith(".part") and (held or not status.is_finished())):
            yield f"{path.name}: nobody owns this file"
    told = [event for event, _ in events.read(folder.events)]
    hashes = {event.epoch: event.sha256 for event in told if isinstance(event, EpochEnded)}
    if list(hashes) != sorted(hashes) or set(hashes) != set(range(1, len(hashes) + 1)):
        yield f"its journal tells the epochs {list(hashes)}"
    for epoch, path in folder.checkpoints().items():
        if epoch in hashes and _sha256(path) != hashes[epoch]:
            yield f"{path.name} is not what its line in the journal says"
    if status is JobStatus.DONE:
        missing = [name for name in RESULTS if not getattr(folder, name).exists()]
        if missing:
            yield f"it is done, and lacks {', '.join(missing)}"
        if folder.checkpoints() and not held:
            yield f"it is done, and still has the checkpoints {list(folder.checkpoints())}"
        if not any(isinstance(event, AttemptEnded) and event.status == "done" for event in told):
            yield "it is done, and its journal does not say so"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
