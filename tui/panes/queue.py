"""Queue: what will be trained. The experiments on one side, the chosen one with its jobs on the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import EpochRow
from engine.session import Snapshot
from tui.editing.outline import Entry
from tui.messages import Copied
from tui.panes.paint import Paint
from tui.panes.queue_detail import QueueDetail
from tui.panes.queue_list import Item, QueueList, list_line
from tui.widgets.keyline import hide
from tui.widgets.rows import Rows

if TYPE_CHECKING:
    from tui.editing.document import Sheet

MOVE = Binding.Group("move", compact=True)


class Verb(StrEnum):
    """What a person may ask of the queue."""

    NEW = "new"
    DUPLICATE = "duplicate"
    DELETE = "delete"
    UP = "up"
    DOWN = "down"
    SWITCH = "switch"
    EDIT = "edit"
    EDITOR = "editor"
    RUN = "run"
    ONLY = "only"
    STOP = "stop"
    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    REORDER = "reorder"
    INSPECT = "inspect"


# What a person who may only look, or who has no queue file, cannot ask for.
CHANGING = frozenset(Verb) - {Verb.INSPECT}
OF_FILE = frozenset({Verb.NEW, Verb.DUPLICATE, Verb.DELETE, Verb.SWITCH, Verb.EDIT, Verb.EDITOR, Verb.RUN, Verb.ONLY})


def key(keys: str, verb: Verb, words: str, tip: str, **more: object) -> Binding:
    """One line of the table of keys."""
    return Binding(keys, f"ask('{verb}')", words, id=f"queue.{verb}", tooltip=tip, **more)  # type: ignore[arg-type]


class QueuePane(Widget):
    """The queue file and what became of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("n", Verb.NEW, "new", "a new experiment"),
        key("enter", Verb.EDIT, "edit", "edit every setting, sweeps and repeats too", key_display="enter"),
        key("r", Verb.RUN, "run", "hand the queue in; training goes on without this window"),
        key("s", Verb.STOP, "stop", "stop what is chosen: after the epoch, or now"),
        key("space", Verb.SWITCH, "on/off", "leave the experiment out of the queue, or take it in again"),
        key("d", Verb.DUPLICATE, "duplicate", "a copy of the experiment"),
        key("D", Verb.DELETE, "delete", "delete the experiment; what it trained stays"),
        key("J", Verb.DOWN, "move", "move down: experiments in the file, waiting jobs in the queue", group=MOVE),
        key("K", Verb.UP, "move", "move up: experiments in the file, waiting jobs in the queue", group=MOVE),
        key("h", Verb.HOLD, "hold", "keep waiting jobs from starting"),
        key("H", Verb.RELEASE, "release", "let held jobs start again"),
        key("R", Verb.RETRY, "retry", "go on with jobs that failed, stopped or were interrupted"),
        key("o", Verb.ONLY, "run only this", "hand in the chosen experiment alone"),
        key("i", Verb.INSPECT, "inspect", "nine digits of the data set, and the model's layers"),
        key("E", Verb.EDITOR, "$EDITOR", "open the queue file in your editor"),
        Binding("v", "view", "grid/list", id="queue.view", show=False, tooltip="jobs as a grid or as a list"),
        Binding(
            "c", "copy", "copy", id="queue.copy", show=False, tooltip="copy the job's id, or the command that runs it"
        ),
    ]

    sheet: reactive["Sheet | None"] = reactive(None, repaint=False)
    entries: reactive[tuple[Entry, ...]] = reactive((), repaint=False)
    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, always_update=True, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class Asked(Message):
        """A person asks for something: of an experiment (its place in the file), a table, or of jobs."""

        verb: Verb
        item: Item | None
        jobs: tuple[str, ...]

    @dataclass
    class HistoriesWanted(Message):
        """The epochs of these jobs are needed; answered by setting `histories`."""

        job_ids: tuple[str, ...]

    def __init__(self, refused: frozenset[Verb] = frozenset()) -> None:
        super().__init__()
        self._refused = refused
        self._made = QueueList()
        self._due = False
        self._items: tuple[Item, ...] = ()
        self._wanted: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, and the chosen one."""
        with Vertical(id="experiments"):
            yield Static(id="queue-problem", markup=False)
            yield Rows(id="experiment-list")
        yield QueueDetail()

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

    def watch_sheet(self) -> None:
        """Another text, or another state of the file."""
        self._later()

    def watch_entries(self) -> None:
        """A first look at the file."""
        self._later()

    def watch_snapshot(self) -> None:
        """The store moved on."""
        self._later()

    def watch_histories(self) -> None:
        """Curves came."""
        self._later()

    def _later(self) -> None:
        """Fill once, however much came at once."""
        if not self._due and self.is_mounted:
            self._due = True
            self.call_next(self._fill)

    def on_mount(self) -> None:
        """Colours are part of the texts. Keys that will be refused are not offered."""
        hide(self, {f"ask('{verb}')" for verb in self._refused})
        self.app.theme_changed_signal.subscribe(self, lambda _: self._later())

    def on_resize(self) -> None:
        """Texts are made for a width."""
        self._later()

    def _fill(self) -> None:
        self._due = False
        if not self.is_mounted or not self.list.width:
            return
        before = self.item
        self._items = self._made.items(self.sheet, self.entries, self.snapshot)
        note = self.query_one("#queue-problem", Static)
        told = file_problem(self.sheet)
        note.display = bool(told)
        if note.display and str(note.content) != told:
            note.update(told)
        width = self.list.width
        paint, items, histories = self.paint, self._items, self.histories
        self.list.set_source(len(items), lambda place: list_line(paint, width, items[place], histories))
        if before is not None and self.item != before:
            self._find(before)
        self._show()

    def _find(self, wanted: Item) -> None:
        """Keep the cursor on the experiment that it stood on, wherever that has gone."""
        for place, item in enumerate(self._items):
            if (item.kind, item.name) == (wanted.kind, wanted.name):
                self.list.cursor = place
                return

    def choose(self, number: int) -> None:
        """Put the cursor on experiment `number` of the file, as the file is by now."""
        self._fill()
        for place, item in enumerate(self._items):
            if item.kind == "experiment" and item.number == number:
                self.list.cursor = place

    @on(Rows.Moved, "#experiment-list")
    def _show(self) -> None:
        self.detail.show(self.paint, self.item, self.sheet, self.snapshot, self.histories)
        self._want()

    @on(Rows.Moved, "#jobs,#grid")
    def _want(self) -> None:
        """Ask for the curves that are in sight."""
        chosen = (item.chosen.id for item in self._items if item.chosen is not None)
        wanted = tuple(dict.fromkeys([*chosen, *self.detail.in_sight()]))
        if wanted != self._wanted:
            self._wanted = wanted
            self.post_message(self.HistoriesWanted(wanted))

    @on(Rows.Opened)
    def _opened(self) -> None:
        self.action_ask(Verb.EDIT)

    # what goes up

    def action_ask(self, verb: str) -> None:
        """Ask for a verb of what is chosen: jobs where they have the focus, else the experiment."""
        asked = Verb(verb)
        jobs = self._jobs()
        if asked in (Verb.UP, Verb.DOWN) and self.detail.has_focus_within:
            order = self.detail.reordered(-1 if asked is Verb.UP else 1)
            if order:
                self.post_message(self.Asked(Verb.REORDER, self.item, order))
            return
        self.post_message(self.Asked(asked, self.item, jobs))

    def _jobs(self) -> tuple[str, ...]:
        if self.detail.has_focus_within:
            return self.detail.chosen()
        return tuple(row.id for row in self.item.rows if row is not None) if self.item else ()

    def action_view(self) -> None:
        """The jobs as a grid or as a list."""
        self.detail.toggle()

    def action_copy(self) -> None:
        """The id of the job, or the command that trains the experiment."""
        if self.detail.has_focus_within and self._jobs():
            self.post_message(Copied(" ".join(self._jobs())))
        elif self.sheet is not None and self.item is not None and self.item.kind == "experiment":
            from shlex import quote  # noqa: PLC0415 - rarely needed

            self.post_message(Copied(f"engine run {quote(str(self.sheet.path))} --only {quote(self.item.name)}"))


def file_problem(sheet: "Sheet | None") -> str:
    """What is wrong with the file on disk, and what to do."""
    if sheet is None or not sheet.problem:
        return ""
    still = "what is below is the last good plan; " if sheet.queue is not None else ""
    return sheet.problem + ("" if "ctrl+s" in sheet.problem else f"\n{still}E opens the file in your editor")
