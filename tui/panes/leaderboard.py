"""Leaderboard: what won, and by how much?"""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.plan.jobs import Configuration
from engine.results.rows import Note
from engine.session import Snapshot


class LeaderboardPane(Widget):
    """A row a configuration, ranked."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    notes: reactive[Mapping[str, Note]] = reactive(dict)
    ascii: reactive[bool] = reactive(False)

    @dataclass
    class Adopt(Message):
        """A configuration shall become a new experiment, or the defaults."""

        config: Configuration
        as_defaults: bool

    @dataclass
    class NoteWritten(Message):
        """A note of a configuration changed; answered by setting `notes`."""

        name: str
        note: Note

    def compose(self) -> ComposeResult:
        yield Static("leaderboard")
