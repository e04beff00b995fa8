"""What the Leaderboard tab says and takes in words: the line above the board, the filter, what is copied."""

from textwrap import wrap

from rich.text import Text

from engine.errors import UsageError
from engine.results.cells import cell
from engine.results.columns import STRIP
from engine.results.durations import counted
from engine.results.filters import Filter, parse
from engine.results.leaderboard import LeaderboardRow
from engine.results.reproduce import command
from engine.text import visible
from tui.panes.leaderboard_table import BoardTable
from tui.panes.nothing import PRESS

EMPTY = f"No job is done yet.\n\n{PRESS}; every job that ends well gets its place here."
# So many lines of a small window are spent on what its board means.
LINES = 2
NOTHING_LEFT = "The filter leaves no row.\n\n/ changes it, and esc takes it away."


def about(
    table: BoardTable | None, place: int, boards: int, filter_text: str, *, comparing: bool, note: str = ""
) -> Text:
    """Which board is shown, of how many rows, in which order, what keeps rows from it, and a note about a row."""
    text = Text(no_wrap=True, overflow="ellipsis")
    if comparing:
        text.append("= on another row compares it with the marked one, esc does not", "bold")
        return text
    if table is not None:
        text.append(visible(table.board.title), "bold")
        if boards > 1:
            text.append(f"  {place + 1} of {boards} data sets ([ ])")
        noun = "configuration" if table.board.by == "config" else "job"
        text.append(f"  {counted(len(table), noun)}, ranked by {table.board.rank_by.replace('_', ' ')}")
        if table.sort:
            text.append(f", sorted by {table.sort.removeprefix('-').replace('_', ' ')}")
    if filter_text:
        text.append(f"  filter {visible(filter_text)}", "bold")
    if note:
        text.append("  note ", "dim").append(visible(note))
    return text


def below(table: BoardTable, width: int, *, tall: bool) -> str:
    """What marks, intervals and strips mean, and what the first was chosen by: a line each where it is `tall`, else in
    two lines of `width` what fits.
    """
    if tall:
        return "\n".join(map(visible, table.below))
    held = list(map(visible, table.brief))
    while len(lines := wrap(".  ".join(held), max(1, width))) > LINES:
        held.pop()
    return "\n".join(lines)


def parsed(text: str) -> tuple[Filter | None, str]:
    """The filter that was typed, None for an empty one; and what is wrong with it, a line a fault."""
    if not text.strip():
        return None, ""
    try:
        return parse(text), ""
    except UsageError as error:
        lines = (f"{fault.message}: {fault.allowed}" if fault.allowed else fault.message for fault in error.faults)
        return None, "\n".join(map(visible, lines))


def copied(row: LeaderboardRow, what: str, table: BoardTable | None) -> str:
    """The ids of a row's jobs (`i`), its cells parted by tabs (`r`), or the command that trains its jobs (`c`)."""
    if what == "c":
        return command(*row.jobs)
    if what == "r" and table is not None:
        return "\t".join(cell(row, name) for name in table.names if name not in ("mark", STRIP))
    return " ".join(row.job_ids)
