"""The leaderboard as text: the same cells as its CSV, as many columns as the width holds."""

from collections.abc import Iterator, Sequence

from engine.cli.layout import DIM, Column, table, total, wrapped
from engine.results.cells import cell
from engine.results.columns import INSTEAD, STRIP, TITLES, Apart, columns_shown, extent, is_numeric, notes, strips
from engine.results.leaderboard import Board, LeaderboardRow
from engine.results.metrics import METRICS
from engine.text import visible

# Given up in this order where the width does not hold all.
SPARE = (
    *("parameters", "seconds", "epochs_trained", "val_accuracy", "test_loss"),
    *("test_accuracy_std", STRIP, "test_accuracy_interval"),
)
ID_SHOWN = 8
WRAPPED = 24


def board_text(
    board: Board, width: int, *, painted: bool = False, plain: bool = False, instead: str = INSTEAD
) -> Iterator[str]:
    """A board's table, line by line, within `width` columns; above it the data set and what it is ranked by.

    Below it stands what its marks and intervals mean. `plain` is ASCII alone; `instead` tells how to choose
    by validation.
    """
    metric = METRICS[board.rank_by]
    yield f"{visible(board.title)}, ranked by {metric.name}"
    rows = list(board.rows)
    names = columns_shown(board, sure=True)
    made = {name: _column(name, rows) for name in names if name != STRIP}
    if STRIP in names:
        made[STRIP] = Column(STRIP, strips(rows, plain=plain))
    apart = Apart(board.fields, ((row.experiments, row.config) for row in rows))
    # Where all rows are of one experiment its name tells nothing; where they are not, it tells most.
    spare = [*SPARE, "experiments"] if apart.several else ["experiments", *SPARE]
    spare = [name for name in spare if name in names and name != board.rank_by]
    while _width([made[name] for name in names]) > width and spare:
        # Before the figures go, what tells the rows apart is told in one column, which may be wrapped.
        if spare[0] == "val_accuracy" and len(board.fields) > 2 and "differs" not in names:
            names = [name for name in names if name not in board.fields and name != "experiments"] + ["differs"]
            made["differs"] = Column("what", [apart.words(row) for row in rows])
        else:
            names = [name for name in names if name != spare[0]]
            spare = spare[1:]
    yield from table([made[name] for name in names], painted=painted, width=width)
    for note in notes(board, rows, names, instead):
        for line in wrapped(note, width):
            yield DIM.format(line) if painted else line


def _width(columns: Sequence[Column]) -> int:
    """How wide a table is at least: its last column may be wrapped."""
    last = columns[-1]
    return total(columns) - max(0, last.width - WRAPPED) if not last.numeric else total(columns)


def _column(name: str, rows: Sequence[LeaderboardRow]) -> Column:
    cells = [cell(row, name) for row in rows]
    if name == "job_ids":
        cells = [" ".join(text[:ID_SHOWN] for text in words.split()) for words in cells]
    numeric = is_numeric(name, [row.config for row in rows])
    return Column(TITLES.get(name, name), cells, numeric, _best(name, rows, cells))


def _best(name: str, rows: Sequence[LeaderboardRow], cells: Sequence[str]) -> frozenset[int]:
    """The rows that hold the best figure of a column, as it is shown; none where all show the same."""
    if name not in METRICS:
        return frozenset()
    best = extent(name, [row.figure(name).mean for row in rows]).best
    return frozenset(index for index, text in enumerate(cells) if text == best)
