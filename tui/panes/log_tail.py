"""The end of a file that grows: read in portions, as lines that no terminal obeys."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.text import visible_line

# Where a log is longer, its beginning is left to `engine logs`.
LAST_BYTES = 8 << 20
PORTION = 1 << 20
LONGEST = 2_000


@dataclass(frozen=True)
class Portion:
    """What is new. `anew` says that the file is another one, or was cut: what was read before is not part of it.

    `unfinished` is the last line as far as it is written. `full` says that more may wait already.
    """

    lines: tuple[str, ...] = ()
    unfinished: str = ""
    anew: bool = False
    skipped: bool = False
    full: bool = False


class LogTail:
    """Where the reading of one file stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: tuple[int, int] | None = None
        self._at = 0
        self._rest = b""

    def read(self) -> Portion | None:
        """What was added since the last call; None where nothing was, or there is no file. Raises OSError."""
        try:
            with self.path.open("rb") as file:
                return self._read(file)
        except FileNotFoundError:
            return None

    def _read(self, file: BinaryIO) -> Portion | None:
        found = os.fstat(file.fileno())
        anew = (found.st_dev, found.st_ino) != self._file or found.st_size < self._at
        skipped = False
        if anew:
            self._file = (found.st_dev, found.st_ino)
            self._at, self._rest = max(0, found.st_size - LAST_BYTES), b""
            skipped = self._at > 0
        if found.st_size == self._at and not anew:
            return None
        file.seek(self._at)
        data = file.read(PORTION)
        self._at += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        if skipped and whole:
            whole = whole[1:]  # its beginning was skipped
        if len(self._rest) > 4 * LONGEST:
            # A line without end is not kept: its beginning is what can be shown.
            whole, self._rest = [*whole, self._rest], b""
        lines = tuple(_shown(line) for line in whole)
        return Portion(lines, _shown(self._rest), anew, skipped, len(data) == PORTION)


def _shown(line: bytes) -> str:
    text = line[: 4 * LONGEST].decode("utf-8", "backslashreplace")
    shown = visible_line(text[:LONGEST])
    return f"{shown} .." if len(line) > LONGEST and len(text) > LONGEST else shown
