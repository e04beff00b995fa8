"""Boards made in a thread, and only where what they are made of has changed."""

import threading
from collections.abc import Sequence

from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow
from tui.panes.leaderboard_table import Asked, BoardTable, tables


class Ranking:
    """Remembers what the last boards were made of. Threads take turns; the last one asked is the last one made."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting = 0
        self._done: list[JobRow] | None = None
        self._asked = Asked()

    def tables(self, jobs: Sequence[JobRow], asked: Asked) -> list[BoardTable] | None:
        """The boards of the jobs that are done; None where they would be as before, or where a later call waits."""
        self._waiting += 1
        mine = self._waiting
        with self._turn:
            if mine < self._waiting:
                return None
            done = [row for row in jobs if row.status is JobStatus.DONE]
            if done == self._done and asked == self._asked:
                return None
            made = tables(done, asked)
            self._done, self._asked = done, asked
            return made
