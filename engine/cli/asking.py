"""What a command asked of the runner: waited for, so that the next command finds it done."""

import time
from collections.abc import Callable
from typing import TypeVar

from engine.cli.hints import on_store
from engine.cli.streams import words
from engine.errors import EnvironmentFault, StoreBusy, StoreDamaged
from engine.session import Session

T = TypeVar("T")

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 10.0


def settle(session: Session, request: str) -> bool:
    """Wait until the runner has applied a request; False, and a word on stderr, where it has not got to it yet.

    Raises EnvironmentFault where the runner refused it.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (outcome := _outcome(session, request)) is None:
        if time.monotonic() > deadline:
            where = on_store(session.paths)
            words(f"asked; the runner has not got to it yet: engine status{where} shows when it has")
            return False
        time.sleep(POLL_SECONDS)
    if outcome:
        hint = "engine status shows how the jobs stand"
        raise EnvironmentFault(f"the runner refused: {outcome}", where=str(session.paths.root), hint=hint)
    return True


def _outcome(session: Session, request: str) -> str | None:
    """What came of a request; None too while somebody keeps the database, or the runner mends it."""
    try:
        return session.outcome(request)
    except (StoreBusy, StoreDamaged):
        return None


def patiently(read: Callable[[], T]) -> T:
    """What a reading gives, tried again while somebody keeps the database. Raises StoreBusy once patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return read()
        except StoreBusy:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
