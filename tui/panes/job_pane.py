"""What every tab about one job has: a line about it, the list to choose it from, words where nothing can be shown."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from engine.text import visible
from tui.messages import Copied, HistoriesWanted
from tui.panes.nothing import PRESS, so_far
from tui.panes.picker import JobPicker
from tui.widgets.bigtable import BigTable
from tui.widgets.plain import plain_text

# Seconds within which what comes has come at once to a person.
SOON = 0.15


class JobPane(Widget):
    """A pane that shows something of the job under the cursor of its list, and asks for that once."""

    DEFAULT_CSS = """
    JobPane { height: 1fr; width: 1fr; layout: vertical; }
    JobPane > .about { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    JobPane > Horizontal { height: 1fr; }
    JobPane JobPicker { border-right: solid $panel; }
    JobPane .message { display: none; width: 1fr; height: auto; padding: 1 2; color: $text-muted; }
    JobPane.-message .message { display: block; }
    JobPane.-problem .message { color: $error; }
    JobPane.-ascii JobPicker { border-right: ascii $panel; }
    JobPane.-ascii > .about { text-overflow: clip; }
    """

    WIDE: ClassVar[int] = 0
    """From so many columns on the list of jobs is in sight by itself."""
    LISTED: ClassVar[bool] = False
    """Whether the list is in sight before the width is known."""
    EMPTY: ClassVar[str]
    """What to press where there is no job yet."""
    ASKED: ClassVar[str] = ""
    """What is said until an answer comes."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, repaint=False, always_update=True)
    ascii: reactive[bool] = reactive(False, repaint=False)
    press: reactive[str] = reactive(PRESS, repaint=False)
    """What to do where nothing was trained yet."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.ready = False
        self.job_id = ""
        self._said = Text()
        self._told = "", False
        self._words_due: Timer | None = None

    # what a pane of this kind has of its own

    @abstractmethod
    def listed(self, row: JobRow) -> bool:
        """Whether there is anything to see of a job."""

    @property
    @abstractmethod
    def main(self) -> Widget:
        """The part that the cursor goes to from the list."""

    @abstractmethod
    def parts(self) -> ComposeResult:
        """What stands right of the list."""

    @abstractmethod
    def ask(self, job_id: str) -> None:
        """Have what is to be seen of a job fetched."""

    @abstractmethod
    def about(self, job: JobRow) -> Text:
        """The line about the job that is shown."""

    # what all have

    def compose(self) -> ComposeResult:
        """Which job; its list, what is to be seen of it; what to press where there is nothing."""
        yield Static(classes="about", markup=False)
        with Horizontal():
            yield JobPicker(self.listed, listed=self.LISTED)
            yield from self.parts()
            yield Static(self.EMPTY, classes="message", markup=False)

    @property
    def picker(self) -> JobPicker:
        """The list of jobs, hidden or not."""
        return self.query_one(JobPicker)

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.ready = True
        self.message(so_far(self.EMPTY, self.snapshot, self.press))
        self.watch_ascii(self.ascii)
        self.watch_snapshot(self.snapshot)

    def watch_press(self) -> None:
        """There is a queue file now, or none any more."""
        if self.ready and self.picker.job is None:
            self.message(so_far(self.EMPTY, self.snapshot, self.press))

    def on_show(self) -> None:
        """Ask for what was not needed while the tab was hidden."""
        self.choose_job()

    def on_resize(self) -> None:
        """A wide window has the list of jobs too."""
        self.picker.listed = self.lists

    @property
    def lists(self) -> bool:
        """Whether the list of jobs is in sight by itself."""
        return self.size.width >= self.WIDE

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Other jobs, or the same further on."""
        if self.ready:
            self.picker.snapshot = snapshot
            self.choose_job()

    def watch_histories(self, histories: Mapping[str, list[EpochRow]]) -> None:
        """Curves for the list."""
        if self.ready and histories:
            self.picker.learn(histories)

    def watch_ascii(self, value: bool) -> None:
        """How to draw."""
        self.set_class(value, "-ascii")
        if self.ready:
            self.picker.ascii = value

    def on_job_picker_curves_wanted(self, event: JobPicker.CurvesWanted) -> None:
        """Up to whoever has them."""
        event.stop()
        self.post_message(HistoriesWanted(self.id or "", event.job_ids))

    def on_big_table_highlighted(self, event: BigTable.Highlighted) -> None:
        """Another job."""
        event.stop()
        self.choose_job()

    def on_big_table_selected(self, event: BigTable.Selected) -> None:
        """From the list into what is shown."""
        event.stop()
        self.action_open()

    def choose_job(self) -> None:
        """Ask for what is to be seen of the job under the cursor, once, and while somebody looks."""
        job = self.picker.job
        if job is None:
            self.job_id = ""
            self.message(so_far(self.EMPTY, self.snapshot, self.press))
        elif job.id != self.job_id and self.is_on_screen:
            self.job_id = job.id
            if self.ASKED:
                self.waiting(self.ASKED)
            self.ask(job.id)
        self.say()

    def action_jobs(self) -> None:
        """The list, shown or hidden."""
        self.picker.listed = not self.picker.listed
        (self.picker if self.picker.listed else self.main).focus()

    def action_open(self) -> None:
        """From the list into what is shown."""
        self.main.focus()

    def action_job(self, by: int) -> None:
        """Another job of the list."""
        self.picker.action_move(by)

    def action_copy(self) -> None:
        """The id."""
        if self.job_id:
            self.post_message(Copied(self.job_id))

    def waiting(self, text: str) -> None:
        """Words for as long as an answer is awaited; none where it comes at once, as from a near disk it does."""
        self.waits_no_more()
        self._words_due = self.set_timer(SOON, lambda: self.message(text))

    def waits_no_more(self) -> None:
        """The answer is there."""
        if self._words_due is not None:
            self._words_due.stop()

    def message(self, text: str, *, wrong: bool = False) -> None:
        """Words in the place of what cannot be shown; none where it can."""
        self.waits_no_more()
        # Every part of the pane is styled anew when a class of it changes.
        if (text, wrong) == self._told:
            return
        self._told = text, wrong
        self.set_class(bool(text), "-message")
        self.set_class(wrong, "-problem")
        if text:
            self.query_one(".message", Static).update("\n".join(map(visible, text.split("\n"))))

    def say(self) -> None:
        """The line about the job."""
        job = self.picker.job
        text = plain_text(self.about(job) if job is not None else Text(), self.ascii)
        if text != self._said or text.spans != self._said.spans:
            self._said = text
            self.query_one(".about", Static).update(text, layout=False)
