"""What a command asked of the runner: waited for, so that the next command finds it done."""

import time

from engine.cli.streams import words
from engine.errors import EnvironmentFault
from engine.session import Session

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 10.0


def settle(session: Session, request: str) -> bool:
    """Wait until the runner has applied a request; False, and a word on stderr, where it has not got to it yet.

    Raises EnvironmentFault where the runner refused it.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (outcome := session.outcome(request)) is None:
        if time.monotonic() > deadline:
            words("asked; the runner has not got to it yet: engine status shows when it has")
            return False
        time.sleep(POLL_SECONDS)
    if outcome:
        raise EnvironmentFault(f"the runner refused: {outcome}", where=str(session.paths.root))
    return True
