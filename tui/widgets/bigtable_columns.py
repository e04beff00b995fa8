"""The columns of a table: what stands in them, how wide they are, and which are in sight."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from rich.cells import cell_len, set_cell_size


class Cell(NamedTuple):
    """Text with a look: one of `LOOKS`, a colour such as `#e69f00`, or nothing."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class Column:
    """A title over cells of `width` columns, numbers to the right. `sorted` shows which way the rows stand."""

    name: str
    title: str
    width: int
    right: bool = False
    sorted: str = ""


class Rows(Protocol):
    """Where the rows come from. Nothing is asked for that is not shown."""

    def __len__(self) -> int: ...

    def cells(self, index: int) -> Sequence[Cell]:
        """One cell a column."""

    def key(self, index: int) -> str:
        """What the row is known by when rows change places."""

    def find(self, key: str) -> int | None:
        """Where the row stands now."""


class NoRows:
    """An empty table."""

    def __len__(self) -> int:
        return 0

    def cells(self, index: int) -> Sequence[Cell]:
        raise IndexError(index)

    def key(self, index: int) -> str:
        raise IndexError(index)

    def find(self, key: str) -> int | None:  # noqa: ARG002 - as in `Rows`
        return None


SOME = 8


@dataclass(frozen=True)
class Arrangement:
    """Columns with `gap` between them, of which `frozen` stay in sight and `left` of the others are passed over."""

    columns: Sequence[Column]
    frozen: int
    gap: int
    left: int = 0

    @property
    def places(self) -> list[int]:
        """The columns that are shown, from the left, as far as there is room."""
        return [place for place in range(len(self.columns)) if not self.frozen <= place < self.frozen + self.left]

    def within(self, width: int) -> list[int]:
        """Those of them that fit into `width` whole."""
        held, used = [], 0
        for place in self.places:
            used += self.columns[place].width
            if used > width:
                break
            held.append(place)
            used += self.gap
        return held

    def drawn(self, width: int) -> list[int]:
        """Those that are drawn: numbers only whole, words as far as there is room for some."""
        held = self.within(width)
        rest = self.places[len(held) :]
        used = sum(self.columns[place].width + self.gap for place in held)
        if rest and (not held or (not self.columns[rest[0]].right and width - used >= SOME)):
            held.append(rest[0])
        return held

    def at(self, x: int) -> str:
        """The name of the column at `x`, or nothing."""
        used = 0
        for place in self.places:
            column = self.columns[place]
            if used <= x < used + column.width:
                return column.name
            used += column.width + self.gap
        return ""

    @property
    def most_left(self) -> int:
        """How many columns can be passed over: one always stays."""
        return max(0, len(self.columns) - self.frozen - 1)

    def bringing(self, name: str, width: int) -> int:
        """How many columns to pass over so that one is in sight; as few more or less as can be."""
        names = [column.name for column in self.columns]
        if name not in names:
            return self.left
        place = names.index(name)
        left = self.left if place < self.frozen else min(self.left, place - self.frozen)
        while left < self.most_left and place not in replace(self, left=left).within(width):
            left += 1
        return left


def fitted(text: str, column: Column) -> str:
    """`text` in exactly the column's width, cut with two dots where it is longer."""
    size = cell_len(text)
    if size > column.width:
        return set_cell_size(text, max(0, column.width - 2)) + ".."[: column.width]
    blank = " " * (column.width - size)
    return blank + text if column.right else text + blank
