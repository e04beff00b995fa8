"""Columns of text that a person can read downward: numbers to the right, words to the left, the best bold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.text import columns_of

GAP = 2
BOLD = "\x1b[1m{}\x1b[0m"
DIM = "\x1b[2m{}\x1b[0m"


@dataclass(frozen=True)
class Column:
    """A title over its cells, one a row; `bold` holds the rows whose cell stands out."""

    title: str
    cells: Sequence[str]
    numeric: bool = False
    bold: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """Of the widest cell, title included."""
        return max(map(columns_of, (self.title, *self.cells)))


def total(columns: Sequence[Column]) -> int:
    """How wide a table of these columns is."""
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces, and within a word that is wider than a line."""
    if columns_of(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        gap = " " if lines[-1] else ""
        if columns_of(lines[-1] + gap + word) <= width:
            lines[-1] += gap + word
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if columns_of(lines[-1] + char) > width:
                lines.append("")
            lines[-1] += char
    return lines


def table(columns: Sequence[Column], *, painted: bool = False, width: int | None = None) -> Iterator[str]:
    """A line of titles, then a line a row. With `width`, the last column is wrapped below itself to stay within."""
    widths = [column.width for column in columns]
    lead = sum(widths[:-1]) + GAP * (len(widths) - 1)
    room = max(10, width - lead) if width is not None else max(widths[-1:], default=0)
    titles = [_padded(column, column.title, size) for column, size in zip(columns, widths, strict=True)]
    head = (" " * GAP).join(titles).rstrip()
    yield DIM.format(head) if painted else head
    for row in range(len(columns[0].cells)):
        last = columns[-1].cells[row]
        parts = wrapped(last, room)
        cells = [column.cells[row] for column in columns[:-1]] + parts[:1]
        shown = [
            _shown(column, text, size, row, painted) for column, text, size in zip(columns, cells, widths, strict=True)
        ]
        yield (" " * GAP).join(shown).rstrip()
        for part in parts[1:]:
            yield " " * lead + part


def _padded(column: Column, text: str, size: int) -> str:
    blank = " " * (size - columns_of(text))
    return blank + text if column.numeric else text + blank


def _shown(column: Column, text: str, size: int, row: int, painted: bool) -> str:
    padded = _padded(column, text, size)
    return BOLD.format(padded) if painted and row in column.bold else padded
