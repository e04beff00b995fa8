"""Curves: is it learning? Jobs on the left, their loss and accuracy over epochs on the right."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import reactive

from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from tui.panes.curves_charts import PANELS, Group, Palette, View, charts, palette
from tui.panes.curves_keys import KEYS
from tui.panes.curves_marks import Marked
from tui.panes.curves_reading import legend, reading, told
from tui.panes.curves_series import SMOOTHING
from tui.panes.job_pane import JobPane
from tui.panes.nothing import PRESS
from tui.widgets.bigtable import BigTable
from tui.widgets.plot import Plot

# Live curves are drawn no more often than this.
REDRAW_SECONDS = 1.0
BESIDE = 100


class Plots(Container, can_focus=True):
    """The panels, one below the other, or side by side where there is room."""


class CurvesPane(JobPane):
    """The learning curves of the job of the cursor, or of all that are marked."""

    DEFAULT_CSS = """
    CurvesPane JobPicker { width: 32; }
    CurvesPane.-wide JobPicker { width: 42; }
    CurvesPane Plots { layout: vertical; height: 1fr; width: 1fr; padding: 0 0 0 1; }
    CurvesPane Plots.-beside { layout: horizontal; }
    CurvesPane Plots.-beside Plot { margin: 0 2 0 0; }
    CurvesPane > .about { dock: bottom; height: 2; color: $foreground; }
    CurvesPane.-many > .about { height: 4; }
    CurvesPane.-message Plots { display: none; }
    CurvesPane.-message JobPicker { width: 1; border-right: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    EMPTY = f"No job has been handed in yet.\n\n{PRESS}; its curves grow here."
    LISTED = True

    view: reactive[View] = reactive(View(), repaint=False)
    cursor: reactive[float | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.marked = Marked()
        self._drawn_at = float("-inf")
        self._waiting = False

    def listed(self, row: JobRow) -> bool:  # noqa: ARG002 - every job has its place
        """Every job."""
        return True

    @property
    def main(self) -> Plots:
        """The panels."""
        return self.query_one(Plots)

    def parts(self) -> ComposeResult:
        """The panels."""
        with Plots():
            yield Plot(id="first")
            yield Plot(id="second")

    def ask(self, job_id: str) -> None:
        """Its epochs, beside those in sight."""
        self.picker.want(job_id)

    # what comes from above

    def on_mount(self) -> None:
        """Colours are part of the charts."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """The panels follow where a shown job has changed."""
        super().watch_snapshot(snapshot)
        if self.ready:
            self.marked.refresh(snapshot.jobs if snapshot else ())
            self._redraw_soon()

    def watch_histories(self, histories: Mapping[str, list[EpochRow]]) -> None:
        """New epochs, of some of the jobs that were asked for."""
        super().watch_histories(histories)
        if self.ready and histories:
            self._redraw_soon()

    def watch_ascii(self, value: bool) -> None:
        """Without a character that is not ASCII."""
        super().watch_ascii(value)
        if self.ready:
            for plot in self.query(Plot):
                plot.ascii = value
            self.view = replace(self.view, ascii=value)

    def on_resize(self) -> None:
        """A narrow window stacks the panels, a wide one has them side by side."""
        self.set_class(self.size.width >= 110, "-wide")
        self._arrange()

    @property
    def lists(self) -> bool:
        """Unless the panels take it all."""
        return not self.has_class("-full")

    def _arrange(self) -> None:
        room = self.size.width - (0 if self.has_class("-full") else self.picker.outer_size.width)
        self.main.set_class(room >= BESIDE, "-beside")

    # what comes from below

    @on(BigTable.Highlighted)
    def _follow(self) -> None:
        """Another job: its curves, unless marked ones are shown."""
        # List and words are painted first: a chart takes longer than a key may.
        self.call_after_refresh(self.redraw)

    def choose_job(self) -> None:
        """What is said while there is no job; where there are thousands, their list comes a little later."""
        super().choose_job()
        if self.snapshot is not None and self.snapshot.jobs:
            self.message("")

    def on_plot_pointed(self, message: Plot.Pointed) -> None:
        """A click reads the values there."""
        self.cursor = message.x if self.view.seconds else float(round(message.x))

    # keys

    def action_mark(self) -> None:
        """Mark the job of the cursor, or unmark it."""
        if self.picker.job is not None:
            self.marked.toggle(self.picker.job)
            self._marks_changed()

    def action_mark_repeats(self) -> None:
        """Mark all jobs of the same configuration; they are drawn as one mean with its band."""
        job = self.picker.job
        if job is not None:
            self.marked.add(row for row in self.picker.lines.rows if row.config == job.config)
            self._marks_changed()

    def action_unmark(self) -> None:
        """Back to the job of the cursor."""
        self.marked.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        palette = self._palette()
        self.picker.marks = self.marked.shown(palette)
        self.picker.want(self.picker.key)
        self.redraw()

    def action_point(self, by: int) -> None:
        """Move the reading line by an epoch, or by a hundredth of the time."""
        first = self.query_one("#first", Plot).chart
        if first is None:
            return
        low, high = first.x
        step = (high - low) / 100 if self.view.seconds else 1.0
        if self.cursor is None:
            self.cursor = high if by < 0 else low
        else:
            self.cursor = max(low, min(high, self.cursor + by * step))

    def action_metric(self) -> None:
        self.view = replace(self.view, panels=(self.view.panels + 1) % len(PANELS))

    def action_log(self) -> None:
        self.view = replace(self.view, log=not self.view.log)

    def action_seconds(self) -> None:
        self.cursor = None
        self.view = replace(self.view, seconds=not self.view.seconds)

    def action_smooth(self, by: int) -> None:
        level = max(0, min(len(SMOOTHING) - 1, self.view.smoothing + by)) if by else 0
        self.view = replace(self.view, smoothing=level)

    def action_training(self) -> None:
        self.view = replace(self.view, training=not self.view.training)

    def action_bands(self) -> None:
        self.view = replace(self.view, bands=not self.view.bands)

    def action_full(self) -> None:
        """The list goes and comes."""
        self.toggle_class("-full")
        self.picker.listed = self.lists
        self._arrange()
        self.say()
        (self.main if self.has_class("-full") else self.picker).focus()

    def action_open(self) -> None:
        """A second click marks, as space and enter do."""
        self.action_mark()

    def action_back(self) -> None:
        if self.cursor is not None:
            self.cursor = None
        elif self.has_class("-full"):
            self.action_full()

    # drawing

    def watch_view(self) -> None:
        self.redraw()

    def watch_cursor(self, cursor: float | None) -> None:
        for plot in self.query(Plot):
            plot.cursor = cursor
        self.say()

    def _redraw_soon(self) -> None:
        """Draw what is live, at most once a second."""
        if self._waiting:
            return
        since = time.monotonic() - self._drawn_at
        if since >= REDRAW_SECONDS:
            self.redraw()
        else:
            self._waiting = True
            self.set_timer(REDRAW_SECONDS - since, self.redraw)

    def redraw(self) -> None:
        """Draw now; what comes out the same is not painted."""
        self._waiting = False
        if not self.ready or not self.is_on_screen:
            return
        self._drawn_at = time.monotonic()
        made = charts(self._groups(), self.picker.histories, self.view, self._palette())
        for plot, chart in zip(
            (self.query_one("#first", Plot), self.query_one("#second", Plot)), (*made, None), strict=False
        ):
            plot.display = chart is not None
            plot.chart = chart
        self.say()

    def on_show(self) -> None:
        """What came while the tab was hidden is drawn now."""
        self.redraw()

    def _groups(self) -> list[Group]:
        job = self.picker.job
        return self.marked.groups(self._palette()) or ([Marked.alone(job)] if job is not None else [])

    def about(self, job: JobRow) -> Text:
        """The job, or the values where the reading line stands."""
        groups = self._groups()
        named = self.has_class("-full") and len(self.marked) > 0
        self.set_class(len(groups) > 4 and (named or self.cursor is not None), "-many")
        if named and self.cursor is None:
            # The list, which says what the letters stand for, is away.
            return legend(groups, self.picker.lines.labels, self.size.width - 2)
        if self.cursor is not None:
            return reading(groups, self.picker.histories, self.cursor, self.view)
        progress = self.snapshot.progress.get(job.id) if self.snapshot is not None else None
        return told(job, self.picker.lines.labels, progress)

    def _palette(self) -> Palette:
        return palette(self.app.theme_variables, dark=self.app.current_theme.dark)
