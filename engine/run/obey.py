"""Applies the requests of the front ends: in order, each in one transaction and once."""

import errno
from collections.abc import Callable
from pathlib import Path

from engine import failpoints
from engine.errors import EngineError, UsageError
from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.run import finishing, inbox, refine, submitting, tending
from engine.run.inbox import Request

VERBS: dict[str, Callable[[Ledger, Request], None]] = {
    "submit": submitting.submit,
    "refine": refine.refine,
    "stop": tending.stop,
    "hold": tending.hold,
    "release": tending.release,
    "retry": tending.retry,
    "reorder": tending.reorder,
    "remove": tending.remove,
    "finish": finishing.finish,
}
# What follows once the rows are stored, and may be done twice.
AFTERWARDS: dict[str, Callable[[Ledger, Request], None]] = {"remove": tending.clear}


def obey_all(ledger: Ledger) -> bool:
    """Apply every waiting request; one that cannot be applied is set aside with its reason.

    True where one of them wants something trained.
    """
    trains = False
    waiting = inbox.waiting(ledger.paths)
    done = ledger.applied() if waiting else set()
    for name in waiting:
        if name in done:
            kept = ledger.outcome(name) == ""
        else:
            inbox.stamp(ledger.paths, name, ledger.ids_with(JobStatus.RUNNING))
            kept = apply(ledger, name, ledger.paths.inbox)
        failpoints.reach("inbox:applied")
        if kept:
            request = inbox.read(ledger.paths.inbox, name)
            AFTERWARDS.get(request.verb, _nothing)(ledger, request)
            trains = trains or request.verb in inbox.TRAINS
        inbox.put_away(ledger.paths, name, refused=not kept)
        failpoints.reach("inbox:put-away")
    return trains


def _nothing(ledger: Ledger, request: Request) -> None:
    """Most requests are done with once their rows are stored."""


def apply(ledger: Ledger, name: str, folder: Path) -> bool:
    """Carry out the request of that name in `folder`; False where it is none, or cannot be carried out."""
    verb = "?"
    try:
        request = inbox.read(folder, name)
        verb = request.verb
        if verb not in VERBS:
            raise UsageError(f"no such request: {verb}", hint="it was left by another version of labtop")
        with ledger.database.transaction():
            VERBS[verb](ledger, request)
            failpoints.reach("inbox:carried-out")
            ledger.note_request(name, verb)
    except (EngineError, ValueError, TypeError, KeyError, OSError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        ledger.note_request(name, verb, str(error) or type(error).__name__)
        return False
    return True
