"""What the Leaderboard tab shows: which board, of what rows, in which order. What is done with a row stands above."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.plan.jobs import configuration_id
from engine.results.leaderboard import LeaderboardRow
from engine.results.rows import JobRow, Note
from engine.session import Snapshot
from tui.panes.leaderboard_ranking import Ranking
from tui.panes.leaderboard_table import Asked, BoardTable, sortable
from tui.panes.leaderboard_words import EMPTY, NOTHING_LEFT, about, below, parsed
from tui.panes.nothing import PRESS, so_far
from tui.widgets.bigtable import BigTable
from tui.widgets.bigtable_columns import NoRows
from tui.widgets.plain import plain_text
from tui.widgets.prompt import Choice, Prompt

if TYPE_CHECKING:
    from engine.results.ties import Reader

# From so many lines on, each thing that is said below the board has one of its own.
TALL = 30
# Seconds that a board waits at most until it is painted before it is made sure.
PAINTED = 1.0


class BoardPane(Widget):
    """The boards of all data sets, one at a time, made in a thread."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    notes: reactive[Mapping[str, Note]] = reactive(dict, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)
    press: reactive[str] = reactive(PRESS, repaint=False)
    asked: reactive[Asked] = reactive(Asked(), repaint=False)
    hits: "reactive[Reader | None]" = reactive(None, repaint=False)
    """What a job got right, by its id: rows of one repeat are compared by it."""

    @dataclass
    class Ranked(Message):
        """The boards are made, or by now also sure. `shown` is set once they are painted."""

        tables: list[BoardTable]
        sure: bool = False
        shown: Event = field(default_factory=Event)

    @dataclass
    class RankByChosen(Message):
        """The boards are ranked by another figure."""

        name: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.ready = False
        self.tables: list[BoardTable] = []
        self.place = 0
        self.filter_text = ""
        self.pins: list[str] = []
        self.first = ""
        self._ranking = Ranking()
        self._below = ""
        self._brought = ""
        self._said = Text()

    def compose(self) -> ComposeResult:
        """What it is, the board, what opens below, and the line to type in."""
        yield Static(classes="about", markup=False)
        yield BigTable(frozen=2, id="board")
        yield Static(classes="below", markup=False)
        yield Static(EMPTY, classes="empty", markup=False)
        yield BigTable(id="details")
        yield Prompt()
        yield Choice()

    @property
    def board(self) -> BigTable:
        """The table of rows."""
        return self.query_one("#board", BigTable)

    @property
    def table(self) -> BoardTable | None:
        """The board that is shown."""
        return self.tables[self.place] if self.place < len(self.tables) else None

    @property
    def row(self) -> LeaderboardRow | None:
        """The row of the cursor."""
        cursor = self.board.cursor
        return self.table.row(cursor) if self.table is not None and cursor < len(self.table) else None

    # what comes from above

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.ready = True
        self.add_class("-empty")
        self.watch_ascii(self.ascii)
        self.rank()

    def on_show(self) -> None:
        """What came while the tab was hidden is ranked now."""
        self.rank()

    def on_resize(self) -> None:
        """The columns suit the width, the words below the height."""
        self.set_class(self.size.height >= TALL, "-tall")
        self.display_table()

    def watch_snapshot(self) -> None:
        self.rank()
        self.watch_press()

    def watch_press(self) -> None:
        if self.ready and self.table is None:
            self._say_nothing()

    def watch_asked(self) -> None:
        self.rank()

    def watch_notes(self) -> None:
        self.display_table()

    def watch_ascii(self, value: bool) -> None:
        self.set_class(value, "-ascii")
        for table in self.query(BigTable):
            table.ascii_only = value
        self.display_table()

    # ranking, off this thread

    def rank(self) -> None:
        """Have the boards made anew, if anything that counts for them has changed."""
        if self.ready and self.is_on_screen and self.snapshot is not None:
            self._rank(self.snapshot.jobs, self.asked, self.hits)

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, group="rank", description="rank")
    def _rank(self, jobs: tuple[JobRow, ...], asked: Asked, hits: "Reader | None") -> None:
        made = self._ranking.tables(jobs, asked)
        if made is None:
            return
        shown = Event()
        self.post_message(self.Ranked(made, shown=shown))
        # What is reckoned next would keep this thread's fellow from painting.
        shown.wait(PAINTED)
        sure = self._ranking.assured(made, hits)
        if sure is not None:
            self.post_message(self.Ranked(sure, sure=True))

    def on_board_pane_ranked(self, message: Ranked) -> None:
        """Show them; the board shown stays the one of its data set."""
        message.stop()
        before = self.table.board.title if self.table else None
        self.tables = message.tables
        names = [table.board.title for table in self.tables]
        self.place = names.index(before) if before in names else 0
        self.display_table()
        sort = (self.asked.sort or "").removeprefix("-")
        if sort != self._brought:
            self._brought = sort
            self.board.bring(sort)
        self.call_after_refresh(message.shown.set)

    def display_table(self) -> None:
        """Hand the board to its table, with what the person marked."""
        if not self.ready:
            return
        table, widget = self.table, self.board
        self.set_class(table is None, "-empty")
        if table is None:
            self.say()
            self._say_nothing()
            widget.show((), NoRows())
            self._say_below("")
            return
        table.notes, table.pins, table.compared, table.ascii = self.notes, self.pins, self.first, self.ascii
        pinned = [place for key in self.pins if (place := table.find(key)) is not None]
        # A scrollbar may come to stand on the last column, and the sign of more to the right before it.
        widget.show(table.columns((widget.size.width or self.size.width) - 2), table, pinned, table.frozen)
        self.say()
        self._say_below(below(table, self.size.width - 2, tall=self.size.height >= TALL))

    def say(self) -> None:
        """The line above the board; with the note of the row of the cursor, where its column is out of sight."""
        note = ""
        if any(each.text for each in self.notes.values()) and self.row is not None and not self.board.sees("note"):
            note = self.notes.get(configuration_id(self.row.config), Note()).text
        comparing = bool(self.first)
        text = about(self.table, self.place, len(self.tables), self.filter_text, comparing=comparing, note=note)
        text = plain_text(text, self.ascii)
        if text != self._said or text.spans != self._said.spans:
            self._said = text
            self.query_one(".about", Static).update(text, layout=False)

    def on_big_table_highlighted(self, message: BigTable.Highlighted) -> None:
        """Another row may have a note; nobody above has to know."""
        message.stop()
        if message.table is self.board:
            self.say()

    def _say_below(self, text: str) -> None:
        line = self.query_one(".below", Static)
        if text != self._below:
            self._below = text
            line.display = bool(text)
            line.update(text)

    def _say_nothing(self) -> None:
        """What to do where there is no board; the same words again would have the screen laid out anew."""
        told, line = self._nothing, self.query_one(".empty", Static)
        if line.content != told:
            line.update(told)

    @property
    def _nothing(self) -> str:
        return NOTHING_LEFT if self.asked.where is not None else so_far(EMPTY, self.snapshot, self.press)

    # which rows, in which order

    def action_by(self) -> None:
        by = "job" if self.asked.by == "config" else "config"
        self.asked = replace(self.asked, by=by, sort=None)

    def action_rank_by(self) -> None:
        """By the validation, which the test that is reported has no say in, or by the test."""
        other = "test_accuracy" if self.asked.rank_by == "val_accuracy" else "val_accuracy"
        self.asked = replace(self.asked, rank_by=other)
        self.post_message(self.RankByChosen(other))

    def action_sort(self, by: int) -> None:
        """By the next column on that side; the rank is one of them."""
        if self.table is None:
            return
        names = sortable(self.table)
        now = (self.asked.sort or "rank").removeprefix("-")
        self._sort(names[((names.index(now) if now in names else 0) + by) % len(names)])

    def action_order(self) -> None:
        sort = self.asked.sort or "rank"
        self.asked = replace(self.asked, sort=sort.removeprefix("-") if sort.startswith("-") else f"-{sort}")

    def _sort(self, name: str) -> None:
        self.asked = replace(self.asked, sort=None if name == "rank" else name)

    def on_big_table_head_clicked(self, message: BigTable.HeadClicked) -> None:
        """A click sorts by the column, another turns it round."""
        message.stop()
        if self.table is None or message.table is not self.board or message.name not in sortable(self.table):
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
        self.board.slide(by)
        self.say()

    def use_filter(self, text: str) -> bool:
        """Keep the rows that match; False, and the fault said, where the text is no filter."""
        found, fault = parsed(text)
        if fault:
            self.query_one(Prompt).fault(fault)
            return False
        self.filter_text = text.strip()
        self.asked = replace(self.asked, where=found)
        return True
