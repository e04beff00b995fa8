"""More repeats of what has been trained already: `refine` names jobs, and other seeds for them."""

from engine.errors import UsageError
from engine.plan.sweep import make_job
from engine.record.ledger import Ledger
from engine.run.inbox import Request
from engine.run.submitting import put, running

# Stands in the place of a queue file: what no queue file names, none withdraws when it is submitted again.
WANTED_BY = "engine refine"


def refine(ledger: Ledger, request: Request) -> None:
    """Add repeats of jobs, run as these are. Raises UsageError where one of them is gone."""
    asked = request.arguments
    position = ledger.next_position()
    named: dict[str, bool] = {}
    begun = running(asked)
    for each in asked["jobs"]:
        like, seed = str(each["like"]), int(each["seed"])
        if not ledger.knows(like):
            raise UsageError(f"job {like} is no longer there", hint="engine refine again looks at what is")
        job = ledger.file(like).job
        repeat = make_job(job.config, seed, job.digests)
        status = next((row.status for row in ledger.jobs([repeat.id])), None)
        status = begun.get(repeat.id, status)
        named[repeat.id] = put(ledger, repeat, ledger.wish_of(like), status, position + len(named), asked)
    ledger.want(WANTED_BY, str(asked["experiment"]), list(named))
    ledger.note_submission(request.name, list(named.items()))
