"""Short names for jobs: `grid dropout=0.25 seed=2`."""

from collections.abc import Sequence

from engine.results.export import setting
from engine.results.leaderboard import differing
from engine.results.rows import JobRow
from engine.text import visible

ID_SHOWN = 8


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
