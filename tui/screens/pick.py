"""One of a few words, or several of them."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from engine.text import visible
from tui.widgets.keyline import KeyLine
from tui.widgets.rows import Rows


class Pick(ModalScreen[list[str] | None]):
    """Answers the word under the cursor, or all that were marked, in the order in which they were."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "take",
            "take",
            id="pick.take",
            tooltip="take the marked words, or the one under the cursor",
        ),
        Binding("space", "mark", "mark several", id="pick.mark", tooltip="mark several: they are swept"),
        Binding("escape", "leave", "cancel", id="pick.leave", tooltip="leave it as it is"),
    ]

    def __init__(self, title: str, words: Sequence[str], now: Sequence[str], *, several: bool) -> None:
        super().__init__()
        self._title, self._words, self._several = title, list(words), several
        self._marked: list[str] = list(now) if len(now) > 1 else []
        self._now = now[0] if now else ""

    def compose(self) -> ComposeResult:
        """Title and words."""
        with Vertical(classes="dialog"):
            yield Static(Text(visible(self._title), style="bold"), classes="dialog-title")
            yield Rows(id="words")
        yield KeyLine()

    def on_mount(self) -> None:
        """The present word is under the cursor."""
        rows = self.query_one(Rows)
        rows.styles.height = min(len(self._words), 12)
        self._fill()
        if self._now in self._words:
            rows.cursor = self._words.index(self._now)
        rows.focus()

    def _fill(self) -> None:
        accent = self.app.theme_variables["accent"]
        lines = []
        for word in self._words:
            mark = (
                f"x {self._marked.index(word) + 1}" if word in self._marked else "*  " if word == self._now else "   "
            )
            lines.append(Text.assemble((f" {mark:<4}", f"bold {accent}"), word))
        self.query_one(Rows).set_lines(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Several only where they can be swept."""
        return self._several if action == "mark" else True

    def action_mark(self) -> None:
        """Mark, or take the mark away."""
        word = self._words[self.query_one(Rows).cursor]
        if word in self._marked:
            self._marked.remove(word)
        else:
            self._marked.append(word)
        self._fill()

    def action_take(self) -> None:
        """Answer."""
        self.dismiss(self._marked or [self._words[self.query_one(Rows).cursor]])

    def on_rows_opened(self) -> None:
        """By mouse."""
        self.action_take()

    def action_leave(self) -> None:
        """No answer."""
        self.dismiss(None)
