"""What the Digits tab says in words: the line above, the digit at its largest, what to press where there is none."""

from typing import Any

from rich.text import Text

from engine.results.digits import large, picture
from engine.results.labels import ID_SHOWN, Labels
from engine.results.rows import JobRow
from tui.panes.digits_pictures import GONE, WIDEST, DigitPictures
from tui.panes.nothing import PRESS

EMPTY = f"No job is done yet.\n\n{PRESS}; what a job gets wrong in the test set is shown here."
READING = "Reading the mistakes of this job."
# What stands beside the job's name takes so many columns.
REST = 60
FLAWLESS = "This job got every test digit right."


def about(
    job: JobRow,
    labels: Labels,
    shown: DigitPictures | None,
    cursor: int,
    cell: tuple[int | None, int | None],
    sort: str,
    width: int,
) -> Text:
    """Which job, how much it got wrong, and which of that is shown, within `width` where that can be."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(labels.short(job, max(24, width - REST)), "bold")
    more = [f"  {job.id[:ID_SHOWN]}"]
    if shown is not None:
        wrong, right = len(shown.found.indices), int(shown.found.right.sum())
        text.append(f"  {wrong:,} wrong" + (f" of {wrong + right:,}" if right else ""))
        if cell != (None, None):
            text.append("  " + filtered(shown, cell), "bold")
        if len(shown):
            text.append(f"  {cursor + 1:,} of {len(shown):,}, by {sort}")
            more.insert(0, f", {shown.style}")
    elif job.test_accuracy is not None:
        text.append(f"  test acc {job.test_accuracy:.4f}")
    for words in more:
        if text.cell_len + len(words) <= width:
            text.append(words, "dim")
    return text


def comparing(first: JobRow, job: JobRow, labels: Labels, width: int) -> Text:
    """While one of two that are to be compared is chosen, and the cursor stands on another."""
    room = max(16, (width - 40) // 2)
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append("= compares A ", "bold").append(labels.short(first, room))
    return text.append(" with B ", "bold").append(labels.short(job, room)).append("  esc does not", "dim")


def filtered(shown: DigitPictures, cell: tuple[int | None, int | None]) -> str:
    """What a cell of the matrix leaves: `4 taken for 9: 12`."""
    true, predicted = cell
    if true is not None and true == predicted:
        right = shown.found.right.tolist()
        times = f" {right[true]:,} times" if true < len(right) else ""
        return f"{true} right{times}"
    words = ("any" if label is None else str(label) for label in cell)
    return f"{' taken for '.join(words)}: {len(shown):,}"


def unseen(shown: DigitPictures, cell: tuple[int | None, int | None]) -> str:
    """What is said in the place of the pictures, where a cell of the matrix leaves none."""
    true, predicted = cell
    if true is not None and true == predicted:
        return f"{true} taken for {true} is right, and no pictures are kept of that; <digits.back> shows every mistake."
    return f"{filtered(shown, cell)}. Nothing to see; <digits.back> shows every mistake."


def enlarged(image: Any, words: str, room: tuple[int, int], ascii_only: bool) -> Text:
    """One digit with two characters a pixel where `room` (columns, lines) holds it, else in half blocks."""
    lines = large(image, ascii_only=ascii_only) if image is not None else [GONE]
    if image is not None and (len(lines) > room[1] or len(lines[0]) > room[0]):
        lines = picture(image, "ascii" if ascii_only else "half", WIDEST)
    text = Text("\n".join(lines), no_wrap=True)
    text.append("\n\n" if len(lines) < room[1] - 1 else "\n")
    text.append(words, "bold")
    text.append("\nh l other digits, esc all", "dim")
    return text
