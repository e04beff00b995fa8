"""Boards as Markdown tables."""

import re
from collections.abc import Mapping, Sequence

from engine.results.columns import STRIP, TITLES, notes, strips
from engine.results.export import cell, is_words
from engine.results.leaderboard import Board
from engine.text import visible

MARKED = re.compile(r"([\\`*_\[\]<>|~#&!])")


def leaderboard_markdown(boards: Sequence[Board], names: Mapping[str, Sequence[str]], *, plain: bool = False) -> str:
    """A table for each board, and below it what its marks mean; `names` gives its columns by data set.

    `plain` draws the strips in ASCII.
    """
    parts = []
    for board in boards:
        head, configs, rows = names[board.dataset], board.rows.configs(), list(board.rows)
        dots = strips(rows, plain=plain) if STRIP in head else [""] * len(rows)
        lines = [f"### {escaped(visible(board.dataset))}", ""]
        lines.append("| " + " | ".join(escaped(TITLES["tie"] if name == "tie" else name) for name in head) + " |")
        lines.append("|" + "|".join(":---" if is_words(configs, name) else "---:" for name in head) + "|")
        for row, strip in zip(rows, dots, strict=True):
            cells = [strip if name == STRIP else cell(row, name) for name in head]
            lines.append("| " + " | ".join(map(escaped, cells)) + " |")
        lines += ["", *(f"- {escaped(note)}" for note in notes(board, rows, head))]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def escaped(text: str) -> str:
    """The same text in Markdown, where nothing in it marks anything up."""
    return MARKED.sub(r"\\\1", text)
