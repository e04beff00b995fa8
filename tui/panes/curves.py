"""Curves: is it learning? Jobs on the left, loss and accuracy drawn from their histories."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import EpochRow
from engine.session import Snapshot


class CurvesPane(Widget):
    """The learning curves of the chosen job and of those marked."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, always_update=True)
    ascii: reactive[bool] = reactive(False)

    @dataclass
    class HistoriesWanted(Message):
        """The epochs of these jobs are needed; answered by setting `histories`."""

        job_ids: tuple[str, ...]

    def compose(self) -> ComposeResult:
        yield Static("curves")
