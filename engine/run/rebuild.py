"""The database made anew from what the folders and the inbox hold: every request and every event, in their order."""

import heapq
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.plan.jobs import JobStatus
from engine.record import events
from engine.record.database import Database
from engine.record.events import Event
from engine.record.folders import UntouchedFolders
from engine.record.ledger import Ledger
from engine.record.paths import StorePaths, sync_folder
from engine.run import inbox, obey

TABLES = (
    *("configurations", "jobs", "membership", "epochs", "attempts"),
    *("requests", "submissions", "meta"),
)
# What the runner notes of the moment, and makes anew at its next turn.
PASSING = ("waits_for",)
# What depended on jobs that were removed since, whose folders can no longer tell.
FORGOTTEN = ("position", "fresh")

GIVEN = {JobStatus.RUNNING: JobStatus.QUEUED}


@dataclass(order=True)
class _Happening:
    """A request or an event at its time; `order` keeps what one file tells in that file's order."""

    time: float
    order: int
    request: str = field(compare=False, default="")
    job_id: str = field(compare=False, default="")
    event: Event | None = field(compare=False, default=None)
    offset: int = field(compare=False, default=0)


def rebuild(paths: StorePaths) -> int:
    """Replace the database by one made from the folders; returns how many jobs it holds.

    The caller holds the runner's lock. Raises OSError and sqlite3.Error; then the database is as it was.
    """
    fresh = paths.root / "labtop.db.new"
    fresh.unlink(missing_ok=True)
    ledger = Ledger(paths, fresh, UntouchedFolders(paths))
    try:
        replay(ledger)
        jobs = len(ledger.jobs())
    finally:
        ledger.close()
    fresh.rename(paths.database)
    sync_folder(paths.root)
    return jobs


def replay(ledger: Ledger, read: Mapping[str, int] | None = None) -> None:
    """Apply every request that was ever carried out and every event, by time, to an empty ledger.

    With `read`, only what a database has taken in that has read so many bytes of each job's journal.
    """
    early: dict[str, list[_Happening]] = {}
    for happening in heapq.merge(_requests(ledger.paths), *_journals(ledger.paths, read)):
        if happening.event is not None:
            _tell(ledger, happening, early)
            continue
        obey.apply(ledger, happening.request, ledger.paths.applied)
        # A clock that went back lets a job's events seem older than the request that made the job.
        for job_id in [job_id for job_id in early if ledger.knows(job_id)]:
            for told in early.pop(job_id):
                _tell(ledger, told, early)


def _tell(ledger: Ledger, happening: _Happening, early: dict[str, list[_Happening]]) -> None:
    if not ledger.knows(happening.job_id):
        early.setdefault(happening.job_id, []).append(happening)
    elif happening.event is not None:
        with ledger.database.transaction():
            ledger.tell(happening.job_id, happening.event, happening.offset)


def _requests(paths: StorePaths) -> Iterator[_Happening]:
    latest = 0.0
    for order, path in enumerate(sorted(paths.applied.glob("*.json"))):
        latest = max(latest, inbox.carried_out_at(paths.applied, path.stem))
        yield _Happening(latest, order, request=path.stem)


def _journals(paths: StorePaths, read: Mapping[str, int] | None) -> list[Iterator[_Happening]]:
    """One stream a job: what was set aside first, then what stands in its folder."""
    lives: dict[str, list[tuple[Path, int | None]]] = {}
    set_aside = [path for path in paths.old.glob("*.*") if path.suffix[1:].isdecimal()]
    for old in sorted(set_aside, key=lambda path: (path.stem, int(path.suffix[1:]))):
        lives.setdefault(old.stem, []).append((old / "events.jsonl", None))
    for folder in sorted(path for path in paths.jobs.iterdir() if path.is_dir()):
        lives.setdefault(folder.name, []).append(
            (folder / "events.jsonl", None if read is None else read.get(folder.name, 0))
        )
    return [_stream(job_id, journals) for job_id, journals in lives.items()]


def _stream(job_id: str, journals: list[tuple[Path, int | None]]) -> Iterator[_Happening]:
    latest, order = 0.0, 0
    for journal, end in journals:
        for event, offset in events.read(journal):
            if end is not None and offset > end:
                break
            # Whatever the clock did, what a journal tells later happened later.
            latest, order = max(latest, event.t), order + 1
            yield _Happening(latest, order, job_id=job_id, event=event, offset=offset)


def difference(paths: StorePaths, other: Path) -> list[str]:
    """Where the store's database and another one differ, in words; nothing where both hold the same.

    Which of the waiting jobs was given to a worker that has not begun it yet, no folder tells.
    """
    told = []
    mine, theirs = Database(paths.database, writable=False), Database(other, writable=False)
    try:
        for table in TABLES:
            here, there = _content(mine, table), _content(theirs, table)
            told += [f"{table}: only in the database: {row}" for row in here - there]
            told += [f"{table}: only in the folders: {row}" for row in there - here]
    finally:
        mine.close()
        theirs.close()
    return sorted(told)


def _content(database: Database, table: str) -> set[tuple[object, ...]]:
    kept = "WHERE outcome = ''" if table == "requests" else ""
    rows: list[sqlite3.Row] = database.read(f"SELECT * FROM {table} {kept}")
    return {
        tuple(GIVEN.get(row[name], row[name]) for name in row.keys() if name not in PASSING + FORGOTTEN)  # noqa: SIM118
        for row in rows
    }
