"""What a runner waits for instead of giving up: room on the disk, and a database that somebody else has locked."""

import errno
import shutil
import sqlite3

from engine.record.database import BUSY
from engine.record.paths import StorePaths

# Below this no job is started: a checkpoint of the largest shipped model takes about as much.
DISK_ROOM = 64 << 20


def passing(error: sqlite3.OperationalError | OSError) -> bool:
    """Whether what went wrong may be over in a while: a locked database or a full disk, the database's own included."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (*BUSY, sqlite3.SQLITE_FULL)


def disk_room_lacking(paths: StorePaths) -> str:
    """What to tell of a disk that is as good as full, or nothing."""
    free = shutil.disk_usage(paths.root).free
    if free >= DISK_ROOM:
        return ""
    return f"disk room: {free >> 20} of {DISK_ROOM >> 20} MiB are free at {paths.root}"
