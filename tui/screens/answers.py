"""Answers: what the feed posts goes down to the panes, and what the panes ask for is fetched."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import work

from engine.results.maptext import head_text
from engine.results.rows import EpochRow, Note
from tui.config import Kept
from tui.editing.outline import outline
from tui.feed import Feed
from tui.messages import Copied, HistoriesWanted, Told
from tui.options import Options
from tui.panes.queue import QueuePane
from tui.screens.console import Console
from tui.screens.tabs import preload

if TYPE_CHECKING:
    from tui.panes.digits import DigitsPane
    from tui.panes.leaderboard import LeaderboardPane
    from tui.panes.log import LogPane


# Seconds that a first paint is left alone before the settings are loaded beside it, if it shows all without them.
UNDISTURBED = 0.3
AVERAGED = "  (fixed: average again)"
GONE = "the store is gone: there is no {} any more\n  put it back"
ANEW = "; or go on without, and <queue.run> in the Queue trains anew"


class Answers(Console):
    """The part of the main screen that hears messages."""

    def __init__(self, options: Options, kept: Kept) -> None:
        super().__init__(options, kept)
        self.notes: Mapping[str, Note] = {}
        self.histories: dict[str, list[EpochRow]] = {}
        self._wanted: dict[str, tuple[str, ...]] = {}
        self._unread: Feed.FileSeen | None = None
        self._loading = False
        self._gone = False

    def give(self, name: str, **state: object) -> None:
        """Set reactives of a pane, if it was made already."""
        for pane in self.query(f"#{name}"):
            for field, value in state.items():
                setattr(pane, field, value)

    # what the feed posts

    def on_feed_changed(self, event: Feed.Changed) -> None:
        """Down to the panes."""
        before, self.snapshot = self.snapshot, event.snapshot
        if before is not None and before.jobs and not event.snapshot.jobs and not self.session.exists:
            gone = GONE.format(self.session.paths.root / "labtop.db")
            self.problem = gone if self.refusal else gone + ANEW
            self._gone = True
        elif self._gone:
            self.problem, self._gone = "", False
        if self.kept.config.bell and before is not None and before.runner is not None and event.snapshot.runner is None:
            self.app.bell()
        if before is None:
            self.call_after_refresh(self._load_soon)

    def on_feed_failed(self, event: Feed.Failed) -> None:
        """The store cannot be read: what was read stays."""
        self.problem, self._gone = event.problem, False
        self._load()

    def on_feed_devices_read(self, event: Feed.DevicesRead) -> None:
        """Into the top line."""
        self.devices = event.devices

    def on_feed_file_seen(self, event: Feed.FileSeen) -> None:
        """To the desk, which merges. The first time, a glance at the file has to do until the settings are loaded."""
        self._unread = event
        if self.loaded:
            self._take_in()
            return
        self.entries = outline(event.data)
        # Of a store that takes long to read, or cannot be read, the file does not wait.
        self.set_timer(UNDISTURBED, self._load)

    def _load_soon(self) -> None:
        item = self.query_one(QueuePane).item
        if item is not None and item.plan is not None:
            self.set_timer(UNDISTURBED, self._load)
        else:
            self._load()

    def _load(self) -> None:
        if self._unread is not None and not self._loading:
            self._loading = True
            self._load_desk()

    @work(thread=True, exit_on_error=False)
    def _load_desk(self) -> None:
        self.load()
        self.app.call_from_thread(self._take_in)
        preload()

    def _take_in(self) -> None:
        if self._unread is not None:
            event, self._unread = self._unread, None
            self.desk.file_seen(event.data, event.problem)

    def on_screen_resume(self) -> None:
        """What came while a dialog was open is taken in now."""
        if self.loaded:
            self.desk.back()

    def on_feed_refused(self, event: Feed.Refused) -> None:
        """The runner did not take it."""
        self.tell(event.problem, wrong=True)

    def on_feed_histories_read(self, event: Feed.HistoriesRead) -> None:
        """To whoever wants them."""
        self.histories |= event.histories
        for owner in self._wanted:
            if event.histories.keys() & set(self._wanted[owner]):
                self._give_histories(owner)

    def on_feed_notes_read(self, event: Feed.NotesRead) -> None:
        """To the leaderboard, now or once there is one."""
        self.notes = event.notes
        self.give("leaderboard", notes=event.notes)

    def on_feed_mistakes_read(self, event: Feed.MistakesRead) -> None:
        """To the digits."""
        if event.mistakes is not None:
            self.give("digits", mistakes=event.mistakes)
        else:
            self.give("digits", problem=event.problem)

    # what the panes ask for

    def want_histories(self, owner: str, job_ids: tuple[str, ...]) -> None:
        """Watch the epochs of jobs for a pane; what nobody watches is let go."""
        self._wanted[owner] = job_ids
        wanted = {job_id for ids in self._wanted.values() for job_id in ids}
        self.histories = {job_id: rows for job_id, rows in self.histories.items() if job_id in wanted}
        self.feed.watch_histories(owner, job_ids)
        self._give_histories(owner)

    def _give_histories(self, owner: str) -> None:
        found = {job_id: self.histories[job_id] for job_id in self._wanted[owner] if job_id in self.histories}
        if found:
            self.give(owner, histories=found)

    def on_histories_wanted(self, event: HistoriesWanted) -> None:
        """Curves, or sparklines of a list."""
        self.want_histories(event.owner, event.job_ids)

    def on_digits_pane_style_chosen(self, event: "DigitsPane.StyleChosen") -> None:
        """Kept for the next time."""
        self.keep(digits=event.style)

    def on_digits_pane_mistakes_wanted(self, event: "DigitsPane.MistakesWanted") -> None:
        """Digits."""
        self.feed.want_mistakes(event.job_id)

    def on_log_pane_log_wanted(self, event: "LogPane.LogWanted") -> None:
        """The place of a log."""
        self.give("log", path=self.session.log_path(event.job_id))

    def on_leaderboard_pane_adopt(self, event: "LeaderboardPane.Adopt") -> None:
        """A configuration becomes an experiment or the defaults."""
        self.desk.adopt(event.config, as_defaults=event.as_defaults)

    def on_leaderboard_pane_note_written(self, event: "LeaderboardPane.NoteWritten") -> None:
        """A note."""
        self.control.note(event.name, event.note)

    def on_queue_pane_asked(self, event: QueuePane.Asked) -> None:
        """Of the file: the desk; of jobs: the control."""
        self._take_in()
        if not self.desk.asked(event):
            self.control.asked(event)

    def on_queue_pane_fixing(self, event: QueuePane.Fixing) -> None:
        """One value of one field."""
        from tui.screens.pick import Pick  # noqa: PLC0415 - a first paint does without

        fixed = event.drawn.fixed
        words = {
            head_text(name, value) + (AVERAGED if name in fixed and fixed[name] == value else ""): (name, value)
            for name, value in event.drawn.choices
        }
        now = [word for word in words if word.endswith(AVERAGED)]

        def picked(answer: list[str] | None) -> None:
            if answer:
                self.query_one(QueuePane).detail.fix(event.drawn, *words[answer[0]])

        title = "Only jobs with one value of a field; one that is fixed is averaged again"
        self.app.push_screen(Pick(title, list(words), now[:1], several=False), picked)

    # what anyone may say

    def on_copied(self, event: Copied) -> None:
        """Into the terminal's clipboard."""
        self.app.copy_to_clipboard(event.text)
        self.tell(f"copied: {event.text}")

    def on_told(self, event: Told) -> None:
        """A line at the edge."""
        self.tell(event.text, wrong=event.wrong)
