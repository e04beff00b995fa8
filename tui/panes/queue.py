"""Queue: what will be trained. The experiments on one side, the chosen one with its jobs on the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import EpochRow
from engine.session import Snapshot
from tui.editing.outline import Entry
from tui.messages import Copied, HistoriesWanted, Told
from tui.panes import AT_ONCE
from tui.panes.paint import Paint
from tui.panes.queue_detail import QueueDetail
from tui.panes.queue_drawn import Drawn
from tui.panes.queue_keys import CHANGING, KEYS, OF_FILE, Verb
from tui.panes.queue_list import Item, QueueList, list_line
from tui.panes.queue_map import QueueMap
from tui.panes.queue_offer import OF_EXPERIMENTS, Where, offered
from tui.panes.queue_words import file_problem
from tui.widgets.grid import Grid
from tui.widgets.keyline import offer_only
from tui.widgets.rows import Rows

if TYPE_CHECKING:
    from tui.editing.document import Sheet

__all__ = ["CHANGING", "OF_FILE", "QueuePane", "Verb"]


class QueuePane(Widget):
    """The queue file and what became of it."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS
    PARTS: ClassVar[tuple[type[Widget], ...]] = (Grid,)

    sheet: reactive["Sheet | None"] = reactive(None, repaint=False)
    entries: reactive[tuple[Entry, ...]] = reactive((), repaint=False)
    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, always_update=True, repaint=False)
    at_once: reactive[int] = reactive(1, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)
    refined: reactive[Mapping[str, str]] = reactive(dict, repaint=False)

    @dataclass
    class Asked(Message):
        """A person asks for something: of an experiment (its place in the file), a table, or of jobs."""

        verb: Verb
        item: Item | None
        jobs: tuple[str, ...]

    @dataclass
    class Fixing(Message):
        """A person wants a field of the map fixed, or averaged again: at which values that may be, and what is now."""

        drawn: Drawn

    class Made(Message):
        """The items are made that a thread was asked for."""

    def __init__(self, refused: frozenset[Verb] = frozenset(), file: Path | None = None) -> None:
        super().__init__()
        self.file = file
        self._refused = refused
        self._made = QueueList()
        self._due = False
        self._from_list = True
        self._items: tuple[Item, ...] = ()
        self._wanted: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, and the chosen one."""
        with Vertical(id="experiments"):
            yield Static(id="queue-problem", markup=False)
            yield Rows(id="experiment-list")
        yield QueueDetail(writes=Verb.NEW not in self._refused, retries=Verb.RETRY not in self._refused)

    @property
    def list(self) -> Rows:
        """The experiments."""
        return self.query_one("#experiment-list", Rows)

    @property
    def detail(self) -> QueueDetail:
        """The chosen one."""
        return self.query_one(QueueDetail)

    @property
    def item(self) -> Item | None:
        """What is chosen in the list."""
        return self._items[self.list.cursor] if self._items else None

    @property
    def paint(self) -> Paint:
        """How to draw now."""
        return Paint(self.app.theme_variables, self.ascii)

    # what comes down

    def _later(self) -> None:
        """Fill once, however much came at once."""
        if not self._due and self.is_mounted:
            self._due = True
            self.call_next(self._fill)

    watch_sheet = watch_entries = watch_snapshot = watch_histories = watch_refined = watch_at_once = _later

    def on_mount(self) -> None:
        """Colours are part of the texts."""
        self._offer()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._later())

    def on_descendant_focus(self) -> None:
        """Another part of the pane, other keys."""
        self._offer()

    @property
    def where(self) -> Where:
        """What the keys are about."""
        if not self.detail.has_focus_within:
            return Where.LIST
        if self.detail.mapped:
            return Where.CELL if self.detail.in_cell else Where.MAP
        return Where.JOBS

    def _offer(self) -> None:
        """The bottom line shows the keys of what has the focus; those that will be refused are not offered."""
        offer_only(self, offered(self.where, self._refused))
        self.screen.refresh_bindings()

    def on_show(self) -> None:
        """What came while another tab was shown is shown now."""
        self._later()

    @on(Rows.Resized, "#experiment-list")
    def _resized(self) -> None:
        """Texts are made for a width."""
        self._later()

    def _fill(self) -> None:
        self._due = False
        if not self.is_mounted or not self.list.width:
            return
        jobs = self.snapshot.jobs if self.snapshot is not None else ()
        if len(jobs) > AT_ONCE and not self._made.has(self.sheet, self.entries, self.snapshot):
            # Until a thread has made them, what was made last stays.
            self._make(self.sheet, self.entries, self.snapshot)
            items = self._made.latest
        else:
            items = self._made.items(self.sheet, self.entries, self.snapshot)
        before, self._items = self.item, items
        told = file_problem(self.app, self.sheet)
        self.set_class(not items and not told, "-nothing")
        note = self.query_one("#queue-problem", Static)
        note.display = bool(told)
        if note.display and str(note.content) != told:
            note.update(told)
        width = self.list.width
        paint, histories = self.paint, self.histories
        self.list.set_source(len(items), lambda place: list_line(paint, width, items[place], histories))
        if before is not None and self.item != before:
            self._find(before)
        self._show()

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, exclusive=True, group="items", description="items")
    def _make(self, sheet: "Sheet | None", entries: tuple[Entry, ...], snapshot: Snapshot | None) -> None:
        self._made.items(sheet, entries, snapshot)
        self.post_message(self.Made())

    @on(Made)
    def _made_now(self, event: Made) -> None:
        event.stop()
        self._later()

    def _find(self, wanted: Item) -> None:
        """Keep the cursor on the experiment that it stood on, wherever that has gone."""
        for place, item in enumerate(self._items):
            if (item.kind, item.name) == (wanted.kind, wanted.name):
                self.list.cursor = place
                return

    def choose(self, number: int) -> None:
        """Put the cursor on experiment `number` of the file, as the file is by now."""
        self._made.items(self.sheet, self.entries, self.snapshot)
        self._fill()
        for place, item in enumerate(self._items):
            if item.kind == "experiment" and item.number == number:
                self.list.cursor = place

    @on(Rows.Moved, "#experiment-list")
    def _show(self) -> None:
        self.detail.refined = self.refined
        self.detail.show(self.paint, self.item, self.sheet, self.snapshot, self.histories, self.at_once)
        self._want_soon()

    @on(QueueMap.Made)
    def _mapped_anew(self, event: QueueMap.Made) -> None:
        event.stop()
        self._show()

    def on_resize(self) -> None:
        """More may be in sight."""
        self._want_soon()

    def _want_soon(self) -> None:
        """What is in sight is known once it is laid out."""
        self._want()
        self.call_after_refresh(self._want)

    @on(Rows.Resized, "#jobs")
    @on(Rows.Moved, "#jobs,#grid,#map-grid")
    def _want(self) -> None:
        """Ask for the curves that are in sight."""
        chosen = (item.chosen.id for item in self._items if item.chosen is not None)
        wanted = tuple(dict.fromkeys([*chosen, *self.detail.in_sight()]))
        if wanted != self._wanted:
            self._wanted = wanted
            self.post_message(HistoriesWanted("queue", wanted))

    @on(Rows.Opened)
    def _opened(self) -> None:
        self.action_ask(Verb.EDIT)

    # what goes up

    def action_ask(self, verb: str) -> None:
        """Ask for a verb of what is chosen: jobs where they have the focus, else the experiment."""
        asked = Verb(verb)
        jobs = self._jobs()
        if asked in (Verb.UP, Verb.DOWN) and self.detail.has_focus_within:
            order, why = self.detail.reordered(-1 if asked is Verb.UP else 1)
            self.post_message(Told(why) if why else self.Asked(Verb.REORDER, self.item, order))
            return
        if asked is Verb.EDIT and self.detail.has_focus_within and self.detail.open_cell():
            self._offer()
            self._want_soon()
            return
        if asked in OF_EXPERIMENTS and self.where is not Where.LIST:
            self.post_message(Told(f"{asked} is for an experiment: <focus.next> goes back to the list of them"))
            return
        if asked is Verb.RETRY and self.detail.mapped:
            asked, jobs = Verb.MISSING, self.detail.left
        self.post_message(self.Asked(asked, self.item, jobs))

    def _jobs(self) -> tuple[str, ...]:
        if self.detail.has_focus_within:
            return self.detail.chosen()
        return tuple(row.id for row in self.item.every if row is not None) if self.item else ()

    def action_view(self) -> None:
        """The jobs as a grid or as a list."""
        self.detail.toggle()
        self._want_soon()

    def action_map(self) -> None:
        """The sweep as a map, or its jobs again."""
        self._map(not self.detail.mapped)

    def _map(self, mapped: bool) -> None:
        """The cursor goes into the map, and from it to where it came from."""
        if mapped:
            self._from_list = self.list.has_focus
        self.set_class(mapped, "-map")
        self.detail.map(mapped)
        if not mapped and self._from_list:
            self.list.focus()
        self._offer()
        self.call_after_refresh(self._show)

    def action_field(self, side: int) -> None:
        """Another field across or down."""
        self.detail.step(side)

    def action_figure(self) -> None:
        """Another figure in the map."""
        self.detail.turn()

    def action_fix(self) -> None:
        """A field of the map at one of its values, or averaged again."""
        drawn = self.detail.fixable
        if drawn is not None:
            self.post_message(self.Fixing(drawn))

    def action_back(self) -> None:
        """From the jobs of a cell to the map, from the map to the jobs."""
        if self.detail.close_cell():
            self._offer()
            self._want_soon()
        elif self.detail.mapped:
            self._map(False)

    def action_copy(self) -> None:
        """The id of the job, or the command that trains the experiment."""
        if self.detail.has_focus_within and self._jobs():
            self.post_message(Copied(" ".join(self._jobs())))
        elif self.file is not None and self.item is not None and self.item.kind == "experiment":
            from shlex import quote  # noqa: PLC0415 - rarely needed

            self.post_message(Copied(f"engine run {quote(str(self.file))} --only {quote(self.item.name)}"))
