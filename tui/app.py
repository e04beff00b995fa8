"""The app: what holds everywhere. Its main screen reads and edits; here are theme, keys, clipboard and the end."""

import shlex
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar, cast

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender

from engine.session import Snapshot
from tui.config import Kept, config_path
from tui.inorder import InOrder
from tui.keys import key_of
from tui.options import QUEUE_FILE, Options
from tui.screens.main import MainScreen
from tui.theme import DARK, LIGHT
from tui.widgets.plain import PlainBars, plain

NAMED = str.maketrans({"↑": "up", "↓": "down", "←": "left", "→": "right", "⌫": "backspace"})


class Labtop(InOrder):
    """The console."""

    CSS_PATH = "app.tcss"
    TITLE = "labtop"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "leave", "quit", id="app.quit", show=False, tooltip="leave; training goes on"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "suspend",
            id="app.suspend",
            show=False,
            tooltip="back to the shell, fg returns",
        ),
        Binding(
            "T", "theme", "light/dark", id="app.theme", show=False, tooltip="light or dark, kept for the next time"
        ),
        Binding("question_mark", "help", "help", key_display="?", id="app.help", tooltip="every key"),
        Binding("ctrl+c", "leave_hint", show=False, system=True),
    ]

    def __init__(self, options: Options, settings: Path | None = None) -> None:
        super().__init__()
        self.options = options
        self.kept = Kept(settings or config_path())
        self.animation_level = "none"
        self.farewell = ""
        self.set_class(options.ascii, "-ascii")
        ScrollBar.renderer = PlainBars if options.ascii else ScrollBarRender
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self.kept.config.theme if self.kept.config.theme in self.available_themes else DARK.name
        if self.kept.config.keys:
            self.set_keymap(self.kept.config.keys)

    def get_default_screen(self) -> Screen[object]:
        """The main screen."""
        return cast(Screen[object], MainScreen(self.options, self.kept))

    def on_mount(self) -> None:
        """Say what is wrong with the person's own settings."""
        if self.kept.problem:
            self.notify(self.kept.problem, severity="warning", markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """The enter key by its name, which every font has; in ASCII all keys by theirs."""
        shown = "enter" if binding.key == "enter" else super().get_key_display(binding)
        return plain(shown.translate(NAMED)) if self.options.ascii else shown

    def on_resize(self) -> None:
        """A window that shrank and grew again has lost what stood in it, though its size is what it was."""
        self.call_after_refresh(self._repaint)

    def _repaint(self) -> None:
        self.screen.refresh()

    def action_theme(self) -> None:
        """Between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name
        self.main.keep(theme=self.theme)

    def action_help(self) -> None:
        """Every key."""
        from tui.screens.help import FORM, help_page  # noqa: PLC0415 - a first paint does without

        self.push_screen(help_page(self, self.main.tab if self.screen is self.main else FORM))

    def action_command_palette(self) -> None:
        """Every action, by name."""
        from tui.screens.palette import Palette  # noqa: PLC0415 - a first paint does without

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_leave_hint(self) -> None:
        """Ctrl-C ends most programs; here it says what does."""
        self.notify(f"{key_of(self, 'app.quit')} leaves labtop; training goes on", markup=False)

    def keep_draft(self) -> None:
        """Called as the terminal goes away: unsaved edits are kept aside."""
        if self.main.sheet is not None:
            self.main.desk.keep_draft()

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        return cast(MainScreen, self.screen_stack[0])

    def action_leave(self) -> None:
        """Leave; with unsaved changes, ask."""
        document = self.main.document
        if document is None or not document.unsaved or document.read_only:
            self._leave()
            return
        from tui.screens.dialogs import Choice, Choose  # noqa: PLC0415 - a first paint does without

        choices = [Choice("s", "save, then leave", "save"), Choice("l", "leave without saving", "leave")]

        def answered(how: str | None) -> None:
            if how == "save":
                self.main.desk.save(self._leave)
            elif how == "leave":
                self.main.desk.drop_draft()
                self._leave()

        self.push_screen(Choose(f"{document.path.name} has unsaved changes", choices), answered)

    def _leave(self) -> None:
        self.farewell = farewell(self.main.snapshot, self.options.path)
        self.exit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette holds what the keys do, under the same words."""
        seen = set()
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            words = tooltip or binding.description
            moves = binding.id is None or binding.id.startswith("list.")
            if enabled and words and binding.action not in seen and not binding.system and not moves:
                seen.add(binding.action)
                keys = self.get_key_display(binding)
                yield SystemCommand(
                    words[0].upper() + words[1:], f"key {keys}", partial(self.run_action, binding.action, node)
                )
        yield SystemCommand("Choose a theme", "every theme that is there", self.action_change_theme)


def farewell(snapshot: Snapshot | None, path: Path) -> str:
    """What is said on the way out: two lines, each short enough for a narrow terminal."""
    if snapshot is None or snapshot.runner is None:
        return ""
    running, queued = snapshot.counts.get("running", 0), snapshot.counts.get("queued", 0)
    named = "" if path == QUEUE_FILE else f" {shlex.quote(str(path))}"
    stop = f"engine stop --all{named and ' --store' + named}"
    return f"training goes on: {running} running, {queued} queued\nlabtop{named} shows it again, {stop} ends it"
