"""The main screen: the top line, five tabs, the keys."""

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from tui.config import Kept
from tui.inorder import InOrder
from tui.options import Options
from tui.panes.queue import CHANGING, OF_FILE, QueuePane
from tui.screens.insights import Insights
from tui.screens.tabs import TABS, make_pane, preload
from tui.widgets.keyline import KeyLine, offer
from tui.widgets.switcher import Switcher
from tui.widgets.tabstrip import TabStrip

if TYPE_CHECKING:
    from tui.panes.leaderboard import LeaderboardPane

UNDO = Binding.Group("undo/redo", compact=True)
# A pane is made ready once nothing was typed for so many seconds, and only where its list of jobs takes no time.
QUIET = 0.4
FEW = 5_000


class MainScreen(Insights):
    """All that the console shows."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(place + 1), f"tab({place})", name, id=f"tab.{name.lower()}", show=False, tooltip=f"the tab {name}"
            )
            for place, name in enumerate(TABS)
        ),
        Binding(
            "tab", "app.focus_next", "next part", id="focus.next", show=False, tooltip="to the next part of the tab"
        ),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "part before",
            id="focus.previous",
            show=False,
            tooltip="to the part before",
        ),
        Binding(
            "ctrl+s", "save", "save", id="queue.save", show=False, tooltip="write the queue file, its comments kept"
        ),
        Binding(
            "z", "undo", "undo/redo", id="queue.undo", group=UNDO, tooltip="take the last change of the queue file back"
        ),
        Binding("Z", "redo", "undo/redo", id="queue.redo", group=UNDO, tooltip="make it again"),
    ]

    def __init__(self, options: Options, kept: Kept) -> None:
        super().__init__(options, kept)
        self._focused: dict[str, Widget | None] = {}
        self._making = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """The top line, the tabs, what stands in them, the keys."""
        header = self.header()
        yield header.data_bind(MainScreen.sheet, MainScreen.snapshot, MainScreen.devices, MainScreen.ascii)
        yield TabStrip(TABS)
        yield Static(id="store-problem", markup=False)
        with Switcher(initial="queue"):
            looking = frozenset() if self.queue_file else OF_FILE
            queue = QueuePane(CHANGING if self.options.read_only else looking, self.queue_file).data_bind(
                MainScreen.sheet, MainScreen.entries, MainScreen.snapshot, MainScreen.at_once
            )
            queue.data_bind(MainScreen.ascii, MainScreen.refined)
            queue.id = "queue"
            yield queue
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read while the first paint is made."""
        self.query_one(QueuePane).list.focus()
        if self.refusal:
            offer(self, ("undo", "redo"), shown=False)
        self.feed.start()
        self.set_timer(1.5, self._settled)

    def _settled(self) -> None:
        """The console stands: what was loaded stays, garbage is looked for among what comes, panes are made ready."""
        gc.freeze()
        gc.enable()
        self.run_worker(self._prepare, thread=True, exit_on_error=False)

    def _prepare(self) -> None:
        preload()
        from tui.screens.choices import unusable  # noqa: PLC0415 - looks at every pane, all loaded by now

        problem = unusable(self.app, self.kept.config)
        if problem:
            self.app.call_from_thread(self.tell, problem, wrong=True)
        self.call_later(self._make_ready)

    async def _make_ready(self) -> None:
        """Make the panes that nobody has looked at yet, one each time that nothing is typed: a key waits for none."""
        missing = [name for name in map(str.lower, TABS) if not self.query(f"#{name}")]
        if not missing or self.snapshot is None or len(self.snapshot.jobs) > FEW:
            return
        if cast(InOrder, self.app).quiet >= QUIET:
            await self._make(missing[0])
        self.set_timer(QUIET, self._make_ready)

    def watch_problem(self, problem: str) -> None:
        """What is wrong with the store is wrong in every tab."""
        for told in self.query("#store-problem").results(Static):
            told.display = bool(problem)
            told.update(self.worded(problem))

    def watch_sheet(self) -> None:
        """What is not saved yet can be: that stands first in the line of keys."""
        unsaved = self.sheet is not None and self.sheet.unsaved and not self.refusal
        for line in self.query(KeyLine):
            if unsaved != bool(line.urgent):
                line.urgent = "save" if unsaved else ""
                offer(self, ("save",), shown=unsaved)
                self.refresh_bindings()

    def on_unmount(self) -> None:
        """Read no more."""
        self.feed.stop()

    # tabs

    @property
    def tab(self) -> str:
        """The tab that is shown, as it is called."""
        return TABS[self.query_one(TabStrip).active]

    async def action_tab(self, place: int) -> None:
        """Show a tab; its pane is made the first time."""
        name = TABS[place].lower()
        switcher = self.query_one(Switcher)
        await self._make(name)
        # Pane, tab and focus change in one painting.
        with self.app.batch_update():
            if switcher.current is not None:
                self._focused[switcher.current] = self.focused
            switcher.current = name
            self.query_one(TabStrip).active = place
            target = self._focused.get(name)
            if target is None or not target.is_attached:
                target = next((widget for widget in self.query_one(f"#{name}").query("*") if widget.focusable), None)
            self.set_focus(target)
        self.refresh_bindings()

    async def _make(self, name: str) -> None:
        """The pane of a tab, hidden; nothing where it is there."""
        async with self._making:
            if not self.query(f"#{name}"):
                await self._mount_pane(name)

    async def _mount_pane(self, name: str) -> None:
        pane = make_pane(name)
        pane.id = name
        pane.display = False
        await self.query_one(Switcher).mount(pane)
        if name == "leaderboard":
            self.give(name, refusal=self.refusal if self.options.read_only else "")
            self.give(name, notes=self.notes, folder=self.session.paths.root.parent, hits=self.session.hits)
        if name == "digits":
            self.give(name, style_chosen=self.kept.config.digits)
        # Not data_bind, which holds only while composing.
        for state in ("ascii", "snapshot"):
            self.watch(self, state, partial(setattr, pane, state))
        self.watch(self, "sheet", lambda _: setattr(pane, "press", self.press))

    async def on_tab_strip_clicked(self, event: TabStrip.Clicked) -> None:
        """By mouse."""
        await self.action_tab(event.place)

    async def on_leaderboard_pane_job_opened(self, event: "LeaderboardPane.JobOpened") -> None:
        """A job of the board: its curves."""
        await self.action_tab(TABS.index("Curves"))
        self.query_one("#curves").picker.point_at(event.job_id)  # type: ignore[attr-defined]

    # keys that hold in every tab

    def action_save(self) -> None:
        """Write the queue file."""
        self.desk.save()

    def action_undo(self) -> None:
        """One step back."""
        self.desk.undo()

    def action_redo(self) -> None:
        """One step forward."""
        self.desk.redo()
