"""Which store a command reads: `runs/` beside ./experiments.toml, unless it is told otherwise."""

from pathlib import Path
from typing import Annotated

import typer

from engine.errors import EnvironmentFault, UsageError
from engine.plan.jobs import JobStatus
from engine.record.paths import StorePaths
from engine.results.rows import JobRow
from engine.session import Session

QUEUE_FILE = Path("experiments.toml")

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="PATH", help="The store, or a queue file beside it.  [default: runs]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


def paths(store: Path | None) -> StorePaths:
    """The store that was named: its folder, the folder that it stands in, or the queue file beside it."""
    if store is None:
        return StorePaths(Path("runs"))
    if not store.is_dir() and (store.suffix == ".toml" or store.is_file()):
        return StorePaths.beside(store)
    found, inside = StorePaths(store), StorePaths(store / "runs")
    return inside if inside.root.is_dir() and not (found.database.exists() or found.jobs.is_dir()) else found


def look_into(store: Path | None) -> Session:
    """A session on a store that may still be empty. Raises UsageError where the one that was named is not there."""
    found = paths(store)
    if store is not None and store.suffix == ".toml" and not store.exists():
        raise UsageError("there is no such queue file", where=str(store), hint="name a runs folder, or a queue file")
    if store is not None and not found.root.is_dir():
        raise UsageError("there is no store", where=str(found.root), hint="name a runs folder, or a queue file")
    return Session(found)


def open_store(store: Path | None) -> Session:
    """A session on a store that is there. Raises UsageError, or EnvironmentFault where nothing was trained yet."""
    session = look_into(store)
    if not session.exists:
        hint = "train something first: engine run experiments.toml"
        raise EnvironmentFault("there are no results here yet", where=str(session.paths.root), hint=hint)
    return session


def queue_file(session: Session, store: Path | None) -> Path:
    """The queue file that was named, else the one beside the store; it need not be there."""
    return store if store is not None and store.is_file() else session.paths.root.absolute().parent / QUEUE_FILE


def one_job(session: Session, word: str) -> JobRow:
    """The one job that a word names. Raises UsageError where it names none, or an experiment of several."""
    rows = session.find([word])
    if len(rows) > 1:
        ids = ", ".join(row.id[:8] for row in rows[:6]) + (" ..." if len(rows) > 6 else "")
        raise UsageError(f"{word} has {len(rows)} jobs", hint=f"name one of them: {ids}")
    return rows[0]


def one_done(session: Session, word: str) -> JobRow:
    """The one job that a word names, and that is done. Raises UsageError."""
    row = one_job(session, word)
    if row.status is not JobStatus.DONE:
        told = f"job {row.id[:8]} is {str(row.status).replace('_', ' ')}, not done"
        raise UsageError(told, hint="only a job that is done was tested: engine status shows how it goes")
    return row
