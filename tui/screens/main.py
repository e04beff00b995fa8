"""The main screen: five tabs over one feed. State goes down to the panes, what they ask for is answered here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from engine.results.rows import Device, EpochRow, Note
from engine.session import Session, Snapshot
from tui.editing.document import Document, Sheet
from tui.feed import Feed
from tui.messages import Copied, Told
from tui.panes.header import Header
from tui.panes.queue import QueuePane
from tui.screens.control import Control
from tui.screens.desk import Desk
from tui.screens.tabs import TABS, make_pane
from tui.widgets.keyline import KeyLine
from tui.widgets.tabstrip import TabStrip

if TYPE_CHECKING:
    from tui.app import Options
    from tui.panes.curves import CurvesPane
    from tui.panes.digits import DigitsPane
    from tui.panes.leaderboard import LeaderboardPane
    from tui.panes.log import LogPane

UNDO = Binding.Group("undo/redo", compact=True)


class MainScreen(Screen[None]):
    """All that the console shows, and the only one who speaks to the session."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(place + 1), f"tab({place})", name, id=f"tab.{name.lower()}", show=False, tooltip=f"the tab {name}"
            )
            for place, name in enumerate(TABS)
        ),
        Binding("ctrl+s", "save", "save", id="queue.save", tooltip="write the queue file, its comments kept"),
        Binding(
            "z", "undo", "undo/redo", id="queue.undo", group=UNDO, tooltip="take the last change of the queue file back"
        ),
        Binding("Z", "redo", "undo/redo", id="queue.redo", group=UNDO, tooltip="make it again"),
        Binding("question_mark", "help", "help", key_display="?", id="app.help", tooltip="every key"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None)
    sheet: reactive[Sheet | None] = reactive(None)
    devices: reactive[tuple[Device, ...]] = reactive(())
    problem: reactive[str] = reactive("")
    ascii: reactive[bool] = reactive(False)

    def __init__(self, options: "Options") -> None:
        super().__init__()
        self.options = options
        place = options.path
        if place.is_dir():
            file = place / "experiments.toml"
            stores = (place / "labtop.db").exists() and not file.exists()
            self.session = Session.at(place) if stores else Session.beside(file)
            queue_file = None if stores else file
        else:
            self.session, queue_file = Session.beside(place), place
        self.document = Document(queue_file, read_only=options.read_only) if queue_file is not None else None
        self.feed = Feed(self.session, queue_file, self.post_message)
        self.desk = Desk(self, self.document)
        self.control = Control(self)
        self.notes: Mapping[str, Note] = {}
        self._focused: dict[str, Widget | None] = {}
        self.histories: dict[str, list[EpochRow]] = {}
        self._wanted: dict[str, tuple[str, ...]] = {}
        self.set_reactive(MainScreen.ascii, options.ascii)

    def compose(self) -> ComposeResult:
        """The top line, the tabs, what stands in them, the keys."""
        header = Header().data_bind(MainScreen.sheet, MainScreen.snapshot, MainScreen.devices, MainScreen.ascii)
        header.read_only = self.options.read_only or self.document is None
        yield header
        yield TabStrip(TABS)
        with ContentSwitcher(initial="queue"):
            queue = QueuePane().data_bind(MainScreen.sheet, MainScreen.snapshot, MainScreen.problem, MainScreen.ascii)
            queue.id = "queue"
            yield queue
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read once something can be seen."""
        self.query_one(QueuePane).list.focus()
        self.call_after_refresh(self.feed.start)

    def on_unmount(self) -> None:
        """Read no more."""
        self.feed.stop()

    # tabs

    async def action_tab(self, place: int) -> None:
        """Show a tab; its pane is made the first time."""
        name = TABS[place].lower()
        switcher = self.query_one(ContentSwitcher)
        if not self.query(f"#{name}"):
            await switcher.mount(self._pane(name))
        if switcher.current is not None:
            self._focused[switcher.current] = self.focused
        switcher.current = name
        self.query_one(TabStrip).active = place
        target = self._focused.get(name)
        if target is None or not target.is_attached:
            target = next((widget for widget in self.query_one(f"#{name}").query("*") if widget.focusable), None)
        self.set_focus(target)
        self.refresh_bindings()

    def _pane(self, name: str) -> Widget:
        pane = make_pane(name)
        pane.id = name
        pane.data_bind(MainScreen.snapshot, MainScreen.ascii)
        if name == "leaderboard":
            pane.notes = self.notes  # type: ignore[attr-defined]
        return pane

    async def on_tab_strip_clicked(self, event: TabStrip.Clicked) -> None:
        """By mouse."""
        await self.action_tab(event.place)

    # what the feed posts

    def on_feed_changed(self, event: Feed.Changed) -> None:
        """Down to the panes."""
        self.snapshot = event.snapshot

    def on_feed_failed(self, event: Feed.Failed) -> None:
        """The store cannot be read: what was read stays."""
        self.problem = event.problem

    def on_feed_devices_read(self, event: Feed.DevicesRead) -> None:
        """Into the top line."""
        self.devices = event.devices

    def on_feed_file_seen(self, event: Feed.FileSeen) -> None:
        """To the desk, which merges."""
        self.desk.file_seen(event.data, event.problem)

    def on_feed_refused(self, event: Feed.Refused) -> None:
        """The runner did not take it."""
        self.tell(event.problem, wrong=True)

    def on_feed_histories_read(self, event: Feed.HistoriesRead) -> None:
        """To whoever wants them."""
        self.histories |= event.histories
        for owner in self._wanted:
            if event.histories.keys() & set(self._wanted[owner]):
                self._give_histories(owner)

    def on_feed_notes_read(self, event: Feed.NotesRead) -> None:
        """To the leaderboard, now or once there is one."""
        self.notes = event.notes
        for pane in self.query("#leaderboard"):
            pane.notes = event.notes  # type: ignore[attr-defined]

    def on_feed_mistakes_read(self, event: Feed.MistakesRead) -> None:
        """To the digits."""
        for pane in self.query("#digits"):
            pane.problem = event.problem  # type: ignore[attr-defined]
            pane.mistakes = event.mistakes  # type: ignore[attr-defined]

    # what the panes ask for

    def want_histories(self, owner: str, job_ids: tuple[str, ...]) -> None:
        """Watch the epochs of jobs for a pane; what nobody watches is let go."""
        self._wanted[owner] = job_ids
        wanted = {job_id for ids in self._wanted.values() for job_id in ids}
        self.histories = {job_id: rows for job_id, rows in self.histories.items() if job_id in wanted}
        self.feed.watch_histories(owner, job_ids)
        self._give_histories(owner)

    def _give_histories(self, owner: str) -> None:
        found: Mapping[str, list[EpochRow]] = {
            job_id: self.histories[job_id] for job_id in self._wanted[owner] if job_id in self.histories
        }
        for pane in self.query(f"#{owner}"):
            pane.histories = found  # type: ignore[attr-defined]

    def on_queue_pane_histories_wanted(self, event: QueuePane.HistoriesWanted) -> None:
        """Sparklines."""
        self.want_histories("queue", event.job_ids)

    def on_curves_pane_histories_wanted(self, event: "CurvesPane.HistoriesWanted") -> None:
        """Curves."""
        self.want_histories("curves", event.job_ids)

    def on_digits_pane_mistakes_wanted(self, event: "DigitsPane.MistakesWanted") -> None:
        """Digits."""
        self.feed.want_mistakes(event.job_id)

    def on_log_pane_log_wanted(self, event: "LogPane.LogWanted") -> None:
        """The place of a log."""
        for pane in self.query("#log"):
            pane.path = self.session.log_path(event.job_id)  # type: ignore[attr-defined]

    def on_leaderboard_pane_adopt(self, event: "LeaderboardPane.Adopt") -> None:
        """A configuration becomes an experiment or the defaults."""
        self.desk.adopt(event.config, as_defaults=event.as_defaults)

    def on_leaderboard_pane_note_written(self, event: "LeaderboardPane.NoteWritten") -> None:
        """A note."""
        self.control.note(event.name, event.note)

    def on_queue_pane_asked(self, event: QueuePane.Asked) -> None:
        """Of the file: the desk; of jobs: the control."""
        if not self.desk.asked(event):
            self.control.asked(event)

    def on_copied(self, event: Copied) -> None:
        """Into the terminal's clipboard."""
        self.app.copy_to_clipboard(event.text)
        self.tell(f"copied: {event.text}")

    def on_told(self, event: Told) -> None:
        """A line at the edge."""
        self.tell(event.text, wrong=event.wrong)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say something in passing."""
        from engine.text import visible  # noqa: PLC0415

        words = "\n".join(map(visible, text.split("\n")))
        self.notify(words, severity="error" if wrong else "information", timeout=8 if wrong else 4, markup=False)

    def action_save(self) -> None:
        """Write the queue file."""
        self.desk.save()

    def action_undo(self) -> None:
        """One step back."""
        self.desk.undo()

    def action_redo(self) -> None:
        """One step forward."""
        self.desk.redo()

    def action_help(self) -> None:
        """Every key."""
        from tui.screens.help import help_page  # noqa: PLC0415 - a first paint does without

        self.app.push_screen(help_page(self.app))
