"""Files that a command writes: a reader finds the old one or the new one, never a part."""

import os
from collections.abc import Iterable
from pathlib import Path

from engine.errors import EnvironmentFault


def write_whole(path: Path, lines: Iterable[str], what: str) -> None:
    """Write text aside, then rename it; line ends stay as they are. Raises EnvironmentFault, which names `what`."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise EnvironmentFault(f"the {what} cannot be written: {error.strerror}", where=str(path)) from None
