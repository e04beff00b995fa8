"""How much room folders take, and how that is said."""

import os
from pathlib import Path

UNITS = ("bytes", "KB", "MB", "GB", "TB")


def size_of(folder: Path) -> int:
    """Bytes of every file below `folder`; links are not followed, and what is gone meanwhile counts nothing."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total


def size_words(count: float) -> str:
    """`512 bytes`, `3.4 MB`, in units of a thousand."""
    unit = 0
    while count >= 1000 and unit < len(UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.0f} {UNITS[unit]}" if unit == 0 else f"{count:.1f} {UNITS[unit]}"
