"""Leaderboard: what won, and by how much? A row a configuration, ranked, and all that can be done with a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from engine.plan.jobs import Configuration, configuration_id
from engine.results.durations import counted
from engine.results.leaderboard import Board, LeaderboardRow
from engine.results.rows import Note
from tui.messages import Copied, Told
from tui.panes import leaderboard_csv
from tui.panes.leaderboard_board import BoardPane
from tui.panes.leaderboard_details import Listed, compared, jobs_of
from tui.panes.leaderboard_keys import KEYS
from tui.panes.leaderboard_words import copied, parsed
from tui.widgets.bigtable import BigTable
from tui.widgets.keyline import offer
from tui.widgets.prompt import Choice, Prompt

if TYPE_CHECKING:
    from engine.results.ties import Reader

MOST_PINS = 5
# Seconds after which somebody is taken to have typed to the end.
PAUSE = 1.0


class LeaderboardPane(BoardPane):
    """The board, with pins, stars and notes, comparing, adopting, copying and CSV."""

    DEFAULT_CSS = """
    LeaderboardPane { height: 1fr; width: 1fr; layout: vertical; }
    LeaderboardPane > .about {
        height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    LeaderboardPane > #board { padding: 0 1; }
    LeaderboardPane > .below { display: none; height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    LeaderboardPane.-tall > .below { max-height: 6; }
    LeaderboardPane.-open > .below { max-height: 0; }
    LeaderboardPane > #details { display: none; height: 45%; border-top: solid $panel; padding: 0 1; }
    LeaderboardPane.-open > #details { display: block; }
    LeaderboardPane.-ascii > #details { border-top: ascii $panel; }
    LeaderboardPane.-ascii > .about { text-overflow: clip; }
    LeaderboardPane > .empty { display: none; padding: 1 2; color: $text-muted; height: 1fr; }
    LeaderboardPane.-empty > .empty { display: block; }
    LeaderboardPane.-empty > #board { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    folder: reactive[Path] = reactive(Path, repaint=False)
    """Where the CSV goes: beside the queue file."""

    refusal: reactive[str] = reactive("", repaint=False)
    """Why nothing may be noted, adopted or written here; empty where it may."""

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

    def watch_refusal(self, refusal: str) -> None:
        """Keys that will be refused are not offered."""
        offer(self, ("star", "note", "adopt", "write"), shown=not refusal)

    # pins, stars, notes

    def action_pin(self) -> None:
        """Pin the row, or take the pin off; the oldest goes where there are too many."""
        key = self.board.key
        if not key:
            return
        if key in self.pins:
            self.pins = [pin for pin in self.pins if pin != key]
        else:
            self.pins = [*self.pins, key][-MOST_PINS:]
        self.display_table()

    def action_star(self) -> None:
        if self.row is not None and self._may_write():
            note = self._note(self.row)
            self._write_note(self.row, replace(note, star=not note.star))

    def action_note(self) -> None:
        if self.row is not None and self._may_write():
            self.query_one(Prompt).ask("note", "note", self._note(self.row).text, "empty removes it")

    def _may_write(self) -> bool:
        if self.refusal:
            self.post_message(Told(self.refusal, wrong=True))
        return not self.refusal

    def _note(self, row: LeaderboardRow) -> Note:
        return self.notes.get(configuration_id(row.config), Note())

    def _write_note(self, row: LeaderboardRow, note: Note) -> None:
        self.post_message(self.NoteWritten(configuration_id(row.config), note))

    # what opens below

    def action_compare(self) -> None:
        """The first press remembers the row, the second on another row shows what differs."""
        key, table = self.board.key, self.table
        if table is None or not key:
            return
        place = table.find(self.first) if self.first else None
        if place is None or key == self.first:
            self.first = "" if key == self.first else key
        elif self.row is not None:
            self._open(compared(table.row(place), self.row, ascii_only=self.ascii))
            self.first = ""
        self.display_table()

    def action_open(self) -> None:
        """The row of the table that has the focus."""
        table = self.screen.focused
        if isinstance(table, BigTable):
            table.action_select()

    def on_big_table_selected(self, message: BigTable.Selected) -> None:
        """Enter on a row shows its jobs, on a job its curves."""
        message.stop()
        if self.row is None:
            return
        if message.table is self.board:
            self._open(jobs_of(self.row))
        elif message.key in self.row.job_ids:
            self.post_message(self.JobOpened(message.key))

    def _open(self, listed: Listed) -> None:
        details = self.query_one("#details", BigTable)
        details.cursor = 0
        details.show(listed.columns, listed)
        self.add_class("-open")
        details.focus()

    def action_back(self) -> None:
        """Close what is open; then forget the row to be compared; then the filter."""
        if self.has_class("-open"):
            self.remove_class("-open")
            self.board.focus()
        elif self.first:
            self.first = ""
            self.display_table()
        elif self.filter_text:
            self.use_filter("")

    # questions, and what is done with their answers

    def action_adopt(self) -> None:
        if self.row is not None and self.table is not None and self._may_write():
            answers = {"n": "a new experiment", "d": "the defaults"}
            words = self.table.apart.words(self.row) or "this row"
            self.query_one(Choice).ask("adopt", f"adopt {words} as", answers)

    def action_copy(self) -> None:
        if self.row is not None:
            answers = {"i": "id", "r": "row", "c": "command that trains it again"}
            self.query_one(Choice).ask("copy", "copy", answers)

    def on_choice_chosen(self, message: Choice.Chosen) -> None:
        """Do what was chosen with the row of the cursor."""
        message.stop()
        self.board.focus()
        row = self.row
        if row is None or not message.key:
            return
        if message.about == "adopt":
            self.post_message(self.Adopt(row.config, as_defaults=message.key == "d"))
        else:
            self.post_message(Copied(copied(row, message.key, self.table)))

    def action_filter(self) -> None:
        self.query_one(Prompt).ask("filter", "filter", self.filter_text, "model=cnn dropout>=0.2 grid")

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Faults of a filter are said once nothing more is typed: a word half typed is none."""
        message.stop()
        if message.about == "filter":
            self.query_one(Prompt).fault(parsed(message.text)[1], after=PAUSE)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        """A note is written, a filter used; one that is none stays to be mended."""
        message.stop()
        if message.about == "note" and self.row is not None:
            self._write_note(self.row, replace(self._note(self.row), text=message.text.strip()))
        elif message.about == "filter" and not self.use_filter(message.text):
            return
        self.query_one(Prompt).close()
        self.board.focus()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        message.stop()
        self.board.focus()

    # CSV

    def action_write(self) -> None:
        """Write what is shown, of all data sets."""
        if self.tables and self._may_write():
            self._write([table.board for table in self.tables], self.folder, self.hits)

    @work(thread=True, group="csv", description="csv")
    def _write(self, boards: Sequence[Board], folder: Path, hits: "Reader | None") -> None:
        try:
            path = leaderboard_csv.write(folder, boards, hits)
        except OSError as error:
            self.post_message(Told(f"no CSV: {folder.absolute()} cannot be written: {error.strerror}", wrong=True))
            return
        rows = sum(len(board.rows) for board in boards)
        self.post_message(Told(f"{counted(rows, 'row')} written to {path.absolute()}"))
