"""Whether the data that a job was submitted with is still there, looked at before a worker or a device is taken."""

from collections.abc import Iterator
from pathlib import Path

from engine.datasets.files import digest
from engine.errors import DataError
from engine.plan.settings import looks_like_path
from engine.record.jobfile import JobFile

Signature = tuple[tuple[str, int, int, int], ...]


class Intact:
    """Remembers what each path hashed to, so that a file which nobody has touched is read once."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Signature, str]] = {}

    def fault(self, file: JobFile) -> str:
        """What is wrong with the job's data, with its path and hash; empty where it is what was submitted."""
        name = str(file.job.config.get("dataset", ""))
        expected = file.job.digests.get(name, "")
        if not expected or not looks_like_path(name):
            return ""
        path = Path(file.folder) / Path(name).expanduser()
        hint = f"expected {expected}; restore it for engine run --retry-failed, or engine run makes other jobs of it"
        try:
            found = self._digest(path)
        except DataError as error:
            return str(DataError(error.faults[0].message, where=str(path), hint=hint))
        if found == expected:
            return ""
        told = f"the data set has changed since the job was submitted: its SHA-256 is {found}"
        return str(DataError(told, where=str(path), hint=hint))

    def _digest(self, path: Path) -> str:
        signature = tuple(_signed(path))
        known = self._known.get(path)
        if known is None or known[0] != signature:
            known = self._known[path] = (signature, digest(path))
        return known[1]


def _signed(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """What changes with a file's content: of every file, where the path is a folder."""
    try:
        for each in sorted(path.iterdir()) if path.is_dir() else [path]:
            found = each.stat()
            yield each.name, found.st_ino, found.st_size, found.st_mtime_ns
    except OSError:
        return
