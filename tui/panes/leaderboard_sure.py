"""How sure a board is, found out in a thread once the board itself is shown: ties, intervals, and their methods."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.results.cells import cell_maker
from engine.results.columns import STRIP, chosen_words, sure_notes
from engine.results.durations import counted
from engine.results.leaderboard import Board, LeaderboardRow
from engine.results.losses import loss_words
from engine.results.numbers import number
from engine.results.strip import scale_of
from engine.results.surecells import MARK
from engine.results.ties import BEYOND, compared, methods, nearest
from tui.panes.leaderboard_table import INTERVAL, BoardTable

if TYPE_CHECKING:
    from engine.results.predictions import Hits

INSTEAD = "v ranks by validation"
# In a few words for a small window, by what `Board.chosen_by` says.
BRIEFLY = {"test": f"the test flatters #1: {INSTEAD}", "validation": "the test had no say"}


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
    brief = _briefly(board, near, table.names)
    interval = cell_maker(INTERVAL)
    width = max([table.widths[INTERVAL], *(len(interval(row)) for row in near)])
    return replace(
        table, board=board, widths={**table.widths, INTERVAL: width}, below=tuple(below), brief=brief, sure=True
    )


def _briefly(board: Board, near: Sequence[LeaderboardRow], names: Sequence[str]) -> tuple[str, ...]:
    """The same for a small window: what a mark means, by which test, whom to believe, what a dot stands for."""
    told = [BRIEFLY.get(board.chosen_by, chosen_words(board))]
    if words := methods(near):
        tied = any(row.tie is not None and row.tie.tied for row in near)
        words = f"told from #1 ({words.partition(';')[0]}, Holm)"
        told.insert(0, f"{MARK} not {words}" if tied else words)
    if len(near) < len(board.rows):
        told.insert(1, f"not compared below #{len(near)}")
    used = dict.fromkeys(found.method for row in near if (found := row.interval("test_accuracy")) is not None)
    if used:
        told.append("95%: " + ", ".join(used))
    if STRIP in names:
        scale = scale_of([row.figure("test_accuracy").values for row in near if row.n > 1])
        told += [f"dots {number(scale.low, 5)}..{number(scale.high, 5)}"] if scale else []
    return tuple(told)


def _beyond(board: Board, near: int) -> Sequence[str]:
    left = len(board.rows) - near
    return [f"without a verdict, {counted(left, 'row')}: {BEYOND}"] if left else []
