"""Leaderboard: what won, and by how much? A row a configuration, ranked; what is done with a row stands here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import UsageError
from engine.plan.jobs import Configuration, configuration_id
from engine.results.columns import differs
from engine.results.durations import counted
from engine.results.export import cell
from engine.results.filters import Filter, parse
from engine.results.leaderboard import LeaderboardRow
from engine.results.reproduce import command
from engine.results.rows import JobRow, Note
from engine.session import Snapshot
from engine.text import visible
from tui.messages import Copied, Told
from tui.panes import leaderboard_csv
from tui.panes.leaderboard_details import compared, jobs_of
from tui.panes.leaderboard_ranking import Ranking
from tui.panes.leaderboard_table import Asked, BoardTable, sortable
from tui.widgets.bigtable import BigTable
from tui.widgets.prompt import Choice, Prompt

EMPTY = (
    "No job is done yet.\n\nIn the Queue tab (1), r trains the queue file; "
    "every job that ends well gets its place here."
)
NOTHING_LEFT = "The filter leaves no row.\n\n/ changes it, and esc in an empty line takes it away."
MOST_PINS = 5


class LeaderboardPane(Widget):
    """The boards of all data sets, one at a time."""

    DEFAULT_CSS = """
    LeaderboardPane { height: 1fr; width: 1fr; layout: vertical; }
    LeaderboardPane > .about { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    LeaderboardPane > #board { padding: 0 1; }
    LeaderboardPane > #details { display: none; height: 45%; border-top: solid $panel; padding: 0 1; }
    LeaderboardPane.-open > #details { display: block; }
    LeaderboardPane.-ascii > #details { border-top: ascii $panel; }
    LeaderboardPane > .empty { display: none; padding: 1 2; color: $text-muted; height: 1fr; }
    LeaderboardPane.-empty > .empty { display: block; }
    LeaderboardPane.-empty > #board { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", key_display="/", id="board.filter", tooltip="keep the rows that match"),
        Binding("comma", "sort(-1)", "sort", key_display=",", id="board.sort_left", tooltip="sort by a column further left"),
        Binding("full_stop", "sort(1)", "sort", key_display=".", id="board.sort_right", tooltip="sort by a column further right"),
        Binding("o", "order", "order", id="board.order", show=False, tooltip="the other end first"),
        Binding("b", "by", "by job", id="board.by", tooltip="a row a configuration, or a row a job"),
        Binding("p", "pin", "pin", id="board.pin", tooltip="keep the row in sight above the others"),
        Binding("asterisk", "star", "star", key_display="*", id="board.star", tooltip="star the configuration"),
        Binding("e", "note", "note", id="board.note", tooltip="write a note about the configuration"),
        Binding("equals_sign", "compare", "compare", key_display="=", id="board.compare", tooltip="what two rows differ in"),
        Binding("A", "adopt", "adopt", id="board.adopt", tooltip="a new experiment, or the defaults, from the row"),
        Binding("w", "write", "csv", id="board.csv", tooltip="write the board as CSV beside the queue file"),
        Binding("c", "copy", "copy", id="board.copy", show=False, tooltip="copy id, row, or the command that trains it again"),
        Binding("left,h", "slide(-1)", "left", id="board.left", show=False, tooltip="columns further left"),
        Binding("right,l", "slide(1)", "right", id="board.right", show=False, tooltip="columns further right"),
        Binding("left_square_bracket", "board(-1)", "data set", key_display="[", id="board.before", show=False, tooltip="the board of another data set"),
        Binding("right_square_bracket", "board(1)", "data set", key_display="]", id="board.next", show=False, tooltip="the board of another data set"),
        Binding("escape", "back", "back", id="board.back", show=False, tooltip="close what is open, then the filter"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    notes: reactive[Mapping[str, Note]] = reactive(dict, repaint=False)
    folder: reactive[Path] = reactive(Path, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)
    asked: reactive[Asked] = reactive(Asked(), repaint=False)

    @dataclass
    class Adopt(Message):
        """A configuration shall become a new experiment, or the defaults."""

        config: Configuration
        as_defaults: bool

    @dataclass
    class NoteWritten(Message):
        """The note of a configuration changed; answered by setting `notes`."""

        name: str
        note: Note

    @dataclass
    class JobOpened(Message):
        """A job of a row was opened: its curves are wanted."""

        job_id: str

    @dataclass
    class Ranked(Message):
        """The boards are made."""

        tables: list[BoardTable]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.tables: list[BoardTable] = []
        self.place = 0
        self.filter_text = ""
        self.pins: list[str] = []
        self.first = ""
        self._ranking = Ranking()

    def compose(self) -> ComposeResult:
        """What it is, the board, what opens below, and the line to type in."""
        yield Static(classes="about", markup=False)
        yield BigTable(frozen=2, id="board")
        yield Static(EMPTY, classes="empty", markup=False)
        yield BigTable(id="details")
        yield Prompt()
        yield Choice()

    @property
    def table(self) -> BoardTable | None:
        """The board that is shown."""
        return self.tables[self.place] if self.place < len(self.tables) else None

    @property
    def row(self) -> LeaderboardRow | None:
        """The row of the cursor."""
        cursor = self.query_one("#board", BigTable).cursor
        return self.table.row(cursor) if self.table is not None and cursor < len(self.table) else None

    # what comes from above

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.add_class("-empty")
        self.rank()

    def on_show(self) -> None:
        """What came while the tab was hidden is ranked now."""
        self.rank()

    def on_resize(self) -> None:
        """The columns suit the width."""
        self.display_table()

    def watch_snapshot(self) -> None:
        self.rank()

    def watch_asked(self) -> None:
        self.rank()

    def watch_notes(self) -> None:
        self.display_table()

    def watch_ascii(self, value: bool) -> None:
        self.set_class(value, "-ascii")
        self.display_table()

    # ranking, off this thread

    def rank(self) -> None:
        """Have the boards made anew, if anything that counts for them has changed."""
        if self.is_mounted and self.is_on_screen and self.snapshot is not None:
            self._rank(self.snapshot.jobs, self.asked)

    @work(thread=True, exclusive=True, group="rank")
    def _rank(self, jobs: tuple[JobRow, ...], asked: Asked) -> None:
        made = self._ranking.tables(jobs, asked)
        if made is not None:
            self.post_message(self.Ranked(made))

    def on_leaderboard_pane_ranked(self, message: Ranked) -> None:
        """Show them; the board shown stays the one of its data set."""
        message.stop()
        before = self.table.board.dataset if self.table else None
        self.tables = message.tables
        names = [table.board.dataset for table in self.tables]
        self.place = names.index(before) if before in names else 0
        self.display_table()

    def display_table(self) -> None:
        """Hand the board to its table, with what the person marked."""
        if not self.is_mounted:
            return
        table, widget = self.table, self.query_one("#board", BigTable)
        self.set_class(table is None, "-empty")
        self.query_one(".empty", Static).update(NOTHING_LEFT if self.asked.where is not None else EMPTY)
        self._say()
        if table is None:
            return
        table.notes, table.pins, table.compared, table.ascii = self.notes, self.pins, self.first, self.ascii
        pinned = [place for key in self.pins if (place := table.find(key)) is not None]
        widget.show(table.columns(widget.size.width or self.size.width), table, pinned)

    def _say(self) -> None:
        table = self.table
        text = Text(no_wrap=True, overflow="ellipsis")
        if table is not None:
            text.append(visible(table.board.dataset), "bold")
            if len(self.tables) > 1:
                text.append(f"  {self.place + 1} of {len(self.tables)} data sets ([ ])")
            noun = "configuration" if self.asked.by == "config" else "job"
            text.append(f"  {counted(len(table), noun)}, ranked by {table.board.rank_by.replace('_', ' ')}")
            if table.sort:
                text.append(f", sorted by {table.sort.removeprefix('-').replace('_', ' ')}")
        if self.filter_text:
            text.append(f"  filter {visible(self.filter_text)}", "bold")
        if self.first:
            text.append("  choose another row and press = again", "bold")
        self.query_one(".about", Static).update(text, layout=False)

    # what a row is used for

    def action_by(self) -> None:
        self.asked = replace(self.asked, by="job" if self.asked.by == "config" else "config", sort=None)

    def action_sort(self, by: int) -> None:
        """By the next column on that side; beyond the first one stands the rank."""
        if self.table is None:
            return
        names = sortable(self.table)
        now = (self.asked.sort or "rank").removeprefix("-")
        place = (names.index(now) if now in names else 0) + by
        self._sort(names[place % len(names)])

    def action_order(self) -> None:
        sort = self.asked.sort or "rank"
        self.asked = replace(self.asked, sort=sort.removeprefix("-") if sort.startswith("-") else f"-{sort}")

    def _sort(self, name: str) -> None:
        self.asked = replace(self.asked, sort=None if name == "rank" else name)
        self.query_one("#board", BigTable).bring(name)

    def on_big_table_head_clicked(self, message: BigTable.HeadClicked) -> None:
        """A click sorts by the column, another turns it round."""
        message.stop()
        if self.table is None or message.name not in sortable(self.table):
            return
        if message.name == (self.asked.sort or "rank").removeprefix("-"):
            self.action_order()
        else:
            self._sort(message.name)

    def action_board(self, by: int) -> None:
        if self.tables:
            self.place = (self.place + by) % len(self.tables)
            self.display_table()

    def action_slide(self, by: int) -> None:
        self.query_one("#board", BigTable).slide(by)

    def action_pin(self) -> None:
        """Pin the row, or take the pin off; the oldest goes where there are too many."""
        key = self.query_one("#board", BigTable).key
        if not key:
            return
        if key in self.pins:
            self.pins.remove(key)
        else:
            self.pins = [*self.pins, key][-MOST_PINS:]
        self.display_table()

    def action_star(self) -> None:
        if self.row is not None:
            note = self._note(self.row)
            self._write_note(self.row, replace(note, star=not note.star))

    def action_note(self) -> None:
        if self.row is not None:
            self.query_one(Prompt).ask("note", "note", self._note(self.row).text, "empty removes it")

    def _note(self, row: LeaderboardRow) -> Note:
        return self.notes.get(configuration_id(row.config), Note())

    def _write_note(self, row: LeaderboardRow, note: Note) -> None:
        self.post_message(self.NoteWritten(configuration_id(row.config), note))

    def action_compare(self) -> None:
        """The first press remembers the row, the second on another row shows what differs."""
        key, table = self.query_one("#board", BigTable).key, self.table
        if table is None or not key:
            return
        place = table.find(self.first) if self.first else None
        if place is None or key == self.first:
            self.first = "" if key == self.first else key
        elif self.row is not None:
            self._open(compared(table.row(place), self.row))
            self.first = ""
        self.display_table()

    def action_adopt(self) -> None:
        if self.row is not None:
            answers = {"n": "a new experiment", "d": "the defaults of the queue file"}
            self.query_one(Choice).ask("adopt", f"make this row ({differs(self.row) or 'its settings'})", answers)

    def action_copy(self) -> None:
        if self.row is not None:
            answers = {"i": "id", "r": "row", "c": "command that trains it again"}
            self.query_one(Choice).ask("copy", "copy", answers)

    def on_choice_chosen(self, message: Choice.Chosen) -> None:
        """Do what was chosen with the row of the cursor."""
        message.stop()
        self.query_one("#board", BigTable).focus()
        row = self.row
        if row is None or not message.key:
            return
        if message.about == "adopt":
            self.post_message(self.Adopt(row.config, as_defaults=message.key == "d"))
            return
        texts = {
            "i": lambda: " ".join(row.job_ids),
            "r": lambda: "\t".join(cell(row, name) for name in self.tables[self.place].names if name != "mark"),
            "c": lambda: command(row.jobs[0]),
        }
        self.post_message(Copied(texts[message.key]()))

    def action_write(self) -> None:
        """Write what is shown, all data sets of it."""
        if self.tables:
            self._write([table.board for table in self.tables], self.folder)

    @work(thread=True, group="csv")
    def _write(self, boards: list, folder: Path) -> None:
        try:
            path = leaderboard_csv.write(folder, boards)
        except OSError as error:
            self.post_message(Told(f"no CSV: {folder} cannot be written: {error.strerror}", wrong=True))
            return
        rows = sum(len(board.rows) for board in boards)
        self.post_message(Told(f"{counted(rows, 'row')} written to {path}"))

    # what opens below

    def on_big_table_selected(self, message: BigTable.Selected) -> None:
        """Enter on a row shows its jobs, on a job its curves."""
        message.stop()
        if message.table.id == "details":
            if message.key in (job.id for job in (self.row.jobs if self.row else ())):
                self.post_message(self.JobOpened(message.key))
        elif self.row is not None:
            self._open(jobs_of(self.row))

    def on_big_table_highlighted(self, message: BigTable.Highlighted) -> None:
        message.stop()

    def _open(self, listed) -> None:
        details = self.query_one("#details", BigTable)
        details.cursor = 0
        details.show(listed.columns, listed)
        self.add_class("-open")
        details.focus()

    def action_back(self) -> None:
        """Close what is open; then forget the row to be compared; then the filter."""
        if self.has_class("-open"):
            self.remove_class("-open")
            self.query_one("#board", BigTable).focus()
        elif self.first:
            self.first = ""
            self.display_table()
        elif self.filter_text:
            self._use_filter("")

    # the filter

    def action_filter(self) -> None:
        self.query_one(Prompt).ask("filter", "filter", self.filter_text, "model=cnn dropout>=0.2 name~grid*")

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Faults are said while typing."""
        message.stop()
        if message.about == "filter":
            self.query_one(Prompt).fault(self._parsed(message.text)[1])

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        message.stop()
        prompt = self.query_one(Prompt)
        if message.about == "note" and self.row is not None:
            self._write_note(self.row, replace(self._note(self.row), text=message.text.strip()))
        elif message.about == "filter" and not self._use_filter(message.text):
            return
        prompt.close()
        self.query_one("#board", BigTable).focus()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        message.stop()
        self.query_one("#board", BigTable).focus()

    def _use_filter(self, text: str) -> bool:
        found, fault = self._parsed(text)
        if fault:
            self.query_one(Prompt).fault(fault)
            return False
        self.filter_text = text.strip()
        self.asked = replace(self.asked, where=found)
        return True

    def _parsed(self, text: str) -> tuple[Filter | None, str]:
        if not text.strip():
            return None, ""
        try:
            return parse(text), ""
        except UsageError as error:
            return None, "\n".join(f"{fault.message}: {fault.allowed}" if fault.allowed else fault.message for fault in error.faults)
