"""Saving the queue file, and opening it in an editor."""

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from engine.errors import EngineError
from tui.editing.document import Document, told
from tui.editing.merge import MISSING, Conflict, Side
from tui.editing.sweeptext import said
from tui.editing.tables import Key
from tui.screens.dialogs import Choice, Choose

if TYPE_CHECKING:
    from tui.screens.console import Console
    from tui.screens.desk import Desk

# Editors that take the line as `+LINE` before the file.
TAKE_LINES = ("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne")


class Saving:
    """One attempt to save: it asks for each thing that both sides changed, then writes."""

    def __init__(self, desk: "Desk", document: Document, then: Callable[[], None] | None) -> None:
        self.desk, self.document, self.then = desk, document, then
        self.answers: dict[tuple[str, Key], Side] = {}
        self.conflicts: list[Conflict] = []

    def begin(self) -> None:
        """Look at the file as it stands, and save or ask."""
        if not self.document.unsaved and self.document.sheet.exists and not self.document.touching:
            self.desk.screen.tell("nothing to save")
            self._finish(written=False)
            return
        try:
            self.conflicts = self.document.conflicts()
        except EngineError as error:
            self._over(error)
            return
        self._ask()

    def _ask(self) -> None:
        left = [conflict for conflict in self.conflicts if conflict.name not in self.answers]
        if not left:
            self._write()
            return
        conflict = left[0]
        number = len(self.conflicts) - len(left) + 1
        text = f"{number} of {len(self.conflicts)}: it changed on disk while it was changed here."
        choices: list[Choice[Side]] = [
            Choice("m", f"mine:      {words(conflict.ours)}", "ours"),
            Choice("d", f"on disk:   {words(conflict.theirs)}", "theirs"),
        ]

        def answered(side: Side | None) -> None:
            if side is None:
                self.desk.screen.tell("not saved", wrong=True)
            else:
                self.answers[conflict.name] = side
                self._ask()

        self.desk.screen.app.push_screen(Choose(title(conflict), choices, text), answered)

    def _write(self, *, force: bool = False) -> None:
        try:
            self.document.save(self.answers, force=force)
        except EngineError as error:
            if force or self.document.touching or self._unchanged():
                self.desk.screen.tell(told(error), wrong=True)
            else:
                self._over(error)
            return
        self._finish(written=True)

    def _unchanged(self) -> bool:
        """Whether it is the disk that refuses, rather than what stands in the file."""
        try:
            self.document.conflicts()
        except EngineError:
            return False
        return True

    def _over(self, error: EngineError) -> None:
        """What is on disk cannot be read or merged: it may be kept, or written over."""
        choices = [
            Choice("k", "keep what is on disk, and go on here unsaved", False),
            Choice("w", "write over it", True),
        ]

        def answered(over: bool | None) -> None:
            if over:
                self._write(force=True)

        self.desk.screen.app.push_screen(Choose("The file on disk cannot be merged", choices, told(error)), answered)

    def _finish(self, *, written: bool) -> None:
        self.desk.refresh()
        if written:
            self.desk.screen.tell(f"saved {self.document.path.name}")
        if self.then is not None:
            self.then()


def title(conflict: Conflict) -> str:
    """What was changed on both sides."""
    if not conflict.table:
        return "The order of the experiments"
    return f"{conflict.table}: {'.'.join(conflict.key)}" if conflict.key else conflict.table


def words(value: object) -> str:
    """A side's value; a whole experiment is not spelled out."""
    if value is MISSING:
        return "taken out"
    return "changed" if isinstance(value, dict) else said(value)


def open_editor(screen: "Console", path: Path, line: int) -> None:
    """Open a file in the person's editor, the console waiting behind it."""
    problem = ""
    try:
        command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "") or ["vi"]
        place = [f"+{line}"] if Path(command[0]).name in TAKE_LINES else []
        with screen.app.suspend():
            problem = _edited([*command, *place, str(path)])
    except (ValueError, SuspendNotSupported) as error:
        problem = f"the editor does not start: {error}; set EDITOR"
    screen.app.refresh(layout=True)
    screen.feed.look()
    if problem:
        screen.tell(problem, wrong=True)


def _edited(command: list[str]) -> str:
    """What went wrong with the editor. Raises nothing: Textual would not take the terminal back."""
    try:
        result = subprocess.run(command, check=False)
    except (OSError, ValueError) as error:
        return f"the editor does not start: {error}; set EDITOR"
    return f"{Path(command[0]).name} ended with {result.returncode}" if result.returncode else ""
