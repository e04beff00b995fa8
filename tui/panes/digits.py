"""Digits: what does it still get wrong? The misclassified test digits of a job, and which was taken for which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from engine.plan.jobs import JobStatus
from engine.results.digits import SORTS, chosen, confusion
from engine.results.rows import JobRow
from tui.panes.digits_keys import KEYS
from tui.panes.digits_pictures import STYLES, DigitPictures, suited
from tui.panes.digits_words import EMPTY, FLAWLESS, READING, about, enlarged
from tui.panes.job_pane import JobPane
from tui.widgets.gallery import Gallery
from tui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from engine.results.mistakes import Mistakes

NARROW = 64


class DigitsPane(JobPane):
    """A gallery, the confusion matrix that filters it, and the list of jobs."""

    DEFAULT_CSS = """
    DigitsPane JobPicker { width: 32; }
    DigitsPane Gallery { padding: 0 1; }
    DigitsPane Matrix { padding: 0 1; border-left: solid $panel; }
    DigitsPane.-nomatrix Matrix { display: none; }
    DigitsPane.-message Matrix { display: none; }
    DigitsPane.-message Gallery { width: 1; max-width: 1; }
    DigitsPane .large { display: none; width: 1fr; height: 1fr; padding: 0 1; }
    DigitsPane.-large .large { display: block; }
    DigitsPane.-large Gallery { width: 1; max-width: 1; height: 1; }
    DigitsPane.-ascii Matrix { border-left: ascii $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    PARTS = (Gallery, Matrix)
    WIDE = 150
    EMPTY = EMPTY
    ASKED = READING

    mistakes: reactive["Mistakes | None"] = reactive(None, repaint=False, always_update=True)
    problem: reactive[str] = reactive("", repaint=False, always_update=True)
    style_chosen: reactive[str] = reactive("", repaint=False)
    sort: reactive[str] = reactive(SORTS[1], repaint=False)
    cell: reactive[tuple[int | None, int | None]] = reactive((None, None), repaint=False)

    @dataclass
    class MistakesWanted(Message):
        """The misclassified digits of a job are needed; answered by setting `mistakes` or `problem`."""

        job_id: str

    @dataclass
    class StyleChosen(Message):
        """The person chose how digits are drawn; worth remembering."""

        style: str

    def listed(self, row: JobRow) -> bool:
        """Only jobs that were tested have mistakes."""
        return row.status is JobStatus.DONE

    def parts(self) -> ComposeResult:
        """The digits, one of them large, and the matrix."""
        yield Gallery()
        yield Static(classes="large", markup=False)
        yield Matrix()

    @property
    def main(self) -> Gallery:
        """The pictures."""
        return self.query_one(Gallery)

    def ask(self, job_id: str) -> None:
        """What it got wrong."""
        self.post_message(self.MistakesWanted(job_id))

    # what comes from above

    def on_resize(self) -> None:
        """A narrow window lacks the matrix until it is asked for."""
        self.set_class(self.size.width < NARROW, "-nomatrix")
        self.call_after_refresh(self._draw)

    def watch_ascii(self, value: bool) -> None:
        """How to draw."""
        super().watch_ascii(value)
        self._draw()

    def watch_mistakes(self, mistakes: "Mistakes | None") -> None:
        """The mistakes of the chosen job are there."""
        if mistakes is None or not self.ready:
            return
        self.query_one(Matrix).counts = confusion(mistakes)
        self.set_reactive(DigitsPane.cell, (None, None))
        self.message("" if len(mistakes.indices) else FLAWLESS)
        # The gallery has its room only once the message is away.
        self.call_after_refresh(self._draw)

    def watch_problem(self, problem: str) -> None:
        if problem and self.ready:
            self.message(problem, wrong=True)

    # what comes from below

    def on_matrix_chosen(self, message: Matrix.Chosen) -> None:
        """The cell is the filter."""
        message.stop()
        self.cell = (message.row, message.column)

    def on_gallery_moved(self, message: Gallery.Moved) -> None:
        message.stop()
        self.say()
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
            self.main.focus()
        self.call_after_refresh(self._draw)

    def action_jobs(self) -> None:
        super().action_jobs()
        self.call_after_refresh(self._draw)

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
        now = self.main.pictures
        if self.style_chosen in STYLES or self.mistakes is None:
            return self.style_chosen or STYLES[0]
        if self.has_class("-large") and isinstance(now, DigitPictures):
            return now.style
        return suited(self.mistakes, self.main.size.width, self.main.size.height, ascii_only=self.ascii)

    def _draw(self) -> None:
        """Hand the gallery what is to be seen; the digit of the cursor stays the one of the cursor."""
        found = self.mistakes
        if not self.ready or found is None or not self.main.size.width:
            return
        now, style = self.main.pictures, self._style()
        places = chosen(found, *self.cell, sort=self.sort)
        kept = now if isinstance(now, DigitPictures) and now.found is found else None
        if kept is None or (places, style) != (kept.places, kept.style):
            at = kept.places[self.main.cursor] if kept is not None and len(kept) else -1
            self.main.show(DigitPictures(found, places, style), places.index(at) if at in places else 0)
        self.say()
        self._enlarge()

    def _enlarge(self) -> None:
        """One digit as large as the window has room for."""
        made = self.main.pictures
        if self.has_class("-large") and isinstance(made, DigitPictures) and len(made):
            plain = self.ascii or self.style_chosen == "ascii"
            room = (self.size.width // 2, self.size.height - 3)
            text = enlarged(made, min(self.main.cursor, len(made) - 1), room, ascii_only=plain)
            self.query_one(".large", Static).update(text)

    def about(self, job: JobRow) -> Text:
        """Which job, and what of its mistakes is shown."""
        made = self.main.pictures
        shown = made if isinstance(made, DigitPictures) and not self.has_class("-message") else None
        labels = self.picker.lines.labels
        return about(job, labels, shown, self.main.cursor, self.cell, self.sort, self.size.width)
