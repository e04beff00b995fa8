"""Parts of a Markdown document in which nothing that came from data marks anything up."""

from collections.abc import Iterable, Iterator, Sequence

from engine.results.markdown import escaped
from engine.text import visible


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()) -> Iterator[str]:
    """A table, line by line; the columns whose places are in `numeric` stand to the right."""
    yield _line(head)
    yield "|" + "|".join("---:" if at in numeric else ":---" for at in range(len(head))) + "|"
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(visible(cell)) for cell in cells) + " |"


def block(lines: Iterable[str], language: str = "text") -> Iterator[str]:
    """Lines of text in a fence longer than any run of backticks in it."""
    text = [visible(line) for line in lines]
    longest = fence = 0
    for line in text:
        for char in line:
            fence = fence + 1 if char == "`" else 0
            longest = max(longest, fence)
    yield "`" * max(3, longest + 1) + language
    yield from (line.rstrip() for line in text)
    yield "`" * max(3, longest + 1)
