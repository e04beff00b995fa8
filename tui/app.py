"""The app: what holds everywhere. Its main screen reads and edits; here are theme, keys, clipboard and the end."""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui import config
from tui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import SystemCommand


@dataclass(frozen=True)
class Options:
    """What the command line said: a queue file or a store, whether to look only, whether to draw in ASCII."""

    path: Path
    read_only: bool = False
    ascii: bool = False


class Labtop(App[None]):
    """The console."""

    CSS_PATH = "app.tcss"
    TITLE = "labtop"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "leave", "quit", id="app.quit", show=False, tooltip="leave; training goes on"),
        Binding("ctrl+z", "suspend_process", "suspend", id="app.suspend", show=False, tooltip="back to the shell, fg returns"),
        Binding("T", "theme", "light/dark", id="app.theme", show=False, tooltip="light or dark, kept for the next time"),
        Binding("ctrl+c", "leave_hint", show=False, system=True),
    ]

    def __init__(self, options: Options, settings: Path | None = None) -> None:
        super().__init__()
        self.options = options
        self.settings_path = settings or config.config_path()
        self.settings, self.settings_problem = config.read(self.settings_path)
        self.animation_level = "none"
        self.farewell = ""
        self.set_class(options.ascii, "-ascii")
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else DARK.name
        if self.settings.keys:
            self.set_keymap(self.settings.keys)

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        from tui.screens.main import MainScreen  # noqa: PLC0415 - screens import the app's options

        return MainScreen(self.options)

    def on_mount(self) -> None:
        """Say what is wrong with the person's own settings."""
        if self.settings_problem:
            self.notify(self.settings_problem, severity="warning", markup=False)

    def keep(self, **choices: object) -> None:
        """Remember choices for the next time; where that fails, they hold for this time."""
        self.settings = replace(self.settings, **choices)  # type: ignore[arg-type]
        try:
            config.write(self.settings_path, self.settings)
        except OSError as error:
            self.notify(f"{self.settings_path} cannot be written: {error.strerror}", severity="warning", markup=False)

    def action_theme(self) -> None:
        """Between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name
        self.keep(theme=self.theme)

    def action_leave_hint(self) -> None:
        """Ctrl-C ends most programs; here it says what does."""
        self.notify("q leaves labtop; training goes on", markup=False)
