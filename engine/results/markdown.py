"""Boards as Markdown tables."""

from collections.abc import Mapping, Sequence

from engine.results.cells import cell, is_words
from engine.results.columns import INSTEAD, STRIP, TITLES, notes, strips
from engine.results.leaderboard import Board
from engine.results.markup import escaped, table
from engine.text import visible


def leaderboard_markdown(
    boards: Sequence[Board], names: Mapping[str, Sequence[str]], *, plain: bool = False, instead: str = INSTEAD
) -> str:
    """A table for each board, and below it what its marks mean; `names` gives its columns by its title.

    `plain` draws the strips in ASCII; `instead` tells how to choose by validation.
    """
    parts = []
    for board in boards:
        head, configs, rows = names[board.title], board.rows.configs(), list(board.rows)
        dots = strips(rows, plain=plain) if STRIP in head else [""] * len(rows)
        told = [
            [strip if name == STRIP else cell(row, name) for name in head]
            for row, strip in zip(rows, dots, strict=True)
        ]
        titles = [TITLES["tie"] if name == "tie" else name for name in head]
        numeric = [at for at, name in enumerate(head) if not is_words(configs, name)]
        lines = [f"### {escaped(visible(board.title))}", "", *table(titles, told, numeric)]
        lines += ["", *(f"- {escaped(note)}" for note in notes(board, rows, head, instead))]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
