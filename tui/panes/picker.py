"""The list of jobs that a pane chooses from; it asks for the curves of those in sight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import ClassVar

from textual import work
from textual.message import Message
from textual.reactive import reactive

from engine.results.labels import Labels
from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from tui.panes import AT_ONCE
from tui.panes.jobs_model import JobLines, Marks, arranged
from tui.widgets.bigtable import BigTable

CACHED = 300


def anything(_: JobRow) -> bool:
    """Every job is listed."""
    return True


class JobPicker(BigTable):
    """A list of jobs. `keep` says which are listed."""

    DEFAULT_CSS = """
    JobPicker { width: 36; scrollbar-size-vertical: 1; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    marks: reactive[Marks] = reactive(dict, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class CurvesWanted(Message):
        """Whose histories are of use, all of them named anew."""

        job_ids: tuple[str, ...]

    @dataclass
    class Arranged(Message):
        """The jobs stand in order."""

        jobs: Sequence[JobRow]
        lines: JobLines

    def __init__(self, keep: Callable[[JobRow], bool] = anything, *, listed: bool = True) -> None:
        super().__init__(head=False, gap=1)
        self.keep = keep
        if not listed:
            self.listed = False
        self.lines = JobLines([], Labels([]))
        self.histories: dict[str, list[EpochRow]] = {}
        self._wanted: tuple[str, ...] = ()
        self._sought = ""
        self._jobs: Sequence[JobRow] = ()
        self._listed: Sequence[JobRow] = ()

    @property
    def listed(self) -> bool:
        """Whether the list is in sight; one that is not takes no focus."""
        return bool(self.display)

    @listed.setter
    def listed(self, shown: bool) -> None:
        self.display = self.can_focus = shown

    @property
    def job(self) -> JobRow | None:
        """The job that the cursor stands on."""
        return self.lines.rows[self.cursor] if self.cursor < len(self.lines) else None

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        jobs = snapshot.jobs if snapshot else ()
        if len(jobs) == len(self._jobs) and all(map(is_, jobs, self._jobs)):
            return
        self._jobs = jobs
        if self._renewed(jobs):
            return
        if len(jobs) > AT_ONCE:
            self._arrange(jobs)
        else:
            self._show(jobs, self._lines_of(jobs))

    def _renewed(self, jobs: Sequence[JobRow]) -> bool:
        """Put jobs that only went on in the place of what is listed; whether that is all that has changed."""
        if len(jobs) != len(self._listed):
            return False
        changed = [(old, new) for old, new in zip(self._listed, jobs, strict=True) if old is not new]
        if not all(self.lines.stays(old, new) and self.keep(old) == self.keep(new) for old, new in changed):
            return False
        self._listed = jobs
        self.lines.renew([new for _, new in changed])
        self.repaint()
        return True

    def _lines_of(self, jobs: Sequence[JobRow]) -> JobLines:
        kept = arranged(jobs, self.keep)
        return JobLines(kept, Labels(kept))

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, exclusive=True, group="arrange", description="arrange")
    def _arrange(self, jobs: Sequence[JobRow]) -> None:
        self.post_message(self.Arranged(jobs, self._lines_of(jobs)))

    def on_job_picker_arranged(self, message: Arranged) -> None:
        message.stop()
        # Late, it is still newer than what is listed, unless that was brought up to date meanwhile.
        if self._listed is not self._jobs:
            self._show(message.jobs, message.lines)

    def _show(self, jobs: Sequence[JobRow], lines: JobLines) -> None:
        self._listed = jobs
        lines.histories, lines.marks, lines.ascii = self.histories, self.marks, self.ascii
        self.lines = lines
        self.show(lines.columns(self.room_of(len(lines)) if self.size else 36), lines)
        if self._sought:
            self.point_at(self._sought)
        self.want()

    def point_at(self, key: str) -> bool:
        """Put the cursor on a job, or once it is listed."""
        found = super().point_at(key)
        self._sought = "" if found else key
        return found

    def on_resize(self) -> None:
        super().on_resize()
        self.columns = self.lines.columns(self.room_of(len(self.lines)))
        self.want()

    def watch_marks(self, marks: Marks) -> None:
        self.lines.marks = marks
        self.repaint()

    def watch_ascii(self, value: bool) -> None:
        self.lines.ascii = self.ascii_only = value
        self.repaint()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.want()

    def learn(self, histories: Mapping[str, list[EpochRow]]) -> None:
        """Keep these histories, and show them where they are in sight."""
        self.histories.update(histories)
        if len(self.histories) > CACHED:
            self._forget()
        self.repaint()

    def _forget(self) -> None:
        for job_id in self.histories.keys() - set(self._wanted):
            del self.histories[job_id]

    def want(self, *more: str) -> None:
        """Say whose histories are of use from now on: of the jobs in sight, and of `more`."""
        sight = (self.lines.key(place) for place in self.in_sight)
        wanted = tuple(dict.fromkeys((*more, *self.marks, *sight)))
        if wanted != self._wanted:
            self._wanted = wanted
            self.post_message(self.CurvesWanted(wanted))
