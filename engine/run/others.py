"""Who else wants what a submission brought into the queue, and which queue files are no longer where they were."""

from pathlib import Path

from engine.errors import EngineError
from engine.record.paths import StorePaths
from engine.record.store import Store
from engine.run import inbox


def spared(store: Store, request: str) -> set[str]:
    """The jobs of a submission that another queue file has asked for since: they go on when it is stopped."""
    mine, askers = asker(store.paths, request), {}
    found = set()
    for job_id, later in store.named_since(request):
        if later not in askers:
            askers[later] = asker(store.paths, later)
        if askers[later] != mine:
            found.add(job_id)
    return found


def asker(paths: StorePaths, request: str) -> str:
    """The queue file that a carried out request was of, or its verb where it was of none."""
    # One that was carried out this moment may be about to be put away.
    for folder in (paths.applied, paths.inbox, paths.applied):
        try:
            found = inbox.read(folder, request)
        except (OSError, ValueError):
            continue
        return str(found.arguments.get("queue_file", found.verb))
    return ""


def gone(paths: StorePaths) -> list[str]:
    """The queue files that jobs are wanted by and that are no longer there; none where nobody can see."""
    try:
        store = Store(paths)
    except EngineError:
        return []
    try:
        return [name for name in store.queue_files() if Path(name).is_absolute() and _is_gone(Path(name))]
    except EngineError:
        return []
    finally:
        store.close()


def _is_gone(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
