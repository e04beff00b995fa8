"""How sure a board is, found out in a thread once the board itself is shown: ties, intervals, and their methods."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.results.cells import cell_maker
from engine.results.columns import chosen_words, sure_notes
from engine.results.durations import counted
from engine.results.leaderboard import Board
from engine.results.losses import loss_words
from engine.results.ties import BEYOND, compared, nearest
from tui.panes.leaderboard_table import INTERVAL, BoardTable

if TYPE_CHECKING:
    from engine.results.predictions import Hits

INSTEAD = "v ranks by validation"


def nothing_read(_: str) -> None:
    """Of no job it is known what it got right."""


def assured(table: BoardTable, hits: "Callable[[str], Hits | None] | None") -> BoardTable:
    """The same table, whose rows tell how they compare with the first, and what is to be said below it.

    Reads the predictions of rows with one repeat, 1,000 at most.
    """
    board = compared(table.board, hits or nothing_read)
    near = nearest(board.rows)
    below = [*sure_notes(near, table.names), *_beyond(board, len(near))]
    below += [*loss_words(board.rank_by, board.fields), chosen_words(board, INSTEAD)]
    interval = cell_maker(INTERVAL)
    width = max([table.widths[INTERVAL], *(len(interval(row)) for row in near)])
    return replace(table, board=board, widths={**table.widths, INTERVAL: width}, below=tuple(below), sure=True)


def _beyond(board: Board, near: int) -> Sequence[str]:
    left = len(board.rows) - near
    return [f"without a verdict, {counted(left, 'row')}: {BEYOND}"] if left else []
