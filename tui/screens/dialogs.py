"""Dialogs: each asks one thing and returns a typed answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from engine.text import visible
from tui.widgets.keyline import KeyLine
from tui.widgets.line import Line
from tui.widgets.reading import Reading
from tui.widgets.rows import Rows

T = TypeVar("T")


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One answer: the key that gives it, what it says, its value."""

    key: str
    words: str
    value: T


class Choose(ModalScreen[T | None], Generic[T]):
    """Asks for one of a few answers, by key, by cursor or by mouse; escape answers None."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "choose", id="dialog.choose", tooltip="take the marked answer"),
        Binding("escape", "dismiss_none", "cancel", id="dialog.cancel", tooltip="leave all as it is"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice[T]], text: str = "") -> None:
        super().__init__()
        self._title, self._choices, self._text = title, list(choices), text

    def compose(self) -> ComposeResult:
        """Title, text, answers."""
        with Vertical(classes="dialog"):
            yield Static(Text(visible(self._title), style="bold"), classes="dialog-title")
            if self._text:
                yield Static(Text("\n".join(map(visible, self._text.split("\n")))), classes="dialog-text")
            yield Rows(id="answers")
        yield KeyLine()

    def on_mount(self) -> None:
        """The first answer is marked."""
        accent = self.app.theme_variables["accent"]
        rows = self.query_one(Rows)
        rows.styles.height = min(len(self._choices), 12)
        rows.set_lines(
            [
                Text.assemble((f" {choice.key} ", f"bold {accent}"), " ", visible(choice.words))
                for choice in self._choices
            ]
        )
        rows.focus()
        for choice in self._choices:
            if choice.key:
                self._bindings.bind(choice.key, f"answer('{choice.key}')", choice.words, show=False)

    def action_answer(self, key: str) -> None:
        """By key."""
        self.dismiss(next(choice.value for choice in self._choices if choice.key == key))

    def action_choose(self) -> None:
        """By cursor."""
        self.dismiss(self._choices[self.query_one(Rows).cursor].value)

    def on_rows_opened(self) -> None:
        """By mouse."""
        self.action_choose()

    def action_dismiss_none(self) -> None:
        """No answer."""
        self.dismiss(None)


def no_fault(_: str) -> str:
    """Any text will do."""
    return ""


class Ask(ModalScreen[str | None]):
    """Asks for one line of text; escape answers None. `check` says what is wrong with an answer: then it stays open."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "cancel", id="dialog.cancel", tooltip="leave all as it is"),
    ]

    def __init__(self, title: str, value: str = "", text: str = "", check: Callable[[str], str] = no_fault) -> None:
        super().__init__()
        self._title, self._value, self._text, self._check = title, value, text, check

    def compose(self) -> ComposeResult:
        """Title, text, the line."""
        with Vertical(classes="dialog"):
            yield Static(Text(visible(self._title), style="bold"), classes="dialog-title")
            if self._text:
                yield Static(Text(visible(self._text)), classes="dialog-text")
            yield Line(self._value)
            yield Static(classes="dialog-fault", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """What is typed takes the place of what stands there; an arrow keeps it, to be changed."""
        self.query_one(Line).select_all()

    def on_input_changed(self) -> None:
        """Another answer, whose fault is not known yet."""
        self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter answers, unless something is wrong with it."""
        fault = self._check(event.value)
        self._say(fault)
        if not fault:
            self.dismiss(event.value)

    def _say(self, fault: str) -> None:
        line = self.query_one(".dialog-fault", Static)
        line.update("\n".join(map(visible, fault.split("\n"))))
        line.display = bool(fault)

    def action_dismiss_none(self) -> None:
        """No answer."""
        self.dismiss(None)


class Page(ModalScreen[None]):
    """Text to read: as long as one likes, scrolled by the keys of every list."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close", id="page.close", tooltip="back"),
    ]

    def __init__(self, title: str, lines: Sequence[Text], at: int = 0) -> None:
        """`at` is the line that it opens at."""
        super().__init__()
        self._title, self._lines, self._at = title, lines, at

    def compose(self) -> ComposeResult:
        """Title and lines."""
        with Vertical(classes="dialog page"):
            yield Static(Text(visible(self._title), style="bold"), classes="dialog-title")
            yield Reading(id="page")
        yield KeyLine()

    def on_mount(self) -> None:
        """Open it at its line."""
        self.show(self._title, self._lines)
        self.query_one(Reading).focus()
        if self._at:
            self.call_after_refresh(self.query_one(Reading).read_at, self._at)

    def show(self, title: str, lines: Sequence[Text]) -> None:
        """Other text."""
        self.query_one(".dialog-title", Static).update(Text(visible(title), style="bold"))
        self.query_one(Reading).set_lines(lines)

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
