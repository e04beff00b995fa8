"""What is said where the queue cannot be shown: nothing is there yet, or something is wrong with the file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.editing.document import Sheet


def first_time(sheet: "Sheet | None") -> str:
    """What to press where there is nothing."""
    if sheet is None or sheet.queue is None:
        if sheet is not None and not sheet.exists:
            return (
                f" There is no {sheet.path.name} here.\n\n n  writes a first one, which you can change before saving it"
            )
        return " Nothing was trained here yet."
    return " The queue is empty.\n\n n  adds an experiment\n ?  shows every key"


def file_problem(sheet: "Sheet | None") -> str:
    """What is wrong with the file on disk, and what to do."""
    if sheet is None or not sheet.problem:
        return ""
    still = "what is below is the last good plan; " if sheet.queue is not None else ""
    return sheet.problem + ("" if "ctrl+s" in sheet.problem else f"\n{still}E opens the file in your editor")
