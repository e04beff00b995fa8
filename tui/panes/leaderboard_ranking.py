"""Boards made in a thread, and only where what they are made of has changed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.plan.jobs import JobStatus
from engine.results.rows import JobRow
from tui.panes.leaderboard_sure import assured
from tui.panes.leaderboard_table import Asked, BoardTable, tables

if TYPE_CHECKING:
    from engine.results.predictions import Hits


class Ranking:
    """Remembers what the last boards were made of. Threads take turns; the last one asked is the last one made."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting = 0
        self._done: list[JobRow] | None = None
        self._asked = Asked()
        self._made: list[BoardTable] | None = None
        self._sure: list[BoardTable] = []

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
            self._hand_on(made, asked)
            self._done, self._asked, self._made = done, asked, made
            return made

    def assured(self, made: list[BoardTable], hits: "Callable[[str], Hits | None] | None") -> list[BoardTable] | None:
        """The same boards, sure; None where others are made or asked for by now."""
        with self._turn:
            if made is not self._made:
                return None
            self._sure = [assured(table, hits) for table in made]
            return self._sure

    def _hand_on(self, made: list[BoardTable], asked: Asked) -> None:
        """What was said below the same rows in another order stays until it is known anew: to make room for it again
        takes longer than a key may."""
        if replace(asked, sort=None) != replace(self._asked, sort=None):
            self._sure = []
        said = {table.board.title: (table.below, table.brief) for table in self._sure}
        for table in made:
            table.below, table.brief = said.get(table.board.title, ((), ()))
