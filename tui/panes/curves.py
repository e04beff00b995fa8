"""Curves: is it learning? Jobs on the left, their loss and accuracy over epochs on the right."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import EpochRow
from engine.session import Snapshot
from tui.messages import Copied
from tui.panes.curves_charts import PANELS, Group, Palette, View, charts, palette
from tui.panes.curves_keys import KEYS
from tui.panes.curves_marks import Marked
from tui.panes.curves_reading import reading, told
from tui.panes.curves_series import SMOOTHING
from tui.panes.picker import JobPicker
from tui.widgets.bigtable import BigTable
from tui.widgets.plain import plain_text
from tui.widgets.plot import Plot

# Live curves are drawn no more often than this.
REDRAW_SECONDS = 1.0
BESIDE = 100
EMPTY = "No job has been handed in yet.\n\nIn the Queue tab (1), r trains the queue file; its curves grow here."


class Plots(Container, can_focus=True):
    """The panels, one below the other, or side by side where there is room."""


class CurvesPane(Widget):
    """The learning curves of the job of the cursor, or of all that are marked."""

    DEFAULT_CSS = """
    CurvesPane { height: 1fr; width: 1fr; layout: vertical; }
    CurvesPane > Horizontal { height: 1fr; }
    CurvesPane JobPicker { width: 32; border-right: solid $panel; }
    CurvesPane.-wide JobPicker { width: 42; }
    CurvesPane.-full JobPicker { display: none; }
    CurvesPane Plots { layout: vertical; height: 1fr; width: 1fr; padding: 0 0 0 1; }
    CurvesPane Plots.-beside { layout: horizontal; }
    CurvesPane Plots.-beside Plot { margin: 0 2 0 0; }
    CurvesPane > .reading { height: 2; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    CurvesPane.-many > .reading { height: 4; }
    CurvesPane .empty { display: none; padding: 1 2; color: $text-muted; width: 1fr; }
    CurvesPane.-empty Plots { display: none; }
    CurvesPane.-empty JobPicker { width: 1; border-right: none; }
    CurvesPane.-empty .empty { display: block; }
    CurvesPane.-ascii JobPicker { border-right: ascii $panel; }
    CurvesPane.-ascii > .reading { text-overflow: clip; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, repaint=False, always_update=True)
    ascii: reactive[bool] = reactive(False, repaint=False)
    view: reactive[View] = reactive(View(), repaint=False)
    cursor: reactive[float | None] = reactive(None, repaint=False)

    @dataclass
    class HistoriesWanted(Message):
        """Whose epochs are of use from now on, all of them; answered by setting `histories`, and again as they grow."""

        job_ids: tuple[str, ...]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.ready = False
        self.marked = Marked()
        self._drawn_at = float("-inf")
        self._waiting = False
        self._said = Text()

    def compose(self) -> ComposeResult:
        """The list, the panels, the reading below them; and what to press where there is nothing."""
        with Horizontal():
            yield JobPicker()
            with Plots():
                yield Plot(id="first")
                yield Plot(id="second")
            yield Static(EMPTY, classes="empty", markup=False)
        yield Static(classes="reading", markup=False)

    @property
    def picker(self) -> JobPicker:
        """The list of jobs."""
        return self.query_one(JobPicker)

    # what comes from above

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.ready = True
        self.watch_ascii(self.ascii)
        self.watch_snapshot(self.snapshot)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """The list takes the jobs; the panels follow where a shown job has changed."""
        if not self.ready:
            return
        self.set_class(not snapshot or not snapshot.jobs, "-empty")
        self.picker.snapshot = snapshot
        self.marked.refresh(snapshot.jobs if snapshot else ())
        self._redraw_soon()

    def watch_histories(self, histories: Mapping[str, list[EpochRow]]) -> None:
        """New epochs, of some of the jobs that were asked for."""
        if self.ready and histories:
            self.picker.learn(histories)
            self._redraw_soon()

    def watch_ascii(self, value: bool) -> None:
        """Without a character that is not ASCII."""
        self.set_class(value, "-ascii")
        if not self.ready:
            return
        self.picker.ascii = value
        for plot in self.query(Plot):
            plot.ascii = value
        self.view = replace(self.view, ascii=value)

    def on_resize(self) -> None:
        """A narrow window stacks the panels, a wide one has them side by side."""
        self.set_class(self.size.width >= 110, "-wide")
        self._arrange()

    def _arrange(self) -> None:
        room = self.size.width - (0 if self.has_class("-full") else self.picker.outer_size.width)
        self.query_one(Plots).set_class(room >= BESIDE, "-beside")

    # what comes from below

    def on_job_picker_curves_wanted(self, message: JobPicker.CurvesWanted) -> None:
        """The list knows what is in sight; the session is the main screen's."""
        message.stop()
        self.post_message(self.HistoriesWanted(message.job_ids))

    def on_big_table_highlighted(self) -> None:
        """Another job: its curves, unless marked ones are shown."""
        self.picker.want(self.picker.key)
        # List and words are painted first: a chart takes longer than a key may.
        self._say()
        self.call_after_refresh(self.redraw)

    def on_big_table_selected(self, message: BigTable.Selected) -> None:
        """Enter and a second click mark, as space does."""
        message.stop()
        self.action_mark()

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
        self._arrange()
        (self.query_one(Plots) if self.has_class("-full") else self.picker).focus()

    def action_copy(self) -> None:
        if self.picker.key:
            self.post_message(Copied(self.picker.key))

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
        self._say()

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
        self._say()

    def on_show(self) -> None:
        """What came while the tab was hidden is drawn now."""
        self.redraw()

    def _groups(self) -> list[Group]:
        job = self.picker.job
        return self.marked.groups(self._palette()) or ([Marked.alone(job)] if job is not None else [])

    def _say(self) -> None:
        groups = self._groups()
        self.set_class(len(groups) > 4 and self.cursor is not None, "-many")
        job = self.picker.job
        if self.cursor is not None:
            text = reading(groups, self.picker.histories, self.cursor, self.view)
        elif job is not None and self.snapshot is not None:
            text = told(job, self.picker.lines.labels, self.snapshot.progress.get(job.id))
        else:
            text = Text()
        if text != self._said or text.spans != self._said.spans:
            self._said = text
            self.query_one(".reading", Static).update(plain_text(text, self.ascii), layout=False)

    def _palette(self) -> Palette:
        return palette(self.app.theme_variables, dark=self.app.current_theme.dark)
