"""Log: what happened?"""

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.session import Snapshot


class LogPane(Widget):
    """What the workers of a job wrote."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    path: reactive[Path | None] = reactive(None)
    ascii: reactive[bool] = reactive(False)

    @dataclass
    class LogWanted(Message):
        """The place of a job's log is needed; answered by setting `path`."""

        job_id: str

    def compose(self) -> ComposeResult:
        yield Static("log")
