"""What the command line said."""

from dataclasses import dataclass
from pathlib import Path

QUEUE_FILE = Path("experiments.toml")


@dataclass(frozen=True)
class Options:
    """A queue file or a store, whether to look only, whether to draw in ASCII."""

    path: Path
    read_only: bool = False
    ascii: bool = False
