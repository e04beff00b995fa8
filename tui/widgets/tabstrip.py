"""The second line: the names of the tabs, each with the key that leads there."""

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class TabStrip(Widget):
    """One line of tabs; the active one stands in brackets, so that it shows without any colour."""

    DEFAULT_CSS = """
    TabStrip { height: 1; width: 1fr; }
    """

    active: reactive[int] = reactive(0)

    @dataclass
    class Clicked(Message):
        """A tab was clicked; its place counts from 0."""

        place: int

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names

    def _labels(self) -> list[str]:
        labels = [f"{place + 1} {name}" for place, name in enumerate(self.names)]
        return [f"[{label}]" if place == self.active else f" {label} " for place, label in enumerate(labels)]

    def render(self) -> Text:
        """The active tab bold in the accent colour, the others dim."""
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        accent = self.app.theme_variables["accent"]
        for place, label in enumerate(self._labels()):
            text.append(label, style=f"bold {accent}" if place == self.active else "dim")
        return text

    def on_click(self, event: events.Click) -> None:
        """Tell which tab was meant."""
        at = 1
        for place, label in enumerate(self._labels()):
            if at <= event.x < at + len(label):
                self.post_message(self.Clicked(place))
            at += len(label)
