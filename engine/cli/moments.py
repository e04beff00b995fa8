"""What queued jobs wait for, in words."""

from collections.abc import Sequence

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import JobRow
from engine.text import visible


def waiting_lines(rows: Sequence[JobRow]) -> list[str]:
    """One line for each thing that queued jobs wait for, and what would train them anyway."""
    reasons: dict[str, int] = {}
    for row in rows:
        if row.status is JobStatus.QUEUED and row.waits_for:
            reasons[row.waits_for] = reasons.get(row.waits_for, 0) + 1
    lines = []
    for reason, count in reasons.items():
        anyway = f"; --device cpu trains {'it' if count == 1 else 'them'} anyway" if "has none" in reason else ""
        lines.append(f"{counted(count, 'job')} wait{'s' if count == 1 else ''} for {visible(reason)}{anyway}")
    return lines
