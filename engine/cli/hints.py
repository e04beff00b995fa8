"""What a command needs so that it finds, from here, the store that was just spoken of."""

import os
import shlex
from pathlib import Path

from engine.record.paths import StorePaths
from engine.text import visible


def on_store(paths: StorePaths) -> str:
    """Nothing where the store is the one that every command looks for, else ` --store` and where it is."""
    root, here = paths.root.resolve(), Path.cwd()
    if root == here / "runs":
        return ""
    shown = os.path.relpath(root, here) if root.is_relative_to(here) else str(root)
    return f" --store {visible(shlex.quote(shown))}"
