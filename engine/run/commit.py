"""Which state of a program or of a folder something was done with, as git has it."""

import subprocess
from pathlib import Path

import engine

SOURCE = Path(engine.__path__[0])


def commit(folder: Path) -> str:
    """The commit that is checked out in a folder, and whether tracked files differ from it; empty outside of git."""
    found = _git(folder, "rev-parse", "HEAD")
    if not found:
        return ""
    return f"{found}, with changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else found


def own_commit() -> str:
    """The same of labtop itself, where it runs from a checkout of its own."""
    return commit(SOURCE) if _git(SOURCE, "ls-files", "errors.py") else ""


def _git(folder: Path, *words: str) -> str:
    # A repository may name a program as its file monitor, which only looking must not start.
    command = ["git", "-c", "core.fsmonitor=false", "--no-optional-locks", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout.strip()
