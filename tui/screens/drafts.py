"""Offers what consoles that are no more left unsaved, one after the other."""

import time
from typing import TYPE_CHECKING

from tui.editing import draft
from tui.editing.document import Document
from tui.screens.dialogs import Choice, Choose

if TYPE_CHECKING:
    from tui.screens.desk import Desk


def offer(desk: "Desk", document: Document) -> None:
    """Ask whether the oldest shall be taken up; nothing where there is none. Escape leaves it for the next time."""
    left = draft.found(document)
    if left is None:
        return
    choices = [Choice("t", "take them up", True), Choice("f", "forget them", False)]

    def answered(take: bool | None) -> None:
        if take is None:
            return
        if not take:
            draft.forget(left)
        elif desk.do("changes that were never saved", lambda _: left.text):
            draft.taken(document, left)
        offer(desk, document)

    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(left.at))
    text = f"labtop ended before they were saved, and kept them: {at}."
    desk.screen.app.push_screen(Choose("There are unsaved changes of this file", choices, text), answered)
