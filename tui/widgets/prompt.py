"""One line at the bottom of a pane: a question with an answer to be typed, or with one key for each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.widgets.line import Line


class Prompt(Widget):
    """Hidden until asked. What is wrong with the answer stands below it."""

    DEFAULT_CSS = """
    Prompt { height: auto; width: 1fr; display: none; background: $panel; padding: 0 1; }
    Prompt Horizontal { height: 1; }
    Prompt .question { width: auto; padding: 0 1 0 0; color: $accent; }
    Prompt Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    Prompt Input:focus { border: none; }
    Prompt .fault { height: auto; color: $error; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="prompt.cancel", tooltip="close without changing anything"),
    ]

    @dataclass
    class Changed(Message):
        """The answer so far."""

        about: str
        text: str

    @dataclass
    class Answered(Message):
        """Enter was pressed."""

        about: str
        text: str

    @dataclass
    class Cancelled(Message):
        """Escape was pressed."""

        about: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.about = ""
        self._said = ""
        self._due: Timer | None = None

    def compose(self) -> ComposeResult:
        """Question and answer on one line."""
        with Horizontal():
            yield Static(classes="question", markup=False)
            yield Line()
        yield Static(classes="fault", markup=False)

    def ask(self, about: str, question: str, answer: str = "", placeholder: str = "") -> None:
        """Ask, with an answer to begin from."""
        self.about = about
        self.query_one(".question", Static).update(question)
        field = self.query_one(Input)
        field.placeholder = placeholder
        with field.prevent(Input.Changed):
            field.value = answer
        field.cursor_position = len(answer)
        self.fault("")
        # What was said in passing would lie over the question.
        self.app.clear_notifications()
        self.display = True
        field.focus()

    def fault(self, text: str, after: float = 0.0) -> None:
        """Say what is wrong with the answer, or nothing; at once, or where nothing else is said for so many seconds."""
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(after, partial(self._say, text)) if text and after else None
        if self._due is None or text != self._said:
            self._say("" if self._due is not None else text)

    def _say(self, text: str) -> None:
        self._said = text
        line = self.query_one(".fault", Static)
        line.update(text)
        line.display = bool(text)

    def close(self) -> None:
        """Hide."""
        self.display = False
        self.about = ""
        self.fault("")

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(self.about, message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Answered(self.about, message.value))

    def action_cancel(self) -> None:
        """Close, and say so."""
        about = self.about
        self.close()
        self.post_message(self.Cancelled(about))


class Choice(Widget, can_focus=True):
    """A question with a key for each answer."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; display: none; background: $panel; color: $text; padding: 0 1; }
    """

    @dataclass
    class Chosen(Message):
        """A key of an answer was pressed; empty if escape was."""

        about: str
        key: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.about = ""
        self.question = ""
        self.answers: Mapping[str, str] = {}

    def ask(self, about: str, question: str, answers: Mapping[str, str]) -> None:
        """Ask; `answers` has the words of each key."""
        self.about, self.question, self.answers = about, question, answers
        # What was said in passing would lie over the question.
        self.app.clear_notifications()
        self.display = True
        self.refresh()
        self.focus()

    def render(self) -> Text:
        """`adopt grid as  n a new experiment  d the defaults  esc cancel`."""
        accent = self.app.theme_variables["accent"]
        answers = Text()
        for key, words in {**self.answers, "esc": "cancel"}.items():
            answers.append(f"  {key}", f"bold {accent}").append(f" {words}")
        # The question is cut, never the answers.
        text = Text(self.question)
        text.truncate(max(0, self.size.width - answers.cell_len), overflow="crop")
        return Text.assemble(text, answers, no_wrap=True, overflow="crop")

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While it is asked, no letter means anything else, nor does enter."""
        return key == "enter" or (character is not None and character.isprintable())

    def on_key(self, event: events.Key) -> None:
        """The keys of the answers, and no others."""
        key = event.character if event.character in self.answers else ""
        if event.is_printable or event.key == "enter":
            event.stop()
        if not key and event.key != "escape":
            return
        event.stop()
        self.display = False
        self.post_message(self.Chosen(self.about, key or ""))

    def on_blur(self) -> None:
        """Whoever goes elsewhere chose nothing."""
        self.display = False
