"""What handing in a queue file comes to: how many of its jobs will be trained, and how the others stand."""

from collections import Counter
from collections.abc import Iterable, Sequence

from engine.plan.experiment import Experiment
from engine.plan.sweep import count
from engine.results.durations import counted
from engine.results.rows import JobRow
from tui.editing.expected import Found, slots
from tui.look import word

ON = "training goes on without this window"


def handed_in(experiments: Sequence[Experiment], rows: Iterable[JobRow], *, runs: bool) -> str:
    """`4 jobs handed in; the others: 2 done`, or `nothing new: 6 done`; `runs` tells whether a runner is there.

    Jobs that may be others by now, since their data or code may be, and more than can be looked at, count as handed in.
    """
    found = Found(rows)
    new = 0
    others: dict[str, JobRow] = {}
    seen = set()
    for experiment in experiments:
        wanted = slots(experiment)
        if not wanted:
            new += count(experiment)
        for slot, row in zip(wanted, found.rows(experiment, wanted), strict=True):
            if slot.job.id in seen:
                continue
            seen.add(slot.job.id)
            if row is None or not slot.known or row.status.goes_on_with_run() or (row.status.waits() and not runs):
                new += 1
            else:
                others[row.id] = row
    tally = Counter(row.status for row in others.values())
    told = ", ".join(f"{number:,} {word(status)}" for status, number in tally.most_common())
    if any(status.is_failure() for status in tally):
        told += "; <queue.retry> tries again what failed"
    if not new:
        return f"nothing new: {told}"
    return f"{counted(new, 'job')} handed in; " + (f"the others: {told}" if told else ON)
