"""Log: what happened? What the workers of a job wrote, followed and searched."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from engine.text import visible
from tui.look import word
from tui.messages import Copied
from tui.panes.log_keys import KEYS
from tui.panes.log_tail import LogTail, Portion
from tui.panes.picker import JobPicker
from tui.widgets.bigtable import BigTable
from tui.widgets.logview import LogView
from tui.widgets.plain import plain_text
from tui.widgets.prompt import Prompt

EMPTY = "No job has begun yet.\n\nIn the Queue tab (1), r trains the queue file; what its workers say is shown here."
SILENT = "The worker of this job has not said anything yet."
# New lines are looked for, and shown, this often.
POLL_SECONDS = 0.2
WIDE = 130


def has_begun(row: JobRow) -> bool:
    """Only jobs that some worker tried have a log."""
    return row.attempts > 0 or row.status is JobStatus.RUNNING or (row.status.is_finished() and row.epoch > 0)


class LogPane(Widget):
    """A log, and the list of jobs to choose it from."""

    DEFAULT_CSS = """
    LogPane { height: 1fr; width: 1fr; layout: vertical; }
    LogPane > .about { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    LogPane > Horizontal { height: 1fr; }
    LogPane JobPicker { width: 34; border-right: solid $panel; }
    LogPane LogView { padding: 0 1; }
    LogPane .message { display: none; width: 1fr; height: auto; padding: 1 2; color: $text-muted; }
    LogPane.-message .message { display: block; }
    LogPane.-message LogView { width: 1; max-width: 1; }
    LogPane.-problem .message { color: $error; }
    LogPane.-ascii JobPicker { border-right: ascii $panel; }
    LogPane.-ascii > .about { text-overflow: clip; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, repaint=False, always_update=True)
    path: reactive[Path | None] = reactive(None, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class LogWanted(Message):
        """The place of a job's log is needed; answered by setting `path`."""

        job_id: str

    @dataclass
    class HistoriesWanted(Message):
        """Whose epochs are of use for the list of jobs; answered by setting `histories`."""

        job_ids: tuple[str, ...]

    @dataclass
    class Read(Message):
        """Something new stands in a log; `taken` is set once it is shown, and only then is more read."""

        tail: LogTail
        portion: Portion
        taken: Event

    @dataclass
    class Failed(Message):
        """A log cannot be read."""

        tail: LogTail
        problem: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.ready = False
        self._job = ""
        self._log: LogTail | None = None
        self._skipped = False

    def compose(self) -> ComposeResult:
        """Which job; its list and its log; what to press where there is nothing; the line to search in."""
        yield Static(classes="about", markup=False)
        with Horizontal():
            yield JobPicker(has_begun, listed=False)
            yield LogView()
            yield Static(EMPTY, classes="message", markup=False)
        yield Prompt()

    @property
    def picker(self) -> JobPicker:
        """The list of jobs, hidden or not."""
        return self.query_one(JobPicker)

    @property
    def view(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    # what comes from above

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.ready = True
        self._message(EMPTY)
        self.watch_ascii(self.ascii)
        self.watch_snapshot(self.snapshot)

    def on_show(self) -> None:
        """Read on."""
        self._choose_job()
        if self._log is not None:
            self._tail(self._log)

    def on_hide(self) -> None:
        """Nobody looks."""
        self.workers.cancel_group(self, "tail")

    def on_resize(self) -> None:
        """A wide window has the list of jobs too."""
        self.picker.listed = self.size.width >= WIDE

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if self.ready:
            self.picker.snapshot = snapshot
            self._choose_job()

    def watch_histories(self, histories: Mapping[str, list[EpochRow]]) -> None:
        if self.ready and histories:
            self.picker.learn(histories)

    def watch_ascii(self, value: bool) -> None:
        self.set_class(value, "-ascii")
        if self.ready:
            self.picker.ascii = self.view.ascii_only = value

    def watch_path(self, path: Path | None) -> None:
        """Another log."""
        if path is None or not self.ready:
            return
        self.view.clear()
        self._skipped = False
        self._message(SILENT)
        self._log = LogTail(path)
        self._tail(self._log)

    # reading, in a thread of its own

    @work(thread=True, exclusive=True, group="tail", description="tail")
    def _tail(self, log: LogTail) -> None:
        worker = get_current_worker()
        while not worker.is_cancelled:
            try:
                portion = log.read()
            except OSError as error:
                self.post_message(self.Failed(log, f"{log.path} cannot be read: {error.strerror}"))
                return
            if portion is not None:
                taken = Event()
                self.post_message(self.Read(log, portion, taken))
                while not worker.is_cancelled and not taken.wait(POLL_SECONDS):
                    pass
            if portion is None or not portion.full:
                time.sleep(POLL_SECONDS)

    def on_log_pane_read(self, message: Read) -> None:
        """Show what is new, if it is still the log that is looked at."""
        message.stop()
        message.taken.set()
        portion = message.portion
        if message.tail is not self._log:
            return
        if portion.anew:
            self.view.clear()
            self._skipped = portion.skipped
        self._message("" if portion.lines or portion.unfinished or len(self.view) else SILENT)
        self.view.append(portion.lines, portion.unfinished)

    def on_log_pane_failed(self, message: Failed) -> None:
        """It stays in this pane."""
        message.stop()
        if message.tail is self._log:
            self._message(message.problem, wrong=True)

    # what comes from below

    def on_job_picker_curves_wanted(self, message: JobPicker.CurvesWanted) -> None:
        message.stop()
        self.post_message(self.HistoriesWanted(message.job_ids))

    def on_big_table_highlighted(self, message: BigTable.Highlighted) -> None:
        message.stop()
        self._choose_job()

    def on_big_table_selected(self, message: BigTable.Selected) -> None:
        """From the list into the log."""
        message.stop()
        self.view.focus()

    def _choose_job(self) -> None:
        job = self.picker.job
        if job is None:
            self._job = ""
            self._message(EMPTY)
        elif job.id != self._job and self.is_on_screen:
            self._job = job.id
            self.post_message(self.LogWanted(job.id))
        self._say()

    def on_log_view_looked(self, message: LogView.Looked) -> None:
        message.stop()
        self._say()

    # keys

    def action_jobs(self) -> None:
        self.picker.listed = not self.picker.listed
        (self.picker if self.picker.listed else self.view).focus()

    def action_job(self, by: int) -> None:
        self.picker.action_move(by)

    def action_copy(self) -> None:
        if self._job:
            self.post_message(Copied(self._job))

    def action_search(self) -> None:
        self.query_one(Prompt).ask("search", "search", self.view.needle, "small letters match any")

    def action_step(self, by: int) -> None:
        self.view.step(by)

    def action_back(self) -> None:
        if self.view.needle:
            self.view.search("")

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Found while typing."""
        message.stop()
        self.view.search(message.text)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        message.stop()
        self.query_one(Prompt).close()
        self.view.focus()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        message.stop()
        self.view.search("")
        self.view.focus()

    # words

    def _message(self, text: str, wrong: bool = False) -> None:
        self.set_class(bool(text), "-message")
        self.set_class(wrong, "-problem")
        if text:
            self.query_one(".message", Static).update("\n".join(map(visible, text.split("\n"))))

    def _say(self) -> None:
        job, view = self.picker.job, self.view
        text = Text(no_wrap=True, overflow="ellipsis")
        if job is not None:
            if view.needle:
                found = f"{view.place} of {len(view.matches)}" if view.matches else "nothing found"
                text.append(f"{visible(view.needle)!r}: {found}  ", "bold")
            text.append(self.picker.lines.labels.of(job), "" if view.needle else "bold")
            text.append(f"  {word(job.status)}  {counted(len(view) + view.dropped, 'line')}")
            if self._skipped or view.dropped:
                text.append(f", the first in engine logs {job.id[:8]}")
            text.append("  following" if view.following else "  G follows")
            text.append(f"  {job.id[:8]}", "dim")
        self.query_one(".about", Static).update(plain_text(text, self.ascii), layout=False)
