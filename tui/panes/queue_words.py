"""What is said where the queue cannot be shown: nothing is there yet, or something is wrong with the file."""

from typing import TYPE_CHECKING

from textual.app import App

from tui.keys import with_keys

if TYPE_CHECKING:
    from tui.editing.document import Sheet

MEND = "mend the file first: <queue.editor> opens it in your editor"


def first_time(app: App[None], sheet: "Sheet | None", *, writes: bool) -> str:
    """What to press where there is nothing; `writes` tells whether a file may be made."""
    if sheet is None or sheet.queue is None:
        if sheet is None or sheet.exists:
            return " Nothing was trained here yet."
        first = with_keys(app, "\n\n <queue.new>  writes a first one, which you can change before saving it")
        return f" There is no {sheet.path.name} here." + (first if writes and not sheet.problem else "")
    adds = " <queue.new>  adds an experiment\n" if writes else ""
    return with_keys(app, f" The queue is empty.\n\n{adds} <app.help>  shows every key")


def file_problem(app: App[None], sheet: "Sheet | None") -> str:
    """What is wrong with the file on disk, and what to do."""
    if sheet is None or not sheet.problem:
        return ""
    problem = with_keys(app, sheet.problem)
    if not sheet.readable and problem == sheet.problem:  # else it says itself which key settles it
        still = "what is below is the last good plan; " if sheet.queue is not None else ""
        return f"{problem}\n{still}{with_keys(app, '<queue.editor>')} opens the file in your editor"
    return problem
