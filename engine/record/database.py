"""How the database is opened, and the two helpers that every query goes through."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from engine import failpoints
from engine.errors import EnvironmentFault, StoreBusy, StoreDamaged
from engine.record import filesystem, schema

Row: TypeAlias = sqlite3.Row

BUSY_SECONDS = 5.0
# More makes no query over 100,000 jobs quicker, since each reads a table from end to end; it is kept all the same.
CACHE_KIB = 4_096
# Older versions can corrupt a database in WAL mode when the log is reset: https://sqlite.org/wal.html
WAL_IS_SAFE = (3, 51, 3)
MENDING = "engine rebuild makes it anew from the folders, and so does the next engine run"
DOCTOR = "engine doctor looks at the machine and the store"
# Where SQLite says one of these, the database itself may be as whole as ever.
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
MACHINE = (
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error tells of the database's own bytes rather than of this machine or of who else is at it."""
    return (getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF) not in (*BUSY, *MACHINE)


def fault(error: sqlite3.Error, path: Path) -> EnvironmentFault:
    """What to tell a person of an error that SQLite raised."""
    if is_damage(error):
        return StoreDamaged(f"the store's database is damaged: {error}", where=str(path), hint=MENDING)
    if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in BUSY:
        return StoreBusy(f"the store is busy: {error}", where=str(path), hint="try again in a moment")
    return EnvironmentFault(f"the store cannot be read: {error}", where=str(path), hint=DOCTOR)


def is_half_written(error: sqlite3.OperationalError) -> bool:
    """Whether a writer died in the middle of a transaction, and its journal must be rolled back before one can read."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK


def roll_back(path: Path) -> None:
    """Let SQLite undo what a dead writer left half done. Raises sqlite3.Error, as where the file cannot be written."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as connection:
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()


class Database:
    """One connection. Only the runner opens it for writing; front ends read."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        """Raises EnvironmentFault where the database cannot be opened, or was written by a later version."""
        self.path = path
        self.writable = writable
        try:
            if writable and not path.exists():
                _create(path)
            mode = "rw" if writable else "ro"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self.read(f"PRAGMA cache_size = {-CACHE_KIB}")
            if self.read("PRAGMA user_version")[0][0] > len(schema.MIGRATIONS):
                raise EnvironmentFault(
                    "the store was written by a later labtop",
                    where=str(path),
                    hint="install that version or a later one",
                )
            if writable:
                self._prepare()
        except sqlite3.Error as error:
            raise fault(error, path) from None
        except OSError as error:
            raise EnvironmentFault(
                f"the store cannot be opened: {error.strerror}", where=str(path), hint=DOCTOR
            ) from None

    def _prepare(self) -> None:
        # WAL needs memory that all its readers share, which no network file system gives.
        if sqlite3.sqlite_version_info >= WAL_IS_SAFE and not filesystem.is_network(filesystem.kind(self.path)):
            self.read("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        schema.migrate(self._connection)

    def close(self) -> None:
        self._connection.close()

    def read(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query. Raises StoreBusy or StoreDamaged; to the runner, whose part it is, sqlite3.Error."""
        return self._answer(self._connection.cursor(), query, values)

    def tuples(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The same as plain tuples, quicker where there are many. Raises as `read` does."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return self._answer(cursor, query, values)

    def _answer(self, cursor: sqlite3.Cursor, query: str, values: Sequence[Any]) -> list[Any]:
        try:
            try:
                return cursor.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if not is_half_written(error):
                    raise
                roll_back(self.path)
                return cursor.execute(query, values).fetchall()
        except sqlite3.Error as error:
            if self.writable:
                raise
            raise fault(error, self.path) from None

    def write(self, statement: str, *rows: Sequence[Any]) -> None:
        """Run a statement once for each row of values."""
        self._connection.executemany(statement, rows or [()])

    def write_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of many rows, drawn one by one."""
        self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes within, or none of them."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            failpoints.reach("database:committing")
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself; what went wrong is what is told, not what followed from it.
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
            raise

    def version(self) -> int:
        """A number that changes whenever another connection has changed the database."""
        return int(self.read("PRAGMA data_version")[0][0])


def _create(path: Path) -> None:
    """A new database with all its tables, which nobody sees before it is whole."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    connection = sqlite3.connect(aside, isolation_level=None)
    schema.migrate(connection)
    connection.close()
    aside.rename(path)
