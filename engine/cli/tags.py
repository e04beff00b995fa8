"""The tags of experiments: they stand in the queue file beside the store, and nowhere else."""

from collections.abc import Mapping
from pathlib import Path

from engine.cli.store_option import queue_file
from engine.errors import EngineError, UsageError, reason
from engine.plan import queuefile
from engine.results.rows import JobRow
from engine.session import Session

Tags = Mapping[str, tuple[str, ...]]


def tags_of(session: Session, store: Path | None) -> Tags:
    """The tags of every experiment by its name. Raises UsageError or QueueFileError where the file cannot be read."""
    path = queue_file(session, store)
    try:
        text = queuefile.decode(path.read_bytes(), path)
    except OSError as error:
        told = f"tags stand in the queue file, which cannot be read: {reason(error)}"
        raise UsageError(told, where=str(path), hint="name it: --store FILE") from None
    queue = queuefile.parse(text, path, data_must_be_there=False)
    return {experiment.name: experiment.tags for experiment in queue.experiments}


def tags_of_job(session: Session, store: Path | None, row: JobRow) -> list[str]:
    """The tags of all experiments that want a job; none where the file cannot be read."""
    try:
        tags = tags_of(session, store)
    except EngineError:
        return []
    return list(dict.fromkeys(tag for name in row.experiments for tag in tags.get(name, ())))
