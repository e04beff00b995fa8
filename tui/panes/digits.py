"""Digits: what does it still get wrong?"""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.results.mistakes import Mistakes
from engine.session import Snapshot


class DigitsPane(Widget):
    """The misclassified test digits of a job."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    mistakes: reactive[Mistakes | None] = reactive(None, always_update=True)
    problem: reactive[str] = reactive("")
    ascii: reactive[bool] = reactive(False)

    @dataclass
    class MistakesWanted(Message):
        """The misclassified digits of a job are needed; answered by setting `mistakes` or `problem`."""

        job_id: str

    def compose(self) -> ComposeResult:
        yield Static("digits")
