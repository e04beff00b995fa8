"""Digits: what does it still get wrong? The misclassified test digits of a job, and which was taken for which."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from engine.plan.jobs import JobStatus
from engine.results.digits import SORTS, chosen, confusion
from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from engine.text import visible
from tui.messages import Copied
from tui.panes.digits_keys import KEYS
from tui.panes.digits_pictures import STYLES, DigitPictures, suited
from tui.panes.digits_words import EMPTY, FLAWLESS, READING, about, enlarged
from tui.panes.picker import JobPicker
from tui.widgets.bigtable import BigTable
from tui.widgets.gallery import Gallery
from tui.widgets.matrix import Matrix
from tui.widgets.plain import plain_text

if TYPE_CHECKING:
    from engine.results.mistakes import Mistakes

NARROW, WIDE = 64, 150


def is_done(row: JobRow) -> bool:
    """Only jobs that were tested have mistakes."""
    return row.status is JobStatus.DONE


class DigitsPane(Widget):
    """A gallery, the confusion matrix that filters it, and the list of jobs."""

    DEFAULT_CSS = """
    DigitsPane { height: 1fr; width: 1fr; layout: vertical; }
    DigitsPane > .about { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    DigitsPane > Horizontal { height: 1fr; }
    DigitsPane JobPicker { width: 32; border-right: solid $panel; }
    DigitsPane Gallery { padding: 0 1; }
    DigitsPane Matrix { padding: 0 1; border-left: solid $panel; }
    DigitsPane.-nomatrix Matrix { display: none; }
    DigitsPane .message { display: none; width: 1fr; padding: 1 2; color: $text-muted; }
    DigitsPane.-message .message { display: block; }
    DigitsPane.-message Matrix { display: none; }
    DigitsPane.-message Gallery { width: 1; max-width: 1; }
    DigitsPane .large { display: none; width: 1fr; height: 1fr; padding: 0 1; }
    DigitsPane.-large .large { display: block; }
    DigitsPane.-large Gallery { width: 1; max-width: 1; height: 1; }
    DigitsPane.-problem .message { color: $error; }
    DigitsPane.-ascii JobPicker { border-right: ascii $panel; }
    DigitsPane.-ascii Matrix { border-left: ascii $panel; }
    DigitsPane.-ascii > .about { text-overflow: clip; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    histories: reactive[Mapping[str, list[EpochRow]]] = reactive(dict, repaint=False, always_update=True)
    mistakes: reactive["Mistakes | None"] = reactive(None, repaint=False, always_update=True)
    problem: reactive[str] = reactive("", repaint=False, always_update=True)
    ascii: reactive[bool] = reactive(False, repaint=False)
    style_chosen: reactive[str] = reactive("", repaint=False)
    sort: reactive[str] = reactive(SORTS[1], repaint=False)
    cell: reactive[tuple[int | None, int | None]] = reactive((None, None), repaint=False)

    @dataclass
    class MistakesWanted(Message):
        """The misclassified digits of a job are needed; answered by setting `mistakes` or `problem`."""

        job_id: str

    @dataclass
    class HistoriesWanted(Message):
        """Whose epochs are of use for the list of jobs; answered by setting `histories`."""

        job_ids: tuple[str, ...]

    @dataclass
    class StyleChosen(Message):
        """The person chose how digits are drawn; worth remembering."""

        style: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.ready = False
        self._job = ""

    def compose(self) -> ComposeResult:
        """Which job; its list, digits and matrix; what to press where there is nothing."""
        yield Static(classes="about", markup=False)
        with Horizontal():
            yield JobPicker(is_done, listed=False)
            yield Gallery()
            yield Static(classes="large", markup=False)
            yield Static(EMPTY, classes="message", markup=False)
            yield Matrix()

    @property
    def picker(self) -> JobPicker:
        """The list of jobs, hidden or not."""
        return self.query_one(JobPicker)

    @property
    def gallery(self) -> Gallery:
        """The pictures."""
        return self.query_one(Gallery)

    # what comes from above

    def on_mount(self) -> None:
        """An empty console says so from the first moment."""
        self.ready = True
        self.watch_ascii(self.ascii)
        self.watch_snapshot(self.snapshot)

    def on_show(self) -> None:
        """Ask for what was not needed while the tab was hidden."""
        self._choose_job()

    def on_resize(self) -> None:
        """A wide window has the list of jobs too, a narrow one lacks the matrix until it is asked for."""
        self.picker.listed = self.size.width >= WIDE
        self.set_class(self.size.width < NARROW, "-nomatrix")
        self.call_after_refresh(self._draw)

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
            self.picker.ascii = value
            self._draw()

    def watch_mistakes(self, mistakes: "Mistakes | None") -> None:
        """The mistakes of the chosen job are there."""
        if mistakes is None or not self.ready:
            return
        self.query_one(Matrix).counts = confusion(mistakes)
        self.set_reactive(DigitsPane.cell, (None, None))
        self._message("" if len(mistakes.indices) else FLAWLESS)
        # The gallery has its room only once the message is away.
        self.call_after_refresh(self._draw)

    def watch_problem(self, problem: str) -> None:
        if problem and self.ready:
            self._message(problem, wrong=True)

    # what comes from below

    def on_job_picker_curves_wanted(self, message: JobPicker.CurvesWanted) -> None:
        message.stop()
        self.post_message(self.HistoriesWanted(message.job_ids))

    def on_big_table_highlighted(self, message: BigTable.Highlighted) -> None:
        message.stop()
        self._choose_job()

    def on_big_table_selected(self, message: BigTable.Selected) -> None:
        """From the list into the pictures."""
        message.stop()
        self.gallery.focus()

    def _choose_job(self) -> None:
        """Ask for the mistakes of the job of the list's cursor, once."""
        job = self.picker.job
        if job is None:
            self._job = ""
            self._message(EMPTY)
        elif job.id != self._job and self.is_on_screen:
            self._job = job.id
            self._message(READING)
            self.post_message(self.MistakesWanted(job.id))
        self._say()

    def on_matrix_chosen(self, message: Matrix.Chosen) -> None:
        """The cell is the filter."""
        message.stop()
        self.cell = (message.row, message.column)

    def on_gallery_moved(self, message: Gallery.Moved) -> None:
        message.stop()
        self._say()
        self._enlarge()

    def on_gallery_opened(self, message: Gallery.Opened) -> None:
        message.stop()
        self.toggle_class("-large")
        self._enlarge()

    # keys

    def action_style(self) -> None:
        now = self._style()
        self.style_chosen = STYLES[(STYLES.index(now) + 1) % len(STYLES)]
        self.post_message(self.StyleChosen(self.style_chosen))

    def action_sort(self) -> None:
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]

    def action_matrix(self) -> None:
        self.toggle_class("-nomatrix")
        if self.has_class("-nomatrix") and self.query_one(Matrix).has_focus:
            self.gallery.focus()
        self.call_after_refresh(self._draw)

    def action_jobs(self) -> None:
        self.picker.listed = not self.picker.listed
        (self.picker if self.picker.listed else self.gallery).focus()
        self.call_after_refresh(self._draw)

    def action_job(self, by: int) -> None:
        self.picker.action_move(by)

    def action_copy(self) -> None:
        if self._job:
            self.post_message(Copied(self._job))

    def action_back(self) -> None:
        if self.has_class("-large"):
            self.remove_class("-large")
        elif self.cell != (None, None):
            self.query_one(Matrix).chosen = (0, 0)
            self.cell = (None, None)

    # drawing

    def watch_style_chosen(self) -> None:
        self._draw()

    def watch_sort(self) -> None:
        self._draw()

    def watch_cell(self) -> None:
        self._draw()

    def _style(self) -> str:
        now = self.gallery.pictures
        if self.style_chosen in STYLES or self.mistakes is None:
            return self.style_chosen or STYLES[0]
        if self.has_class("-large") and isinstance(now, DigitPictures):
            return now.style
        return suited(self.mistakes, self.gallery.size.width, self.gallery.size.height, ascii_only=self.ascii)

    def _draw(self) -> None:
        """Hand the gallery what is to be seen; the digit of the cursor stays the one of the cursor."""
        found = self.mistakes
        if not self.ready or found is None or not self.gallery.size.width:
            return
        now, style = self.gallery.pictures, self._style()
        places = chosen(found, *self.cell, sort=self.sort)
        kept = now if isinstance(now, DigitPictures) and now.found is found else None
        if kept is None or (places, style) != (kept.places, kept.style):
            at = kept.places[self.gallery.cursor] if kept is not None and len(kept) else -1
            self.gallery.show(DigitPictures(found, places, style), places.index(at) if at in places else 0)
        self._say()
        self._enlarge()

    def _enlarge(self) -> None:
        """One digit as large as the window has room for."""
        made = self.gallery.pictures
        if self.has_class("-large") and isinstance(made, DigitPictures) and len(made):
            plain = self.ascii or self.style_chosen == "ascii"
            room = (self.size.width // 2, self.size.height - 3)
            text = enlarged(made, min(self.gallery.cursor, len(made) - 1), room, ascii_only=plain)
            self.query_one(".large", Static).update(text)

    def _message(self, text: str, wrong: bool = False) -> None:
        self.set_class(bool(text), "-message")
        self.set_class(wrong, "-problem")
        if text:
            self.query_one(".message", Static).update("\n".join(map(visible, text.split("\n"))))

    def _say(self) -> None:
        job, made = self.picker.job, self.gallery.pictures
        text = Text()
        if job is not None:
            shown = made if isinstance(made, DigitPictures) and not self.has_class("-message") else None
            text = about(
                job, self.picker.lines.labels, shown, self.gallery.cursor, self.cell, self.sort, self.size.width
            )
        self.query_one(".about", Static).update(plain_text(text, self.ascii), layout=False)
