"""Log: what happened? What the workers of a job wrote, followed and searched."""

import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import JobRow
from engine.text import visible
from tui.look import word
from tui.panes.job_pane import JobPane
from tui.panes.log_keys import KEYS
from tui.panes.log_tail import LogTail, Portion
from tui.panes.nothing import PRESS
from tui.widgets.logview import LogView
from tui.widgets.prompt import Prompt

SILENT = "The worker of this job has not said anything yet."
GONE = "The log of this job is gone: there is no {path}."
# New lines are looked for, and shown, this often.
POLL_SECONDS = 0.2


class LogPane(JobPane):
    """A log, and the list of jobs to choose it from."""

    DEFAULT_CSS = """
    LogPane JobPicker { width: 34; }
    LogPane LogView { padding: 0 1; }
    LogPane.-message LogView { width: 1; max-width: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    PARTS = (LogView,)
    WIDE = 130
    EMPTY = f"No job has begun yet.\n\n{PRESS}; what its workers say is shown here."

    path: reactive[Path | None] = reactive(None, repaint=False)

    @dataclass
    class LogWanted(Message):
        """The place of a job's log is needed; answered by setting `path`."""

        job_id: str

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
        self._log: LogTail | None = None
        self._skipped = False
        # What stands there is still another log's.
        self._another = False

    def compose(self) -> ComposeResult:
        """Below all the line to search in."""
        yield from super().compose()
        yield Prompt()

    def listed(self, row: JobRow) -> bool:
        """Only jobs that some worker tried have a log."""
        return row.attempts > 0 or row.status is JobStatus.RUNNING or (row.status.is_finished() and row.epoch > 0)

    def parts(self) -> ComposeResult:
        """The lines."""
        yield LogView()

    @property
    def main(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    def ask(self, job_id: str) -> None:
        """Its place."""
        self.post_message(self.LogWanted(job_id))

    # what comes from above

    def on_show(self) -> None:
        """Read on."""
        if self._log is not None:
            self._tail(self._log)

    def on_hide(self) -> None:
        """Nobody looks."""
        self.workers.cancel_group(self, "tail")

    def watch_ascii(self, value: bool) -> None:
        """How to draw."""
        super().watch_ascii(value)
        if self.ready:
            self.main.ascii_only = value

    def watch_path(self, path: Path | None) -> None:
        """Another log."""
        if path is None or not self.ready:
            return
        self._skipped = False
        self._another = True
        self.waiting(self._silence)
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
            self._another, self._skipped = False, portion.skipped
            self.main.replace(portion.lines, portion.unfinished)
        else:
            self.main.append(portion.lines, portion.unfinished)
        self.message("" if len(self.main) else self._silence)

    def message(self, text: str, *, wrong: bool = False) -> None:
        """Words in the place of the log; what another log held goes with them."""
        if text and self._another:
            self._another = False
            self.main.replace(())
        super().message(text, wrong=wrong)

    @property
    def _silence(self) -> str:
        """Why there is nothing to see. Who ended has spoken, so without a log that was taken away."""
        job = self.picker.job
        ended = job is not None and job.status.is_finished()
        return GONE.format(path=self.path) if ended and self.path is not None and not self.path.exists() else SILENT

    def on_log_pane_failed(self, message: Failed) -> None:
        """It stays in this pane."""
        message.stop()
        if message.tail is self._log:
            self.message(message.problem, wrong=True)

    # what comes from below

    def on_log_view_looked(self, message: LogView.Looked) -> None:
        message.stop()
        self.say()

    # keys

    def action_search(self) -> None:
        self.query_one(Prompt).ask("search", "search", self.main.needle, "small letters match any")

    def action_step(self, by: int) -> None:
        self.main.step(by)

    def action_back(self) -> None:
        if self.main.needle:
            self.main.search("")

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Found while typing."""
        message.stop()
        self.main.search(message.text)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        message.stop()
        self.query_one(Prompt).close()
        self.main.focus()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        message.stop()
        self.main.search("")
        self.main.focus()

    # words

    def about(self, job: JobRow) -> Text:
        """What is searched, whose log it is, how long."""
        view = self.main
        text = Text(no_wrap=True, overflow="ellipsis")
        if view.needle:
            found = f"{view.place} of {len(view.matches)}" if view.matches else "nothing found"
            text.append(f"{visible(view.needle)!r}: {found}  ", "bold")
        text.append(self.picker.lines.labels.of(job), "" if view.needle else "bold")
        text.append(f"  {word(job.status)}")
        if not view.needle:
            text.append(f"  {counted(len(view) + view.dropped, 'line')}")
        if self._skipped or view.dropped:
            text.append(f", the first in engine logs {job.id[:8]}")
        text.append("  following" if view.following else "  G follows")
        text.append(f"  {job.id[:8]}", "dim")
        return text
