"""A damaged database is set aside, never overwritten, and made anew from the folders."""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from engine.errors import EnvironmentFault
from engine.record import schema
from engine.record.database import BUSY_SECONDS, is_damage
from engine.record.paths import StorePaths, replace_file, sync_folder
from engine.results.durations import counted
from engine.run import rebuild

log = logging.getLogger("runner")

# What SQLite keeps beside a database and would apply to any other of that name.
COMPANIONS = ("-journal", "-wal", "-shm")


def mend(paths: StorePaths) -> None:
    """Called by the runner as it starts, with its lock held: what is wrong with the database is put right, and said.

    Raises EnvironmentFault where that cannot be done.
    """
    paths.notice.unlink(missing_ok=True)
    wrong = damage(paths)
    if wrong:
        told = renew(paths, wrong)
        log.warning("%s", told)
        replace_file(paths.notice, told.encode())


def damage(paths: StorePaths) -> str:
    """What is wrong with the database, in words; empty for one that is whole, and for a store that has none yet.

    Whoever calls this holds the runner's lock, or only wants to know. A database of a later version is not damaged.
    """
    if not paths.database.exists():
        return "it was gone" if any(paths.applied.glob("*.json")) else ""
    try:
        uri = f"{paths.database.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
            return _of_schema(connection) if found == ["ok"] else found[0].splitlines()[-1]
    except sqlite3.Error as error:
        return str(error) if is_damage(error) else ""


def _of_schema(connection: sqlite3.Connection) -> str:
    """The tables must be those that the version in the header has: an emptied file is a whole database to SQLite."""
    version = schema.version(connection)
    known = min(version, len(schema.MIGRATIONS))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        schema.migrate(fresh, known)
        same = _tables(connection) == _tables(fresh)
    if version > len(schema.MIGRATIONS):
        return "its version is none that there is" if same else ""
    return "" if same and version > 0 else "its tables are not what they should be"


def _tables(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT name, COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    return set(connection.execute(query).fetchall())


def renew(paths: StorePaths, why: str) -> str:
    """Set the database aside and make another from the folders; returns what was done, in words.

    The caller holds the runner's lock. Raises EnvironmentFault; then the old one is kept aside.
    """
    kept = None
    try:
        kept = set_aside(paths)
        jobs = rebuild.rebuild(paths)
    except (OSError, sqlite3.Error) as error:
        where = str(kept or paths.database)
        hint = "make room, or the folder writable; then engine rebuild tries again"
        raise EnvironmentFault(f"the database cannot be made anew: {error}", where=where, hint=hint) from None
    old = f"; the old one is {kept.name}" if kept else ""
    return f"the database was made anew from the folders ({why}): {counted(jobs, 'job')}{old}"


def set_aside(paths: StorePaths) -> Path | None:
    """Rename the database to `labtop.db.DATE`, and what belongs to it along with it; None where there is none."""
    if not paths.database.exists():
        return None
    stem = f"{paths.database.name}.{time.strftime('%Y-%m-%dT%H.%M.%S')}"
    names = (stem if n == 1 else f"{stem}.{n}" for n in range(1, 1_000_000))
    target = next(path for name in names if not (path := paths.root / name).exists())
    for suffix in (*COMPANIONS, ""):
        beside = paths.database.with_name(paths.database.name + suffix)
        if beside.exists():
            beside.rename(target.with_name(target.name + suffix))
    sync_folder(paths.root)
    return target
