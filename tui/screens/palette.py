"""The palette, every action by name: Textual's, with its keys in the bottom line."""

from textual.app import ComposeResult
from textual.command import CommandPalette
from textual.screen import Screen

from tui.widgets.keyline import Hint, KeyLine


class PaletteKeys(KeyLine):
    """What a key does while the palette is open; the line below it tells of the tab."""

    def _found(self, screen: Screen[object]) -> list[Hint]:  # noqa: ARG002 - they are always the same
        return [Hint(keys, words, action) for keys, words, action in self.keys]

    @property
    def keys(self) -> tuple[tuple[str, str, str], ...]:
        """Keys, words and actions."""
        arrows = "up down" if self.app.has_class("-ascii") else "↑ ↓"
        return (
            ("enter", "do it", "submit"),
            (arrows, "choose", "cursor_down"),
            ("a-z", "look for words", ""),
            ("esc", "close", "escape"),
        )


class Palette(CommandPalette):
    """Every action by name."""

    def __init__(self) -> None:
        super().__init__(placeholder="search for an action")

    def compose(self) -> ComposeResult:
        """What Textual's has, and the bottom line."""
        yield from super().compose()
        yield PaletteKeys()
