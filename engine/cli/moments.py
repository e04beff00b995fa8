"""Times and jobs in the words of a terminal: `12:40`, `3 jobs`, `grid dropout=0.25`."""

from collections.abc import Sequence

from engine.plan.jobs import JobStatus
from engine.results.export import setting
from engine.results.leaderboard import differing
from engine.results.rows import JobRow
from engine.text import visible

ID_SHOWN = 8


def clock(seconds: float) -> str:
    """`0:42`, `12:40`, `3:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def spoken(seconds: float) -> str:
    """`42 s`, `21 min`, `3.1 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def counted(count: int, noun: str) -> str:
    """`1 job`, `2 jobs`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


class Labels:
    """Short names for jobs: the experiment, and what tells the job from the others of that experiment."""

    def __init__(self, rows: Sequence[JobRow]) -> None:
        groups: dict[str, list[JobRow]] = {}
        for row in rows:
            groups.setdefault(_experiment(row), []).append(row)
        self._fields = {name: differing([row.config for row in group]) for name, group in groups.items()}
        self._repeated = {name for name, group in groups.items() if len({row.seed for row in group}) > 1}

    def of(self, row: JobRow) -> str:
        """`grid batch_norm=false dropout=0.25 seed=2`."""
        name = _experiment(row)
        parts = [visible(name), *(f"{field}={setting(row.config.get(field))}" for field in self._fields.get(name, ()))]
        return " ".join([*parts, f"seed={row.seed}"] if name in self._repeated else parts)


def _experiment(row: JobRow) -> str:
    return row.experiments[0] if row.experiments else row.id[:ID_SHOWN]


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
